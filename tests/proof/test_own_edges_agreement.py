"""The engine and the reference agree on people who bring their own edges (agreement.py says how).

A few tell many and hear few, and the other way round; weights of edges differ by a factor of 100.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parent))

from agreement import FULL, Tree, agree

REPLICATIONS = 60 if FULL else 12


def lines(people: int, degree: int, weighted: bool) -> str:
    """Who tells whom. Numbers decide who tells or hears much, so that segments differ in it."""
    rng = np.random.default_rng(1)
    ends = people * rng.random((degree * people, 2)) ** [2.0, 0.6]
    pairs = np.unique(np.sort(ends.astype(int), axis=1)[:, ::-1], axis=0)  # no double, from either end
    pairs = pairs[pairs[:, 0] != pairs[:, 1]]
    turned = rng.random(len(pairs)) < 0.3
    pairs[turned] = pairs[turned, ::-1]
    # who is heard readily by some is so by others
    weights = (10 ** rng.uniform(0, 1, people))[pairs[:, 1]] * 10 ** rng.uniform(0, 1, len(pairs))
    rows = [f"{a},{b},{w:.3g}" if weighted else f"{a},{b}" for (a, b), w in zip(pairs, weights, strict=True)]
    return "\n".join(["from,to,weight" if weighted else "from,to", *rows]) + "\n"


def edges(people: int, degree: int, directed: bool, weighted: bool) -> Tree:
    return {"edges": lines(people, degree, weighted), "directed": str(directed).lower()}


VALLEY: Tree = {
    # people of any stage; of one village many leave soon, and of both some are referred
    "horizon": "18 months",
    "segments": {
        "upper": {
            "count": 1_200,
            "tenure": {"exactly": "8 months"},
            "arrivals": "45 / month",
            "satisfaction": {"mean": 8.5, "sd": 1.5},
            "expects": {"mean": 5, "sd": 0.7, "good_word": 1},
        },
        "lower": {
            "count": 800,
            "tenure": {"exactly": "3 months"},
            "arrivals": {"count": "90 / month", "stage": "curious"},
            "satisfaction": {"mean": 6, "sd": 1.5},
            "changes": {"word_of_mouth.negative": {"times": 1.5}, "member.churn": {"set": "15 %"}},
        },
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
    "referrals": {"rate": {"base": "0.03 / month", "satisfaction": 0.5}, "conversion": "60 %"},
    "survey": {"response": "20 %"},
    "experience": {"memory": "2 months"},
    "word_of_mouth": {"positive": "0.5 / month", "negative": "0.3 / month"},
    "investments": {
        "praise": {
            "start": 7,
            "lasts": 8,
            "cost": {"running": 500},
            "changes": {"word_of_mouth.positive": {"times": 2}, "buy.shop.failure": {"times": 0.5}},
        }
    },
    "scenarios": {"all": ["praise"]},
}

TOWN: Tree = {
    # some of the people are customers and tell each other; the others look at those whose edges lead to them
    "horizon": "18 months",
    "segments": {
        "glad": {"count": 300, "tenure": 0, "arrivals": 4, "satisfaction": {"mean": 8.5, "sd": 1}},
        "sour": {"count": 100, "tenure": 0, "satisfaction": {"mean": 5.5, "sd": 1}},
    },
    "stages": {"member": {"fee": 20, "churn": {"base": "5 %", "good_word": -0.4, "bad_word": 0.4}}},
    "orders": {"rate": {"base": "1 / month", "good_word": 0.5, "bad_word": -0.5}, "value": 3},
    "referrals": {"rate": "0.04 / month", "conversion": "60 %"},
    "survey": {"response": "40 %"},
    "experience": {"memory": "2 months"},
    "word_of_mouth": {"positive": "0.5 / month", "negative": "0.3 / month"},
    "market": {"size": {"glad": 1_200, "sour": 800}, "innovation": "3 % / year", "imitation": "0.3 / month"},
}

KINDS = [(False, False), (True, False), (True, True)]


@pytest.mark.parametrize(("directed", "weighted"), KINDS)
def test_talk(directed: bool, weighted: bool) -> None:
    talk = VALLEY["word_of_mouth"] | {"network": edges(2_000, 4, directed, weighted)}
    agree(VALLEY | {"word_of_mouth": talk}, "all", anchored=False, replications=REPLICATIONS, agents="all")


@pytest.mark.parametrize(("directed", "weighted"), [*KINDS, (False, True)])
def test_adoption(directed: bool, weighted: bool) -> None:
    own = edges(2_000, 4, directed, weighted)
    tree = TOWN | {
        "word_of_mouth": TOWN["word_of_mouth"] | {"network": own},
        "market": TOWN["market"] | {"network": {"layers": {"seen": own, "met": {"random": 3}}}},
    }
    agree(tree, "baseline", anchored=False, replications=REPLICATIONS, agents="all")
