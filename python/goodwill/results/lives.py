"""One scenario simulated as often as an answer needs: at best values, or at draws of the assumptions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from goodwill import _core
from goodwill.engine.anchoring import Anchored
from goodwill.engine.calls import measured
from goodwill.engine.model import Model
from goodwill.engine.plain import Plain
from goodwill.engine.size import Size
from goodwill.engine.world import Numbers, Ran, World

BAND_ENDS = ("low", "high", "p10", "p90")
"""After the name of a measure: the interval of its mean, and 80 % of the draws."""


@dataclass(frozen=True, eq=False)
class Lives(Plain):
    """A world, means over all units, and what was measured of each unit."""

    world: World
    units: Numbers
    """Draws x batches x measures; one row of replications if nothing is uncertain."""
    size: Size = field(compare=False)
    status: str = field(compare=False)
    """`fixed`: as long as asked; with a precision `reached`, `capped`, `degenerate` (nothing varies)."""
    uncertain: bool
    """Whether the assumptions were drawn and can make a difference to this scenario."""
    ran: Ran = field(compare=False)

    def bands(self, name: str, units: Numbers) -> dict[str, float]:
        """The mean of a measure (draws x batches), the interval of that mean `_low` to `_high`, and 80 % of
        the draws without the error of the simulation, `_p10` to `_p90` (NaN where nothing is uncertain)."""
        mean, low, high = _core.mean_interval(units, self.size.level)
        found = {name: mean, f"{name}_low": low, f"{name}_high": high}
        p10 = p90 = np.nan
        if self.uncertain and np.isfinite(units).all() and _core.varies(units):
            p10, p90 = np.quantile(np.asarray(_core.corrected(units)), (0.1, 0.9))
        return {**found, f"{name}_p10": float(p10), f"{name}_p90": float(p90)}


@dataclass(frozen=True, eq=False, repr=False)
class OfOneScenario(Plain):
    """What answers about one scenario share: the firm, the scenario, and the lives they rest on."""

    anchored: Anchored
    scenario: str
    lives: Lives

    @property
    def model(self) -> Model:
        return self.anchored.model

    @property
    def seed(self) -> int:
        return self.lives.size.seed

    @property
    def level(self) -> float:
        return self.lives.size.level

    @property
    def status(self) -> str:
        """`fixed`: as long as asked; with a precision `reached`, `capped`, `degenerate` (nothing varies)."""
        return self.lives.status

    @property
    def uncertain(self) -> bool:
        """Whether the assumptions were drawn, and can make a difference to the scenario."""
        return self.lives.uncertain

    @property
    def _world(self) -> World:
        return self.lives.world


def ratio_units(above: Numbers, below: Numbers) -> Numbers:
    """Units whose mean is the ratio of two means, and whose spread is the error of that ratio (delta
    method)."""
    total = below.mean()
    ratio = above.mean() / total if total else np.nan
    return np.asarray(ratio + (above - ratio * below) / (total or np.nan))


def live(
    firm: Anchored,
    scenario: str,
    size: Size,
    threads: int,
    measure: Callable[[World], Numbers],
    *,
    title: str,
    key: Callable[[Numbers], Numbers],
    **options: Any,
) -> Lives:
    """Simulates a scenario until the figure that `key` makes of the measures is as precise as asked.

    Replications and draws do not depend on how many there are, so a longer run extends a shorter one bit for
    bit. `options` go to the simulation.
    """
    uncertain = size.draws > 0 and _core.is_uncertain(firm.core, scenario)
    status = "fixed"
    while True:
        ran, world, units = measured(firm, scenario, size, threads, title, measure, **options)
        units = units.reshape(size.draws if uncertain else 1, -1, *units.shape[1:])
        if size.precision is None:
            break
        target = _core.Target(size.precision[0], relative=size.precision[1], floor=0.0)
        status, wanted = _core.next_size(key(units), target, size.level, size.most_replications)
        if status:
            break
        size = size.grown(wanted)
    return Lives(world, units, size, status, uncertain, ran)


def table_of_bands(lives: Lives, rows: list[dict[str, Any]], units: dict[str, list[Numbers]]) -> pd.DataFrame:
    """The rows as a table with the bands of measures: `units` holds, by name, draws x batches for each
    row."""
    for name, of_rows in units.items():
        for row, values in zip(rows, of_rows, strict=True):
            row |= lives.bands(name, values)
    return pd.DataFrame(rows)
