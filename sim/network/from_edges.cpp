#include "sim/network/from_edges.hpp"

#include <algorithm>
#include <atomic>
#include <stdexcept>

#include "sim/network/check.hpp"
#include "sim/network/compress.hpp"
#include "sim/world/parallel.hpp"

namespace goodwill {
namespace {

using Row = std::int64_t;

/// The first row of a list that is wrong.
class Fault {
public:
  explicit Fault(Row none) : first_(none) {}
  void at(Row row) {
    for (Row now = first_.load(); row < now && !first_.compare_exchange_weak(now, row);) {
    }
  }
  Row first() const { return first_; }

private:
  std::atomic<Row> first_;
};

[[noreturn]] void refuse_row(const RowNames& names, Row row, const std::string& text) {
  throw std::invalid_argument(names.word + " " + std::to_string(names.first + row) + ": " + text);
}

class Checked {
public:
  Checked(std::uint32_t people, const EdgeList& list, bool directed)
      : people_(people), list_(list), directed_(directed), rows_(static_cast<Row>(list.from.size())),
        parts_(parts(list.from.size())) {}

  void rows(const RowNames& names) const {
    Fault fault(rows_);
    each([&](Row row) {
      if (!problem(row).empty()) fault.at(row);
    });
    if (fault.first() < rows_) refuse_row(names, fault.first(), problem(fault.first()));
  }

  Network compressed() const {
    return compress(people_, directed_, {parts_, [this](std::int64_t part, EdgeSink& sink) {
                                           each_of(part, [&](Row row) { sink.add(from(row), to(row)); });
                                         }});
  }

  void no_repetition(const Network& network, const RowNames& names) const {
    if (network.edges() == static_cast<std::uint64_t>(rows_)) return;
    std::vector<Row> first(network.targets.size(), -1);  // row of each edge
    for (Row row = 0; row < rows_; ++row) {
      Row& before = first[network.place(from(row), to(row))];
      if (before >= 0)
        refuse_row(names, row,
                   "the edge from " + std::to_string(list_.from[static_cast<std::size_t>(row)]) + " to " +
                       std::to_string(list_.to[static_cast<std::size_t>(row)]) +
                       " comes a second time, after " + names.word + " " +
                       std::to_string(names.first + before) +
                       (directed_ ? "" : "; without direction each edge is given once, from either end"));
      before = row;
      if (!directed_) first[network.place(to(row), from(row))] = row;
    }
  }

  void put_weights(Network& network) const {
    network.weights.resize(network.targets.size());
    each([&](Row row) {
      const auto weight = static_cast<float>(list_.weights[static_cast<std::size_t>(row)]);
      network.weights[network.place(from(row), to(row))] = weight;
      if (!directed_) network.weights[network.place(to(row), from(row))] = weight;
    });
  }

private:
  std::uint32_t from(Row row) const {
    return static_cast<std::uint32_t>(list_.from[static_cast<std::size_t>(row)]);
  }
  std::uint32_t to(Row row) const {
    return static_cast<std::uint32_t>(list_.to[static_cast<std::size_t>(row)]);
  }

  template <class Body>
  void each_of(std::int64_t part, const Body& body) const {
    const auto size = static_cast<std::uint64_t>(rows_);
    const auto last = static_cast<Row>(cut(size, part + 1, parts_));
    for (auto row = static_cast<Row>(cut(size, part, parts_)); row < last; ++row) body(row);
  }
  template <class Body>
  void each(const Body& body) const {
    for_each_task(parts_, [&](std::int64_t part) { each_of(part, body); });
  }

  bool known(std::int64_t end) const { return end >= 0 && end < std::int64_t{people_}; }
  std::string unknown(const char* side, std::int64_t end) const {
    return std::string("'") + side + "' is " + std::to_string(end) + ", and the " + std::to_string(people_) +
           " people are numbered 0 to " + std::to_string(people_ - 1);
  }
  /// What is wrong with a row; empty: nothing.
  std::string problem(Row row) const {
    const auto k = static_cast<std::size_t>(row);
    const std::int64_t a = list_.from[k], b = list_.to[k];
    if (!known(a)) return unknown("from", a);
    if (!known(b)) return unknown("to", b);
    if (a == b) return "the edge leads from " + std::to_string(a) + " to themselves";
    if (list_.weights.empty()) return {};
    const auto weight = static_cast<float>(list_.weights[k]);
    if (weight > 0 && weight <= 0x1.fffffep127f) return {};
    return "'weight' is " + shown(list_.weights[k]) + "; it must be above 0 and finite";
  }

  std::uint32_t people_;
  EdgeList list_;
  bool directed_;
  Row rows_;
  std::int64_t parts_;
};

}  // namespace

Network from_edges(std::uint32_t people, const EdgeList& list, bool directed, const RowNames& names) {
  check_people(people);
  check_edges(static_cast<double>(list.from.size()));
  const auto same = [&](const char* name, std::size_t size) {
    if (size != list.from.size())
      refuse(std::string("the length of '") + name + "'", std::to_string(size),
             "that of 'from' (" + std::to_string(list.from.size()) + ")");
  };
  same("to", list.to.size());
  if (!list.weights.empty()) same("weight", list.weights.size());
  const Checked edges(people, list, directed);
  edges.rows(names);
  Network network = edges.compressed();
  edges.no_repetition(network, names);
  if (!list.weights.empty()) edges.put_weights(network);
  return network;
}

}  // namespace goodwill
