// A model that is written and read again is the same model: every field of the descriptions, in every state
// it can have, `{}` and `[]` included. One file, because the states of a field, a description of a model that
// does not use the writer, and the round trips serve one test.
#include <gtest/gtest.h>

#include <functional>
#include <set>

#include "sim/file/read.hpp"
#include "sim/file/write.hpp"
#include "sim/model/fields.hpp"

namespace {

using namespace goodwill;

constexpr const char* kFirm = R"(
horizon: 24
assumptions: {push: {normal: [0.5, 0.1], note: none}, pull: {low: 0.1, best: 0.5, high: 1}}
segments:
  a: {count: 100, arrivals: {count: 4, stage: prospect}, changes: {customer.fee: {times: 1.5}}}
  b: {count: 50}
stages:
  prospect: {kind: prospect, churn: 50 %, moves: {customer: 5 %}}
  customer: {fee: 3, churn: 2 %, moves: {lapsed: 1 %}}
  lapsed: {kind: lapsed, churn: 10 %}
channels: {phone: {team: desk, quality: 7, failure: 3 %, who: {stage: customer}, next: {recovered: {lost: 1 %}}}}
teams: {desk: {capacity: 100}, phones: {agents: 20}}
journeys: {support: {starts: 5 %, touchpoints: {call: {channel: phone}}}}
investments:
  coaching: {changes: {phone.failure: {times: 0.5}}}
  ask: {when: {measured_nps: {below: 20}}}
  keep: {when: {churn: {above: 3 %}}}
  sell: {when: {conversion: {below: 4 %}}}
  grow: {when: {customers: {below: 90}}}
  hire: {when: {team: desk, use: {above: 95 %}}}
  call: {when: {team: desk, unserved: {above: 2 %}, for: 2 months}}
events: {breach: {lasts: 3}}
scenarios: {coach: [coaching]}
goals: {nps: {at_least: 10}}
survey: {}
)";

using At = std::function<void*(Model&)>;       ///< an object of a model
using Set = std::function<void(const Slot&)>;  ///< gives a field one of its states

// ------------------------------------------------------------------------------------- the states of a field

Number number(double value, const char* assumption = "") {
  Number n(value);
  n.given = true;
  n.assumption = assumption;
  return n;
}

std::vector<double> values_of(const Field& f) {
  std::vector<double> values;
  for (const double x : {0.0, 0.25, 1.0, 2.0, 20.0})
    if (x >= f.low && x <= f.high && (!f.whole || x == static_cast<int>(x))) values.push_back(x);
  return values;
}

std::vector<Response> responses(bool rate) {
  std::vector<Response> all(7, Response(0.1, rate));
  for (Response& r : all) r.level.given = true;
  all[1].form = Response::Form::average;
  all[2].form = Response::Form::base;
  all[2].effects.satisfaction = number(0);
  all[2].frailty = number(0.5);
  all[3].form = Response::Form::table;
  all[3].table = {{number(0), number(0.1)}, {number(12), number(0.2)}};
  all[4].form = Response::Form::beta;
  all[4].alpha = number(1);
  all[4].beta = number(9);
  all[5].otherwise = true;
  all[6].level.assumption = "push";
  all[6].level.value = 0.5;
  return all;
}

std::vector<std::optional<Branch>> branches() {
  const auto arrow = [](const char* to, Number share, bool rest = false) {
    return Arrow{to, share, rest, {}};
  };
  Branch sure, shared, doubtful;
  sure.arrows = {arrow("done", number(1))};
  shared.arrows = {arrow("lapsed", number(0.25)), arrow("lost", Number(0), true)};
  doubtful.arrows = {arrow("lapsed", number(0.5, "push"))};
  return {std::nullopt, Branch{}, sure, shared, doubtful};
}

std::vector<std::string> texts_of(const Field& f) {
  switch (f.refers) {
  case Refers::stage:
    return {"", "customer"};
  case Refers::segment:
    return {"", "b"};
  case Refers::channel:
    return {"", "phone"};
  case Refers::team:
    return {"", "desk"};
  case Refers::nothing:
    break;
  }
  return {"", "detractor", "- 'words': \"#1\" \\ {x}", f.lines ? "two\nlines\t." : "null"};
}

