"""The question that a study answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from goodwill import _core
from goodwill.engine.anchoring import Anchored
from goodwill.engine.calls import compared, values, worths
from goodwill.engine.compared import Compared, Worth
from goodwill.engine.model import Model
from goodwill.engine.terms import Terms
from goodwill.engine.world import Numbers
from goodwill.text.arguments import checked_names
from goodwill.text.vocabulary import BASELINE


def _alone(core: _core.Model) -> list[str]:
    """In a model without scenarios each investment and each event that is chosen is one of its own."""
    chosen = [name for name in core.events if name not in core.circumstances]
    return [] if core.scenarios else [*core.investments, *chosen]


def checked_scenarios(core: _core.Model, scenarios: Any, what: str) -> list[str]:
    """The scenarios that are asked for; None: all. Raises `ValueError` if there is none."""
    known = [BASELINE, *core.scenarios, *_alone(core)]
    names = known[1:] if scenarios is None else checked_names("scenario", scenarios, known)
    if not names:
        why = "the model has none" if scenarios is None else "none was named"
        raise ValueError(f"{what} needs a scenario, and {why}")
    return names


def with_scenarios(firm: Anchored) -> Anchored:
    """The firm with all scenarios that `checked_scenarios` knows."""
    alone = _alone(firm.core)
    return firm.changed({f"scenarios.{name}": [name] for name in alone}) if alone else firm


def check_survival_weights(firm: Anchored, scenarios: list[str], wanted: bool | None) -> None:
    coupled = firm.core.coupled_in([BASELINE, *scenarios])
    if wanted and coupled:
        raise ValueError(
            "survival_weights is True; they need customers who do not influence one another, and these share "
            f"{' and '.join(coupled)}"
        )


def check_shards(firm: Anchored, scenarios: list[str], wanted: int) -> None:
    coupled = firm.core.coupled_in([BASELINE, *scenarios])
    if wanted > 1 and coupled:
        raise ValueError(
            f"shards is {wanted}; they need customers who do not influence one another, and these share "
            f"{' and '.join(coupled)}, so that all of them live together: set it to 1"
        )


@dataclass(frozen=True)
class Question:
    """Everything a study was asked: the same question has the same answer."""

    anchored: Anchored
    scenarios: tuple[str, ...]
    terms: Terms
    seed: int
    replications: int
    draws: int
    """How often the assumptions are drawn; 0: best values."""
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

    @property
    def used_terms(self) -> _core.Terms:
        """The terms of the question, completed by those of the model."""
        return self.terms.for_model(self.anchored.core)

    def answer(self, threads: int) -> Compared:
        return compared(self.anchored, self.scenarios, self.used_terms, threads, **self._options())

    def values(self, threads: int) -> dict[str, Numbers]:
        """Only the NPV of each scenario, unit by unit."""
        return values(self.anchored, self.scenarios, self.used_terms, threads, **self._options())

    def worths(self, threads: int) -> dict[str, Worth]:
        """The NPV of each scenario, and its money by period."""
        return worths(self.anchored, self.scenarios, self.used_terms, threads, **self._options())

    def _options(self) -> dict[str, Any]:
        target = None
        if self.precision is not None:
            target = _core.Target(self.precision[0], relative=self.precision[1], floor=self.floor)
        names = ["seed", "first_replication", "replications", "draws", "batches", "level"]
        names += ["simultaneous", "survival_weights"]
        rest = {"target": target, "most_units": self.most_replications}
        return {name: getattr(self, name) for name in names} | rest
