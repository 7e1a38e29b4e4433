// Memory of one thread: a block to live in, a block of survivors of the past, and the kernel's scratch.
#pragma once

#include <memory>
#include <mutex>
#include <vector>

#include "sim/kernel/kernel.hpp"

namespace goodwill {

struct GiveBack {
  std::size_t mapped = 0;  ///< bytes of pages of its own; 0: ordinary memory
  void operator()(std::byte* memory) const;
};
using Arena = std::unique_ptr<std::byte[], GiveBack>;

/// Arrays of a CustomerBlock in one aligned allocation.
class BlockMemory {
public:
  /// `own_pages`: from the system and back to it. That is slow, and leaves no holes whatever the sizes.
  BlockMemory(int capacity, const CustomerArrays& arrays, bool own_pages = false);
  CustomerBlock block;

private:
  Arena arena_;
};

/// Bytes of one customer and of the arrays of one worker, for the estimate of what a simulation needs.
double customer_bytes(const CustomerArrays& arrays);
double worker_arrays_bytes(int capacity, const CustomerArrays& arrays);

class Worker {
public:
  Worker(int capacity, const CustomerArrays& arrays);
  BlockMemory life, base;
  Scratch scratch;

private:
  Arena arena_;
};

/// Hands out workers and takes them back, so that memory follows the number of threads, not of tasks.
class Workers {
public:
  Workers(int capacity, const CustomerArrays& arrays) : capacity_(capacity), arrays_(arrays) {}
  class Loan {
  public:
    explicit Loan(Workers& home) : home_(home), worker_(home.take()) {}
    ~Loan() { home_.give(std::move(worker_)); }
    Loan(const Loan&) = delete;
    Loan& operator=(const Loan&) = delete;
    Worker* operator->() { return worker_.get(); }
    Worker& operator*() { return *worker_; }

  private:
    Workers& home_;
    std::unique_ptr<Worker> worker_;
  };

private:
  std::unique_ptr<Worker> take();
  void give(std::unique_ptr<Worker> worker);
  int capacity_;
  CustomerArrays arrays_;
  std::mutex mutex_;
  std::vector<std::unique_ptr<Worker>> idle_;
};

/// Copies the lanes `index` of one block to the end of another.
void append_lanes(const CustomerBlock& from, const std::vector<std::int32_t>& index, CustomerBlock& to);

}  // namespace goodwill
