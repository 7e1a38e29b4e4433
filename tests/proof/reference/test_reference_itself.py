"""The reference against closed forms: a judge that is wrong would be worse than none.

Seeds are fixed. Tolerances of sums over independent customers are 4 standard errors: a false alarm of 6e-5.
"""

from __future__ import annotations

import math
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parents[1]))

import reference
from reference.changes import resolve, values_for
from reference.simulation import Run
from reference.teams import erlang_a, queue_of_a_day
from reference.units import Units
from reference.word_of_mouth import reaching
from reference.world import PILOT

Tree = dict[str, Any]

TELECOM: Tree = {
    "horizon": "3 years",
    "agents": 6000,
    "segments": {
        "flex": {
            "count": 60_000,
            "tenure": "18 months",
            "arrivals": "1_400 / month",
            "acquisition_cost": 60,
            "changes": {
                "customer.fee": {"set": 19},
                "customer.moves.notice.average": {"set": "2.4 % / month"},
                "support.first.bot": {"set": "45 %"},
            },
        },
        "contract": {"count": 140_000, "tenure": "4 years", "arrivals": "1_300 / month"},
    },
    "stages": {
        "customer": {
            "fee": 38,
            "margin": "62 %",
            "moves": {
                "notice": {
                    "average": "0.8 % / month", "satisfaction": -0.35, "trust": -0.8, "failures": 0.4,
                    "frailty": 0.5,
                }
            },
        },
        "notice": {"fee": 38, "margin": "62 %", "churn": "100 %"},
    },
    "channels": {
        "bot": {"quality": 6.8, "sd": 1.8, "failure": "45 %", "cost": 0.4, "quality_failed": 4},
        "phone": {"quality": 7.6, "failure": "14 %", "recovery": "40 %", "cost": 6.5, "recovery_cost": 12},
    },
    "journeys": {
        "support": {
            "starts": {"average": "14 % / month", "failures": 0.9},
            "first": {"bot": "30 %", "call": "70 %"},
            "touchpoints": {
                "bot": {"channel": "bot", "next": {"failed": "call"}},
                "call": {"channel": "phone", "weight": 1.5},
            },
        },
        "win_back": {
            "stages": ["notice"],
            "starts": "0 %",
            "touchpoints": {"offer": {"channel": "phone", "failure": "0 %", "next": {"customer": "30 %"}}},
        },
    },
    "referrals": {"rate": {"average": "0.006 / month", "satisfaction": 0.35}, "conversion": "40 %"},
    "survey": {"response": {"base": "15 %", "extreme": 0.2}, "nps": 22},
    "investments": {
        "nothing": {"changes": {"phone.quality": {"add": 0}}},
        "save_desk": {
            "start": 2,
            "cost": {"upfront": 80_000, "running": "12_000 / month", "each": {"win_back.offer": 25}},
            "changes": {"win_back.starts": {"set": "70 %"}, "win_back.offer.next.customer": {"set": "35 %"}},
        },
        "half": {
            "reach": "50 %",
            "ramp": 4,
            "cost": {"per_customer": 2},
            "changes": {"phone.quality": {"add": 1}},
        },
    },
    "events": {
        "breach": {
            "start": 12,
            "lasts": 6,
            "reach": "33 %",
            "impulse": {"trust": -0.25},
            "cost": {"upfront": 1e6},
        },
    },
    "scenarios": {"all": ["nothing", "save_desk", "half", "breach"]},
}  # fmt: skip


def smallest(**more: Any) -> Tree:
    """One segment, one stage, a fresh cohort of 10,000, 2 % churn, 3 years; `more` replaces blocks."""
    return {
        "horizon": "3 years",
        "segments": {"all": {"count": 10_000, "tenure": 0}},
        "stages": {"customer": {"fee": 30, "churn": "2 % / month"}},
    } | more


def test_units() -> None:
    month = Units("month")
    assert month.probability("12 % / year") == pytest.approx(1 - 0.88 ** (1 / 12))
    assert month.amount("1_400 / month") == 1400
    assert month.amount("0.12 / year") == pytest.approx(0.01)
    assert month.duration("3 years") == 36
    assert month.duration("month 24") == 24
    assert month.minutes("2 hours") == 120
    assert month.plain("0.4 points") == 0.4
    assert month.span("12 to 24 months") == (12, 24)
    assert month.span("1 year to 24 months") == (12, 24)
    with pytest.raises(ValueError, match="not a probability"):
        month.probability("2")


