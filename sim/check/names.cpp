// Names and reachability: whether what is referred to exists, and whether what exists can be reached. One
// file because both come from the same walk: a branch whose targets are looked up also reaches them.
#include <algorithm>
#include <functional>
#include <set>
#include <unordered_map>
#include <unordered_set>

#include "sim/change/change.hpp"
#include "sim/check/check.hpp"
#include "sim/model/responses.hpp"
#include "sim/model/words.hpp"

namespace goodwill {

namespace {

/// Names in their order, and quick to look up.
struct NameList {
  std::vector<std::string> list{};
  std::unordered_set<std::string> set{};

  NameList() = default;
  NameList(std::vector<std::string> names)
      : list(std::move(names)), set(list.begin(), list.end()) {}  // NOLINT
  template <class T>
  NameList(const Named<T>& named) : NameList(named.names()) {}  // NOLINT
  bool has(const std::string& name) const { return set.contains(name); }
};

class Checker {
public:
  Checker(const Model& model, Findings& found)
      : model_(model), found_(found), stages_(model.stages), segments_(model.segments),
        channels_(model.channels), teams_(model.teams) {}

  void run() {
    essentials();
    finance();
    object(const_cast<Model*>(&model_), block_of<Model>(), "", Mark{});
    stages();
    journeys();
    teams();
    reachable_stages();
    investments();
    scenarios();
  }

private:
  void problem(const Mark& mark, const std::string& path, std::string text) {
    found_.problem(mark, path, std::move(text));
  }

  bool known(const std::string& name, const NameList& names, const std::string& what, const Mark& mark,
             const std::string& path) {
    if (names.has(name)) return true;
    problem(mark, path, unknown_name(what, name, names.list));
    return false;
  }

  void reference(Refers refers, const std::string& name, const Mark& mark, const std::string& path) {
    const auto one_of = [&](const NameList& names, const char* what) {
      known(name, names, what, mark, path);
    };
    if (name.empty()) return;
    if (refers == Refers::stage) one_of(stages_, "a stage");
    if (refers == Refers::segment) one_of(segments_, "a segment");
    if (refers == Refers::channel) one_of(channels_, "a channel");
    if (refers == Refers::team) one_of(teams_, "a team");
  }

  void shares(const Branch& branch, const std::string& path) {
    double sum = 0;
    for (const Arrow& a : branch.arrows) sum += a.share.value;
    if (sum > 1 + 1e-9)
      problem(branch.mark, path, "the branch adds up to " + percent(sum) + "; at most 100 %");
  }

  /// Checks every text that names something, as its description says; sums of branches; ends of ranges.
  void object(void* at, const Block& block, const std::string& path, const Mark& mark) {
    for (const Field& f : block.fields) {
      const Slot slot = f.at(at);
      const std::string here = join_path(path, f.name);
      if (auto* const* text = std::get_if<std::string*>(&slot))
        reference(f.refers, **text, found_.mark_of(here, mark), here);
      if (auto* const* list = std::get_if<Names*>(&slot))
        for (const std::string& name : **list)
          reference(f.refers, name, found_.mark_of(here + "." + name, mark), here);
      if (auto* const* b = std::get_if<std::optional<Branch>*>(&slot))
        if (**b) shares(***b, here);
      if (auto* const* next = std::get_if<Next*>(&slot)) {
        if ((*next)->plain) shares(*(*next)->plain, here);
        object(*next, block_of<Next>(), here, mark);
      }
      if (auto* const* range = std::get_if<std::optional<Range>*>(&slot))
        if (**range && (**range)->from && (**range)->to && (**range)->from->value >= (**range)->to->value)
          problem((**range)->from->mark, here,
                  "the range is empty: its lower end is not below its upper end");
      if (const auto* brief = std::get_if<Short>(&slot); brief && brief->form->block)
        for (const Field& part : brief->form->block->fields)
          if (const Slot in = part.at(brief->at); auto* const* text = std::get_if<std::string*>(&in))
            reference(part.refers, **text, found_.mark_of(brief->form->path_of(part, here), mark), here);
      if (const auto* o = std::get_if<Object>(&slot)) object(o->at, *o->block, here, o->block->mark(o->at));
      if (const auto* o = std::get_if<Optional>(&slot))
        if (void* inner = o->get(o->at)) object(inner, *o->block, here, o->block->mark(inner));
      if (const auto* c = std::get_if<Collection>(&slot))
        for (std::size_t i = 0; i < c->size(c->at); ++i)
          object(c->item(c->at, i), *c->block, join_path(here, c->name(c->at, i)),
                 c->block->mark(c->item(c->at, i)));
    }
    if (&block == &block_of<Who>()) {
      const auto& who = *static_cast<const Who*>(at);
      if (!who.surveyed.empty())
        known(who.surveyed, word_list<Who::Answer>(), "a class of survey answers",
              found_.mark_of(path + ".surveyed", mark), path + ".surveyed");
      else if (who.within)
        problem(who.within->mark, path + ".within",
                "'within' says how long ago a survey answer may be: give 'surveyed', too");
    }
  }

