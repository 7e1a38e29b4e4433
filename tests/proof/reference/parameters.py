"""The numbers of one period, looked up per customer, and responses evaluated at the customers' state."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from .customers import Customers, Floats, Ints
from .definition import Path, Response, Values
from .environment import Environment

REFERRED = 2
STATE = {"satisfaction", "trust", "failures", "recovered", "extreme"}


class Parameters:
    """Customers of a cell (segment and set of treatments that reach them) share all their numbers."""

    def __init__(
        self,
        t: int,
        cells: Sequence[Values],
        cell: Ints,
        columns: Mapping[Path, int],
        per_year: float,
        environment: Environment,
        frozen: Mapping[Path, float] | None = None,
    ) -> None:
        """`frozen`: what the state adds to each response on average; it replaces the customers' own state."""
        self.t, self.cells, self.cell, self.columns, self.per_year = t, cells, cell, columns, per_year
        self.teams, self.frozen = environment.teams, frozen

    def scale(self, path: Path) -> str:
        """Of a response: odds or log."""
        (scale,) = {
            value.scale for value in (values[path] for values in self.cells) if isinstance(value, Response)
        }
        return scale

    def number(self, path: Path, rows: Ints) -> Floats:
        """One number per customer."""
        return np.array([values[path] for values in self.cells], dtype=float)[self.cell[rows]]

    def branch(self, path: Path, rows: Ints) -> tuple[list[str], Floats]:
        """Targets, and cumulative probabilities of shape (customers, targets)."""
        branches = [values[path] for values in self.cells]
        targets = list(dict.fromkeys(target for b in branches if isinstance(b, dict) for target in b))
        shares = [[b.get(target, 0.0) for target in targets] for b in branches if isinstance(b, dict)]
        return targets, np.cumsum(np.array(shares), axis=1)[self.cell[rows]]

    def response(self, path: Path, c: Customers, rows: Ints) -> Floats:
        """Probability or rate per period: link(figure) + offset + effects + frailty, unlinked."""
        responses = [r for r in (values[path] for values in self.cells) if isinstance(r, Response)]
        cell = self.cell[rows]
        scale = responses[0].scale

        def per_customer(numbers: list[float]) -> Floats:
            return np.array(numbers, dtype=float)[cell]

        eta = per_customer([link(r.figure, scale) for r in responses])
        for i, r in enumerate(responses):
            here = cell == i
            if r.table:
                starts = [start for start, _ in r.table]
                figures = np.array([link(figure, scale) for _, figure in r.table])
                figures += np.array(r.offsets or [0.0] * len(figures))
                held = np.searchsorted(starts, c.tenure[rows[here]], side="right") - 1
                eta[here] = figures[np.maximum(held, 0)]
            elif r.beta:
                eta[here] = links(c.chance[rows[here], self.columns[path]], scale)
        eta += per_customer([r.offset for r in responses])
        if self.frozen is not None:
            eta += self.frozen.get(path, 0.0)
        for name in sorted({name for r in responses for name in r.effects}):
            if self.frozen is not None and name in STATE:
                continue
            effect = per_customer([r.effects.get(name, 0.0) for r in responses])
            if name == "price":
                eta += effect * per_customer([r.log_price for r in responses])
            else:
                eta += effect * self._feature(name, c, rows)
        if any(r.frailty for r in responses):
            eta += per_customer([r.frailty for r in responses]) * c.frailty[rows, self.columns[path]]
        return unlink(eta, scale)

    def starts(self, path: Path) -> tuple[float, ...]:
        """From which tenures the rows of a response's table hold, in periods; empty: it has none."""
        if not self.cells:
            return ()
        value = self.cells[0][path]
        assert isinstance(value, Response)
        return tuple(start for start, _ in value.table)

    def state(self, path: Path, c: Customers, rows: Ints) -> Floats:
        """What satisfaction, trust and memory add on the link scale; customers of one cell."""
        (response,) = (
            value for value in (values[path] for values in self.cells) if isinstance(value, Response)
        )
        added = np.zeros(len(rows))
        for name in STATE & set(response.effects):
            added += response.effects[name] * self._feature(name, c, rows)
        return added

    def _feature(self, name: str, c: Customers, rows: Ints) -> Floats:
        feature: Floats
        match name:
            case "satisfaction":
                feature = c.satisfaction[rows] - 7.0
            case "trust":
                feature = c.trust[rows] - 0.5
            case "tenure":
                feature = np.log1p(c.tenure[rows] / self.per_year)
            case "failures":
                feature = c.failures[rows]
            case "recovered":
                feature = c.recoveries[rows]
            case "referred":
                feature = (c.origin[rows] == REFERRED).astype(float)
            case "extreme":
                feature = np.abs(c.satisfaction[rows] - 7.0)
            case "spend":
                feature = np.log(c.spend[rows])
            case "good_word" | "bad_word":
                feature = getattr(c, name)[rows]
            case _:
                raise NotImplementedError(name)
        return feature


def links(figures: Floats, scale: str) -> Floats:
    """Log-odds of probabilities, or logs of rates; infinite at the ends."""
    with np.errstate(divide="ignore"):
        result: Floats = np.log(figures) - np.log1p(-figures) if scale == "odds" else np.log(figures)
    return result


def link(figure: float, scale: str) -> float:
    """The same for one figure."""
    return float(links(np.array([figure]), scale)[0])


def unlink(eta: Floats, scale: str) -> Floats:
    """The inverse of `link`."""
    with np.errstate(over="ignore"):  # exp overflows to infinity, which is the right limit
        result: Floats = 1.0 / (1.0 + np.exp(-eta)) if scale == "odds" else np.exp(eta)
    return result
