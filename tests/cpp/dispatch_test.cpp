// Which kernel serves.
#include "sim/kernel/dispatch.hpp"

#include <cstdlib>

#include "tests/cpp/worlds.hpp"

namespace {

using namespace goodwill;

/// The variable GOODWILL_ISA for the time of a test.
class Wanted {
public:
  explicit Wanted(const char* name) {
    if (const char* old = std::getenv("GOODWILL_ISA")) before_ = old;
    ::setenv("GOODWILL_ISA", name, 1);
  }
  ~Wanted() {
    if (before_.empty())
      ::unsetenv("GOODWILL_ISA");
    else
      ::setenv("GOODWILL_ISA", before_.c_str(), 1);
  }
  Wanted(const Wanted&) = delete;
  Wanted& operator=(const Wanted&) = delete;

private:
  std::string before_;
};

TEST(Dispatch, TheBaselineIsAlwaysThere) {
  ASSERT_FALSE(available_kernels().empty());
  EXPECT_STREQ(available_kernels().front()->name, "x86_64");
  EXPECT_EQ(&find_kernel("x86-64"), available_kernels().front());
  EXPECT_EQ(&find_kernel("x86_64"), available_kernels().front());
}

TEST(Dispatch, TheVariableNamesOne) {
  for (const Kernel* one : available_kernels()) {
    const Wanted wanted(one->name);
    EXPECT_EQ(&kernel(), one);
  }
  const Wanted nothing("");
  EXPECT_EQ(&kernel(), available_kernels().back());
}

TEST(Dispatch, AnUnknownOneIsRefusedByName) {
  const Wanted wanted("sse9");
  const std::string said = refusal_of([] { kernel(); });
  EXPECT_EQ(said.find("instruction set 'sse9' is not available here (available: x86_64"), 0u) << said;
  // And so is a simulation, before anything has happened.
  const Model model =
      read_model_text("segments: {all: {count: 10}}\nstages: {customer: {churn: 2 %}}\n", "m.yaml");
  const Plan plan(model, unanchored(model), {"baseline"});
  EXPECT_THROW(simulate(plan, {}), std::invalid_argument);
}

}  // namespace
