// The descriptions themselves: complete, consistent with the structs' defaults, and readable.
#include "sim/model/fields.hpp"

#include <gtest/gtest.h>

#include <set>

#include "sim/model/accept.hpp"

namespace {

using namespace goodwill;

TEST(Fields, EachIsDescribedOnceInOneLine) {
  for (const Block* block : all_blocks()) {
    std::set<std::string_view> names;
    EXPECT_FALSE(block->text.empty()) << block->name;
    for (const Field& f : block->fields) {
      EXPECT_TRUE(names.insert(f.name).second) << block->name << "." << f.name;
      EXPECT_FALSE(f.text.empty()) << block->name << "." << f.name;
      EXPECT_EQ(f.text.back(), '.') << block->name << "." << f.name;
      EXPECT_EQ(f.text.find('\n'), std::string_view::npos) << block->name << "." << f.name;
      EXPECT_LE(f.low, f.high) << block->name << "." << f.name;
      EXPECT_EQ(block->find(f.name), &f);
    }
  }
  EXPECT_EQ(block_of<Stage>().find("fees"), nullptr);
}

TEST(Fields, DefaultsLieWithinTheirBounds) {
  for (const Block* block : all_blocks())
    for (const Field& f : block->fields) {
      const Accept accept{f.unit, f.low, f.high};
      Slot slot = f.at(block->defaults);
      if (const auto* brief = std::get_if<Short>(&slot)) slot = number_of(*brief);
      if (const auto* const* n = std::get_if<Number*>(&slot)) {
        EXPECT_TRUE(within((*n)->value, accept)) << block->name << "." << f.name;
      }
      if (const auto* const* r = std::get_if<Response*>(&slot)) {
        EXPECT_TRUE(within((*r)->level, accept)) << block->name << "." << f.name;
      }
    }
}

TEST(Fields, LeadToTheirMembers) {
  Touchpoint t;
  *std::get<Number*>(block_of<Touchpoint>().find("recovery_cost")->at(static_cast<void*>(&t))) = 12.0;
  EXPECT_EQ(t.recovery_cost.value, 12);
  Response r;
  *std::get<Number*>(block_of<Response>().find("good_word")->at(static_cast<void*>(&r))) = 0.5;
  EXPECT_EQ(r.effects.good_word.value, 0.5);
  Model m;
  const auto segments = std::get<Collection>(block_of<Model>().find("segments")->at(static_cast<void*>(&m)));
  static_cast<Segment*>(segments.add(segments.at, "all"))->count = 5;
  EXPECT_EQ(m.segments.find("all")->count.value, 5);
  EXPECT_EQ(segments.name(segments.at, 0), "all");
  const auto kind = std::get<Choice>(block_of<Stage>().find("kind")->at(block_of<Stage>().defaults));
  EXPECT_EQ(kind.names[static_cast<std::size_t>(kind.get(kind.at))], "customer");
}

TEST(Fields, EvidenceHasItsSource) {
  for (const char* name :
       {"learning", "adaptation", "contrast", "loss_aversion", "forgiveness", "recovered_gain", "paradox"})
    EXPECT_FALSE(block_of<Experience>().find(name)->source.empty()) << name;
  EXPECT_EQ(block_of<Touchpoint>().find("wait")->source, "Riess 2025");
}

}  // namespace
