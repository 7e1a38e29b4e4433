#include "sim/model/problem.hpp"

#include <gtest/gtest.h>

namespace {

using goodwill::in_quotes;
using goodwill::ModelError;
using goodwill::nearest;
using goodwill::Problem;

TEST(ProblemTest, SaysWhatIsKnown) {
  const struct {
    Problem problem;
    const char* text;
  } cases[] = {
      {{"a.yaml", 3, 7, "stages.customer.fee", "is negative"},
       "a.yaml:3:7: stages.customer.fee: is negative"},
      {{"a.yaml", 3, 0, "", "is negative"}, "a.yaml:3: is negative"},
      {{"a.yaml", 0, 0, "", "cannot be read"}, "a.yaml: cannot be read"},
      {{"", 3, 7, "fee", "is negative"}, "line 3:7: fee: is negative"},
      {{"", 0, 0, "fee", "is negative"}, "fee: is negative"},
      {{"", 0, 0, "", "is negative"}, "is negative"},
  };
  for (const auto& [problem, text] : cases) EXPECT_EQ(problem.str(), text);
}

TEST(ProblemTest, ErrorHasAllProblems) {
  const ModelError error({{"a.yaml", 1, 2, "", "first"}, {"a.yaml", 3, 4, "", "second"}});
  EXPECT_STREQ(error.what(), "a.yaml:1:2: first\na.yaml:3:4: second");
  EXPECT_EQ(error.problems().size(), 2u);
  EXPECT_STREQ(ModelError("just this").what(), "just this");
}

TEST(ProblemTest, LongListsAreCutInTheMessageOnly) {
  const ModelError error(std::vector<Problem>(1000, Problem{"", 0, 0, "", "wrong"}));
  EXPECT_TRUE(std::string(error.what()).ends_with("\n... and 950 more"));
  EXPECT_EQ(error.problems().size(), 1000u);
}

TEST(ProblemTest, Quotes) {
  EXPECT_EQ(in_quotes("fee"), "'fee'");
  EXPECT_EQ(in_quotes("a\nb\x01"), "'a\\nb\\x01'");
  EXPECT_EQ(in_quotes(std::string(100, 'x')), "'" + std::string(60, 'x') + "...'");
  EXPECT_EQ(in_quotes(std::string(59, 'x') + "\xC3\xBC!"), "'" + std::string(59, 'x') + "...'");
}

TEST(ProblemTest, Nearest) {
  const std::vector<std::string> names = {"satisfaction", "service_cost", "fee",
                                          "churn",        "moves",        "loss_aversion"};
  const struct {
    const char *found, *nearest;
  } cases[] = {
      {"satisfacton", "satisfaction"},
      {"Satisfaction", "satisfaction"},
      {"service-cost", "service_cost"},
      {"ServiceCost", "service_cost"},
      {"fees", "fee"},
      {"chrun", "churn"},
      {"move", "moves"},
      {"loss aversion", "loss_aversion"},
      {"colour", ""},
      {"x", ""},
      {"", ""},
  };
  for (const auto& [found, expected] : cases) EXPECT_EQ(nearest(found, names), expected) << found;
  EXPECT_EQ(nearest("fee", {}), "");
  EXPECT_EQ(nearest(std::string(100'000, 'x'), {std::string(100'000, 'x')}), "");
}

}  // namespace