/// A state that is a value of the slot's own type.
template <class T>
Set put(T value) {
  return [value](const Slot& slot) { *std::get<T*>(slot) = value; };
}

std::vector<Set> states(const Field& f, const Slot& now) {
  std::vector<Set> out;
  std::visit(
      Overloaded{
          [&](Number*) {
            for (const double x : values_of(f)) out.push_back(put(number(x)));
            if (!f.whole) out.push_back(put(number(0.5, "push")));
          },
          [&](std::optional<Number>*) {
            out.push_back(put(std::optional<Number>()));
            for (const double x : values_of(f)) out.push_back(put(std::optional(number(x))));
          },
          [&](std::string*) {
            for (const std::string& text : texts_of(f)) out.push_back(put(text));
          },
          [&](OwnEdges*) {
            const auto ties = [](std::vector<Tie> all) {
              return OwnEdges{std::make_shared<const std::vector<Tie>>(std::move(all))};
            };
            out = {put(OwnEdges()), put(ties({})), put(ties({{0, 1, 2}, {0, 3, 3}, {1, 2, 4}})),
                   put(ties({{0, 1, 2, 0.3f}, {1, 2, 4, 1e9f}}))};
          },
          [&](bool*) {
            out = {put(false), put(true)};
          },
          [&](const Choice& x) {
            for (int k = 0; k < static_cast<int>(x.names.size()); ++k)
              out.push_back([k](const Slot& s) { std::get<Choice>(s).set(std::get<Choice>(s).at, k); });
          },
          [&](Names*) {
            out = {put(Names{}), put(Names{"customer"}), put(Names{"customer", "lapsed"})};
          },
          [&](Response* x) {
            for (const Response& r : responses(x->rate)) out.push_back(put(r));
          },
          [&](Branch*) { FAIL() << "no field is a bare branch"; },
          [&](std::optional<Branch>*) {
            for (const auto& b : branches()) out.push_back(put(b));
          },
          [&](Next*) {
            for (const auto& b : branches()) {
              out.push_back([b](const Slot& s) { (*std::get<Next*>(s) = Next{}).plain = b; });
              for (auto at : {&Next::ok, &Next::failed, &Next::recovered, &Next::full})
                out.push_back([b, at](const Slot& s) { (*std::get<Next*>(s) = Next{}).*at = b; });
            }
          },
          [&](std::optional<Range>*) {
            using R = std::optional<Range>;
            out = {put(R()), put(R(Range{number(1), {}})), put(R(Range{{}, number(2)})),
                   put(R(Range{number(1), number(2)}))};
          },
          [&](Named<Response>*) {
            out.push_back(put(Named<Response>()));
            for (const Response& r : responses(false)) out.push_back(put(Named<Response>{{{"lapsed", r}}}));
            out.push_back(put(Named<Response>{{{"lost", responses(false)[5]}}}));
          },
          [&](Named<Number>*) {
            out = {put(Named<Number>()), put(Named<Number>{{{"pull", number(0.25)}}})};
          },
          [&](Matrix*) {
            out = {put(Matrix()), put(Matrix{{{"flex", Named<Number>{{{"plan", number(2)}}}}}})};
          },
          [&](std::vector<Change>*) {
            out.push_back(put(std::vector<Change>()));
            for (const Change::Op op :
                 {Change::Op::set, Change::Op::add, Change::Op::times, Change::Op::odds}) {
              Change change{"phone.failure", op, number(0.25), "0.25", {}};
              out.push_back(put(std::vector<Change>{change}));
              change.value = number(0.5, "push");
              change.written = "$push";
              out.push_back(put(std::vector<Change>{change}));
            }
          },
          [&](Each*) {
            out = {put(Each()), put(Each{{"support.call", number(3)}})};
          },
          [&](Named<std::string>*) {
            out = {put(Named<std::string>()), put(Named<std::string>{{{"coach", "baseline"}}})};
          },
          [&](Named<Names>*) {
            out = {put(Named<Names>()), put(Named<Names>{{{"empty", {}}, {"both", {"breach", "coaching"}}}})};
          },
          [&](const Short& x) {
            const auto inside = [&](const Field& field, const Slot& now_inside, auto&& reach) {
              for (const Set& set : states(field, now_inside))
                out.push_back([set, reach](const Slot& s) { set(reach(std::get<Short>(s))); });
            };
            inside(f, number_of(x), number_of);
            if (by_name(x))
              out.push_back([](const Slot& s) {
                by_name(std::get<Short>(s))->items = {{"a", number(0.5, "push")}};
              });
            else if (x.form->block && !x.form->in_full)
              for (const Field& part : x.form->block->fields)
                inside(part_of(f, part), part.at(x.at), [&part](const Short& s) { return part.at(s.at); });
            if (x.form->in_full)
              out.push_back([](const Slot& s) {
                const Short& value = std::get<Short>(s);
                *value.form->in_full(value.at) = true;
                if (value.form->either()) {
                  for (const Field& part : value.form->block->fields)
                    *std::get<Number*>(part.at(value.at)) = number(4.5);
                  return;
                }
                *std::get<std::optional<Number>*>(number_of(value)) =
                    value.form->block ? std::optional(number(12)) : std::nullopt;
              });
          },
          [&](const Object&) {},
          [&](const Optional&) {
            out = {[](const Slot& s) { std::get<Optional>(s).emplace(std::get<Optional>(s).at); },
                   [](const Slot&) {}};  // as the firm of this test has it
          },
          [&](const Collection&) {},
      },
      now);
  return out;
}

