"""The engine and the reference agree on people who come out of a market (agreement.py says how).

Two small models show what each rule does, three whole ones that rules act together. What might be
misunderstood was changed in the reference, one by one. Who comes by themselves pays an acquisition cost,
enters where arrivals do, comes before these, comes with the probability hazard instead of 1 - exp(-hazard),
or joins with new acquaintances instead of their own; those who were referred come before arrivals, are
anybody, or are known on the market's network only. In the share leads count, or guests; arrivals of the same
period; those who have left do not stand below. Reach decides who feels a hazard; layers weigh the same; both
networks differ where they are described alike; those who have not come yet count in what was heard at the
start; who finds no place joins, or makes no reward due; the size is that of the prospects. Each moves some
number here by 9 of the standard errors of agreement.py or more.
"""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from agreement import FULL, Tree, agree

REPLICATIONS = 60 if FULL else 12

GLAD = {"mean": 10, "sd": 0}  # promoters, where answers have no noise

CROWD: Tree = {
    # a market that is empty within a year; guests, who are no people of it, are no reason to come
    "horizon": "9 months",
    "segments": {
        "town": {"count": 2_000, "tenure": 0, "arrivals": 1_500, "acquisition_cost": 2},
        "guests": {"count": 4_000, "tenure": 0, "arrivals": 800, "acquisition_cost": 1},
    },
    "stages": {"customer": {"churn": "5 %"}},
    "referrals": {"rate": 0.2, "conversion": "90 %", "reward": 3},
    "survey": {"response": "20 %"},
    "market": {"size": {"town": 16_000}, "innovation": 0.02, "imitation": 0.8},
    "investments": {
        "call": {
            "start": 2,
            "reach": "40 %",
            "cost": {"per_customer": 1},
            "changes": {"market.innovation": {"add": 0.2}},
        }
    },
    "scenarios": {"all": ["call"]},
}

PAIRS: Tree = {
    # everybody knows one person, whom they look at, tell, and refer first
    "horizon": "9 months",
    "segments": {
        "loud": {"count": 4_000, "tenure": 0, "satisfaction": GLAD},
        "quiet": {
            "count": 2_000,
            "tenure": 0,
            "satisfaction": {"mean": 7, "sd": 0},
            "changes": {"referrals.rate": {"set": 0}},
        },
    },
    "stages": {"customer": {}},
    "orders": {"rate": {"base": 3, "good_word": 0.5}, "value": 1},
    "referrals": {"rate": 0.15, "segment": "quiet"},
    "survey": {"noise": 0},
    "word_of_mouth": {"positive": 1, "network": {"degrees": [1]}},
    "market": {
        "size": {"loud": 4_000, "quiet": 16_000},
        "innovation": 0.01,
        "imitation": 0.3,
        "network": {"degrees": [1]},
    },
}

WARM: Tree = {
    # all look at all; most are curious first, some of whom lose interest, and some customers pause
    "horizon": "18 months",
    "segments": {
        "homes": {
            "count": 4_000,
            "tenure": "8 months",
            "arrivals": "60 / month",
            "acquisition_cost": 40,
            "satisfaction": {"mean": 7.5, "sd": 1.5},
            "expects": {"mean": 6.5, "sd": 0.7, "good_word": 1},
        }
    },
    "stages": {
        "curious": {
            "kind": "prospect",
            "churn": "15 %",
            "moves": {"member": {"base": "20 %", "good_word": 0.8, "bad_word": -0.8}},
        },
        "member": {
            "fee": 20,
            "churn": {"average": "4 %", "satisfaction": -0.3, "bad_word": 0.4},
            "moves": {"away": "3 %"},
        },
        "away": {"kind": "lapsed", "churn": "10 %", "moves": {"member": "20 %"}},
    },
    "journeys": {
        "repair": {
            "stages": ["member", "curious"],
            "starts": "0.4 / month",
            "touchpoints": {"visit": {"failure": "20 %", "recovery": "40 %", "weight": 0.5, "cost": 6}},
        }
    },
    "referrals": {
        "rate": {"average": "0.06 / month", "satisfaction": 0.4},
        "conversion": "60 %",
        "reward": 15,
        "stage": "member",
    },
    "survey": {"response": "20 %", "nps": 10},
    "word_of_mouth": {"positive": "0.3 / month", "negative": "0.3 / month"},
    "market": {"size": 20_000, "innovation": "8 % / year", "imitation": "0.12 / month", "stage": "curious"},
    "investments": {
        "advertising": {
            "start": 4,
            "lasts": 6,
            "ramp": 2,
            "fades": "2 months",
            "cost": {"running": 500, "per_customer": 3},
            "changes": {"market.innovation": {"times": 5}},
        },
        "craftsmen": {
            "start": 3,
            "reach": "60 %",
            "changes": {
                "repair.visit.failure": {"times": 0.3},
                "member.churn": {"times": 0.7},
                "curious.moves.member.good_word": {"add": 0.5},
            },
        },
        "example": {"start": 10, "changes": {"market.imitation": {"times": 1.5}}},
    },
    "scenarios": {"all": ["advertising", "craftsmen", "example"]},
}

