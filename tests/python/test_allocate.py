"""Which investments under budgets: against all plans tried one by one, in tables made up and simulated."""

from __future__ import annotations

import itertools
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import goodwill as gw
import numpy as np
import pytest
from goodwill.allocating import FRESH
from goodwill.analysis.allocation import Doing, Limits, Rules, Search, best_by_pairs, reason_left

YEARS = 2
OPTIONS = 12
INVESTMENTS = [f"i{k // 2}" if k < 6 else f"i{k}" for k in range(OPTIONS)]
"""Three investments with two options each, and six with one."""


def made_up(seed: int, most_in_a_group: int) -> Callable[[Doing], np.ndarray]:
    """Value and costs of plans: of each option, and of each group of options that meet in a plan."""
    draw = np.random.default_rng(seed)
    sizes = range(1, most_in_a_group + 1)
    scales = {1: (30.0, 40.0), 2: (12.0, 3.0), 3: (6.0, 1.0)}
    parts = {
        group: np.concatenate(
            [draw.normal(10 * (size == 1), scales[size][0], 1), draw.uniform(0, scales[size][1], YEARS)]
        )
        for size in sizes
        for group in itertools.combinations(range(OPTIONS), size)
    }

    def worth(plan: Doing) -> np.ndarray:
        groups = [group for size in sizes for group in itertools.combinations(plan, size)]
        return np.sum([np.zeros(1 + YEARS), *(parts[group] for group in groups)], axis=0)

    return worth


RULES = [
    Rules(INVESTMENTS, [], {}),
    Rules(INVESTMENTS, [("i0", "i7"), ("i6", "i9")], {"i1": ["i8"], "i8": ["i10", "i2"]}),
]
LIMITS = [
    Limits(["total"], np.ones((1, YEARS)), np.array([120.0])),
    Limits(["year 1", "year 2"], np.eye(YEARS), np.array([90.0, 35.0])),
    Limits(["year 2"], np.array([[0.0, 1.0]]), np.array([30.0])),
    Limits(["total"], np.ones((1, YEARS)), np.array([0.0])),
]


def brute_force(
    worth: Callable[[Doing], np.ndarray], rules: Rules, limits: Limits
) -> list[tuple[float, Doing]]:
    """Every subset tried: what is allowed, the best first. It shares no code with what it judges."""
    found = []
    for size in range(OPTIONS + 1):
        for plan in itertools.combinations(range(OPTIONS), size):
            done = [rules.investments[k] for k in plan]
            spent = worth(plan)[1:]
            fine = len(set(done)) == len(done)
            fine &= not any(a in done and b in done for a, b in rules.exclusions)
            fine &= all(need in done for one in done for need in rules.prerequisites.get(one, []))
            fine &= all(row @ spent <= limit for row, limit in zip(limits.years, limits.amounts, strict=True))
            if fine:
                found.append((float(worth(plan)[0]), plan))
    return sorted(found, reverse=True)


@pytest.mark.parametrize("rules", RULES)
@pytest.mark.parametrize("limits", LIMITS)
def test_the_best_of_all_plans_is_that_of_brute_force(rules: Rules, limits: Limits) -> None:
    worth = made_up(1, 3)
    plans = rules.plans(10_000)
    assert plans is not None
    assert plans[0] == ()
    known = Search(rules, plans, np.array([worth(plan) for plan in plans]), True)
    expected = [plan for value, plan in brute_force(worth, rules, limits) if value >= 0]
    assert known.best(limits, 5) == expected[:5]
    for needed, plan in known.frontier(limits):  # at the least budget of a step, its plan is the best
        share = needed / limits.amounts.sum() if limits.amounts.sum() else 1
        there = limits.at(limits.amounts * share if len(limits.names) > 1 else np.array([needed]))
        assert known.best(there) == [plan]


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("rules", RULES)
@pytest.mark.parametrize("limits", LIMITS)
def test_pairs_and_the_linear_program_find_the_best_where_only_pairs_interact(
    seed: int, rules: Rules, limits: Limits
) -> None:
    worth = made_up(seed, 2)
    plans = rules.small_plans()
    known = Search(rules, plans, np.array([worth(plan) for plan in plans]), False)
    assert known.worth((0, 3, 5, 8)) == pytest.approx(worth((0, 3, 5, 8)))
    expected = [plan for value, plan in brute_force(worth, rules, limits) if value >= 0]
    assert known.best(limits, 4) == expected[:4]