// -------------------------------------------------------------------------------------------- the same model

std::string shown(const Number& n) {
  return format_scalar(n.value, Unit::plain) + (n.assumption.empty() ? "" : "$" + n.assumption) +
         (n.given ? "!" : "");
}
std::string shown(const Response& r);
std::string shown(const Branch& b) {
  std::string out = "{";
  for (const Arrow& a : b.arrows) out += a.target + (a.otherwise ? ":rest " : ":" + shown(a.share) + " ");
  return out + "}";
}
std::string shown(const Range& r);
template <class T>
std::string shown(const std::optional<T>& x) {
  return x ? shown(*x) : "-";
}
std::string shown(const Range& r) { return shown(r.from) + ".." + shown(r.to); }

/// Everything that a struct of a model says, not by the writer's hands.
std::string shown(const void* at, const Block& block) {
  std::string out = std::string(block.name) + "(";
  const auto named = [](const auto& list) {
    std::string all = "[";
    for (const auto& [name, item] : list) all += name + "=" + shown(item) + ";";
    return all + "]";
  };
  for (const Field& f : block.fields) {
    out += std::string(f.name) + ":";
    std::visit(Overloaded{
                   [&](const Number* x) { out += shown(*x); },
                   [&](const std::optional<Number>* x) { out += shown(*x); },
                   [&](const std::string* x) { out += "'" + *x + "'"; },
                   [&](const OwnEdges* x) {
                     if (!x->given()) return;
                     out += "edges";
                     for (const Tie& t : *x->ties)
                       out += " " + std::to_string(t.one) + "-" + std::to_string(t.other) + "x" +
                              std::to_string(t.weight);
                   },
                   [&](const bool* x) { out += *x ? "yes" : "no"; },
                   [&](const Choice& x) { out += std::to_string(x.get(x.at)); },
                   [&](const Names* x) {
                     for (const std::string& name : *x) out += name + ",";
                   },
                   [&](const Response* x) { out += shown(*x); },
                   [&](const Branch* x) { out += shown(*x); },
                   [&](const std::optional<Branch>* x) { out += shown(*x); },
                   [&](const Next* x) { out += x->plain ? shown(*x->plain) : shown(x, block_of<Next>()); },
                   [&](const std::optional<Range>* x) { out += shown(*x); },
                   [&](const Named<Response>* x) { out += named(*x); },
                   [&](const Named<Number>* x) { out += named(*x); },
                   [&](const Matrix* x) {
                     for (const auto& [name, row] : *x) out += name + "[" + named(row) + "]";
                   },
                   [&](const std::vector<Change>* x) {
                     for (const Change& c : *x)
                       out += c.path + std::to_string(static_cast<int>(c.op)) + shown(c.value) + ",";
                   },
                   [&](const Each* x) { out += named(*x); },
                   [&](const Named<std::string>* x) {
                     for (const auto& [name, other] : *x) out += name + ">" + other + ",";
                   },
                   [&](const Named<Names>* x) {
                     for (const auto& [name, list] : *x) {
                       out += name + "[";
                       for (const std::string& item : list) out += item + ",";
                       out += "]";
                     }
                   },
                   [&](const Short& x) {
                     if (x.form->in_full && *x.form->in_full(x.at)) out += "in full ";
                     if (by_name(x)) out += named(*by_name(x));
                     const Slot number = number_of(x);
                     if (auto* const* n = std::get_if<std::optional<Number>*>(&number)) out += shown(**n);
                     if (x.form->either() && !is_in_full(x)) out += shown(*std::get<Number*>(number));
                     if (!x.form->block) return;
                     for (const Field& part : x.form->block->fields) {  // which of them are given changes
                       const Slot slot = part.at(x.at);
                       if (auto* const* n = std::get_if<Number*>(&slot))
                         out += format_scalar(**n, f.unit) + (*n)->assumption + " ";
                       if (auto* const* text = std::get_if<std::string*>(&slot)) out += **text;
                     }
                   },
                   [&](const Object& x) { out += shown(x.at, *x.block); },
                   [&](const Optional& x) { out += x.get(x.at) ? shown(x.get(x.at), *x.block) : "-"; },
                   [&](const Collection& x) {
                     for (std::size_t i = 0; i < x.size(x.at); ++i)
                       out += x.name(x.at, i) + "=" + shown(x.item(x.at, i), *x.block) + "\n";
                   },
               },
               f.at(at));
    out += " ";
  }
  return out + ")";
}

