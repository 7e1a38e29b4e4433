// The reward of referrers: money for each referral that converts, of those who made it.
#include "sim/exact/expect.hpp"
#include "tests/cpp/worlds.hpp"

namespace {

using namespace goodwill;

const std::string firm =
    "horizon: 4\nagents: all\nsegments: {a: {count: 2_000, tenure: 0}, b: {count: 400, tenure: 0}}\n"
    "stages: {customer: {fee: 10, churn: 5 %}}\n"
    "referrals: {rate: 0.3, conversion: 40 %, segment: b, reward: 25}\n"
    "finance: {discount: 10 %}\n"
    "investments: {double: {start: 2, changes: {referrals.reward: {times: 2}}}}\nscenarios: {double: "
    "[double]}\n";

TEST(Reward, IsPaidForEachThatConverts) {
  const World w(firm, {"baseline", "double"});
  EXPECT_GT(w.count("converted"), 0);
  for (int segment = 0; segment < 2; ++segment)  // by the segment of who referred, not of who joins
    for (int t = 1; t <= 4; ++t) {
      const Cells here{.segment = segment, .from = t, .to = t},
          there{.scenario = 1, .segment = segment, .from = t, .to = t};
      EXPECT_NEAR(w.sum("referral_cost", here), 25 * w.sum("converted", here), 1e-6);
      EXPECT_NEAR(w.sum("referral_cost", there), (t < 2 ? 25 : 50) * w.sum("converted", there), 1e-6);
    }
}

TEST(Reward, LowersContributionAndTheValueOfReferrers) {
  const std::string without = std::string(firm).replace(firm.find(", reward: 25"), 12, "");
  SimulationOptions options;
  options.values = true;
  const World paid(firm, {"baseline"}, options),
      free(without.substr(0, without.find("investments")), {"baseline"}, options);
  EXPECT_EQ(paid.count("converted"), free.count("converted"));  // luck does not move
  double value = 0;
  for (int t = 1; t <= 4; ++t)
    value += paid.sum("referral_cost", {.from = t, .to = t}) * std::pow(1.1, -(t - 0.5) / 12);
  EXPECT_NEAR(free.value().contribution - paid.value().contribution, value, 1e-6 * value);
  double fall = 0;
  for (std::size_t k = 0; k < paid.ledger().values.size(); ++k)
    fall += free.ledger().values[k].sum() - paid.ledger().values[k].sum();
  EXPECT_NEAR(fall, value, 1e-6 * value);
}

TEST(Reward, TheExactSolverPaysItToo) {
  const Model model = read_model_text(firm, "m.yaml");
  const Expectation e = expect(model, unanchored(model), "double", {}, false);
  for (int t = 1; t <= 4; ++t)
    EXPECT_NEAR(e.total(t, money_referrals), (t < 2 ? 25 : 50) * e.total(t, count_converted), 1e-6);
}

}  // namespace
