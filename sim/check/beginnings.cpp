// When investments and events begin and end, and what may change how likely that is.
#include <algorithm>

#include "sim/change/change.hpp"
#include "sim/check/check.hpp"
#include "sim/model/scalar.hpp"

namespace goodwill {

namespace {

class Checker {
public:
  Checker(const Model& model, Findings& found) : model_(model), found_(found), index_(model) {}

  void run() {
    for (const auto* list : {&model_.investments, &model_.events})
      for (const auto& [name, i] : *list) {
        const std::string path = (i.event ? "events." : "investments.") + name;
        timing(i, path);
        for (const Change& c : i.changes) chance(i, c, path + ".changes." + c.path);
      }
  }

private:
  void problem(const Mark& mark, const std::string& path, std::string text) {
    found_.problem(mark, path, std::move(text));
  }

  void timing(const Investment& i, const std::string& path) {
    if (i.by_chance() && i.start.given && i.start.value != 1)
      problem(i.mark, path, "'start' and 'chance' exclude each other");
    if (i.when) seen(i, *i.when, path + ".when");
    if (i.every && i.by_chance())
      problem(i.every->mark, path + ".every", "'every' and 'chance' exclude each other");
    if (i.every && !i.lasts && !i.event)
      problem(i.every->mark, path + ".every",
              "with 'every' it must end before it begins again: give 'lasts', too");
    if (i.every && i.lasts && i.lasts->value > i.every->value)
      problem(i.lasts->mark, path + ".lasts",
              "lasts " + format_scalar(*i.lasts, Unit::plain) + " periods and begins every " +
                  format_scalar(*i.every, Unit::plain) + "; it must end before it begins again");
    if (i.fades && !i.lasts && !i.event)
      problem(i.fades->mark, path + ".fades",
              "'fades' says how the effect goes after 'lasts': give 'lasts', too");
  }

  /// What is to be seen must be something that somebody counts.
  void seen(const Investment& i, const When& when, const std::string& path) {
    for (const auto& [given, word] : {std::pair(i.start.given, "start"), std::pair(i.by_chance(), "chance"),
                                      std::pair(i.every.has_value(), "every")})
      if (given) problem(when.mark, path, "'" + std::string(word) + "' and 'when' exclude each other");
    const int figures = when.measured_nps.has_value() + when.churn.has_value() + when.conversion.has_value() +
                        when.customers.has_value() + when.use.has_value() + when.unserved.has_value();
    if (figures > 1 || (figures == 0 && !found_.any_in(path)))
      problem(
          when.mark, path,
          "names one figure that the firm knows: measured_nps, churn, conversion, customers, or the use or "
          "unserved of a team");
    if (when.answers && !when.measured_nps)
      problem(when.answers->mark, path + ".answers",
              "only measured_nps is measured on answers; the other figures count every customer");
    if (when.measured_nps && !model_.survey_given)
      problem(when.mark, path + ".measured_nps",
              "nobody is asked: say in `survey:` who answers (survey.response: 20 %)");
    if (when.measured_nps && model_.survey_given && model_.survey.response.form == Response::Form::level &&
        model_.survey.response.level == 0)
      problem(when.mark, path + ".measured_nps", "nobody answers: survey.response is 0");
    team(when, path);
    const auto are_prospects = [](const auto& stage) { return stage.second.kind == Stage::Kind::prospect; };
    if (when.conversion && std::ranges::none_of(model_.stages, are_prospects))
      problem(when.mark, path + ".conversion", "there are no prospects: no stage is of kind prospect");
  }

  void team(const When& when, const std::string& path) {
    const bool of_team = when.use || when.unserved;
    if (of_team && when.team.empty())
      problem(when.mark, path,
              model_.teams.empty() ? "there are no teams"
                                   : "say whose it is: team, one of " + joined(model_.teams.names(), ", "));
    if (!of_team && !when.team.empty())
      problem(when.mark, path + ".team", "only 'use' and 'unserved' are those of a team");
    if (!of_team || model_.teams.find(when.team) == nullptr) return;
    const auto serves = [&](const auto& item) { return item.second.team == when.team; };
    if (std::ranges::none_of(
            model_.journeys,
            [&](const auto& journey) { return std::ranges::any_of(journey.second.touchpoints, serves); }) &&
        std::ranges::none_of(model_.channels, serves))
      problem(when.mark, path + ".team", "no touchpoint is served by '" + when.team + "'");
  }

  /// The probability of an event must be known before anything happens.
  void chance(const Investment& i, const Change& c, const std::string& path) {
    const auto found = index_.find(c.path, PathIndex::Purpose::change);
    if (found.places.size() != 1) return;
    const std::vector<std::string>& words = found.places[0]->words;
    if (words[0] != "events" || words.back() != "chance") return;
    if (i.by_chance() || i.when)
      problem(c.mark, path, "a chance is changed only by what begins at a 'start', so that it is known");
    if (!model_.events.find(words[1])->by_chance())
      problem(c.mark, path, "the event '" + words[1] + "' has no chance to change; it begins at its 'start'");
  }

  const Model& model_;
  Findings& found_;
  const PathIndex index_;
};

}  // namespace

void check_beginnings(const Model& model, Findings& found) { Checker(model, found).run(); }

}  // namespace goodwill