def test_all_plans_are_counted_and_given_up_when_they_are_too_many() -> None:
    plans = RULES[0].plans(10_000)
    assert plans is not None
    assert len(plans) == len(set(plans)) == 3**3 * 2**6
    assert RULES[0].plans(len(plans)) == plans
    assert RULES[0].plans(len(plans) - 1) is None


def test_of_equal_plans_the_cheaper_and_then_the_smaller_is_taken() -> None:
    rules = Rules(["a", "b", "c"], [], {})
    plans = rules.plans(8)
    assert plans is not None
    limits = Limits(["total"], np.ones((1, 1)), np.array([10.0]))
    costs = {
        0: 3.0,
        1: 2.0,
        2: 0.0,
    }  # a and b are worth 5, together too; c is worth nothing and costs nothing
    worths = [[5.0 * bool({0, 1} & {*plan}), sum(costs[k] for k in plan)] for plan in plans]
    known = Search(rules, plans, np.array(worths), True)
    assert known.best(limits) == [(1,)]
    assert known.best(limits.at(np.array([1.0]))) == [()]
    assert reason_left(known, (), limits.at(np.array([1.0]))) == "what would be worth more does not fit"
    assert reason_left(known, (1,), limits) == "every other option loses money"
    assert reason_left(known, (0, 1, 2), limits) == "nothing more can be done"


def test_the_linear_program_does_nothing_where_everything_loses() -> None:
    rules = Rules(["a", "b"], [], {})
    terms = np.zeros((2, 2, 2))
    terms[[0, 1], [0, 1]] = [-1.0, 1.0]
    limits = Limits(["total"], np.ones((1, 1)), np.array([10.0]))
    assert best_by_pairs(terms, limits, rules, 3) == [()]


def firm(**blocks: object) -> gw.Model:
    parts: dict[str, object] = {
        "horizon": "2 years",
        "currency": "EUR",
        "agents": 100,
        "segments": {
            "gold": {"count": 1_000, "tenure": "2 years"},
            "basic": {"count": 2_000, "tenure": "2 years"},
        },
        "stages": {"customer": {"fee": 30, "churn": {"average": "3 % / month", "failures": 0.5}}},
        "journeys": {"help": {"starts": "30 %", "touchpoints": {"call": {"failure": "30 %"}}}},
        "finance": {"discount": "10 %"},
        "investments": {
            "coaching": {
                "start": 2,
                "cost": {"running": 400},
                "changes": {"help.call.failure": {"times": 0.5}},
            },
            "bot": {"cost": {"upfront": 9_000}, "changes": {"help.call.failure": {"times": 0.6}}},
            "gift": {
                "start": 3,
                "reach": "50 %",
                "cost": {"per_customer": 6},
                "changes": {"customer.fee": {"add": 1}},
            },
            "lounge": {"cost": {"upfront": 50_000}},
        },
    }
    return gw.Model(**{**parts, **blocks})


def simple_firm() -> gw.Model:
    """Both investments pay, and both at once are too much for the first year."""
    fees = {"coaching": (1, {"running": 400}), "bot": (5, {"upfront": 9_000})}
    return firm(
        investments={
            n: {"cost": cost, "changes": {"customer.fee": {"add": fee}}} for n, (fee, cost) in fees.items()
        }
    )


OPTIONS_OF_FIRM: dict[str, Any] = {
    "choices": {"coaching": [{}, {"start": 13}], "gift": [{"reach": {"gold": "100 %"}}]},
    "replications": 5,
}


@pytest.fixture(scope="module")
def plan() -> gw.Plan:
    return gw.allocate(firm(), budget="14_000", investments=["coaching", "bot", "gift"], **OPTIONS_OF_FIRM)


