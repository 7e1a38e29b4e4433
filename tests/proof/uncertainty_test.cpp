// A linear model with normal assumptions and few agents: the probability of a positive NPV and the value of
// information against their closed forms, and how far the uncorrected estimates are from them.
#include <boost/math/distributions/normal.hpp>
#include <boost/random/mersenne_twister.hpp>
#include <boost/random/normal_distribution.hpp>
#include <cmath>

#include "scenarios/information.hpp"
#include "tests/cpp/worlds.hpp"

namespace {

using namespace goodwill;
using Eigen::MatrixXd;

double cdf(double x) { return boost::math::cdf(boost::math::normal(), x); }

/// Expected gain of knowing a normal NPV before deciding: mu Phi(mu / s) + s phi(mu / s) - max(0, mu).
double unit_normal_loss(double mu, double s) {
  return mu * cdf(mu / s) + s * boost::math::pdf(boost::math::normal(), mu / s) - std::max(0.0, mu);
}

/// Standard normal assumptions, and batches of NPV = a + b x + noise, with a standard deviation of the noise
/// of a draw's mean.
class Study {
public:
  Study(std::size_t draws, std::size_t batches, int assumptions, unsigned seed)
      : batches_(batches), engine_(seed) {
    x.resize(Eigen::Index(draws), assumptions);
    for (auto& value : x.reshaped()) value = normal_(engine_);
  }
  void add(double a, const std::vector<double>& b, double noise) {
    Units units(static_cast<std::size_t>(x.rows()), std::vector<double>(batches_));
    for (std::size_t d = 0; d < units.size(); ++d) {
      double value = a;
      for (std::size_t k = 0; k < b.size(); ++k) value += b[k] * x(Eigen::Index(d), Eigen::Index(k));
      for (double& unit : units[d]) unit = value + noise * std::sqrt(double(batches_)) * normal_(engine_);
    }
    values.push_back(std::move(units));
  }
  MatrixXd x;
  DrawnValues values;

private:
  std::size_t batches_;
  boost::random::mt19937_64 engine_;
  boost::random::normal_distribution<double> normal_;
};

/// Agent noise 60 times the spread of the assumption, 1,000 customers a draw in 10 batches.
const double noise = 60 / std::sqrt(1000.0);

TEST(UncertaintyProof, CorrectedWhereTheNaiveEstimateFails) {
  // 20,000 draws: the parameter variance has a standard error of 4.6 sqrt(2 / 20000) = 0.046, the spread of
  // 0.023. P = Phi(1 / s) and EVPI then move by phi(1) * 0.023 = 0.006, the mean's error of 0.015 by 0.004:
  // 4 standard errors are 0.028.
  Study study(20'000, 10, 1, 3);
  study.add(1, {1}, noise);
  const MatrixXd naive = draw_means(study.values), corrected = corrected_draws(study.values);
  EXPECT_NEAR(probability_above(corrected.col(0), 0), cdf(1), 0.028);
  EXPECT_NEAR(evpi(corrected), unit_normal_loss(1, 1), 0.028);
  EXPECT_NEAR(quantile(corrected.col(0), 0.05), 1 - 1.645, 0.1);
  // Without the correction: 0.68 for 0.84, 0.44 for 0.083.
  const double spread = std::sqrt(1 + noise * noise);
  EXPECT_NEAR(probability_above(naive.col(0), 0), cdf(1 / spread), 0.02);
  EXPECT_NEAR(probability_above(naive.col(0), 0), 0.678, 0.02);
  EXPECT_NEAR(evpi(naive), 0.443, 0.03);
  // The two bands: a standard error of 0.046 for the one, and for the other 3.6 sqrt(2 / 180,000) = 0.012.
  const Variances v = variances(study.values[0]);
  EXPECT_NEAR(v.parameter, 1, 0.19);
  EXPECT_NEAR(v.simulation, noise * noise, 0.05);
}

TEST(UncertaintyProof, TheCorrelationOfScenariosIsThatOfTheAssumptions) {
  // Both depend on the assumption alone, in opposite directions; their noise is independent. Correcting each
  // for itself would leave a correlation of -1 / 4.6.
  Study study(20'000, 10, 1, 4);
  study.add(0, {1}, noise);
  study.add(0, {-1}, noise);
  const MatrixXd corrected = corrected_draws(study.values);
  const Eigen::VectorXd a = corrected.col(0).array() - corrected.col(0).mean(),
                        b = corrected.col(1).array() - corrected.col(1).mean();
  EXPECT_LT(a.dot(b) / (a.norm() * b.norm()), -0.9);
  // E max(x, -x, 0) = E |x|.
  EXPECT_NEAR(evpi(corrected), std::sqrt(2 / M_PI), 0.06);
}

TEST(UncertaintyProof, ValueOfPartialInformation) {
  // NPV = 0.5 + 0.8 x0 + 0.6 x1, and x2 does not matter.
  Study study(full() ? 20'000 : 4'000, 5, 3, 5);
  study.add(0.5, {0.8, 0.6}, 0.7);
  const Information information(study.values, study.x);
  const Influence first = information.of({0}), second = information.of({1}), nothing = information.of({2}),
                  both = information.of({0, 1});
  const auto expect_near = [](const Influence& found, double truth) {
    EXPECT_NEAR(found.evppi, truth, 4 * found.standard_error) << truth;
    EXPECT_GT(found.evppi, found.null);
    EXPECT_LT(found.standard_error, 0.2 * truth + 0.01);
  };
  expect_near(first, unit_normal_loss(0.5, 0.8));
  expect_near(second, unit_normal_loss(0.5, 0.6));
  expect_near(both, unit_normal_loss(0.5, 1));
  EXPECT_EQ(nothing.evppi, 0);
  EXPECT_LT(nothing.share[0], 0.005);  // one in twenty is above its null
  EXPECT_LE(first.evppi, both.evppi);
  EXPECT_LE(second.evppi, both.evppi);
  EXPECT_LE(both.evppi, information.evpi());
  EXPECT_NEAR(first.share[0], 0.64, 0.1);
  EXPECT_NEAR(second.share[0], 0.36, 0.1);
  EXPECT_NEAR(both.share[0], 1, 0.1);
  EXPECT_GT(first.share[0], first.share_null[0]);
}

TEST(UncertaintyProof, WhatDoesNotMatterIsReportedInOneStudyOfTwenty) {
  // 330 studies of the usual size: 5 % +- 4.5 standard errors of 1.2 %. What matters is found in all.
  int reported = 0, found = 0, ordered = 0;
  constexpr int studies = sanitized ? 50 : 330;
  for (unsigned k = 0; k < studies; ++k) {
    Study study(64, 4, 2, 100 + k);
    study.add(0.2, {1}, 0.5);
    const Information information(study.values, study.x);
    const Influence matters = information.of({0}), does_not = information.of({1}),
                    both = information.of({0, 1});
    reported += does_not.evppi > 0;
    found += matters.evppi > 0;
    ordered +=
        does_not.evppi <= both.evppi && matters.evppi <= both.evppi && both.evppi <= information.evpi();
  }
  EXPECT_LE(reported, 0.05 * studies + 4.5 * std::sqrt(0.05 * 0.95 * studies));
  EXPECT_EQ(found, studies);
  EXPECT_EQ(ordered, studies);
}

TEST(UncertaintyProof, TheStandardErrorIsThatOfTheEstimate) {
  // Jackknife against the spread over 200 studies, which is known to 5 %; the jackknife of a maximum is an
  // approximation.
  double sum = 0, squares = 0, errors = 0;
  constexpr int studies = 200;
  for (unsigned k = 0; k < studies; ++k) {
    Study study(128, 4, 2, 500 + k);
    study.add(0.7, {0.8, 0.6}, 0.5);
    const Influence influence = Information(study.values, study.x).of({0});
    sum += influence.evppi, squares += influence.evppi * influence.evppi, errors += influence.standard_error;
  }
  const double spread = std::sqrt(squares / studies - sum / studies * sum / studies);
  EXPECT_NEAR(errors / studies, spread, 0.3 * spread);
  EXPECT_NEAR(sum / studies, unit_normal_loss(0.7, 0.8), 4 * spread / std::sqrt(double(studies)));
}

TEST(UncertaintyProof, DecisionsThatAreClearNeedNoInformation) {
  Study study(64, 4, 1, 9);
  study.add(100, {1}, 0.5);
  const Information information(study.values, study.x);
  EXPECT_EQ(information.evpi(), 0);
  EXPECT_EQ(information.of({0}).evppi, 0);
  EXPECT_NEAR(information.of({0}).share[0], 1, 0.2);  // it explains everything, and would change no decision
}

TEST(UncertaintyProof, InformationRefuses) {
  Study study(10, 2, 3, 1);
  study.add(1, {1}, 0.5);
  const Information information(study.values, study.x);
  EXPECT_NE(refusal_of([&] { information.of({3}); }).find("assumption 3; accepted is 0 to 2"),
            std::string::npos);
  EXPECT_NE(refusal_of([&] {
              information.of({0, 1});
            }).find("draws: 10; 2 assumptions together need 16"),
            std::string::npos);
  Study few(7, 2, 1, 1);
  few.add(1, {1}, 0.5);
  EXPECT_NE(refusal_of([&] { Information(few.values, few.x); }).find("draws: 7"), std::string::npos);
  // An assumption that never varies explains nothing.
  study.x.col(0).setConstant(4);
  EXPECT_EQ(Information(study.values, study.x).of({0}).evppi, 0);
}

}  // namespace
