"""People of a market in the reference, against closed forms. Tolerances are 4 standard errors."""

from __future__ import annotations

import math
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parents[1]))

import reference
from reference.customers import NO_PERSON
from reference.definition import Market
from reference.kinds import Degrees, Layer
from reference.market import Prospects, share_of_acquaintances
from reference.network import Network

Tree = dict[str, Any]


def market(count: int = 1_000, segment: Tree | None = None, **more: Any) -> Tree:
    """A town of 21,000, who never leave once they have come."""
    town = {"count": count, "tenure": 0} | (segment or {})
    return {"horizon": 6, "agents": "all", "segments": {"town": town}, "stages": {"customer": {}}} | {
        "market": {"size": 21_000} | more
    }


def periods(tree: Tree, **more: Any) -> Any:
    return reference.simulate(tree, **more)["periods"]


def test_who_comes_by_themselves_waits_exponentially() -> None:
    found = periods(market(innovation="0.3 / month"))
    left = 20_000 * np.exp(-0.3 * np.arange(1, 7))
    assert (np.abs(found["potential"] - left) < 4 * np.sqrt(left * (1 - left / 20_000))).all()
    assert (found["end"] + found["potential"] == 21_000).all()
    assert (found["adopted"] == found["joined"]).all()


def test_others_draw_by_their_share_of_the_period_before() -> None:
    found = periods(market(imitation="0.9 / month"))
    hazard = 0.9 * found["start"].to_numpy() / 21_000
    left = np.concatenate([[20_000], found["potential"][:-1]])
    come = left * -np.expm1(-hazard)
    assert (np.abs(found["adopted"] - come) < 4 * np.sqrt(come)).all()


def test_leads_draw_nobody() -> None:
    tree = market(imitation="0.9 / month", stage="curious")
    tree["stages"]["curious"] = {"kind": "prospect"}
    found = periods(tree)
    left = 20_000 * np.exp(-0.9 * np.arange(1, 7) / 21)
    assert (np.abs(found["potential"] - left) < 4 * np.sqrt(20_000 - left)).all()
    assert (found["leads"] == found["adopted"]).all()
    assert (found["end"] == 1_000).all()


def test_arrivals_then_referred_take_the_places_that_are_left() -> None:
    tree = market(20_400, {"arrivals": 400, "acquisition_cost": 5}, innovation=10)
    tree["referrals"] = {"rate": 1, "reward": 2}
    found = periods(tree)
    assert found["joined.acquired"].tolist() == [600, 0, 0, 0, 0, 0]  # nobody was referred before
    assert found["adopted"].iloc[0] == pytest.approx(200, abs=1)  # 200 exp(-10)
    assert found["acquisition_cost"].tolist() == [2_000, 0, 0, 0, 0, 0]
    referred = found["converted"].to_numpy()[:-1]
    assert found["turned_away"].tolist() == [0, *(400 + referred)]
    assert (found["referral_cost"] == 2 * found["converted"]).all()  # of those who are turned away too


def test_agents_are_people_of_the_market() -> None:
    tree = market(1_000, innovation=0.1) | {"agents": 2_100}
    assert periods(tree)["start"].iloc[0] == 1_000  # 200 of 4,200 people, not 100
    found = periods(tree | {"agents": 8_400})
    assert (found["end"] + found["potential"] == 21_000).all()
    assert (found["end"] % 2.5 == 0).all()


def test_those_who_know_each_other() -> None:
    # 0 knows 1 twice (weight 1 and 3) and 2; 3 knows nobody, and 2 has left long ago
    network = Network([], np.random.default_rng(1), ["town"] * 4)
    network._add(np.array([[0, 1], [0, 2]]), 1.0)
    network._add(np.array([[0, 1]]), 3.0)
    assert share_of_acquaintances(network, np.array([1])).tolist() == [0.8, 0, 0, 0]
    assert share_of_acquaintances(network, np.array([0, 1])).tolist() == [0.8, 1, 1, 0]

    prospects = Prospects(np.random.default_rng(1), {"town": 2, "other": 1})
    prospects.person = np.array([1, 3, 2])
    come = prospects.give_way_to_friends(0, np.array([0, 0, 0]), [network])
    assert come.tolist() == [1, 3, NO_PERSON]  # 2 is of another segment
    assert prospects.give_way(1, 2).tolist() == [2, NO_PERSON]
    prospects.feel(np.full(3, math.inf))
    assert len(prospects.come(0)) == len(prospects.come(1)) == 0


def test_half_of_a_pair_follows_the_other() -> None:
    # Nobody comes but after the one whom they know: 1,000 of 21,000 are here, of whom 1 / 21 know each other.
    found = periods(market(imitation=1, network={"degrees": [1]}))
    half = 1_000 * 20_000 / 20_999
    come = half * -np.expm1(-np.arange(1.0, 7.0))
    assert (np.abs(found["adopted"].cumsum() - come) < 4 * np.sqrt(come * (1 - come / 1_000) + 50)).all()
    pairs = (Layer(Degrees((1,))),)
    assert reference.read(market(network={"degrees": [1]})).market == Market({"town": 21_000}, "", pairs)


def test_several_segments_say_how_many_there_are_of_each() -> None:
    tree = market()
    tree["segments"]["other"] = {"arrivals": 3}
    with pytest.raises(ValueError, match=r"market\.size"):
        reference.read(tree)
    tree["market"]["size"] = {"town": 21_000}
    assert periods(tree)["turned_away"].sum() == 0
