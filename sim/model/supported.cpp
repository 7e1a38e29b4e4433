#include "sim/model/supported.hpp"

#include "sim/model/path.hpp"

namespace goodwill {

namespace {

struct Refusal {
  const Model& model;
  std::vector<Problem> problems{};

  void add(const Mark& m, const std::string& path, const std::string& what) {
    problems.push_back(problem_at(model.files, m, path, what + " not supported yet"));
  }

  void response(const Response& r, const std::string& path) {
    const Effects& e = r.effects;
    if (e.good_word.value != 0) add(e.good_word.mark, path + ".good_word", "effects of good_word are");
    if (e.bad_word.value != 0) add(e.bad_word.mark, path + ".bad_word", "effects of bad_word are");
    if (e.price.value != 0) add(e.price.mark, path + ".price", "effects of price are");
  }

  void uncertain(const Number& n, const std::string& path) {
    if (!n.assumption.empty()) add(n.mark, path, "assumptions ('$" + n.assumption + "') are");
  }

  void investment(const Investment& i, const std::string& path) {
    if (i.chance.value > 0) add(i.chance.mark, path + ".chance", "investments and events by chance are");
    for (const Change& c : i.changes) uncertain(c.value, path + ".changes." + c.path);
    for (const auto& [touchpoint, money] : i.cost.each) uncertain(money, path + ".cost.each." + touchpoint);
  }
};

}  // namespace

std::vector<Problem> unsupported(const Model& model) {
  Refusal refuse{model};
  for (const auto& [name, team] : model.teams) refuse.add(team.mark, name, "teams are");
  for (const auto& [name, channel] : model.channels)
    if (!channel.team.empty()) refuse.add(channel.mark, name + ".team", "teams are");
  for (const auto& [name, journey] : model.journeys)
    for (const auto& [point, t] : journey.touchpoints)
      if (!t.team.empty()) refuse.add(t.mark, name + "." + point + ".team", "teams are");
  if (model.market) refuse.add(model.market->mark, "market", "markets are");
  if (model.word_of_mouth) refuse.add(model.word_of_mouth->mark, "word_of_mouth", "word of mouth is");
  for (const auto& [name, goal] : model.goals) refuse.add(goal.mark, "goals." + name, "goals are");
  for (const auto& [name, a] : model.assumptions)
    refuse.add(a.mark, "assumptions." + name, "assumptions are");
  if (model.finance.prices == Finance::Prices::nominal)
    refuse.add(model.finance.mark, "finance.prices", "nominal prices are");

  const PathIndex index(model);
  for (const Place& place : index.places()) {
    const Slot slot = place.address.in(model);
    if (place.kind == Place::Kind::average || place.words[0] == "assumptions") continue;
    if (auto* const* r = std::get_if<Response*>(&slot)) {
      refuse.response(**r, place.brief());
      refuse.uncertain((*r)->level, place.brief());
    } else if (auto* const* n = std::get_if<Number*>(&slot)) {
      refuse.uncertain(**n, place.brief());
    }
  }
  for (const auto& [name, s] : model.segments)
    for (const Change& c : s.changes) refuse.uncertain(c.value, name + ".changes." + c.path);
  for (const auto& [name, i] : model.investments) refuse.investment(i, "investments." + name);
  for (const auto& [name, e] : model.events) refuse.investment(e, "events." + name);
  return std::move(refuse.problems);
}

}  // namespace goodwill
