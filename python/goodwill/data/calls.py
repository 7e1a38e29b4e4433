"""`gw.data.from_calls`: a team from the intervals of a call centre."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from goodwill.data.fit import Fit
from goodwill.data.frames import Rows, day, fingerprint, frame, period_days
from goodwill.engine.model import Model
from goodwill.engine.world import Numbers
from goodwill.fitting import calls
from goodwill.fitting.calls import Intervals
from goodwill.fitting.parameters import LOG, Parameters
from goodwill.plots import data_calls
from goodwill.text import figures
from goodwill.text.arguments import fraction, keywords_checked, number, shown
from goodwill.text.display import tabled

if TYPE_CHECKING:
    from matplotlib.axes import Axes

UNITS = {"seconds": 1 / 60, "minutes": 1.0}
"""Minutes of each."""
LEAST_DAYS, LEAST_GONE = 5, 20


@dataclass(frozen=True, eq=False, repr=False)
class CallsFit(Fit):
    """A team as its calls show it."""

    team: str
    hours: float
    """Open hours a day, over all days of the calendar."""
    shrinkage: float
    on_duty: float
    """Agents on duty, on average over the intervals."""
    customers: float | None
    """On average, if the exposure was told."""
    rate: float | None
    """Calls of a customer in a period, if the exposure was told."""
    minute: Numbers
    """Of the day at which each interval begins."""
    length: float
    """Minutes of an interval."""
    offered: Numbers
    abandoned: Numbers
    wait: Numbers
    """Mean minutes of each interval; NaN: no calls."""
    agents: Numbers
    expected: Numbers
    """The share of each interval's calls that Erlang A lets give up with the agents on duty."""

    @tabled
    def profile(self) -> pd.DataFrame:
        """One row for each hour of the day: calls in an interval, agents on duty, their part of the day's
        calls, the share that gave up, and the share that Erlang A expects of the same calls and agents."""
        hour = (self.minute // 60).astype(int)
        sums = pd.DataFrame(
            {
                "hour": hour,
                "calls": self.offered,
                "gone": self.abandoned,
                "expected": self.expected * self.offered,
                "agents": self.agents,
                "intervals": 1,
            }
        )
        table = sums.groupby("hour", as_index=False).sum()
        calls_ = table["calls"].to_numpy(dtype=float)
        with np.errstate(invalid="ignore", divide="ignore"):
            gone, expected = table["gone"] / calls_, table["expected"] / calls_
        return pd.DataFrame(
            {
                "hour": table["hour"],
                "calls": calls_ / table["intervals"],
                "agents": table["agents"] / table["intervals"],
                "share": calls_ / calls_.sum(),
                "unserved": gone,
                "unserved_expected": expected,
            }
        )

    @keywords_checked
    def plot(self, *, ax: Axes | None = None) -> Axes:
        """The share of calls given up by hour of the day, and what Erlang A expects."""
        return data_calls.by_hour(self.profile(), ax)

    def sentences(self) -> list[str]:
        """What was estimated from what, in words."""
        total, gone = self.offered.sum(), self.abandoned.sum()
        values = self.values
        return [
            f"{total:,.0f} calls, of which {figures.percent(gone / total)} were given up. Callers would "
            f"wait {figures.number(values[f'{self.team}_patience'])} minutes on average before they go "
            "(patience).",
            f"Erlang A expects {figures.percent(self.expected @ self.offered / total)} to give up with the "
            f"{self.on_duty:.1f} agents on duty, interval by interval. A model has the same number all "
            "day: with "
            f"{values[f'{self.team}_agents']:.1f} of them as many give up as did.",
        ]

    def _team(self, numbers: Mapping[str, Any]) -> dict[str, Any]:
        found = {field: numbers[f"{self.team}_{field}"] for field in ("agents", "handling", "patience")}
        return found | {"hours": round(self.hours, 4), "shrinkage": self.shrinkage}

    def _blocks(self, numbers: Mapping[str, Any]) -> dict[str, Any]:
        if self.customers is None:
            raise ValueError(
                "a model of its own needs to know whose calls these are: from_calls(..., exposure=); "
                "fit.model(base) puts the team into another one"
            )
        name = "call" if self.team != "call" else "contact"
        return {
            "horizon": "1 year",
            "segments": {"all": {"count": max(1, round(self.customers)), "tenure": 0}},
            "stages": {"customer": {}},
            "teams": {self.team: self._team(numbers)},
            "journeys": {
                "service": {
                    "starts": numbers[f"{self.team}_starts"],
                    "touchpoints": {name: {"team": self.team}},
                }
            },
        }

    def _changes(self, numbers: Mapping[str, Any], base: Model, segment: str | None) -> dict[str, Any]:
        if segment is not None:
            raise ValueError("segment: a team serves all segments; leave it away")
        path = f"teams.{self.team}"
        team = self._team(numbers)
        return {f"{path}.{field}": value for field, value in team.items()} if path in base else {path: team}

    def model(self, base: Model | None = None, *, segment: str | None = None) -> Model:
        """A model with the team: a new one, or `base` with its numbers, or with the team beside its own."""
        if base is None or self.rate is None:
            return super().model(base, segment=segment)
        # How often customers of another model call is for that model to say.
        return CallsFit(**{**vars(self), "parameters": _without(self.parameters), "rate": None}).model(
            base, segment=segment
        )


def _without(p: Parameters) -> Parameters:
    """All but the last estimate."""
    return Parameters(p.names[:-1], p.links[:-1], p.estimate[:-1], p.covariance[:-1, :-1])


@keywords_checked
def from_calls(
    intervals: pd.DataFrame,
    *,
    time: str,
    volume: str,
    abandoned: str,
    handling: str,
    wait: str,
    agents: str,
    unit: str,
    wait_of: str,
    length: float,
    period: str,
    asof: object,
    team: str = "phone",
    shrinkage: float | str = 0.0,
    exposure: float | None = None,
    bad_rows: str = "raise",
) -> CallsFit:
    """A team from the intervals of its day (half hours, for instance), one row each.

    Columns: `time` of the beginning, `volume` of calls that came, how many of them were `abandoned`, their
    mean `handling` and `wait`, and the `agents` on duty. `unit` is that of handling and wait (seconds or
    minutes), `length` that of an interval in minutes. `wait_of` says whose wait is reported: "all" calls,
    those who gave up among them, or the "served" only. Intervals in which the line is closed have no row.

    Patience is the mean time after which a caller gives up: the minutes waited by all for each who did. Where
    only the waits of the served are known, Erlang A says how long the others waited. Uncertainty is from day
    to day.

    - `asof`: the date until which the table runs.
    - `shrinkage`: the share of their time in which the agents of the model are not there for calls. Those of
      the table are taken to be there.
    - `exposure`: customers x periods behind the calls, for a model of its own.

    Raises `ValueError` with the rows that cannot be used.
    """
    period_days(period)
    if unit not in UNITS:
        raise ValueError(f"unit is {shown(unit)}; it must be one of {', '.join(UNITS)}")
    if wait_of not in ("all", "served"):
        raise ValueError(f"wait_of is {shown(wait_of)}; it must be 'all' or 'served'")
    minutes = number("length", length)
    if not 1 <= minutes <= 1440:
        raise ValueError(f"length is {shown(length)}; it must be minutes from 1 to 1440")
    shrunk = fraction("shrinkage", shrinkage)
    if not 0 <= shrunk < 1:
        raise ValueError(f"shrinkage is {shown(shrinkage)}; it must be a share below 1")
    data = frame(intervals, "intervals")
    rows = Rows(data)
    begin = rows.days(time, "time")
    offered, gone = rows.numbers(volume, "volume"), rows.numbers(abandoned, "abandoned")
    on_duty = rows.numbers(agents, "agents")
    handled, waited = (rows.numbers(c, a, missing=True) for c, a in ((handling, "handling"), (wait, "wait")))
    last = day(asof, "asof")
    rows.refuse(f"{time!r} is after asof", begin >= last + 1 if last == np.floor(last) else begin > last)
    for name, values in (
        (volume, offered),
        (abandoned, gone),
        (agents, on_duty),
        (handling, handled),
        (wait, waited),
    ):
        rows.refuse(f"{name!r} is negative", values < 0)
    rows.refuse(f"more are in {abandoned!r} than in {volume!r}", gone > offered)
    rows.refuse(f"calls were served and {handling!r} is missing or 0", (offered > gone) & ~(handled > 0))
    whose = offered if wait_of == "all" else offered - gone
    rows.refuse(f"there were calls and {wait!r} is missing", (whose > 0) & np.isnan(waited))
    rows.refuse(
        f"{time!r} comes twice", pd.Series(begin).duplicated(keep=False).to_numpy() & np.isfinite(begin)
    )
    kept, warnings = rows.kept(bad_rows)
    began = begin[kept]
    minute = np.round((began % 1) * 1440, 3)
    number_of_day, slot = (
        np.unique(of, return_inverse=True)[1].astype(np.int64) for of in (np.floor(began), minute)
    )
    read = Intervals(
        minutes,
        number_of_day,
        slot,
        offered[kept],
        gone[kept],
        handled[kept] * UNITS[unit],
        waited[kept] * UNITS[unit],
        on_duty[kept],
        wait_of == "all",
    )
    _enough(read)
    warnings += _doubts(read, began)
    found = calls.team(read)
    expected = calls.predicted(read, found.patience)[0]
    total = float(read.offered.sum())
    if read.wait_of_all:
        ratio = float(expected @ read.offered) / float(read.abandoned.sum())
        if not 0.67 < ratio < 1.5:
            warnings.append(
                f"With these agents Erlang A expects {ratio:.2f} times as many to give up as did: agents "
                "on duty may "
                "not all be there for calls, or calls come in bursts within an interval."
            )
    names = [f"{team}_{field}" for field in ("handling", "patience", "agents")]
    y = np.log([found.handling, found.patience, found.agents / (1 - shrunk)])
    covariance = calls.covariance(read)
    calendar = float(np.floor(began.max()) - np.floor(began.min()) + 1)
    customers = rate = None
    if exposure is not None:
        exposed = number("exposure", exposure)
        if exposed <= 0:
            raise ValueError(f"exposure is {shown(exposure)}; it must be customer-{period}s, above 0")
        customers, rate = exposed / max(calendar / period_days(period), 1e-9), total / exposed
        names, y = [*names, f"{team}_starts"], np.append(y, np.log(rate))
    used = [data[name] for name in (time, volume, abandoned, handling, wait, agents)]
    return CallsFit(
        Parameters(tuple(names), (LOG,) * len(names), y, covariance[: len(names), : len(names)]),
        float("nan"),
        round(total),
        period,
        f"{total:,.0f} calls of team {team} in {len(began):,} intervals (data {fingerprint(used)})",
        warnings,
        team,
        len(began) * minutes / 60 / calendar,
        shrunk,
        float(read.agents.mean()),
        customers,
        rate,
        minute,
        minutes,
        read.offered,
        read.abandoned,
        read.wait,
        read.agents,
        expected,
    )


def _enough(read: Intervals) -> None:
    days = int(read.day.max()) + 1
    if days < LEAST_DAYS:
        raise ValueError(
            f"there are {figures.plural(days, 'day')}; at least {LEAST_DAYS} are needed to see how days "
            "differ"
        )
    if read.abandoned.sum() < LEAST_GONE:
        raise ValueError(
            f"abandoned: {read.abandoned.sum():.0f} calls in all were given up; patience takes "
            f"{LEAST_GONE} or more"
        )
    if read.wait_of_all and np.nansum(read.wait * read.offered) <= 0:
        raise ValueError("wait: nobody waited, and yet calls were given up")


def _doubts(read: Intervals, began: Numbers) -> list[str]:
    told = []
    days = int(read.day.max()) + 1
    if days < 20:
        told.append(f"Only {days} days: how much days differ is itself uncertain.")
    nobody = float(read.offered[read.agents == 0].sum())
    if nobody:
        told.append(
            f"{nobody:,.0f} calls came while nobody was on duty; all of them count as calls that wait."
        )
    apart = np.diff(np.sort(began)) * 1440
    if len(apart) and apart.min() < read.length - 0.01:
        told.append(
            f"Some intervals begin {apart.min():g} minutes apart, which is less than length "
            f"({read.length:g})."
        )
    return told
