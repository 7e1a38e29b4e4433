// One period as a Markov chain with rewards, from the same tables that the kernel reads. Plain probabilities
// are those of the kernel's thresholds (multiples of 2^-32); rates, tables by tenure and anchored levels have
// the 24 bits of a float. Money has double precision.
#pragma once

#include <vector>

#include <Eigen/Core>

#include "sim/kernel/params.hpp"
#include "sim/ledger/ledger.hpp"

namespace goodwill {

/// Tenures at which some parameter changes (0 first): between two of them customers of a stage are alike.
class TenureClasses {
public:
  explicit TenureClasses(const std::vector<const Params*>& all);
  int size() const { return static_cast<int>(first_.size()); }
  int first(int tenure_class) const { return first_[static_cast<std::size_t>(tenure_class)]; }
  int of(int tenure) const { return of_[static_cast<std::size_t>(tenure)]; }
  /// Tenure is counted up to here, the first tenure of the last class, and stays there.
  int last() const { return first_.back(); }

private:
  std::vector<int> first_, of_;
};

/// Customers expected by stage (rows) and tenure (columns 0 to TenureClasses::last()).
using Crowd = Eigen::MatrixXd;

/// What one period is expected to do to a customer, by tenure class.
struct Chain {
  std::vector<Eigen::MatrixXd> next;  ///< stage now x stage in the next period; what a row lacks to 1 is lost
  std::vector<Eigen::MatrixXd> counts;  ///< stage now x counter of the ledger's row, in plain units

  /// Adds the period's counts to `row` and moves the crowd to the next period.
  void step(Crowd& crowd, const TenureClasses& tenures, Eigen::RowVectorXd& row) const;
};

Chain make_chain(const Params& params, const Layout& layout, const TenureClasses& tenures);

}  // namespace goodwill
