// The model, its segments, stages and responses; and how descriptions are looked up.
#include "sim/model/fields.hpp"

#include <algorithm>

#include "sim/model/field_table.hpp"

namespace goodwill {

using namespace table;

const Field* Block::find(std::string_view key) const {
  for (const Field& f : fields)
    if (f.name == key) return &f;
  return nullptr;
}

std::vector<std::string> Block::names() const {
  std::vector<std::string> out;
  for (const Field& f : fields) out.emplace_back(f.name);
  return out;
}

std::string Form::path_of(const Field& part, const std::string& field) const {
  const bool text = std::holds_alternative<std::string*>(part.at(block->defaults));
  return text || described() ? field + "." + std::string(part.name) : field;
}

Field part_of(const Field& field, const Field& part) {
  Field f = part;
  f.unit = field.unit, f.low = field.low, f.high = field.high;
  return f;
}

Slot number_of(const Short& value) {
  const Form& form = *value.form;
  return form.brief ? form.brief(value.at) : form.block->fields.front().at(value.at);
}

Named<Number>* by_name(const Short& value) {
  const Block* block = value.form->block;
  const bool free = block && block->fields.front().name.empty();
  return free ? std::get<Named<Number>*>(block->fields.front().at(value.at)) : nullptr;
}

bool has_parts(const Short& value) {
  return value.form->described() && (!value.form->either() || is_in_full(value));
}

bool is_in_full(const Short& value) {
  const Form& form = *value.form;
  if (form.in_full) return *form.in_full(value.at);
  return std::any_of(form.block->fields.begin(), form.block->fields.end(), [&](const Field& part) {
    const Slot slot = part.at(value.at);
    if (auto* const* text = std::get_if<std::string*>(&slot)) return !(*text)->empty();
    if (auto* const* names = std::get_if<Named<Number>*>(&slot)) return !(*names)->empty();
    return part.slot != form.brief;
  });
}

namespace {

const Form& agents_form() {
  static const Form form{"",
                         "",
                         nullptr,
                         &slot_at<&Model::agents>,
                         [](void* o) { return &static_cast<Model*>(o)->agents_all; },
                         "all"};
  return form;
}

const Form& tenure_form() {
  static const Field parts[] = {other<&Segment::tenure>("exactly", "").in_whole_periods()};
  static const Block b = block<Segment>("", "", parts);
  static const Form form{"a mean or {exactly: 2 years}", "", &b, &slot_at<&Segment::tenure>,
                         [](void* o) { return &static_cast<Segment*>(o)->tenure_exactly; }};
  return form;
}

const Form& arrivals_form() {
  static const Field parts[] = {other<&Segment::arrivals>("count", ""),
                                other<&Segment::arrivals_stage>("stage", "").naming(Refers::stage)};
  static const Block b = block<Segment>("", "", parts);
  static const Form form{"a number or {count: .., stage: ..}", "arrivals", &b, &slot_at<&Segment::arrivals>};
  return form;
}

const Form& spend_form() {
  static const Field parts[] = {other<&Segment::spend>("cv", "")};
  static const Block b = block<Segment>("", "", parts);
  static const Form form{"{cv: 0.5}", "", &b};
  return form;
}

}  // namespace

const Form& table::spread_form() {
  static const Form form{"a mean or {mean: .., sd: ..}", "a spread", &block_of<Spread>(),
                         &slot_at<&Spread::mean>};
  return form;
}

std::vector<const Block*> all_blocks() {
#define GOODWILL_BLOCK(T) &block_of<T>(),
  return {GOODWILL_BLOCKS(GOODWILL_BLOCK)};
#undef GOODWILL_BLOCK
}

template <>
const Block& block_of<Model>() {
  static const Field fields[] = {
      other<&Model::name>("name", "What the model is called in tables and plots."),
      other<&Model::about>("about", "What the model is about, for people.").of_lines(),
      other<&Model::period>("period", "The time step; numbers without a unit of time are per period."),
      number<&Model::horizon>(
          "horizon", Unit::duration, 1, 100'000,
          "How many periods are simulated; `36` or `3 years` (a whole number of periods).")
          .in_whole_periods()
          .reserved_for(Changed::never),
      other<&Model::currency>("currency", "The currency of all money, for labels only."),
      brief<agents_form>(
          "agents", Unit::count, 1, 1e9,
          "Simulated customers, each standing for count / agents real ones; `all` for one to one. Absent: "
          "20_000, or fewer if "
          "there are fewer customers.")
          .reserved_for(Changed::never),
      other<&Model::assumptions>("assumptions", "Named uncertain numbers, used as `$name`."),
      other<&Model::segments>("segments", "Customers with common parameters, for life."),
      other<&Model::stages>("stages", "Where a relationship can stand; `lost` is built in."),
      other<&Model::channels>("channels", "Named sets of touchpoint defaults."),
      other<&Model::journeys>("journeys", "Walks over touchpoints within a period, in this order."),
      other<&Model::teams>("teams", "Groups of people with a limited capacity."),
      other<&Model::orders>("orders", "Purchases outside journeys."),
      other<&Model::referrals>("referrals", "Customers who bring customers."),
      other<&Model::word_of_mouth>("word_of_mouth", "What customers tell others."),
      other<&Model::market>("market", "Who may become a customer, and what competitors ask."),
      other<&Model::survey>("survey", "The satisfaction survey behind the measured NPS."),
      other<&Model::experience>("experience", "How experiences move satisfaction, expectation and trust."),
      other<&Model::finance>("finance", "Discounting and dating of money."),
      other<&Model::investments>("investments", "Scheduled changes with a cost, an owner and a return."),
      other<&Model::events>("events", "Scheduled changes without an owner: a breach, a price war."),
      other<&Model::scenarios>("scenarios", "Lists of investments and events; `baseline` is the empty one."),
      other<&Model::compare>("compare",
                             "Which scenario each scenario is compared with; default the baseline."),
      other<&Model::goals>("goals", "Indicators to reach, and by when."),
  };
  static const Block b = block<Model>("model", "The whole definition, one file.", fields);
  return b;
}

template <>
const Block& block_of<Segment>() {
  static const Field fields[] = {
      other<&Segment::about>("about", "Who these customers are; a persona's text.").of_lines(),
      number<&Segment::count>("count", Unit::count, 0, 1e10,
                              "People at the start: customers, and those of them who have lapsed by then.")
          .reserved_for(Changed::never),
      brief<tenure_form>("tenure", Unit::duration, 0, 1e6,
                         "Mean tenure of the initial customers, or `{exactly: 2 years}` for all of them; 0 "
                         "is a fresh cohort. "
                         "Absent: the "
                         "baseline's steady state.")
          .reserved_for(Changed::never),
      other<&Segment::stage>("stage", "Stage of the initial customers; default the first of kind customer.")
          .naming(Refers::stage),
      brief<arrivals_form>("arrivals", Unit::rate_per_period, 0, 1e9,
                           "New customers, or `{count, stage}` when they arrive in another stage."),
      number<&Segment::acquisition_cost>("acquisition_cost", Unit::money, 0, kMostMoney,
                                         "Cost of one arrival, due on joining."),
      brief<spend_form>("spend", Unit::plain, 0, 10,
                        "`{cv: 0.5}`, the coefficient of variation of a multiplier that each customer keeps "
                        "for life (mean 1, lognormal) of fee, order value and what touchpoints earn. "
                        "Responses can depend on its logarithm.")
          .reserved_for(Changed::never),
      number<&Segment::expects>("expects", Unit::points, 0, 10,
                                "Expectation of new customers; a mean, or `{mean, sd}`."),
      number<&Segment::satisfaction>("satisfaction", Unit::points, 0, 10,
                                     "Satisfaction of new customers; a mean, or `{mean, sd}`."),
      number<&Segment::trust>("trust", Unit::plain, 0, 1, "Trust of new customers; a mean, or `{mean, sd}`."),
      other<&Segment::values>("values", "What these customers value in a touchpoint, for life.")
          .reserved_for(Changed::never),
      other<&Segment::changes>("changes",
                               "How this segment differs: `path: {set | add | times | odds: value}`."),
  };
  static const Block b = block<Segment>("segment", "Customers with common parameters, for life.", fields);
  return b;
}

template <>
const Block& block_of<Spread>() {
  static const Field fields[] = {
      number<&Spread::mean>("mean", Unit::plain, 0, 10, "Mean; in the unit and bounds of the field."),
      number<&Spread::sd>("sd", Unit::plain, 0, 10, "Standard deviation; normal, clamped to the scale."),
      number<&Spread::good_word>("good_word", Unit::plain, 0, 10,
                                 "Added to the mean for each good message that people of the segment have "
                                 "heard and remember."),
  };
  static const Block b = block<Spread>("spread", "A mean, or a mean and a standard deviation.", fields);
  return b;
}

template <>
const Block& block_of<Values>() {
  static const Field fields[] = {
      number<&Values::ease>("ease", Unit::plain, 0, 1000, "Weight of ease: how little effort it takes."),
      number<&Values::empathy>("empathy", Unit::plain, 0, 1000, "Weight of empathy: how one is treated."),
      number<&Values::competence>("competence", Unit::plain, 0, 1000,
                                  "Weight of competence: how well it is done."),
  };
  static const Block b = block<Values>(
      "values", "How much the scores of a touchpoint's quality weigh; only their proportions count.", fields);
  return b;
}

template <>
const Block& block_of<Stage>() {
  static const Field fields[] = {
      other<&Stage::kind>("kind", "What a customer in this stage is to the firm."),
      number<&Stage::fee>("fee", Unit::money_per_period, 0, kMostMoney,
                          "What a customer in this stage pays."),
      number<&Stage::service_cost>("service_cost", Unit::money_per_period, 0, kMostMoney,
                                   "What serving a customer costs."),
      number<&Stage::margin>("margin", Unit::share, -10, 1, "Contribution per unit of fee."),
      number<&Stage::churn>("churn", Unit::probability_per_period, 0, 1, "Probability of becoming `lost`."),
      number<&Stage::moves>("moves", Unit::probability_per_period, 0, 1,
                            "Probabilities of moving to other stages, `{stage: response}`. Churn is decided "
                            "first, then these in "
                            "their order, each given that none before it came about: of 20 %, 30 %, 30 % of "
                            "those present at the "
                            "start the second is 37.5 % of the rest and the third 60 % (or say `shares: "
                            "true`). The last may be "
                            "`otherwise`; `{lost: otherwise}` loses whom nothing else keeps."),
      other<&Stage::shares>(
          "shares",
          "Whether churn and moves are a row of a transition matrix as it is: plain numbers, shares of "
          "those present at the beginning of the period, at most 100 % together.")
          .reserved_for(Changed::never),
  };
  static const Block b = block<Stage>("stage", "Where the relationship stands.", fields);
  return b;
}

template <>
const Block& block_of<Response>() {
  constexpr auto effect = Unit::plain;
  static const Field fields[] = {
#define GOODWILL_FIELD(name, place, of, value, text)                                                         \
  number<&Response::effects, &Effects::name>(#name, effect, -100, 100, text),
      GOODWILL_EVERY_FEATURE(GOODWILL_FIELD)
#undef GOODWILL_FIELD
          number<&Response::frailty>(
              "frailty", effect, 0, 10,
              "Standard deviation of a lasting difference between customers (normal, on the link scale)."),
  };
  static const Block b =
      block<Response>("response",
                      "A probability (effects are log-odds ratios) or rate (effects are "
                      "log rate ratios) that depends on the customer's "
                      "state: a number; a table by tenure `{0 months: .., 12 months: ..}`; "
                      "or a level and effects. The level is `average`, what is observed "
                      "over the first year and is reproduced; `base`, the level at "
                      "reference features; `by_tenure: {0 months: .., 12 months: ..}`, an "
                      "observed shape that is reproduced row by row; or `beta: [a, b]`, "
                      "which draws the probability itself, and whose first year is "
                      "reproduced.",
                      fields);
  return b;
}

}  // namespace goodwill
