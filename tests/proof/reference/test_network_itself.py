"""Word of mouth on a network, in the reference, against closed forms and small cases by hand.

Seeds are fixed. Tolerances are 4 standard errors: a false alarm of 6e-5.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parents[1]))

import reference
from reference.customers import GONE, Customers
from reference.kinds import ANYBODY, Blocks, Degrees, Edges, Kind, Layer, Pairs, Random, ScaleFree, SmallWorld
from reference.network import Network
from reference.simulation import Run

Tree = dict[str, Any]
NOBODY = -1


def made(kind: Kind, segments: Sequence[str], seed: int = 1) -> Network:
    return Network([Layer(kind)], np.random.default_rng(seed), segments)


def degrees(network: Network) -> np.ndarray:
    return np.bincount(network.start, minlength=network.people)


def neighbours(network: Network, person: int) -> list[int]:
    return sorted(network.end[network.start == person].tolist())


# ------------------------------------------------------------------------------------------ who knows whom


@pytest.mark.parametrize(
    "kind",
    [
        SmallWorld(6),
        SmallWorld(6, 0.5),
        ScaleFree(3),
        Random(6),
        Blocks({"a": {"a": 5, "b": 2}}),
        Degrees((2, 18)),
    ],
)
def test_a_network_has_no_loops_and_no_doubles(kind: Kind) -> None:
    network = made(kind, ["a", "b", "b"] * 100)
    edges = list(zip(network.start.tolist(), network.end.tolist(), strict=True))
    assert len(set(edges)) == len(edges) > 300
    assert {(end, start) for start, end in edges} == set(edges)
    assert not (network.start == network.end).any()
    assert (network.weight == 1).all()


def test_rings_and_small_worlds() -> None:
    ring = made(SmallWorld(4), ["a"] * 7)
    assert [neighbours(ring, i) for i in (0, 3, 6)] == [[1, 2, 5, 6], [1, 2, 4, 5], [0, 1, 4, 5]]
    assert [neighbours(made(SmallWorld(4), ["a"] * 3), i) for i in range(3)] == [[1, 2], [0, 2], [0, 1]]
    n, rewired = 5_000, 0.3
    found = made(SmallWorld(6, rewired), ["a"] * n)
    distance = np.abs(found.start - found.end)
    near = np.minimum(distance, n - distance) <= 3
    # an edge that moved is near again, or drawn twice, with a probability of about 6 / n
    assert 1 - near.mean() == pytest.approx(rewired, abs=4 * math.sqrt(0.21 / (3 * n)) + 6 / n)
    # one's own three edges stay, what leads to others is moved (Barrat and Weigt, 2000)
    assert degrees(found).min() >= 3 - 1
    assert degrees(found).var() == pytest.approx(3 * rewired * (1 - rewired) + 3 * rewired, rel=0.1)


def test_scale_free_degrees() -> None:
    n, edges = 20_000, 3
    found = degrees(made(ScaleFree(edges), ["a"] * n))
    for k in range(edges, 12):  # Bollobas, Riordan, Spencer and Tusnady (2001)
        expected = 2 * edges * (edges + 1) / (k * (k + 1) * (k + 2))
        slack = 4 * math.sqrt(expected / n) + 2 * edges**2 * math.log(n) / n
        assert (found == k).mean() == pytest.approx(expected, abs=slack)
    assert found[:20].mean() > 20 * edges


def test_random_and_block_degrees() -> None:
    n = 3_000
    found = degrees(made(Random(6), ["a"] * n))
    assert found.mean() == pytest.approx(6, abs=4 * math.sqrt(2 * 6 / n))
    assert found.var() == pytest.approx(6, rel=4 * math.sqrt(2 / n))
    assert (degrees(made(Random(99), ["a"] * 100)) == 99).all()
    assert not len(made(Random(0), ["a"] * 100).start)
    segments = np.array(["a", "b", "b"] * 1_000)
    network = made(Blocks({"a": {"a": 8, "b": 2}, "b": {"b": 5}}), segments.tolist())
    of_a, to_a = segments[network.start] == "a", segments[network.end] == "a"
    for start, end, edges in ((of_a, to_a, 8_000), (of_a, ~to_a, 2_000), (~of_a, ~to_a, 10_000)):
        assert np.count_nonzero(start & end) == pytest.approx(edges, abs=4 * math.sqrt(2 * edges))
    base = {"a": 1_000, "b": 2_000}
    kind = network.layers[0].kind
    assert (kind.wanted("a", base), kind.wanted("b", base)) == ({"a": 8, "b": 2}, {"a": 1, "b": 5})


def test_degrees_that_are_wished() -> None:
    found = degrees(made(Degrees((2, 18)), ["a"] * 4_000))
    short = np.resize((2, 18), 4_000) - found
    # E(k (k - 1)) / E(k) / 2 = 154 / 10 / 2 pairs lead back, and its square are drawn twice; two ends each
    assert short.min() >= 0
    assert short.sum() <= 2 * (67 + 4 * math.sqrt(67))
    assert degrees(made(Degrees((1,)), ["a"] * 3)).sum() == 2  # one wish is left over


@dataclass(frozen=True)
class Known:
    """Those who are named, as they are named."""

    edges: tuple[tuple[int, int], ...]
    degree: float = 0.0

    def pairs(self, rng: np.random.Generator, segments: Sequence[str]) -> Pairs:
        return np.array(self.edges, dtype=np.int64).reshape(-1, 2)

    def wanted(self, segment: str, base: Mapping[str, int]) -> Mapping[str, float]:
        return {ANYBODY: self.degree}


def test_who_joins_gets_to_know_people() -> None:
    layers = [Layer(Known((), 2.25)), Layer(Known((), 1), 5.0)]
    network = Network(layers, np.random.default_rng(1), ["a"] * 10)
    present = {"a": np.array([0, 1, 3, 4]), "b": np.array([7, 8])}
    newcomers = [("a", NOBODY), ("a", 3), ("a", 5)] * 2_000  # 5 is not here any more
    numbers = network.join(newcomers, present)
    assert numbers.tolist() == list(range(10, 6_010))
    known: dict[float, dict[int, list[int]]] = {1.0: {}, 5.0: {}}
    for start, end, weight in zip(network.start, network.end, network.weight, strict=True):
        known[weight].setdefault(int(start), []).append(int(end))
    for n, weight, mean in ((2, 1.0, 2.25), (1, 5.0, 1.0)):
        of_each = [known[weight][i] for i in numbers]
        assert {len(each) for each in of_each} == ({2, 3} if n == 2 else {1})
        assert np.mean([len(each) for each in of_each]) == pytest.approx(
            mean, abs=4 * 0.43 / math.sqrt(6_000)
        )
        assert all(len(set(each)) == len(each) for each in of_each)
        assert {other for each in of_each for other in each} == {0, 1, 3, 4, 7, 8}
        assert all(each[0] == 3 for each in of_each[1::3])
        for strangers, others, expected in (
            (of_each[::3], [0, 1, 3, 4, 7, 8], mean / 6),
            (of_each[2::3], [0, 1, 3, 4, 7, 8], mean / 6),
            (of_each[1::3], [0, 1, 4, 7, 8], (mean - 1) / 5),
        ):
            for other in others:
                seen = np.mean([other in each for each in strangers])
                slack = 4 * math.sqrt(expected * (1 - expected) / 2_000)
                assert seen == pytest.approx(expected, abs=slack)


def test_who_joins_blocks_knows_people_of_each() -> None:
    network = made(Blocks({"a": {"a": 2, "b": 1}}), ["a"] * 100 + ["b"] * 200)
    before = len(network.start)
    present = {"a": np.arange(50), "b": np.arange(100, 101)}
    network.join([("a", 100), ("a", 7), ("b", 100)] * 500, present)
    for person in range(300, 1_800, 3):
        assert neighbours(network, person)[2:] == [100]  # nobody else of b is here
        assert len(neighbours(network, person)) == 3
        assert 7 in neighbours(network, person + 1)
    of_b = [neighbours(network, person) for person in range(302, 1_800, 3)]
    assert {len(each) for each in of_b} == {0, 1}  # half a person of a; the referrer is of b
    assert sum(map(len, of_b)) == pytest.approx(250, abs=4 * math.sqrt(125))
    assert len(network.start) == before + 2 * (500 * 3 + 500 * 3 + sum(map(len, of_b)))


# ------------------------------------------------------------------------------------------ who hears whom


def test_a_message_goes_to_those_who_are_here_by_how_well_they_are_known() -> None:
    # 0 knows 1 (in both layers: 1 + 3), 2 (1) and 3 (3, gone); 4 knows nobody but 3; 5 left long ago
    layers = [Layer(Known(((0, 1), (2, 0), (5, 0)))), Layer(Known(((1, 0), (0, 3), (3, 4))), 3.0)]
    network = Network(layers, np.random.default_rng(1), ["a"] * 6)
    told = {0: 4 + 1 + 3 + 1, 1: 4, 2: 1, 3: 6, 4: 3, 5: 1}
    exposure = [1 + 1 + 3 / 6 + 1, 4 / told[0], 1 / told[0], 3 / told[0] + 1, 3 / 6, 1 / told[0]]
    assert network.exposure(np.arange(6)) == pytest.approx(exposure)

    people = some_people(5)
    people.person = np.array([2, 0, 1, 4, 3])
    people.stage[4] = GONE
    said = np.array([10.0, 20.0, 30.0, 40.0, 70.0])  # 3 says something before leaving, and 0 and 4 hear it
    times = 2_000
    heard = sum(network.passed_on(said, people) for _ in range(times)) / times
    expected = np.array([20 / 5, 10 + 30 + 70 / 2, 20 * 4 / 5, 70 / 2, 0.0])
    assert (np.abs(heard - expected) <= 4 * np.sqrt(expected / times)).all()
    one = np.array([network.passed_on(said, people)[1] for _ in range(times)])
    assert one.var() == pytest.approx(75, rel=4 * math.sqrt(2 / times))  # Poisson
    assert network.passed_on(0 * said, people).tolist() == [0] * 5


def test_edges_of_a_list_lead_where_they_say_and_as_readily() -> None:
    # numbers 0, 1, 2 are people 2, 0, 1; weights have the mean 1
    rows = ((0, 1, 2.0), (0, 2, 6.0), (2, 0, 4.0))
    numbered = np.array([2, 0, 1])
    network = Network([Layer(Edges(rows, True), 5.0)], np.random.default_rng(1), ["a"] * 3, numbered)
    found = zip(network.start.tolist(), network.end.tolist(), network.weight.tolist(), strict=True)
    assert sorted(found) == [(1, 2, 5.0), (2, 0, 2.5), (2, 1, 7.5)]
    assert network.exposure(np.arange(3)) == pytest.approx([0.25, 0.75, 1])
    network.join([("a", 0)], {"a": np.array([0])})
    assert neighbours(network, 0) == [3]  # the referrer tells the newcomer, who tells somebody
    assert neighbours(network, 3) == [0]
    both = Network([Layer(Edges(rows[:2], False))], np.random.default_rng(1), ["a"] * 3, numbered)
    found = zip(both.start.tolist(), both.end.tolist(), both.weight.tolist(), strict=True)
    assert sorted(found) == [(0, 2, 0.5), (1, 2, 1.5), (2, 0, 0.5), (2, 1, 1.5)]


def some_people(n: int) -> Customers:
    tree = {"segments": {"all": {"count": n, "tenure": 0}}, "stages": {"customer": {}}}
    world = reference.World(reference.read(tree), reference.Levels())
    segment = world.model.segments["all"]
    return world.base(np.random.default_rng(1), segment, n, 1.0)


ALL_PRAISE = {"mean": 10, "sd": 0}  # promoters, once the survey has no noise


def chorus(network: Any, **more: Any) -> Tree:
    """Promoters for good who say half a message a month, and remember it for a month."""
    return {
        "agents": 1_000,
        "horizon": "6 months",
        "segments": {"all": {"count": 1_000, "tenure": 0, "satisfaction": ALL_PRAISE}},
        "stages": {"customer": {}},
        "survey": {"noise": 0},
        "experience": {"memory": "1 month"},
        "word_of_mouth": {"positive": "0.5 / month", "network": network},
    } | more


def lived(tree: Tree, levels: reference.Levels | None = None, seed: int = 1) -> Run:
    model = reference.read(tree)
    world = reference.World(model, levels or reference.anchor(model, part=0.1)[0])
    agents = int(tree["agents"])
    total = sum(segment.count for segment in model.segments.values())
    count = {name: segment.count * agents // total for name, segment in model.segments.items()}
    weight = dict.fromkeys(count, total / agents)
    return Run(world, count, weight, model.horizon, np.random.default_rng(seed)).run()


def test_where_all_know_all_the_mean_is_that_of_the_crowd() -> None:
    tree = chorus("mean_field", experience={"memory": "3 months"}, survey={"noise": 0.7})
    tree["segments"] = {
        "glad": {"count": 15_000, "tenure": 0, "satisfaction": {"mean": 9, "sd": 1}},
        "sad": {"count": 5_000, "tenure": 0, "satisfaction": {"mean": 6, "sd": 1}},
    }
    tree["word_of_mouth"] |= {"negative": "0.4 / month"}
    levels = reference.anchor(reference.read(tree), part=0.1)[0]
    crowd = lived(tree, levels)
    tree["word_of_mouth"]["network"] = {"random": 999}
    dense = lived(tree, levels)
    for word in ("good_word", "bad_word"):
        for a, b in zip(crowd.heard, dense.heard, strict=True):
            # of 250 people at least: who says it, and who hears it, a variance of 3 / 5 of what is heard
            assert a[word].sum() > 0.1
            assert b[word] == pytest.approx(a[word], abs=4 * math.sqrt(a[word].max() / 250))
    # at the start everybody has heard the same, but for a bit: 1 / people
    assert dense.heard[0]["good_word"][0] == pytest.approx(dense.heard[0]["good_word"][1], rel=0.02)


def test_where_all_know_all_what_somebody_hears_is_poisson() -> None:
    # Orders have the rate 2 exp(0.7 heard); heard is half a message exactly in the first month, as in the
    # past, and then Poisson with mean a half: E exp(b N) = exp((e^b - 1) / 2).
    tree = chorus({"random": 399}, agents=400, orders={"rate": {"base": 2, "good_word": 0.7}})
    levels = reference.Levels(heard={"good_word": np.array([0.5]), "bad_word": np.zeros(1)})
    orders = np.array(
        [lived(tree, levels, seed).ledger.columns["orders"].sum(axis=(1, 2)) for seed in range(25)]
    )
    first, later = 2 * math.exp(0.35), 2 * math.exp((math.exp(0.7) - 1) / 2)
    assert orders[:, 0].mean() / 1_000 == pytest.approx(first, abs=4 * math.sqrt(first / 10_000))
    spread = math.sqrt((later + 4 * math.exp((math.exp(1.4) - 1) / 2) - later**2) / 50_000)
    assert orders[:, 1:].mean() / 1_000 == pytest.approx(later, abs=4 * spread)


def test_what_was_heard_before_is_found_in_anchoring() -> None:
    # Two groups who know their own only say 1 and 1.5 messages a month, and remember two months of them.
    tree = chorus({"blocks": {"a": {"a": 10}, "b": {"b": 10}}}, experience={"memory": "2 months"})
    more = {"word_of_mouth.positive": {"times": 1.5}}
    tree["segments"] = {
        "a": {"count": 2_000, "tenure": 0, "satisfaction": ALL_PRAISE},
        "b": {"count": 1_000, "tenure": 0, "satisfaction": ALL_PRAISE, "changes": more},
    }
    levels = reference.anchor(reference.read(tree), part=0.1)[0]
    # by 8 rounds of 13,333 and 6,667 people, of whom exp(-10) know nobody
    for heard, expected, people in zip(levels.heard["good_word"], (1.0, 1.5), (13_333, 6_667), strict=True):
        assert heard == pytest.approx(expected, abs=4 * 2 * math.sqrt(expected / 2 / 8 / people))


def test_where_nobody_knows_anybody_nobody_hears() -> None:
    tree = chorus({"random": 0}, orders={"rate": {"base": 2, "good_word": 0.7}})
    alone = reference.simulate(tree)
    assert alone["levels"].heard["good_word"].tolist() == [0.0]
    assert alone["periods"]["good_words"].tolist() == [500.0] * 6
    tree["word_of_mouth"]["positive"] = 0
    silent = reference.simulate(tree)["periods"]
    assert alone["periods"].drop(columns="good_words").equals(silent.drop(columns="good_words"))


def test_hubs_hear_more() -> None:
    # A neighbour has k neighbours with a probability of k P(k) / m, and tells each of them 1 / k: who has d
    # neighbours hears d / m times the mean, 0.2 and 1.8 here, from the past on.
    tree = chorus({"degrees": [2, 18]}, agents=4_000, experience={"memory": "2 months"})
    tree["segments"]["all"]["count"] = 4_000
    levels = reference.Levels(heard={"good_word": np.array([1.0]), "bad_word": np.array([0.0])})
    model = reference.read(tree)
    run = Run(reference.World(model, levels), {"all": 4_000}, {"all": 1.0}, 12, np.random.default_rng(1))
    for slack in (4 * math.sqrt(1.8 / 2_000), 4 * math.sqrt(1.8 * 2 / 2_000)):
        hub = run.customers.person % 2 == 1
        assert run.customers.good_word[~hub].mean() == pytest.approx(0.2, abs=slack)
        assert run.customers.good_word[hub].mean() == pytest.approx(1.8, abs=slack)
        run.run()
    assert run.heard[0]["good_word"].tolist() == [1.0]
    assert run.heard[-1]["good_word"] == pytest.approx(
        run.customers.good_word.mean()
    )  # nobody left or joined


def test_who_leaves_has_their_say_and_hears_no_more() -> None:
    # Of 1,000, 400 leave in the first month, whose 200 messages and the others' 300 reach 600; the mean is of
    # all 1,000 of them. 100 join in each month, with what their segment has heard on average.
    tree = chorus({"random": 999}, horizon="3 months")
    tree["segments"] = {
        "stay": {"count": 600, "tenure": 0, "arrivals": 100, "satisfaction": ALL_PRAISE},
        "leave": {
            "count": 400,
            "tenure": 0,
            "satisfaction": ALL_PRAISE,
            "changes": {"customer.churn": {"set": "100 %"}},
        },
    }
    tree["stages"] = {"customer": {"churn": "0 %"}}
    tree["segments"]["stay"]["expects"] = {"mean": 2, "sd": 0, "good_word": 2}
    levels = reference.Levels(heard={"good_word": np.array([0.7, 0.3]), "bad_word": np.zeros(2)})
    run = lived(tree, levels)
    said = run.ledger.columns["good_words"].sum(axis=(1, 2))
    assert said == pytest.approx([550, 400, 450])  # of 1,100, then 800, then 900 people
    expected = [0.7, 550 / 700, 400 / 800, 450 / 900]
    for heard, mean, people in zip(run.heard, expected, (600, 700, 800, 900), strict=True):
        assert heard["good_word"][0] == pytest.approx(mean, abs=4 * math.sqrt(mean / people))
        assert heard["good_word"][1] in (0.3, 0.0)
    joined = run.customers.expectation[run.customers.origin == 1].reshape(3, 100)
    means = [2 + 2 * heard["good_word"][0] for heard in run.heard[:3]]
    assert joined.mean(axis=1).tolist() == pytest.approx(means)
    assert joined.std(axis=1).max() < 1e-9


def test_the_referred_hear_their_referrer() -> None:
    # Loud ones refer quiet ones, who want to know one person, and so do quiet ones who come by themselves.
    tree = chorus({"degrees": [1]}, agents=2_000, referrals={"rate": 0.1, "segment": "quiet"})
    silence = {"referrals.rate": {"set": 0}}
    tree["segments"] = {
        "loud": {"count": 1_000, "tenure": 0, "satisfaction": ALL_PRAISE},
        "quiet": {"count": 1_000, "tenure": 0, "arrivals": 100, "changes": silence},
    }
    tree["segments"]["quiet"]["satisfaction"] = {"mean": 7, "sd": 0}
    run = lived(tree, reference.Levels(heard={"good_word": np.zeros(2), "bad_word": np.zeros(2)}))
    c, network = run.customers, run.network
    assert network is not None
    loud = np.isin(np.arange(network.people), c.person[c.segment == 0])
    first = dict(zip(network.start[::-1].tolist(), network.end[::-1].tolist(), strict=True))
    referred = [loud[first[person]] for person in c.person[c.origin == 2].tolist()]
    assert len(referred) > 400
    assert all(referred)
    others = [loud[first[person]] for person in c.person[c.origin == 1].tolist()]
    assert 0.3 < np.mean(others) < 0.5  # 1,000 of 2,000 to 3,000 people
    # who has known a loud one for a month or more heard of 1 / (their neighbours) of a half, the others less
    assert c.good_word[c.origin == 2].mean() > 1.5 * c.good_word[c.origin == 1].mean() > 0


def test_what_is_no_network_is_refused() -> None:
    tree = chorus({"ring": 4})
    tree["word_of_mouth"]["mixing"] = {"all": {"all": 1}}
    with pytest.raises(ValueError, match="by mixing or by network"):
        reference.read(tree)
    with pytest.raises(NotImplementedError, match="'grid'"):
        reference.read(chorus({"grid": 4}))
    tree = chorus({"ring": 4})
    tree["segments"] = {"a": {"count": 100_000, "tenure": 0}, "b": {"count": 300, "tenure": 0}}
    with pytest.raises(ValueError, match="the same weight"):
        reference.simulate(tree, levels=reference.Levels())
    layers = {"family": {"ring": 4, "weight": 3}, "online": {"scale_free": 3}, "work": {"random": 2.5}}
    assert reference.read(chorus({"layers": layers})).network == (
        Layer(SmallWorld(4), 3.0),
        Layer(ScaleFree(3)),
        Layer(Random(2.5)),
    )