def test_constant_retention() -> None:
    p = reference.simulate(smallest())["periods"]
    alive = 10_000 * 0.98 ** np.arange(1, 37)
    error = np.sqrt(alive * (1 - alive / 10_000))
    assert (np.abs(p["end"] - alive) < 4 * error).all()
    assert np.array_equal(p["contribution"], 30 * p["start"])


def test_shifted_beta_geometric_fresh_and_after_a_lived_past() -> None:
    # Fader and Hardie's Regular customers: S(t) = B(a, b + t) / B(a, b), churn after k years a / (a + b + k)
    a, b, n = 0.7041, 1.1820, 10_000
    for known in (0, 1, 3):
        tree = smallest(period="year", horizon=4)
        tree["segments"] = {"all": {"count": n, "tenure": {"exactly": f"{known} years"}}}
        tree["stages"] = {"customer": {"churn": {"beta": [a, b]}}}
        end = reference.simulate(tree)["periods"]["end"].to_numpy() / n
        survival = np.cumprod([1 - a / (a + b + known + t) for t in range(4)])
        # Beyond the two years lived in full, customers are drawn from a crowd, whose luck adds to their own.
        crowd = PILOT * np.prod([1 - a / (a + b + t) for t in range(known - 2)])
        sizes = 1 / n + (known > 2) / crowd
        assert (np.abs(end - survival) < 4 * np.sqrt(survival * (1 - survival) * sizes)).all()


def test_branching_referrals() -> None:
    # present in t + 1 = present in t * (1 - churn + rate * conversion)
    tree = smallest(referrals={"rate": 0.05, "conversion": "30 %"})
    result = reference.simulate(tree, replications=4)["periods"]
    mean = (result["start"] + result["joined"]).groupby("period").mean()
    growth = 1 - 0.02 + 0.05 * 0.3
    assert mean.to_numpy() == pytest.approx(10_000 * growth ** np.arange(36), rel=0.02)
    assert result["joined.acquired"].sum() == 0


def test_orders_are_negative_binomial() -> None:
    tree = smallest(horizon=1, orders={"rate": 2, "spread": {"gamma": 0.5}, "value": 10, "value_cv": 0.8})
    p = reference.simulate(tree, replications=200, agents=200)["periods"]
    variance = 2 + 2**2 / 0.5  # of one customer's orders; of money v^2 (variance + mean cv^2)
    assert p["orders"].mean() == pytest.approx(20_000, abs=4 * 50 * math.sqrt(200 * variance / 200))
    spread = (p["orders"] / 50).var() / 200
    assert spread == pytest.approx(variance, rel=0.5)
    money = (p["revenue"] / 50 - 30 * 200).var() / 200
    assert money == pytest.approx(100 * (variance + 2 * 0.64), rel=0.5)


def test_a_journey_with_a_loop_a_failure_and_an_exit() -> None:
    # each visit fails for good with .3 * (1 - .5) = .15, of which 10 % leave and the others try again
    tree = smallest(horizon=1, segments={"all": {"count": 50_000, "tenure": 0}}, agents="all")
    tree["stages"] = {"customer": {}}
    point = {"failure": "30 %", "recovery": "50 %", "cost": 1, "recovery_cost": 2, "earns": 5}
    point["next"] = {"failed": {"lost": "10 %", "call": "otherwise"}}
    tree["journeys"] = {"help": {"starts": "40 %", "touchpoints": {"call": point}}}
    p = reference.simulate(tree)["periods"].iloc[0]
    visits = 0.4 / (1 - 0.15 * 0.9)
    assert p["contacts.help.call"] == pytest.approx(50_000 * visits, rel=0.03)
    assert p["failed.help.call"] == pytest.approx(0.15 * 50_000 * visits, rel=0.06)
    assert p["lost"] == pytest.approx(0.015 * 50_000 * visits, rel=0.16)
    assert p["contribution"] == 4 * p["contacts.help.call"] - 2 * p["recovered.help.call"]


def test_stationary_ages_of_constant_churn() -> None:
    tree = smallest(horizon=1, segments={"all": {"count": 10_000}})
    tree["stages"] = {"customer": {"churn": {"0 months": "10 %", "200 months": "100 %"}}}
    model = reference.read(tree)
    world = reference.World(model, reference.Levels())
    base = world.base(np.random.default_rng(1), model.segments["all"], 10_000, 1.0)
    assert base.tenure.mean() == pytest.approx(10.0, abs=4 * 9.5 / 100)  # geometric on 1, 2, ...


