"""Units of work: some simulations, or some replications of one, answered in this process."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from goodwill import _core
from goodwill.engine.world import Numbers
from goodwill.sweeps.points import Simulation, SweepQuestion, terms_at

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


@dataclass(frozen=True)
class Piece:
    """Some replications of a simulation, judged on each of these terms."""

    simulation: Simulation
    terms: tuple[tuple[str, Said], ...]
    """Key, and what is set."""
    first: int
    replications: int


@dataclass(frozen=True)
class Unit:
    """Pieces of the same replications."""

    pieces: tuple[Piece, ...]

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


@dataclass(frozen=True)
class Done:
    """What came of a unit."""

    chunk: pa.Table
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
    found = _core.answer_points(
        question.anchored.core,
        question.anchored.levels,
        question.scenarios,
        points,
        terms_at(question, ()),
        seed=question.seed,
        first_replication=unit.first,
        replications=unit.replications,
        threads=threads,
        survival_weights=question.survival_weights,
        run_off=question.run_off,
        progress=lambda _: None,
    )
    failed = sum(isinstance(answer, str) for answer in found)
    table = _table([_rows(question, piece, answer) for piece, answer in zip(unit.pieces, found, strict=True)])
    return Done(table, time.perf_counter() - began, failed)


def failure(unit: Unit, error: str) -> pa.Table:
    """The chunk of a unit whose worker did not survive it."""
    return _table([_failed(piece, error) for piece in unit.pieces])


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