  void essentials() {
    const Mark none;
    if (model_.segments.empty())
      problem(none, "segments", "a model has at least one segment: segments: {all: {count: 10_000}}");
    if (model_.stages.empty())
      problem(none, "stages",
              "a model has at least one stage: stages: {customer: {fee: 30, churn: 2 % / month}}");
    for (const auto& [name, s] : model_.segments)
      if (s.stage.empty() && !model_.stages.empty() && customer_stage().empty())
        problem(s.mark, name + ".stage",
                "no stage is of kind customer; say in which stage these customers are");
    for (const auto& [name, s] : model_.segments)
      if (s.values.ease + s.values.empathy + s.values.competence <= 0)
        problem(s.mark, name + ".values", "all weights are 0; at least one of them counts");
    for (const auto& [name, channel] : model_.channels)
      if (!channel.channel.empty())
        problem(channel.mark, name + ".channel", "a channel has no channel of its own");
  }

  void finance() {
    const Finance& f = model_.finance;
    if (f.prices == Finance::Prices::nominal && !f.inflation.given)
      problem(
          f.mark, "finance.prices",
          "prices: nominal needs inflation, the yearly growth of money: {prices: nominal, inflation: 2 %}");
  }

  std::string customer_stage() const {
    for (const auto& [name, stage] : model_.stages)
      if (stage.kind == Stage::Kind::customer) return name;
    return {};
  }

  /// A row of a transition matrix: plain numbers, and no more of them than there are customers.
  void shares(const Stage& stage, const std::string& name) {
    const auto plain = [&](const Response& r, const std::string& path) {
      if (r.form != Response::Form::level)
        problem(r.mark, path, "with 'shares: true' churn and moves are plain numbers, a row of a matrix");
    };
    plain(stage.churn, name + ".churn");
    for (const auto& [target, move] : stage.moves) plain(move, name + ".moves." + target);
    if (const double sum = sum_of_shares(stage); sum > 1 + 1e-9)
      problem(stage.mark, name, "churn and moves add up to " + percent(sum) + " a period; at most 100 %");
  }

  void stages() {
    for (const auto& [name, stage] : model_.stages) {
      if (stage.churn.otherwise)
        problem(stage.churn.mark, name + ".churn", "churn cannot be 'otherwise'; only a move can");
      int otherwise = 0;
      for (const auto& [target, move] : stage.moves) {
        const std::string path = name + ".moves." + target;
        if (target == "lost" && !move.otherwise)
          problem(move.mark, path, "a probability of being lost is 'churn'; a move to lost is 'otherwise'");
        if (target != "lost") known(target, stages_, "a stage", move.mark, path);
        otherwise += move.otherwise;
      }
      if (otherwise > 1) problem(stage.mark, name + ".moves", "only one move can be 'otherwise'");
      if (stage.shares) shares(stage, name);
    }
  }

  /// The touchpoints of a journey, and what a branch in it may lead to.
  struct Points {
    std::unordered_map<std::string, const Touchpoint*> by_name{};
    NameList targets{};

    Points(const Journey& journey, const NameList& stages) {
      std::vector<std::string> names = journey.touchpoints.names();
      names.insert(names.end(), stages.list.begin(), stages.list.end());
      names.insert(names.end(), {"lost", "done"});
      targets = NameList(std::move(names));
      for (const auto& [name, point] : journey.touchpoints) by_name.emplace(name, &point);
    }
  };

  /// Checks the targets of a branch and hands on those that are touchpoints.
  void branch(const std::optional<Branch>& branch, const Points& points, const std::string& path,
              const std::function<void(const std::string&)>& visit) {
    if (!branch) return;
    for (const Arrow& arrow : branch->arrows) {
      if (!known(arrow.target, points.targets, "a touchpoint of this journey, a stage, lost or done",
                 arrow.mark, path))
        continue;
      if (points.by_name.contains(arrow.target))
        visit(arrow.target);
      else
        entered_.insert(arrow.target);
    }
  }

