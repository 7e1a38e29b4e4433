"""The engine and the reference agree on what people say, hear and do about it (agreement.py says how)."""

from __future__ import annotations

import sys
from pathlib import Path

import goodwill as gw
import pytest

sys.path.insert(0, str(Path(__file__).parent))

import reference
from agreement import Tree, agree

TOWN: Tree = {
    # words on every kind of response, and on newcomers; touchpoints that all hear of, or nobody; full teams
    "horizon": "2 years",
    "segments": {
        "locals": {
            "count": 30_000,
            "tenure": {"exactly": "10 months"},
            "arrivals": "600 / month",
            "expects": {"mean": 6, "sd": 0.7, "good_word": 0.8},
            "trust": {"mean": 0.5, "sd": 0.1, "good_word": 0.05},
        },
        "guests": {
            "count": 3_000,
            "tenure": {"exactly": "4 months"},
            "arrivals": {"count": "250 / month", "stage": "curious"},
            "satisfaction": {"mean": 6.5, "sd": 1.5},
            "changes": {"word_of_mouth.negative": {"times": 1.5}, "visit.show.visibility": {"times": 0.6}},
        },
    },
    "stages": {
        "curious": {
            "kind": "prospect",
            "churn": "10 %",
            "moves": {"member": {"base": "12 %", "good_word": 0.8, "bad_word": -0.4}},
        },
        "member": {
            "fee": 20,
            "churn": {"base": "2 %", "satisfaction": -0.3, "good_word": -0.6, "bad_word": 0.3},
            "moves": {"away": "2 %"},
        },
        "away": {
            "kind": "lapsed",
            "churn": "6 %",
            "moves": {"member": {"base": "5 %", "good_word": 0.5}},
        },
    },
    "teams": {"desk": {"capacity": "6_000 / month", "cost": "8_000 / month", "strain": 0.5}},
    "channels": {"hall": {"visibility": 3, "failure": "10 %", "recovery": "60 %"}},
    "journeys": {
        "visit": {
            "starts": {"base": "40 %", "good_word": 0.3, "bad_word": -0.2},
            "touchpoints": {
                "show": {"visibility": 5, "failure": "12 %", "recovery": "40 %", "cost": 2, "next": "call"},
                "call": {"team": "desk", "happens": "60 %", "failure": "10 %", "next": "form"},
                "form": {"visibility": 0, "failure": "30 %", "recovery": "20 %", "weight": 0.5},
            },
        },
        "chat": {
            "stages": ["member", "away"],
            "starts": {"base": "0.3 / month", "bad_word": 0.2, "failures": 0.2},
            "touchpoints": {"chat": {"channel": "hall", "quality": 7}},
        },
    },
    "orders": {
        "rate": {"base": "0.5 / month", "good_word": 0.3, "bad_word": -0.4},
        "value": 30,
        "margin": "40 %",
    },
    "referrals": {
        "rate": {"base": "0.04 / month", "good_word": 0.6, "bad_word": -0.5},
        "conversion": "50 %",
    },
    "survey": {"response": {"base": "20 %", "bad_word": 0.3}},
    "experience": {"memory": "3 months"},
    "word_of_mouth": {
        "positive": "0.4 / month",
        "negative": "3 / year",
        "mixing": {"locals": {"locals": 1, "guests": 0.2}, "guests": {"locals": 3, "guests": 1}},
    },
    "investments": {
        "curtain": {
            "start": 4,
            "ramp": 3,
            "reach": {"locals": "40 %", "guests": "70 %"},
            "cost": {"running": 500},
            "changes": {"visit.show.visibility": {"times": 0.2}, "visit.form.visibility": {"add": 2}},
        },
        "praise": {
            "start": 9,
            "lasts": 8,
            "reach": "50 %",
            "changes": {
                "word_of_mouth.positive": {"times": 3},
                "hall.visibility": {"add": 4},
                "member.churn.good_word": {"add": -0.5},
            },
        },
    },
    "events": {
        "rumour": {
            "start": 14,
            "lasts": 2,
            "changes": {"word_of_mouth.negative": {"times": 3}, "locals.expects.good_word": {"set": 1.5}},
        }
    },
    "scenarios": {"all": ["curtain", "praise", "rumour"]},
}

