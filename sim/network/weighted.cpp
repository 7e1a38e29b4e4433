#include "sim/network/weighted.hpp"

#include <cmath>
#include <limits>
#include <numeric>

namespace goodwill {

void set_mean_weight_to_one(Network& network) {
  const double sum = std::accumulate(network.weights.begin(), network.weights.end(), 0.0);
  const double scale = static_cast<double>(network.weights.size()) / sum;
  for (float& weight : network.weights)
    weight = std::max(static_cast<float>(weight * scale), std::numeric_limits<float>::min());
}

Chances::Chances(const Network& network) : until_(network.targets.size()), all_(network.people()) {
  for (std::uint32_t person = 0; person < network.people(); ++person) {
    const std::uint64_t first = network.offsets[person], last = network.offsets[person + 1];
    double all = 0, so_far = 0;
    for (std::uint64_t edge = first; edge < last; ++edge) all += network.weights[edge];
    for (std::uint64_t edge = first; edge < last; ++edge) {
      so_far += network.weights[edge];
      until_[edge] = static_cast<std::uint32_t>(std::min(so_far / all * 0x1p32, 0x1p32 - 1));
    }
    all_[person] = all;
  }
}

Attention::Attention(const Network& network) : whole_(network.people()) {
  if (network.weights.empty()) {
    for (const std::uint32_t person : network.targets) ++whole_[person];
    return;
  }
  constexpr double most = 1 << 30;
  std::vector<double> seen(network.people());
  for (std::size_t edge = 0; edge < network.targets.size(); ++edge)
    seen[network.targets[edge]] += network.weights[edge];
  parts_.resize(network.targets.size());
  for (std::size_t edge = 0; edge < network.targets.size(); ++edge) {
    const std::uint32_t person = network.targets[edge];
    parts_[edge] = static_cast<std::int32_t>(std::lround(network.weights[edge] / seen[person] * most));
    whole_[person] += static_cast<std::uint32_t>(parts_[edge]);
  }
  weights_.resize(network.people());
  for (std::uint32_t person = 0; person < network.people(); ++person)
    if (whole_[person] > 0) weights_[person] = seen[person] / whole_[person];
}

}  // namespace goodwill