def test_satisfaction_rests_where_experience_meets_expectation() -> None:
    tree = smallest(horizon="2 years", stages={"customer": {}})
    at_rest = {"mean": 7, "sd": 0}
    tree["segments"] = {"all": {"count": 500, "tenure": 0, "expects": at_rest, "satisfaction": at_rest}}
    tree["journeys"] = {"bill": {"starts": "100 %", "touchpoints": {"bill": {"quality": 7, "sd": 0}}}}
    p = reference.simulate(tree)["periods"]
    assert p["satisfaction"].to_numpy() == pytest.approx(np.full(24, 7.0))
    assert p["trust"].iloc[-1] == pytest.approx(1 - 0.4 * 0.97**24, abs=0.01)


def test_erlang_a() -> None:
    unserved, wait = erlang_a(48, 50, 1, 2)
    assert unserved == pytest.approx(0.0309122, abs=5e-8)
    # by Little's law the wait of all, served or not, is what the queue loses by patience
    assert unserved * 2 * 60 == pytest.approx(3.70947, abs=5e-6)
    assert wait * 60 < 3.70947  # those who give up have waited longer than the others
    # as patient as a call lasts: customers in the system are Poisson, whatever the number of agents
    chances = np.cumprod([math.exp(-3.0), *(3.0 / k for k in range(1, 40))])
    lost = sum((k - 4) * p for k, p in enumerate(chances) if k > 4) / 3.0
    assert erlang_a(3, 4, 1, 1)[0] == pytest.approx(lost)
    # one agent and almost no patience: Erlang's loss formula
    assert erlang_a(2, 1, 1, 1e-9) == pytest.approx((2 / 3, 0.0), abs=1e-6)
    assert erlang_a(2, 0, 1, 1) == pytest.approx((1.0, 0.0))
    # endless patience: the wait of M/M/1, rho / (1 - rho) handling times
    assert erlang_a(0.5, 1, 1, 1e5) == pytest.approx((0.0, 1.0), abs=1e-4)


def test_a_day_of_a_team_is_ten_queues() -> None:
    whole = [erlang_a(2 * part, 10, 5, 3) for part in (0.6, 0.8, 1, 1.2, 1.3, 1.25, 1.15, 1.05, 0.9, 0.75)]
    callers = np.array([0.6, 0.8, 1, 1.2, 1.3, 1.25, 1.15, 1.05, 0.9, 0.75])
    unserved, wait = np.array(whole).T
    full, waited = queue_of_a_day(2, 10, 5, 3)
    assert full == pytest.approx(sum(callers * unserved) / 10)
    assert waited == pytest.approx(sum(callers * (1 - unserved) * wait) / (10 * (1 - full)))
    between, more = queue_of_a_day(2, 10.5, 5, 3)[0], queue_of_a_day(2, 11, 5, 3)[0]
    assert between == pytest.approx((full + more) / 2)


def test_an_overloaded_team_serves_its_capacity() -> None:
    # everybody comes once, and those turned away come again with r: load = (n - r capacity) / (1 - r). The
    # load of period 1 is that of the past already. It is solved by rounds of samples (0.5 %).
    tree = smallest(horizon="2 years", stages={"customer": {}}, agents=2000)
    tree["teams"] = {"desk": {"capacity": 8_000, "cost": 50}}
    point = {"team": "desk", "next": {"full": {"call": "50 %"}}}
    tree["journeys"] = {"help": {"starts": "100 %", "touchpoints": {"call": point}}}
    result = reference.simulate(tree, replications=10)
    assert result["levels"].loads["desk"] == pytest.approx(12_000, rel=0.005)
    served = result["periods"]["contacts.help.call"].to_numpy().reshape(10, 24)
    load = served + result["periods"]["full.help.call"].to_numpy().reshape(10, 24)
    error = 5 * math.sqrt(2_000 * 0.5)  # at most, of one period: a weight of 5, each customer's calls
    assert served.mean() == pytest.approx(8_000, abs=4 * error / math.sqrt(240))
    assert served[:, 0].mean() == pytest.approx(8_000, abs=4 * error / math.sqrt(10))
    assert load.mean() == pytest.approx(12_000, rel=0.01)
    assert result["periods"]["team_cost"].tolist() == pytest.approx([50] * 240)
    assert result["periods"]["contribution"].tolist() == pytest.approx([-50] * 240)