std::string shown(const Response& r) {
  std::string out =
      std::to_string(static_cast<int>(r.form)) + (r.otherwise ? "rest" : "") + (r.rate ? "/" : "");
  if (r.form == Response::Form::beta)
    out += shown(r.alpha) + shown(r.beta);
  else if (r.form == Response::Form::table)
    for (const auto& [from, level] : r.table) out += shown(from) + ">" + shown(level);
  else if (!r.otherwise)
    out += shown(r.level);
  return out + shown(&r, block_of<Response>());
}

std::string shown(const Model& m) {
  return shown(&m, block_of<Model>()) + (m.survey_given ? "surveyed" : "");
}

// ------------------------------------------------------------------------------------------- the round trips

struct Trips {
  explicit Trips(const std::string& text) : firm(read_model_text(text, "firm.yaml")) {}
  const Model firm;
  std::set<std::string> fields, copied;
  int refused = 0, done = 0;

  /// Sets one field to all its states, one after the other, and goes inside it.
  void field(const Field& f, const Block& block, const At& at) {
    const std::string name = std::string(block.name) + "." + std::string(f.name);
    fields.insert(name);
    Model now = firm;
    const bool quantile = f.name == "low" || f.name == "best" || f.name == "high";
    if (&block == &block_of<Assumption>() && quantile &&
        static_cast<const Assumption*>(at(now))->distribution)
      return;  // a distribution has no quantiles of its own
    for (const Set& set : states(f, f.at(at(now)))) trip(name, [&](Model& m) { set(f.at(at(m))); });
    Slot slot = f.at(at(now));
    if (std::holds_alternative<Object>(slot)) {
      object(*std::get<Object>(slot).block, [&](Model& m) { return std::get<Object>(f.at(at(m))).at; });
      copied.insert(name);
    } else if (std::holds_alternative<Optional>(slot)) {
      object(*std::get<Optional>(slot).block, [&](Model& m) {
        const Optional there = std::get<Optional>(f.at(at(m)));
        return there.get(there.at) ? there.get(there.at) : there.emplace(there.at);
      });
    } else if (const auto* c = std::get_if<Collection>(&slot)) {
      for (std::size_t i = 0; i < c->size(c->at); ++i)
        object(*c->block, [&, i](Model& m) {
          const Collection there = std::get<Collection>(f.at(at(m)));
          return there.item(there.at, i);
        });
      if (c->size(c->at) > 0) copied.insert(name);
    } else if (std::holds_alternative<Response*>(slot)) {
      object(block_of<Response>(), [&](Model& m) -> void* {
        Response* r = std::get<Response*>(f.at(at(m)));
        if (r->form == Response::Form::level) *r = responses(r->rate)[1];
        return r;
      });
    }
  }

