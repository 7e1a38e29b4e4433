// A small job from the text of a model to the answer of a study, with every kind of memory a life has. `./do
// test` runs it under valgrind, the only tool here that sees reads of memory that was never written.
#include "tests/cpp/worlds.hpp"

#include "scenarios/study.hpp"

namespace goodwill {
namespace {

/// Days, no tenure asked, and a memory far longer than the horizon.
constexpr const char* days = R"(
period: day
horizon: 20
agents: 300
segments:
  all: {count: 3_000, arrivals: 2}
stages:
  customer: {fee: 1, churn: 24 % / year}
journeys:
  help: {starts: 5 % / month, touchpoints: {call: {failure: 30 %, recovery: 40 %, cost: 3}}}
  sorry: {starts: 10 %, touchpoints: {gift: {who: {failed_ago: 12 to 24 months}, quality: 9, cost: 2}}}
finance: {discount: 10 %}
investments:
  training: {cost: {upfront: 100}, reach: 50 %, changes: {help.call.failure: {times: 0.5}}}
  nothing: {}
scenarios: {train: [training], idle: [nothing]}
)";

TEST(Memory, AStudyReadsOnlyWhatWasWritten) {
  const Model model = read_model_text(days, "days.yaml");
  const Anchoring anchoring = anchor(model, 2);
  StudyOptions options;
  options.replications = 2;
  options.simulation.threads = 2;
  const Study study = compare(model, anchoring.anchors, {}, options);
  ASSERT_EQ(study.comparisons.size(), 2u);
  EXPECT_TRUE(std::isfinite(study.comparisons[0].npv.mean));
  EXPECT_LT(study.comparisons[0].npv.mean, 0);  // 20 days do not pay for it
  EXPECT_EQ(study.comparisons[1].npv.mean, 0);
}

}  // namespace
}  // namespace goodwill
