// Whether survival weights help a model.
#pragma once

#include "sim/model/model.hpp"

namespace goodwill {

/// Whether PlanOptions::survival_weights make the means of this model less noisy, because in some stage of
/// some segment churn is a matter of luck. They are right for every model of independent customers. But they
/// change nothing where churn is 0 or 100 % (a notice stage) and where customers are lost in journeys or
/// after a move to another stage: that luck remains. Changes by investments and events are not looked at.
bool survival_weights_serve(const Model& model);

}  // namespace goodwill
