"""What descendants of customers are worth, from the lineages of a world.

Arrays of units are draws x batches x segment of the root x `ROOTS` x generation x (people, customers, value).
"""

from __future__ import annotations

import numpy as np

from goodwill.engine.world import STANDINGS, Numbers, World

PEOPLE, CUSTOMERS, VALUE = range(3)


def lineages(world: World) -> Numbers:
    """Segment of the root x `ROOTS` x generation x (people, customers, value at t = 0): real customers and
    currency units of one replication; all of the value is the customer equity."""
    of_segments = world.whole_lives.lineages * world.weights.reshape(-1, 1, 1, 1, 1)
    return np.asarray(of_segments.sum(axis=0) / world.replications)


def equity(units: Numbers) -> Numbers:
    return np.asarray(units[..., VALUE].sum(axis=(-3, -2, -1)))


def states(world: World, standing: int) -> list[list[float]]:
    """By segment, the mean (satisfaction, expectation, trust) at the start of those who stand so; of the firm
    where nobody of a segment does. There is somebody in the firm."""
    sums = (world.whole_lives.standing * world.weights.reshape(-1, 1, 1))[:, standing]
    firm = sums.sum(axis=0)
    return [[float(x) for x in (row if row[0] else firm)[1:] / (row if row[0] else firm)[0]] for row in sums]


def standing_customers(world: World) -> Numbers:
    """Customers of each standing at the start."""
    counts = world.whole_lives.standing[..., 0] * world.weights.reshape(-1, 1)
    return np.asarray(counts.sum(axis=0) / world.replications)[: len(STANDINGS)]
