// The wording of every mistake, whether the reader or a check finds it.
#include <gtest/gtest.h>

#include "tests/cpp/firms.hpp"

namespace {

using namespace goodwill;

struct Mistake {
  const char* what;
  const char* text;     ///< a model, added to the frame
  const char* message;  ///< found in the problems
  friend void PrintTo(const Mistake& mistake, std::ostream* out) { *out << mistake.what; }
};

class Mistakes : public testing::TestWithParam<Mistake> {};

TEST_P(Mistakes, AreNamed) {
  static const std::string frame = R"(segments: {all: {count: 10, arrivals: 2}}
stages:
  customer: {fee: 10, churn: {average: 2 % / month, satisfaction: -0.3}}
channels: {phone: {failure: 10 %}}
journeys:
  support:
    starts: 10 %
    first: {call: 80 %, chat: 20 %}
    touchpoints: {call: {channel: phone}, chat: {quality: 9}}
)";
  const std::string text = GetParam().text;
  const std::string found = problems_of(text.starts_with("ALONE ") ? text.substr(6) : frame + text);
  EXPECT_NE(found.find(GetParam().message), std::string::npos) << "found: " << found;
}

INSTANTIATE_TEST_SUITE_P(
    Grammar, Mistakes,
    testing::Values(
        Mistake{"unknown_block", "finanse: {}",
                "m.yaml:10:1: finanse: 'finanse' is not a field of a model; did you mean 'finance'?"},
        Mistake{"unknown_field", "survey: {nose: 1}",
                "m.yaml:10:10: survey.nose: 'nose' is not a field of a survey; did you mean 'noise'?"},
        Mistake{"type", "survey: [1]",
                "m.yaml:10:9: survey: expected a mapping with the fields of a survey, found a list"},
        Mistake{"quoted_number", "horizon: '12'", "found the quoted text '12'; leave the quotes out"},
        Mistake{"nothing", "horizon:", "horizon: expected a duration"},
        Mistake{"wrong_unit", "finance: {discount: 3 minutes}",
                "m.yaml:10:21: finance.discount: found '3 minutes'"},
        Mistake{"bounds", "experience: {learning: 3}",
                "experience.learning: '3' is out of bounds; accepted: 0 to 1"},
        Mistake{"discount_without_percent", "finance: {discount: 10}",
                "finance.discount: '10' is out of bounds; accepted: 0 % to 100 %; did you mean 10 %?"},
        Mistake{"word", "finance: {timing: last}", "'last' is not a timing; allowed: start, mid, end"},
        Mistake{"flag", "experience: {paradox: yes}",
                "experience.paradox: expected true or false, found 'yes'"},
        Mistake{"version", "goodwill: 2", "m.yaml:10:11: goodwill: '2' is not a version of the grammar"},
        Mistake{"horizon", "horizon: 0", "horizon: '0' is out of bounds; accepted: 1 to 100000"},
        Mistake{"part_of_a_period", "horizon: 2.5",
                "horizon: '2.5' is no whole number of periods; the nearest are 2 months and 3 months"},
        Mistake{"no_segment", "ALONE stages: {customer: {}}", "segments: a model has at least one segment"},
        Mistake{"no_stage", "ALONE segments: {all: {count: 1}}", "stages: a model has at least one stage"},
        Mistake{"count", "ALONE segments: {all: {count: 1.5}}\nstages: {c: {}}",
                "m.yaml:1:25: all.count: found '1.5': it is not a whole number"},
        Mistake{"reserved", "ALONE segments: {lost: {count: 1}}\nstages: {c: {}}",
                "m.yaml:1:12: lost: 'lost': this word has a meaning of its own"},
        Mistake{"bad_name", "ALONE segments: {a.b: {count: 1}}\nstages: {c: {}}",
                "'a.b': a name is made of letters, digits, _ and -"},
        Mistake{"segment_stage", "ALONE segments: {a: {stage: custmer}}\nstages: {customer: {}}",
                "m.yaml:1:23: a.stage: 'custmer' is not a stage; did you mean 'customer'?"},
        Mistake{"move_target", "ALONE segments: {a: {}}\nstages: {customer: {moves: {gone: 1 %}}}",
                "m.yaml:2:35: customer.moves.gone: 'gone' is not a stage"},
        Mistake{"shares_sum",
                "ALONE segments: {a: {}}\nstages: {c: {shares: true, churn: 60 %, moves: {d: 50 %}}, d: {}}",
                "m.yaml:2:10: c: churn and moves add up to 110 % a period; at most 100 %"},
        Mistake{"shares_of_a_response",
                "ALONE segments: {a: {}}\n"
                "stages: {c: {shares: true, churn: {average: 6 %}, moves: {d: 50 %}}, d: {}}",
                "m.yaml:2:35: c.churn: with 'shares: true' churn and moves are plain numbers"},
        Mistake{"move_to_lost", "ALONE segments: {a: {}}\nstages: {c: {moves: {lost: 5 %}}}",
                "c.moves.lost: a probability of being lost is 'churn'; a move to lost is 'otherwise'"},
        Mistake{"two_otherwise",
                "ALONE segments: {a: {}}\nstages: {c: {moves: {d: otherwise, e: otherwise}}, d: {}, e: {}}",
                "only one move can be 'otherwise'"},
        Mistake{"lonely_stage", "ALONE segments: {a: {}}\nstages: {c: {}, island: {}}",
                "m.yaml:2:17: island: no segment, move or journey leads to this stage"},
        Mistake{"both_levels", "referrals: {rate: {average: 1 %, base: 2 %}}",
                "a response has exactly one of 'average'"},
        Mistake{"no_level", "referrals: {rate: {satisfaction: 0.3}}",
                "a response has exactly one of 'average'"},
        Mistake{"average_of_0", "referrals: {rate: {average: 0, satisfaction: 0.3}}",
                "'0' cannot be reproduced on the log scale"},
        Mistake{"beta_of_a_rate", "referrals: {rate: {beta: [1, 2]}}", "'beta' is for probabilities"},
        Mistake{"table_start", "survey: {response: {3 months: 2 %}}",
                "a table by tenure starts at 0, found '3 months'"},
        Mistake{"table_order", "survey: {response: {0 months: 2 %, 0 years: 1 %}}",
                "tenures of a table increase"},
        Mistake{"branch_sum", "  win: {touchpoints: {a: {next: {lost: 60 %, customer: 50 %}}}}",
                "m.yaml:10:33: win.a.next: the branch adds up to 110 %; at most 100 %"},
        Mistake{"target", "  win: {touchpoints: {a: {next: lst}}}",
                "'lst' is not a touchpoint of this journey, a stage, lost or done; did you mean 'lost'?"},
        Mistake{"mixed_outcomes", "  win: {touchpoints: {a: {next: {ok: done, lost: 3 %}}}}",
                "'lost' is not an outcome (targets and outcomes cannot be mixed)"},
        Mistake{"unreached", "  win: {touchpoints: {a: {}, b: {}}}",
                "m.yaml:10:30: win.b: no 'first' or 'next' of this journey leads to this touchpoint"},
        Mistake{"two_meanings", "  win: {touchpoints: {customer: {}}}",
                "'customer' is also a stage; as a target it could mean both"},
        Mistake{"channel", "  win: {touchpoints: {a: {channel: fone}}}",
                "m.yaml:10:36: win.a.channel: 'fone' is not a channel; allowed: phone"},
        Mistake{"team", "  win: {touchpoints: {a: {team: desk}}}", "win.a.team: 'desk' is not a team"},
        Mistake{"no_touchpoint", "  win: {starts: 3 %}", "win: a journey has at least one touchpoint"},
        Mistake{"journey_stage", "  win: {stages: [custom], touchpoints: {a: {}}}",
                "m.yaml:10:18: win.stages: 'custom' is not a stage"},
        Mistake{"surveyed", "  win: {touchpoints: {a: {who: {surveyed: hater}}}}",
                "win.a.who.surveyed: 'hater' is not a class of survey answers; allowed: detractor, passive, "
                "promoter"},
        Mistake{"empty_range", "  win: {touchpoints: {a: {who: {failed_ago: 24 to 12 months}}}}",
                "the range is empty"},
        Mistake{"thousands", "orders: {value: 1,000,000, margin: 30 %}",
                "m.yaml:10:17: found '1,000': thousands are grouped by '_' (1_400); a comma separates what "
                "stands in { }"},
        Mistake{"decimal_comma", "orders: {value: 1,50, margin: 30 %}",
                "m.yaml:10:17: found '1,50': the decimal sign is a point (1.5); a comma separates what"},
        Mistake{"thousands_alone", "horizon: 1,000", "thousands are grouped by '_' (1_400)"},
        Mistake{"currency_sign", "orders: {value: $10}",
                "m.yaml:10:17: orders.value: found '$10': a number has no currency sign"},
        Mistake{"quoted_words", "horizon: 'a while'", "found the quoted text 'a while'"},
        Mistake{"date", "investments: {a: {start: 2024-04-01}}",
                "investments.a.start: found '2024-04-01': there is no calendar; time is counted in periods"},
        Mistake{"date_of_a_month", "investments: {a: {start: April 2024}}", "there is no calendar"},
        Mistake{"date_of_a_quarter", "goals: {nps: {at_least: 3, by: Q2}}", "there is no calendar"},
        Mistake{"date_with_points", "investments: {a: {lasts: 1.4.2024}}", "there is no calendar"},
        Mistake{"percent_before_the_unit", "finance: {discount: 10 / year}",
                "accepted: 0 % to 100 %; did you mean 10 % / year?"},
        Mistake{"half_years", "ALONE period: year\nhorizon: 18 months\nsegments: {a: {}}\nstages: {c: {}}",
                "m.yaml:2:10: horizon: '18 months' is 1.5 years and is no whole number of periods; the "
                "nearest are "
                "1 year and 2 years"},
        Mistake{"weeks_of_a_month", "events: {a: {lasts: 6 weeks}}",
                "'6 weeks' is 1.38 months and is no whole number of periods; the nearest are 1 month and 2 "
                "months"},
        Mistake{"half_a_tenure",
                "ALONE period: year\nsegments: {a: {tenure: {exactly: 6 months}}}\nstages: {c: {}}",
                "a.tenure: '6 months' is 0.5 years"},
        Mistake{"half_a_step", "survey: {response: {0 days: 2 %, 45 days: 1 %}}",
                "survey.response: '45 days'"},
        Mistake{"half_a_memory", "  win: {touchpoints: {a: {who: {failed_ago: 3 to 6 weeks}}}}",
                "win.a.who.failed_ago: '3 weeks' is 0.69 months"},
        Mistake{"half_a_month_ago",
                "  win: {touchpoints: {a: {who: {surveyed: detractor, within: 6 weeks}}}}",
                "win.a.who.within: '6 weeks' is 1.38 months and is no whole number of periods"},
        Mistake{"control_in_a_name", "ALONE segments: {\"a\\e[31m\": {}}\nstages: {c: {}}",
                "m.yaml:1:12: a\\x1b[31m: 'a\\x1b[31m': a name holds no control character; found U+001B"},
        Mistake{"space_in_a_name", "ALONE segments: {\"a\xC2\xA0z\": {}}\nstages: {c: {}}",
                "a name holds no space; found a no-break space (U+00A0)"},
        Mistake{"control_in_the_name", "name: \"a\\nb\"",
                "name: a text on one line holds no control character; found U+000A in 'a\\nb'"},
        Mistake{"control_in_a_text", "about: \"a\\u009B31mb\"",
                "about: a text holds no control character; found U+009B in 'a\\x9b31mb'"},
        Mistake{"direction_in_a_text", "about: \"a\\u202Eb\"", "found U+202E in 'a\\u202eb'"},
        Mistake{"long_scalar",
                "horizon: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
                "aaaa...': it is not a number"},
        Mistake{"referral_stage", "referrals: {stage: prospec}", "referrals.stage: 'prospec' is not a stage"},
        Mistake{"referral_segment", "referrals: {segment: nobody}",
                "referrals.segment: 'nobody' is not a segment"}),
    [](const auto& test) { return std::string(test.param.what); });

