// Whether those simulated can be the people of a network.
#include "sim/model/agents.hpp"
#include "sim/change/coupling.hpp"
#include "sim/check/check.hpp"

namespace goodwill {

void check_agents(const Model& model, Findings& found) {
  if (model.agents_all || !is_networked(model)) return;
  double people = 0;
  for (std::size_t s = 0; s < model.segments.size(); ++s) people += people_of(model, s);
  if (people == 0) return;
  const double wanted = wanted_agents(model, people);
  std::vector<double> weights;
  for (const auto& [name, segment] : model.segments)
    weights.push_back(segment.count > 0 ? segment.count / agents_of(model, segment.count, wanted, people)
                                        : people / wanted);
  const std::string text = unequal_people(model, weights);
  const Mark network = model.market && model.market->network ? model.market->network->mark
                                                             : model.word_of_mouth->network->mark;
  if (!text.empty()) found.problem(model.agents ? model.agents->mark : network, "agents", text);
}

}  // namespace goodwill
