// Journeys, touchpoints, who takes part, and what an experience leaves behind.
#include "sim/model/field_table.hpp"

namespace goodwill {

using namespace table;

const Form& table::quality_form() {
  static const Form form{"a number or {ease: .., empathy: .., competence: ..}", "scores",
                         &block_of<Quality>(), &slot_at<&Quality::mean>,
                         [](void* o) { return &static_cast<Quality*>(o)->scored; }};
  return form;
}

template <>
const Block& block_of<Quality>() {
  static const Field fields[] = {
      number<&Quality::ease>("ease", Unit::points, 0, 10, "How little effort it takes."),
      number<&Quality::empathy>("empathy", Unit::points, 0, 10, "How one is treated."),
      number<&Quality::competence>("competence", Unit::points, 0, 10, "How well it is done."),
  };
  static const Block b = block<Quality>(
      "scores", "Quality in three parts, all given; customers weigh them by the `values` of their segment.",
      fields);
  return b;
}

template <>
const Block& block_of<Journey>() {
  static const Field fields[] = {
      other<&Journey::stages>("stages", "Stages whose customers may take it; default all of kind customer.")
          .naming(Refers::stage),
      number<&Journey::starts>("starts", Unit::probability_per_period, 0, 1,
                               "How often it starts. With % a probability, at most once a period; without, "
                               "`1.5 / month`, a rate: a Poisson number of walks, 15 a period at most.")
          .or_a_rate(),
      number<&Journey::after>("after", Unit::probability, 0, 1,
                              "Instead of `starts`: `{journey: share}` or `{orders: share}`. Each walk of "
                              "that journey, each order "
                              "leads to a walk with this probability, in the same period."),
      number<&Journey::first>(
          "first", Unit::probability, 0, 1,
          "Where it begins, a touchpoint or a branch; default the first touchpoint listed."),
      other<&Journey::touchpoints>("touchpoints", "The interactions it consists of."),
  };
  static const Block b =
      block<Journey>("journey", "A walk over touchpoints with a purpose, within a period.", fields);
  return b;
}

template <>
const Block& block_of<Touchpoint>() {
  static const Field fields[] = {
      other<&Touchpoint::channel>("channel", "Channel whose values are the defaults here.")
          .naming(Refers::channel),
      number<&Touchpoint::quality>(
          "quality", Unit::points, 0, 10,
          "Mean experience when all goes well: a number, or scores `{ease, empathy, competence}`."),
      number<&Touchpoint::sd>("sd", Unit::points, 0, 10, "Spread of the experience."),
      number<&Touchpoint::failure>("failure", Unit::probability, 0, 1, "Probability that it fails."),
      number<&Touchpoint::recovery>("recovery", Unit::probability, 0, 1,
                                    "Probability that a failure is made good at once."),
      number<&Touchpoint::quality_failed>("quality_failed", Unit::points, 0, 10, "Experience of a failure."),
      number<&Touchpoint::quality_recovered>("quality_recovered", Unit::points, 0, 10,
                                             "Experience of a failure made good, at most."),
      number<&Touchpoint::quality_full>("quality_full", Unit::points, 0, 10,
                                        "Experience when the team had no capacity."),
      number<&Touchpoint::weight>("weight", Unit::plain, 0, 100,
                                  "How much it counts for satisfaction, 1 is an ordinary contact."),
      number<&Touchpoint::cost>("cost", Unit::money, 0, kMostMoney, "Avoidable cost of one contact."),
      number<&Touchpoint::recovery_cost>("recovery_cost", Unit::money, 0, kMostMoney,
                                         "Cost of one recovery."),
      number<&Touchpoint::earns>("earns", Unit::money, 0, kMostMoney,
                                 "Revenue of one contact, whatever its outcome; only `full` earns nothing."),
      number<&Touchpoint::margin>("margin", Unit::share, -10, 1, "Contribution per unit of revenue."),
      number<&Touchpoint::wait>("wait", Unit::minutes, 0, 1e6,
                                "Waiting time; costs 0.0949 ln(1 + minutes) points.")
          .from("Riess 2025"),
      number<&Touchpoint::effort>("effort", Unit::points, 1, 7,
                                  "How much effort a contact takes the customer, from 1 (none) to 7 (very "
                                  "much); without one it does not count for the customer effort score."),
      number<&Touchpoint::visibility>("visibility", Unit::plain, 0, 1000,
                                      "How widely its failures and recoveries are told: 1 is an ordinary "
                                      "contact, 0 what nobody hears of."),
      other<&Touchpoint::team>("team", "Team that serves it.").naming(Refers::team),
      other<&Touchpoint::who>("who", "Only for those; others pass by."),
      number<&Touchpoint::happens>("happens", Unit::probability, 0, 1,
                                   "Probability that it takes place; else it is passed by."),
      number<&Touchpoint::next>(
          "next", Unit::probability, 0, 1,
          "What follows: a name, a branch `{a: 30 %, b: otherwise}`, or those by outcome "
          "`{ok, failed, recovered, full}`; what is left over is `done`."),
  };
  static const Block b = block<Touchpoint>(
      "touchpoint", "One interaction. A channel has the same fields and is a named set of defaults.", fields);
  return b;
}

template <>
const Block& block_of<Next>() {
  static const Field fields[] = {
      number<&Next::ok>("ok", Unit::probability, 0, 1, "After success."),
      number<&Next::failed>("failed", Unit::probability, 0, 1,
                            "After a failure that was not made good; missing: done."),
      number<&Next::recovered>("recovered", Unit::probability, 0, 1,
                               "After a failure made good; missing: as ok."),
      number<&Next::full>("full", Unit::probability, 0, 1, "When the team had no capacity; missing: done."),
  };
  static const Block b = block<Next>("next", "What follows a touchpoint, by outcome.", fields);
  return b;
}

template <>
const Block& block_of<Who>() {
  static const Field fields[] = {
      number<&Who::failed_ago>("failed_ago", Unit::duration, 0, 1e6,
                               "Time since the latest open failure, `12 to 24 months`: from 12 on and before "
                               "24; the touchpoint closes it.")
          .in_whole_periods(),
      number<&Who::tenure>("tenure", Unit::duration, 0, 1e6,
                           "Tenure, `0 to 6 months`, `{below: ..}` or `{above: ..}`.")
          .in_whole_periods(),
      number<&Who::satisfaction>("satisfaction", Unit::points, 0, 10,
                                 "Satisfaction, `{below: 5}` or `3 to 5`."),
      other<&Who::stage>("stage", "In one of these stages.").naming(Refers::stage),
      other<&Who::segment>("segment", "Of one of these segments.").naming(Refers::segment),
      other<&Who::surveyed>("surveyed", "Class of the last survey answer: detractor, passive or promoter."),
      number<&Who::within>(
          "within", Unit::duration, 0, 1e6,
          "How long ago that answer may have been given; default 1 month, at least a period.")
          .in_whole_periods(),
  };
  static const Block b =
      block<Who>("who", "Customers for whom something happens; all conditions hold.", fields);
  return b;
}

template <>
const Block& block_of<Experience>() {
  static const Field fields[] = {
      number<&Experience::learning>("learning", Unit::plain, 0, 1,
                                    "Share of the way satisfaction moves toward what was felt.")
          .from("Bolton 1998"),
      number<&Experience::adaptation>("adaptation", Unit::plain, 0, 1,
                                      "Share of the way expectation moves toward what was experienced.")
          .from("Anderson & Sullivan 1993"),
      number<&Experience::contrast>("contrast", Unit::plain, 0, 10,
                                    "How much a gap between experience and expectation is felt on top.")
          .from("Anderson & Sullivan 1993"),
      number<&Experience::loss_aversion>("loss_aversion", Unit::plain, 0, 20,
                                         "How much more a shortfall is felt than an excess.")
          .from("Anderson & Sullivan 1993; Mittal, Ross & Baldasare 1998"),
      number<&Experience::forgiveness>("forgiveness", Unit::plain, 0, 1,
                                       "Share of loss aversion that full trust takes away.")
          .from("Soares & Proenca 2015"),
      number<&Experience::gain>("gain", Unit::plain, 0, 1, "Share of missing trust gained by a success."),
      number<&Experience::recovered_gain>("recovered_gain", Unit::plain, 0, 1,
                                          "Share of missing trust gained by a failure made good.")
          .from("de Matos et al. 2007"),
      number<&Experience::loss>("loss", Unit::plain, 0, 1, "Share of trust lost by a failure."),
      other<&Experience::paradox>("paradox", "Whether a recovery may be felt better than no failure at all.")
          .from("de Matos et al. 2007; Maxham & Netemeyer 2002")
          .reserved_for(Changed::never),
      number<&Experience::memory>(
          "memory", Unit::duration, 0, 1e6,
          "How long failures and recoveries are remembered on average; default 2 months."),
  };
  static const Block b =
      block<Experience>("experience", "How an experience moves satisfaction, expectation and trust.", fields);
  return b;
}

}  // namespace goodwill
