// Paths: how investments, sweeps, assumptions and Python address a parameter, `support.call.failure`.
#pragma once

#include <functional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "sim/model/accept.hpp"
#include "sim/model/problem.hpp"

namespace goodwill {

/// Where a value lives, in any model of the same layout: fields to follow, and which item of each.
struct Address {
  struct Step {
    const Field* field;
    int item = -1;  ///< of a collection, of moves, of a branch; -1: none
    bool operator==(const Step&) const = default;
  };
  std::vector<Step> steps;
  bool operator==(const Address&) const = default;

  Slot in(Model& model) const;
  Slot in(const Model& model) const { return in(const_cast<Model&>(model)); }
};

/// One addressable thing of a model.
struct Place {
  enum class Kind {
    number,    ///< a plain number
    response,  ///< the level of a response
    average,   ///< the observed average itself
    share,     ///< one target of a branch
    other,     ///< a text, a list, a whole block: for `get` and `assign`
  };
  std::vector<std::string> words;  ///< of the full path
  Address address;
  Kind kind = Kind::other;
  const Field* field = nullptr;  ///< describes it
  Accept accept{};               ///< of its number
  Changed changed = Changed::by_anybody;

  std::string full() const;
  std::string brief() const;  ///< without the words that drop out
};

/// The change whose value stands at an address (`investments.coaching.changes.phone.quality.add`); null:
/// none.
Change* change_at(Model& model, const Address& address);

/// All places of one model, to which the index keeps no reference.
class PathIndex {
public:
  explicit PathIndex(const Model& model);
  const std::vector<Place>& places() const { return places_; }

  struct Found {
    std::vector<const Place*> places;  ///< several only for a bare segment field
    std::string problem;               ///< empty when found
  };
  /// `purpose`: what the path is for, so that the nearest valid path is one that helps.
  enum class Purpose { change, read };
  /// `offered`: which of those may be proposed in place of an unknown path.
  Found find(const std::string& path, Purpose purpose,
             const std::function<bool(const Place&)>& offered = nullptr) const;

private:
  std::string unknown(const std::string& path, const std::function<bool(const Place&)>& offered) const;

  std::vector<Place> places_;
  std::unordered_map<std::string, std::vector<std::size_t>> by_brief_;
  std::unordered_map<std::string, std::vector<std::size_t>>
      of_segments_;  ///< by what follows the segment's name
  std::vector<std::string> segment_fields_;
};

/// The path of a member, in its short form: words such as `touchpoints` drop out.
std::string join_path(const std::string& path, std::string_view member);
/// The words that drop out of a path: segments, stages, channels, journeys, touchpoints, teams.
bool is_structural(std::string_view word);
/// Full paths of what `path` names. Throws ModelError: unknown (with the nearest valid path) or ambiguous
/// (with a list).
std::vector<std::string> resolve(const Model& model, const std::string& path);
/// Every path of a number that can be changed or belongs to an investment or event, in short form.
std::vector<std::string> paths(const Model& model);

}  // namespace goodwill
