// Journeys that come after others: how often, when, and what is refused.
#include "sim/exact/expect.hpp"
#include "sim/random/binomial.hpp"
#include "tests/cpp/worlds.hpp"

namespace {

using namespace goodwill;

const std::string firm =
    "horizon: 6\nagents: 20_000\nsegments: {all: {count: 20_000}}\nstages: {customer: {}}\n";

TEST(Follow, ReturnsAreAShareOfTheOrders) {
  const World w(firm + "orders: {rate: 0.8, value: 10}\n"
                       "journeys:\n  returns: {after: {orders: 30 %}, touchpoints: {send: {cost: 4}}}\n");
  const double orders = static_cast<double>(w.count("orders"));
  EXPECT_NEAR(orders, 96'000, 5 * std::sqrt(96'000));
  // Of the orders as they were: binomial, five standard deviations.
  EXPECT_NEAR(static_cast<double>(w.count("started.returns")), 0.3 * orders, 5 * std::sqrt(orders * 0.21));
  EXPECT_NEAR(w.sum("touchpoint_cost"), 4 * static_cast<double>(w.count("contacts.returns.send")), 1e-3);
}

TEST(Follow, AShareOfEverythingIsEverythingOnce) {
  const World w(firm + "orders: {rate: 0.8}\njourneys:\n"
                       "  call: {starts: 1.5, touchpoints: {call: {}}}\n"
                       "  thanks: {after: {call: 100 %}, touchpoints: {mail: {}}}\n"
                       "  parcel: {after: {orders: 100 %}, touchpoints: {parcel: {}}}\n"
                       "  rating: {after: {parcel: 100 %}, touchpoints: {stars: {}}}\n");
  EXPECT_EQ(w.count("started.thanks"), w.count("started.call"));
  EXPECT_EQ(w.count("started.parcel"), w.count("orders"));
  EXPECT_EQ(w.count("started.rating"), w.count("orders"));
}

