"""Work in shards: parts of the customers of one replication, done apart and added up."""

from __future__ import annotations

import random
from collections import defaultdict, deque
from collections.abc import Iterator
from dataclasses import dataclass, field

from goodwill import _core
from goodwill.sweeps.finished import Finished
from goodwill.sweeps.folder import Chunks
from goodwill.sweeps.work import Done, Piece, Said, Shard, Unit


@dataclass
class _Job:
    """One replication of some points."""

    pieces: tuple[Piece, ...]
    waiting: deque[int]
    """Shards that nobody does yet."""
    sums: dict[int, bytes] = field(default_factory=dict)
    files: list[str] = field(default_factory=list)
    """In which these lie."""
    shown: float = 0.0
    """Replications of which it was said that they are done."""

    def show(self, more: float) -> float:
        self.shown += more
        return more


class Shards:
    """Pieces of work, handed out shard by shard; when those of a replication are done, the unit that adds
    them up. What lies in the folder from before is used, if it is of as many shards of the same points."""

    measured = True
    """Whether more than one unit may wait for each worker."""

    def __init__(self, pieces: list[Piece], shards: int, finished: Finished) -> None:
        self._shards, self._finished = shards, finished
        self._left = deque(_jobs(pieces))
        # So that two processes in one folder do different work.
        self._left.rotate(random.randrange(len(self._left)) if self._left else 0)
        self._at_work: dict[str, _Job] = {}
        self._ready: deque[Unit] = deque()
        self._there = _index(finished.folder.shards)

    def __bool__(self) -> bool:
        return bool(self._ready or self._left or any(job.waiting for job in self._at_work.values()))

    @property
    def left(self) -> int:
        """How many shards have to be done. The unit that adds them up is not counted: it lives few."""
        jobs = [*self._at_work.values(), *(self._job(pieces) for pieces in self._left)]
        return sum(self._shards - len(job.sums) for job in jobs)

    def next(self) -> Unit:
        if self._ready:
            return self._ready.popleft()
        job = next((job for job in self._at_work.values() if job.waiting), None)
        if job is None:
            pieces = self._left.popleft()
            job = self._job(pieces)
            self._at_work[self._unit(pieces, 0).work] = job
            if not job.waiting:
                return self._last(job)
        return self._unit(job.pieces, job.waiting.popleft())

    def keep(self, unit: Unit, done: Done) -> float:
        """Keeps what came of a unit; returns how many replications are done with it."""
        shard, job, folder = unit.shard, self._at_work.get(unit.work), self._finished.folder
        if job is None or shard is None:
            return 0.0  # of points that are done one by one since
        if not done.failed and shard.number < shard.of:
            job.files.append(folder.shards.add(done.chunk))
            job.sums[shard.number] = done.chunk["sums"][0].as_py()
            if len(job.sums) == shard.of:
                self._ready.append(self._last(job))
            return job.show(unit.size / (shard.of + 1))
        del self._at_work[unit.work]
        if done.failed and len(unit.pieces) > 1:
            # One of them is wrong, or they cannot be simulated together.
            self._left.extendleft((piece,) for piece in reversed(unit.pieces))
            return -job.shown
        self._finished.note(folder.add(done.chunk), done.chunk)
        folder.shards.remove(job.files)
        return unit.size - job.shown

    def _unit(self, pieces: tuple[Piece, ...], number: int) -> Unit:
        return Unit(pieces, Shard(number, self._shards))

    def _last(self, job: _Job) -> Unit:
        sums = tuple(job.sums[number] for number in range(self._shards))
        return Unit(job.pieces, Shard(self._shards, self._shards, sums))

    def _job(self, pieces: tuple[Piece, ...]) -> _Job:
        """With what was done of it before."""
        job = _Job(pieces, deque())
        for number, name in self._there.get(self._unit(pieces, 0).work, {}).items():
            if (chunk := self._finished.folder.shards.read(name)) is not None:
                job.sums[number] = chunk["sums"][0].as_py()
                job.files.append(name)
        job.waiting.extend(number for number in range(self._shards) if number not in job.sums)
        return job


def clear(finished: Finished) -> None:
    """Removes what shards left behind that are added up since."""
    folder = finished.folder.shards
    names = [
        name
        for name, chunk in folder.chunks_in(folder.names())
        if all(
            finished.has(simulation, chunk["replication"][0].as_py())
            for simulation in chunk["simulations"][0].as_py()
        )
    ]
    folder.remove(names)


def _index(folder: Chunks) -> dict[str, dict[int, str]]:
    """By work and shard: in which file it lies."""
    found: dict[str, dict[int, str]] = defaultdict(dict)
    for name, chunk in folder.chunks_in(folder.names()):
        found[chunk["work"][0].as_py()][chunk["shard"][0].as_py()] = name
    return found


def _jobs(pieces: list[Piece]) -> Iterator[tuple[Piece, ...]]:
    """One replication each: of several points of investments, which share their baseline and past, or of one
    other point."""
    simulations = {piece.simulation.key: piece.simulation for piece in pieces}
    terms: dict[int, dict[str, dict[str, Said]]] = defaultdict(lambda: defaultdict(dict))
    for piece in pieces:
        for replication in range(piece.first, piece.first + piece.replications):
            terms[replication][piece.simulation.key] |= dict(piece.terms)
    for replication in sorted(terms):
        taken: list[Piece] = []
        for key, of_terms in terms[replication].items():
            simulation = simulations[key]
            piece = Piece(simulation, tuple(of_terms.items()), replication, 1)
            if not simulation.of_investments:
                yield (piece,)
                continue
            taken.append(piece)
            if len(taken) == _core.points_together:
                yield tuple(taken)
                taken = []
        if taken:
            yield tuple(taken)