  /// Whether a journey comes after another, directly or through others.
  bool comes_after(const std::string& name, const std::string& other) const {
    std::set<std::string> seen;
    std::vector<std::string> open{name};
    while (!open.empty()) {
      const Journey* journey = model_.journeys.find(open.back());
      open.pop_back();
      for (const auto& [source, share] : journey ? journey->after : Named<Number>()) {
        if (source == other) return true;
        if (seen.insert(source).second) open.push_back(source);
      }
    }
    return false;
  }

  void after(const std::string& name, const Journey& journey) {
    const std::string path = name + ".after";
    const Response& starts = journey.starts;
    if (!journey.after.empty() && (starts.form != Response::Form::level || starts.level != 0))
      problem(starts.mark, name + ".starts",
              "a journey either starts by itself or comes after others; leave out 'starts' or 'after'");
    NameList sources(model_.journeys);
    if (!journey.after.empty() && model_.journeys.find("orders") && model_.orders)
      problem(journey.mark, path,
              "'orders' could mean the journey of that name or the orders; give the journey another name");
    if (model_.orders && !sources.has("orders"))
      sources.list.emplace_back("orders"), sources.set.insert("orders");
    for (const auto& [source, share] : journey.after) {
      const std::string where = path + "." + source;
      const auto wrong = [&, mark = share.mark](const std::string& text) { problem(mark, where, text); };
      if (source == "orders" && !sources.has(source)) {
        wrong("there are no orders in this model; describe them under 'orders:'");
      } else if (!sources.has(source)) {
        wrong(unknown_name("a journey or 'orders'", source, sources.list));
      } else if (source == name) {
        wrong("a journey cannot come after itself");
      } else if (model_.journeys.index(source) > model_.journeys.index(name)) {
        wrong(comes_after(source, name)
                  ? "'" + source + "' comes after '" + name + "' itself: they cannot both come first"
                  : "journeys are walked in the order of the file: move '" + name + "' below '" + source +
                        "'");
      }
    }
  }

  /// Scores of a quality come together.
  void scores(const Touchpoint& point, const std::string& path) {
    if (!point.quality.scored) return;
    for (const Field& part : block_of<Quality>().fields)
      if (const Slot slot = part.at(&point.quality); !std::get<Number*>(slot)->given)
        problem(point.mark, path + ".quality",
                "scores are given for all of ease, empathy and competence; '" + std::string(part.name) +
                    "' is missing");
  }

  void journeys() {
    for (const auto& [name, channel] : model_.channels) scores(channel, name);
    for (const auto& [name, journey] : model_.journeys)
      for (const auto& [point, touchpoint] : journey.touchpoints) scores(touchpoint, name + "." + point);
    const Model effective = inherited(model_);
    for (const auto& [name, journey] : effective.journeys) {
      after(name, journey);
      if (journey.starts.otherwise)
        problem(journey.starts.mark, name + ".starts", "expected a probability, found 'otherwise'");
      if (journey.touchpoints.empty()) {
        problem(journey.mark, name, "a journey has at least one touchpoint");
        continue;
      }
      found_.go_on();
      const Points points(journey, stages_);
      std::set<std::string> reached;
      std::vector<std::string> open;
      const auto visit = [&](const std::string& target) {
        if (reached.insert(target).second) open.push_back(target);
      };
      if (journey.first)
        branch(journey.first, points, name + ".first", visit);
      else
        visit(journey.touchpoints.items[0].first);
      while (!open.empty()) {
        const std::string at = open.back();
        open.pop_back();
        follow(points, *points.by_name.at(at), name + "." + at + ".next", visit);
      }
      for (const auto& [point_name, point] : journey.touchpoints) {
        const std::string path = name + "." + point_name;
        if (stages_.has(point_name))
          problem(point.mark, path, "'" + point_name + "' is also a stage; as a target it could mean both");
        if (reached.count(point_name)) continue;
        problem(point.mark, path, "no 'first' or 'next' of this journey leads to this touchpoint");
        follow(points, point, path + ".next", [](const std::string&) {});
      }
    }
  }

  void follow(const Points& points, const Touchpoint& point, const std::string& path,
              const std::function<void(const std::string&)>& visit) {
    for (const auto* b :
         {&point.next.plain, &point.next.ok, &point.next.failed, &point.next.recovered, &point.next.full})
      branch(*b, points, path, visit);
  }

