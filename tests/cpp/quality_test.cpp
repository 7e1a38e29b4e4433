// Quality in scores, weighed by what segments value.
#include "sim/change/path.hpp"
#include "sim/file/assign.hpp"
#include "sim/file/write.hpp"
#include "tests/cpp/worlds.hpp"

namespace {

using namespace goodwill;

const std::string firm = R"(horizon: 2
segments:
  even: {count: 100, tenure: 0}
  kind: {count: 100, tenure: 0, values: {ease: 0, empathy: 3, competence: 1}}
stages: {customer: {}}
channels: {phone: {quality: {ease: 8, empathy: 6, competence: 4}}}
journeys:
  help:
    starts: 50 %
    touchpoints:
      call: {channel: phone, next: own}
      own: {channel: phone, quality: 5, next: scored}
      scored: {quality: {ease: 1, empathy: 2, competence: 3}}
)";

float quality(const std::string& what_if, int segment, int touchpoint) {
  const Model model = read_model_text(firm + what_if, "m.yaml");
  const Plan plan(model, unanchored(model),
                  {model.scenarios.empty() ? "baseline" : model.scenarios.names()[0]});
  return plan.compiled(*plan.scenarios[0].course, segment, 0, false, 1)
      .params()
      .journeys[0]
      .touchpoints[touchpoint]
      .quality;
}

TEST(Quality, SegmentsWeighTheScores) {
  EXPECT_FLOAT_EQ(quality("", 0, 0), 6);     // (8 + 6 + 4) / 3
  EXPECT_FLOAT_EQ(quality("", 1, 0), 5.5f);  // (3 x 6 + 4) / 4
  EXPECT_FLOAT_EQ(quality("", 0, 1), 5);     // a number hides the channel's scores
  EXPECT_FLOAT_EQ(quality("", 1, 1), 5);
  EXPECT_FLOAT_EQ(quality("", 1, 2), 2.25f);
}

TEST(Quality, PartsAndTheWholeCanBeChanged) {
  const auto what_if = [](const std::string& change) {
    return "investments: {i: {changes: {" + change + "}}}\nscenarios: {i: [i]}\n";
  };
  EXPECT_FLOAT_EQ(quality(what_if("help.call.quality.empathy: {add: 2}"), 0, 0), 6 + 2.0f / 3);
  EXPECT_FLOAT_EQ(quality(what_if("help.call.quality.empathy: {add: 2}"), 1, 0), 7);
  EXPECT_FLOAT_EQ(quality(what_if("phone.quality.empathy: {add: 2}"), 1, 0), 7);
  EXPECT_FLOAT_EQ(quality(what_if("phone.quality.empathy: {add: 2}"), 1, 1), 5);
  // A change of the whole acts on each score, and so on what every segment makes of them.
  EXPECT_FLOAT_EQ(quality(what_if("help.call.quality: {add: 1}"), 0, 0), 7);
  EXPECT_FLOAT_EQ(quality(what_if("help.call.quality: {add: 1}"), 1, 0), 6.5f);
  EXPECT_FLOAT_EQ(quality(what_if("help.call.quality: {times: 0.5}"), 1, 0), 2.75f);
  EXPECT_FLOAT_EQ(quality(what_if("help.call.quality: {set: 9}"), 1, 0), 9);
  EXPECT_FLOAT_EQ(quality(what_if("help.own.quality: {add: 1}"), 1, 1), 6);
}

std::string refused(const std::string& more) {
  return refusal_of([&] { read_model_text(firm + more, "m.yaml"); });
}

TEST(Quality, MistakesAreNamed) {
  EXPECT_NE(refused("investments: {i: {changes: {help.own.quality.ease: {add: 1}}}}\n")
                .find("'help.own.quality.ease' is not a path of this model"),
            std::string::npos);
  EXPECT_NE(
      refused("investments: {i: {changes: {help.call.quality: {add: 3}}}}\n").find("the change leads to 11"),
      std::string::npos);
  const auto model = [](const std::string& segment, const std::string& point) {
    return refusal_of([&] {
      read_model_text("segments: {all: {count: 10" + segment +
                          "}}\nstages: {customer: {}}\n"
                          "journeys: {help: {starts: 5 %, touchpoints: {call: {" +
                          point + "}}}}\n",
                      "m.yaml");
    });
  };
  EXPECT_NE(model("", "quality: {ease: 8, empathy: 6}")
                .find("help.call.quality: scores are given for all of ease, "
                      "empathy and competence; 'competence' is missing"),
            std::string::npos);
  EXPECT_NE(model("", "quality: {easy: 8}").find("'easy' is not a field of scores; did you mean 'ease'?"),
            std::string::npos);
  EXPECT_NE(model("", "quality: {ease: 11, empathy: 6, competence: 1}")
                .find("help.call.quality.ease: '11' is out of"),
            std::string::npos);
  EXPECT_NE(model(", values: {ease: 0, empathy: 0, competence: 0}", "").find("all.values: all weights are 0"),
            std::string::npos);
  EXPECT_NE(model(", values: {ease: -1}", "").find("all.values.ease: '-1' is out of bounds"),
            std::string::npos);
}

TEST(Quality, IsWrittenAsItIsRead) {
  const Model model = read_model_text(firm, "m.yaml");
  const std::string text = write_model(model);
  EXPECT_NE(text.find("quality: {ease: 8, empathy: 6, competence: 4}"), std::string::npos) << text;
  EXPECT_EQ(write_model(read_model_text(text, "m.yaml")), text);
  const Model plain = assign(model, {{"phone.quality", Node::scalar("7.5")}});
  EXPECT_EQ(get_text(plain, "help.call.quality"), "7.5");
  EXPECT_EQ(get_text(assign(model, {{"phone.quality.ease", Node::scalar("2")}}), "help.call.quality.ease"),
            "2");
  // A number that is the default still hides the scores of the channel.
  const Model hidden = assign(model, {{"help.own.quality", Node::scalar("7.5")}});
  EXPECT_EQ(get_text(read_model_text(write_model(hidden), "m.yaml"), "help.own.quality"), "7.5");
}

}  // namespace
