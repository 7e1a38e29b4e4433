// Shards of a population against the whole: by equality of ledgers and of the numbers of points.
#include "scenarios/shards.hpp"

#include "sim/file/assign.hpp"
#include "tests/cpp/worlds.hpp"

namespace {

using namespace goodwill;

std::vector<int> shard_counts() { return full() ? std::vector{1, 2, 3, 7, 40} : std::vector{1, 3, 7}; }

SimulationOptions standard() {
  SimulationOptions options;
  options.seed = 7;
  options.threads = 2;
  return options;
}

/// The ledgers of one replication, lived in shards that know nothing of one another.
std::vector<Ledger> in_shards(const Plan& plan, SimulationOptions options, int shards) {
  Share share{0, shards, sure_candidates(plan, options, shards)};
  share.kept.resize(plan.segments.size());
  share.referred.resize(plan.scenarios.size());
  std::vector<std::vector<std::int64_t>> found(plan.scenarios.size());
  std::vector<Ledger> sums(plan.scenarios.size(), Ledger(plan.layout, false));
  const auto live = [&](const Share& of) {
    options.share = &of;
    SimulationResult result = simulate(plan, options);
    for (std::size_t k = 0; k < sums.size(); ++k) {
      std::vector<std::int64_t> plain;
      result.ledgers[k].write(plain);
      Ledger read(plan.layout, false);
      std::span<const std::int64_t> left = plain;
      read.read(left);
      EXPECT_TRUE(left.empty());
      EXPECT_TRUE(read == result.ledgers[k]);
      sums[k].merge(read);
    }
    return result;
  };
  Share rest = share;
  for (; share.number < shards; ++share.number) {
    const SimulationResult result = live(share);
    for (std::size_t s = 0; s < rest.kept.size(); ++s) rest.kept[s] += result.base_customers[s];
    for (std::size_t k = 0; k < rest.referred.size(); ++k) rest.referred[k] += result.referred[k];
  }
  rest.number = shards;
  const SimulationResult last = live(rest);
  for (std::size_t s = 0; s < rest.kept.size(); ++s)
    EXPECT_EQ(rest.kept[s] + last.base_customers[s], plan.segments[s].agents);
  return sums;
}

void expect_shards_add_up(const std::string& text, const std::vector<std::string>& scenarios,
                          const PlanOptions& of_plan = {}, int block = 4096) {
  const Model model = read_model_text(text, "m.yaml");
  const Plan plan(model, unanchored(model, 0, 30), scenarios, of_plan);
  SimulationOptions options = standard();
  options.block = block;
  options.replications = 2;
  const std::vector<Ledger> whole = simulate(plan, options).ledgers;
  options.replications = 1;
  for (const int shards : shard_counts())
    for (std::uint32_t r = 0; r < 2; ++r) {
      options.first_replication = r;
      const std::vector<Ledger> sums = in_shards(plan, options, shards);
      for (std::size_t k = 0; k < sums.size(); ++k)
        EXPECT_EQ(difference(plan.layout, sums[k], whole[2 * k + r]), "")
            << shards << " shards, replication " << r << ", " << scenarios[k];
    }
}

const std::vector<std::string> all{"baseline", "people", "all", "all_in_breach"};

TEST(ShardBits, AddUpToTheWholeWithEveryFeature) { expect_shards_add_up(rich, all); }

TEST(ShardBits, AddUpWhateverTheBlocks) {
  expect_shards_add_up(replaced(rich, "agents: 1_200", "agents: 4_000"), all, {}, 256);
}

TEST(ShardBits, AddUpToTheEndOfTheRunOff) {
  PlanOptions options;
  options.run_off = 30;
  options.thinning = {1, 12};
  expect_shards_add_up(rich, all, options);
}

TEST(ShardBits, AddUpWithSurvivalWeights) {
  PlanOptions options;
  options.survival_weights = true;
  options.run_off = 12;
  expect_shards_add_up(rich, all, options);
}

TEST(ShardBits, AddUpWhereEventsComeByChance) {
  expect_shards_add_up(
      replaced(rich, "    start: 5\n    lasts: 3\n", "    chance: 90 % / year\n    lasts: 3\n"), all);
}

TEST(ShardBits, AddUpWhereThePastIsLivedForMoreThanAreNeeded) {
  const std::string text = replaced(rich, "agents: 1_200", "agents: 40_000");
  const Model model = read_model_text(text, "m.yaml");
  const Plan plan(model, unanchored(model, 0, 30), {"baseline", "all"});
  const std::vector<std::int64_t> sure = sure_candidates(plan, standard(), 3);
  for (const std::size_t s : {0, 1}) {  // the base needs more candidates than it has places
    SCOPED_TRACE(s);
    EXPECT_GT(sure[s], plan.segments[s].agents);
  }
  EXPECT_EQ(sure[2], 0);
  Share share{0, 1, sure};
  SimulationOptions options = standard();
  const std::vector<Ledger> whole = simulate(plan, options).ledgers;
  options.share = &share;
  const SimulationResult found = simulate(plan, options);
  for (const std::size_t s : {0, 1}) {
    // Few are left for the rest.
    EXPECT_LE(found.base_customers[s], plan.segments[s].agents);
    EXPECT_GT(static_cast<double>(found.base_customers[s]),
              0.85 * static_cast<double>(plan.segments[s].agents));
  }
  const std::vector<Ledger> sums = in_shards(plan, standard(), 3);
  for (std::size_t k = 0; k < 2; ++k) EXPECT_EQ(difference(plan.layout, sums[k], whole[k]), "");
}

TEST(ShardBits, CandidatesDoNotDependOnBlocksOrThreads) {
  const Model model = read_model_text(replaced(rich, "agents: 1_200", "agents: 40_000"), "m.yaml");
  const Plan plan(model, unanchored(model, 0, 30), {"baseline"});
  SimulationOptions other = standard();
  other.threads = 1;
  other.block = 300;
  EXPECT_EQ(sure_candidates(plan, standard(), 2), sure_candidates(plan, other, 2));
}

/// The same with points.
struct Asked {
  std::string text;
  std::vector<std::string> scenarios;
  StudyOptions options;

