// The same question has the same answer, bit for bit, whatever the threads, the kernel, the blocks, the walk,
// and the rest of the study. Judged by equality of whole ledgers on a model with every feature.
#include <algorithm>
#include <array>
#include <bit>
#include <cstdio>
#include <iostream>

#include <unistd.h>

#include "sim/kernel/dispatch.hpp"
#include "tests/cpp/worlds.hpp"

namespace {

using namespace goodwill;

const std::vector<std::string> scenarios{"baseline", "people", "all", "all_in_breach"};

SimulationOptions standard() {
  SimulationOptions options;
  options.seed = 20240229;
  options.replications = 2;
  options.threads = 1;
  options.values = true;
  return options;
}

const World& reference() {
  static const Model model = read_model_text(rich, "rich.yaml");
  static const World world(model, unanchored(model, 0, 30), scenarios, standard());
  return world;
}

std::vector<Ledger> simulated(const SimulationOptions& options) {
  return simulate(reference().plan, options).ledgers;
}

/// What cannot happen in the model: a walk of 64 steps, failures where nothing fails, waiting where nobody
/// waits, a move that takes the rest, the costs that an investment does not have, and a market (MarketBits).
const char* const quiet[] = {"adopted",
                             "potential",
                             "turned_away",
                             "truncated.bill",
                             "truncated.ask",
                             "failed.ask.shop",
                             "recovered.ask.shop",
                             "truncated.help",
                             "truncated.make_good",
                             "truncated.pause",
                             "truncated.visit",
                             "recovered.bill.bill",
                             "recovered.help.bot",
                             "failed.help.sale",
                             "recovered.help.sale",
                             "failed.make_good.gift",
                             "recovered.make_good.gift",
                             "failed.make_good.thanks",
                             "recovered.make_good.thanks",
                             "failed.pause.mail",
                             "recovered.pause.mail",
                             "failed.visit.arrive",
                             "recovered.visit.arrive",
                             "truncated.returns",
                             "failed.returns.send",
                             "recovered.returns.send",
                             "truncated.rating",
                             "exposure.returns.starts",
                             "expected.returns.starts",
                             "exposure.rating.starts",
                             "expected.rating.starts",
                             "exposure.paused.moves.paused",
                             "expected.paused.moves.paused",
                             "minutes.bill",
                             "minutes.make_good",
                             "minutes.ask",
                             "minutes.pause",
                             "minutes.visit",
                             "minutes.returns",
                             "minutes.rating",
                             "per_customer.gifts",
                             "per_customer.breach",
                             "use.breach",
                             "treated.gifts",
                             "treated.breach"};

TEST(Bits, TheModelIsRich) {
  // A counter that is always 0 proves nothing: every counter of the model is above 0 somewhere.
  const World& w = reference();
  for (const std::string& name : w.counter_names()) {
    double sum = 0;
    for (int k = 0; k < static_cast<int>(scenarios.size()); ++k) sum += w.sum(name, {.scenario = k});
    const bool idle = std::find(std::begin(quiet), std::end(quiet), name) != std::end(quiet);
    EXPECT_EQ(sum == 0, idle) << name;
  }
  for (int k = 1; k < static_cast<int>(scenarios.size()); ++k) EXPECT_FALSE(w.ledger(k) == w.ledger(0)) << k;
  EXPECT_FALSE(w.ledger(0, 0) == w.ledger(0, 1));
}

void expect_same(const SimulationOptions& options, const std::string& what) {
  const auto ledgers = simulated(options);
  for (std::size_t k = 0; k < ledgers.size(); ++k)
    EXPECT_EQ(difference(reference().plan.layout, ledgers[k], reference().result.ledgers[k]), "")
        << what << ", ledger " << k;
}

TEST(Bits, AnyNumberOfThreads) {
  for (const int threads : {2, 3, 0}) {
    SimulationOptions options = standard();
    options.threads = threads;
    expect_same(options, std::to_string(threads) + " threads");
  }
}

TEST(Bits, EveryKernelOfThisProcessor) {
  std::string here;
  for (const Kernel* one : available_kernels()) {
    SimulationOptions options = standard();
    options.kernel = one;
    expect_same(options, one->name);
    here += here.empty() ? one->name : std::string(", ") + one->name;
  }
  for (const char* other : {"x86_64", "x86_64_v3", "x86_64_v4"})
    if (here.find(other) == std::string::npos)
      std::cout << "not tested, this processor lacks it: " << other << '\n';
  std::cout << "kernels compared: " << here << '\n';
}

TEST(Bits, AnyBlockSize) {
  for (const int block : {17, 256, 1000, 4096, 5000}) {
    SimulationOptions options = standard();
    options.block = block;
    expect_same(options, "blocks of " + std::to_string(block));
  }
}

TEST(Bits, SumsOfSmallProbabilitiesInAnyBlockSize) {
  // Constants below 2^-7 are no whole numbers of the ledger's unit.
  const char* text =
      "horizon: 3\nagents: all\nsegments: {all: {count: 3_000}}\nstages: {customer: {churn: 0.0123 %}}\n"
      "orders: {rate: 0.00321, value: 1}\n";
  SimulationOptions options;
  const World one(text, {"baseline"}, options);
  options.block = 17;
  const World other(text, {"baseline"}, options);
  EXPECT_EQ(difference(one.plan.layout, one.ledger(), other.ledger()), "");
}

TEST(Bits, MaskedWaveOrAutomatic) {
  for (const Kernel* one : available_kernels())
    for (const WalkMode walk : {WalkMode::masked, WalkMode::wave, WalkMode::automatic}) {
      SimulationOptions options = standard();
      options.kernel = one;
      options.walk = walk;
      options.block = 1000;
      expect_same(options, one->name + (", walk " + std::to_string(static_cast<int>(walk))));
    }
}

TEST(Bits, AReplicationAlone) {
  for (const int r : {0, 1}) {
    SimulationOptions options = standard();
    options.first_replication = static_cast<std::uint32_t>(r);
    options.replications = 1;
    const auto alone = simulated(options);
    for (std::size_t k = 0; k < scenarios.size(); ++k)
      EXPECT_EQ(alone[k], reference().ledger(static_cast<int>(k), r))
          << scenarios[k] << ", replication " << r;
  }
}

TEST(Bits, AScenarioAlone) {
  for (std::size_t k = 0; k < scenarios.size(); ++k) {
    const World alone(reference().plan.model(), unanchored(reference().plan.model(), 0, 30), {scenarios[k]},
                      standard());
    for (const int r : {0, 1})
      EXPECT_EQ(alone.ledger(0, r), reference().ledger(static_cast<int>(k), r)) << scenarios[k];
  }
}

TEST(Bits, ValuesDoNotDisturb) {
  SimulationOptions options = standard();
  options.values = false;
  const auto plain = simulated(options);
  for (std::size_t k = 0; k < plain.size(); ++k)
    EXPECT_EQ(plain[k].numbers(), reference().result.ledgers[k].numbers());
}

TEST(Bits, AnchoringToo) {
  // Its levels feed every customer's life. A small model: what is anchored here is a response with effects, a
  // rate, a mean tenure and the bias of the survey.
  const Model model = read_model_text(R"(
horizon: 4
segments: {all: {count: 500, tenure: 14 months}}
stages: {customer: {churn: {average: 3 %, satisfaction: -0.5, frailty: 0.5}}}
journeys: {use: {starts: 60 %, touchpoints: {use: {failure: 10 %}}}}
orders: {rate: {average: 0.3, trust: 0.5}, spread: {gamma: 1}, value: 1}
survey: {nps: 5}
)",
                                      "m.yaml");
  const Anchors one = anchor(model, 1).anchors, three = anchor(model, 3).anchors;
  EXPECT_EQ(one.survey_bias, three.survey_bias);
  EXPECT_EQ(one.segments[0].tenure_cdf, three.segments[0].tenure_cdf);
  for (std::size_t k = 0; k < one.segments[0].solved.size(); ++k) {
    const double a = one.segments[0].solved[k], b = three.segments[0].solved[k];
    EXPECT_TRUE(a == b || (std::isnan(a) && std::isnan(b))) << k;
  }
}

