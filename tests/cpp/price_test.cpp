// The price index, by closed forms: log-odds that a price moves.
#include "sim/exact/expect.hpp"
#include "sim/random/math64.hpp"
#include "tests/cpp/worlds.hpp"

namespace {

using namespace goodwill;

const std::string firm = R"(horizon: 6
agents: 100
segments:
  dear: {count: 100, tenure: 0}
  cheap: {count: 100, tenure: 0, changes: {customer.fee: {set: 10}}}
  new: {arrivals: {count: 10, stage: trial}}
stages:
  trial: {kind: prospect, moves: {customer: {base: 10 %, price: -2}}}
  customer: {fee: 40, churn: {base: 3 %, price: 1.5}}
orders: {rate: {base: 0.5, price: -1}, value: 20}
referrals: {rate: {base: 0.1, price: -0.5}}
survey: {response: {average: 20 %, price: 0.3}}
market: {price: 1}
)";
const std::string what_if = R"(investments:
  cut: {changes: {customer.fee: {times: 0.8}}}
  sale: {changes: {orders.value: {set: 10}}}
events:
  war: {start: 3, lasts: 2, changes: {market.price: {times: 0.9}}}
scenarios: {cut: [cut], sale: [sale], war: [war], all: [cut, war]}
)";

double shifted(double p, double by) { return math::expit(math::logit(p) + by); }

class Prices {
public:
  explicit Prices(const std::string& scenario)
      : model_(read_model_text(firm + what_if, "m.yaml")), plan_(model_, unanchored(model_), {scenario}) {}
  /// The probability or rate of a response that nothing else moves.
  double operator()(int period, const ResponseParams& (*of)(const Params&), int segment = 0) const {
    const ResponseParams& r =
        of(plan_.compiled(*plan_.scenarios[0].course, segment, 0, false, period).params());
    EXPECT_EQ(r.form, ResponseParams::constant);
    return static_cast<double>(r.value);
  }

private:
  Model model_;
  Plan plan_;
};

const ResponseParams& churn(const Params& p) { return p.stages[1].moves[0]; }
const ResponseParams& buying(const Params& p) { return p.stages[0].moves[1]; }
const ResponseParams& ordering(const Params& p) { return p.orders.rate; }
const ResponseParams& referring(const Params& p) { return p.referrals.rate; }

TEST(Price, TheBaselineIsAsItStands) {
  const Prices baseline("baseline");
  EXPECT_FLOAT_EQ(baseline(1, churn), 0.03f);
  EXPECT_FLOAT_EQ(baseline(1, ordering), 0.5f);
}

TEST(Price, AFeeActsOnItsStageOnWhoMovesThereAndOnTheRest) {
  const Prices cut("cut");
  const double by = std::log(0.8);
  for (const int segment : {0, 1}) {  // relative to what each segment pays
    EXPECT_NEAR(cut(1, churn, segment), shifted(0.03, 1.5 * by), 1e-8);
    EXPECT_NEAR(cut(1, buying, segment), shifted(0.10, -2 * by), 1e-8);
    EXPECT_NEAR(cut(1, referring, segment), 0.1 * std::exp(-0.5 * by), 1e-8);
    EXPECT_NEAR(cut(1, ordering, segment), 0.5, 1e-8);  // those pay for orders
  }
  const Prices sale("sale");
  EXPECT_NEAR(sale(1, ordering), 0.5 * 2, 1e-7);  // exp(-ln(1/2))
  EXPECT_NEAR(sale(1, churn), 0.03, 1e-8);
}

TEST(Price, CheaperCompetitorsAreAHigherIndexWhileItLasts) {
  const Prices war("war"), all("all");
  for (int t = 1; t <= 6; ++t) {
    const bool now = t == 3 || t == 4;
    EXPECT_NEAR(war(t, churn), shifted(0.03, now ? -1.5 * std::log(0.9) : 0), 1e-8) << t;
    EXPECT_NEAR(all(t, churn), shifted(0.03, 1.5 * (std::log(0.8) - (now ? std::log(0.9) : 0))), 1e-8) << t;
  }
}

TEST(Price, TheExactSolverTakesIt) {
  const std::string text =
      "horizon: 2\nsegments: {all: {count: 1_000, tenure: 0}}\n"
      "stages: {customer: {fee: 40, churn: {base: 3 %, price: 1.5}}}\n"
      "investments: {cut: {changes: {customer.fee: {times: 0.8}}}}\nscenarios: {cut: [cut]}\n";
  const Model model = read_model_text(text, "m.yaml");
  const Expectation base = expect(model, unanchored(model), "baseline", {}, false);
  const Expectation cut = expect(model, unanchored(model), "cut", {}, false);
  EXPECT_NEAR(base.total(1, count_lost), 30, 1e-6);
  EXPECT_NEAR(cut.total(1, count_lost), 1'000 * shifted(0.03, 1.5 * std::log(0.8)), 1e-5);
}

TEST(Price, AnAnchoredLevelKeepsItsPlace) {
  const Model model = read_model_text(
      "horizon: 1\nsegments: {all: {count: 1_000, tenure: 0}}\n"
      "stages: {customer: {fee: 40, churn: {average: 3 %, price: 1.5}}}\n"
      "investments: {cut: {changes: {customer.fee: {times: 0.8}}}}\nscenarios: {cut: [cut]}\n",
      "m.yaml");
  const Expectation cut = expect(model, anchor(model).anchors, "cut", {}, false);
  EXPECT_NEAR(cut.total(1, count_lost), 1'000 * shifted(0.03, 1.5 * std::log(0.8)), 1e-2);
}

TEST(Price, AFeeCutToNothingIsRefused) {
  const std::string text = "segments: {all: {count: 1_000}}\n"
                           "stages: {customer: {fee: 40, churn: {base: 3 %, price: 1.5}}}\n"
                           "investments: {gift: {changes: {customer.fee: {set: 0}}}}\n";
  EXPECT_NE(
      refusal_of([&] { read_model_text(text, "m.yaml"); })
          .find(
              "m.yaml:3:32: investments.gift.changes.customer.fee: the change leads to 0, and effects of the "
              "price need its logarithm; leave a price above 0"),
      std::string::npos)
      << refusal_of([&] { read_model_text(text, "m.yaml"); });
  // Together they can lead to 0 as well, which only the plan sees.
  const Model model = read_model_text("segments: {all: {count: 1_000, tenure: 0}}\n"
                                      "stages: {customer: {fee: 40, churn: {base: 3 %, price: 1.5}}}\n"
                                      "investments: {a: {changes: {customer.fee: {add: -20}}}, b: {changes: "
                                      "{customer.fee: {add: -20}}}}\nscenarios: {ab: [a, b]}\n",
                                      "m.yaml");
  const std::string said = refusal_of([&] { Plan(model, unanchored(model), {"ab"}); });
  EXPECT_NE(said.find("customer.churn.price: changes lead to customer.fee: 0"), std::string::npos) << said;
}

TEST(Price, OfTheMarketOnlyInvestmentsAndEventsChangeIt) {
  const std::string said = refusal_of([&] {
    read_model_text(
        "segments: {all: {count: 10, changes: {market.price: {times: 2}}}}\nstages: {customer: {}}\n"
        "market: {price: 1}\n",
        "m.yaml");
  });
  EXPECT_NE(said.find("'market.price' belongs to the whole firm"), std::string::npos) << said;
}

}  // namespace