  Model model() const { return read_model_text(text, "m.yaml"); }
  Anchors anchors() const { return unanchored(model(), 0, 30); }
  Point point(std::vector<std::pair<std::string, Node>> values) const {
    Point p;
    p.change = [values](const Model& model) { return values.empty() ? model : assign(model, values); };
    p.terms = {terms_of(model())};
    p.of_investments = true;
    return p;
  }
  std::vector<std::vector<std::int64_t>> shards(const std::vector<Point>& points, int n) const {
    std::vector<std::vector<std::int64_t>> sums;
    for (int k = 0; k < n; ++k) {
      const ShardAnswer one = answer_of_shard(model(), anchors(), scenarios, points, options, k, n);
      EXPECT_EQ(one.error, "");
      sums.push_back(one.sums);
    }
    return sums;
  }
  std::vector<PointAnswer> merged(const std::vector<Point>& points,
                                  const std::vector<std::vector<std::int64_t>>& sums) const {
    return answers_of_shards(model(), anchors(), scenarios, points, options, sums);
  }
  std::vector<PointAnswer> whole(const std::vector<Point>& points) const {
    return answers(model(), anchors(), scenarios, points, options);
  }
};

Asked asked(const std::string& text = rich) {
  Asked a{text, {"people", "all"}, {}};
  a.options.simulation = standard();
  a.options.terms = terms_of(a.model());
  a.options.replications = 1;
  a.options.run_off = 6;
  return a;
}

void expect_equal(const std::vector<PointAnswer>& a, const std::vector<PointAnswer>& b) {
  ASSERT_EQ(a.size(), b.size());
  for (std::size_t k = 0; k < a.size(); ++k) {
    EXPECT_EQ(a[k].error, b[k].error);
    EXPECT_EQ(a[k].numbers, b[k].numbers) << k;
  }
}

/// Points of its investments can be simulated together.
const char* const plain = R"(
horizon: 10
agents: 900
segments: {young: {count: 2_000, arrivals: 25}, old: {count: 1_000}}
stages: {customer: {fee: 20, churn: {average: 3 %, failures: 0.4}}}
journeys: {help: {starts: 20 %, touchpoints: {call: {failure: 20 %, cost: 5}}}}
referrals: {rate: 0.05, conversion: 50 %}
finance: {discount: 10 %}
investments:
  coaching: {start: 2, reach: 40 %, cost: {upfront: 900, per_customer: 2}, changes: {help.call.failure: {times: 0.5}}}
  gifts: {changes: {young.arrivals: {times: 1.2}}}
scenarios: {people: [coaching], all: [coaching, gifts]}
)";

