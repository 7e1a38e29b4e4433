"""The engine and the reference agree on word of mouth over networks (agreement.py says how).

Three small models show what each rule does, three whole ones that rules act together. What might be
misunderstood was changed in the reference, one by one. Who joins knows nobody, not the referrer, the referrer
besides the others, people who have left, those who join with them, or no fraction of a person; has heard
nothing, or hears nothing in the first period. All start with the mean of their segment; segments live apart;
layers weigh the same; a scale-free layer is random; those who leave say nothing in their last period, or
listen in it; messages come in fractions; all hear the same. Each moves some number here by 7 of the standard
errors of agreement.py or more (40 replications against 12).
"""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from agreement import FULL, Tree, agree

REPLICATIONS = 60 if FULL else 12

GLAD = {"mean": 10, "sd": 0}  # promoters, where answers have no noise

FRIENDS: Tree = {
    # only the loud say anything; they refer quiet ones, who know them first; other quiet ones come too
    "horizon": "6 months",
    "segments": {
        "loud": {"count": 10_000, "tenure": 0, "satisfaction": GLAD},
        "quiet": {
            "count": 10_000,
            "tenure": 0,
            "arrivals": 800,
            "satisfaction": {"mean": 7, "sd": 0},
            "changes": {"referrals.rate": {"set": 0}},
        },
    },
    "stages": {"customer": {}},
    "orders": {"rate": {"base": 3, "good_word": 0.5}, "value": 1},
    "referrals": {"rate": 0.1, "segment": "quiet"},
    "survey": {"noise": 0},
    "word_of_mouth": {"positive": 1, "network": {"degrees": [1]}},
}

PASSERS: Tree = {
    # those who stay and those who pass hear one another only
    "horizon": "9 months",
    "segments": {
        "stay": {"count": 10_000, "tenure": 0, "arrivals": 1_500, "satisfaction": GLAD},
        "pass": {
            "count": 10_000,
            "tenure": 0,
            "arrivals": 4_000,
            "satisfaction": GLAD,
            "changes": {"customer.churn": {"set": "40 %"}},
        },
    },
    "stages": {"customer": {"churn": "0 %"}},
    "orders": {"rate": {"base": 5, "good_word": 0.6}, "value": 1},
    "survey": {"noise": 0},
    "word_of_mouth": {"positive": 0.4, "network": {"blocks": {"stay": {"pass": 2.5}}}},
}

LAYERS: Tree = {
    # a party tells its own, hubs tell and hear many; the late ones know of their own who joined before them
    "horizon": "9 months",
    "segments": {
        "loud": {"count": 10_000, "tenure": 0, "satisfaction": GLAD},
        "quiet": {"count": 10_000, "tenure": 0, "arrivals": 500, "satisfaction": {"mean": 7, "sd": 0}},
        "late": {"arrivals": 2_000, "satisfaction": GLAD},
    },
    "stages": {"customer": {}},
    "journeys": {
        "buy": {
            "starts": {"base": "10 %", "good_word": 2.5},
            "touchpoints": {"shop": {"weight": 0, "earns": 1}},
        }
    },
    "survey": {"noise": 0},
    "word_of_mouth": {
        "positive": 0.4,
        "network": {
            "layers": {
                "party": {"blocks": {"loud": {"loud": 2}, "quiet": {"quiet": 2}, "late": {"late": 2}}},
                "online": {"scale_free": 2, "weight": 3},
            }
        },
    },
}

VALLEY: Tree = {
    # villages who know each other a little, of any stage; of one many leave soon, and one has nobody at first
    "horizon": "18 months",
    "segments": {
        "upper": {
            "count": 24_000,
            "tenure": {"exactly": "8 months"},
            "arrivals": "900 / month",
            "satisfaction": {"mean": 8.5, "sd": 1.5},
            "expects": {"mean": 5, "sd": 0.7, "good_word": 1},
        },
        "lower": {
            "count": 16_000,
            "tenure": {"exactly": "3 months"},
            "arrivals": {"count": "1_800 / month", "stage": "curious"},
            "satisfaction": {"mean": 6, "sd": 1.5},
            "trust": {"mean": 0.5, "sd": 0.1, "good_word": 0.05},
            "changes": {
                "word_of_mouth.negative": {"times": 1.5},
                "buy.shop.visibility": {"times": 0.5},
                "member.churn": {"set": "15 %"},
            },
        },
        "guests": {"arrivals": "1_500 / month", "satisfaction": {"mean": 9, "sd": 1}},
    },
    "stages": {
        "curious": {
            "kind": "prospect",
            "churn": "15 %",
            "moves": {"member": {"base": "10 %", "good_word": 1, "bad_word": -0.6}},
        },
        "member": {
            "fee": 20,
            "churn": {"base": "5 %", "satisfaction": -0.2, "good_word": -0.4, "bad_word": 0.4},
            "moves": {"away": "2 %"},
        },
        "away": {
            "kind": "lapsed",
            "churn": "6 %",
            "moves": {"member": {"base": "8 %", "good_word": 1}},
        },
    },
    "journeys": {
        "buy": {
            "stages": ["member", "curious"],
            "starts": {"base": "15 %", "good_word": 1.5, "bad_word": -1.5},
            "touchpoints": {
                "shop": {"visibility": 0.5, "failure": "15 %", "recovery": "40 %", "weight": 0.3, "earns": 9}
            },
        }
    },
    "survey": {"response": "20 %"},
    "experience": {"memory": "2 months"},
    "word_of_mouth": {
        "positive": "0.5 / month",
        "negative": "0.3 / month",
        "network": {
            "blocks": {
                "upper": {"upper": 3, "lower": 0.6},
                "lower": {"lower": 1.5},
                "guests": {"guests": 1.4, "upper": 0.3},
            }
        },
    },
    "investments": {
        "praise": {
            "start": 7,
            "lasts": 8,
            "reach": {"upper": "60 %"},
            "cost": {"running": 500},
            "changes": {"word_of_mouth.positive": {"times": 2}, "buy.shop.failure": {"times": 0.5}},
        }
    },
    "scenarios": {"all": ["praise"]},
}

