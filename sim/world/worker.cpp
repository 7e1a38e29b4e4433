#include "sim/world/worker.hpp"

#include <cstdlib>
#include <new>

namespace goodwill {
namespace {

constexpr std::size_t line = 64;

std::unique_ptr<std::byte[], void (*)(std::byte*)> allocate(std::size_t bytes) {
  auto* memory = static_cast<std::byte*>(::operator new[](bytes, std::align_val_t(line)));
  return {memory, [](std::byte* p) { ::operator delete[](p, std::align_val_t(line)); }};
}

int padded(int capacity) { return (capacity + 15) / 16 * 16; }

// Arrays of equal size at equal distance would meet in the same cache sets; one line more breaks the step.
std::size_t stride(int capacity, std::size_t element = 4) {
  return static_cast<std::size_t>(capacity) * element + line;
}

}  // namespace

BlockMemory::BlockMemory(int capacity, int n_traits, bool values, bool weights)
    : arena_(allocate(stride(padded(capacity)) *
                      static_cast<std::size_t>(block_arrays + n_traits + (values ? long_arrays : 0)))) {
  block.capacity = padded(capacity);
  block.n_traits = n_traits;
  std::byte* at = arena_.get();
  double wanted = 0;
  std::int32_t wanted_number = 0;
  if (values) {
    block.gain = block.revenue = block.value = &wanted;  // marks the arrays as wanted; replaced just below
    block.customer = &wanted_number;
  }
  if (weights) block.weight = &wanted_number;
  for_each_array(block, [&](auto*& array) {
    array = reinterpret_cast<std::remove_reference_t<decltype(array)>>(at);
    at += stride(block.capacity, sizeof *array);
  });
  block.traits = reinterpret_cast<float*>(at);
}

Worker::Worker(int capacity, int n_traits, bool values, bool weights)
    : life(capacity, n_traits, values, weights), base(capacity, n_traits, values, weights),
      arena_(allocate(stride(padded(capacity) + 16) * scratch_arrays)) {
  scratch.capacity = padded(capacity);
  std::byte* at = arena_.get();
  const auto place = [&](auto*&... arrays) {
    ((arrays = reinterpret_cast<std::remove_reference_t<decltype(arrays)>>(at),
      at += stride(scratch.capacity + 16)),
     ...);
  };
  Scratch& s = scratch;
  for (int k = 0; k < 4; ++k) place(s.start[k], s.monthly[k]);
  place(s.w0, s.w1, s.w2, s.w3, s.id_lo, s.id_hi, s.a, s.b, s.c, s.d, s.mask, s.code, s.target, s.list,
        s.list2, s.walker, s.walker_at, s.next_walker, s.next_at, s.walks, s.place, s.weight, s.p);
}

std::unique_ptr<Worker> Workers::take() {
  {
    const std::lock_guard lock(mutex_);
    if (!idle_.empty()) {
      auto worker = std::move(idle_.back());
      idle_.pop_back();
      return worker;
    }
  }
  return std::make_unique<Worker>(capacity_, n_traits_, values_, weights_);
}

void Workers::give(std::unique_ptr<Worker> worker) {
  const std::lock_guard lock(mutex_);
  idle_.push_back(std::move(worker));
}

void append_lanes(const CustomerBlock& from, const std::vector<std::int32_t>& index, CustomerBlock& to) {
  const std::int32_t at = to.size;
  const auto copy = [&](auto* source, auto* target) {
    for (std::size_t i = 0; i < index.size(); ++i)
      target[static_cast<std::size_t>(at) + i] = source[index[i]];
  };
  CustomerBlock source = from, target = to;
  void* sources[block_arrays];
  int n = 0;
  for_each_array(source, [&](auto* array) { sources[n++] = array; });
  n = 0;
  for_each_array(target, [&](auto* array) { copy(static_cast<decltype(array)>(sources[n++]), array); });
  for (std::int32_t t = 0; t < from.n_traits; ++t)
    copy(from.traits + static_cast<std::size_t>(t) * static_cast<std::size_t>(from.capacity),
         to.traits + static_cast<std::size_t>(t) * static_cast<std::size_t>(to.capacity));
  to.size += static_cast<std::int32_t>(index.size());
}

}  // namespace goodwill