std::uint64_t fingerprint() {
  std::uint64_t h = 14695981039346656037u;
  for (const Ledger& ledger : reference().result.ledgers)
    for (const double x : ledger.numbers()) h = (h ^ std::bit_cast<std::uint64_t>(x)) * 1099511628211u;
  return h;
}

TEST(Bits, Fingerprint) {  // what AnOlderCLibrary reads from its child
  std::printf("fingerprint %016llx\n", static_cast<unsigned long long>(fingerprint()));
}

TEST(Bits, AnOlderCLibrary) {
  // The same program once more, with the C library's functions for FMA and AVX2 hidden (where it lets us).
  std::array<char, 64> self{};
  std::snprintf(self.data(), self.size(), "/proc/%d/exe", static_cast<int>(::getpid()));
  const std::string command = "GLIBC_TUNABLES=glibc.cpu.hwcaps=-AVX2,-FMA,-AVX512F " +
                              std::string(self.data()) + " --gtest_filter=Bits.Fingerprint";
  std::FILE* pipe = ::popen(command.c_str(), "r");
  ASSERT_NE(pipe, nullptr);
  std::string said;
  std::array<char, 256> line{};
  while (std::fgets(line.data(), static_cast<int>(line.size()), pipe)) said += line.data();
  EXPECT_EQ(::pclose(pipe), 0) << said;
  std::array<char, 64> wanted{};
  std::snprintf(wanted.data(), wanted.size(), "fingerprint %016llx",
                static_cast<unsigned long long>(fingerprint()));
  EXPECT_NE(said.find(wanted.data()), std::string::npos) << said;
}

}  // namespace
