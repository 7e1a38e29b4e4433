// Effort, completion and waiting: what follows from their definitions, and closed forms.
//
// Rejected above 5 standard errors, whose size is said beside each.
#include <cmath>

#include "tests/cpp/worlds.hpp"

namespace {

using namespace goodwill;

/// P(Z < z)
double below(double z) { return 0.5 * std::erfc(-z / std::sqrt(2.0)); }

/// The mean answer of those to whom a period's contacts took this effort.
double answered(double effort, double noise) {
  double mean = 1;
  for (int k = 1; k < 7; ++k) mean += 1 - below((k + 0.5 - effort) / noise);
  return mean;
}

const char* const help = R"(
horizon: 1
agents: all
segments: {all: {count: 200_000}}
stages: {customer: {}, away: {kind: lapsed}}
journeys:
  help:
    starts: 40 %
    touchpoints:
      call:
        failure: 20 %
        recovery: 50 %
        wait: 4 minutes
        next: {ok: {more: 60 %, away: 10 %}, failed: {call: 50 %, lost: 20 %, away: 10 %}}
      more: {happens: 25 %, failure: 10 %}
)";

TEST(Completion, IsAnEndThatIsNoFailure) {
  // Of the walks, 1 / 0.95 call. A call fails with 10 %, and then 20 % are lost and 20 % are done; of the 90
  // % that go well 60 % are led on, a quarter of whom have a second contact, and one in ten of those fails.
  const World w(help);
  const double walks = w.sum("started.help"), call = 1 / 0.95;
  const double completed = 1 - call * (0.1 * 0.4 + 0.9 * 0.6 * 0.25 * 0.1);
  // 80,000 walks: a standard error of 0.08 %
  EXPECT_NEAR(w.sum("completed.help") / walks, completed, 5 * std::sqrt(completed * (1 - completed) / walks));
  EXPECT_EQ(w.sum("minutes.help"), 4 * w.sum("contacts.help.call"));
  EXPECT_EQ(w.count("walks"), w.count("started.help"));
  EXPECT_EQ(w.count("completed"), w.count("completed.help"));
  EXPECT_EQ(w.count("efforts"), 0);
}

TEST(Completion, WithoutAContactNothingHasFailed) {
  const World w(
      replaced(help, "starts: 40 %", "starts: 40 %\n    first: {call: 0 %, more: 0 %, lost: 25 %}"));
  EXPECT_EQ(w.count("completed"), w.count("started.help") - w.count("lost"));
}

TEST(Completion, AWalkCutOffIsNotCompleted) {
  const World w("horizon: 1\nsegments: {all: {count: 500}}\nstages: {customer: {}}\n"
                "journeys: {use: {starts: 100 %, touchpoints: {use: {next: use}}}}\n");
  EXPECT_EQ(w.count("truncated.use"), 500);
  EXPECT_EQ(w.count("completed.use"), 0);
}

TEST(Effort, IsOfThoseServedAndThoseTurnedAway) {
  const World w(R"(
horizon: 12
agents: all
segments: {all: {count: 4_000}}
stages: {customer: {}}
teams: {desk: {agents: 10, handling: 60 minutes, patience: 30 minutes}}
journeys:
  help: {starts: 100 %, touchpoints: {call: {team: desk, wait: 2 minutes, effort: 5, next: {full: mail}}, mail: {effort: 2}}}
)");
  const double served = w.sum("contacts.help.call"), full = w.sum("full.help.call"),
               mails = w.sum("contacts.help.mail");
  EXPECT_GT(full, 0);
  EXPECT_EQ(w.sum("efforts"), served + full + mails);
  EXPECT_EQ(w.sum("sum_effort"), 5 * (served + full) + 2 * mails);
  EXPECT_EQ(w.sum("effort.help"), w.sum("sum_effort"));
  EXPECT_EQ(w.count("completed"), w.count("walks"));
  double minutes = 2 * served;
  for (int t = 1; t <= 12; ++t)
    minutes += w.result.teams[0][static_cast<std::size_t>(t - 1)].wait *
               w.sum("contacts.help.call", {.from = t, .to = t});
  EXPECT_GT(minutes, 3 * served);
  EXPECT_NEAR(w.sum("minutes.help"), minutes, 1e-6 * minutes);  // the kernel's wait has 24 bits
}

TEST(Effort, IsTheMeanOfAPeriodInTheAnswer) {
  // Half have a contact of 2, half one of 5, a quarter both: they say 4, which is 3.5 rounded up.
  const World w(R"(
horizon: 4
agents: all
segments: {all: {count: 100_000}}
stages: {customer: {}}
survey: {response: 100 %, noise: 0}
journeys:
  a: {starts: 50 %, touchpoints: {a: {effort: 2}}}
  b: {starts: 50 %, touchpoints: {b: {channel: b}}}
channels: {b: {effort: 5}}
)");
  const double n = w.sum("effort_answers");
  // 400,000 customer-periods: 0.07 % of them; the answers vary by 1.25, which is 0.0023 of their mean
  EXPECT_NEAR(n / 400'000, 0.75, 5 * 7e-4);
  EXPECT_NEAR(w.sum("sum_effort_answers") / n, (2 + 5 + 4) / 3.0, 5 * 2.3e-3);
  EXPECT_EQ(w.sum("sum_effort"), 2 * w.sum("contacts.a.a") + 5 * w.sum("contacts.b.b"));
}

TEST(Effort, IsAnsweredWithNoise) {
  // 100,000 answers, whose standard deviation is at most 1: a standard error of 0.0032
  for (const double effort : {1.0, 3.2, 6.8}) {
    const World w("horizon: 1\nagents: all\nsegments: {all: {count: 200_000}}\nstages: {customer: {}}\n"
                  "survey: {response: 50 %, noise: 0.9}\n"
                  "journeys: {use: {starts: 100 %, touchpoints: {use: {effort: " +
                  std::to_string(effort) + "}}}}\n");
    const double n = w.sum("effort_answers");
    EXPECT_EQ(n, w.sum("responses"));
    EXPECT_NEAR(w.sum("sum_effort_answers") / n, answered(effort, 0.9), 5 * 3.2e-3) << effort;
  }
}

TEST(Effort, ChangesNothingElse) {
  const std::string with = rich;
  std::string without = with;
  for (std::size_t at; (at = without.find(", effort: ")) != std::string::npos;)
    without.erase(at, without.find_first_of(",}", at + 2) - at);
  without = replaced(without, "        effort: 1.5\n", "");
  without = replaced(without, ", phone.effort: {add: -0.9}", "");
  const std::vector<std::string> scenarios{"baseline", "all"};
  const World a(with, scenarios, all_kept()), b(without, scenarios, all_kept());
  for (const std::string& name : a.counter_names()) {
    if (name.find("effort") != std::string::npos) {
      EXPECT_GT(a.sum(name), 0) << name;
      EXPECT_EQ(b.sum(name), 0) << name;
      continue;
    }
    for (int k = 0; k < 2; ++k) EXPECT_EQ(a.sum(name, {.scenario = k}), b.sum(name, {.scenario = k})) << name;
  }
}

}  // namespace
