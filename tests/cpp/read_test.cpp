// Whole models: files, texts and nodes, and files that include each other.
#include "sim/file/read.hpp"

#include <gtest/gtest.h>

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "tests/cpp/firms.hpp"

namespace {

using namespace goodwill;
namespace fs = std::filesystem;

/// A folder of its own for files that include each other.
class Files : public testing::Test {
protected:
  void SetUp() override {
    folder_ = fs::temp_directory_path() / ("goodwill_read_" + std::to_string(::getpid()) + "_" +
                                           testing::UnitTest::GetInstance()->current_test_info()->name());
    fs::create_directories(folder_);
  }
  void TearDown() override { fs::remove_all(folder_); }
  std::string write(const std::string& name, const std::string& text) const {
    fs::create_directories((folder_ / name).parent_path());
    std::ofstream(folder_ / name) << text;
    return (folder_ / name).string();
  }

private:
  fs::path folder_;
};

TEST(Read, SmallestModelHasDefaults) {
  const Model m = read_model_text(R"(
horizon: 5 years
segments: {all: {count: 10_000}}
stages: {customer: {fee: 30, churn: 2 % / month}}
finance: {discount: 10 %}
)",
                                  "m.yaml");
  EXPECT_EQ(m.horizon.value, 60);
  EXPECT_EQ(m.segments.find("all")->count.value, 10'000);
  EXPECT_EQ(m.segments.find("all")->expects.mean.value, 7);
  EXPECT_FALSE(m.segments.find("all")->expects.mean.given);
  EXPECT_EQ(m.stages.find("customer")->fee.value, 30);
  EXPECT_DOUBLE_EQ(m.stages.find("customer")->churn.level, 0.02);
  EXPECT_DOUBLE_EQ(m.finance.discount, 0.1);
  EXPECT_FALSE(m.survey_given);
}

TEST(Read, Telecom) {
  const Model m = read_model_text(kTelecom, "telecom.yaml");
  EXPECT_EQ(m.segments.size(), 2u);
  EXPECT_EQ(m.segments.find("flex")->changes.size(), 4u);
  EXPECT_DOUBLE_EQ(m.segments.find("flex")->changes[2].value, 0.024);
  const Response& notice = *m.stages.find("customer")->moves.find("notice");
  EXPECT_EQ(notice.form, Response::Form::average);
  EXPECT_DOUBLE_EQ(notice.level, 0.008);
  EXPECT_DOUBLE_EQ(notice.effects.trust, -0.8);
  EXPECT_DOUBLE_EQ(notice.frailty, 0.5);
  const Journey& support = *m.journeys.find("support");
  ASSERT_TRUE(support.first);
  EXPECT_EQ(support.first->arrows[1].target, "call");
  EXPECT_DOUBLE_EQ(support.first->arrows[1].share, 0.6);
  EXPECT_EQ(support.touchpoints.find("bot")->next.failed->arrows[0].target, "call");
  EXPECT_FALSE(support.touchpoints.find("call")->failure.given);
  EXPECT_TRUE(m.referrals->rate.rate);
}

TEST(Read, HotelAndDental) {
  const Model hotel = read_model(std::string(GOODWILL_SOURCE_DIR) + "/scenarios/models/hotel.yaml");
  const Touchpoint& gift = *hotel.journeys.find("stay")->touchpoints.find("gift");
  EXPECT_EQ(gift.who->failed_ago->from->value, 12);
  EXPECT_EQ(gift.who->failed_ago->to->value, 24);
  const Model dental = read_model_text(kDental, "dental.yaml");
  EXPECT_EQ(dental.segments.find("patients")->arrivals.value, 45);
  EXPECT_EQ(dental.segments.find("patients")->arrivals_stage, "enquiring");
  EXPECT_EQ(dental.stages.find("enquiring")->kind, Stage::Kind::prospect);
  EXPECT_EQ(dental.teams.find("chairs")->capacity->value, 610);
  EXPECT_EQ(dental.journeys.find("visit")->touchpoints.find("waiting")->wait.value, 25);
}

TEST_F(Files, WhatIfAddsToItsModel) {
  write("telecom.yaml", kTelecom);
  const Model m = read_model(write("telecom_whatif.yaml", kTelecomWhatif));
  EXPECT_EQ(m.name, "Mobile operator");
  EXPECT_EQ(m.files.size(), 2u);
  EXPECT_EQ(m.investments.size(), 3u);
  EXPECT_TRUE(m.events.find("breach")->event);
  EXPECT_FALSE(m.investments.find("coaching")->event);
  const Change& bot = m.investments.find("better_bot")->changes[0];
  EXPECT_EQ(bot.op, Change::Op::times);
  EXPECT_EQ(bot.value.assumption, "bot_solves");
  EXPECT_DOUBLE_EQ(bot.value, 0.55);
  EXPECT_DOUBLE_EQ(*m.assumptions.find("acceptance")->best, 0.35);
  EXPECT_DOUBLE_EQ(m.events.find("breach")->impulse->trust, -0.25);
  EXPECT_EQ(m.events.find("breach")->lasts->value, 6);
  EXPECT_EQ(m.scenarios.find("all")->size(), 3u);
}

TEST_F(Files, IncludingFileOverridesKeyByKey) {
  write("base.yaml", "segments: {a: {count: 5, arrivals: 3}, b: {count: 1}}\n"
                     "stages: {customer: {fee: 30, churn: {average: 2 %, satisfaction: -0.3}}}\n"
                     "finance: {discount: 10 %}\n");
  const Model m =
      read_model(write("sub/over.yaml", "model: ../base.yaml\nsegments: {a: {count: 7}}\n"
                                        "stages: {customer: {churn: 1 %}}\nfinance: {timing: end}\n"));
  EXPECT_EQ(m.segments.find("a")->count.value, 7);
  EXPECT_EQ(m.segments.find("a")->arrivals.value, 3);
  EXPECT_EQ(m.segments.size(), 2u);
  EXPECT_EQ(m.stages.find("customer")->fee.value, 30);
  EXPECT_EQ(m.stages.find("customer")->churn.form, Response::Form::level);
  EXPECT_DOUBLE_EQ(m.finance.discount, 0.1);
  EXPECT_EQ(m.finance.timing, Finance::Timing::end);
}

TEST_F(Files, IncludeMistakes) {
  write("a.yaml", "model: b.yaml\n");
  const std::string b = write("b.yaml", "model: a.yaml\n");
  const auto message = [](const std::string& path) {
    try {
      read_model(path);
    } catch (const ModelError& error) {
      return std::string(error.what());
    }
    return std::string();
  };
  EXPECT_NE(message(b).find("the files include each other in a circle: b.yaml -> a.yaml -> b.yaml"),
            std::string::npos)
      << message(b);
  const std::string lone = write("lone.yaml", "model: nowhere.yaml\n");
  EXPECT_NE(message(lone).find("lone.yaml:1:8: model: there is no file"), std::string::npos) << message(lone);
  EXPECT_NE(message("/nowhere/at/all.yaml"), "");
  write("wrong.yaml", "segments: {all: {cont: 1}}\nstages: {c: {}}\n");
  const std::string over = write("over.yaml", "model: wrong.yaml\nfinance: {discont: 1 %}\n");
  EXPECT_NE(message(over).find("wrong.yaml:1:18: all.cont: 'cont' is not a field"), std::string::npos)
      << message(over);
  EXPECT_NE(message(over).find("over.yaml:2:11: finance.discont: 'discont' is not a field"),
            std::string::npos)
      << message(over);
}

TEST_F(Files, OnlyOrdinaryFilesNearbyAreIncluded) {
  const std::string base = write("base.yaml", "segments: {a: {count: 5}}\nstages: {c: {}}\n");
  const auto problem = [](const std::string& path, Trust trust = Trust::ordinary) {
    try {
      read_model(path, trust);
    } catch (const ModelError& error) {
      EXPECT_EQ(error.problems().size(), 1u) << error.what();  // not what follows from the missing file
      return error.problems().front().text;
    }
    return std::string();
  };
  fs::create_directory_symlink(fs::path(base).parent_path(), fs::path(base).parent_path() / "again");
  fs::create_symlink("base.yaml", fs::path(base).parent_path() / "link.yaml");
  fs::create_directory(fs::path(base).parent_path() / "inner");
  fs::create_symlink("../base.yaml", fs::path(base).parent_path() / "inner" / "out.yaml");
  for (const char* target : {"base.yaml", "link.yaml", "inner/../base.yaml", "again/base.yaml"})
    EXPECT_EQ(problem(write("in.yaml", "model: " + std::string(target) + "\n")), "") << target;
  EXPECT_EQ(problem(write("inner/in.yaml", "model: ../base.yaml\n")), "");
  EXPECT_EQ(problem(write("inner/in.yaml", "model: ../inner/out.yaml\n")), "");

  const std::string absolute = write("in.yaml", "model: " + base + "\n");
  EXPECT_EQ(
      problem(absolute),
      "'model' names a file by an absolute path; if you trust this file, read(.., trust=True) or --trust");
  EXPECT_EQ(problem(absolute, Trust::all), "");
  const std::string link = write("inner/in.yaml", "model: out.yaml\n");
  EXPECT_NE(problem(link).find("'out.yaml' is a link that leads out of its folder; if you trust"),
            std::string::npos);
  EXPECT_EQ(problem(link, Trust::all), "");
  ASSERT_EQ(mkfifo((fs::path(base).parent_path() / "pipe").c_str(), 0600), 0);
  EXPECT_NE(problem(write("in.yaml", "model: pipe\n")).find("'pipe' is no ordinary file"), std::string::npos);
  EXPECT_NE(problem(write("in.yaml", "model: base.yaml.bak\nfinanse: 3\n")).find("there is no file"),
            std::string::npos);
  EXPECT_NE(problem(write("in.yaml", "model: inner\n")).find("there is no file"), std::string::npos);
  write("words.txt", "just some words\nin lines\n");
  EXPECT_EQ(problem(write("in.yaml", "model: words.txt\n")), "'words.txt' is no model file");
  write("accounts", "root:x:0:\ndaemon:secret:1:\n");  // mappings, by the colon at their end
  EXPECT_EQ(problem(write("in.yaml", "model: accounts\n")), "'accounts' is no model file");
  write("broken.yaml", "segments: {a: [\n");
  EXPECT_EQ(problem(write("in.yaml", "model: broken.yaml\n")), "'[' is never closed");
}

TEST_F(Files, TextsIncludeWhatIsInTheirFolder) {
  const std::string base = write("base.yaml", "segments: {a: {count: 5}}\nstages: {c: {}}\n");
  const std::string folder = fs::path(base).parent_path().string(), text = "model: base.yaml\n";
  EXPECT_EQ(read_model_text(text, "m.yaml", folder).segments.size(), 1u);
  for (const std::string& name : {std::string("m.yaml"), base}) try {
      read_model_text(text, name);
      FAIL() << name;
    } catch (const ModelError& error) {
      EXPECT_NE(std::string(error.what()).find("a text includes no file"), std::string::npos) << error.what();
    }
}

TEST(Read, IsStoppedFromOutside) {
  const std::atomic<bool> cancel{true};
  EXPECT_THROW(
      read_model_text("segments: {a: {}}\nstages: {c: {}}\n", "m.yaml", "", Trust::ordinary, &cancel),
      Interrupted);
}

TEST(Read, TellsEverythingAtOnce) {
  const std::string found =
      problems_of("segments: {all: {cont: 1}}\nstages: {customer: {fee: x}}\nfinance: {discount: 10}\n");
  EXPECT_EQ(std::count(found.begin(), found.end(), '\n'), 3) << found;
  EXPECT_LT(found.find("m.yaml:1:18"), found.find("m.yaml:2:26"));
  EXPECT_LT(found.find("m.yaml:2:26"), found.find("m.yaml:3:21"));
}

TEST(Read, NodesHaveNoPositions) {
  Node node;
  node.kind = Node::Kind::mapping;
  node.members.emplace_back(Node::scalar("segmnts"), Node::scalar("x"));
  try {
    read_model_node(node, "model");
    FAIL();
  } catch (const ModelError& error) {
    EXPECT_EQ(error.problems().size(), 3u);
    EXPECT_TRUE(std::string(error.what())
                    .find("segmnts: 'segmnts' is not a field of a model; did you mean 'segments'?") !=
                std::string::npos)
        << error.what();
  }
}

}  // namespace
