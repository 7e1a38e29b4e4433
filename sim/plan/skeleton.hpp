// The early life of a customer, before the part that is lived in full: churn, moves and journeys that change
// the stage.
#pragma once

#include <vector>

#include "sim/kernel/params.hpp"

namespace goodwill {

/// A Markov chain over the stages, at the customer's own traits and tenure and at the mean of all else.
class Skeleton {
public:
  /// `state`: what satisfaction, trust and memory add to the log-odds of each response, on average (empty:
  /// nothing); `responses_at`: Layout::responses_at; `past`: what surrounded people of the `segment`. Keeps
  /// pointers into `params`.
  Skeleton(const Params& params, int responses_at, const std::vector<double>& state, double periods_per_year,
           const Environment& past = {}, int segment = 0);

  int stages() const { return n_; }
  /// Indices of the segment's traits that decide who stays and where. The functions below take their values
  /// in this order.
  const std::vector<int>& traits() const { return traits_; }
  /// Moves the probabilities of the stages on by `periods`, starting at this tenure;
  /// what they lack to 1 is lost.
  void advance(double* stages, int tenure, int periods, const std::vector<double>& traits) const;

private:
  /// A response at its mean: a probability, or log-odds that depend on tenure and a trait.
  struct Chance {
    const ResponseParams* response = nullptr;
    double state = 0;
    int trait = -1, multiplier = -1, spend = -1;  ///< places in traits_
  };
  struct Stage {
    std::vector<Chance> moves;  ///< churn first
    std::vector<int> targets;   ///< n_ is lost
    int otherwise = -1;
  };
  struct Source {
    int exit;  ///< place in exits_; -1: orders
    double share;
  };
  struct Exit {  ///< a journey that can change the stage, or that such a one comes after
    const JourneyParams* journey = nullptr;
    Chance starts;
    std::vector<Source> sources{};
  };
  /// Walks of a journey by those who are still there: the probability of one, or a rate of them.
  struct Starts {
    double value;
    bool rate;
  };
  /// A stretch of tenures over which nothing changes, or hardly anything.
  struct Span {
    int from = 0;
    double log_tenure = 0;                  ///< mean of ln(1 + years)
    std::vector<std::vector<double>> ends;  ///< [exit][stage x (n + 1) + stage after]: where a walk ends
  };

  Chance chance(const ResponseParams& response, int responses_at, const std::vector<double>& state);
  void find_exits(const Params& params, int responses_at, const std::vector<double>& state);
  std::vector<Starts> starts_of(const Exit& exit, std::size_t stage, const Span& span,
                                const std::vector<double>& traits,
                                const std::vector<std::vector<Starts>>& walked) const;
  void find_spans(double periods_per_year, const Crowding* teams);
  double value(const Chance& chance, const Span& span, const std::vector<double>& traits) const;
  /// Into `to`: probabilities of the stages after one period, by the stage before.
  void transitions(const Span& span, const std::vector<double>& traits, double* to) const;

  int n_;
  Heard heard_;
  std::vector<Stage> stages_;
  std::vector<Exit> exits_;
  Chance orders_;
  std::uint32_t who_order_ = 0;  // stages, as a bit set
  bool follows_ = false;         // a journey comes after another
  int spend_;  // the segment's trait that is the logarithm of what customers spend; -1: there is none
  std::vector<int> traits_;
  std::vector<Span> spans_;
};

}  // namespace goodwill
