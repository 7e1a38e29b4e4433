// Assumptions: their numbers, what they are used for, and how they depend on each other.
#include <cmath>
#include <unordered_map>

#include "sim/change/numbers.hpp"
#include "sim/check/check.hpp"

namespace goodwill {

namespace {

/// A factor (`times`) and a pure number are written alike.
Unit alike(Unit unit) { return unit == Unit::plain ? Unit::share : unit; }

class AssumptionChecker {
public:
  AssumptionChecker(const Model& model, Findings& found) : model_(model), found_(found) {
    for (const auto& [name, a] : model.assumptions) by_name_.emplace(name, &a);
  }

  void run() {
    uses();
    for (const auto& [name, a] : model_.assumptions) {
      quantiles(a, "assumptions." + name);
      correlations(name, a, "assumptions." + name + ".correlation");
    }
  }

private:
  void uses() {
    std::unordered_map<std::string, Unit> first;
    for_each_number(const_cast<Model&>(model_), [&](const NumberPlace& place) {
      const std::string& name = place.number.assumption;
      const auto known = name.empty() ? by_name_.end() : by_name_.find(name);
      if (known == by_name_.end()) return;
      const Assumption* a = known->second;
      if (place.fixed)
        found_.problem(place.number.mark, place.path,
                       "'$" + name +
                           "': this belongs to the definition of the model and cannot be uncertain");
      const double best = place.number.value;
      if (!within(best, place.accept))
        found_.problem(place.number.mark, place.path,
                       "'$" + name + "' is " + value_text(best, place.accept) +
                           " at best; accepted: " + bounds_text(place.accept));
      const auto [other, fresh] = first.try_emplace(name, place.accept.unit);
      if (!fresh && alike(other->second) != alike(place.accept.unit))
        found_.problem(a->mark, "assumptions." + name,
                       "used both as " + std::string(describe(other->second)) + " and as " +
                           std::string(describe(place.accept.unit)));
    });
  }

  void plain(const Number& n, const std::string& path) {
    if (!n.assumption.empty())
      found_.problem(n.mark, path, "'$" + n.assumption + "': an assumption is not made of others");
  }

  void quantiles(const Assumption& a, const std::string& path) {
    for (const auto* n : {&a.low, &a.best, &a.high})
      if (*n) plain(**n, path);
    for (const Number& n : a.parameters) plain(n, path);
    const bool given = !a.distribution && a.low && a.best && a.high;
    if (given && !(a.low->value < a.best->value && a.best->value < a.high->value))
      found_.problem(a.mark, path, "low, best and high must increase; equal ones are no uncertainty");
  }

  void correlations(const std::string& name, const Assumption& a, const std::string& path) {
    for (const auto& [other, r] : a.correlation) {
      const std::string where = path + "." + other;
      plain(r, where);
      const Assumption* there = model_.assumptions.find(other);
      if (!there) {
        found_.problem(r.mark, where, unknown_name("an assumption", other, model_.assumptions.names()));
      } else if (other == name) {
        found_.problem(r.mark, where, "an assumption has no correlation with itself; name another one");
      } else if (std::abs(r) == 1) {
        found_.problem(
            r.mark, where,
            "a correlation lies between -1 and 1; two assumptions that always move together are one: "
            "use '$" +
                name + "' for both");
      } else if (const Number* back = there->correlation.find(name);
                 back && back->value != r.value &&
                 model_.assumptions.index(other) < model_.assumptions.index(name)) {
        found_.problem(r.mark, where,
                       "'" + other + "' gives another correlation with '" + name + "'; give it once");
      }
    }
  }

  const Model& model_;
  Findings& found_;
  std::unordered_map<std::string, const Assumption*> by_name_;
};

}  // namespace

void check_assumptions(const Model& model, Findings& found) { AssumptionChecker(model, found).run(); }

}  // namespace goodwill