CHOIR: Tree = {
    # by week: what is heard fades slowly, and is heard in the past; a segment that begins empty is not heard
    "period": "week",
    "horizon": "40 weeks",
    "segments": {
        "old": {"count": 20_000, "arrivals": "180 / week"},
        "new": {
            "arrivals": "150 / week",
            "expects": {"mean": 6.5, "sd": 1, "good_word": 0.5},
            "satisfaction": {"mean": 6.5, "sd": 1, "good_word": 0.2},
        },
    },
    "stages": {
        "singer": {
            "fee": 5,
            "churn": {
                "average": "4 % / month",
                "satisfaction": -0.3,
                "good_word": -0.3,
                "bad_word": 0.4,
                "frailty": 0.5,
            },
        }
    },
    "journeys": {
        "sing": {
            "starts": {"average": "1.2 / month", "good_word": 0.3},
            "touchpoints": {"evening": {"failure": "20 %", "recovery": "50 %", "visibility": 1.5}},
        }
    },
    "survey": {"response": "20 %", "nps": 15},
    "word_of_mouth": {
        "positive": "0.6 / month",
        "negative": "0.4 / month",
        "mixing": {"old": {"old": 1}, "new": {"old": 2, "new": 0.1}},
    },
    "investments": {
        "hall": {
            "start": 8,
            "reach": "30 %",
            "changes": {"sing.evening.failure": {"times": 0.5}, "word_of_mouth.negative": {"times": 0.5}},
        }
    },
    "events": {
        "blog": {
            "start": 20,
            "lasts": 6,
            "reach": {"old": "20 %"},
            "changes": {"sing.evening.visibility": {"set": 10}},
        }
    },
    "scenarios": {"all": ["hall", "blog"]},
}


@pytest.mark.parametrize("scenario", ["baseline", "all"])
def test_what_is_said_and_heard_by_month(scenario: str) -> None:
    agree(TOWN, scenario, anchored=False)


@pytest.mark.parametrize("scenario", [pytest.param("baseline", marks=pytest.mark.full), "all"])
def test_what_is_said_and_heard_by_week(scenario: str) -> None:
    agree(CHOIR, scenario, anchored=True)


def test_everybody_who_lives_a_period_hears_what_is_said_in_it() -> None:
    # Nothing is left to chance. All customers are promoters and say half a message. Prospects and the lapsed
    # only listen; who leaves at the end of a period has listened too. Nothing is remembered for longer.
    tree: Tree = {
        "horizon": "4 months",
        "agents": "all",
        "segments": {
            "stay": {
                "count": 1_000,
                "tenure": 0,
                "arrivals": 500,
                "expects": {"mean": 2, "sd": 0, "good_word": 2},
            },
            "leave": {"count": 600, "tenure": 0, "changes": {"customer.churn": {"set": "100 %"}}},
            "rest": {"count": 300, "tenure": 0, "stage": "lapsed"},
            "look": {"arrivals": {"count": 200, "stage": "lead"}},
        },
        "stages": {"customer": {"churn": "0 %"}, "lapsed": {"kind": "lapsed"}, "lead": {"kind": "prospect"}},
        "survey": {"noise": 0},
        "experience": {"memory": 1},
        "word_of_mouth": {"positive": 0.5},
    }
    for segment in tree["segments"].values():
        segment["satisfaction"] = {"mean": 10, "sd": 0}
    said = [2_100, 2_000, 2_500, 3_000]  # by so many promoters
    people = [2_600, 2_700, 3_400, 4_100]
    new = [0.5 * a / b for a, b in zip(said, people, strict=True)]
    heard = [new[0], *new[:3]]  # in the past as in the first month
    expected = [2 + 2 * sum(heard[:t]) / t for t in range(1, 5)]  # of equal numbers who joined in each period
    theirs = reference.simulate(tree)["ledger"].xs("acquired", level="origin").xs("stay", level="segment")
    ours = gw.run(gw.Model(**tree), seed=1).table(by=["period", "segment", "origin"])
    ours = ours[(ours["segment"] == "stay") & (ours["origin"] == "acquired")]
    assert (theirs["expectation_sum"] / theirs["end"]).tolist() == pytest.approx(expected)
    # the engine keeps a state in 16 bits, 1.5e-4 of the scale from 0 to 10 apart
    assert ours["expectation"].tolist() == pytest.approx(expected, abs=5e-4)
