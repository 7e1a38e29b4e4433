"""Units of work: some simulations, or some replications of one, or a shard of one replication, answered in
this process."""

from __future__ import annotations

import time
import zlib
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from goodwill import _core
from goodwill.engine.world import Numbers
from goodwill.sweeps.points import Simulation, SweepQuestion, key_of, terms_at

Counts = npt.NDArray[np.int64]
Said = tuple[tuple[str, Any], ...]
SCHEMA = pa.schema(
    [
        ("simulation", pa.string()),
        ("terms", pa.string()),
        ("scenario", pa.string()),
        ("first", pa.int64()),
        ("replications", pa.int64()),
        ("error", pa.string()),
        *((name, pa.list_(pa.float64())) for name in _core.measures),
    ]
)
"""Of a chunk. A simulation that failed has one row, with its error and no numbers."""
SUMS = pa.schema(
    [
        ("work", pa.string()),
        ("shard", pa.int64()),
        ("simulations", pa.list_(pa.string())),
        ("replication", pa.int64()),
        ("sums", pa.binary()),
    ]
)
"""Of what a shard leaves behind: one row."""
WHOLE = "<i8"


@dataclass(frozen=True)
class Piece:
    """Some replications of a simulation, judged on each of these terms."""

    simulation: Simulation
    terms: tuple[tuple[str, Said], ...]
    """Key, and what is set."""
    first: int
    replications: int


@dataclass(frozen=True)
class Shard:
    """A part of the customers of a replication."""

    number: int
    """From 0; the last one, `of`, is who belongs to no shard, which is known when these are done. It adds all
    up."""
    of: int
    sums: tuple[bytes, ...] = ()
    """What the others left behind, for the last one."""


@dataclass(frozen=True)
class Unit:
    """Pieces of the same replications, or a shard of one replication."""

    pieces: tuple[Piece, ...]
    shard: Shard | None = None

    @property
    def first(self) -> int:
        return self.pieces[0].first

    @property
    def replications(self) -> int:
        return self.pieces[0].replications

    @property
    def size(self) -> int:
        """Replications in all."""
        return self.replications * len(self.pieces)

    @property
    def work(self) -> str:
        """What the shards of the same replication have in common, and no others."""
        of = self.shard.of if self.shard else 1
        return key_of(_core.version, [piece.simulation.key for piece in self.pieces], self.first, of)


@dataclass(frozen=True)
class Done:
    """What came of a unit."""

    chunk: pa.Table
    """Of `SCHEMA`; of `SUMS` for a shard that has not failed and is not the last."""
    seconds: float
    failed: int


def answered(question: SweepQuestion, unit: Unit, threads: int) -> Done:
    """Does a unit of work. The same unit gives the same table, wherever it is done."""
    began = time.perf_counter()
    points = [
        (
            piece.simulation.values,
            piece.simulation.assumed,
            [terms_at(question, said) for _, said in piece.terms],
            piece.simulation.of_investments,
        )
        for piece in unit.pieces
    ]
    firm, shard = question.anchored, unit.shard
    asked = (firm.core, firm.levels, question.scenarios, points, terms_at(question, ()))
    how: dict[str, Any] = {
        "seed": question.seed,
        "first_replication": unit.first,
        "threads": threads,
        "survival_weights": question.survival_weights,
        "run_off": question.run_off,
        "progress": lambda _: None,
    }
    if shard is None:
        found = _core.answer_points(*asked, replications=unit.replications, **how)
    elif shard.number == shard.of:
        found = _core.answer_shards(*asked, [_whole_numbers(sums) for sums in shard.sums], **how)
    else:
        sums = _core.answer_shard(*asked, shard.number, shard.of, **how)
        seconds = time.perf_counter() - began
        if isinstance(sums, str):
            return Done(failure(unit, sums), seconds, len(unit.pieces))
        return Done(_left_behind(unit, shard, sums), seconds, 0)
    failed = sum(isinstance(answer, str) for answer in found)
    table = _table([_rows(question, piece, answer) for piece, answer in zip(unit.pieces, found, strict=True)])
    return Done(table, time.perf_counter() - began, failed)


def failure(unit: Unit, error: str) -> pa.Table:
    """The chunk of a unit whose worker did not survive it."""
    return _table([_failed(piece, error) for piece in unit.pieces])


def of_noise(question: SweepQuestion, unit: Unit) -> pa.Table:
    """A chunk as large as that of a unit that is done."""
    noise = np.random.default_rng(1)
    return _table(
        [
            _rows(
                question,
                piece,
                noise.random(
                    (len(piece.terms), len(question.scenarios), unit.replications, len(_core.measures))
                ),
            )
            for piece in unit.pieces
        ]
    )


def _left_behind(unit: Unit, shard: Shard, sums: Counts) -> pa.Table:
    row = {
        "work": unit.work,
        "shard": shard.number,
        "simulations": [piece.simulation.key for piece in unit.pieces],
        "replication": unit.first,
        "sums": zlib.compress(sums.astype(WHOLE).tobytes(), 1),  # small whole numbers, most of them 0
    }
    return pa.Table.from_pylist([row], schema=SUMS)


def _whole_numbers(sums: bytes) -> Counts:
    return np.frombuffer(zlib.decompress(sums), dtype=WHOLE)


def _failed(piece: Piece, error: str) -> list[dict[str, Any]]:
    said = {"first": piece.first, "replications": piece.replications, "error": error}
    nothing: dict[str, Any] = {name: [] for name in _core.measures}
    return [{"simulation": piece.simulation.key, "terms": "", "scenario": "", **said, **nothing}]


def _rows(question: SweepQuestion, piece: Piece, answer: Numbers | str) -> list[dict[str, Any]]:
    if isinstance(answer, str):
        return _failed(piece, answer)
    return [
        {
            "simulation": piece.simulation.key,
            "terms": key,
            "scenario": scenario,
            "first": piece.first,
            "replications": piece.replications,
            "error": None,
            **{name: np.ascontiguousarray(numbers[:, m]) for m, name in enumerate(_core.measures)},
        }
        for (key, _), of_terms in zip(piece.terms, answer, strict=True)
        for scenario, numbers in zip(question.scenarios, of_terms, strict=True)
    ]


def _table(rows: list[list[dict[str, Any]]]) -> pa.Table:
    flat = [row for of_piece in rows for row in of_piece]
    return pa.table({name: [row[name] for row in flat] for name in SCHEMA.names}, schema=SCHEMA)
