#include "sim/check/supported.hpp"

#include "sim/change/path.hpp"
#include "sim/model/findings.hpp"

namespace goodwill {

namespace {

struct Refusal {
  const Model& model;
  std::vector<Problem> problems{};

  void add(const Mark& m, const std::string& path, const std::string& what) {
    problems.push_back(problem_at(model.files, m, path, what + " not supported yet"));
  }

  void response(const Response& r, const std::string& path) {
    for_each_effect(r.effects,
                    [&](const std::string& name, const Number& effect, FeaturePlace place, FeatureOf) {
                      if (place == FeaturePlace::later && effect.value != 0)
                        add(effect.mark, path + "." + name, "effects of " + name + " are");
                    });
  }

  void investment(const Investment& i, const std::string& path) {
    if (i.when) add(i.when->mark, path + ".when", "investments and events that begin by what is seen are");
  }
};

}  // namespace

std::vector<Problem> unsupported(const Model& model) {
  Refusal refuse{model};
  if (model.market) refuse.add(model.market->mark, "market", "markets are");
  if (model.word_of_mouth) refuse.add(model.word_of_mouth->mark, "word_of_mouth", "word of mouth is");

  const PathIndex index(model);
  for (const Place& place : index.places()) {
    const Slot slot = place.address.in(model);
    if (place.kind == Place::Kind::average) continue;
    if (auto* const* r = std::get_if<Response*>(&slot)) refuse.response(**r, place.brief());
  }
  for (const auto& [name, i] : model.investments) refuse.investment(i, "investments." + name);
  for (const auto& [name, e] : model.events) refuse.investment(e, "events." + name);
  return std::move(refuse.problems);
}

}  // namespace goodwill
