// Orders, referrals, survey, finance, investments and assumptions; teams.
#include "sim/model/field_table.hpp"

namespace goodwill {

using namespace table;

namespace {

const Form& gamma_form() {
  static const Field parts[] = {other<&Orders::spread>("gamma", "")};
  static const Block b = block<Orders>("", "", parts);
  static const Form form{"{gamma: shape}", "", &b};
  return form;
}

const Form& reach_form() {
  static const Field parts[] = {other<&Investment::reach_by_segment>("", "")};
  static const Block b = block<Investment>("", "", parts);
  static const Form form{"a share or {segment: share}", "", &b, &slot_at<&Investment::reach>};
  return form;
}

}  // namespace

template <>
const Block& block_of<Orders>() {
  static const Field fields[] = {
      number<&Orders::rate>("rate", Unit::rate_per_period, 0, 1e6,
                            "Orders per customer (Poisson), a response on the log scale."),
      brief<gamma_form>("spread", Unit::plain, 0, 1e6,
                        "`{gamma: shape}` of a lasting difference in rate between customers (mean 1).")
          .reserved_for(Changed::by_segments),
      number<&Orders::value>("value", Unit::money, 0, kMostMoney, "Mean value of an order."),
      number<&Orders::value_cv>("value_cv", Unit::plain, 0, 100, "Coefficient of variation of the value."),
      number<&Orders::margin>("margin", Unit::share, -10, 1, "Contribution per unit of value."),
  };
  static const Block b = block<Orders>("orders", "Purchases outside journeys.", fields);
  return b;
}

template <>
const Block& block_of<Referrals>() {
  static const Field fields[] = {
      number<&Referrals::rate>(
          "rate", Unit::rate_per_period, 0, 1e6,
          "Referrals per customer in a stage of kind customer (Poisson), a response on the log scale."),
      number<&Referrals::conversion>("conversion", Unit::probability, 0, 1,
                                     "Probability that a referral joins next period."),
      number<&Referrals::reward>("reward", Unit::money, 0, kMostMoney,
                                 "Paid to the referrer for each referral that converts."),
      other<&Referrals::stage>("stage", "Stage in which they join; default that of the segment.")
          .naming(Refers::stage),
      other<&Referrals::segment>("segment", "Segment they join; default the referrer's.")
          .naming(Refers::segment),
  };
  static const Block b = block<Referrals>("referrals", "Customers who bring customers.", fields);
  return b;
}

template <>
const Block& block_of<Survey>() {
  static const Field fields[] = {
      number<&Survey::response>("response", Unit::probability_per_period, 0, 1,
                                "Probability of answering, a response."),
      number<&Survey::noise>("noise", Unit::points, 0, 10,
                             "Standard deviation of the answer about satisfaction."),
      number<&Survey::nps>("nps", Unit::plain, -100, 100,
                           "Measured NPS of the whole firm in the first year; anchors the answer bias.")
          .reserved_for(Changed::never),
  };
  static const Block b = block<Survey>("survey", "The satisfaction survey behind the measured NPS.", fields);
  return b;
}

template <>
const Block& block_of<Finance>() {
  static const Field fields[] = {
      number<&Finance::discount>("discount", Unit::per_year, 0, 1, "Annual effective rate of interest.")
          .reserved_for(Changed::never),
      number<&Finance::inflation>("inflation", Unit::per_year, -0.5, 1,
                                  "Growth of all money of the file, which is in prices of the start; for "
                                  "`prices: nominal`.")
          .reserved_for(Changed::never),
      other<&Finance::timing>("timing", "Where in its period recurring money is dated."),
      other<&Finance::prices>(
          "prices",
          "`real`: `discount` is free of inflation. `nominal`: it is not, and money grows with `inflation`."),
  };
  static const Block b = block<Finance>("finance", "Discounting and dating of money.", fields);
  return b;
}

template <>
const Block& block_of<Investment>() {
  static const Field fields[] = {
      other<&Investment::about>("about", "What is done.").of_lines(),
      number<&Investment::start>("start", Unit::period_index, 1, 1e6, "First period in which it acts.")
          .in_whole_periods(),
      other<&Investment::audience>("audience",
                                   "Investments that share an audience reach the same customers."),
      number<&Investment::ramp>("ramp", Unit::duration, 1, 1e6,
                                "Periods until the full effect; 1 is at once.")
          .in_whole_periods(),
      number<&Investment::lasts>("lasts", Unit::duration, 1, 1e6,
                                 "Periods it acts. Absent: for ever (investment), 1 (event).")
          .in_whole_periods(),
      number<&Investment::every>("every", Unit::duration, 1, 1e6,
                                 "Periods from one beginning to the next, each with ramp, impulse and costs "
                                 "of its own. Absent: it begins once.")
          .in_whole_periods(),
      number<&Investment::fades>("fades", Unit::duration, 0.1, 1e6,
                                 "Time in which the effect that is left after `lasts` halves, without costs; "
                                 "after 7 halvings (less than 1 % is left) it is over. Absent: at once."),
      number<&Investment::chance>("chance", Unit::probability_per_period, 0, 1,
                                  "Probability that it begins in a period in which it is not at work, "
                                  "instead of `start`; events do so in every scenario."),
      other<&Investment::when>(
          "when", "What the firm has to see for it to begin, instead of `start`; again when it has "
                  "ended, by what is seen from then on. Events do so in every scenario."),
      brief<reach_form>("reach", Unit::probability, 0, 1,
                        "Share of the customers reached, or by segment `{segment: share}`."),
      other<&Investment::changes>("changes", "`path: {set | add | times | odds: value}`."),
      other<&Investment::impulse>("impulse", "A push to the state of those reached, in the first period."),
      other<&Investment::cost>("cost", "What it costs."),
  };
  static const Block b = block<Investment>(
      "investment", "Scheduled changes with a cost. An event has the same fields and no owner.", fields);
  return b;
}

template <>
const Block& block_of<When>() {
  static const Field fields[] = {
      number<&When::measured_nps>("measured_nps", Unit::plain, -100, 100,
                                  "NPS of those who answered the survey in a month, in points."),
      number<&When::churn>("churn", Unit::probability_per_period, 0, 1,
                           "Share of the customers who were lost, in the mean period of a month."),
      number<&When::conversion>(
          "conversion", Unit::probability_per_period, 0, 1,
          "Share of the prospects who became customers, in the mean period of a month."),
      number<&When::customers>("customers", Unit::count, 0, kInf, "Customers at the end of a month."),
      number<&When::use>("use", Unit::share, 0, kInf,
                         "Contacts that came to a team in a month, over those that it has time for."),
      number<&When::unserved>("unserved", Unit::share, 0, 1,
                              "Share of the contacts that came to a team in a month and found no room."),
      other<&When::team>("team", "Whose `use` or `unserved` it is.").naming(Refers::team),
      number<&When::periods>("for", Unit::duration, 1, 1e6,
                             "Time for which it must have been so: in each of the monthly reports in a row "
                             "that cover it.")
          .in_whole_periods(),
      number<&When::delay>("delay", Unit::duration, 0, 1e6,
                           "Periods from the end of a month until its figure is reported. 0: it can begin "
                           "something in the next period.")
          .in_whole_periods(),
      number<&When::answers>(
          "answers", Unit::count, 1, 1e9,
          "Answers of a month on which measured_nps is measured, drawn by lot; fewer are no "
          "report. Absent: all, however few."),
  };
  static const Block b = block<When>(
      "when",
      "A figure that the firm knows, `{below: 20}` or `{above: 3 % / month}` (at least that), and for how "
      "long. It is reported once a month; once a period where periods are longer.",
      fields);
  return b;
}

template <>
const Block& block_of<Impulse>() {
  static const Field fields[] = {
      number<&Impulse::satisfaction>("satisfaction", Unit::points, -10, 10, "Points added to satisfaction."),
      number<&Impulse::expectation>("expectation", Unit::points, -10, 10, "Points added to expectation."),
      number<&Impulse::trust>("trust", Unit::plain, -1, 1, "Added to trust."),
      other<&Impulse::who>("who", "Only for those; without it everybody reached, once."),
  };
  static const Block b = block<Impulse>("impulse", "A push to the state of customers.", fields);
  return b;
}

template <>
const Block& block_of<Cost>() {
  static const Field fields[] = {
      number<&Cost::upfront>("upfront", Unit::money, 0, kMostMoney, "Once, at the start."),
      number<&Cost::running>("running", Unit::money_per_period, 0, kMostMoney, "In every period it acts."),
      number<&Cost::per_customer>("per_customer", Unit::money, 0, kMostMoney,
                                  "Once for every customer, when first reached."),
      number<&Cost::each>("each", Unit::money, 0, kMostMoney,
                          "`{touchpoint: money}` for each contact of those reached."),
  };
  static const Block b = block<Cost>("cost", "What an investment costs.", fields);
  return b;
}

template <>
const Block& block_of<Assumption>() {
  static const Field fields[] = {
      number<&Assumption::low>("low", Unit::plain, -kInf, kInf, "10 % quantile."),
      number<&Assumption::best>("best", Unit::plain, -kInf, kInf,
                                "50 % quantile; what runs without uncertainty use."),
      number<&Assumption::high>("high", Unit::plain, -kInf, kInf, "90 % quantile."),
      number<&Assumption::correlation>(
          "correlation", Unit::plain, -1, 1,
          "`{other_assumption: r}` of their normal scores (Gaussian copula); given at one of the two."),
      other<&Assumption::source>("source", "Where the numbers come from.").of_lines(),
      other<&Assumption::owner>("owner", "Who answers for them."),
      other<&Assumption::unit>("unit", "Their unit, for people."),
      other<&Assumption::note>("note", "A remark.").of_lines(),
  };
  static const Block b = block<Assumption>(
      "assumption", "A named uncertain number: low, best, high; or `normal`, `beta` or `uniform: [a, b]`.",
      fields);
  return b;
}

template <>
const Block& block_of<Team>() {
  static const Field fields[] = {
      number<&Team::capacity>(
          "capacity", Unit::rate_per_period, 0, kInf,
          "Contacts it has time for; the share of last month's load above it finds it full.")
          .reserved_for(Changed::by_interventions),
      number<&Team::agents>("agents", Unit::plain, 0, 10'000,
                            "In place of a capacity: people on duty; callers wait for them or give up.")
          .reserved_for(Changed::by_interventions)
          .from("Palm 1957"),
      number<&Team::handling>("handling", Unit::minutes, 0.5, 1'000, "With agents: mean time of one contact.")
          .reserved_for(Changed::by_interventions),
      number<&Team::patience>("patience", Unit::minutes, 0.1, 1'000,
                              "With agents: mean time after which a caller gives up.")
          .reserved_for(Changed::by_interventions),
      number<&Team::hours>("hours", Unit::plain, 0.1, 24, "With agents: hours a day in which it is open.")
          .reserved_for(Changed::by_interventions),
      number<&Team::shrinkage>("shrinkage", Unit::share, 0, 0.99,
                               "With agents: share of their time for breaks, training and illness.")
          .reserved_for(Changed::by_interventions),
      number<&Team::cost>("cost", Unit::money_per_period, 0, kMostMoney, "Fixed cost of the whole team.")
          .reserved_for(Changed::by_interventions),
      number<&Team::strain>("strain", Unit::points, 0, 10,
                            "Points of quality lost at full use; from 80 % on, in proportion.")
          .reserved_for(Changed::by_interventions),
  };
  static const Block b = block<Team>(
      "team", "People with a limited capacity; who finds no room has the outcome `full`.", fields);
  return b;
}

std::span<const Indicator> indicators() {
  static const Indicator list[] = {
      {"nps", Unit::plain, -100, 100, "True NPS in points: everybody's answer, asked or not."},
      {"measured_nps", Unit::plain, -100, 100, "NPS of those who answer the survey, in points."},
      {"csat", Unit::share, 0, 1, "Share of customers who are no detractors."},
      {"satisfaction", Unit::points, 0, 10, "Mean satisfaction."},
      {"trust", Unit::share, 0, 1, "Mean trust."},
      {"churn", Unit::probability_per_period, 0, 1, "Share of the customers who are lost in the period."},
      {"conversion", Unit::probability_per_period, 0, 1,
       "Share of the prospects who become customers in the period."},
      {"customers", Unit::count, 0, kInf, "Customers at the end of the period."},
      {"completion", Unit::share, 0, 1,
       "Share of the walks of all journeys in the period that reached their end."},
      {"ces", Unit::points, 1, 7,
       "Customer effort score: mean effort of the period's contacts, where touchpoints have one."},
  };
  return list;
}

const Indicator* indicator(std::string_view name) {
  for (const Indicator& i : indicators())
    if (i.name == name) return &i;
  return nullptr;
}

template <>
const Block& block_of<Goal>() {
  static const Field fields[] = {
      number<&Goal::at_least>("at_least", Unit::plain, -kInf, kInf,
                              "Met when the indicator is not below this; in its own unit.")
          .reserved_for(Changed::never),
      number<&Goal::at_most>("at_most", Unit::plain, -kInf, kInf,
                             "Met when the indicator is not above this; in its own unit.")
          .reserved_for(Changed::never),
      number<&Goal::by>("by", Unit::period_index, 0, 1e6,
                        "Period in which it is looked at; default the last.")
          .in_whole_periods()
          .reserved_for(Changed::never),
  };
  static const Block b = block<Goal>("goal", "An indicator to reach, and by when.", fields);
  return b;
}

}  // namespace goodwill
