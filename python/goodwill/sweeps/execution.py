"""Who does the work: this process, an executor, or a Dask cluster. What is finished is kept at once."""

from __future__ import annotations

import importlib
import os
import random
import resource
from collections import deque
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait
from dataclasses import dataclass
from typing import Any

from goodwill.engine.progress import points_bar
from goodwill.sweeps.finished import Finished
from goodwill.sweeps.folder import chunk_bytes
from goodwill.sweeps.points import SweepQuestion
from goodwill.sweeps.shards import Shards, clear
from goodwill.sweeps.work import Done, Piece, Unit, answered, failure, of_noise
from goodwill.text import figures
from goodwill.text.arguments import missing

SECONDS = 2.0
"""What a unit of work should take: long beside the cost of a file, short enough to be lost."""
SHARED = 5
"""So many times as long may it take where points share their baseline and past, the more the better."""
FIRST = 8
"""Replications of the unit that is measured first, for each thread."""
AHEAD = 2
"""Units that wait for each worker of an executor; of a cluster `WAVE`."""
WAVE = 10


def cluster(address: str) -> Any:
    """A client of the Dask scheduler at an address. Raises `ImportError` without distributed, `OSError` if
    nobody answers there."""
    try:
        distributed: Any = importlib.import_module("distributed")
    except ImportError:
        raise ImportError(missing("a cluster needs", "distributed")) from None
    return distributed.Client(address)


class Queue:
    """Pieces of work, handed out in units of about `SECONDS`, as fast as the last ones were."""

    def __init__(self, pieces: list[Piece], threads: int, finished: Finished) -> None:
        self._pieces, self._finished = deque(pieces), finished
        # So that two processes in one folder do different work.
        self._pieces.rotate(random.randrange(len(self._pieces)) if self._pieces else 0)
        self._threads = threads
        self._pace: float | None = None
        """Seconds of one replication."""

    def __bool__(self) -> bool:
        return bool(self._pieces)

    @property
    def measured(self) -> bool:
        return self._pace is not None

    def done(self, unit: Unit, seconds: float) -> None:
        pace = seconds / unit.size
        self._pace = pace if self._pace is None else (self._pace + pace) / 2

    def keep(self, unit: Unit, done: Done) -> float:
        """Keeps what came of a unit; returns how many replications are done with it."""
        self._finished.note(self._finished.folder.add(done.chunk), done.chunk)
        if done.seconds:
            self.done(unit, done.seconds)
        return float(unit.size)

    def next(self) -> Unit:
        first = self._pieces.popleft()
        seconds = SECONDS * (SHARED if first.simulation.of_investments else 1)
        room = FIRST * self._threads if self._pace is None else max(1, int(seconds / max(self._pace, 1e-9)))
        if first.replications > room:
            n = max(room, min(FIRST, first.replications))
            if n < first.replications:
                rest = Piece(first.simulation, first.terms, first.first + n, first.replications - n)
                self._pieces.appendleft(rest)
                first = Piece(first.simulation, first.terms, first.first, n)
            return Unit((first,))
        taken = [first]
        while self._pieces and (len(taken) + 1) * first.replications <= room:
            piece = self._pieces[0]
            if (piece.first, piece.replications) != (first.first, first.replications):
                break
            taken.append(self._pieces.popleft())
        return Unit(tuple(taken))


@dataclass(frozen=True)
class Estimate:
    """What pending work will take, from a piece of it that was done and not kept."""

    simulations: int
    """Those that are pending; points that differ in their terms alone have one."""
    seconds: float
    threads: int
    memory: float
    """Megabytes of this process at most so far, the piece included; work done later needs about as much."""
    disk: float
    """Megabytes that the folder will grow by."""

    def __repr__(self) -> str:
        if not self.simulations:
            return "Nothing is pending."
        took = figures.plural(self.threads, "thread")
        return (
            f"{self.simulations:,} simulations are pending: about {_duration(self.seconds)} on {took}, "
            f"{self.memory:,.0f} MB of memory, {self.disk:,.1f} MB on disk."
        )


