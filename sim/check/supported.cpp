#include "sim/check/supported.hpp"

#include "sim/model/fields.hpp"
#include "sim/model/findings.hpp"

namespace goodwill {

namespace {

struct Refusal {
  const Model& model;
  std::vector<Problem> problems{};

  void add(const Mark& m, const std::string& path, const std::string& what) {
    problems.push_back(problem_at(model.files, m, path, what + " not supported yet"));
  }

  /// Of a market only the competitors' price.
  void market(const Market& m) {
    for (const Field& field : block_of<Market>().fields) {
      const Slot slot = field.at(&m);
      if (auto* const* n = std::get_if<Number*>(&slot); n && (*n)->given && field.name != "price")
        add((*n)->mark, "market." + std::string(field.name), "prospects of markets are");
    }
    if (!m.network.empty()) add(m.mark, "market.network", "networks of markets are");
  }
};

}  // namespace

std::vector<Problem> unsupported(const Model& model) {
  Refusal refuse{model};
  if (model.market) refuse.market(*model.market);
  return std::move(refuse.problems);
}

}  // namespace goodwill
