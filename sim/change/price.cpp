#include "sim/change/price.hpp"

#include "sim/model/findings.hpp"
#include "sim/model/responses.hpp"
#include "sim/random/math64.hpp"

namespace goodwill {
namespace {

Paid fee(const Model& model, int stage) {
  const auto& [name, definition] = model.stages.items[static_cast<std::size_t>(stage)];
  return {name + ".fee", definition.fee};
}

/// The first stage of kind customer with a fee; -1: there is none.
int paying_stage(const Model& model) {
  for (std::size_t k = 0; k < model.stages.size(); ++k)
    if (const Stage& stage = model.stages.items[k].second;
        stage.kind == Stage::Kind::customer && stage.fee > 0)
      return static_cast<int>(k);
  return -1;
}

double competitors(const Model& model) { return model.market ? model.market->price.value : 1; }

}  // namespace

bool depends_on_price(const Model& model) {
  bool found = false;
  for_each_response(model, [&](const std::string&, const Response& r) { found |= r.effects.price != 0; });
  return found;
}

std::vector<Paid> prices(const Model& model, const Model& start) {
  std::vector<Paid> out;
  const int usual = paying_stage(start);
  const auto others = [&] { return usual < 0 ? Paid{} : fee(model, usual); };
  const auto of_stage = [&](int stage, const std::string& target) {
    if (fee(start, stage).amount > 0) return fee(model, stage);
    const int to = start.stages.index(target);
    return to >= 0 && fee(start, to).amount > 0 ? fee(model, to) : others();
  };
  for (int k = 0; const auto& [name, stage] : start.stages) {
    out.push_back(of_stage(k, "lost"));
    for (const auto& [target, move] : stage.moves) out.push_back(of_stage(k, target));
    ++k;
  }
  for (std::size_t k = 0; k < start.journeys.size(); ++k) out.push_back(others());
  if (start.orders)
    out.push_back(start.orders->value > 0 ? Paid{"orders.value", model.orders->value} : others());
  if (start.referrals) out.push_back(others());
  out.push_back(others());
  return out;
}

void set_prices(Model& now, const Model& start, std::vector<Problem>& problems) {
  const std::vector<Paid> paid = prices(now, start), before = prices(start, start);
  const double market = math::log(competitors(now) / competitors(start));
  std::size_t k = 0;
  for_each_response(now, [&](const std::string& path, Response& r) {
    const Paid &price = paid[k], &first = before[k++];
    if (r.effects.price == 0) return;
    if (price.amount <= 0)
      problems.push_back(
          problem_at(now.files, r.effects.price.mark, path + ".price",
                     "changes lead to " + price.path +
                         ": 0, and the effect of a price needs its logarithm; leave a price above 0"));
    else
      r.price = math::log(price.amount / first.amount) - market;
  });
}

}  // namespace goodwill