  void teams() {
    for (const auto& [name, team] : model_.teams) {
      if (team.capacity.has_value() == team.agents.has_value())
        problem(
            team.mark, name,
            "a team has either a 'capacity', the contacts it can serve in a period, or 'agents', the people "
            "on duty; found " +
                std::string(team.capacity ? "both" : "neither"));
      if (!team.capacity) continue;
      const Team usual;
      for (const auto& [field, member] :
           {std::pair("handling", &Team::handling), std::pair("patience", &Team::patience),
            std::pair("hours", &Team::hours), std::pair("shrinkage", &Team::shrinkage)})
        if ((team.*member).value != (usual.*member).value)
          problem((team.*member).mark, name + "." + field,
                  "is of a team with 'agents'; this one has a 'capacity'");
    }
  }

  void reachable_stages() {
    const std::string first = customer_stage();
    for (const auto& [name, s] : model_.segments) {
      entered_.insert(s.stage.empty() ? first : s.stage);
      if (!s.arrivals_stage.empty()) entered_.insert(s.arrivals_stage);
    }
    if (model_.referrals && !model_.referrals->stage.empty()) entered_.insert(model_.referrals->stage);
    if (model_.market && !model_.market->stage.empty()) entered_.insert(model_.market->stage);
    for (const auto& [name, stage] : model_.stages)
      for (const auto& [target, move] : stage.moves)
        if (target != name) entered_.insert(target);
    if (model_.segments.empty()) return;
    for (const auto& [name, stage] : model_.stages)
      if (!entered_.count(name)) problem(stage.mark, name, "no segment, move or journey leads to this stage");
  }

  void investments() {
    const PathIndex index(model_);
    const NameList names(model_.investments);
    for (const auto* list : {&model_.investments, &model_.events})
      for (const auto& [name, i] : *list) {
        const std::string path = (list == &model_.events ? "events." : "investments.") + name;
        if (list == &model_.events && names.has(name))
          problem(i.mark, path, "an investment has the same name; scenarios could mean both");
        for (const auto& [segment, share] : i.reach_by_segment)
          known(segment, segments_, "a segment", share.mark, path + ".reach");
        for (const auto& [touchpoint, money] : i.cost.each)
          each(index, touchpoint, money, path + ".cost.each");
      }
  }

  void each(const PathIndex& index, const std::string& path, const Number& money, const std::string& where) {
    const auto found = index.find(path, PathIndex::Purpose::read);
    const bool one = found.places.size() == 1 && found.places[0]->words.size() == 4 &&
                     found.places[0]->words[0] == "journeys" && found.places[0]->words[2] == "touchpoints";
    if (one) return;
    std::vector<std::string> touchpoints;
    for (const auto& [name, journey] : model_.journeys)
      for (const auto& [point, t] : journey.touchpoints) touchpoints.push_back(name + "." + point);
    problem(money.mark, where, unknown_name("a touchpoint", path, touchpoints));
  }

  void scenarios() {
    std::vector<std::string> all = model_.investments.names();
    for (const std::string& event : model_.events.names()) all.push_back(event);
    const NameList parts(std::move(all));
    all = model_.scenarios.names();
    if (!model_.scenarios.find("baseline")) all.emplace_back("baseline");
    const NameList known_scenarios(std::move(all));
    for (const auto& [name, list] : model_.scenarios) {
      const std::string path = "scenarios." + name;
      const Mark mark = list.empty() ? Mark{} : found_.mark_of(path + "." + list[0]);
      if (name == "baseline" && !list.empty()) problem(mark, path, "'baseline' is the empty scenario");
      for (const std::string& part : list)
        known(part, parts, "an investment or event", found_.mark_of(path + "." + part), path);
      if (std::set<std::string>(list.begin(), list.end()).size() != list.size())
        problem(mark, path, "names something twice");
    }
    for (const auto& [name, other] : model_.compare) {
      const std::string path = "compare." + name;
      const Mark mark = found_.mark_of(path);
      known(name, known_scenarios, "a scenario", mark, path);
      if (known(other, known_scenarios, "a scenario", mark, path) && other == name)
        problem(mark, path, "a scenario is not compared with itself");
    }
  }

  const Model& model_;
  Findings& found_;
  const NameList stages_, segments_, channels_, teams_;
  std::set<std::string> entered_;  ///< stages that journeys, moves or segments lead to
};

}  // namespace

void check_names(const Model& model, Findings& found) { Checker(model, found).run(); }

}  // namespace goodwill
