"""What a study is asked."""

from __future__ import annotations

from dataclasses import dataclass

from goodwill import _core
from goodwill.engine.anchoring import Anchored
from goodwill.engine.calls import compared
from goodwill.engine.model import Model
from goodwill.engine.terms import Terms


@dataclass(frozen=True)
class Question:
    """Everything a study was asked: the same question has the same answer."""

    anchored: Anchored
    scenarios: tuple[str, ...]
    terms: Terms
    seed: int
    replications: int
    draws: int
    """Of the assumptions; 0: their best values."""
    batches: int
    level: float
    simultaneous: bool
    precision: tuple[float, bool] | None
    floor: float
    most_replications: int
    survival_weights: bool | None
    first_replication: int = 0

    @property
    def model(self) -> Model:
        return self.anchored.model

    def answer(self, threads: int, run_off: bool = True) -> _core.Study:
        """`run_off=False`: nobody is followed beyond the horizon; what is within it stays the same."""
        target = None
        if self.precision is not None:
            target = _core.Target(self.precision[0], relative=self.precision[1], floor=self.floor)
        return compared(
            self.anchored,
            self.scenarios,
            self.terms.for_model(self.anchored.core),
            threads,
            seed=self.seed,
            first_replication=self.first_replication,
            replications=self.replications,
            draws=self.draws,
            batches=self.batches,
            level=self.level,
            simultaneous=self.simultaneous,
            target=target,
            most_units=self.most_replications,
            survival_weights=self.survival_weights,
            run_off=run_off,
        )