CIRCLES: Tree = {
    # by week; glad and sour ones live next to each other, and who is referred hears somebody who is glad
    "period": "week",
    "horizon": "36 weeks",
    "segments": {
        "glad": {
            "count": 10_000,
            "tenure": {"exactly": "12 weeks"},
            "arrivals": "100 / week",
            "satisfaction": {"mean": 8, "sd": 2},
            "expects": {"mean": 6, "sd": 1, "good_word": 0.5},
        },
        "sour": {
            "count": 10_000,
            "tenure": {"exactly": "12 weeks"},
            "satisfaction": {"mean": 5, "sd": 2},
            "changes": {"member.churn.bad_word": {"set": 0}},
        },
        "guests": {"arrivals": "300 / week", "satisfaction": {"mean": 7, "sd": 2}},
    },
    "stages": {"member": {"fee": 5, "churn": {"base": "3 %", "satisfaction": -0.2, "bad_word": 0.5}}},
    "journeys": {
        "sing": {
            "starts": {"base": "15 %", "good_word": 2, "bad_word": -1},
            "touchpoints": {"evening": {"failure": "10 %", "recovery": "40 %", "weight": 0, "earns": 5}},
        }
    },
    "orders": {"rate": {"base": "2 / week", "good_word": 0.4, "bad_word": -0.6}, "value": 3},
    "referrals": {
        "rate": {"base": "0.02 / week", "satisfaction": 0.5, "bad_word": -0.5},
        "conversion": "60 %",
    },
    "survey": {"response": "20 %"},
    "experience": {"memory": "6 weeks"},
    "word_of_mouth": {
        "positive": "0.25 / week",
        "negative": "0.1 / week",
        "network": {"small_world": {"neighbours": 2, "rewired": 0.2}},
    },
    "events": {
        "blog": {"start": 16, "lasts": 6, "reach": "30 %", "changes": {"sing.evening.visibility": {"set": 5}}}
    },
    "scenarios": {"all": ["blog"]},
}

HUBS: Tree = {
    # two parties who hear their own first, and a few of whom many hear and who hear many
    "horizon": "1 year",
    "segments": {
        "one": {
            "count": 22_500,
            "tenure": "6 months",
            "arrivals": "1_400 / month",
            "satisfaction": {"mean": 8.5, "sd": 1.5},
        },
        "other": {
            "count": 7_500,
            "tenure": "4 months",
            "arrivals": "600 / month",
            "satisfaction": {"mean": 6, "sd": 1.5},
        },
    },
    "stages": {
        "customer": {
            "fee": 30,
            "churn": {"average": "8 % / month", "satisfaction": -0.2, "good_word": -0.4, "bad_word": 0.4},
        }
    },
    "journeys": {
        "buy": {
            "starts": {"average": "30 % / month", "good_word": 2, "bad_word": -2},
            "touchpoints": {"shop": {"failure": "10 %", "recovery": "50 %", "weight": 0.2, "earns": 10}},
        }
    },
    "referrals": {"rate": {"base": "0.02 / month", "satisfaction": 0.5}},
    "survey": {"response": "20 %", "nps": 15},
    "experience": {"memory": "3 months"},
    "word_of_mouth": {
        "positive": "0.4 / month",
        "negative": "0.3 / month",
        "network": {
            "layers": {
                "party": {"blocks": {"one": {"one": 2}, "other": {"other": 2}}, "weight": 4},
                "online": {"scale_free": 2},
            }
        },
    },
    "investments": {
        "answer": {"start": 3, "reach": "50 %", "changes": {"buy.shop.recovery": {"set": "90 %"}}}
    },
    "scenarios": {"all": ["answer"]},
}


def test_who_refers_is_heard() -> None:
    agree(FRIENDS, "baseline", anchored=False, replications=REPLICATIONS)


def test_who_left_is_heard_no_more() -> None:
    agree(PASSERS, "baseline", anchored=False, replications=REPLICATIONS)


def test_some_are_told_more_readily() -> None:
    agree(LAYERS, "baseline", anchored=False, replications=REPLICATIONS)


@pytest.mark.parametrize("scenario", [pytest.param("baseline", marks=pytest.mark.full), "all"])
def test_villages(scenario: str) -> None:
    agree(VALLEY, scenario, anchored=False, replications=REPLICATIONS)


@pytest.mark.parametrize("scenario", [pytest.param("baseline", marks=pytest.mark.full), "all"])
def test_circles_of_friends(scenario: str) -> None:
    agree(CIRCLES, scenario, anchored=False, replications=REPLICATIONS)


@pytest.mark.parametrize("anchored", [False, pytest.param(True, marks=pytest.mark.full)])
def test_hubs(anchored: bool) -> None:
    agree(HUBS, "all", anchored=anchored, replications=REPLICATIONS)
