"""What of a sweep is finished, by what lies in its folder."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

import numpy as np
import pyarrow as pa

from goodwill import _core
from goodwill.engine.world import Numbers
from goodwill.sweeps.folder import Folder
from goodwill.sweeps.points import Point, Simulation
from goodwill.sweeps.work import Piece

Key = tuple[str, str]
"""Of a simulation and of the terms."""
OK, FAILED, PENDING = "ok", "failed", "pending"
STATUSES = (OK, FAILED, PENDING)


class Finished:
    """Follows a folder: each chunk is read once."""

    def __init__(self, folder: Folder) -> None:
        self.folder = folder
        self._seen: set[str] = set()
        self._spans: dict[str, dict[str, list[tuple[int, int, str]]]] = defaultdict(lambda: defaultdict(list))
        """By simulation and terms: first replication, how many, in which chunk."""
        self._errors: dict[str, list[tuple[int, int, str, str]]] = defaultdict(list)

    def update(self) -> None:
        """Looks at chunks that have come since, and forgets those that are gone."""
        there = self.folder.names()
        self._forget(self._seen.difference(there))
        for name, chunk in self.folder.chunks_in(name for name in there if name not in self._seen):
            self.note(name, chunk)

    def _forget(self, gone: set[str]) -> None:
        if not gone:
            return
        self._seen -= gone
        for of_terms in self._spans.values():
            for spans in of_terms.values():
                spans[:] = [span for span in spans if span[2] not in gone]
        for errors in self._errors.values():
            errors[:] = [error for error in errors if error[2] not in gone]

    def note(self, name: str, chunk: pa.Table) -> None:
        """Takes in a chunk that lies in the folder under this name."""
        self._seen.add(name)
        names = ("simulation", "terms", "first", "replications", "error")
        for simulation, terms, first, n, error in zip(*(chunk[c].to_pylist() for c in names), strict=True):
            if error is not None:
                self._errors[simulation].append((first, n, name, error))
            elif (span := (first, n, name)) not in (spans := self._spans[simulation][terms]):
                spans.append(span)  # once, whatever the number of scenarios

    def gaps(self, key: Key, replications: int) -> list[tuple[int, int]]:
        """Which replications are missing: first, and how many."""
        simulation, terms = key
        return _gaps(self._spans[simulation][terms] if simulation in self._spans else [], replications)

    def has(self, simulation: str, replication: int) -> bool:
        """Whether a replication of a simulation is done, on whatever terms."""
        of_terms = self._spans.get(simulation, {})
        return any(_covers(spans, replication, 1) for spans in of_terms.values())

    def error(self, point: Point, replications: int) -> str | None:
        """Why replications that are missing failed; None: not tried, or done since on other terms."""
        simulation = point.simulation.key
        errors = self._errors.get(simulation)
        if not errors:
            return None
        done = list(self._spans[simulation].values())
        for first, n, _, error in errors:
            if not any(_covers(spans, first, n) for spans in done) and any(
                first < at + missing and at < first + n for at, missing in self.gaps(point.key, replications)
            ):
                return error
        return None

    def status(self, point: Point, replications: int) -> str:
        if not self.gaps(point.key, replications):
            return OK
        return PENDING if self.error(point, replications) is None else FAILED

    def pieces(self, points: Iterable[Point], replications: int, retry: bool) -> Iterator[Piece]:
        """What is left to do: a simulation once, for all terms that miss the same replications."""
        wanted: dict[tuple[str, int, int], tuple[Simulation, dict[str, tuple[tuple[str, object], ...]]]] = {}
        for point in points:
            if not retry and self.error(point, replications) is not None:
                continue
            for first, n in self.gaps(point.key, replications):
                key = point.simulation.key, first, n
                wanted.setdefault(key, (point.simulation, {}))[1][point.terms_key] = point.terms
        for (_, first, n), (simulation, terms) in wanted.items():
            yield Piece(simulation, tuple(terms.items()), first, n)

    def numbers(self, keys: set[Key], replications: int) -> Iterator[tuple[Key, str, Numbers]]:
        """Of each key and scenario replications x measures, as far as the folder holds all of them."""
        needed: dict[str, set[Key]] = defaultdict(set)
        for key in keys:
            if not self.gaps(key, replications):
                for _, _, name in self._spans[key[0]][key[1]]:
                    needed[name].add(key)
        parts: dict[tuple[Key, str], dict[int, Numbers]] = defaultdict(dict)
        lost = set()
        for name in sorted(needed):
            if (chunk := self.folder.read(name)) is None:
                lost.add(name)
                continue
            names = ("simulation", "terms", "scenario", "first")
            for row, (simulation, terms, scenario, first) in enumerate(
                zip(*(chunk[c].to_pylist() for c in names), strict=True)
            ):
                if (key := (simulation, terms)) not in needed[name]:
                    continue
                part = np.stack([chunk[m][row].values.to_numpy() for m in _core.measures], axis=1)
                shorter = parts[key, scenario].get(first, ())  # of work that was split in another way
                if len(part) > len(shorter):
                    parts[key, scenario][first] = part
                if (whole := _joined(parts[key, scenario], replications)) is not None:
                    del parts[key, scenario]
                    yield key, scenario, whole
        if lost:
            self._forget(lost)
            raise ValueError(
                f"chunks in {self.folder.chunks} are damaged or gone; their points are pending again: "
                "sweep.run() goes on"
            )


def _gaps(spans: Iterable[tuple[int, int, str]], replications: int) -> list[tuple[int, int]]:
    found, at = [], 0
    for first, n, _ in sorted(spans):
        if first > at:
            found.append((at, first - at))
        at = max(at, first + n)
    return found + ([(at, replications - at)] if at < replications else [])


def _covers(spans: Iterable[tuple[int, int, str]], first: int, n: int) -> bool:
    return all(at + missing <= first for at, missing in _gaps(spans, first + n))


def _joined(parts: dict[int, Numbers], replications: int) -> Numbers | None:
    """The replications in order; None while some are missing."""
    joined, at = [], 0
    for first in sorted(parts):
        if first > at:
            return None
        joined.append(parts[first][at - first :])
        at = max(at, first + len(parts[first]))
    return np.concatenate(joined)[:replications] if at >= replications else None
