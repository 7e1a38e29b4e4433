// Small firms whose numbers are assumptions.
#pragma once

#include <string>

#include "tests/cpp/worlds.hpp"

namespace goodwill {

inline Model model_of(const std::string& text) {
  return read_model_text(R"(
segments: {all: {count: 100, arrivals: 5}}
channels: {phone: {quality: 7, failure: 20 %}}
journeys: {support: {starts: 10 %, touchpoints: {call: {channel: phone}}}}
)" + text,
                         "m.yaml");
}
inline const std::string kStages = "stages: {customer: {fee: 30, churn: 2 %}}\n";

inline const std::string kFive = kStages + R"(
assumptions:
  bot: {low: 0.40, best: 0.55, high: 0.75}
  push: {normal: [0.5, 0.1], correlation: {bot: 0.6}}
  share: {beta: [2, 8]}
  cost: {low: 50, best: 100, high: 300, correlation: {share: -0.5, push: 0.2}}
  free: {uniform: [2, 6]}
investments:
  i:
    changes: {phone.failure: {times: $bot}, phone.quality: {add: $push}}
    reach: $share
    cost: {upfront: $cost}
)";

}  // namespace goodwill