TOWNS: Tree = {
    # by week; a town in which nobody is left in the end, a large one, and guests who are not in the market
    "period": "week",
    "horizon": "36 weeks",
    "segments": {
        "small": {
            "count": 2_500,
            "tenure": {"exactly": "20 weeks"},
            "arrivals": "40 / week",
            "acquisition_cost": 9,
            "satisfaction": {"mean": 8, "sd": 1.5},
        },
        "large": {
            "count": 4_000,
            "tenure": {"exactly": "9 weeks"},
            "arrivals": {"count": "50 / week", "stage": "visitor"},
            "acquisition_cost": 7,
            "satisfaction": {"mean": 6.5, "sd": 1.5},
            "changes": {"market.innovation": {"times": 0.5}, "member.churn": {"set": "3 %"}},
        },
        "guests": {"arrivals": "60 / week", "satisfaction": {"mean": 7, "sd": 1}},
    },
    "stages": {
        "visitor": {"kind": "prospect", "churn": "8 %", "moves": {"member": "12 %"}},
        "member": {"fee": 5, "churn": {"base": "1.5 %", "satisfaction": -0.2}},
    },
    "orders": {"rate": {"base": "0.5 / week", "satisfaction": 0.2}, "value": 3},
    "referrals": {"rate": {"base": "0.02 / week", "satisfaction": 0.3}, "conversion": "50 %", "reward": 4},
    "survey": {"response": "20 %"},
    "market": {
        "size": {"small": 6_000, "large": 14_000},
        "innovation": "0.8 / year",
        "imitation": "0.08 / week",
    },
    "investments": {
        "kinder": {
            "start": 8,
            "reach": {"large": "70 %"},
            "cost": {"per_customer": 2},
            "impulse": {"satisfaction": 0.7},
            "changes": {"referrals.rate": {"times": 1.5}, "large.arrivals": {"times": 2}},
        }
    },
    "events": {"rival": {"start": 20, "lasts": 8, "changes": {"market.imitation": {"times": 0.3}}}},
    "scenarios": {"all": ["kinder", "rival"]},
}

FRIENDS: Tree = {
    # people look at those they know, whom they also tell; some know many
    "horizon": "18 months",
    "segments": {
        "glad": {
            "count": 2_500,
            "tenure": 0,
            "arrivals": "40 / month",
            "acquisition_cost": 30,
            "satisfaction": {"mean": 8.5, "sd": 1},
            "expects": {"mean": 6, "sd": 0.7, "good_word": 1},
        },
        "sour": {
            "count": 2_000,
            "tenure": 0,
            "arrivals": "40 / month",
            "satisfaction": {"mean": 5.5, "sd": 1},
            "changes": {"member.churn": {"set": "9 %"}},
        },
    },
    "stages": {
        "curious": {
            "kind": "prospect",
            "churn": "10 %",
            "moves": {"member": {"average": "12 %", "good_word": 1, "bad_word": -1}},
        },
        "member": {"fee": 20, "churn": {"average": "5 %", "good_word": -0.4, "bad_word": 0.4}},
    },
    "orders": {"rate": {"base": "1 / month", "good_word": 0.5, "bad_word": -0.5}, "value": 3},
    "referrals": {"rate": "0.06 / month", "conversion": "60 %", "stage": "curious"},
    "survey": {"response": "20 %"},
    "experience": {"memory": "2 months"},
    "word_of_mouth": {
        "positive": "0.5 / month",
        "negative": "0.3 / month",
        "network": {"layers": {"family": {"random": 3, "weight": 3}, "online": {"degrees": [1, 9]}}},
    },
    "market": {
        "size": {"glad": 10_000, "sour": 10_000},
        "innovation": "3 % / year",
        "imitation": "0.3 / month",
        "stage": "curious",
        "network": {"layers": {"family": {"random": 3, "weight": 3}, "online": {"degrees": [1, 9]}}},
    },
    "investments": {
        "praise": {
            "start": 6,
            "lasts": 6,
            "reach": {"glad": "60 %"},
            "changes": {"word_of_mouth.positive": {"times": 2}, "market.innovation": {"times": 4}},
        }
    },
    "scenarios": {"all": ["praise"]},
}


def test_an_empty_market() -> None:
    agree(CROWD, "all", anchored=False, replications=REPLICATIONS)


def test_pairs() -> None:
    agree(PAIRS, "baseline", anchored=False, replications=REPLICATIONS)


def test_who_refers_knows_people_of_both_networks() -> None:
    look = PAIRS["market"] | {"network": {"degrees": [2]}}
    agree(PAIRS | {"market": look}, "baseline", anchored=False, replications=REPLICATIONS)


@pytest.mark.parametrize("anchored", [False, pytest.param(True, marks=pytest.mark.full)])
def test_all_look_at_all(anchored: bool) -> None:
    agree(WARM, "all", anchored=anchored, replications=REPLICATIONS)


@pytest.mark.parametrize("scenario", [pytest.param("baseline", marks=pytest.mark.full), "all"])
def test_towns_of_one_market(scenario: str) -> None:
    agree(TOWNS, scenario, anchored=False, replications=REPLICATIONS)


@pytest.mark.parametrize("anchored", [False, pytest.param(True, marks=pytest.mark.full)])
def test_people_look_at_those_they_know(anchored: bool) -> None:
    agree(FRIENDS, "all", anchored=anchored, replications=REPLICATIONS)
