// Scenarios compared on the same customers with the same luck, until the answer is as sharp as asked.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "scenarios/intervals.hpp"
#include "scenarios/irr.hpp"
#include "scenarios/payback.hpp"
#include "scenarios/stopping.hpp"
#include "scenarios/terms.hpp"
#include "scenarios/worlds.hpp"

namespace goodwill {

/// One scenario against another, paired over units. Money is incremental, in currency units for the real
/// population. Intervals are of the mean: they hold the error of the simulation and, where the assumptions
/// make a difference, that of having only so many draws.
struct Comparison {
  std::string scenario, against;
  bool uncertain = false;  ///< the assumptions were drawn, and one makes a difference here
  Interval npv;            ///< contribution - cost - tax
  double npv_against_baseline = 0;
  Interval contribution;  ///< everything but the cost of investments
  Interval cost;          ///< of investments
  Interval tax;
  Interval beyond;                  ///< what comes after the horizon; never part of the others
  Ratio roi;                        ///< (contribution - cost) / cost, before tax; NaN if cost is not above 0
  double roi_p10 = 0, roi_p90 = 0;  ///< quantiles of the ROI over the draws; NaN without draws or bounds
  std::string roi_reason;           ///< why there is none, or it has no bounds; empty otherwise
  double correlation = 0;           ///< of the two worlds' net present values over units
  double variance_ratio = 0;        ///< what common luck saves in units, see variance_ratio()
  double p_positive = 0, p_zero = 0, p_negative = 0;  ///< share of units by the sign of the NPV
  Flows flows;                                        ///< mean over units
  Irr irr;          ///< of the mean flow within the horizon; none where nothing is laid out
  double mirr = 0;  ///< financed and reinvested at the discount rate
  Payback payback, discounted_payback;    ///< NaN where nothing is laid out
  double payback_beyond = 0;              ///< payback with what lies beyond the horizon
  Units npv_units;                        ///< [draw][batch]; one row where nothing is uncertain
  std::vector<double> npv_draws{};        ///< by draw, freed from the error of the simulation
  double npv_p10 = 0, npv_p90 = 0;        ///< quantiles of npv_draws; NaN without draws
  Interval p_npv_positive;                ///< over the assumptions; NaN without draws
  std::vector<double> payback_by_draw{};  ///< years; infinity: never within the horizon; NaN: no outlay
};

struct StudyOptions {
  SimulationOptions simulation;
  Terms terms;
  double level = 0.95;
  bool simultaneous = false;             ///< intervals that hold together for all scenarios
  int draws = 0;                         ///< of the assumptions; 0: their best values
  int batches = 4;                       ///< of one draw, which share the model's agents
  int replications = 30;                 ///< at best values
  std::optional<Target> target;          ///< the study is extended until every NPV is that sharp
  int most_units = 2'000;                ///< if there is a target
  std::optional<int> run_off;            ///< periods after the horizon; none: as run_off_periods() finds
  std::optional<bool> survival_weights;  ///< none: where they serve
};

struct Study {
  std::unique_ptr<Worlds> worlds;
  std::vector<Comparison> comparisons;
  Status status = Status::fixed;
};

/// What a scenario is compared with: the model's `compare`, else the baseline.
std::string compared_with(const Model& model, const std::string& scenario);
/// The worlds that these scenarios need, nothing of them simulated yet. Throws ModelError: unknown scenario.
Worlds worlds_of(const Model& model, const Anchors& anchors, const std::vector<std::string>& scenarios,
                 const StudyOptions& options);

/// Runs scenarios and what they are compared with (the model's `compare`, else the baseline). An empty
/// `names` means all scenarios of the model. Replication r is the same in a longer study. Throws ModelError:
/// unknown scenario, terms out of range.
Study compare(const Model& model, const Anchors& anchors, const std::vector<std::string>& names,
              const StudyOptions& options);

}  // namespace goodwill