TEST(Follow, ManyOrdersLeadToFifteenWalksAtMost) {
  const World w(
      firm +
      "orders: {rate: 40}\njourneys:\n  parcel: {after: {orders: 100 %}, touchpoints: {parcel: {}}}\n");
  EXPECT_EQ(w.count("started.parcel") + w.count("truncated.parcel"), w.count("orders"));
  EXPECT_LE(w.count("started.parcel"), 15 * 6 * 20'000);
}

TEST(Follow, WhoIsLostMeanwhileOrInAnotherStageDoesNotWalk) {
  const World w("horizon: 6\nsegments: {all: {count: 20_000}}\n"
                "stages: {customer: {}, away: {kind: lapsed}}\njourneys:\n"
                "  quarrel: {starts: 10 %, touchpoints: {quarrel: {next: {lost: 50 %, away: 30 %}}}}\n"
                "  apology: {after: {quarrel: 100 %}, touchpoints: {letter: {}}}\n"
                "  visit: {after: {quarrel: 100 %}, stages: [away], touchpoints: {visit: {}}}\n");
  const auto quarrels = w.count("started.quarrel");
  const auto away = w.count("lapsed", {.from = 6, .to = 6});
  EXPECT_EQ(w.count("started.visit"), away);
  EXPECT_EQ(w.count("started.apology"), quarrels - w.count("lost"));
}

TEST(Follow, AnInvestmentChangesTheShareAndRamps) {
  const std::string text = firm +
                           "orders: {rate: 1}\n"
                           "journeys:\n  returns: {after: {orders: 20 %}, touchpoints: {send: {}}}\n"
                           "investments: {photos: {ramp: 2, changes: {returns.after.orders: {times: 0.5}}},"
                           " none: {changes: {returns.after.orders: {times: 1}}}}\n"
                           "scenarios: {photos: [photos], none: [none]}\n";
  const World w(text, {"baseline", "photos", "none"});
  for (const auto& [t, share] : {std::pair(1, 0.75), std::pair(2, 0.5), std::pair(6, 0.5)}) {
    const double before = static_cast<double>(w.count("started.returns", {.from = t, .to = t}));
    const double after = static_cast<double>(w.count("started.returns", {.scenario = 1, .from = t, .to = t}));
    EXPECT_NEAR(after / before, share, 0.05) << t;  // some 4,000 walks, of paired orders
  }
  for (int t = 1; t <= 6; ++t)
    EXPECT_EQ(w.count("started.returns", {.from = t, .to = t}),
              w.count("started.returns", {.scenario = 2, .from = t, .to = t}));
}

TEST(Follow, TheExactSolverAgrees) {
  const std::string text = "horizon: 3\nagents: 100_000\nsegments: {all: {count: 100_000, tenure: "
                           "0}}\nstages: {customer: {churn: 5 %}}\n"
                           "orders: {rate: 9}\njourneys:\n"
                           "  call: {starts: 1.2, touchpoints: {call: {}}}\n"
                           "  bill: {starts: 40 %, touchpoints: {bill: {}}}\n"
                           "  question: {after: {call: 25 %, bill: 50 %}, touchpoints: {question: {}}}\n"
                           "  answer: {after: {question: 80 %}, touchpoints: {answer: {}}}\n"
                           "  parcel: {after: {orders: 100 %}, touchpoints: {parcel: {}}}\n"
                           "  claim: {after: {parcel: 10 %, question: 5 %}, touchpoints: {claim: {}}}\n";
  const World w(text);
  const Model model = read_model_text(text, "m.yaml");
  const Expectation e = expect(model, unanchored(model), "baseline", {}, false);
  for (const std::string name : {"question", "answer", "parcel", "claim"})
    for (const std::string what : {"started.", "truncated."}) {
      const double expected = [&] {
        double sum = 0;
        for (int t = 1; t <= 3; ++t) sum += e.total(t, w.counter(what + name));
        return sum;
      }();
      // Walks of a customer are at most 16 at once, so the variance is below 16 times the mean.
      EXPECT_NEAR(static_cast<double>(w.count(what + name)), expected, 5 * std::sqrt(16 * expected) + 1e-9)
          << what << name;
    }
}

TEST(Follow, TheExactSolverRefusesJourneysThatChangeTheStage) {
  const Model model = read_model_text("segments: {all: {count: 10}}\nstages: {customer: {}}\njourneys:\n"
                                      "  call: {starts: 10 %, touchpoints: {call: {next: {lost: 5 %}}}}\n"
                                      "  thanks: {after: {call: 20 %}, touchpoints: {mail: {}}}\n",
                                      "m.yaml");
  const std::string said = refusal_of([&] { expect(model, unanchored(model), "baseline", {}, false); });
  EXPECT_NE(
      said.find("call: leads to lost: the exact solver takes journeys that change no stage where one comes "
                "'after' another"),
      std::string::npos)
      << said;
}

TEST(Follow, AFollowingJourneyTakesPartInThePast) {
  // Who is lost by it is not here today: with a tenure of four, as many are left as after four periods.
  const std::string text =
      "horizon: 4\nagents: 50_000\nsegments: {all: {count: 50_000, tenure: 0}}\nstages: {customer: {}}\n"
      "orders: {rate: 0.5}\njourneys:\n  claim: {after: {orders: 40 %}, touchpoints: {claim: {next: {lost: "
      "50 %}}}}\n";
  const World w(text);
  const double per_period = 1 - std::exp(-0.5 * 0.4 * 0.5);
  EXPECT_NEAR(static_cast<double>(w.count("end", {.from = 4, .to = 4})), 50'000 * std::pow(1 - per_period, 4),
              5 * std::sqrt(50'000 * 0.25));
  const Model model = read_model_text(text, "m.yaml");
  const Plan plan(model, unanchored(model), {"baseline"});
  const Skeleton skeleton(plan.segments[0].baseline->params(), plan.layout.responses_at, {}, 12);
  double stages[max_stages] = {1};
  skeleton.advance(stages, 0, 4, {});
  EXPECT_NEAR(stages[0], std::pow(1 - per_period, 4), 1e-6);
}

TEST(Follow, BinomialCountsAreQuantiles) {
  EXPECT_EQ(binomial(3, 0.5, 0.9), 0);  // P(N > 0) = 0.875
  EXPECT_EQ(binomial(3, 0.5, 0.8), 1);  // P(N > 1) = 0.5
  EXPECT_EQ(binomial(3, 0.5, 0.4), 2);  // P(N > 2) = 0.125
  EXPECT_EQ(binomial(3, 0.5, 0.1), 3);
  for (const double v : {1e-6, 0.01, 0.3, 0.5, 0.7, 0.99, 1 - 1e-6})
    for (const int n : {1'000, 5'000, 100'000}) {
      const int k = binomial(n, 0.4, v);
      const auto tail = [&](int at) { return at < 0 ? 1 : math::regularized_beta(at + 1, n - at, 0.4); };
      EXPECT_LE(tail(k), v);
      EXPECT_GT(tail(k - 1), v);
    }
}

std::string problem_of(const std::string& journeys, const std::string& more = "") {
  return refusal_of([&] {
    read_model_text(
        "segments: {all: {count: 10}}\nstages: {customer: {}}\n" + more + "journeys:\n" + journeys, "m.yaml");
  });
}

TEST(Follow, MistakesAreNamed) {
  const std::string call = "  call: {starts: 10 %, touchpoints: {call: {}}}\n";
  const std::string orders = "orders: {rate: 1}\n";
  const auto next = [](const std::string& rest) { return "  next: {" + rest + ", touchpoints: {x: {}}}\n"; };
  struct Case {
    std::string journeys, more, message;
  };
  const Case cases[] = {
      {next("after: {next: 1 %}"), "", "next.after.next: a journey cannot come after itself"},
      {call + next("after: {cal: 1 %}"), orders,
       "next.after.cal: 'cal' is not a journey or 'orders'; did you mean 'call'?"},
      {call + next("after: {order: 1 %}"), orders, "did you mean 'orders'?"},
      {call + next("after: {orders: 1 %}"), "",
       "there are no orders in this model; describe them under 'orders:'"},
      {next("after: {call: 1 %}") + call, "",
       "next.after.call: journeys are walked in the order of the file: move 'next' below 'call'"},
      {next("after: {last: 1 %}") + "  last: {after: {next: 1 %}, touchpoints: {y: {}}}\n", "",
       "next.after.last: 'last' comes after 'next' itself: they cannot both come first"},
      {call + next("starts: 5 %, after: {call: 1 %}"), "",
       "next.starts: a journey either starts by itself or comes after others"},
      {call + next("after: {call: 120 %}"), "",
       "next.after.call: '120 %' is out of bounds; accepted: 0 % to 100 %"},
  };
  for (const Case& c : cases)
    EXPECT_NE(problem_of(c.journeys, c.more).find(c.message), std::string::npos)
        << problem_of(c.journeys, c.more);
  const std::string said = problem_of(call + next("after: {call: 1 %}"),
                                      "investments: {i: {changes: {next.starts: {add: 1 %}}}}\n");
  EXPECT_NE(said.find("'next.starts' is not a path of this model"), std::string::npos) << said;
}

}  // namespace
