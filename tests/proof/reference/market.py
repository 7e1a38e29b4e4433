"""A market: people who have not come yet, who comes by themselves, and whose place the others take."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from .customers import NO_PERSON, Floats, Ints
from .network import Network


class Prospects:
    """People who have not come yet, and those who had not at the start. They have patience, and no state."""

    def __init__(self, rng: np.random.Generator, number: Mapping[str, int]) -> None:
        """`number`: how many of each segment."""
        self.rng = rng
        self.segment = np.repeat(np.arange(len(number)), list(number.values()))
        self.patience = rng.exponential(size=len(self.segment))
        self.felt = np.zeros(len(self.segment))
        self.here = np.ones(len(self.segment), dtype=bool)  # not come yet
        self.person = np.arange(len(self.segment))  # number in the networks, if there are any

    def feel(self, hazard: Floats) -> None:
        """A period passes, with a hazard for each; those who have come are not looked at again."""
        self.felt += hazard

    def give_way(self, segment: int, number: int) -> Ints:
        """So many who come do so as anybody of the segment: their persons, or NO_PERSON if nobody is left."""
        left = np.flatnonzero(self.here & (self.segment == segment))
        chosen = self.rng.choice(left, min(number, len(left)), replace=False)
        return np.concatenate([self._come(chosen), np.full(number - len(chosen), NO_PERSON)])

    def give_way_to_friends(self, segment: int, referrers: Ints, networks: Sequence[Network]) -> Ints:
        """The same where each, in turn, is first of all somebody whom the referrer knows on a network."""
        row = np.full(networks[0].people, NO_PERSON)
        row[self.person] = np.arange(len(self.person))
        persons = [np.zeros(0, dtype=np.int64)]
        for referrer in referrers:
            acquaintances = [each.end[each.start == referrer] for each in networks]
            known = row[np.unique(np.concatenate(acquaintances))]
            known = known[known != NO_PERSON]
            known = known[self.here[known] & (self.segment[known] == segment)]
            chosen = self.rng.choice(known, 1) if len(known) else None
            persons.append(self.give_way(segment, 1) if chosen is None else self._come(chosen))
        return np.concatenate(persons)

    def come(self, segment: int) -> Ints:
        """The persons of those of the segment whose patience has ended."""
        ended = self.felt >= self.patience
        return self._come(np.flatnonzero(self.here & (self.segment == segment) & ended))

    def _come(self, rows: Ints) -> Ints:
        self.here[rows] = False
        return self.person[rows]


def share_of_acquaintances(network: Network, customers: Ints) -> Floats:
    """By person: the share of these customers among those who tell them, by weight; 0 where nobody does.

    Those who have left, and those who have not come yet, are known as well.
    """
    is_customer = np.zeros(network.people)
    is_customer[customers] = 1.0
    known = np.bincount(network.end, network.weight, network.people)
    of_them = np.bincount(network.end, network.weight * is_customer[network.start], network.people)
    return np.divide(of_them, known, out=np.zeros(network.people), where=known > 0.0)