def test_what_is_done_to_a_team_holds_for_the_whole_firm() -> None:
    tree = smallest(horizon="1 year", stages={"customer": {}}, agents=2000)
    tree["segments"] = {name: {"count": 5_000, "tenure": 0} for name in ("one", "two")}
    tree["teams"] = {"desk": {"capacity": "60_000 / year", "cost": "120 / year", "strain": 2}}
    tree["journeys"] = {
        "help": {"starts": "100 %", "touchpoints": {"call": {"team": "desk", "quality": 8, "sd": 0}}}
    }
    change = {"desk.capacity": {"add": "60_000 / year"}, "teams.desk.cost": {"times": 2}}
    tree["investments"] = {"hire": {"start": 3, "ramp": 2, "reach": {"two": "10 %"}, "changes": change}}
    tree["scenarios"] = {"hire": ["hire"]}
    result = reference.simulate(tree, scenario="hire")["periods"]
    assert result["team_cost"].tolist() == pytest.approx([10, 10, 15, *[20] * 9])
    full = result["full.help.call"].to_numpy() / 10_000
    assert full == pytest.approx([0.5, 0.5, 0.25, *[0.0] * 9], abs=4 * math.sqrt(0.25 / 2000))
    # at full use all of the strain is lost: experiences are 6, which satisfaction nears
    assert result["satisfaction"].iloc[-1] < 6.5


ALL_SAY_ONE = {"mean": 10, "sd": 0}  # promoters, once the survey has no noise


def chorus(**more: Any) -> Tree:
    """Customers who are promoters for good and stay; each says half a message a month."""
    return (
        smallest(
            agents=500,
            horizon="6 months",
            stages={"customer": {}},
            segments={"all": {"count": 1_000, "tenure": 0, "satisfaction": ALL_SAY_ONE}},
            survey={"noise": 0},
            word_of_mouth={"positive": "0.5 / month", "negative": 0},
        )
        | {"period": "month"}
        | more
    )


