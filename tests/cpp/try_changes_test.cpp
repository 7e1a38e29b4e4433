// Changes are tried only where a segment may make a difference; trying every pair must give the same answer.
#include <gtest/gtest.h>

#include <ctime>
#include <random>
#include <set>

#include "sim/change/change.hpp"
#include "sim/file/read.hpp"

namespace {

using namespace goodwill;

constexpr const char* kFirm = R"(
stages:
  customer: {fee: 30, churn: 2 %, shares: true, moves: {gold: 30 %, silver: 20 %}}
  gold: {churn: {average: 4 %, satisfaction: -0.2}, moves: {silver: 10 %}}
  silver: {churn: {0 months: 20 %, 6 months: 5 %}}
channels: {phone: {quality: 8, failure: 40 %}}
journeys:
  support:
    starts: 10 %
    first: {call: 50 %, chat: 20 %, mail: 10 %}
    touchpoints: {call: {channel: phone}, chat: {quality: 9}, mail: {channel: phone, failure: 60 %}}
)";

using Op = Change::Op;
struct Some {
  std::string path;
  Op op;
  double value;
};

/// Paths, and changes of them that may or may not leave the bounds.
const std::vector<Some> kChanges = {
    {"phone.quality", Op::add, 1},
    {"phone.quality", Op::add, 1.8},
    {"phone.quality", Op::set, 9.5},
    {"support.call.quality", Op::add, 0.7},
    {"support.call.quality", Op::times, 1.2},
    {"support.call.quality", Op::set, 3},
    {"support.call.quality", Op::add, -1},
    {"support.mail.failure", Op::add, 0.3},
    {"support.mail.failure", Op::odds, 9},
    {"phone.failure", Op::add, 0.3},
    {"phone.failure", Op::times, 1.8},
    {"support.call.failure", Op::add, 0.4},
    {"support.call.failure", Op::times, 1.9},
    {"support.first.call", Op::add, 0.3},
    {"support.first.call", Op::set, 0.7},
    {"support.first.chat", Op::add, 0.3},
    {"support.first.chat", Op::times, 3},
    {"customer.churn", Op::add, 0.3},
    {"customer.churn", Op::times, 20},
    {"customer.moves.gold", Op::add, 0.25},
    {"customer.moves.gold", Op::times, 1.8},
    {"gold.churn", Op::add, 0.6},
    {"gold.churn", Op::times, 15},
    {"silver.churn", Op::add, 0.5},
    {"silver.churn", Op::times, 3},
    {"customer.fee", Op::add, -20},
    {"customer.fee", Op::add, -25},
    {"customer.fee", Op::times, 2},
    {"customer.fee", Op::set, 12},
};

std::vector<Some> some(std::mt19937& random) {
  std::vector<Some> out;
  std::set<std::string> used;
  for (int k = std::uniform_int_distribution<int>(0, 2)(random); k > 0; --k) {
    const Some& one = kChanges[std::uniform_int_distribution<std::size_t>(0, kChanges.size() - 1)(random)];
    if (used.insert(one.path).second) out.push_back(one);
  }
  return out;
}

/// One line of a file; with `harmless` changes that change nothing.
std::string line(const std::string& name, const std::vector<Some>& changes, bool harmless) {
  static constexpr const char* ops[] = {"set", "add", "times", "odds"};
  std::string out = "  " + name + ": {changes: {";
  for (const Some& c : changes)
    out +=
        (&c == changes.data() ? "" : ", ") + c.path + ": {" +
        (harmless ? "times: 1"
                  : ops[static_cast<int>(c.op)] + std::string(": ") + format_scalar(c.value, Unit::plain)) +
        "}";
  return out + "}}\n";
}

struct Lists {
  std::vector<std::vector<Some>> segments, investments;

  std::string text(bool harmless) const {
    std::string out = "segments:\n";
    for (std::size_t k = 0; k < segments.size(); ++k)
      out += line("s" + std::to_string(k), segments[k], harmless);
    out += kFirm + std::string("investments:\n");
    for (std::size_t k = 0; k < investments.size(); ++k)
      out += line("i" + std::to_string(k), investments[k], harmless);
    return out;
  }

  /// The model as it would be read without being tried.
  Model untried() const {
    Model model = read_model_text(text(true), "m.yaml");
    const auto put = [](std::vector<Change>& to, const std::vector<Some>& from) {
      for (std::size_t k = 0; k < to.size(); ++k) to[k].op = from[k].op, to[k].value.value = from[k].value;
    };
    for (std::size_t k = 0; k < segments.size(); ++k)
      put(model.segments.items[k].second.changes, segments[k]);
    for (std::size_t k = 0; k < investments.size(); ++k)
      put(model.investments.items[k].second.changes, investments[k]);
    return model;
  }
};

/// Lines whose trial, on a copy of the model for each pair, leaves a bound.
std::set<int> refused_plainly(const Model& model) {
  const ChangeSet set(model);
  std::set<int> refused;
  const auto attempt = [&](const Segment& s, const std::vector<Change>& own) {
    std::vector<TimedChange> timed;
    for (const Change& c : s.changes) timed.push_back({&c, 1, -1});
    for (const Change& c : own) timed.push_back({&c, 1, 0});
    Model copy = model;
    std::vector<Problem> problems;
    set.apply(copy, timed, problems);
    for (const Problem& p : problems) refused.insert(p.line);
  };
  for (const auto& [name, s] : model.segments) {
    attempt(s, {});
    for (const auto& [intervention, i] : model.investments) attempt(s, i.changes);
  }
  return refused;
}

TEST(TryChanges, AgreesWithATrialOfEveryPair) {
  std::mt19937 random(7);
  int wrong = 0, right = 0;
  for (int round = 0; round < 250; ++round) {
    Lists lists;
    lists.segments.resize(std::uniform_int_distribution<std::size_t>(1, 6)(random));
    lists.investments.resize(3);
    for (auto* group : {&lists.segments, &lists.investments})
      for (auto& changes : *group) changes = some(random);
    std::set<int> lines;
    try {
      read_model_text(lists.text(false), "m.yaml");
      ++right;
    } catch (const ModelError& error) {
      for (const Problem& p : error.problems()) lines.insert(p.line);
      ++wrong;
    }
    EXPECT_EQ(lines, refused_plainly(lists.untried())) << lists.text(false);
  }
  EXPECT_GT(wrong, 50);
  EXPECT_GT(right, 25);
}

double cpu_seconds(const std::string& text) {
  const std::clock_t start = std::clock();
  read_model_text(text, "m.yaml");
  return static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
}

TEST(TryChanges, ReadingGrowsWithTheFile) {
  // 500 segments and 500 investments were 250,000 copies of the model.
  const auto text = [](int n) {
    std::string out = "segments:\n";
    for (int k = 0; k < n; ++k)
      out +=
          "  s" + std::to_string(k) + ": {changes: {customer.fee: {set: " + std::to_string(k % 50) + "}}}\n";
    out += kFirm + std::string("investments:\n");
    for (int k = 0; k < n; ++k)
      out += "  i" + std::to_string(k) + ": {changes: {customer.fee: {times: 1.1}}}\n";
    return out;
  };
  const double small = cpu_seconds(text(250)), large = cpu_seconds(text(2000));
  EXPECT_LT(large, 24 * small);  // 8 times the file: n log n is 11, a square is 64
}

}  // namespace
