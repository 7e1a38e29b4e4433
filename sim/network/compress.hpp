// From edges in any order to compressed rows.
#pragma once

#include <array>
#include <functional>

#include "sim/network/network.hpp"

namespace goodwill {

/// Hands on edges in batches. Drops those from somebody to themselves.
class EdgeSink {
public:
  using Take = std::function<void(std::span<const Edge>)>;

  explicit EdgeSink(Take take) : take_(std::move(take)) {}
  void add(std::uint32_t from, std::uint32_t to) {
    edges_[size_] = {from, to};
    size_ += from != to;
    if (size_ == edges_.size()) flush();
  }
  void flush() {
    take_({edges_.data(), size_});
    size_ = 0;
  }

private:
  Take take_;
  std::size_t size_ = 0;
  std::array<Edge, 1024> edges_;
};

/// All edges in chunks. `produce(chunk, sink)` is called twice for each, from any thread, and must give the
/// same edges again: so nobody need keep them.
struct EdgeChunks {
  std::int64_t count;
  std::function<void(std::int64_t, EdgeSink&)> produce;
};

/// An edge that comes twice is held once. The order of the edges does not matter. While it works it needs 12
/// bytes for each edge of an undirected network, of which 8 remain.
Network compress(std::uint32_t people, bool directed, const EdgeChunks& chunks);

/// Cuts [0, size) into `count` parts: where a part begins.
constexpr std::uint64_t cut(std::uint64_t size, std::int64_t part, std::int64_t count) {
  const auto n = static_cast<std::uint64_t>(count), k = static_cast<std::uint64_t>(part);
  return size / n * k + size % n * k / n;
}
/// As many parts as keep the threads busy.
constexpr std::int64_t parts(std::uint64_t size) {
  return static_cast<std::int64_t>(size / 4096 < 256 ? size / 4096 + 1 : 256);
}

}  // namespace goodwill
