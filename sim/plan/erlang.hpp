// Queues of people who wait for a team: Erlang's formulas for the steady state.
#pragma once

#include <span>

namespace goodwill {

/// A queue in its steady state. Times are in the unit of the handling time.
struct Queue {
  double unserved = 0;     ///< share of the callers who give up waiting
  double waits = 0;        ///< share of the callers who have to wait
  double wait = 0;         ///< mean wait of all callers
  double wait_served = 0;  ///< mean wait of those who are served
  double occupancy = 0;    ///< share of the agents' time that is taken up
};

/// Erlang B: the share turned away where nobody waits. `load` is arrival rate x handling time; `agents` may
/// have a fraction, between whole numbers the share is interpolated.
double erlang_b(double load, double agents);
/// Erlang C: everybody waits for as long as it takes (M/M/n). From load = agents on the queue grows without
/// end: waits = 1, both waits are infinite.
Queue erlang_c(double load, double agents, double handling);
/// Erlang A: callers give up after an exponential patience (Palm 1957; M/M/n+M). Every load has a steady
/// state. Without agents everybody gives up.
Queue erlang_a(double load, double agents, double handling, double patience);

/// The mean over the slices of a day, weighted by their callers: in slice k the load is load x profile[k],
/// where the profile has mean 1.
template <class Formula>
Queue over_the_day(double load, std::span<const double> profile, Formula&& formula) {
  Queue day;
  double callers = 0;
  for (const double part : profile) callers += part;
  for (const double part : profile) {
    const Queue now = formula(load * part);
    const double weight = part / callers, slice = 1.0 / static_cast<double>(profile.size());
    day.unserved += weight * now.unserved;
    day.waits += weight * now.waits;
    day.wait += weight * now.wait;
    day.wait_served += weight * (1 - now.unserved) * now.wait_served;
    day.occupancy += slice * now.occupancy;
  }
  if (day.unserved < 1) day.wait_served /= 1 - day.unserved;
  return day;
}

}  // namespace goodwill
