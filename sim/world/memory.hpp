// What a simulation will keep in memory, and how much of the machine it may take.
#pragma once

#include <string>

#include "sim/plan/plan.hpp"
#include "sim/world/simulate.hpp"

namespace goodwill {

/// Half of the machine's memory, or of what the system lets this process have, in bytes.
double memory_limit();

/// Bytes of one world's ledger. In double: sizes multiplied as whole numbers would wrap.
double ledger_bytes(const Layout& layout, bool values);
/// Bytes that a thread works in.
double worker_bytes(const Layout& layout, const SimulationOptions& options);

/// The figures behind the size of a ledger, in words.
std::string sizes_of(const Layout& layout);

/// Throws ModelError if this is more than the limit; `what` says which figures the bytes come from.
void check_memory(double bytes, const std::string& what);

}  // namespace goodwill
