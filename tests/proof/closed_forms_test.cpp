// What has a closed form agrees with it.
//
// Every comparison says n; it is rejected above 5 standard errors, so alpha = 6e-7 each for a normal figure
// (3e-5 for the means of 30 or 40 replications), and an error of 8 standard errors is found with a
// probability above 0.99. About 200 figures are compared: for a new seed a right program fails with a
// probability below 1e-3, for the fixed ones never.
#include <cmath>

#include "tests/cpp/worlds.hpp"

namespace {

using namespace goodwill;

/// A share of n against a probability.
void expect_share(std::int64_t hits, std::int64_t n, double p, const std::string& what) {
  const double m = static_cast<double>(n);
  EXPECT_NEAR(static_cast<double>(hits) / m, p, 5 * std::sqrt(p * (1 - p) / m) + 1e-9) << what;
}

SimulationOptions replicated(int replications, std::uint64_t seed) {
  SimulationOptions options;
  options.replications = replications;
  options.seed = seed;
  return options;
}

TEST(ClosedForms, ConstantRetention) {
  // n = 50,000 customers, 30 years. Survival is r^t, and with the first margin at t = 0 a life is worth (1 +
  // i) / (1 + i - r), less what lies beyond the horizon; at i = 12 % the multiples without the first margin
  // are 1.154, 1.667, 2.5 and 4.091.
  const double multiple[] = {1.154, 1.667, 2.5, 4.091}, retention[] = {0.6, 0.7, 0.8, 0.9};
  for (int k = 0; k < 4; ++k) {
    const double r = retention[k], i = 0.12, v = 1 / (1 + i);
    const World w("period: year\nhorizon: 30\nagents: all\nsegments: {all: {count: 50_000}}\n"
                  "stages: {customer: {fee: 1, churn: " +
                      std::to_string(1 - r) + "}}\nfinance: {discount: 12 %, timing: start}\n",
                  {"baseline"}, replicated(1, 11));
    for (const int t : {1, 2, 5, 10})
      expect_share(w.count("end", {.from = t, .to = t}), 50'000, std::pow(r, t),
                   "survival to year " + std::to_string(t));
    const double got = w.value().contribution / 50'000;
    const double clv = (1 + i) / (1 + i - r) * (1 - std::pow(r * v, 30));
    double second = 0;  // the second moment of the value of a life of n years, for the standard error
    for (int n = 1; n <= 30; ++n) {
      const double value = (1 - std::pow(v, n)) / (1 - v),
                   p = n < 30 ? std::pow(r, n - 1) * (1 - r) : std::pow(r, 29);
      second += p * value * value;
    }
    EXPECT_NEAR(got, clv, 5 * std::sqrt((second - clv * clv) / 50'000)) << r;
    EXPECT_NEAR((1 + i) / (1 + i - r) - 1, multiple[k], 5e-4);
  }
}

TEST(ClosedForms, ShiftedBetaGeometricFresh) {
  // n = 100,000. S(t) = B(a, b + t) / B(a, b), the published survival of the "Regular" customers (Fader and
  // Hardie 2007).
  const double a = 0.7041, b = 1.1820;
  const double published[] = {63.1, 46.8, 38.2, 32.6, 28.9, 26.2, 24.1, 22.3, 20.7, 19.4, 18.3, 17.3};
  const World w("period: year\nhorizon: 12\nagents: all\nsegments: {all: {count: 100_000, tenure: 0}}\n"
                "stages: {customer: {churn: {beta: [0.7041, 1.1820]}}}\n",
                {"baseline"}, replicated(1, 12));
  double survival = 1;
  for (int t = 1; t <= 12; ++t) {
    survival *= (b + t - 1) / (a + b + t - 1);
    // Fitted on the first 7 years, the curve is within a point of the published figures.
    EXPECT_NEAR(100 * survival, published[t - 1], 1.5);
    expect_share(w.count("end", {.from = t, .to = t}), 100'000, survival,
                 "survival to year " + std::to_string(t));
  }
}

TEST(ClosedForms, ShiftedBetaGeometricWithALivedPast) {
  // n = 60,000 each. Customers who are still here after k years are no average newcomers: the churn of the
  // next year is a / (a + b + k), 37.3 % for fresh customers, 24.4, 18.1 and 14.4 % after 1, 2 and 3 years.
  const double figures[] = {0.3733, 0.2440, 0.1812, 0.1441};
  for (int k = 0; k <= 3; ++k) {
    const Model model =
        read_model_text("period: year\nhorizon: 2\nagents: all\nsegments: {all: {count: 60_000, tenure: " +
                            (k == 0 ? std::string("0") : "{exactly: " + std::to_string(k) + " years}") +
                            "}}\nstages: {customer: {churn: {beta: [0.7041, 1.1820]}}}\n",
                        "m.yaml");
    const World w(model, anchor(model).anchors, {"baseline"}, replicated(1, 13));
    EXPECT_EQ(w.result.base_tenure[0], 60'000 * k);
    const double exact = 0.7041 / (0.7041 + 1.1820 + k);
    EXPECT_NEAR(exact, figures[k], 1e-4);
    expect_share(w.count("lost", {.to = 1}), 60'000, exact, std::to_string(k) + " years");
    expect_share(w.count("lost", {.from = 2}), w.count("end", {.to = 1}), 0.7041 / (0.7041 + 1.1820 + k + 1),
                 "the year after");
  }
}

TEST(ClosedForms, AJourneyWithFailureRecoveryAndExit) {
  // n = 40 replications of 5,000 customers, one month. Per start, with g the chance to come back to `call`:
  // an unrepaired failure 0.2 x 0.5 leads back with 0.5, so call is visited 1 / (1 - 0.05) times.
  const World w(R"(
horizon: 1
agents: all
segments: {all: {count: 5_000}}
stages: {customer: {}, away: {kind: lapsed}}
journeys:
  help:
    starts: 40 %
    touchpoints:
      call:
        failure: 20 %
        recovery: 50 %
        cost: 3
        recovery_cost: 7
        earns: 1
        next: {ok: {more: 60 %, away: 10 %, done: otherwise}, failed: {call: 50 %, lost: 20 %}, recovered: more}
      more: {happens: 25 %, cost: 2, next: {away: 5 %}}
)",
                {"baseline"}, replicated(40, 14));
  const double starts = 5'000 * 0.4, call = starts / 0.95, failed = call * 0.1, recovered = call * 0.1,
               led_on = call * (0.8 * 0.6 + 0.1), more = led_on * 0.25;
  expect_mean(w.sums("started.help"), starts, "starts");
  expect_mean(w.sums("contacts.help.call"), call, "calls");
  expect_mean(w.sums("failed.help.call"), failed, "failed");
  expect_mean(w.sums("recovered.help.call"), recovered, "recovered");
  expect_mean(w.sums("contacts.help.more"), more, "more");
  // Those who go `away` have lapsed and are no longer customers.
  expect_mean(w.sums("lost"), failed * 0.2 + call * 0.8 * 0.1 + led_on * 0.05, "lost");
  expect_mean(w.sums("touchpoint_cost"), 3 * call + 2 * more, "cost");
  expect_mean(w.sums("recovery_cost"), 7 * recovered, "cost of recovery");
  expect_mean(w.sums("earnings"), call, "earnings");
  EXPECT_EQ(w.count("truncated.help"), 0);
  // A touchpoint that does not happen leads on as ok: everybody led to `more` may go on from there.
  const World later(R"(
horizon: 2
agents: all
segments: {all: {count: 5_000}}
stages: {customer: {}, away: {kind: lapsed}}
journeys: {help: {starts: 40 %, touchpoints: {more: {happens: 25 %, next: {away: 5 %}}}}}
)",
                    {"baseline"}, replicated(40, 15));
  expect_mean(later.sums("stage.away", {.from = 2}), 5'000 * 0.4 * 0.05, "away");
}

TEST(ClosedForms, BranchesTakeTheirShares) {
  // n = 40 replications of 4,000 walks; `otherwise` takes what is left, wherever it stands in the list.
  const World w(R"(
horizon: 1
agents: all
segments: {all: {count: 4_000}}
stages: {customer: {}}
journeys:
  use:
    starts: 100 %
    first: {b: 30 %, a: otherwise, c: 10 %}
    touchpoints: {a: {next: {c: otherwise, b: 25 %}}, b: {}, c: {next: {b: 15 %}}}
)",
                {"baseline"}, replicated(40, 16));
  expect_mean(w.sums("contacts.use.a"), 4'000 * 0.6, "a");
  expect_mean(w.sums("contacts.use.c"), 4'000 * (0.1 + 0.6 * 0.75), "c");
  expect_mean(w.sums("contacts.use.b"), 4'000 * (0.3 + 0.6 * 0.25 + 0.55 * 0.15), "b");
}

TEST(ClosedForms, ReferralsBranch) {
  // n = 40 replications of 2,000 customers. Of N present, a share c leaves and N x rate x conversion join in
  // the next period: N(t + 1) = N(t) (1 - c + m), whoever referred whom.
  const double c = 0.03, m = 0.08 * 0.5;
  const World w(
      "horizon: 24\nagents: all\nsegments: {all: {count: 2_000}}\nstages: {customer: {churn: 3 %}}\n"
      "referrals: {rate: 0.08, conversion: 50 %}\n",
      {"baseline"}, replicated(40, 17));
  double present = 2'000;
  for (int t = 1; t <= 24; ++t) {
    const auto what = " in period " + std::to_string(t);
    expect_mean(w.sums("start", {.from = t, .to = t}), present, "present" + what);
    expect_mean(w.sums("referrals", {.from = t, .to = t}), present * 0.08, "referrals" + what);
    present *= 1 - c + m;
  }
}

TEST(ClosedForms, OrdersAreNegativeBinomial) {
  // n = 100,000 customers, 6 months of orders at 0.4, multiplied for life by a gamma of mean 1 and shape 0.8:
  // negative binomial with mean 2.4. With orders of 1 and nothing else a customer's value is the number of
  // orders.
  const double shape = 0.8, mean = 2.4, n = 100'000;
  SimulationOptions options = replicated(1, 18);
  options.values = true;
  const World w("horizon: 6\nagents: all\nsegments: {all: {count: 100_000}}\nstages: {customer: {}}\n"
                "orders: {rate: 0.4, spread: {gamma: 0.8}, value: 1}\n",
                {"baseline"}, options);
  const auto& counts = w.ledger().values[0].counts();
  double sum = 0, chi2 = 0, p = std::pow(shape / (shape + mean), shape);
  const int last = 12;  // the bins hold whole numbers apart up to 32
  for (int k = 0; k <= last; ++k) {
    const double got =
        static_cast<double>(counts[static_cast<std::size_t>(Distribution::bin(static_cast<float>(k)))]);
    chi2 += (got - n * p) * (got - n * p) / (n * p);
    sum += p;
    p *= (shape + k) / (k + 1) * mean / (shape + mean);
  }
  double tail = n;
  for (int k = 0; k <= last; ++k)
    tail -= static_cast<double>(counts[static_cast<std::size_t>(Distribution::bin(static_cast<float>(k)))]);
  chi2 += (tail - n * (1 - sum)) * (tail - n * (1 - sum)) / (n * (1 - sum));
  EXPECT_LT(chi2, 50);  // 13 degrees of freedom: alpha = 3e-6
  EXPECT_NEAR(static_cast<double>(w.count("orders")) / n, mean,
              5 * std::sqrt((mean + mean * mean / shape) / n));
}

TEST(ClosedForms, OrderValuesAreLognormal) {
  // n = 30 replications of some 20,000 orders of mean 35 and coefficient of variation 0.7.
  const World w("horizon: 1\nagents: all\nsegments: {all: {count: 10_000}}\nstages: {customer: {}}\n"
                "orders: {rate: 2, value: 35, value_cv: 0.7, margin: 30 %}\n",
                {"baseline"}, replicated(30, 19));
  expect_mean(w.sums("orders"), 20'000, "orders");
  expect_mean(w.sums("order_revenue"), 700'000, "revenue");
  expect_mean(w.sums("order_margin"), 210'000, "margin");
}

TEST(ClosedForms, MovesAreConditional) {
  // n = 40 replications of 5,000. Churn first, then in file order, one uniform each, given not having moved.
  const World w(
      "horizon: 1\nagents: all\nsegments: {all: {count: 5_000}}\n"
      "stages: {customer: {churn: 10 %, moves: {plus: 20 %, away: 50 %}}, plus: {}, away: {kind: lapsed}}\n",
      {"baseline"}, replicated(40, 20));
  expect_mean(w.sums("move.customer.lost"), 500, "lost");
  expect_mean(w.sums("move.customer.plus"), 5'000 * 0.9 * 0.2, "plus");
  expect_mean(w.sums("move.customer.away"), 5'000 * 0.9 * 0.8 * 0.5, "away");
}

}  // namespace
