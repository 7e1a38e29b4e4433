"""A sweep as analyses see it: its points, and what was found at each."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np

from goodwill.engine.model import Model
from goodwill.engine.world import Numbers
from goodwill.sweeps.designs import Design
from goodwill.sweeps.finished import FAILED, OK, PENDING, Finished
from goodwill.sweeps.points import Point, SweepQuestion
from goodwill.sweeps.tables import INDEX
from goodwill.text.arguments import checked_names, keywords_checked, text


class SweepResult:
    """What a folder holds of a sweep; `goodwill.Sweep` adds the questions that can be put to it."""

    question: SweepQuestion
    design: Design
    replications: int
    level: float
    _points: list[Point]
    _finished: Finished

    @property
    def model(self) -> Model:
        return self.question.anchored.model

    @property
    def scenarios(self) -> list[str]:
        return list(self.question.scenarios)

    @property
    def folder(self) -> Path:
        return self._finished.folder.path

    def status(self) -> dict[str, int]:
        """How many points are `ok`, `failed` (with an error, see `table`) and `pending`."""
        self._finished.update()
        counts = Counter(self._finished.status(point, self.replications) for point in self._points)
        return {status: counts[status] for status in (OK, FAILED, PENDING)}

    @keywords_checked
    def outcomes(self, scenario: str | None = None, measure: str = "npv") -> Numbers:
        """One measure of one scenario at each point and in each replication: an array points x replications.

        Measures are those of `table`, in its units, except ratios (`roi`), which a replication does not have.
        Replication r has the same luck at all points. Without `scenario` it is the only one of the sweep.
        Raises `ValueError` while a point is pending or failed, and where a measure does not exist (the NPS of
        nobody): an analysis leaves nothing out.
        """
        name = scenario_of(self, scenario)
        checked_names("measure", measure, self._measures())
        self._refuse_unfinished()
        keys = {point.key for point in self._points}
        found = {
            key: numbers[:, INDEX[measure]]
            for key, of, numbers in self._finished.numbers(keys, self.replications)
            if of == name
        }
        values = np.stack([found[point.key] for point in self._points])
        if without := int((~np.isfinite(values).all(axis=1)).sum()):
            raise ValueError(
                f"{measure} of {name!r} does not exist at {without:,} of {len(values):,} points; an analysis "
                "leaves none out: take another measure, or narrow the design"
            )
        return values

    def _measures(self) -> list[str]:
        return [name for name in INDEX if name != "beyond_horizon" or self.question.run_off]

    def _refuse_unfinished(self) -> None:
        counts = self.status()
        left = [
            f"{counts[status]:,} {word} (sweep.{do}() {does})"
            for status, word, do, does in (
                (PENDING, "pending", "run", "does them"),
                (FAILED, "failed", "retry", "does them again; sweep.table() says why they failed"),
            )
            if counts[status]
        ]
        if left:
            raise ValueError(
                f"an analysis leaves no point out; of {len(self._points):,} points {', '.join(left)}"
            )


def scenario_of(sweep: SweepResult, name: str | None) -> str:
    """The scenario that is meant. Raises `ValueError` for an unknown one, and for none where there are
    several."""
    if name is not None:
        return checked_names("scenario", text("scenario", name), sweep.scenarios)[0]
    if len(sweep.scenarios) > 1:
        listed = ", ".join(sweep.scenarios)
        raise ValueError(f"this sweep has several scenarios; name one of them: {listed}")
    return sweep.scenarios[0]