def estimated(
    question: SweepQuestion, finished: Finished, pieces: list[Piece], threads: int, shards: int
) -> Estimate:
    """Does a unit of the pending work without keeping it."""
    threads = threads or len(os.sched_getaffinity(0))
    simulations = len({piece.simulation.key for piece in pieces})
    replications = sum(piece.replications for piece in pieces)
    seconds = bytes_of = 0.0
    if pieces and shards > 1:
        sharded = Shards(pieces, shards, finished)
        left, unit = sharded.left, sharded.next()
        done = answered(question, unit, threads)
        seconds = done.seconds * left
        bytes_of = chunk_bytes(of_noise(question, unit)) / unit.size * replications
        bytes_of += shards * chunk_bytes(done.chunk)  # until they are added up
    elif pieces:
        queue = Queue(pieces, threads, finished)
        queue.done(unit := queue.next(), answered(question, unit, threads).seconds)  # the first also warms up
        unit = queue.next() if queue else unit
        done = answered(question, unit, threads)
        seconds, bytes_of = (x / unit.size * replications for x in (done.seconds, chunk_bytes(done.chunk)))
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return Estimate(simulations, seconds, threads, memory, bytes_of / 1e6)


def _duration(seconds: float) -> str:
    for size, word in ((86_400, "day"), (3_600, "hour"), (60, "minute")):
        if seconds >= 2 * size:
            return figures.plural(round(seconds / size), word)
    return figures.plural(max(1, round(seconds)), "second")


def work_through(
    question: SweepQuestion,
    finished: Finished,
    pieces: list[Piece],
    *,
    threads: int,
    executor: Executor | None,
    client: Any,
    shards: int,
) -> None:
    """Does all pieces and keeps what comes of them. Raises what stops the work: Ctrl-C, a full disk, a broken
    pool of processes; what was finished before is kept."""
    clear(finished)
    if not pieces:
        return
    points = len({piece.simulation.key for piece in pieces})
    each = sum(piece.replications for piece in pieces) / points

    at_once = 1 if client or executor else threads or len(os.sched_getaffinity(0))
    queue = Shards(pieces, shards, finished) if shards > 1 else Queue(pieces, at_once, finished)

    def keep(unit: Unit, done: Done) -> None:
        more = queue.keep(unit, done)
        advance(more / each, done.failed if more > 0 else 0)

    with points_bar("Sweeping", points) as advance:
        if client is not None:
            _on_cluster(question, queue, client, keep)
        elif executor is not None:
            _on_executor(question, queue, executor, keep)
        else:
            while queue:
                unit = queue.next()
                keep(unit, answered(question, unit, threads))


def _on_executor(
    question: SweepQuestion, queue: Queue | Shards, executor: Executor, keep: Callable[[Unit, Done], None]
) -> None:
    workers = int(getattr(executor, "_max_workers", 0) or os.cpu_count() or 1)
    running: dict[Future[Done], Unit] = {}
    try:
        while queue or running:
            while queue and len(running) < workers * (AHEAD if queue.measured else 1):
                unit = queue.next()
                running[executor.submit(answered, question, unit, 1)] = unit
            for future in wait(running, return_when=FIRST_COMPLETED).done:
                unit = running.pop(future)
                keep(unit, future.result())
    finally:
        for future in running:
            future.cancel()


def _on_cluster(
    question: SweepQuestion, queue: Queue | Shards, client: Any, keep: Callable[[Unit, Done], None]
) -> None:
    """Units go out in waves of at most `WAVE` for each thread of a worker. A worker that dies is replaced by
    Dask; a unit that kills several is halved, and a single piece that does so has failed."""
    distributed: Any = importlib.import_module("distributed")
    running: dict[Any, Unit] = {}
    results = distributed.as_completed()

    def submit(unit: Unit) -> None:
        future = client.submit(answered, question, unit, 1, pure=False, retries=2)
        running[future] = unit
        results.add(future)

    def fill() -> None:
        slots = max(1, sum(client.nthreads().values()))
        while queue and len(running) < slots * (WAVE if queue.measured else 1):
            submit(queue.next())

    try:
        fill()
        for future in results:
            unit = running.pop(future)
            error = future.exception() if future.status == "error" else None
            if not isinstance(error, distributed.scheduler.KilledWorker):
                keep(unit, future.result())
            elif len(unit.pieces) > 1 and unit.shard is None:
                submit(Unit(unit.pieces[::2]))
                submit(Unit(unit.pieces[1::2]))
            else:
                keep(unit, Done(failure(unit, f"its worker died: {error}"), 0.0, 1))
            fill()
    finally:
        client.cancel(list(running))
