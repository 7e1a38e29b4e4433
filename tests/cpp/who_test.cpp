// Touchpoints and impulses for some segments only.
#include "tests/cpp/worlds.hpp"

namespace {

using namespace goodwill;

TEST(Segments, ATouchpointIsForThoseWhoAreNamed) {
  const World w(
      "horizon: 3\nsegments: {a: {count: 400}, b: {count: 400}}\nstages: {customer: {}}\n"
      "journeys: {help: {starts: 100 %, touchpoints: {bot: {who: {segment: b}, next: call}, call: {}}}}\n"
      "investments: {gift: {lasts: 1, impulse: {satisfaction: 1, who: {segment: [a]}}}}\n"
      "scenarios: {gift: [gift]}\n",
      {"baseline", "gift"});
  EXPECT_EQ(w.count("contacts.help.bot", {.segment = 0}), 0);
  EXPECT_EQ(w.count("contacts.help.bot", {.segment = 1}), w.count("start", {.segment = 1}));
  EXPECT_EQ(w.count("contacts.help.call"), w.count("start"));
  EXPECT_TRUE(
      w.plan.segments[1].baseline->params().journeys[0].touchpoints[0].who.any);  // costs nothing there
  EXPECT_GT(w.sum("sum_satisfaction", {.scenario = 1, .segment = 0}),
            w.sum("sum_satisfaction", {.segment = 0}));
  EXPECT_EQ(w.sum("sum_satisfaction", {.scenario = 1, .segment = 1}),
            w.sum("sum_satisfaction", {.segment = 1}));
}

TEST(Segments, AnUnknownOneIsRefused) {
  const std::string said = refusal_of([&] {
    read_model_text("segments: {all: {count: 10}}\nstages: {customer: {}}\n"
                    "journeys: {help: {starts: 5 %, touchpoints: {call: {who: {segment: [al]}}}}}\n",
                    "m.yaml");
  });
  EXPECT_NE(said.find("help.call.who.segment: 'al' is not a segment; did you mean 'all'?"), std::string::npos)
      << said;
}

}  // namespace
