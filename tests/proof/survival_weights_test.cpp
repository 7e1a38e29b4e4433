// Survival weights against killing by luck: the same means, with less noise. (Against the exact solver:
// exact_test.cpp.)
//
// Every counter of the ledger is compared, by origin and half of the horizon, between n = 120 replications
// with weights and 120 others, under another seed, without. Rejected above 5 standard errors of the
// difference: alpha = 1e-6 for each of about 600 comparisons, so a right program fails with a probability
// below 0.1 % under a new seed and never under the fixed one. Power: a bias of 10 standard errors is found
// with a probability above 0.9999; the test says how large that is for the customers of the base.
#include <iostream>

#include "tests/cpp/worlds.hpp"

namespace {

using namespace goodwill;

constexpr int replications = sanitized ? 16 : 120;

struct Moments {
  double mean = 0, squared_error = 0;  ///< of the mean
  int events = 0;                      ///< samples that are not 0
};

Moments moments(const std::vector<double>& samples) {
  const double n = static_cast<double>(samples.size());
  Moments m;
  for (const double x : samples) m.mean += x / n;
  for (const double x : samples) {
    m.squared_error += (x - m.mean) * (x - m.mean) / (n * (n - 1));
    m.events += x != 0;
  }
  return m;
}

SimulationOptions seeded(std::uint64_t seed, int n) {
  SimulationOptions options;
  options.seed = seed;
  options.replications = n;
  return options;
}

/// Returns the number of comparisons.
int agree(const Model& model, const Anchors& anchors, const std::string& scenario, double finest) {
  const World weighed(model, anchors, {scenario}, seeded(1, replications), {.survival_weights = true}),
      killed(model, anchors, {scenario}, seeded(2, replications));
  int comparisons = 0;
  for (const std::string& name : weighed.counter_names())
    for (int origin = 0; origin < origins; ++origin)
      for (int half = 0; half < 2; ++half) {
        const int periods = weighed.plan.horizon();
        const Cells cells{.origin = origin, .from = half * periods / 2 + 1, .to = (half + 1) * periods / 2};
        const Moments a = moments(weighed.sums(name, cells)), b = moments(killed.sums(name, cells));
        if (a.events + b.events < replications) continue;  // too rare for the normal distribution
        // Amounts and sums of probabilities are rounded: 1e-6 of the total where nothing is random.
        const double error = std::sqrt(a.squared_error + b.squared_error);
        EXPECT_NEAR(a.mean, b.mean, 5 * error + 1e-6 * std::abs(b.mean))
            << name << ", origin " << origin << ", half " << half << " +- " << error;
        ++comparisons;
        if (!sanitized && name == "end" && origin == 0) {
          EXPECT_LT(10 * error / b.mean, finest);
        }
      }
  return comparisons;
}

/// Without teams, because survival weights are for customers who live independently.
Model shipped(const std::string& name, double agents) {
  Model model = read_model(std::string(GOODWILL_SOURCE_DIR) + "/scenarios/models/" + name);
  model.agents = agents;
  for (auto& [journey, of] : model.journeys)
    for (auto& [point, t] : of.touchpoints) t.team.clear();
  return model;
}

TEST(SurvivalWeightsProof, TheMeansOfEveryFeature) {
  const Model model = read_model_text(rich, "rich.yaml");
  EXPECT_GT(agree(model, unanchored(model, 0, 30), "all_in_breach", 0.02), 300);
}

TEST(SurvivalWeightsProof, TheMeansBelowTheLeastWeight) {
  // After 40 periods one in 10,000 is left: weights end at 1/8, and from there on it is killing.
  const Model model = read_model_text(R"(
horizon: 40
agents: 1_000
segments: {all: {count: 1_000, arrivals: 5}}
stages:
  customer: {fee: 30, churn: {base: 20 %, satisfaction: -0.4, frailty: 0.5}, moves: {idle: 5 %}}
  idle: {churn: {0 months: 10 %, 4 months: 30 %}, moves: {customer: 10 %}}
journeys: {use: {starts: 30 %, touchpoints: {use: {cost: 2, failure: 10 %}}}}
referrals: {rate: 10 %, conversion: 50 %}
)",
                                      "m.yaml");
  EXPECT_GT(agree(model, unanchored(model, 0, 10), "baseline", 0.3), 80);
}

TEST(SurvivalWeightsProof, TheMeansOfTheShippedModels) {
  for (const char* name : {"hotel.yaml", "dental.yaml"}) {
    const Model model = shipped(name, 1'000);
    EXPECT_GT(agree(model, anchor(model, 0).anchors, "baseline", 0.05), 120) << name;
  }
}

double variance_of_difference(const Model& model, const Anchors& anchors, const std::string& scenario,
                              bool survival_weights) {
  const World w(model, anchors, {"baseline", scenario}, seeded(7, replications),
                {.survival_weights = survival_weights});
  std::vector<double> differences;
  for (int r = 0; r < replications; ++r)
    differences.push_back(w.value(1, r).contribution - w.value(0, r).contribution);
  return moments(differences).squared_error;
}

TEST(SurvivalWeightsProof, FewerCustomersForTheSameInterval) {
  // The variance of the difference between an investment and the baseline on common luck. Asserted is only
  // that weights help by more than chance could (F with 119 and 119 degrees of freedom is above 1.8 once in
  // 1,000).
  if (sanitized) GTEST_SKIP() << "too few replications under sanitizers";
  const std::pair<const char*, const char*> cases[] = {{"hotel.yaml", "repair"}, {"dental.yaml", "all"}};
  for (const auto& [name, scenario] : cases) {
    const Model model = shipped(name, 1'000);
    const Anchors anchors = anchor(model, 0).anchors;
    const double ratio = variance_of_difference(model, anchors, scenario, false) /
                         variance_of_difference(model, anchors, scenario, true);
    std::cout << name << ", " << scenario << ": survival weights divide the variance of the difference by "
              << ratio << '\n';
    EXPECT_GT(ratio, 1.8) << name;
  }
}

}  // namespace
