"""How much is simulated, and the checks of what callers say about it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from goodwill import _core
from goodwill.text.arguments import (
    checked_level,
    checked_precision,
    checked_replications,
    checked_seed,
    whole,
)

DRAWS, BATCHES, REPLICATIONS, SHARDS = 64, 4, 30, 1


@dataclass(frozen=True)
class Size:
    """How much is simulated."""

    seed: int
    replications: int
    """Used at best values."""
    draws: int = 0
    """How often the assumptions are drawn; 0: best values."""
    batches: int = BATCHES
    """Batches of one draw, which share the model's agents."""
    level: float = 0.95
    precision: tuple[float, bool] | None = None
    most_replications: int = 2_000
    first_replication: int = 0

    @property
    def units(self) -> int:
        return self.draws * self.batches or self.replications

    def parts(self, most: int) -> list[Size]:
        """The same replications, at most so many at a time; draws come one by one anyhow."""
        if self.draws:
            return [self]
        return [
            replace(
                self,
                first_replication=self.first_replication + k,
                replications=min(most, self.replications - k),
            )
            for k in range(0, self.replications, most)
        ]

    def grown(self, units: int) -> Size:
        if self.draws:
            return replace(self, draws=-(-units // self.batches))
        return replace(self, replications=units)


def checked_draws(core: _core.Model, draws: Any, replications: Any, scenario: str | None = None) -> int:
    """How often the assumptions are drawn. The default is 64 if one of them can make a difference to the
    scenario (None: if the model uses any) and no replications are given, else 0. Raises `ValueError`."""
    uncertain = any(_core.assumption_uses(core))
    if draws is None:
        touched = uncertain if scenario is None else _core.is_uncertain(core, scenario)
        draws = DRAWS if touched and replications is None else 0
    wanted: int = whole("draws", draws, 0, 1_000_000, "a whole number from 8, or 0 for best values")
    if 0 < wanted < 8:
        raise ValueError(f"draws is {wanted}; it must be a whole number from 8, or 0 for best values")
    if wanted and not uncertain:
        why = "uses none of its assumptions" if core.assumptions else "has no assumptions to draw"
        raise ValueError(f"draws is {wanted}, and the model {why}")
    if wanted and replications is not None:
        raise ValueError("give draws (of the assumptions) or replications (at best values), not both")
    return wanted


def checked_size(
    core: _core.Model, scenario: str, seed: Any, replications: Any, draws: Any, **others: Any
) -> Size:
    """The size of a run, by the rules of `compare`; `others` are batches, precision, most_replications,
    level."""
    return Size(
        seed=checked_seed(seed),
        replications=checked_replications(REPLICATIONS if replications is None else replications),
        draws=checked_draws(core, draws, replications, scenario),
        batches=whole("batches", others["batches"], 2, 1000, "a whole number from 2 to 1,000"),
        level=checked_level(others["level"]),
        precision=checked_precision(others["precision"]),
        most_replications=checked_replications(others["most_replications"], least=2),
    )
