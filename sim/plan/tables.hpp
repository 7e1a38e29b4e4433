// The kernel's tables by segment and by what acts on it: compiled when first needed, and shared by all
// customers to whom the same applies.
#pragma once

#include <compare>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <shared_mutex>
#include <utility>
#include <vector>

#include "sim/plan/compile.hpp"
#include "sim/plan/segment_models.hpp"

namespace goodwill {

/// An intervention at work and its age in periods: 1, 2, ..., up to the age after which
/// nothing changes any more.
struct Acting {
  std::int32_t intervention = 0;  ///< in Layout::investment_names
  std::int32_t age = 1;
  std::int32_t faded = 0;  ///< periods since it ended; what is left of its changes fades
  auto operator<=>(const Acting&) const = default;
};
/// All interventions that act on a group of customers, in the order of their scenario. Where this is the
/// same, so are the parameters.
using Activity = std::vector<Acting>;

/// The age from which an intervention acts as it always will.
std::int32_t settled_age(const Investment& intervention);
/// How far its changes have come: 1 is all the way.
double strength(const Investment& intervention, const Acting& acting);

class Tables {
public:
  /// `model` and `layout` must outlive this.
  Tables(const Model& model, const Layout& layout, const Anchors& anchors);

  /// The models of the segments without any intervention.
  const std::vector<Model>& segment_models() const { return models_; }
  const std::vector<Trait>& traits(std::size_t segment) const { return traits_[segment]; }
  /// The segment's model under these changes.
  Model changed(std::size_t segment, const std::vector<TimedChange>& changes) const;
  const Investment& definition(std::int32_t intervention) const {
    return *definitions_[static_cast<std::size_t>(intervention)];
  }
  /// The events as investments and other events change them: their chances and impulses.
  Named<Investment> events(const Activity& activity) const;
  /// Whether being referred makes a difference to somebody; if not, all share the same tables.
  bool referred_matters() const { return referred_matters_; }

  /// The tables for an activity, compiled if need be; from any thread. Throws ModelError for changes that
  /// leave the bounds of a field.
  const Compiled& of(std::size_t segment, bool referred, const Activity& activity) const;

  /// Visits those compiled so far; not while others compile.
  template <class Visit>
  void for_each(Visit&& visit) const {
    for (const auto& shelf : shelves_)
      for (const auto& [key, place] : shelf->places)
        if (place.compiled) visit(*place.compiled);
  }
  /// Turns amounts into whole numbers of the layout's scale, in what is compiled and in what will be.
  void scale();

private:
  struct Place {
    std::once_flag once;
    std::unique_ptr<Compiled> compiled;
  };
  struct Shelf {
    std::shared_mutex mutex;
    std::map<std::pair<bool, Activity>, Place> places;
  };
  std::unique_ptr<Compiled> compile(std::size_t segment, bool referred, const Activity& activity) const;
  std::vector<TimedChange> changes_of(const Activity& activity, bool of_events) const;

  const Layout& layout_;
  ChangeSet changes_;
  Model lived_;
  Named<Investment> events_;
  std::set<const Change*> of_events_;
  Anchors anchors_;
  std::vector<Model> models_;
  std::vector<std::vector<Trait>> traits_;
  std::vector<const Investment*> definitions_;
  std::vector<float> log_tenure_;
  bool referred_matters_ = false;
  bool scaled_ = false;
  std::vector<std::unique_ptr<Shelf>> shelves_;  // by segment
};

}  // namespace goodwill
