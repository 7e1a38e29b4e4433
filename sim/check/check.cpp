#include "sim/check/check.hpp"

namespace goodwill {

void check(const Model& model, Findings& found) {
  check_names(model, found);
  check_words(model, found);
  check_spend(model, found);
  check_beginnings(model, found);
  check_assumptions(model, found);
  check_goals(model, found);
  if (found.problems() == 0) try_changes(model, found);  // wrong numbers would only lead to more wrong ones
}

}  // namespace goodwill
