"""Back-tests of models of orders: what was known at a split, and what was ordered after it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from goodwill.data.backtest import CHARTS, TRACKING, Backtest
from goodwill.data.calendar import elapsed
from goodwill.data.frames import day
from goodwill.data.orders_table import Orders, buyers, opportunities, place
from goodwill.engine.world import Numbers
from goodwill.fitting.backtest import Held
from goodwill.fitting.bg_bb import BgBb
from goodwill.fitting.bg_nbd import BgNbd
from goodwill.fitting.histories import Buying, Histories
from goodwill.fitting.likelihood import Maximum, maximise
from goodwill.fitting.order_forecasts import forecasts
from goodwill.fitting.parameters import LOG
from goodwill.fitting.pareto_nbd import ParetoNbd
from goodwill.plots import buying as charts
from goodwill.text.arguments import checked_names, checked_seed, keywords_checked, number, shown, whole
from goodwill.text.display import tabled

if TYPE_CHECKING:
    from matplotlib.axes import Axes

PARETO_NBD, BG_NBD, BG_BB = KINDS = ("pareto_nbd", "bg_nbd", "bg_bb")
MODELS: dict[str, Buying] = {PARETO_NBD: ParetoNbd(), BG_NBD: BgNbd(), BG_BB: BgBb()}
FREQUENCY = "frequency"
ENOUGH = 5_000
"""Different histories that show where the maximum lies."""
MOST = 7
"""Orders from which on customers are put together in tables and charts."""
ORDERS, ALL = "orders", "all"


@dataclass(frozen=True, eq=False, repr=False)
class OrderBacktest(Backtest):
    """Forecasts of orders, also by how often customers had ordered before."""

    known: Numbers
    """By customer, orders after the first one, before the split."""
    after: Numbers
    """By customer, orders after the split."""
    forecast: Numbers
    """By customer, what the model of the estimates expected of them."""

    @tabled
    def by_frequency(self) -> pd.DataFrame:
        """Orders after the split by the number of orders before it (`orders` after the first one, 7 or more
        together): how many `customers` they are, and their mean orders, `observed` and `expected`."""
        groups = np.minimum(self.known, MOST).astype(int)
        customers = np.bincount(groups, minlength=MOST + 1)
        there = customers > 0
        names = np.array([*map(str, range(MOST)), f"{MOST}+"])
        return pd.DataFrame(
            {
                "orders": names[there],
                "customers": customers[there],
                "observed": np.bincount(groups, self.after, MOST + 1)[there] / customers[there],
                "expected": np.bincount(groups, self.forecast, MOST + 1)[there] / customers[there],
            }
        )

    @keywords_checked
    def plot(self, kind: str = TRACKING, *, group: str | None = None, ax: Axes | None = None) -> Axes:
        """A chart: as of any back-test (`tracking`, `cumulative`, `calibration`), or `frequency`, mean orders
        after the split by the number of orders before it, observed and expected."""
        checked_names("kind", kind, (*CHARTS, FREQUENCY), "charts")
        if kind == FREQUENCY:
            return charts.conditional(self.by_frequency(), self.chosen[ALL], ax)
        return super().plot(kind, group=group, ax=ax)


def estimated(model: Buying, known: Histories) -> Maximum:
    """The model's parameters from these histories. Raises `ValueError` if nobody ordered again."""
    links = [LOG] * len(model.names)
    start = model.start(known)
    if len(known.orders) > 2 * ENOUGH:  # most steps of the search are made with a part of them
        every = len(known.orders) // ENOUGH
        part = Histories(
            *(each[::every] for each in (known.orders, known.recency, known.age, known.customers))
        )
        rough = maximise(lambda p: model.loglik(p, part), start, model.names, links, part.n, slopes=True)
        start = list(rough.parameters.values.values())
    return maximise(lambda p: model.loglik(p, known), start, model.names, links, known.n, slopes=True)


