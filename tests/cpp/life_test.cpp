// The life of a block: stepping many blocks together is the same as living one after the other.
#include "sim/world/life.hpp"

#include "sim/kernel/dispatch.hpp"
#include "sim/world/worker.hpp"
#include "tests/cpp/worlds.hpp"

namespace {

using namespace goodwill;

const char* const text = R"(
horizon: 8
segments: {all: {count: 0, arrivals: 50}}
stages: {customer: {fee: 10, churn: {base: 10 %, satisfaction: -0.3}}}
journeys: {use: {starts: 70 %, touchpoints: {use: {quality: 7, failure: 20 %, cost: 4}}}}
referrals: {rate: 20 %, conversion: 50 %}
investments: {club: {start: 3, cost: {per_customer: 2}, changes: {use.use.failure: {set: 5 %}}}}
scenarios: {club: [club]}
)";

struct Lives {
  Lives() : model(read_model_text(text, "m.yaml")), plan(model, unanchored(model), {"club"}, {.run_off = 4}) {
    options.values = true;
  }
  std::vector<Joiner> joiners(int block) const {
    std::vector<Joiner> all;
    for (int t = 1 + block; t <= plan.horizon(); t += 2)
      for (int i = 0; i < 40; ++i) all.push_back({acquired_id(0, t, 40 * block + i), t, 0});
    return all;
  }
  static constexpr Group group{0, 0, 0, 0, Origin::acquired};
  static constexpr int blocks = 3, room = 512;
  Model model;
  Plan plan;
  SimulationOptions options;
  Courses courses{plan.scenarios[0].course};
  ReferralCount referrals{plan, 1};
  Setup setup{plan, options, kernel(), courses, referrals};
};

bool same(const Lived& a, const Lived& b) {
  return a.rows.counts == b.rows.counts && a.rows.money == b.rows.money &&
         a.run_off.present == b.run_off.present && a.run_off.contribution == b.run_off.contribution &&
         a.run_off.left == b.run_off.left && a.cohorts == b.cohorts && a.values == b.values;
}

TEST(Life, StepsOfManyBlocksMayBeTakenTogether) {
  Lives l;
  std::vector<Lived> alone(Lives::blocks, Lived(l.setup, Origin::acquired)), together = alone;
  std::vector<std::size_t> brought;
  Worker worker(Lives::room, {l.plan.max_traits(), true});
  for (int k = 0; k < Lives::blocks; ++k) {
    worker.life.block.size = 0;
    Life life(l.setup);
    life.begin(Lives::group, worker.life.block, l.joiners(k), alone[static_cast<std::size_t>(k)]);
    EXPECT_EQ(life.first_period(), 1 + k);
    for (int t = life.first_period(); t <= l.plan.last_period(); ++t)
      life.step(l.plan.environment(t), worker.scratch);
    life.finish();
    brought.push_back(life.take_referred().size());
  }

  std::vector<std::unique_ptr<BlockMemory>> memory;
  std::vector<std::unique_ptr<Life>> lives;
  std::vector<std::size_t> referred(Lives::blocks);
  for (int k = 0; k < Lives::blocks; ++k) {
    memory.push_back(std::make_unique<BlockMemory>(Lives::room, CustomerArrays{l.plan.max_traits(), true}));
    lives.push_back(std::make_unique<Life>(l.setup));
    lives.back()->begin(Lives::group, memory.back()->block, l.joiners(k),
                        together[static_cast<std::size_t>(k)]);
  }
  for (int t = 1; t <= l.plan.last_period(); ++t)
    for (std::size_t k = 0; k < lives.size(); ++k) {
      lives[k]->step(l.plan.environment(t), worker.scratch);
      for (const Joiner& j : lives[k]->take_referred()) {
        EXPECT_EQ(j.period, t + 1);  // they can join in the next step
        ++referred[k];
      }
    }
  for (std::size_t k = 0; k < lives.size(); ++k) {
    lives[k]->finish();
    EXPECT_TRUE(same(together[k], alone[k])) << k;
    EXPECT_EQ(referred[k], brought[k]);
    EXPECT_GT(referred[k], 0u);
  }
}

TEST(Life, BlocksMayBookInOnePlace) {
  Lives l;
  Worker worker(Lives::room, {l.plan.max_traits(), true});
  const auto lived_by = [&](std::initializer_list<int> blocks) {
    auto lived = std::make_unique<Lived>(l.setup, Origin::acquired);
    for (const int k : blocks) {
      worker.life.block.size = 0;
      Life life(l.setup);
      life.begin({0, 0, 0, static_cast<std::uint32_t>(k % 2), Origin::acquired}, worker.life.block,
                 l.joiners(k), *lived);
      for (int t = life.first_period(); t <= l.plan.last_period(); ++t)
        life.step(l.plan.environment(t), worker.scratch);
      life.finish();
    }
    return lived;
  };
  const auto both = lived_by({0, 1}), first = lived_by({0}), second = lived_by({1});
  Ledger apart(l.plan.layout, false), one(l.plan.layout, false);
  for (const Lived* part : {first.get(), second.get()}) {
    apart.add(0, Origin::acquired, part->rows);
    apart.add(0, Origin::acquired, part->run_off);
  }
  one.add(0, Origin::acquired, both->rows);
  one.add(0, Origin::acquired, both->run_off);
  EXPECT_TRUE(one == apart);
}

TEST(Life, IsOverWhenNobodyIsLeftAndNobodyWillJoin) {
  Lives l;
  Worker worker(Lives::room, {l.plan.max_traits(), true});
  Life life(l.setup);
  worker.life.block.size = 0;
  Lived lived(l.setup, Origin::acquired);
  life.begin(Lives::group, worker.life.block, {{acquired_id(0, 3, 0), 3, 0}}, lived);
  EXPECT_EQ(life.first_period(), 3);
  EXPECT_FALSE(life.over());
  for (int t = 3; t <= l.plan.last_period() && !life.over(); ++t)
    life.step(l.plan.environment(t), worker.scratch);
  life.finish();
  EXPECT_EQ(lived.rows.counts[2 * static_cast<std::size_t>(l.plan.layout.counters) + count_joined], 1);
}

}  // namespace
