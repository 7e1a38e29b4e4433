"""The factors of a design as columns of numbers, which trees and surfaces understand."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from goodwill.engine.world import Numbers
from goodwill.sweeps.designs import LOG, Design, Factor, at, checked_design
from goodwill.text import figures
from goodwill.text.arguments import fraction, shown, unknown


@dataclass(frozen=True)
class Column:
    """A number, or whether a choice is taken."""

    factor: str
    choice: Any = None
    """None: the factor is a number."""

    @property
    def is_number(self) -> bool:
        return self.choice is None

    def of(self, values: list[Any]) -> list[float]:
        if self.is_number:
            return [fraction(self.factor, value) for value in values]
        return [float(_same(value, self.choice)) for value in values]


@dataclass(frozen=True)
class Features:
    """What varies in a design. A choice among texts, or of True and False, has a column for each of its
    values; numbers, also as `"30 %"`, have one."""

    factors: dict[str, Factor]
    """As a design has them; of a table the range of its numbers, or the values of a choice."""

    @classmethod
    def of(cls, design: Design) -> Features:
        """Raises `ValueError` where the design leaves a factor to the model, and if nothing varies."""
        factors: dict[str, Factor] = {}
        for name, values in design.rows.items():
            if left := sum(value is None for value in values):
                raise ValueError(
                    f"{name} is left to the model at {left:,} of {len(values):,} points; this analysis needs "
                    "its value at each point: write what the model says"
                )
            asked = design.factors.get(name)
            factors[name] = asked if isinstance(asked, tuple) else _range_or_choice(values)
        found = cls(factors)
        if not found.columns:
            raise ValueError("nothing varies in this design: each factor has one value")
        return found

    @cached_property
    def columns(self) -> list[Column]:
        found: list[Column] = []
        for name, factor in self.factors.items():
            if isinstance(factor, tuple):
                found.append(Column(name))
            elif len(factor) > 1:
                found += [Column(name, choice) for choice in factor]
        return found

    def numbers(self, table: pd.DataFrame | Design) -> Numbers:
        """Points x columns, in the units of the factors; choices are 0 or 1. Raises `ValueError` for a table
        that lacks a factor, or has an unknown choice."""
        rows = checked_design(table).rows
        for name in rows:
            if name not in self.factors:
                raise ValueError(unknown("factor", name, self.factors))
        for name, factor in self.factors.items():
            if name not in rows:
                raise ValueError(f"the table has no column {name!r}; it needs one for each factor")
            for value in rows[name]:
                if not isinstance(factor, tuple) and not any(_same(value, choice) for choice in factor):
                    listed = figures.listed([shown(choice) for choice in factor])
                    raise ValueError(f"{name} is {shown(value)}; in the design it is one of {listed}")
        return np.array([column.of(rows[column.factor]) for column in self.columns]).T

    def units(self, numbers: Numbers) -> Numbers:
        """The same columns with each range from 0 to 1, logarithms where the scale is."""
        scaled = numbers.copy()
        for k, column in enumerate(self.columns):
            factor = self.factors[column.factor]
            if isinstance(factor, tuple):
                low, high, scale = factor
                if scale == LOG and (numbers[:, k] <= 0).any():
                    raise ValueError(f"{column.factor} must be above 0: it is on the log scale")
                f = np.log if scale == LOG else np.asarray
                scaled[:, k] = (f(numbers[:, k]) - f(low)) / (f(high) - f(low))
        return scaled

    def middle(self) -> dict[str, Any]:
        """The middle of each range, and the first of the values of a choice."""
        return {
            name: at(factor)(0.5) if isinstance(factor, tuple) else factor[0]
            for name, factor in self.factors.items()
        }

    def range_of(self, argument: str, name: Any) -> tuple[float, float]:
        """Of a factor that is a number. Raises `ValueError` for others."""
        if not isinstance(name, str) or name not in self.factors:
            raise ValueError(f"{argument}: {unknown('factor', name, self.factors)}")
        factor = self.factors[name]
        if not isinstance(factor, tuple):
            raise ValueError(f"{argument} is {name!r}; it must be a number that varies, not a choice")
        return factor[0], factor[1]


def _range_or_choice(values: list[Any]) -> Factor:
    try:
        numbers = [fraction("value", value) for value in values]
        if min(numbers) < max(numbers):
            return min(numbers), max(numbers), "plain"
    except ValueError:
        pass
    return list({repr(value): value for value in values}.values())


def _same(a: Any, b: Any) -> bool:
    """Values of a choice are told apart as they are written: 1 is not True."""
    return repr(a) == repr(b)


def condition(column: Column, low: float, high: float) -> str:
    """`fee above 25 and at most 30`, `plan is 'gold'`: what low < column <= high says."""
    if not column.is_number:
        return f"{column.factor} is{' not' if high < 1 else ''} {shown(column.choice)}"
    bounds = [("above", low), ("at most", high)]
    said = [f"{word} {figures.assumption(end, False, 3)}" for word, end in bounds if np.isfinite(end)]
    return f"{column.factor} {' and '.join(said)}"
