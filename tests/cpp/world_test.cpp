// Populations: the base and its past, arrivals, referrals, values, progress and interruption.
#include <algorithm>
#include <set>

#include "tests/cpp/worlds.hpp"

namespace {

using namespace goodwill;

TEST(World, TheBaseHasItsSizeAndItsAges) {
  const Model model = read_model_text("horizon: 3\nsegments: {a: {count: 4_500}, b: {count: 300}}\n"
                                      "stages: {customer: {churn: 10 %}}\n",
                                      "m.yaml");
  for (const int block : {500, 4096}) {
    SimulationOptions options;
    options.block = block;
    const World w(model, unanchored(model, 7, 7), {"baseline"}, options);
    EXPECT_EQ(w.result.base_customers, (std::vector<std::int64_t>{4'500, 300}));
    EXPECT_EQ(w.result.base_tenure, (std::vector<std::int64_t>{31'500, 2'100}));  // seven periods each
    EXPECT_EQ(w.count("start", {.segment = 0, .to = 1}), 4'500);
    EXPECT_EQ(w.count("joined"), 0);
    // All of one age: after t periods, those present are 7 + t old.
    EXPECT_EQ(w.count("sum_tenure", {.from = 3, .to = 3}), 10 * w.count("end", {.from = 3, .to = 3}));
  }
}

TEST(World, AnImpossiblePastIsRefused) {
  const Model model = read_model_text(
      "agents: all\nsegments: {all: {count: 50}}\nstages: {customer: {churn: 95 %}}\n", "m.yaml");
  const std::string said = refusal_of([&] { World(model, unanchored(model, 20, 20)); });
  EXPECT_NE(said.find("segment 'all'"), std::string::npos) << said;
  EXPECT_NE(said.find("the tenure is too long for this churn"), std::string::npos) << said;
}

TEST(World, ArrivalsAreRoundedByLuckOnly) {
  const World w("horizon: 400\nsegments: {all: {arrivals: 2.3, acquisition_cost: 7}}\nstages: {customer: "
                "{churn: 50 %}}\n"
                "agents: all\n");
  std::int64_t low = 0, high = 0;
  for (int t = 1; t <= 400; ++t) {
    const auto n = w.count("joined", {.from = t, .to = t});
    low += n == 2;
    high += n == 3;
  }
  EXPECT_EQ(low + high, 400);
  EXPECT_NEAR(static_cast<double>(high), 120, 46);  // binomial: 5 standard deviations
  EXPECT_NEAR(w.sum("acquisition"), 7.0 * static_cast<double>(w.count("joined")), 1e-3);
}

TEST(World, ReferralsMayComeIntoAnotherSegmentAndStage) {
  const World w("horizon: 6\nsegments: {a: {count: 1_000}, b: {count: 1_000}}\n"
                "stages: {customer: {}, trial: {moves: {customer: 20 %}}}\n"
                "referrals: {rate: 0.1, conversion: 60 %, segment: b, stage: trial}\nagents: all\n");
  const int referred = static_cast<int>(Origin::referred);
  EXPECT_EQ(w.count("joined", {.segment = 0}), 0);
  EXPECT_EQ(w.count("joined", {.segment = 1, .origin = referred}), w.count("converted", {.to = 5}));
  EXPECT_GT(w.count("stage.trial", {.segment = 1, .origin = referred, .to = 3}), 0);
  EXPECT_EQ(w.count("stage.trial", {.origin = 0}), 0);
}

TEST(World, ReferralsKeepTheirWeightBetweenSegments) {
  // Referrers stand for 10 customers each, referred ones for 1: ten come for each referral.
  const Model model =
      read_model_text("horizon: 2\nagents: 2_000\nsegments: {a: {count: 19_800}, b: {count: 200}}\n"
                      "stages: {customer: {}}\nreferrals: {rate: 0.5, segment: b}\n",
                      "m.yaml");
  const World w(model, unanchored(model));
  EXPECT_DOUBLE_EQ(w.plan.segments[0].weight, 10);
  EXPECT_DOUBLE_EQ(w.plan.segments[1].weight, 1);
  EXPECT_EQ(w.count("joined", {.segment = 1}), 10 * w.count("converted", {.segment = 0, .to = 1}) +
                                                   w.count("converted", {.segment = 1, .to = 1}));
}

TEST(World, ExperiencesAreSummedWhereTheyAreWanted) {
  const std::string text =
      "horizon: 4\nagents: all\n"
      "segments: {all: {count: 3_000, expects: {mean: 8, sd: 0}, trust: {mean: 0.5, sd: 0}}}\n"
      "stages: {customer: {churn: 5 %}}\n"
      "experience: {adaptation: 0, contrast: 0.25, loss_aversion: 2, forgiveness: 0.4, gain: 0, loss: 0}\n"
      "journeys:\n"
      "  help:\n"
      "    starts: 50 %\n"
      "    touchpoints:\n"
      "      call: {quality: 6, sd: 0, happens: 70 %, next: visit}\n"
      "      visit: {quality: 9, sd: 0, failure: 30 %, quality_failed: 2}\n";
  const World with(text, {"baseline"}, {}, {.experiences = true});
  const auto mean = [&](const std::string& sum, const std::string& place) {
    return with.sum(sum + "help." + place) / static_cast<double>(with.count("contacts.help." + place));
  };
  EXPECT_LT(with.count("contacts.help.call"), with.count("contacts.help.visit"));
  for (const char* place : {"call", "visit"}) EXPECT_DOUBLE_EQ(mean("sum_expected.", place), 8);
  EXPECT_DOUBLE_EQ(mean("sum_delivered.", "call"), 6);
  // 2 points short, counted 0.25 x 2 x (1 - 0.4 x 0.5) = 0.4 times over.
  EXPECT_NEAR(mean("sum_felt.", "call"), 6 - 0.4 * 2, 1e-4);
  const double failure = static_cast<double>(with.count("failed.help.visit")) /
                         static_cast<double>(with.count("contacts.help.visit"));
  EXPECT_NEAR(mean("sum_delivered.", "visit"), 9 - 7 * failure, 1e-9);
  // 9.25 without failure; 2 - 0.4 x 6 < 0 with it: the scale ends at 0.
  EXPECT_NEAR(mean("sum_felt.", "visit"), 9.25 * (1 - failure), 1e-4);

  const World without(text);
  const int own = without.plan.layout.counters, all = with.plan.layout.counters;
  EXPECT_EQ(all, own + 6);
  const auto few = without.ledger().numbers();
  const auto many = with.ledger().numbers();
  for (std::size_t row = 0; row * static_cast<std::size_t>(own) < few.size(); ++row)
    for (int k = 0; k < own; ++k)
      ASSERT_EQ(few[row * static_cast<std::size_t>(own) + static_cast<std::size_t>(k)],
                many[row * static_cast<std::size_t>(all) + static_cast<std::size_t>(k)]);
}

TEST(World, ValuesAreOfEverybodyWhoEverWasThere) {
  SimulationOptions options;
  options.values = true;
  const Model model = read_model_text(
      "horizon: 12\nagents: all\nsegments: {all: {count: 900, arrivals: 20, acquisition_cost: 9}}\n"
      "stages: {customer: {fee: 10, margin: 50 %, service_cost: 1, churn: 5 %}}\n"
      "referrals: {rate: 0.02}\nfinance: {discount: 10 %}\n",
      "m.yaml");
  const World w(model, unanchored(model), {"baseline"}, options);
  const Ledger& ledger = w.ledger();
  for (int o = 0; o < origins; ++o) {
    std::int64_t n = 0;
    for (const auto k : ledger.values[static_cast<std::size_t>(o)].counts()) n += k;
    EXPECT_EQ(n, o == 0 ? 900 : w.count("joined", {.origin = o})) << o;
  }
  // Cohorts: whoever is present at the start of a period, by the period of joining.
  const Cohorts& c = ledger.cohorts[0];
  double contribution = 0;
  for (int t = 1; t <= 12; ++t) {
    std::int64_t present = 0;
    for (int joined = 0; joined <= t; ++joined) {
      present += c.customers[c.at(joined, t)];
      contribution +=
          std::ldexp(static_cast<double>(c.contribution[c.at(joined, t)]), -w.plan.layout.value_scale);
    }
    EXPECT_EQ(present, w.count("start", {.from = t, .to = t})) << t;
    EXPECT_EQ(c.customers[c.at(t, t)], w.count("joined", {.from = t, .to = t})) << t;
  }
  EXPECT_EQ(c.customers[c.at(0, 1)], 900);
  const double money = w.sum("fee_margin") - w.sum("service_cost");
  EXPECT_NEAR(contribution, money, 1e-12 * money);
}

TEST(World, ValuesAfterTax) {
  // Nobody leaves: a margin of 5 and then 5, taxed at 25 %, after 9 at joining that save tax a year later.
  const std::string text =
      "period: year\nhorizon: 2\nagents: all\n"
      "segments: {all: {count: 50, arrivals: 8, acquisition_cost: 9}}\n"
      "stages: {customer: {fee: 10, margin: 50 %}}\nfinance: {discount: 10 %, timing: end}\n";
  SimulationOptions options;
  options.values = options.values_at_joining = true;
  const World w(
      text, {"baseline"}, options,
      {.run_off = 1, .valuation = Valuation{.discount = 0.1, .timing = Finance::Timing::end, .tax = 0.25}});
  const double v = 1 / 1.1, one = 0.75 * 5 * v, two = one + one * v, three = two + one * v * v,
               paid = 9 * (1 - 0.25 * v);
  const auto customers = [&](Origin origin, double value) {
    const auto& counts = w.ledger().values[static_cast<std::size_t>(origin)].counts();
    return counts[static_cast<std::size_t>(Distribution::bin(static_cast<float>(value)))];
  };
  EXPECT_EQ(customers(Origin::initial, three), 50);
  EXPECT_EQ(customers(Origin::acquired, three - paid), w.count("joined", {.to = 1}));
  EXPECT_EQ(customers(Origin::acquired, two - paid), w.count("joined", {.from = 2}));
}

TEST(World, WhoWasNotAskedHasNoAnswer) {
  // Asked in period 1, away and not asked in 2, back in 3: there is no answer of the last period, even where
  // all are away.
  const World w(R"(
horizon: 3
segments: {all: {count: 40, satisfaction: {mean: 3, sd: 0}}}
stages: {customer: {moves: {away: 100 %}}, away: {kind: lapsed, moves: {customer: 100 %}}}
journeys: {sorry: {starts: 100 %, touchpoints: {sorry: {who: {surveyed: detractor}}}}}
survey: {response: 100 %}
)");
  EXPECT_EQ(w.count("detractors", {.to = 1}), 40);
  EXPECT_EQ(w.count("surveyed", {.from = 2, .to = 2}), 0);
  EXPECT_EQ(w.count("contacts.sorry.sorry"), 0);
}

TEST(World, ProgressAndInterruption) {
  const Model model = read_model_text("horizon: 24\nsegments: {all: {count: 9_000, arrivals: 50}}\n"
                                      "stages: {customer: {churn: 2 %}}\n",
                                      "m.yaml");
  const Plan plan(model, unanchored(model), {"baseline"});
  std::atomic<std::int64_t> total{0}, done{0};
  SimulationOptions options;
  options.total = &total;
  options.done = &done;
  options.replications = 2;
  simulate(plan, options);
  EXPECT_EQ(total.load(), done.load());
  EXPECT_GT(total.load(), 2 * 24 * 9'000);
  std::atomic<bool> cancel{true};
  options.cancel = &cancel;
  EXPECT_THROW(simulate(plan, options), Interrupted);
  cancel = false;
  EXPECT_NO_THROW(simulate(plan, options));  // and goes on as if nothing had happened
}

TEST(World, SeedsAndReplicationsDiffer) {
  const Model model = read_model_text(
      "horizon: 12\nsegments: {all: {count: 2_000}}\nstages: {customer: {churn: 5 %}}\n", "m.yaml");
  const Plan plan(model, unanchored(model), {"baseline"});
  std::set<std::vector<double>> seen;
  for (const std::uint64_t seed : {0ull, 1ull, 1ull << 40}) {
    SimulationOptions options;
    options.seed = seed;
    options.replications = 3;
    for (const Ledger& ledger : simulate(plan, options).ledgers) seen.insert(ledger.numbers());
  }
  EXPECT_EQ(seen.size(), 9u);
}

}  // namespace
