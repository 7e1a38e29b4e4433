#include "sim/exact/markov.hpp"

#include <algorithm>

#include "sim/model/findings.hpp"
#include "sim/model/scalar.hpp"
#include "sim/plan/plan.hpp"

namespace goodwill {
namespace {

std::string number(double value) { return format_scalar(value, Unit::plain); }

std::string range(const Range& r) {
  if (!r.to) return "from " + number(r.from ? r.from->value : 0);
  return r.from ? number(*r.from) + " to " + number(*r.to) : "below " + number(*r.to);
}

class Search {
public:
  explicit Search(const Model& model) : model_(model) {}

  /// Looks at a segment's model to which these changes have been applied.
  void look(const Model& m, const std::vector<TimedChange>& changes) {
    changes_ = &changes;
    for_each_response(m, [&](const std::string& path, const Response& r) { response(path, r); });
    for (const auto& [name, journey] : m.journeys)
      for (const auto& [place, t] : journey.touchpoints) look_at(name + "." + place, t);
    if (m.market && m.market->is_finite())
      add(m.market->mark, "market.size", "who may join is limited, and customers draw others",
          "any number of arrivals");
    const auto follows = [](const auto& journey) { return !journey.second.after.empty(); };
    if (std::ranges::any_of(m.journeys, follows))
      for (const auto& [name, journey] : m.journeys) stays(name, journey);
  }

  void beginning(const Intervention& intervention) {
    const Investment& one = *intervention.definition;
    const std::string path = (one.event ? "events." : "investments.") + intervention.name;
    constexpr const char* limit = "what begins at a 'start'";
    if (intervention.by_chance())
      add(one.chance.mark, path + ".chance", "it begins by chance (" + number(one.chance) + " a period)",
          limit);
    if (one.when) add(one.when->mark, path + ".when", "it begins by what the firm sees", limit);
  }

  std::vector<Problem> take() { return std::move(problems_); }

private:
  void add(const Mark& mark, const std::string& path, const std::string& what, const char* limit) {
    Problem problem = problem_at(model_.files, mark, path, what + ": the exact solver takes " + limit);
    const auto same = [&](const Problem& p) { return p.str() == problem.str(); };
    if (std::none_of(problems_.begin(), problems_.end(), same)) problems_.push_back(std::move(problem));
  }

  /// Where a number was written: in the last change to it, or in the model.
  Mark place(const Number& n, const std::string& path) const {
    for (auto change = changes_->rbegin(); change != changes_->rend(); ++change)
      if (change->change->path.ends_with(path)) return change->change->mark;
    return n.mark;
  }

  void response(const std::string& path, const Response& r) {
    constexpr const char* limit = "no effects, frailty or beta";
    if (r.form == Response::Form::beta) {
      add(r.alpha.given ? r.alpha.mark : r.mark, path,
          "is {beta: [" + number(r.alpha) + ", " + number(r.beta) + "]}", limit);
      return;
    }
    // What never or always happens takes no effects.
    if (r.form != Response::Form::table && (r.level == 0 || (!r.rate && r.level == 1))) return;
    for_each_effect(r.effects,
                    [&](const std::string& name, const Number& effect, FeaturePlace, FeatureOf of) {
                      if (effect != 0 && of != FeatureOf::offer)  // prices are the same for everybody
                        add(place(effect, path + "." + name), path,
                            "depends on " + name + " (" + number(effect) + ")", limit);
                    });
    if (r.frailty != 0)
      add(place(r.frailty, path + ".frailty"), path, "has frailty (" + number(r.frailty) + ")", limit);
  }

  /// Where journeys come after others, none may change the stage on the way from one to the next.
  void stays(const std::string& name, const Journey& journey) {
    const auto branch = [&](const std::optional<Branch>& b) {
      for (const Arrow& arrow : b ? b->arrows : std::vector<Arrow>{})
        if (arrow.target == "lost" || model_.stages.find(arrow.target))
          add(arrow.mark, name, "leads to " + arrow.target,
              "journeys that change no stage where one comes 'after' another");
    };
    branch(journey.first);
    for (const auto& [place, t] : journey.touchpoints)
      for (const auto* b : {&t.next.plain, &t.next.ok, &t.next.failed, &t.next.recovered, &t.next.full})
        branch(*b);
  }

  void look_at(const std::string& path, const Touchpoint& t) {
    if (t.who) who(path + ".who", *t.who);
    if (!t.team.empty())
      add(t.mark, path + ".team", "customers share the team " + t.team, "customers who live independently");
  }

  void who(const std::string& path, const Who& w) {
    constexpr const char* limit = "only who by stage and tenure";
    if (w.failed_ago) add(w.mark, path, "looks at failed_ago (" + range(*w.failed_ago) + ")", limit);
    if (w.satisfaction) add(w.mark, path, "looks at satisfaction (" + range(*w.satisfaction) + ")", limit);
    if (!w.surveyed.empty()) add(w.mark, path, "looks at surveyed (" + w.surveyed + ")", limit);
  }

  const Model& model_;
  const std::vector<TimedChange>* changes_ = nullptr;
  std::vector<Problem> problems_;
};

}  // namespace

std::vector<Problem> not_markov(const Model& model, const std::vector<Intervention>& interventions) {
  Search search(model);
  const ChangeSet changes(model);
  for (const auto& [name, segment] : model.segments) {
    std::vector<TimedChange> own;
    for (const Change& change : segment.changes) own.push_back({&change, 1.0, -1});
    const auto look = [&](const std::vector<TimedChange>& all) {
      Model copy = model;
      std::vector<Problem> ignored;  // making the plan has found them
      changes.apply(copy, all, ignored);
      search.look(copy, all);
    };
    look(own);
    for (const Intervention& intervention : interventions) {
      search.beginning(intervention);
      std::vector<TimedChange> all = own;
      for (const Change& change : intervention.definition->changes)
        all.push_back({&change, 1.0, intervention.index});
      look(all);
    }
  }
  return search.take();
}

}  // namespace goodwill
