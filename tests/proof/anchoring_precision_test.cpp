// Anchoring's own luck is in no interval, so it must be small: below three tenths of a per cent of each
// figure asked, two tenths of a point for the NPS. Judged by large samples under other seeds.
#include <cmath>
#include <fstream>
#include <sstream>

#include "tests/cpp/worlds.hpp"

namespace goodwill {
namespace {

void expect_reproduced(const std::string& text, int replications) {
  const Model model = read_model_text(text, "m.yaml");
  const Anchoring found = anchor(model);
  const World w(model, found.anchors, {"baseline"}, {.seed = 11, .replications = replications});
  const int year = std::min(w.plan.horizon(), static_cast<int>(std::lround(model.periods_per_year())));
  for (const auto& figure : found.figures) {
    if (figure.path.ends_with(".tenure")) continue;
    const int segment = model.segments.index(figure.segment);
    std::vector<double> got;
    for (int r = 0; r < replications; ++r) {
      const Cells cells{.replication = r, .segment = segment, .to = year};
      if (figure.path == "survey.nps")
        got.push_back(100 * (w.sum("measured_promoters", cells) - w.sum("measured_detractors", cells)) /
                      w.sum("responses", cells));
      else
        got.push_back(w.level(figure.path, cells));
    }
    double mean = 0, square = 0;
    for (const double x : got) mean += x / replications;
    for (const double x : got) square += (x - mean) * (x - mean) / (replications - 1);
    // What is allowed, and 4 standard errors of this judge.
    const double luck = 4 * std::sqrt(square / replications);
    const double allowed = figure.path == "survey.nps" ? 0.2 : 0.003 * figure.asked;
    EXPECT_NEAR(mean, figure.asked, allowed + luck) << figure.segment << " " << figure.path;
    EXPECT_LT(luck, figure.path == "survey.nps" ? 0.4 : 0.01 * figure.asked)
        << figure.segment << " " << figure.path;
  }
}

TEST(AnchoringPrecision, AFirmOfFewFigures) {
  expect_reproduced(R"(
horizon: 3 years
agents: all
segments: {homes: {count: 40_000, tenure: 4 years, arrivals: 800 / month}}
stages: {customer: {fee: 30, margin: 60 %, churn: {average: 2 % / month, satisfaction: -0.4, failures: 0.5}}}
journeys: {support: {starts: 15 % / month, touchpoints: {call: {failure: 20 %, recovery: 30 %, cost: 6}}}}
survey: {nps: 12}
)",
                    20);
}

TEST(AnchoringPrecision, ShippedModels) {
  for (const char* name : {"telecom", "hotel", "dental"}) {
    std::ifstream in(GOODWILL_SOURCE_DIR "/scenarios/models/" + std::string(name) + ".yaml");
    std::stringstream text;
    text << in.rdbuf();
    expect_reproduced(text.str(), full() ? 400 : 100);
  }
}

}  // namespace
}  // namespace goodwill