def test_the_plan_is_that_of_separate_studies(plan: gw.Plan) -> None:
    """Each plan written down as a model of its own, and compared on the luck of the search."""
    ways: list[list[dict[str, object]]] = [
        [{}, {"coaching": {}}, {"coaching": {"start": 13}}],
        [{}, {"bot": {}}],
        [{}, {"gift": {"reach": {"gold": "100 %"}}}],
    ]
    found = []
    for combination in itertools.product(*ways):
        one: dict[str, Any] = {name: changes for way in combination for name, changes in way.items()}
        if not one:
            continue
        values = {f"investments.{name}.{key}": new for name, c in one.items() for key, new in c.items()}
        model = firm(scenarios={"all": [*one]}).assign(values)
        study = gw.compare(model, "all", replications=5)
        cost = study.flows("all").query("horizon == 'within'")[["upfront", "running"]].to_numpy(float).sum()
        found.append((float(study.npv_units("all").mean()), float(cost), one))
    values_known = sorted(plan.found.worths[1:, 0])
    assert values_known == pytest.approx(sorted(value for value, _, _ in found), rel=1e-12)
    assert sorted(plan.found.worths[1:, 1:].sum(axis=1)) == pytest.approx(sorted(c for _, c, _ in found))
    value, cost, one = max((row for row in found if row[1] <= 14_000), key=lambda row: row[0])
    assert plan.found.best(plan.limits)[0] == plan.done
    assert plan.found.worth(plan.done)[0] == pytest.approx(value)
    assert set(plan.table()["investment"]) == set(one)
    assert plan.spent()["spent"].iloc[-1] == pytest.approx(cost, rel=0.05)  # on other luck


def test_the_value_is_from_luck_that_chose_nothing(plan: gw.Plan, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []
    from goodwill.engine.question import Question

    worths = Question.worths

    def noted(self: Question, threads: int) -> Any:
        asked.append(self.first_replication)
        return worths(self, threads)

    monkeypatch.setattr(Question, "worths", noted)
    again = gw.allocate(firm(), budget=14_000, investments=["coaching", "bot", "gift"], **OPTIONS_OF_FIRM)
    assert asked == [0, FRESH, FRESH + 5]
    assert again == plan
    assert plan.value != plan.found.worth(plan.done)[0]
    low, high = plan.value_interval
    assert low < plan.value < high


def test_the_search_flatters_the_winner_and_the_value_does_not() -> None:
    """The best 2 of 6 investments that are worth the same, over 30 seeds (in full 60), beside 400 (1,000)
    replications of all.

    Measured with 60: the search is 137 too high (standard error 20, of 2,762), the value 13 (24). Rejects at
    four standard errors. Of 30 intervals 25 cover at least (in full 52 of 60); fewer come once
    in 300 times.
    """
    full = os.environ.get("GOODWILL_FULL", "0") not in ("", "0")
    same = {"cost": {"upfront": 1_000}, "changes": {"help.call.failure": {"times": 0.6}}, "reach": "50 %"}
    model = firm(horizon="1 year", investments={f"i{k}": same for k in range(6)})
    truth = gw.allocate(model, budget=2_000, replications=1_000 if full else 400, seed=999).found
    seeds = range(1, 61 if full else 31)
    plans = [gw.allocate(model, budget=2_000, replications=5, seed=seed) for seed in seeds]

    def error(errors: list[float]) -> tuple[float, float]:
        return float(np.mean(errors)), float(np.std(errors, ddof=1) / np.sqrt(len(errors)))

    leaders = [(plan, plan.found.best(plan.limits)[0]) for plan in plans]
    mean, se = error([plan.found.worth(leader)[0] - truth.worth(leader)[0] for plan, leader in leaders])
    assert mean > 4 * se
    known = [(plan, truth.worth(plan.done)[0]) for plan in plans]
    mean, se = error([plan.value - true for plan, true in known])
    assert abs(mean) < 4 * se
    covered = sum(plan.value_interval[0] <= true <= plan.value_interval[1] for plan, true in known)
    assert covered >= (52 if full else 25)


def test_what_is_done_is_told_with_what_it_costs_and_leaves(plan: gw.Plan) -> None:
    table, spent = plan.table(), plan.spent().set_index("when")
    added = table[["year_1_cost", "year_2_cost"]].sum()
    assert added.to_numpy() == pytest.approx(spent.loc[["year 1", "year 2"], "spent"].to_numpy(), rel=0.02)
    assert spent.loc["total", "unspent"] == pytest.approx(14_000 - spent.loc["total", "spent"])
    assert np.isnan(spent.loc["year 1", "budget"])
    first = plan.sentences()[0]
    assert first.startswith("Do coaching from month")
    assert "of 14.0 k EUR" in first
    assert "All 12 plans" in repr(plan)
    assert plan._repr_html_().startswith("<p>Do coaching")


def test_more_money_buys_what_a_greater_budget_would(plan: gw.Plan) -> None:
    (row,) = plan.next("1_000_000").to_dict("records")
    all_steps = plan.frontier()
    assert row["plan"] == all_steps["plan"].iloc[-1]
    assert row["npv_gain_low"] <= row["npv_gain"] <= row["npv_gain_high"]
    assert all_steps["budget"].is_monotonic_increasing
    assert all_steps["npv"].is_monotonic_increasing
    (row,) = plan.next(1).to_dict("records")
    assert (row["npv_gain"], row["spent"]) == (0, 0)
    with pytest.raises(ValueError, match="extra is -5; it must be money above 0"):
        plan.next(-5)


def test_budgets_by_year_exclusions_and_prerequisites_are_respected() -> None:
    model = simple_firm()
    later = {"coaching": [{}, {"start": 13}]}
    both = gw.allocate(model, budget={"year 1": 9_000}, choices=later, replications=3)
    assert list(both.table()["begins"]) == ["month 13", "month 1"]
    spent = both.spent().set_index("when")
    assert spent.loc["year 1", "spent"] == pytest.approx(9_000)
    assert spent.loc["year 2", "spent"] == pytest.approx(12 * 400)
    assert np.isnan(spent.loc["total", "budget"])
    (more,) = both.next(5_000).to_dict("records")
    assert (more["added_to"], more["plan"]) == ("year 1", "coaching from month 1 and bot from month 1")
    two = gw.allocate(model, budget={"year 1": 9_000, "year 2": 4_000}, choices=later, replications=3)
    assert list(two.table()["investment"]) == ["bot"]
    assert "9.00 k of 9.00 k EUR in year 1 and 0 of 4.00 k EUR in year 2" in two.sentences()[0]
    one = gw.allocate(model, budget=50_000, exclusions=[("coaching", "bot")], replications=3)
    assert list(one.table()["investment"]) == ["bot"]
    tied = gw.allocate(model, budget=9_000, prerequisites={"bot": "coaching"}, replications=3)
    assert tied.done == ()  # coaching alone costs 9,600
    assert "nothing" not in tied.sentences()[-1]


def test_to_do_nothing_wins_where_everything_loses_or_nothing_fits() -> None:
    lost = gw.allocate(firm(), budget=60_000, investments="lounge", replications=2)
    assert lost.table().empty
    assert lost.value == 0
    assert lost.value_interval == (0, 0)
    assert lost.sentences() == ["Do nothing, and spend none of 60.0 k EUR: every option loses money."]
    poor = gw.allocate(firm(), budget=1, investments=["bot", "lounge"], replications=2)
    assert "what would be worth more does not fit" in repr(poor)
    assert "more would buy bot from month 1" in repr(poor)


def test_where_plans_are_too_many_pairs_choose_and_the_best_are_simulated(plan: gw.Plan) -> None:
    told = gw.allocate(
        firm(), budget=14_000, investments=["coaching", "bot", "gift"], most_worlds=11, **OPTIONS_OF_FIRM
    )
    assert not told.found.complete
    assert told.done == plan.done
    assert told.value == plan.value
    assert "single options, pairs" in repr(told)
    with pytest.raises(ValueError, match="most_worlds is 3; single options and pairs alone are 10 worlds"):
        gw.allocate(
            firm(), budget=14_000, investments=["coaching", "bot", "gift"], most_worlds=3, **OPTIONS_OF_FIRM
        )


def test_without_scipy_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "scipy.optimize", None)
    with pytest.raises(ImportError, match="needs scipy: pip install scipy"):
        gw.allocate(firm(), budget=1, most_worlds=11, replications=2)


