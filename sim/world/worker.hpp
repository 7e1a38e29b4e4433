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
  BlockMemory(int capacity, int n_traits, bool values, bool weights, bool own_pages = false);
  CustomerBlock block;

private:
  Arena arena_;
};

/// Bytes of one customer and of the arrays of one worker, for the estimate of what a simulation needs.
double customer_bytes(int n_traits, bool values, bool weights);
double worker_arrays_bytes(int capacity, int n_traits, bool values, bool weights);

class Worker {
public:
  Worker(int capacity, int n_traits, bool values, bool weights);
  BlockMemory life, base;
  Scratch scratch;

private:
  Arena arena_;
};

/// Hands out workers and takes them back, so that memory follows the number of threads, not of tasks.
class Workers {
public:
  Workers(int capacity, int n_traits, bool values, bool weights)
      : capacity_(capacity), n_traits_(n_traits), values_(values), weights_(weights) {}
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
  int capacity_, n_traits_;
  bool values_, weights_;
  std::mutex mutex_;
  std::vector<std::unique_ptr<Worker>> idle_;
};

/// Copies the lanes `index` of one block to the end of another.
void append_lanes(const CustomerBlock& from, const std::vector<std::int32_t>& index, CustomerBlock& to);

}  // namespace goodwill
