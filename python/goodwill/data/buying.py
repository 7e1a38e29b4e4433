"""Estimates of how customers order, leave and spend: tables, charts, back-test, and the model."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from goodwill.data.buying_split import MODELS, MOST, OrderBacktest, backtest_of
from goodwill.data.calendar import RECENT, elapsed
from goodwill.data.churn_model import CUSTOMER, HORIZON
from goodwill.data.fit import Fit
from goodwill.data.frames import period_days
from goodwill.data.order_values import ORDER_VALUE, ORDER_VALUE_CV, correlation, spend_cv, value_parameters
from goodwill.data.orders_table import Buyers, Orders
from goodwill.engine.model import Model, core_of
from goodwill.engine.responses import acting_on
from goodwill.engine.world import Numbers
from goodwill.fitting import gamma_gamma
from goodwill.fitting.histories import Buying, Histories, everyone, fresh, newcomers
from goodwill.fitting.order_curves import (
    CHURN_A,
    CHURN_B,
    ORDER_RATE,
    ORDER_SPREAD,
    Written,
    written,
    written_parameters,
)
from goodwill.fitting.parameters import LOG, Parameters, joined
from goodwill.plots import buying as charts
from goodwill.text import figures
from goodwill.text.arguments import checked_names, keywords_checked, unknown, whole
from goodwill.text.display import tabled

if TYPE_CHECKING:
    from matplotlib.axes import Axes

WIDE = 1.959963984540054
"""Normal score of the ends of 95 % intervals."""
ARRIVALS = "arrivals"
FREQUENCY, TRACKING, ALIVE = CHARTS = ("frequency", "tracking", "alive")


@dataclass(frozen=True, eq=False, repr=False)
class Transactions(Fit):
    """What `goodwill.data.from_transactions` estimates."""

    kind: str
    """The model: `pareto_nbd`, `bg_nbd` or `bg_bb`."""
    buyers: Buyers
    orders: Orders | None
    """All orders, if the table had them."""
    buying: Parameters
    """Those of the model of orders."""
    spending: Parameters | None
    """Those of Gamma-Gamma, if amounts were given."""
    currency: str

    @keywords_checked
    @tabled
    def customers(self, periods: int | None = None) -> pd.DataFrame:
        """One row for each customer: what they did, and what to expect of them in the next `periods`
        (without it, those of a year).

        `orders` after the first one, `recency` (when the last one was) and `age`, in periods since the first
        order; `alive` is the probability that they have not left; `rate` are orders per period if they have
        not. `expected` are the orders to expect, left or not. With amounts, `order_value` is what to expect
        of an order, and `value` of all these orders together, not discounted. A table of histories has
        `customers` in each row.
        """
        ahead = self._periods(periods)
        p, (known, which) = self._p, self._known
        table = pd.DataFrame(
            {
                "customer": self.buyers.ids,
                "orders": self.buyers.orders,
                "recency": self.buyers.recency,
                "age": self.buyers.age,
                "alive": self._model.alive(p, known)[which],
                "rate": self._model.rate(p, known)[which],
                "expected": self._model.ahead(p, known, np.array([float(ahead)]))[which, 0],
            }
        )
        if (self.buyers.customers != 1).any():
            table.insert(1, "customers", self.buyers.customers)
        if self.spending is not None:
            mean = np.nan_to_num(self.buyers.mean_amount)  # type: ignore[arg-type]
            told = gamma_gamma.expected(np.exp(self.spending.estimate), self.buyers.orders, mean)
            table["order_value"] = told
            table["value"] = table["expected"] * told
        return table

    @keywords_checked
    @tabled
    def expected(self, periods: int) -> pd.DataFrame:
        """Orders to expect of each customer in the next `periods`, given their history: one row each, with
        95 % intervals for the doubt about the parameters alone (delta method). What one customer does is
        left to chance far more than that.
        """
        ahead = np.array([float(self._periods(periods))])
        known, which = self._known
        at, step = self.buying.estimate, 1e-4

        def logs(y: Numbers) -> Numbers:
            with np.errstate(divide="ignore"):
                return np.log(self._model.ahead(np.exp(y), known, ahead)[:, 0])

        sides = step * np.eye(len(at))
        with np.errstate(invalid="ignore"):
            slopes = np.array([(logs(at + side) - logs(at - side)) / (2 * step) for side in sides])
        error = np.sqrt(np.einsum("ik,ij,jk->k", slopes, self.buying.covariance, slopes))
        found = np.exp(logs(at))
        table = pd.DataFrame(
            {
                "customer": self.buyers.ids,
                "expected": found[which],
                "expected_low": (found * np.exp(-WIDE * error))[which],
                "expected_high": (found * np.exp(WIDE * error))[which],
            }
        )
        oldest = float(self.buyers.age.max())
        beyond = f" {ahead[0]:g} {self.period}s reach beyond what was observed ({oldest:.4g})."
        table.attrs["note"] = "expected_low to expected_high: 95 %, for the doubt about the parameters." + (
            beyond if ahead[0] > oldest else ""
        )
        return table

    @keywords_checked
    @tabled
    def curves(self, periods: int | None = None) -> pd.DataFrame:
        """What the model written has of a new customer beside what was estimated: a row for each age up to
        `periods` (without it, those of a year).

        `mean_orders` expected after the first one until then, and `mean_orders_model`; `surviving`, the share
        who have not left, and `surviving_model`. The model keeps the orders; its customers leave at the end
        of a period, and where customers leave after orders (BG/NBD) its churn is that of orders, not of
        heads.
        """
        ages = np.arange(self._periods(periods) + 1.0)
        told = self._written_curve
        return pd.DataFrame(
            {
                "age": ages.astype(int),
                "mean_orders": fresh(self._model, self._p, ages),
                "mean_orders_model": told.orders(ages),
                "surviving": self._model.surviving(self._p, ages),
                "surviving_model": told.surviving(ages),
            }
        )

    @tabled
    def frequency(self) -> pd.DataFrame:
        """How many customers have ordered how often after their first order (`orders`, 7 or more together):
        observed, and as customers of these ages would by the model (mean of 50 drawn bases)."""
        seen = np.minimum(self.buyers.orders, MOST).astype(int)
        known, _ = self._known
        luck, age = np.random.default_rng(1), everyone(known.age, known)
        total = np.zeros(MOST + 1)
        for _ in range(50):
            drawn = self._model.drawn(self._p, newcomers(known.n), luck)
            there = np.minimum(drawn.life, age)
            if self._model.discrete:
                made = luck.binomial(there.astype(int), drawn.rate)
            else:
                made = luck.poisson(drawn.rate * there) + (drawn.last & (drawn.life < age))
            total += np.bincount(np.minimum(made, MOST), minlength=MOST + 1)
        observed = np.bincount(seen, weights=self.buyers.customers, minlength=MOST + 1)
        names = [*map(str, range(MOST)), f"{MOST}+"]
        return pd.DataFrame({"orders": names, "observed": observed, "expected": total / 50})

    @keywords_checked
    def backtest(self, *, split: float | str = 0.5, draws: int = 200, seed: int = 1) -> OrderBacktest:
        """Forecasts of the orders after a `split` (a date, the last day that is known, or a share of the time
        from the first order to the end) from those before it, on customers who had ordered by then.

        Methods: the models fitted anew, once given each customer's history and once given their age alone
        (`by age`, as the model written forecasts), a constant rate of orders (`constant hazard`), and as many
        as in the last period before the split (`last value`). Bands come from `draws`. Raises `ValueError`
        where a side of the split has nothing, and for a table of histories, which has no dates.
        """
        if self.orders is None:
            raise ValueError("a back-test needs the orders with their dates; this table has histories only")
        return backtest_of(self.orders, self.kind, self.period, split, draws, seed)

    @keywords_checked
    def plot(self, kind: str = FREQUENCY, *, ax: Axes | None = None) -> Axes:
        """A chart. `frequency`: customers by number of orders, observed and expected. `tracking`: orders
        since the first of all, cumulated, observed and expected. `alive`: the probability that customers have
        not left, by recency and orders."""
        checked_names("kind", kind, CHARTS, "charts")
        if kind == FREQUENCY:
            return charts.frequency(self.frequency(), self._model.title, ax)
        if kind == TRACKING:
            return charts.tracking(*self._tracked(), self._model.title, self.period, ax)
        age = float(np.median(self.buyers.age))
        most = int(np.quantile(self.buyers.orders, 0.99)) + 1
        if self._model.discrete:
            age, most = np.floor(age), min(most, int(age))
        return charts.alive(*self._alive_by(age, most), self._model.title, self.period, ax)

    def sentences(self) -> list[str]:
        model, known, told = self._model, self._known[0], self._written_curve
        again = int(known.customers[known.orders > 0].sum())
        alive = float(known.customers @ model.alive(self._p, known))
        year = self._periods(None)
        periods = figures.plural(year, self.period)
        ahead = float(known.customers @ model.ahead(self._p, known, np.array([float(year)]))[:, 0])
        curves = self.curves()
        off = float(np.abs(curves["mean_orders_model"][1:] / curves["mean_orders"][1:] - 1).max())
        size = "by less than 0.01 %" if off < 1e-4 else f"by up to {100 * off:.2g} %"
        heads = float(np.abs(curves["surviving_model"] - curves["surviving"]).max())
        said = [
            f"{model.title}: {again:,} of {self.n:,} customers ordered again, "
            f"{known.orders @ known.customers:,.0f} times.",
            f"About {alive:,.0f} of them have not left. Expected in the next {periods}: {ahead:,.0f} orders.",
            f"As a model: churn beta({told.a:.3g}, {told.b:.3g}), orders gamma distributed. Over {periods} "
            f"the orders of a new customer are off {size}, the share who have not left by up to "
            f"{100 * heads:.2g} percentage points.",
        ]
        if self.spending is not None:
            ratio, error = correlation(self.buyers)
            mean = value_parameters(self.spending, self.buyers).values[ORDER_VALUE]
            said.append(
                f"An order is worth {figures.amount(mean, self.currency)} on average. Orders and their mean "
                f"value correlate by {ratio:.2f} ± {error:.2f} between customers; Gamma-Gamma has 0."
            )
        return said

    # -------------------------------------------------------------------------------- as a model

    def _written(self) -> Parameters:
        parts = [written_parameters(self._model, self.buying, self._horizon)]
        if self.spending is not None:
            parts.append(value_parameters(self.spending, self.buyers))
        if self.orders is not None:
            came, periods = self._arrived()
            if came:
                about = np.array([[1 / came]])
                parts.append(Parameters((ARRIVALS,), (LOG,), np.log([came / periods]), about))
        return joined(parts)

    def _arrived(self) -> tuple[int, float]:
        """New customers in the last periods, and how many periods these are."""
        assert self.orders is not None
        first = self.orders.first
        since = elapsed(first, np.full(len(first), self.orders.asof), self.period)
        periods = float(min(RECENT[self.period], max(np.floor(since.max()), 1.0)))
        return int((since < periods).sum()), periods

    def _blocks(self, numbers: Mapping[str, Any]) -> dict[str, Any]:
        known = self._known[0]
        soon = self._model.ahead(self._p, known, np.array([1.0]))[:, 0] * known.customers
        segment: dict[str, Any] = {"count": max(1, round(float(soon.sum()) / self._written_curve.rate))}
        segment["tenure"] = round(float(np.average(known.age, weights=soon)), 2)
        if ARRIVALS in numbers:
            segment["arrivals"] = numbers[ARRIVALS]
        if self._spend is not None:
            segment["spend"] = {"cv": self._spend}
        currency = {"currency": self.currency} if self.currency else {}
        return currency | {
            "horizon": HORIZON[self.period],
            "segments": {"all": segment},
            "stages": {CUSTOMER: {"churn": {"beta": [numbers[CHURN_A], numbers[CHURN_B]]}}},
            "orders": _orders(numbers),
        }

    def _changes(self, numbers: Mapping[str, Any], base: Model, segment: str | None) -> dict[str, Any]:
        core = core_of(base)
        if segment is not None and segment not in core.segments:
            raise ValueError(unknown("segment", segment, core.segments))
        if segment is not None and len(list(core.segments)) > 1:
            raise ValueError(
                "orders belong to all segments of a model; write the estimates into a model with one segment"
            )
        kinds = {stage: base[f"stages.{stage}.kind"] for stage in core.stages}
        stage = next((stage for stage, kind in kinds.items() if kind in (None, CUSTOMER)), CUSTOMER)
        effects = acting_on(base[f"stages.{stage}.churn"])
        found: dict[str, Any] = {
            f"stages.{stage}.churn": {"beta": [numbers[CHURN_A], numbers[CHURN_B]]} | effects,
        }
        if self._spend is not None:
            found |= {f"segments.{name}.spend": {"cv": self._spend} for name in core.segments}
        return found | {f"orders.{name}": value for name, value in _orders(numbers).items()}

    # -------------------------------------------------------------------------------- computed once

    @property
    def _model(self) -> Buying:
        return MODELS[self.kind]

    @property
    def _spend(self) -> float | None:
        """How differently customers spend, for life; None: that is not known."""
        cv = None if self.spending is None else spend_cv(self.spending)
        return None if cv is None else round(cv, 4)

    @property
    def _p(self) -> Numbers:
        return np.exp(self.buying.estimate)

    @functools.cached_property
    def _known(self) -> tuple[Histories, npt.NDArray[np.intp]]:
        return self.buyers.histories()

    @property
    def _horizon(self) -> int:
        """Periods over which the model written keeps the orders: twice those that were observed, and those of
        a year at least."""
        return int(min(max(2 * np.ceil(self.buyers.age.max()), self._periods(None), 12), 2_000))

    @functools.cached_property
    def _written_curve(self) -> Written:
        return written(self._model, self._p, self._horizon)

    def _periods(self, periods: Any) -> int:
        if periods is None:
            return max(1, round(365.25 / period_days(self.period)))
        return whole("periods", periods, 1, 100_000, "a whole number from 1 to 100,000")

    def _tracked(self) -> tuple[Numbers, Numbers, Numbers]:
        """Periods since the first order of all, and orders after the first one up to then: observed,
        expected."""
        if self.orders is None:
            raise ValueError("this chart needs the orders with their dates; the table has histories only")
        first = self.orders.first
        begin = np.full(len(first), first.min())
        came = elapsed(begin, first, self.period)
        last = int(np.floor(elapsed(begin[:1], np.array([self.orders.asof]), self.period)[0]))
        at = np.arange(last + 1.0)
        start, customers = np.unique(came, return_counts=True)
        ages = np.maximum(at[:, None] - start, 0.0)
        if self._model.discrete:
            ages = np.floor(ages)
        known, back = np.unique(ages, return_inverse=True)
        expected = fresh(self._model, self._p, known)[back.reshape(ages.shape)] @ customers
        when = elapsed(np.full(len(self.orders.day), first.min()), self.orders.day, self.period)
        observed = np.searchsorted(np.sort(when[self.orders.later]), at, side="right").astype(float)
        return at, observed, np.asarray(expected)

    def _alive_by(self, age: float, most: int) -> tuple[Numbers, Numbers, Numbers]:
        """Recencies, orders, and the probability to be alive at this age: orders x recencies."""
        recency = np.arange(age + 1) if self._model.discrete else np.linspace(0, age, 61)
        orders = np.arange(0.0, most + 1)
        grid_x, grid_t = (grid.ravel() for grid in np.meshgrid(orders, recency, indexing="ij"))
        grid_t[grid_x == 0] = 0  # the same along the whole row
        impossible = (grid_x > 0) & (grid_t == 0)
        impossible |= self._model.discrete & (grid_x > grid_t)
        grid_t = np.where(impossible, 0, grid_t)
        known = Histories(
            np.where(impossible, 0, grid_x), grid_t, np.full(len(grid_x), age), np.ones(len(grid_x))
        )
        found = np.where(impossible, np.nan, self._model.alive(self._p, known))
        return recency, orders, found.reshape(len(orders), len(recency))


def _orders(numbers: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {"rate": numbers[ORDER_RATE], "spread": {"gamma": numbers[ORDER_SPREAD]}}
    if ORDER_VALUE in numbers:
        found |= {"value": numbers[ORDER_VALUE], "value_cv": numbers[ORDER_VALUE_CV]}
    return found