def lived(tree: Tree, scenario: tuple[str, ...] = ()) -> Run:
    """One run of a few, with the levels that anchoring finds."""
    model = reference.read(tree)
    treatments = [model.treatments[name] for name in scenario]
    world = reference.World(model, reference.anchor(model)[0], treatments)
    count = {name: segment.count // 2 for name, segment in model.segments.items()}
    return Run(world, count, dict.fromkeys(count, 2.0), model.horizon, np.random.default_rng(1)).run()


def test_each_message_reaches_one_person() -> None:
    tree = chorus(segments={name: {"count": 100} for name in ("a", "b", "c")})
    tree["word_of_mouth"]["mixing"] = {"a": {"a": 2, "b": 0.5}, "b": {"a": 0.2, "c": 7}}
    model = reference.read(tree)
    people = np.array([30.0, 500.0, 7.0])
    said = {"good_word": np.array([10.0, 20.0, 30.0]), "bad_word": np.array([0.0, 3.0, 0.0])}
    new = reaching(model, said, people)
    for word, messages in said.items():
        assert people @ new[word] == pytest.approx(messages.sum())
    # who says it, times how readily it is heard, by all whom it might reach; c has no row and hears everybody
    from_a, from_b, from_c = 10 / (2 * 30 + 0.2 * 500 + 7), 20 / (0.5 * 30 + 7), 30 / (7 * 500 + 7)
    assert new["good_word"] == pytest.approx(
        [2 * from_a + 0.5 * from_b, 0.2 * from_a + 7 * from_c, from_a + from_b + from_c]
    )
    # nobody who could hear it is there: it is lost
    assert reaching(model, said, np.array([0.0, 1.0, 0.0]))["bad_word"].tolist() == [0.0, 0.0, 0.0]


@pytest.mark.parametrize(("period", "memory"), [("month", 2), ("month", 0.25), ("week", 9)])
def test_what_is_heard_is_remembered_for_a_time(period: str, memory: float) -> None:
    tree = chorus(period=period, horizon=8, experience={"memory": memory})
    tree["investments"] = {"more": {"start": 3, "changes": {"word_of_mouth.positive": {"times": 3}}}}
    run = lived(tree, ("more",))
    rate = 0.5 / (365 / 7 / 12 if period == "week" else 1)
    heard = [memory * rate]  # of people who have always heard as much
    for t in range(1, 9):
        new = rate * (3 if t >= 3 else 1)
        heard.append(max(0, 1 - 1 / memory) * heard[-1] + min(1, memory) * new)
    assert [float(each["good_word"][0]) for each in run.heard] == pytest.approx(heard)
    assert not any(each["bad_word"].any() for each in run.heard)


def test_what_is_said() -> None:
    # detractors and promoters of what all would answer, and what happened to them by its visibility
    tree = smallest(agents=2_000, horizon="6 months", stages={"customer": {}})
    tree |= {"survey": {"response": "1 %"}, "teams": {"desk": {"capacity": 8_000}}}
    tree["channels"] = {"loud": {"visibility": 5, "failure": "30 %", "recovery": "50 %"}}
    tree["journeys"] = {
        "help": {
            "starts": "100 %",
            "touchpoints": {
                "call": {"channel": "loud", "team": "desk", "next": "mail"},
                "mail": {"failure": "40 %", "recovery": "30 %", "next": "letter"},
                "letter": {"channel": "loud", "visibility": 0},
            },
        }
    }
    tree |= {"experience": {"memory": "3 months"}, "word_of_mouth": {"positive": 0.2, "negative": 0.7}}
    p = reference.simulate(tree)["periods"]
    good = 5 * p["recovered.help.call"] + p["recovered.help.mail"]
    bad = 5 * (p["failed.help.call"] + p["full.help.call"]) + p["failed.help.mail"]
    assert p["good_words"].tolist() == pytest.approx((0.2 * (p["true_promoters"] + 3 * good)).tolist())
    assert p["bad_words"].tolist() == pytest.approx((0.7 * (p["true_detractors"] + 3 * bad)).tolist())
    assert (p["full.help.call"] > 0).all()
    assert (p["failed.help.letter"] > 0).all()


def test_who_is_reached_says_more() -> None:
    # all are promoters, and half of them are reached by each of two changes: 1/2 + 2 messages x visibility
    point = {"failure": "100 %", "recovery": "100 %", "weight": 0}
    tree = chorus(journeys={"visit": {"starts": "100 %", "touchpoints": {"visit": point}}})
    changes = {"louder": "visit.visit.visibility", "more": "word_of_mouth.positive"}
    tree["investments"] = {
        name: {"start": 2, "reach": "50 %", "audience": "some", "changes": {path: {"times": 3}}}
        for name, path in changes.items()
    } | {"others": {"start": 2, "reach": "50 %", "changes": {"word_of_mouth.positive": {"set": 0}}}}
    for investments, factor in ((("louder",), 1 + 3 * 2), (("more",), 3 * (1 + 2)), (("others",), 0.0)):
        run = lived(tree, investments)
        said = run.ledger.columns["good_words"].sum(axis=(1, 2))
        reached = run.world.reached(run.world.treatments[0], run.customers).sum()
        assert said[0] == pytest.approx(0.5 * 1_000 * (1 + 2))
        assert said[1] == pytest.approx(0.5 * (2 * (500 - reached) * 3 + 2 * reached * factor))


def test_words_act_on_responses_and_on_what_newcomers_expect() -> None:
    # a person remembers two months of half a message, that is one, however many join
    tree = chorus(orders={"rate": {"base": 2, "good_word": 0.7}}, agents=20_000)
    tree["segments"] = {
        "all": tree["segments"]["all"]
        | {"arrivals": 500, "count": 20_000, "trust": {"mean": 0.1, "sd": 0, "good_word": 0.3}}
        | {"expects": {"mean": 4, "sd": 0, "good_word": 0.5}}
    }
    p = reference.simulate(tree)["periods"]
    rate = 2 * math.exp(0.7)
    assert p["orders"].sum() / p["end"].sum() == pytest.approx(rate, abs=4 * math.sqrt(rate / p["end"].sum()))
    assert p["expectation"].tolist() == pytest.approx([4.5] * 6)
    assert p["trust"].tolist() == pytest.approx([0.4] * 6)


def test_words_that_feed_on_themselves_are_at_rest_from_the_past_on() -> None:
    # Each failure is told to one other (memory x negative = 1), for two months: h = 2 x rate exp(0.4 h). Its
    # slope is 0.4 h = 0.34, so an error of the sample counts 1.5 times: 8 rounds of 8,400 starts are 0.6 %.
    tree = chorus(experience={"memory": "2 months"}, horizon="1 year", agents=1_000)
    tree["word_of_mouth"] = {"positive": 0, "negative": 0.5}
    point = {"failure": "100 %", "quality_failed": 10, "weight": 0}
    starts = {"base": "0.3 / month", "bad_word": 0.4}
    tree["journeys"] = {"help": {"starts": starts, "touchpoints": {"call": point}}}
    heard = 0.0
    for _ in range(100):
        heard = 2 * 0.3 * math.exp(0.4 * heard)
    result = reference.simulate(tree, replications=10)
    assert result["levels"].heard["bad_word"] == pytest.approx([heard], rel=0.025)
    said = result["periods"]["bad_words"].to_numpy().reshape(10, 12) / 1_000
    assert said.mean(axis=0) == pytest.approx(np.full(12, heard / 2), rel=0.1)


def test_changes_of_a_branch_leave_the_rest_in_proportion() -> None:
    model = reference.read(TELECOM)
    first = values_for(model, "flex", {})["journeys", "support", "first"]
    assert first == pytest.approx({"bot": 0.45, "call": 0.55, "done": 0.0})
    half = [(model.treatments["save_desk"], 0.5)]
    onward = values_for(model, "flex", {}, half)["journeys", "win_back", "touchpoints", "offer", "next"]
    assert onward == pytest.approx({"customer": 0.325, "done": 0.675})
    assert len(resolve(model, {"arrivals": {"times": "2"}})) == 2  # a bare field means every segment


@pytest.fixture(scope="module")
def telecom() -> Tree:
    return reference.simulate(TELECOM)


def test_ledger_concordance(telecom: Tree) -> None:
    everything = reference.simulate(TELECOM, scenario="all", levels=telecom["levels"])
    for result in (telecom, everything):
        p = result["periods"]
        assert (p["start"] + p["joined"] - p["lost"]).to_numpy() == pytest.approx(p["end"].to_numpy())
        assert p["start"].to_numpy()[1:] == pytest.approx(p["end"].to_numpy()[:-1])
        assert p["end"].to_numpy() == pytest.approx((p["end.customer"] + p["end.notice"]).to_numpy())
        assert p["converted"].to_numpy()[:-1] == pytest.approx(p["joined.referred"].to_numpy()[1:])
        costs = p["service_cost"] + p["touchpoint_cost"] + p["acquisition_cost"]
        assert p["contribution"].to_numpy() == pytest.approx((0.62 * p["revenue"] - costs).to_numpy())
        assert result["ledger"].groupby(level=[0, 1])["revenue"].sum().to_numpy() == pytest.approx(
            p["revenue"].to_numpy()
        )
    won = everything["periods"]
    assert won["exits.win_back.customer"].sum() == pytest.approx(
        0.35 * won["contacts.win_back.offer"].sum(), rel=0.1
    )
    assert won["event_cost"].to_numpy().nonzero()[0].tolist() == [11]
    reached = 0.5 * (won["start"] + won["joined"])  # each pays 2 once; the save desk opens in period 2
    assert won["investment_cost"].iloc[0] == pytest.approx(2 * reached.iloc[0], rel=0.1)


def test_asked_and_got(telecom: Tree) -> None:
    asked, got = telecom["anchored"]["asked"].to_numpy(), telecom["anchored"]["got"].to_numpy()
    assert len(asked) == 9  # three averages and the tenure of two segments, the NPS of the firm
    path = telecom["anchored"]["path"]
    score, tenure = path == "survey.nps", path == "tenure"
    assert got[~score & ~tenure] == pytest.approx(asked[~score & ~tenure], rel=0.02)
    assert got[tenure] == pytest.approx(
        asked[tenure], rel=4 / math.sqrt(6000)
    )  # its deviation is about its mean
    assert got[score] == pytest.approx(asked[score], abs=1.0)
    year = telecom["periods"].iloc[:12].sum()
    starts = "journeys.support.starts"
    assert year[f"expected.{starts}"] / year[f"at_risk.{starts}"] == pytest.approx(0.14, rel=0.02)


def test_what_it_cannot_do_it_refuses() -> None:
    with pytest.raises(NotImplementedError, match="market"):
        reference.read(smallest(market={"rivals": 2}))
