"""Values with their bands, as people read them: the draws of the assumptions where there are any, else the
interval of the mean."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd

from goodwill.analysis.words import DRAWS
from goodwill.results.lives import BAND_ENDS, Lives, OfOneScenario
from goodwill.text import figures
from goodwill.text.display import blocks, html_table, result_html, text_table


class ShownWithBands(OfOneScenario):
    """An answer that shows itself: sentences, tables whose values have bands, and what the bands cover."""

    def sentences(self) -> list[str]:
        raise NotImplementedError

    def _shown(self) -> list[pd.DataFrame]:
        raise NotImplementedError

    @property
    def _shared(self) -> str:
        """Through what customers influence one another; empty if they do not."""
        return " and ".join(self.anchored.core.coupled_by)

    def __repr__(self) -> str:
        return blocks(
            self.sentences(), *(text_table(table) for table in self._shown()), [bands_note(self.lives)]
        )

    def _repr_html_(self) -> str:
        shown = "".join(html_table(table) for table in self._shown())
        return result_html(self.sentences(), shown) + result_html([bands_note(self.lives)], "")


def _banded(row: pd.Series[Any], name: str) -> tuple[float, float, float, bool]:
    """A value, the ends of the band to show, and whether that band is of draws."""
    drawn = not math.isnan(row[f"{name}_p10"])
    low, high = (row[f"{name}_{end}"] for end in (("p10", "p90") if drawn else ("low", "high")))
    return row[name], low, high, drawn


def amount_of(row: pd.Series[Any], name: str, currency: str) -> str:
    """`2.6 k USD (2.1 to 3.0 in 80 % of the draws)`, for a sentence."""
    value, low, high, drawn = _banded(row, name)
    return figures.amount_between(value, low, high, currency, what=DRAWS if drawn else "")


def cell_of(row: pd.Series[Any], name: str, size: float) -> str:
    """The same for a table, whose money is in one unit."""
    value, low, high, drawn = _banded(row, name)
    return "-" if math.isnan(value) else figures.amount_between(value, low, high, size=size, spread=drawn)


def without_bands(table: pd.DataFrame) -> pd.DataFrame:
    ends = tuple(f"_{end}" for end in BAND_ENDS)
    return table.drop(columns=[name for name in table if str(name).endswith(ends)])


def bands_note(lives: Lives) -> str:
    """Which errors or draws the bands cover."""
    size = lives.size
    if lives.uncertain:
        drawn = f"{size.draws} draws of the assumptions, {size.batches} batches each"
        return f"Means over {drawn}; the ranges hold 80 % of the draws."
    if lives.world.replications < 2:
        return "One replication: nothing is known of its error."
    return (
        f"{100 * size.level:g} % intervals from {lives.world.replications} replications: the error of the "
        "simulation."
    )
