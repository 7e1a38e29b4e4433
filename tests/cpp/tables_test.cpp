// The kernel's tables: compiled when first needed, and shared by all to whom the same applies, from any
// thread.
#include <set>
#include <thread>

#include "tests/cpp/worlds.hpp"

namespace {

using namespace goodwill;

const char* const ramped = R"(
horizon: 40
segments: {one: {count: 100}, two: {count: 100}}
stages: {customer: {fee: 10, churn: {base: 10 %, satisfaction: -0.1}}}
journeys: {use: {starts: 50 %, touchpoints: {use: {quality: 7, failure: 20 %, cost: 4}}}}
investments:
  slow: {start: 3, ramp: 30, changes: {use.use.cost: {set: 8}}}
  half: {start: 5, lasts: 4, reach: 50 %, changes: {customer.fee: {add: 1}}}
events: {shock: {start: 6, lasts: 3, impulse: {trust: -0.1}}}
scenarios: {slow: [slow], both: [slow, half], shock: [shock]}
)";

std::size_t count(const Plan& plan) {
  std::size_t n = 0;
  plan.tables.for_each([&](const Compiled&) { ++n; });
  return n;
}

TEST(Tables, AreCompiledWhenFirstNeeded) {
  const Model model = read_model_text(ramped, "m.yaml");
  const Plan plan(model, unanchored(model), {"slow"});
  // The baseline, the first and the last step of the ramp, and its top; in two segments.
  EXPECT_EQ(count(plan), 8u);
  plan.compiled(*plan.scenarios[0].course, 1, 0, false, 20);
  EXPECT_EQ(count(plan), 9u);
  plan.compiled(*plan.scenarios[0].course, 1, 0, true, 20);  // being referred makes no difference here
  EXPECT_EQ(count(plan), 9u);
}

TEST(Tables, AreShared) {
  const Model model = read_model_text(ramped, "m.yaml");
  const Plan plan(model, unanchored(model), {"baseline", "slow", "both", "shock"});
  const auto at = [&](int scenario, std::uint32_t mask, int period) {
    return &plan.compiled(*plan.scenarios[static_cast<std::size_t>(scenario)].course, 0, mask, false, period);
  };
  EXPECT_EQ(at(0, 0, 1), at(0, 0, 40));
  EXPECT_EQ(at(1, 0, 2), at(0, 0, 1)) << "before an investment begins";
  EXPECT_NE(at(1, 0, 3), at(1, 0, 4)) << "on its ramp";
  EXPECT_EQ(at(1, 0, 32), at(1, 0, 40)) << "at the top of it";
  EXPECT_EQ(at(1, 0, 7), at(2, 0, 7)) << "whom the other investment does not reach";
  EXPECT_NE(at(1, 0, 7), at(2, 1, 7));
  EXPECT_EQ(at(1, 0, 9), at(2, 1, 9)) << "after it has ended";
  EXPECT_NE(at(3, 0, 6), at(3, 0, 7)) << "an impulse comes once";
  EXPECT_EQ(at(3, 0, 7), at(3, 0, 8));
  EXPECT_EQ(at(3, 0, 9), at(0, 0, 1));
}

TEST(Tables, ThreadsGetTheSame) {
  const Model model = read_model_text(ramped, "m.yaml");
  const Plan plan(model, unanchored(model), {"both"});
  std::vector<std::vector<const Compiled*>> seen(4);
  {
    std::vector<std::jthread> threads;
    for (auto& mine : seen)
      threads.emplace_back([&] {
        for (int t = 1; t <= plan.horizon(); ++t)
          for (const std::uint32_t mask : {0u, 1u})
            mine.push_back(&plan.compiled(*plan.scenarios[0].course, 0, mask, false, t));
      });
  }
  for (const auto& other : seen) EXPECT_EQ(other, seen.front());
  for (const Compiled* c : seen.front()) EXPECT_EQ(c->params().n_prices, 2 + 1);  // fees, margin, contacts
}

TEST(Tables, AnInvestmentMayBeTheFirstToMakeReferredCustomersDiffer) {
  const Model model = read_model_text(R"(
segments: {all: {count: 100}}
stages: {customer: {churn: {base: 10 %, satisfaction: -0.1}}}
referrals: {rate: 5 %, conversion: 50 %}
investments: {club: {changes: {customer.churn.referred: {set: -1}}}}
scenarios: {club: [club]}
)",
                                      "m.yaml");
  const Plan plan(model, unanchored(model), {"baseline", "club"});
  const auto level = [&](std::size_t scenario, bool referred) {
    return plan.compiled(*plan.scenarios[scenario].course, 0, 0, referred, 1)
        .params()
        .stages[0]
        .moves[0]
        .level;
  };
  EXPECT_FLOAT_EQ(level(0, true), level(0, false));
  EXPECT_FLOAT_EQ(level(1, true), level(1, false) - 1);
}

}  // namespace