  void object(const Block& block, const At& at) {
    for (const Field& f : block.fields) field(f, block, at);
  }

  void trip(const std::string& name, const std::function<void(Model&)>& change) {
    Model m = firm;
    change(m);
    const std::string text = write_model(m);
    Model back;
    try {
      back = read_model_text(text, "back.yaml");
    } catch (const ModelError&) {
      ++refused;  // a state that makes no sense here: no model has it
      return;
    }
    ++done;
    copied.insert(name);
    EXPECT_EQ(shown(back), shown(m)) << name << "\n" << text;
    EXPECT_EQ(model_hash(back), model_hash(m)) << name << "\n" << text;
  }
};

TEST(Copies, EveryFieldInEveryState) {
  Trips trips(kFirm);
  trips.object(block_of<Model>(), [](Model& m) -> void* { return &m; });
  // Each layer of a network has one kind, and a network that has layers has none.
  Trips layers(std::string(kFirm) + R"(
word_of_mouth:
  network:
    layers: {a: {ring: 2}, b: {small_world: {neighbours: 2, rewired: 10 %}}, c: {scale_free: 2}, d: {random: 3},
             e: {blocks: {a: {b: 3}}}, f: {degrees: [2, 4]}}
)");
  layers.object(block_of<WordOfMouth>(), [](Model& m) -> void* { return &*m.word_of_mouth; });
  // A market has one size where there is one segment, and nothing else without a size.
  Trips market("segments: {a: {}}\nstages: {customer: {}}\nmarket: {size: 10}\n");
  market.object(block_of<Market>(), [](Model& m) -> void* { return &*m.market; });
  // Who knows whom by number needs everybody.
  const std::string everybody = "agents: all\nsegments: {a: {count: 4}}\nstages: {customer: {}}\n";
  Trips edges(everybody + "word_of_mouth: {positive: 1}\n"),
      layer(everybody + "word_of_mouth: {network: {layers: {a: {edges: \"from,to\\n\"}}}}\n");
  for (Trips* one : {&edges, &layer})
    one->object(block_of<WordOfMouth>(), [](Model& m) -> void* { return &*m.word_of_mouth; });
  for (Trips* more : {&layers, &market, &edges, &layer}) {
    trips.copied.merge(more->copied);
    trips.fields.merge(more->fields);
  }
  for (const std::string& field : trips.fields) EXPECT_TRUE(trips.copied.contains(field)) << field;
  EXPECT_GT(trips.done, 1000);
  EXPECT_LT(trips.refused, trips.done / 2);
}

TEST(Copies, EmptyThingsThatSaySomething) {
  const auto text = [](const std::string& touchpoint, const std::string& more) {
    return "segments: {a: {count: 10}}\nstages: {c: {}}\n"
           "channels: {phone: {who: {stage: c}, next: {ok: lost}}}\n"
           "journeys: {j: {starts: 10 %, touchpoints: {t: {channel: phone" +
           touchpoint + "}}}}\n" + more;
  };
  const Model without = read_model_text(text("", ""), "m.yaml");
  for (const auto& [touchpoint, more] :
       std::vector<std::pair<std::string, std::string>>{{", next: {recovered: {}}", ""},
                                                        {", next: {}", ""},
                                                        {", who: {}", ""},
                                                        {"", "events: {e: {impulse: {}}}"},
                                                        {"", "events: {e: {impulse: {who: {}}}}"},
                                                        {"", "orders: {}"},
                                                        {"", "referrals: {}"},
                                                        {"", "survey: {}"},
                                                        {"", "scenarios: {nothing: []}"}}) {
    const Model m = read_model_text(text(touchpoint, more), "m.yaml");
    const Model back = read_model_text(write_model(m), "back.yaml");
    EXPECT_EQ(shown(back), shown(m)) << write_model(m);
    EXPECT_NE(shown(m), shown(without)) << touchpoint << more;
    EXPECT_NE(model_hash(m), model_hash(without)) << touchpoint << more;
  }
}

}  // namespace
