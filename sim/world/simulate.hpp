// A simulation: all worlds of a plan, over all replications.
#pragma once

#include <atomic>
#include <functional>
#include <optional>
#include <vector>

#include "sim/kernel/kernel.hpp"
#include "sim/ledger/ledger.hpp"
#include "sim/model/cancel.hpp"
#include "sim/plan/plan.hpp"
#include "sim/world/courses.hpp"
#include "sim/world/customer_log.hpp"
#include "sim/world/prospect_lives.hpp"
#include "sim/world/share.hpp"
#include "sim/world/strata.hpp"
#include "sim/world/surroundings.hpp"

namespace goodwill {

/// Lets customers of one standing begin with the state of others: what would they be worth then?
struct Making {
  Root from;
  struct State {
    float satisfaction, expectation, trust;
  };
  std::vector<State> states;  ///< by segment
};

/// The base at the start by segment and standing: customers, and sums of satisfaction, expectation and trust
/// in units of 1 / state_unit.
struct StandingSum {
  std::int64_t customers = 0, state[3] = {};
};

struct SimulationOptions {
  std::uint64_t seed = 0;
  std::uint32_t first_replication = 0;
  int replications = 1;
  int threads = 0;  ///< 0: all cores
  Domain domain = Domain::simulation;
  bool values = false;             ///< distribution of customer value and cohorts
  bool values_at_joining = false;  ///< values of newcomers are as of their joining, not of t = 0
  bool survey_bins = false;        ///< anchoring
  bool mean_state = false;         ///< anchoring: SimulationResult::state_factor
  /// SimulationResult::prospect_lives, with what they contribute within so many periods; with values only.
  std::optional<int> prospect_lives{};
  std::optional<Making> making{};
  CustomerLog* log = nullptr;      ///< of the only world, within the horizon; on one thread
  const Strata* strata = nullptr;  ///< anchoring: spreads traits, state and luck evenly
  bool advocacy = true;            ///< false: nobody refers
  const Share* share = nullptr;    ///< who of one replication is simulated; null: everybody
  int block = 4096;                ///< customers of a block; the results do not depend on it
  WalkMode walk = WalkMode::automatic;
  const Kernel* kernel = nullptr;  ///< null: the best one
  Cancel cancel = nullptr;
  /// Progress: customer-periods scheduled by the initial and acquired customers, and those finished.
  std::atomic<std::int64_t>*total = nullptr, *done = nullptr;
};

struct SimulationResult {
  /// [scenario x replications + replication]
  std::vector<Ledger> ledgers;
  Courses courses;                          ///< by world, as above; they refer to the plan
  std::vector<std::vector<TeamUse>> teams;  ///< [world as above][(period - 1) x teams + team]
  /// Good and bad messages that one person heard: [world][((period - 1) x segments + segment) x 2 + kind].
  std::vector<std::vector<double>> words;
  std::vector<std::vector<ProspectLife>> prospect_lives;  ///< [world as above][prospect, by segment]
  std::vector<std::int64_t> base_customers,
      base_tenure;                     ///< by segment: the base at the start, sum of tenures (periods)
  std::vector<std::int64_t> referred;  ///< by world: whom others referred
  std::vector<StandingSum> standing;   ///< [segment x standings + standing], where values are wanted
  std::vector<std::vector<std::int64_t>> survey_bins;  ///< by segment; see kernel.hpp
  /// With mean_state, by segment and response: the factor that satisfaction, trust and memory put on its odds
  /// (or its rate) in the base at the start, summed over the customers concerned; and their number.
  std::vector<std::vector<std::int64_t>> state_factor, state_count;
};

/// The key of a replication, counted from the first.
inline Key key_of(const SimulationOptions& options, int replication) {
  return make_key(options.seed, options.first_replication + static_cast<std::uint32_t>(replication),
                  options.domain);
}

inline CustomerArrays arrays_of(const Plan& plan, const SimulationOptions& options) {
  return {plan.max_traits(), options.values, plan.layout.survival_weights,
          plan.is_networked() || options.prospect_lives};
}

constexpr double state_factor_unit = 1 << 20;

SimulationResult simulate(const Plan& plan, const SimulationOptions& options);

}  // namespace goodwill