def backtest_of(orders: Orders, kind: str, period: str, split: Any, draws: Any, seed: Any) -> OrderBacktest:
    """Raises `ValueError` for a wrong argument, and where a side of the split has nothing."""
    at = _split(orders, split)
    draws = whole("draws", draws, 20, 100_000, "a whole number from 20 to 100,000")
    seed = checked_seed(seed)
    model = MODELS[kind]
    if model.discrete:
        at = _last_day(at, period)
    before = orders.until(at)
    known_buyers = opportunities(before, period) if model.discrete else buyers(before, period)
    after, periods = _after(orders, at, period, model.discrete)
    if periods < 1 or not len(before.ids):
        raise ValueError(
            f"split is {shown(split)}; there must be customers before it, and a whole {period} after it"
        )
    known, which = known_buyers.histories()
    fits, wrong = [], []
    for name in [kind, *(k for k in (PARETO_NBD, BG_NBD) if k != kind and not model.discrete)]:
        fit = estimated(MODELS[name], known)
        if fit.open:
            title, loose = MODELS[name].title, " and ".join(fit.open)
            wrong.append(f"{title}: the orders before the split hardly restrict {loose}.")
        fits.append((MODELS[name], fit))
    mine = np.isin(orders.ids[orders.customer], known_buyers.ids)
    when = after[mine]
    observed = np.bincount(when[when >= 0].astype(int), minlength=periods)[:periods].astype(float)
    recent = float(((when < 0) & (when >= -1) & orders.later[mine]).sum())
    told = forecasts(fits, known, recent, periods, draws=draws, seed=seed)
    place_of = pd.Index(known_buyers.ids).get_indexer(orders.ids[orders.customer])
    counts = (place_of >= 0) & (after >= 0) & (after < periods)
    each = np.bincount(place_of[counts], minlength=len(known_buyers.ids)).astype(float)
    p = np.exp(fits[0][1].parameters.estimate)
    expected = model.ahead(p, known, np.array([float(periods)]))[which, 0]
    date = str(np.datetime64(int(at), "D"))
    held = Held(ALL, f"after {date}", np.arange(1.0, periods + 1), observed, told)
    where = f"{periods} {period}s after {date}"
    return OrderBacktest(
        [held], ORDERS, period, where, {ALL: model.title}, wrong, known_buyers.orders, each, expected
    )


def _split(orders: Orders, split: Any) -> float:
    """The last day that is known."""
    first = float(orders.day.min())
    if isinstance(split, str) and not split.replace(".", "", 1).strip().isdigit():
        at = float(np.floor(day(split, "split")))
    else:
        share = number("split", split)
        if not 0 < share < 1:
            raise ValueError(f"split is {shown(split)}; it must be a date, or a share between 0 and 1")
        at = float(np.floor(first + share * (orders.asof - first)))
    if not first <= at < orders.asof:
        begin, end = (str(np.datetime64(int(d), "D")) for d in (first, orders.asof))
        raise ValueError(
            f"split is {shown(split)}; it must lie between the first order, {begin}, and asof, {end}"
        )
    return at


def _last_day(at: float, period: str) -> float:
    """The end of the last period of the calendar that has ended by then."""
    back = np.arange(at, at - 370, -1)
    ends = place(back + 1, period) > place(back, period)
    return float(back[np.argmax(ends)])


def _after(orders: Orders, at: float, period: str, discrete: bool) -> tuple[Numbers, int]:
    """By order, in which period after the split it is (from 0 on; before it below 0); and how many whole
    periods there are."""
    split, end = np.full(len(orders.day), at), np.array([orders.asof])
    if discrete:
        here = place(np.array([at]), period)
        ended = place(end + 1, period) - 1
        when = place(orders.day, period) - here - 1
        pairs = pd.DataFrame({"customer": orders.customer, "when": when}).duplicated()
        return np.where(pairs, -np.inf, when), int(ended[0] - here[0])
    return np.ceil(elapsed(split, orders.day, period)) - 1, int(elapsed(split[:1], end, period)[0] + 1e-9)
