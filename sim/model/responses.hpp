// Every response of a model.
#pragma once

#include <string>

#include "sim/model/model.hpp"

namespace goodwill {

/// Every response of a model, always in the same order; `visit(const std::string& path, response)`.
template <class M, class Visit>
void for_each_response(M& model, Visit&& visit) {
  for (auto& [name, stage] : model.stages) {
    visit(name + ".churn", stage.churn);
    for (auto& [target, move] : stage.moves) visit(name + ".moves." + target, move);
  }
  for (auto& [name, journey] : model.journeys) visit(name + ".starts", journey.starts);
  if (model.orders) visit("orders.rate", model.orders->rate);
  if (model.referrals) visit("referrals.rate", model.referrals->rate);
  visit("survey.response", model.survey.response);
}

}  // namespace goodwill