def test_a_study_brings_what_it_was_asked() -> None:
    study = gw.compare(firm(), replications=3, seed=7)
    found = gw.allocate(study, budget=10_000, investments="bot")
    same = gw.allocate(firm(), budget=10_000, investments="bot", replications=3, seed=7)
    assert np.array_equal(found.units, same.units)
    assert found.found == same.found
    assert found.found.worths[1, 0] == pytest.approx(study.npv_units("bot").mean())
    with pytest.raises(ValueError, match="seed is given, and the study has its own"):
        gw.allocate(study, budget=10_000, seed=1)


def test_assumptions_are_drawn_as_in_a_study() -> None:
    model = firm(
        assumptions={"effect": {"low": 0.5, "best": 0.6, "high": 0.7}},
        investments={
            "bot": {"cost": {"upfront": 9_000}, "changes": {"help.call.failure": {"times": "$effect"}}}
        },
    )
    found = gw.allocate(model, budget=10_000, choices={"bot": [{"start": 2}]}, draws=8)
    assert found.units.shape == (8, 4)
    study = gw.compare(model.assign({"investments.bot.start": 2}), "bot", draws=8)
    assert found.found.worth((0,))[0] == pytest.approx(study.npv_units("bot").mean(), rel=1e-12)


def test_a_saved_plan_is_the_same(plan: gw.Plan, tmp_path: Path) -> None:
    again = gw.open(gw.save(plan, tmp_path / "plan.goodwill"))
    assert again == plan
    assert repr(again) == repr(plan)


