#include "sim/plan/erlang.hpp"

#include <cmath>
#include <vector>

#include <gtest/gtest.h>

namespace goodwill {
namespace {

constexpr double day[] = {0.6, 0.8, 1, 1.2, 1.3, 1.25, 1.15, 1.05, 0.9, 0.75};

TEST(Erlang, AOfACallCentre) {  // 48 calls a minute, handling 1 minute, patience 2 minutes, 50 agents
  const Queue q = erlang_a(48, 50, 1, 2);
  EXPECT_NEAR(q.unserved, 0.0309122, 5e-8);
  EXPECT_NEAR(q.wait * 60, 3.70947, 5e-6);
  EXPECT_NEAR(q.occupancy, 0.930324, 5e-7);
  EXPECT_NEAR(q.waits, 0.467774, 5e-7);
  EXPECT_NEAR(q.unserved, q.wait / 2, 1e-15);
}

TEST(Erlang, BAndC) {
  const Queue q = erlang_c(48, 50, 1);
  EXPECT_NEAR(q.waits, 0.694456, 5e-7);
  EXPECT_NEAR(q.wait * 60, 20.8337, 5e-5);
  EXPECT_NEAR(erlang_b(10, 15), 0.036497, 5e-7);
  EXPECT_NEAR(erlang_c(10, 15, 1).waits, 0.102042, 5e-7);
}

TEST(Erlang, COfAnOverloadedTeamIsEndless) {
  for (const double load : {50.0, 50.5, 1e6}) {
    const Queue q = erlang_c(load, 50, 1);
    EXPECT_EQ(q.waits, 1);
    EXPECT_TRUE(std::isinf(q.wait));
  }
  EXPECT_GT(erlang_c(10.4, 10.5, 1).wait, 0);
}

/// Birth and death solved state by state, and the waits of those served by adding up every path of states.
Queue by_states(double load, int agents, double handling, double patience) {
  std::vector<long double> state{1};
  for (int k = 1; k < 400; ++k) {
    const long double leaving = std::min(k, agents) / handling + std::max(0, k - agents) / patience;
    state.push_back(state.back() * (load / handling) / leaving);
  }
  long double all = 0, waits = 0, queue = 0, busy = 0;
  for (int k = 0; k < 400; ++k) {
    all += state[static_cast<std::size_t>(k)];
    if (k >= agents) waits += state[static_cast<std::size_t>(k)];
    queue += std::max(0, k - agents) * state[static_cast<std::size_t>(k)];
    busy += std::min(k, agents) * state[static_cast<std::size_t>(k)];
  }
  Queue q;
  q.waits = static_cast<double>(waits / all);
  q.wait = static_cast<double>(queue / all / (load / handling));
  q.unserved = q.wait / patience;
  q.occupancy = static_cast<double>(busy / all) / agents;
  return q;
}

TEST(Erlang, AAgreesWithItsStates) {
  for (const double load : {0.5, 3.0, 9.0, 14.0})
    for (const double patience : {0.2, 2.0, 30.0}) {
      const Queue q = erlang_a(load, 7, 1.5, patience), states = by_states(load, 7, 1.5, patience);
      EXPECT_NEAR(q.unserved, states.unserved, 1e-12);
      EXPECT_NEAR(q.waits, states.waits, 1e-12);
      EXPECT_NEAR(q.wait, states.wait, 1e-12);
      EXPECT_NEAR(q.occupancy, states.occupancy, 1e-12);
    }
}

TEST(Erlang, WaitOfTheServed) {
  // One agent, handling and patience of 1: who finds j waiting is served with probability 1 / (j + 2).
  // With patience without end it is the wait of everybody.
  const Queue patient = erlang_a(48, 50, 1, 1e7), endless = erlang_c(48, 50, 1);
  EXPECT_NEAR(patient.wait_served, endless.wait, 1e-4 * endless.wait);
  // Who is served waits less than who gives up: E[W] = P(served) E[W | served] + P(gone) E[W | gone].
  const Queue q = erlang_a(60, 50, 1, 2);
  const double of_gone = (q.wait - (1 - q.unserved) * q.wait_served) / q.unserved;
  EXPECT_GT(of_gone, 0);
  EXPECT_LT(of_gone, 2);
  // Load 1, one agent, handling 1, patience 1: M/M/1+M is M/M/infinity, pi_k = e^-1 / k!; the wait of the
  // served is sum over j of pi_(1+j) / (j + 2) (1/2 + ... + 1/(j + 2)) over their share 1 - pi_0.
  double sum = 0, times = 0, state = std::exp(-1.0);
  for (int j = 0; j < 40; ++j) {
    times += 1.0 / (j + 2);
    sum += state / (j + 2) * times;
    state /= j + 2;
  }
  EXPECT_NEAR(erlang_a(1, 1, 1, 1).wait_served, sum / (1 - std::exp(-1.0)), 1e-14);
}

TEST(Erlang, OverADay) {
  // Unserved: the fluid rule says 0, 0 and .091; patience is twice the handling time.
  const double expected[3][3] = {{0.9, 0.057, 0.096}, {1.0, 0.105, 0.138}, {1.1, 0.156, 0.183}};
  for (const auto& row : expected) {
    const double load = row[0], many = row[1], few = row[2];
    const auto unserved = [&](double agents) {
      return over_the_day(load * agents, day, [&](double now) { return erlang_a(now, agents, 1, 2); })
          .unserved;
    };
    EXPECT_NEAR(unserved(50), many, 6e-4);  // published to three digits
    EXPECT_NEAR(unserved(10), few, 6e-4);
  }
}

TEST(Erlang, AtTheEnds) {
  EXPECT_EQ(erlang_a(0, 5, 1, 1).unserved, 0);
  EXPECT_EQ(erlang_a(5, 0, 1, 1).unserved, 1);
  EXPECT_EQ(erlang_a(1, 5000, 1, 1).unserved, 0);
  const Queue flood = erlang_a(20'000, 5'000, 1, 100);
  EXPECT_NEAR(flood.unserved, 0.75, 1e-6);
  EXPECT_NEAR(flood.occupancy, 1, 1e-6);
  EXPECT_NEAR(flood.wait_served, 100 * std::log(4.0), 0.1);  // the fluid: e^(-w / 100) = 1 / 4
}

TEST(Erlang, MoreAgentsNeverServeFewer) {
  double before = 1;
  for (double agents = 0; agents <= 20; agents += 0.25) {
    const double unserved = erlang_a(10, agents, 1, 0.5).unserved;
    EXPECT_LE(unserved, before);
    before = unserved;
  }
}

}  // namespace
}  // namespace goodwill
