// Points of a sweep against studies of the same models.
#include "scenarios/points.hpp"

#include <cmath>

#include "sim/file/assign.hpp"
#include "tests/cpp/worlds.hpp"

namespace {

using namespace goodwill;

const Model& firm() {
  static const Model model = read_model_text(R"(
horizon: 6
agents: 300
segments: {all: {count: 900, arrivals: 5}}
stages: {customer: {fee: 20, churn: {average: 3 %, failures: 0.4}}}
journeys: {help: {starts: 20 %, touchpoints: {call: {failure: 20 %, cost: 5}}}}
finance: {discount: 10 %}
assumptions: {factor: {low: 0.3, best: 0.5, high: 0.8}, other: {low: 1, best: 2, high: 3}}
investments: {better: {start: 2, cost: {upfront: 50}, changes: {help.call.failure: {times: $factor}}}}
scenarios: {better: [better]}
)",
                                             "m.yaml");
  return model;
}

Point point(std::vector<std::pair<std::string, Node>> values = {}) {
  Point p;
  p.change = [values](const Model& model) { return values.empty() ? model : assign(model, values); };
  p.terms = {terms_of(firm())};
  return p;
}

StudyOptions options(int threads = 1) {
  StudyOptions o;
  o.simulation.seed = 5;
  o.simulation.threads = threads;
  o.terms = terms_of(firm());
  o.replications = 4;
  o.run_off = 0;
  return o;
}

std::vector<PointAnswer> answered(const std::vector<Point>& points, int threads = 1) {
  return answers(firm(), unanchored(firm(), 0, 12), {"baseline", "better"}, points, options(threads));
}

double number(const PointAnswer& answer, int scenario, int unit, Measure measure) {
  return answer.numbers.at(
      static_cast<std::size_t>((scenario * 4 + unit) * measures + static_cast<int>(measure)));
}

TEST(Points, AreTheUnitsOfAStudy) {
  const PointAnswer answer = answered({point()}).front();
  const Study study = compare(firm(), unanchored(firm(), 0, 12), {"better"}, options());
  for (int u = 0; u < 4; ++u) {
    EXPECT_EQ(number(answer, 1, u, Measure::npv), study.comparisons[0].npv_units[0][std::size_t(u)]);
    EXPECT_EQ(number(answer, 0, u, Measure::npv), 0);
    EXPECT_EQ(number(answer, 0, u, Measure::customers_gained), 0);
    EXPECT_NEAR(number(answer, 1, u, Measure::value) - number(answer, 0, u, Measure::value),
                number(answer, 1, u, Measure::npv), 1e-9);
    EXPECT_NEAR(number(answer, 1, u, Measure::customers) - number(answer, 0, u, Measure::customers),
                number(answer, 1, u, Measure::customers_gained), 1e-9);
    EXPECT_TRUE(std::isnan(number(answer, 1, u, Measure::beyond_horizon)));
  }
}

TEST(Points, TermsAreJudgedOnTheSameFlows) {
  Point two = point(), other = point();
  two.terms.push_back(two.terms[0]);
  two.terms[1].discount = 0.3;
  other.terms[0].discount = 0.3;
  const auto found = answered({two, other, point()});
  std::vector<double> both = found[2].numbers;
  both.insert(both.end(), found[1].numbers.begin(), found[1].numbers.end());
  ASSERT_EQ(found[0].numbers.size(), both.size());
  for (std::size_t i = 0; i < both.size(); ++i)
    EXPECT_TRUE(found[0].numbers[i] == both[i] || std::isnan(both[i])) << i;
}

TEST(Points, AnAssumptionIsAFactor) {
  Point assumed = point();
  assumed.assumed = {{"factor", 0.4}};
  const auto found =
      answered({assumed, point({{"investments.better.changes.help.call.failure.times", Node::scalar("0.4")}}),
                point()});
  EXPECT_EQ(number(found[0], 1, 0, Measure::npv), number(found[1], 1, 0, Measure::npv));
  EXPECT_NE(number(found[0], 1, 0, Measure::npv), number(found[2], 1, 0, Measure::npv));
}

TEST(Points, OneThatFailsStopsNoOther) {
  const auto found = answered({point({{"customer.fee", Node::scalar("-2")}}), point()}, 2);
  EXPECT_NE(found[0].error.find("customer.fee"), std::string::npos) << found[0].error;
  EXPECT_TRUE(found[0].numbers.empty());
  EXPECT_TRUE(found[1].error.empty());
}

TEST(Points, DoNotDependOnThreadsOrNeighbours) {
  std::vector<Point> points;
  for (const char* fee : {"10", "20", "30", "40", "50"})
    points.push_back(point({{"customer.fee", Node::scalar(fee)}}));
  const auto one = answered(points), four = answered(points, 4);
  for (std::size_t i = 0; i < points.size(); ++i) {
    const auto alone = answered({points[i]}).front();
    for (std::size_t k = 0; k < alone.numbers.size(); ++k) {
      EXPECT_TRUE(one[i].numbers[k] == alone.numbers[k] || std::isnan(alone.numbers[k]));
      EXPECT_TRUE(four[i].numbers[k] == alone.numbers[k] || std::isnan(alone.numbers[k]));
    }
  }
}

TEST(Points, OfInvestmentsShareTheirBaselineAndKeepTheirBits) {
  const std::string times = "investments.better.changes.help.call.failure.times",
                    investment = "investments.better.";
  const auto text = [](const char* value) { return Node::scalar(value); };
  std::vector<Point> apart{point({{times, text("0.4")}}),
                           point({{times, text("0.6")}, {investment + "reach", text("40 %")}}),
                           point({{investment + "start", text("4")}}),
                           point({{investment + "cost.per_customer", text("3000")}}),
                           point({{investment + "cost.per_customer", text("-3")}}),
                           point({{investment + "cost.upfront", text("70")}}),
                           point({{investment + "start", text("4")}, {investment + "reach", text("70 %")}})};
  std::vector<Point> together = apart;
  for (Point& p : together) p.of_investments = true;
  const auto one = answered(apart);
  for (const std::size_t n : {std::size_t{2}, std::size_t{3}, together.size()}) {
    for (std::size_t from = 0; from < together.size(); from += n) {
      const std::vector<Point> some(together.begin() + std::ptrdiff_t(from),
                                    together.begin() + std::ptrdiff_t(std::min(from + n, together.size())));
      const auto found = answered(some, 2);
      for (std::size_t k = 0; k < some.size(); ++k) {
        EXPECT_EQ(found[k].error, one[from + k].error);
        ASSERT_EQ(found[k].numbers.size(), one[from + k].numbers.size()) << from + k;
        for (std::size_t i = 0; i < found[k].numbers.size(); ++i)
          EXPECT_TRUE(found[k].numbers[i] == one[from + k].numbers[i] || std::isnan(one[from + k].numbers[i]))
              << from + k << " " << i;
      }
    }
  }
}

TEST(Points, MoreReplicationsExtendFewer) {
  StudyOptions later = options();
  later.simulation.first_replication = 2;
  later.replications = 2;
  const auto rest = answers(firm(), unanchored(firm(), 0, 12), {"better"}, {point()}, later).front();
  const PointAnswer whole = answered({point()}).front();
  for (int u = 0; u < 2; ++u)
    EXPECT_EQ(rest.numbers[static_cast<std::size_t>(u * measures)], number(whole, 1, u + 2, Measure::npv));
}

}  // namespace
