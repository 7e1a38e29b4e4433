// A log of single customers: who is here in each period, what they meet, order and answer. For a few thousand
// customers of one world; ledgers hold sums of any number.
#pragma once

#include <vector>

#include "sim/ledger/counters.hpp"
#include "sim/world/joiner.hpp"

namespace goodwill {

/// A customer at the start of a period, after joining; in the period after the last: who is left.
struct Present {
  CustomerId id;
  std::int32_t period, segment, stage, tenure;
  Origin origin;
  double fee;
  float satisfaction, expectation, trust;
};

/// Something that happened in a period. `what.lane` means nothing here.
struct Logged {
  CustomerId id;
  std::int32_t period;
  Happening what;
};

/// Lists to be filled by one thread.
struct CustomerLog {
  std::vector<double> share;  ///< of the customers that is kept, by segment; chosen by their id
  std::vector<Present> present;
  std::vector<Logged> happened;

  void note(CustomerId id, int period, int segment, const Happening& what) {
    if (keeps(id, segment)) happened.push_back({id, period, what});
  }
  /// Notes who of a block is here at the start of a period.
  void note(const CustomerBlock& block, int period, int segment, Origin origin, const Params& params);

private:
  bool keeps(CustomerId id, int segment) const;
};

}  // namespace goodwill
