// What customers pay, as far as responses depend on it.
#pragma once

#include <string>
#include <vector>

#include "sim/model/model.hpp"
#include "sim/model/problem.hpp"

namespace goodwill {

/// Whether a response has an effect of the price.
bool depends_on_price(const Model& model);

/// The path and the amount of a price.
struct Paid {
  std::string path;
  double amount = 1;
};
/// What those pay whom the responses are about, in the order of for_each_response(); `start` says which price
/// counts: a stage's fee or, where that is 0, the fee of the stage to which they move; the value of an order;
/// else the first fee of a stage of kind customer (without any: 1).
std::vector<Paid> prices(const Model& model, const Model& start);

/// Sets the price index of each response: what they pay now compared with the start, divided by the change of
/// the competitors' price level since then. A price of 0 has no logarithm, and is a problem.
void set_prices(Model& now, const Model& start, std::vector<Problem>& problems);

}  // namespace goodwill
