"""One scenario, simulated: `goodwill.run`, and the list of what a run can be asked."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from goodwill.analysis.words import DRAWS, uneven_years
from goodwill.engine.anchoring import Anchored, anchored
from goodwill.engine.calls import logged, measured_customers
from goodwill.engine.model import Model, core_of
from goodwill.engine.size import BATCHES, Size, checked_size
from goodwill.engine.world import Numbers, World
from goodwill.plots.run import RunPlots
from goodwill.results import recurring, tables
from goodwill.results.customers import Customers, customers_of
from goodwill.results.ledger import checked_by
from goodwill.results.lives import Lives, OfOneScenario, live, table_of_bands
from goodwill.results.provenance import provenance
from goodwill.text import figures
from goodwill.text.arguments import (
    AGENTS,
    checked_date,
    checked_names,
    checked_threads,
    keywords_checked,
    missing,
    whole,
)
from goodwill.text.display import blocks, html_table, result_html, tabled, text_table
from goodwill.text.vocabulary import BASELINE, ORIGIN, PERIOD, SEGMENT, YEAR

if TYPE_CHECKING:
    import pyarrow as pa
    import xarray as xr

QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
MOST_ROWS = 20_000_000
"""Customers and periods that are looked at one by one in a unit; of more, a sample is."""
FORECAST = ("customers", "revenue", "contribution")


@dataclass(frozen=True, eq=False, repr=False)
class Run(OfOneScenario):
    """The results of `goodwill.run`: tables of real customers and currency units, means over replications."""

    @property
    def replications(self) -> int:
        return self._world.replications

    @property
    def provenance(self) -> dict[str, Any]:
        """What this result came from: version, model, seed, agents, threads, instruction set, conventions."""
        return {
            "scenario": self.scenario,
            **provenance(self.anchored, self.lives.ran, self.seed, self.replications, self.scenario),
        }

    @keywords_checked
    @tabled
    def table(self, by: str | Iterable[str] = (PERIOD, SEGMENT, ORIGIN)) -> pd.DataFrame:
        """Customers and money, one row per combination of `by`.

        `by` takes any of replication, year, period, segment, origin; `by=[]` gives the one row of totals.
        Customers are those in stages of kind customer: joined are arrivals, prospects who became customers
        and lapsed ones won back; lost are those who left or lapsed. Over several periods, counts and money
        are sums, `customers_start` is that of the first period, `customers_end`, `prospects` and `lapsed` are
        those of the last, and churn, conversion, states and NPS are means per person and period. In every row
        customers_start + joined - lost = customers_end. `nps` is everybody's answer, `nps_measured` that of
        those who respond, both in points; tenure is in periods. `completion` is the share of the walks of all
        journeys that reached their end, `ces` the mean effort of contacts (1 to 7; NaN where none has one),
        `ces_measured` that of those who answer, of the contacts they had in the period.
        """
        return tables.customers_and_money(self._world, checked_by(by))

    @keywords_checked
    @tabled
    def stages(self, by: str | Iterable[str] = (PERIOD,)) -> pd.DataFrame:
        """Customers in each stage when its fee is due; over several periods, customer-periods."""
        return tables.per_item(self._world, checked_by(by), "stage", {"customers": "stage"})

    @keywords_checked
    @tabled
    def moves(self, by: str | Iterable[str] = (PERIOD,)) -> pd.DataFrame:
        """Changes of stage at the end of a period, churn among them, but not those made within journeys."""
        return tables.moves(self._world, checked_by(by))

    @keywords_checked
    @tabled
    def journeys(self, by: str | Iterable[str] = (PERIOD,)) -> pd.DataFrame:
        """Journeys started, what became of them, and what they took.

        `truncated` were cut off after 64 steps, or not begun because of 15 walks a customer and period.
        `completed` are walks that reached their end: they ended neither by `lost`, nor cut off, nor right
        after a failure or a full team; `completion` is their share of those started. `contacts_per_issue` is
        the mean number of contacts of a walk (those that found a team full among them), `minutes` the mean
        time waited in a walk by those served, `effort` the mean over the contacts at touchpoints with an
        effort, 1 to 7 (NaN without).
        """
        return tables.journeys(self._world, checked_by(by))

    @keywords_checked
    @tabled
    def touchpoints(self, by: str | Iterable[str] = (PERIOD,)) -> pd.DataFrame:
        """Contacts by outcome at each touchpoint.

        `failure` is the share of contacts with a failure, recovered ones among them; `recovery` is the share
        of these failures that were recovered.
        """
        return tables.touchpoints(self._world, checked_by(by))

    @keywords_checked
    @tabled
    def teams(self, by: str | Iterable[str] = (PERIOD,)) -> pd.DataFrame:
        """How busy each team is, by period, by year, or (`by=[]`) over the whole horizon.

        `load` counts the contacts that came and `capacity` those there was time for; `use` is their quotient,
        above 1 the team is overloaded. `unserved` counts contacts that found no room (their outcome is
        `full`), `unserved_share` is their share of the load, `wait` the mean wait in minutes of those served,
        `cost` the team's fixed cost in currency units.
        """
        return tables.teams(
            self._world, checked_names("key", by, (YEAR, PERIOD), "teams can be broken down by")
        )

    @tabled
    def events(self) -> pd.DataFrame:
        """How often what has a chance or a `when` begins within the horizon, in the scenario.

        `chance_at_least_one` and `expected` (the number of beginnings) are exact, and missing where it begins
        by what the firm sees. `simulated` is the mean number over replications, `share` the share of them in
        which it began, `first` the period in which it then began first, on average. Where assumptions are
        drawn, all are means over the draws.
        """
        return tables.events(self._world)

    @tabled
    def forecast(self) -> pd.DataFrame:
        """Customers at the end of each year, and revenue and contribution in it, each with two bands.

        Money is in currency units, not discounted; `periods` is how many periods of the year are simulated.
        `_low` to `_high` is the interval of the mean: the error of the simulation and, where assumptions are
        drawn, of having only so many draws; more of both make it narrower. `_p10` to `_p90` holds 80 % of the
        draws of the assumptions, freed from that error (NaN where nothing is uncertain).
        """
        years, periods = np.unique(self._world.years(), return_counts=True)
        units = self.lives.units
        measures = {name: [units[..., y, k] for y in range(len(years))] for k, name in enumerate(FORECAST)}
        rows: list[dict[str, Any]] = [
            {"year": int(year), "periods": int(n)} for year, n in zip(years, periods, strict=True)
        ]
        table = table_of_bands(self.lives, rows, measures)
        table.attrs["note"] = (
            f"From _low to _high: {100 * self.lives.size.level:g} % intervals of the mean. "
            + (
                "From _p10 to _p90: 80 % of the draws."
                if self.uncertain
                else "All numbers were taken as certain."
            )
        )
        return table

    @tabled
    def investments(self) -> pd.DataFrame:
        """The cost of each investment and event in each period (currency units), and the customers it first
        reached (`treated`)."""
        return tables.investments(self._world)

    @tabled
    def cohorts(self) -> pd.DataFrame:
        """Customers by the period they joined in (0: the initial base), in each period since, and their
        revenue and contribution (currency units)."""
        return tables.cohorts(self._valued)

    @keywords_checked
    @tabled
    def values(
        self, by: str | Iterable[str] = (SEGMENT, ORIGIN), quantiles: Sequence[float] = QUANTILES
    ) -> pd.DataFrame:
        """Present value within the horizon: its mean over customers, and quantiles (each exact to 1.6 %).

        In currency units as of t = 0. Raises `ValueError` for a quantile outside 0 to 1.
        """
        keys = checked_names("key", by, (SEGMENT, ORIGIN), "values can be broken down by")
        keys = [key for key in (SEGMENT, ORIGIN) if key in keys]
        for level in quantiles:
            if not 0 <= level <= 1:
                raise ValueError(f"quantiles holds {level!r}; each must be between 0 and 1")
        return tables.quantiles(self._valued, keys, quantiles)

    @keywords_checked
    @tabled
    def distribution(self, by: str | Iterable[str] = (SEGMENT, ORIGIN)) -> pd.DataFrame:
        """How many customers have which present value within the horizon (each exact to 1.6 %)."""
        keys = checked_names("key", by, (SEGMENT, ORIGIN), "values can be broken down by")
        return tables.distribution(self._valued, keys)

    @cached_property
    def _valued(self) -> World:
        """The same simulation again, this time with the value of each customer kept: same seed, same
        lives."""
        again = replace(self.lives.size, precision=None)
        threads = self.lives.ran.threads
        return simulate(self.anchored, self.scenario, again, threads, "Values", values=True).world

    @keywords_checked
    @tabled
    def recurring(self, by: str | Iterable[str] = PERIOD) -> pd.DataFrame:
        """Recurring revenue, and what became of it: one row per period, year or segment (`by`).

        Money is in currency units per period. `opening` is what those paid who pay again; `closing`, what is
        left at the end of the period, is `opening` + `new` (from those who did not pay before) +
        `expansion` - `contraction` (from those who pay more or less than before) - `churned` (of those who
        leave, or pay nothing in the next period). `customers` are left then, and pay `arpu` each.
        `logo_churn` is the share of those who pay in a period that leaves at its end, `revenue_churn` that of
        what is due in it;
        `gross_retention` is what is left of revenue after contraction and leaving, `net_retention` with
        expansion. Over several periods these four are those of the periods one after the other (so newcomers
        count as soon as they pay). Means over the replications or draws of the run, each lived again; fees
        only, without orders and earnings. Of more than 20 million customers times periods a sample is looked
        at.
        """
        keys = checked_names("key", by, (YEAR, PERIOD, SEGMENT), "recurring revenue can be broken down by")
        if YEAR in keys and PERIOD in keys:
            raise ValueError("a table is broken down by year or by period, not by both")
        return recurring.table(self._recurring, keys, self._world.segments, self._world.years().tolist())

    @cached_property
    def _recurring(self) -> dict[str, Numbers]:
        """Sums of real customers by period and segment, means over the units."""
        world, size = self._world, self.lives.size
        names = [*recurring.MONEY, *recurring.COUNTS]

        def measure(present: dict[str, Any], weights: Numbers) -> Numbers:
            found = recurring.changes(present, world.periods, len(world.segments))
            return np.stack([found[name] * weights for name in names])

        size = size if self.uncertain else replace(size, draws=0)
        most = MOST_ROWS / world.periods
        units = measured_customers(self.anchored, self.scenario, size, most, measure)
        return dict(zip(names, units.mean(axis=0), strict=True))

    @keywords_checked
    def customers(self, n: int | None = None, *, start: str | None = None) -> Customers:
        """About `n` of the base customers (1,000, or all) one by one, with their share of those who join: who
        was here when, and their contacts, orders and answers, in the form of the firm's own tables.

        They are customers of the first replication, at best values of the assumptions. `start` is the date at
        which the first period begins ("2026-01-01"); without it times are in periods. Raises `ValueError`
        for more customers than the model simulates.
        """
        agents = sum(self.lives.ran.agents.values())
        allowed = f"a whole number from 1 to {agents:,}, the customers that are simulated{AGENTS}"
        n = min(1000, agents) if n is None else whole("n", n, 1, agents, allowed)
        core, size = self.anchored.core, self.lives.size
        begins = None if start is None else checked_date("start", start)
        present, happened, touchpoints, _ = logged(self.anchored, self.scenario, size, n, agents)
        stages: Any = core.get("stages")
        return customers_of(
            present,
            happened,
            period=core.period,
            horizon=core.horizon,
            segments=core.segments,
            stages=core.stages,
            is_customer=[stages[name].get("kind", "customer") == "customer" for name in core.stages],
            touchpoints=dict(zip(core.journeys, touchpoints, strict=True)),
            start=begins,
            seed=size.seed,
        )

    def to_xarray(self) -> xr.Dataset:
        """The full table as a dataset with the dimensions period, segment and origin.

        Raises `ImportError` without xarray.
        """
        try:
            import xarray as xr
        except ImportError:
            raise ImportError(missing("to_xarray needs", "xarray")) from None
        data = xr.Dataset.from_dataframe(self.table().set_index([PERIOD, SEGMENT, ORIGIN]))
        data = data.reindex(segment=self._world.segments, origin=self._world.origins)
        data.attrs = {name: str(value) for name, value in self.provenance.items()}
        return data

    def to_arrow(self) -> pa.Table:
        """The full table as an Arrow table; its metadata hold the provenance."""
        import pyarrow as pa

        table = pa.Table.from_pandas(self.table(), preserve_index=False)
        notes = {name: str(value) for name, value in self.provenance.items()}
        return table.replace_schema_metadata({**(table.schema.metadata or {}), **notes})

    @property
    def plot(self) -> RunPlots:
        """Charts (with matplotlib): `run.plot.customers()`, `churn`, `satisfaction`, `contribution`."""
        return RunPlots(self._world, self.model, self.scenario)

    def _sentence(self) -> str:
        total, model = self.table(by=[]).iloc[0], self.model
        length = figures.duration(model.horizon, model.period, model.periods_per_year)
        before, after = figures.count(total["customers_start"]), figures.count(total["customers_end"])
        churn, money = figures.percent(total["churn"]), self._worth()
        churned = "" if math.isnan(total["churn"]) else f"churn is {churn} a {model.period}, "
        return (
            f"{model.name or 'The model'}, scenario {self.scenario!r}: {before} customers become {after} in "
            f"{length}; {churned}contribution {money}." + tables.beside_customers(total, model.period)
        )

    def _sentences(self) -> list[str]:
        return [
            self._sentence(),
            *uneven_years(self.table(by="year")["periods"], self.model.period),
            *(f"Warning: {what}." for what in tables.walks_cut_off(self._world)),
            *(f"Warning: {what}." for what in tables.overloads(self._world, self.model.period)),
        ]

    def _worth(self) -> str:
        """The contribution of the whole horizon with its band: of the draws if there are any, else of the
        mean."""
        row = self.lives.bands("sum", _contribution(self.lives.units))
        drawn = not math.isnan(row["sum_p10"])
        low, high = (row["sum_p10"], row["sum_p90"]) if drawn else (row["sum_low"], row["sum_high"])
        currency, what = self.model.currency, DRAWS if drawn else ""
        text = figures.amount_between(row["sum"], low, high, currency, what=what)
        return text if drawn else f"{text}, all numbers taken as certain"

    def _note(self) -> str:
        """Which errors the interval in the sentence covers."""
        size, world = self.lives.size, self._world
        level = f"{100 * size.level:g} %"
        row = self.lives.bands("sum", _contribution(self.lives.units))
        half = figures.error((row["sum_high"] - row["sum_low"]) / 2, self.model.currency)
        if self.uncertain:
            drawn = f"{size.draws} draws of the assumptions, {size.batches} batches each"
            return f"Means over {drawn}; that of the contribution is known to ±{half} ({level} interval)."
        if world.replications < 2:
            return "One replication: nothing is known of its error."
        return f"{level} interval from {world.replications} replications: the error of the simulation."

    def _short(self) -> pd.DataFrame:
        table = self.table(by="year")
        columns = ["year", "customers_start", "joined", "lost", "customers_end", "churn"]
        if table["periods"].nunique() > 1:
            columns.insert(1, "periods")
        columns += [*tables.other_kinds(table), "satisfaction", "nps", "revenue", "contribution"]
        columns += [name for name in ("investment_cost", "event_cost") if table[name].any()]
        return table[columns]

    def __repr__(self) -> str:
        return blocks(self._sentences(), text_table(self._short()), [self._note()])

    def _repr_html_(self) -> str:
        return result_html(self._sentences(), html_table(self._short())) + result_html([self._note()], "")


def simulate(
    firm: Anchored, scenario: str, size: Size, threads: int, title: str = "Simulating", **options: Any
) -> Lives:
    """Simulates a run and keeps of each unit what the forecast shows: years x `FORECAST`."""
    return live(firm, scenario, size, threads, tables.forecast, title=title, key=_contribution, **options)


def _contribution(units: Numbers) -> Numbers:
    return np.asarray(units[..., FORECAST.index("contribution")].sum(axis=-1))


@keywords_checked
def run(
    model: Model,
    *,
    scenario: str = BASELINE,
    seed: int = 1,
    replications: int | None = None,
    draws: int | None = None,
    batches: int = BATCHES,
    precision: float | str | None = None,
    most_replications: int = 2_000,
    threads: int = 0,
    level: float = 0.95,
) -> Run:
    """Simulates one scenario. The same model, seed and version give the same bits on any number of threads.

    As in `compare`: if an assumption can make a difference to the scenario, all assumptions are drawn `draws`
    times (64; 0: best values), and each draw simulates the model's agents in `batches` batches; otherwise the
    model's agents are simulated `replications` times (30). With `precision`, money or a share, the run goes
    on until the mean contribution of the whole horizon has that half-width at `level`, or `most_replications`
    units are used. `threads=0` takes all cores. Raises `ModelError` if the model uses what cannot be run yet,
    and `ValueError` for a scenario the model does not have.
    """
    core = core_of(model)
    checked_names("scenario", scenario, [BASELINE, *core.scenarios])
    threads = checked_threads(threads)
    size = checked_size(
        core,
        scenario,
        seed,
        replications,
        draws,
        batches=batches,
        precision=precision,
        most_replications=most_replications,
        level=level,
    )
    firm = anchored(model, threads)
    return Run(firm, scenario, simulate(firm, scenario, size, threads))
