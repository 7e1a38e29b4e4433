#include "sim/world/worker.hpp"

#include <new>

#include <sys/mman.h>

namespace goodwill {
namespace {

constexpr std::size_t line = 64;

Arena allocate(std::size_t bytes, bool own_pages = false) {
#if defined(__SANITIZE_ADDRESS__)
  own_pages = false;  // sanitizers watch the ends of ordinary memory only
#endif
  if (!own_pages) {
    auto* memory = static_cast<std::byte*>(::operator new[](bytes, std::align_val_t(line)));
    return Arena(memory, GiveBack{});
  }
  void* memory = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) throw std::bad_alloc();
  return Arena(static_cast<std::byte*>(memory), GiveBack{bytes});
}

int padded(int capacity) { return (capacity + 15) / 16 * 16; }

// Arrays of equal size at equal distance would meet in the same cache sets; one line more breaks the step.
std::size_t stride(int capacity, std::size_t element = 4) {
  return static_cast<std::size_t>(capacity) * element + line;
}

std::size_t block_bytes(int capacity, const CustomerArrays& arrays) {
  std::size_t sum = stride(padded(capacity)) * static_cast<std::size_t>(arrays.traits);
#define GOODWILL_ADD(type, name, wanted, first, text)                                                        \
  if (arrays.holds(Wanted::wanted)) sum += stride(padded(capacity), sizeof(type));
  GOODWILL_CUSTOMER_STATE(GOODWILL_ADD)
#undef GOODWILL_ADD
  return sum;
}

std::size_t scratch_bytes(int capacity) {
  Scratch none;
  std::size_t sum = 0;
  for_each_array(none, [&](auto*& array) { sum += stride(padded(capacity) + 16, sizeof *array); });
  return sum;
}

}  // namespace

double customer_bytes(const CustomerArrays& arrays) {
  constexpr int many = 1 << 16;
  return static_cast<double>(block_bytes(many, arrays)) / many;
}

double worker_arrays_bytes(int capacity, const CustomerArrays& arrays) {
  return 2.0 * static_cast<double>(block_bytes(capacity, arrays)) +
         static_cast<double>(scratch_bytes(capacity));
}

void GiveBack::operator()(std::byte* memory) const {
  if (mapped > 0)
    munmap(memory, mapped);
  else
    ::operator delete[](memory, std::align_val_t(line));
}

BlockMemory::BlockMemory(int capacity, const CustomerArrays& arrays, bool own_pages)
    : arena_(allocate(block_bytes(capacity, arrays), own_pages)) {
  block.capacity = padded(capacity);
  block.n_traits = arrays.traits;
  std::byte* at = arena_.get();
  const auto place = [&](auto*& array) {
    array = reinterpret_cast<std::remove_reference_t<decltype(array)>>(at);
    at += stride(block.capacity, sizeof *array);
  };
#define GOODWILL_PLACE(type, name, wanted, first, text)                                                      \
  if (arrays.holds(Wanted::wanted)) place(block.name);
  GOODWILL_CUSTOMER_STATE(GOODWILL_PLACE)
#undef GOODWILL_PLACE
  block.traits = reinterpret_cast<float*>(at);
}

Worker::Worker(int capacity, const CustomerArrays& arrays)
    : life(capacity, arrays), base(capacity, arrays), arena_(allocate(scratch_bytes(capacity))) {
  scratch.capacity = padded(capacity);
  std::byte* at = arena_.get();
  for_each_array(scratch, [&](auto*& array) {
    array = reinterpret_cast<std::remove_reference_t<decltype(array)>>(at);
    at += stride(scratch.capacity + 16, sizeof *array);
  });
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
  return std::make_unique<Worker>(capacity_, arrays_);
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
  for_each_pair(from, to, copy);
  for (std::int32_t t = 0; t < from.n_traits; ++t)
    copy(from.traits + static_cast<std::size_t>(t) * static_cast<std::size_t>(from.capacity),
         to.traits + static_cast<std::size_t>(t) * static_cast<std::size_t>(to.capacity));
  to.size += static_cast<std::int32_t>(index.size());
}

}  // namespace goodwill