def test_charts_show_the_plan(plan: gw.Plan, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MPLBACKEND", "agg")
    labels = [tick.get_text() for tick in plan.plot.roadmap().get_yticklabels()]
    assert labels[-1] == "spent"
    assert labels[:-1] == [
        "\n".join(filter(None, row)) for row in plan.table()[["investment", "choice"]].to_numpy()
    ]
    assert plan.plot.frontier().get_title(loc="left") == "What a budget buys"
    empty = gw.allocate(firm(), budget=0, investments="lounge", replications=2)
    assert empty.plot.roadmap().texts[0].get_text() == "the plan does nothing"
    empty.plot.frontier()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"budget": -5}, "budget is -5; it must be money of 0 or more"),
        ({"budget": "much"}, "budget is 'much'; it must be a number"),
        ({"budget": {}}, "budget is {}; it must be money, in all or by year"),
        ({"budget": {"year 1": -1}}, r"budget\['year 1'\] is -1; it must be money of 0 or more"),
        (
            {"budget": {"year 3": 1}},
            r"there is no year 'year 3'; did you mean 'year 2'\? \(years: year 1, year 2\)",
        ),
        ({"investments": "coachin"}, "there is no investment 'coachin'; did you mean 'coaching'"),
        ({"investments": []}, "allocate needs an investment, and none was named"),
        ({"choices": {"bto": [{}]}}, "there is no investment 'bto'; did you mean 'bot'"),
        (
            {"choices": {"bot": {"start": 2}}},
            r"choices\['bot'\] is {'start': 2}; it must be a list of changes",
        ),
        ({"choices": {"bot": ["s"]}}, r"choices\['bot'\] holds 's'; it must be a list of changes"),
        ({"choices": {"bot": [{"start": 2}] * 2}}, r"choices\['bot'\] gives {'start': 2} twice"),
        ({"choices": {"bot": [{"strat": 2}]}}, "did you mean 'investments.bot.start'"),
        ({"choices": {"bot": [{"reach": {"gld": 1}}]}}, "'gld' is not a segment; did you mean 'gold'"),
        ({"exclusions": "bot"}, "exclusions is 'bot'; it must be a list of groups"),
        ({"exclusions": ["bot"]}, "exclusions holds 'bot'; it must be a list of groups"),
        ({"exclusions": [("bot",)]}, "it takes two investments to exclude each other"),
        ({"exclusions": [("bot", "gfit")]}, "there is no investment 'gfit'; did you mean 'gift'"),
        ({"prerequisites": {"bot": ["gfit"]}}, "there is no investment 'gfit'; did you mean 'gift'"),
        (
            {"prerequisites": {"bot": "gift", "gift": ["bot"]}},
            "prerequisites go round in a circle: (bot needs gift, gift|gift needs bot, bot) needs",
        ),
        ({"most_worlds": 0}, "most_worlds is 0; it must be a whole number from 1"),
    ],
)
def test_bad_questions_are_refused(options: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        gw.allocate(firm(), **{"budget": 1_000, "replications": 2, **options})


def test_a_model_without_investments_is_refused() -> None:
    with pytest.raises(ValueError, match="allocate needs an investment, and the model has none"):
        gw.allocate(firm(investments={}), budget=1)


def test_the_command_line_asks_the_same(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from goodwill.cli import main

    file = tmp_path / "firm.yaml"
    file.write_text(simple_firm().to_yaml(), encoding="utf-8")
    words = ["allocate", str(file), "--budget", "year 1=9_000", "--start", "coaching=1,13"]
    words += ["--replications", "3", "--next", "5_000"]
    assert main(words) == 0
    said = capsys.readouterr().out
    assert said.startswith("Do coaching from month 13 and bot from month 1")
    assert "added_to" in said
    assert main(["allocate", str(file), "--budget", "1", "--budget", "2"]) == 2
    assert "--budget takes money in all, once, or year 1=500_000; found '1'" in capsys.readouterr().err