INSTANTIATE_TEST_SUITE_P(
    Plans, Mistakes,
    testing::Values(
        Mistake{"negative_cost", "investments: {a: {cost: {upfront: -5}}}",
                "investments.a.cost.upfront: '-5' is out of bounds; accepted: 0 to 1_000_000_000_000_000"},
        Mistake{"ends_before_it_starts", "investments: {a: {lasts: 0.5}}",
                "investments.a.lasts: '0.5' is no whole number of periods; the nearest is 1 month"},
        Mistake{"lasts_too_short_for_a_period", "events: {a: {start: 5, lasts: 3 days}}",
                "'3 days' is 0.0986 months and is no whole number of periods; the nearest is 1 month"},
        Mistake{"lasts_nothing", "events: {a: {start: 5, lasts: 0}}",
                "m.yaml:10:31: events.a.lasts: '0' is out of bounds; accepted: 1 to 1000000"},
        Mistake{"lasts_less_than_nothing", "investments: {a: {lasts: -3}}",
                "m.yaml:10:26: investments.a.lasts: '-3' is out of bounds; accepted: 1 to 1000000"},
        Mistake{"negative_running", "events: {a: {cost: {running: -5 / month}}}",
                "events.a.cost.running: '-5 / month' is out of bounds; accepted: 0 to 1_000_000_000_000_000"},
        Mistake{"negative_each", "investments: {a: {cost: {each: {support.call: -1}}}}",
                "investments.a.cost.each.support.call: '-1' is out of bounds; accepted: 0 to "
                "1_000_000_000_000_000"},
        Mistake{"nominal_prices", "finance: {prices: nominal}",
                "m.yaml:10:10: finance.prices: prices: nominal needs inflation"},
        Mistake{"inflation", "finance: {prices: nominal, inflation: 3}",
                "finance.inflation: '3' is out of bounds; accepted: -50 % to 100 %; did you mean 3 %?"},
        Mistake{"goal_by", "goals: {nps: {at_least: 3, by: month 99}}",
                "goals.nps.by: this is after the horizon"},
        Mistake{"before_the_start", "investments: {a: {start: 0}}",
                "investments.a.start: found '0': periods are counted from 1"},
        Mistake{"start_and_chance", "events: {a: {start: 3, chance: 2 %}}",
                "'start' and 'chance' exclude each other"},
        Mistake{"every_for_ever", "investments: {a: {every: 12}}",
                "m.yaml:10:26: investments.a.every: with 'every' it must end before it begins again: give "
                "'lasts', too"},
        Mistake{"every_too_often", "events: {a: {every: 2, lasts: 3}}",
                "m.yaml:10:31: events.a.lasts: lasts 3 periods and begins every 2; it must end before it "
                "begins again"},
        Mistake{"every_by_chance", "events: {a: {every: 12, chance: 2 %}}",
                "events.a.every: 'every' and 'chance' exclude each other"},
        Mistake{"fades_for_ever", "investments: {a: {fades: 6}}",
                "investments.a.fades: 'fades' says how the effect goes after 'lasts': give 'lasts', too"},
        Mistake{"when_and_start", "events: {a: {start: 3, when: {churn: {above: 3 %}}}}",
                "events.a.when: 'start' and 'when' exclude each other"},
        Mistake{"when_what", "events: {a: {when: {for: 3 months}}}",
                "events.a.when: names one figure that the firm knows: measured_nps, churn, conversion, "
                "customers, or the use or unserved of a team"},
        Mistake{"when_two", "events: {a: {when: {churn: {above: 3 %}, customers: {below: 90}}}}",
                "events.a.when: names one figure that the firm knows: measured_nps, churn, conversion, "
                "customers, or the use or unserved of a team"},
        Mistake{"when_unknown", "events: {a: {when: {measured_npd: {below: 20}}}}",
                "'measured_npd' is not a field of a when; did you mean 'measured_nps'?"},
        Mistake{"when_neither", "events: {a: {when: {churn: {}}}}",
                "events.a.when.churn: expected a range: `12 to 24 months`, {below: 5} or {above: 5}"},
        Mistake{"when_chance", "events: {a: {chance: 2 %, when: {churn: {above: 3 %}}}}",
                "events.a.when: 'chance' and 'when' exclude each other"},
        Mistake{"when_nobody_asks", "events: {a: {when: {measured_nps: {below: 20}}}}",
                "events.a.when.measured_nps: nobody is asked: say in `survey:` who answers (survey.response: "
                "20 %)"},
        Mistake{"when_nobody_answers",
                "survey: {response: 0 %}\nevents: {a: {when: {measured_nps: {below: 20}}}}",
                "events.a.when.measured_nps: nobody answers: survey.response is 0"},
        Mistake{"when_answers", "events: {a: {when: {churn: {above: 3 %}, answers: 50}}}",
                "events.a.when.answers: only measured_nps is measured on answers; the other figures count "
                "every customer"},
        Mistake{"when_no_teams", "events: {a: {when: {use: {above: 90 %}}}}",
                "events.a.when: there are no teams"},
        Mistake{"when_whose", "teams: {t: {capacity: 9}}\nevents: {a: {when: {unserved: {above: 5 %}}}}",
                "events.a.when: say whose it is: team, one of t"},
        Mistake{"when_unknown_team",
                "teams: {desk: {capacity: 9}}\nevents: {a: {when: {team: dest, use: {above: 90 %}}}}",
                "events.a.when.team: 'dest' is not a team; did you mean 'desk'?"},
        Mistake{"when_idle_team",
                "teams: {t: {capacity: 9}}\nevents: {a: {when: {team: t, use: {above: 1}}}}",
                "events.a.when.team: no touchpoint is served by 't'"},
        Mistake{"when_not_of_a_team",
                "teams: {t: {capacity: 9}}\nevents: {a: {when: {team: t, churn: {above: 3 %}}}}",
                "events.a.when.team: only 'use' and 'unserved' are those of a team"},
        Mistake{"when_no_prospects", "events: {a: {when: {conversion: {below: 3 %}}}}",
                "events.a.when.conversion: there are no prospects: no stage is of kind prospect"},
        Mistake{"no_chance", "events: {a: {}}\ninvestments: {b: {changes: {a.chance: {times: 0.5}}}}",
                "investments.b.changes.a.chance: the event 'a' has no chance to change; it begins at its "
                "'start'"},
        Mistake{"chance_by_chance",
                "events: {a: {chance: 1 %}}\ninvestments: {b: {chance: 2 %, changes: {a.chance: {set: 0}}}}",
                "investments.b.changes.a.chance: a chance is changed only by what begins at a 'start', so "
                "that it is known"},
        Mistake{"chance_of_segment",
                "events: {a: {chance: 1 %}}\nchannels: {x: {}}\n"
                "investments: {b: {changes: {a.reach: {set: 50 %}}}}",
                "'a.reach' is not a path of this model"},
        Mistake{"reach", "investments: {a: {reach: {al: 5 %}}}",
                "investments.a.reach: 'al' is not a segment; did you mean 'all'?"},
        Mistake{"each", "investments: {a: {cost: {each: {support.cal: 3}}}}",
                "investments.a.cost.each: 'support.cal' is not a touchpoint; did you mean 'support.call'?"},
        Mistake{"path", "investments: {a: {changes: {supprt.call.failure: {set: 3 %}}}}",
                "m.yaml:10:29: investments.a.changes.supprt.call.failure: 'supprt.call.failure' is not a "
                "path of this model; did you mean 'support.call.failure'?"},
        Mistake{"op", "investments: {a: {changes: {phone.failure: {multiply: 3}}}}",
                "'multiply' is not a kind of change; allowed: set, add, times, odds"},
        Mistake{"shorthand", "investments: {a: {changes: {phone.failure: 3 %}}}",
                "expected one of {set: ..}, {add: ..}, {times: ..}, {odds: ..}"},
        Mistake{"odds_of_quality", "investments: {a: {changes: {phone.quality: {odds: 2}}}}",
                "'odds' is for probabilities; use times or add"},
        Mistake{"block", "investments: {a: {changes: {support.call: {set: 2}}}}",
                "is not a number; a change names one"},
        Mistake{"definition", "investments: {a: {changes: {all.count: {set: 2}}}}",
                "'segments.all.count' cannot be changed by segments, investments or events"},
        Mistake{"average", "investments: {a: {changes: {customer.churn.average: {set: 1 %}}}}",
                "an observed average is changed by segments only; change 'customer.churn'"},
        Mistake{"value", "investments: {a: {changes: {phone.quality: {set: 11}}}}",
                "investments.a.changes.phone.quality.set: '11' is out of bounds; accepted: 0 to 10"},
        Mistake{
            "result", "investments: {a: {changes: {phone.quality: {add: 3}}}}",
            "m.yaml:10:29: investments.a.changes.phone.quality: the change leads to 10.5; accepted: 0 to 10"},
        Mistake{
            "twice",
            "investments: {a: {changes: {phone.failure: {set: 3 %}, channels.phone.failure: {add: 1 %}}}}",
            "'channels.phone.failure' is changed twice here"},
        Mistake{
            "branch",
            "investments: {a: {changes: {support.first.call: {set: 90 %}, support.first.chat: {set: 20 %}}}}",
            "with this change the branch adds up to 110 %; at most 100 %"},
        Mistake{"assumption",
                "investments: {a: {changes: {phone.failure: {times: $effec}}}}\nassumptions: {effect: {low: "
                "0.1, best: 0.2, high: 0.5}}",
                "'effec' is not an assumption; did you mean 'effect'?"},
        Mistake{"low_above_high", "assumptions: {x: {low: 3, best: 2, high: 1}}",
                "assumptions.x: low, best and high must increase"},
        Mistake{"half_assumption", "assumptions: {x: {best: 2}}",
                "assumptions.x: an assumption has low, best and high, or one of normal, beta, uniform"},
        Mistake{"two_units",
                "investments: {a: {changes: {phone.failure: {set: $x}, phone.quality: {set: "
                "$x}}}}\nassumptions: {x: {low: 0.1, best: 0.2, high: 0.5}}",
                "assumptions.x: used both as"},
        Mistake{"scenario", "scenarios: {s: [new_bot]}",
                "m.yaml:10:17: scenarios.s: 'new_bot' is not an investment or event"},
        Mistake{"baseline", "investments: {a: {}}\nscenarios: {baseline: [a]}",
                "'baseline' is the empty scenario"},
        Mistake{"compare", "compare: {s: baseline}", "compare.s: 's' is not a scenario"},
        Mistake{"same_name", "investments: {a: {}}\nevents: {a: {}}",
                "events.a: an investment has the same name"},
        Mistake{"goal", "goals: {npss: {at_least: 3}}", "'npss' is not an indicator; did you mean 'nps'?"},
        Mistake{"goal_of_percent", "goals: {churn: {at_most: 1.5}}",
                "goals.churn.at_most: '1.5' is out of bounds; accepted: 0 % to 100 %; did you mean 1.5 %?"},
        Mistake{"goal_above_all", "goals: {nps: {at_least: 300}}",
                "goals.nps.at_least: '300' is out of bounds; accepted: -100 to 100"},
        Mistake{"goal_of_completion",
                "ALONE segments: {all: {count: 1}}\nstages: {customer: {}}\ngoals: {completion: {at_least: "
                "80 %}}",
                "goals.completion: completion needs a journey"},
        Mistake{"goal_of_effort", "goals: {ces: {at_most: 3}}",
                "goals.ces: ces needs a touchpoint, or a channel of one, with an 'effort'"},
        Mistake{"no_effort",
                "ALONE segments: {all: {count: 1}}\nstages: {customer: {}}\n"
                "journeys: {use: {touchpoints: {use: {effort: 0}}}}",
                "use.use.effort: '0' is out of bounds; accepted: 1 to 7"},
        Mistake{"too_much_effort", "investments: {a: {changes: {phone.effort: {set: 9}}}}",
                "investments.a.changes.phone.effort.set: '9' is out of bounds; accepted: 1 to 7"},
        Mistake{"effort_of_nothing", "investments: {a: {changes: {support.chat.effort: {add: -1}}}}",
                "there is no value to change; give one in the model or use 'set'"},
        Mistake{"goals_apart", "goals: {csat: {at_least: 0.8, at_most: 0.7}}",
                "goals.csat: nothing is at least 80 % and at most 70 %"},
        Mistake{"empty_goal", "goals: {nps: {by: 3}}", "a goal has 'at_least' or 'at_most'"}),
    [](const auto& test) { return std::string(test.param.what); });

}  // namespace
