#include "sim/plan/erlang.hpp"

#include <cmath>
#include <limits>

#include "sim/random/math64.hpp"

namespace goodwill {
namespace {

double blocked_by(double load, double agents) {
  double blocked = 1;
  for (double k = 1; k <= agents; ++k) blocked = load * blocked / (k + load * blocked);
  return blocked;
}

Queue waiting_for(double load, double agents, double handling) {
  if (load >= agents) {
    constexpr double endless = std::numeric_limits<double>::infinity();
    return {0, 1, endless, endless, 1};
  }
  const double blocked = blocked_by(load, agents), free = 1 - load / agents;
  const double waits = blocked / (free + (1 - free) * blocked);
  const double wait = waits * handling / (agents * free);
  return {0, waits, wait, wait, load / agents};
}

/// States count in units of "all agents are busy, nobody waits": a^n / n! would leave the range of a double.
Queue patient_for(double load, double agents, double handling, double patience) {
  if (agents == 0) return {1, 1, patience, 0, 0};
  // With so many in the queue its luck is nothing: it is a fluid, and all who are served wait alike.
  constexpr double fluid = 1e5;
  if ((load - agents) * patience / handling > fluid) {
    const double gone = 1 - agents / load;
    return {gone, 1, gone * patience, -patience * math::log(agents / load), 1};
  }
  const double arrivals = load / handling, served = agents / handling, gives_up = 1 / patience;
  const double blocked = blocked_by(load, agents);
  if (blocked == 0) return {0, 0, 0, 0, load / agents};  // too rare for a double
  double some_free = 1 / blocked - 1, state = 1;
  double all_busy = 0, gone = 0, waited = 0, times = 0;
  // Who finds j others waiting moves up at rate served + i gives_up while i are ahead, i = j to 0. The
  // transform of that time at `gives_up` says who is served, its slope how long these have waited.
  for (double j = 0;; ++j) {
    const double leaving = served + (j + 1) * gives_up, is_served = served / leaving;
    times += 1 / leaving;
    all_busy += state;
    gone += state * (1 - is_served);
    waited += state * is_served * times;
    const double ratio = arrivals / leaving;
    state *= ratio;
    if (ratio < 1 && state < 1e-17 * (1 - ratio) * all_busy) break;
    if (all_busy > 1e200)
      for (double* sum : {&some_free, &state, &all_busy, &gone, &waited}) *sum *= 1e-200;
  }
  const double all = some_free + all_busy, unserved = gone / all;
  return {unserved, all_busy / all, unserved * patience, waited / (all - gone),
          load * (1 - unserved) / agents};
}

/// Between whole numbers of agents.
template <class Formula>
Queue interpolated(double agents, Formula&& of_whole) {
  const double whole = std::floor(agents), part = agents - whole;
  const Queue few = of_whole(whole);
  if (part == 0) return few;
  const Queue more = of_whole(whole + 1);
  const auto mix = [&](double Queue::*field) { return few.*field + part * (more.*field - few.*field); };
  return {mix(&Queue::unserved), mix(&Queue::waits), mix(&Queue::wait), mix(&Queue::wait_served),
          mix(&Queue::occupancy)};
}

}  // namespace

double erlang_b(double load, double agents) {
  const double whole = std::floor(agents), few = blocked_by(load, whole);
  return agents == whole ? few : few + (agents - whole) * (blocked_by(load, whole + 1) - few);
}

Queue erlang_c(double load, double agents, double handling) {
  if (load == 0) return {};
  if (load >= agents) return waiting_for(load, agents, handling);
  const double whole = std::floor(agents);
  // With the whole agents alone the queue might be endless.
  return load >= whole ? waiting_for(load, agents, handling)
                       : interpolated(agents, [&](double n) { return waiting_for(load, n, handling); });
}

Queue erlang_a(double load, double agents, double handling, double patience) {
  if (load == 0) return {};
  return interpolated(agents, [&](double n) { return patient_for(load, n, handling, patience); });
}

}  // namespace goodwill