TEST(ShardBits, PointsTogetherAndAloneHaveTheNumbersOfTheWhole) {
  const Asked a = asked(plain);
  const std::vector<Point> points{a.point({}), a.point({{"investments.coaching.start", Node::scalar("5")}}),
                                  a.point({{"investments.coaching.cost.per_customer", Node::scalar("1.5")},
                                           {"investments.coaching.reach", Node::scalar("70 %")}})};
  const auto whole = a.whole(points);
  for (const int shards : {1, 3}) {
    expect_equal(a.merged(points, a.shards(points, shards)), whole);  // together
    expect_equal(a.merged({points[1]}, a.shards({points[1]}, shards)), {whole[1]});
  }
}

TEST(ShardBits, ShardsThatKeptTooManyAreNotCounted) {
  const Asked a = asked(plain);
  auto sums = a.shards({a.point({})}, 2);
  sums[1][0] += 1'000'000;  // of the first segment
  expect_equal(a.merged({a.point({})}, sums), a.whole({a.point({})}));
}

TEST(Shards, RefuseCustomersWhoInfluenceOneAnother) {
  const Asked a =
      asked(replaced(plain, "cost: 5}}}}", "cost: 5, team: desk}}}}\nteams: {desk: {capacity: 700}}"));
  const ShardAnswer one =
      answer_of_shard(a.model(), a.anchors(), a.scenarios, {a.point({})}, a.options, 0, 2);
  EXPECT_NE(one.error.find("these share"), std::string::npos) << one.error;
  EXPECT_NE(one.error.find("set shards to 1"), std::string::npos) << one.error;
}

TEST(Shards, SeeThatReferralsExplode) {
  const Asked a = asked(R"(
horizon: 30
agents: 4_000
segments: {all: {count: 4_000}}
stages: {customer: {fee: 20, churn: 1 %}}
referrals: {rate: 0.16, conversion: 100 %}
finance: {discount: 10 %}
investments: {coaching: {changes: {customer.fee: {add: 1}}}}
scenarios: {people: [coaching], all: [coaching]}
)");
  const std::vector<Point> points{a.point({})};
  const std::string expected = a.whole(points)[0].error;
  EXPECT_NE(expected.find("they explode"), std::string::npos) << expected;
  // No shard has so many of them; together they have.
  expect_equal(a.merged(points, a.shards(points, 4)), a.whole(points));
}

TEST(Shards, DoNotTakeSumsOfAnotherQuestion) {
  const Asked a = asked(plain);
  auto sums = a.shards({a.point({})}, 1);
  sums[0].pop_back();
  EXPECT_NE(refusal_of([&] { a.merged({a.point({})}, sums); }).find("too few"), std::string::npos);
  sums[0].insert(sums[0].end(), {1, 2});
  EXPECT_NE(refusal_of([&] { a.merged({a.point({})}, sums); }).find("too many"), std::string::npos);
}

}  // namespace
