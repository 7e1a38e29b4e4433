"""The terms on which money over time is judged."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from goodwill import _core
from goodwill.text.arguments import fraction, number, shown, unknown
from goodwill.text.vocabulary import NOMINAL, PRICES, REAL, TIMINGS


@dataclass(frozen=True, kw_only=True)
class Terms:
    """Interest, timing, tax and prices of a business case; None leaves it to the model's `finance`.

    `discount` is the annual effective rate (0.09 or "9 %"). Recurring money falls due by `timing` (`start`,
    `mid` or `end` of its period), dated money at the start. `tax` is a rate on profit; losses are credited at
    once, and upfront costs are written off in a straight line over `depreciation` years (0: at once).
    `prices="nominal"` lets amounts grow by `inflation` a year and takes the discount as nominal. `horizon` is
    in years, at most the model's; what comes after it is `beyond_horizon`.
    """

    discount: float | str | None = None
    timing: str | None = None
    tax: float | str = 0.0
    depreciation: float = 0.0
    prices: str | None = None
    inflation: float | str | None = None
    horizon: float | None = None

    def for_model(self, model: _core.Model) -> _core.Terms:
        """These terms, completed by those of the model. Raises `ValueError` for a value out of range."""
        terms = _core.Terms(model)
        nominal = terms.nominal  # if so, the reader has made sure that inflation is given
        if self.discount is not None:
            terms.discount = fraction("discount", self.discount)
        if self.timing is not None:
            terms.timing = _one_of("timing", self.timing, TIMINGS)
        if self.prices is not None:
            terms.nominal = _one_of("prices", self.prices, PRICES) == NOMINAL
            terms.inflation = terms.inflation if terms.nominal else 0.0
        if self.inflation is not None:
            terms.inflation = fraction("inflation", self.inflation)
        if terms.nominal and not nominal and self.inflation is None and terms.inflation == 0:
            raise ValueError('prices is "nominal"; it needs inflation, for instance inflation="2 %"')
        terms.tax = fraction("tax", self.tax)
        terms.depreciation = number("depreciation", self.depreciation)
        if self.horizon is not None:
            terms.horizon = number("horizon", self.horizon)
            if terms.horizon <= 0:
                raise ValueError(f"horizon is {shown(self.horizon)}; it must be above 0 years")
        terms.check()
        return terms


def as_dict(terms: _core.Terms) -> dict[str, Any]:
    """The terms as they were used, for provenance and reports."""
    return {
        "discount": terms.discount,
        "timing": terms.timing,
        "prices": NOMINAL if terms.nominal else REAL,
        "inflation": terms.inflation,
        "tax": terms.tax,
        "depreciation": terms.depreciation,
        "evaluated_years": terms.horizon or None,
    }


def checked_terms(terms: Any) -> Terms:
    if terms is None:
        return Terms()
    if not isinstance(terms, Terms):
        fields = ", ".join(asdict(Terms()))
        raise ValueError(f"terms is {shown(terms)}; it must be gw.Terms(...), with any of {fields}")
    return terms


def _one_of(name: str, found: Any, known: tuple[str, ...]) -> str:
    if found not in known:
        raise ValueError(unknown(name, found if isinstance(found, str) else shown(found), known, "allowed"))
    return str(found)
