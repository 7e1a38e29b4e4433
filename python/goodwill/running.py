"""One scenario, simulated."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd

from goodwill import _core, figures, tables
from goodwill._arguments import (
    checked_names,
    checked_replications,
    checked_seed,
    checked_threads,
    keywords_checked,
    missing,
)
from goodwill._progress import progress_bar
from goodwill.display import blocks, html_table, result_html, tabled, text_table
from goodwill.ledger import World, checked_by
from goodwill.model import Model, anchored, core_of
from goodwill.provenance import provenance
from goodwill.words import uneven_years

if TYPE_CHECKING:
    import pyarrow as pa
    import xarray as xr

    from goodwill.plots import RunPlots

QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)


class Run:
    """The results of `goodwill.run`: tables of real customers and currency units, means over replications."""

    def __init__(
        self, model: Model, scenario: str, seed: int, replications: int, threads: int, first_replication: int
    ) -> None:
        """Simulates the replications from `first_replication` on."""
        self.model, self.scenario, self.seed = model, scenario, seed
        self._first_replication = first_replication
        self._world = self._simulated("Simulating", replications, threads, values=False)
        self._with_values: World | None = None

    @property
    def replications(self) -> int:
        return self._world.replications

    @property
    def provenance(self) -> dict[str, Any]:
        """What this result came from: version, model, seed, agents, threads, instruction set, conventions."""
        return {"scenario": self.scenario, **provenance(self.model, self._world.simulation, self.seed)}

    @keywords_checked
    @tabled
    def table(self, by: str | Iterable[str] = ("period", "segment", "origin")) -> pd.DataFrame:
        """Customers and money, one row per combination of `by`.

        `by` takes any of replication, year, period, segment, origin; `by=[]` gives the one row of totals.
        Customers are those in stages of kind customer: joined are arrivals, prospects who became customers
        and lapsed ones won back; lost are those who left or lapsed. Over several periods, counts and money
        are sums, `customers_start` is that of the first period, `customers_end`, `prospects` and `lapsed` are
        those of the last, and churn, conversion, states and NPS are means per person and period. In every row
        customers_start + joined - lost = customers_end. `nps` is everybody's answer, `nps_measured` that of
        those who respond, both in points; tenure is in periods.
        """
        return tables.customers_and_money(self._world, checked_by(by))

    @keywords_checked
    @tabled
    def stages(self, by: str | Iterable[str] = ("period",)) -> pd.DataFrame:
        """Customers in each stage when its fee is due; over several periods, customer-periods."""
        return tables.per_item(self._world, checked_by(by), "stage", {"customers": "stage"})

    @keywords_checked
    @tabled
    def moves(self, by: str | Iterable[str] = ("period",)) -> pd.DataFrame:
        """Changes of stage at the end of a period, churn among them; not those within journeys."""
        return tables.moves(self._world, checked_by(by))

    @keywords_checked
    @tabled
    def journeys(self, by: str | Iterable[str] = ("period",)) -> pd.DataFrame:
        """Journeys started, and those cut off after 64 steps."""
        columns = {"started": "started", "truncated": "truncated"}
        return tables.per_item(self._world, checked_by(by), "journey", columns)

    @keywords_checked
    @tabled
    def touchpoints(self, by: str | Iterable[str] = ("period",)) -> pd.DataFrame:
        """Contacts by outcome at each touchpoint; `failure` is the share that failed, `recovery` of those."""
        return tables.touchpoints(self._world, checked_by(by))

    @tabled
    def investments(self) -> pd.DataFrame:
        """What each investment and event costs in each period, and how many customers it first reached."""
        return tables.investments(self._world)

    @tabled
    def cohorts(self) -> pd.DataFrame:
        """Customers by the period they joined in (0: the initial base), in each period since."""
        return tables.cohorts(self._valued())

    @keywords_checked
    @tabled
    def values(
        self, by: str | Iterable[str] = ("segment", "origin"), quantiles: Sequence[float] = QUANTILES
    ) -> pd.DataFrame:
        """Mean and quantiles over customers of the present value within the horizon (exact to 1.6 %)."""
        keys = checked_names("key", by, ("segment", "origin"), "values can be broken down by")
        keys = [key for key in ("segment", "origin") if key in keys]
        for level in quantiles:
            if not 0 <= level <= 1:
                raise ValueError(f"quantiles holds {level!r}; each must be between 0 and 1")
        return tables.quantiles(tables.distribution(self._valued(), keys), keys, quantiles)

    @keywords_checked
    @tabled
    def distribution(self, by: str | Iterable[str] = ("segment", "origin")) -> pd.DataFrame:
        """How many customers have which present value within the horizon."""
        keys = checked_names("key", by, ("segment", "origin"), "values can be broken down by")
        return tables.distribution(self._valued(), keys)

    def _valued(self) -> World:
        """The same simulation once more, with the value of each customer kept: same seed, same lives."""
        if self._with_values is None:
            threads = self._world.simulation.threads
            self._with_values = self._simulated("Values", self.replications, threads, values=True)
        return self._with_values

    def _simulated(self, title: str, replications: int, threads: int, values: bool) -> World:
        with progress_bar(title) as progress:
            simulation = _core.simulate(
                core_of(self.model),
                anchored(self.model, threads),
                [self.scenario],
                seed=self.seed,
                first_replication=self._first_replication,
                replications=replications,
                threads=threads,
                values=values,
                progress=progress,
            )
        return World(simulation, 0, self.model.periods_per_year)

    def to_xarray(self) -> xr.Dataset:
        """The full table as a dataset with the dimensions period, segment and origin."""
        try:
            import xarray as xr
        except ImportError:
            raise ImportError(missing("to_xarray needs", "xarray")) from None
        data = xr.Dataset.from_dataframe(self.table().set_index(["period", "segment", "origin"]))
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
        from goodwill.plots import RunPlots

        return RunPlots(self)

    def _sentence(self) -> str:
        total, model = self.table(by=[]).iloc[0], self.model
        length = figures.duration(model.horizon, model.period, model.periods_per_year)
        before, after = figures.count(total["customers_start"]), figures.count(total["customers_end"])
        churn, money = figures.percent(total["churn"]), figures.amount(total["contribution"], model.currency)
        churned = "" if math.isnan(total["churn"]) else f"churn is {churn} a {model.period}, "
        return (
            f"{model.name or 'The model'}, scenario {self.scenario!r}: {before} customers become {after} in "
            f"{length}; {churned}contribution {money}." + tables.beside_customers(total, model.period)
        )

    def _sentences(self) -> list[str]:
        return [self._sentence(), *uneven_years(self.table(by="year")["periods"], self.model.period)]

    def _short(self) -> pd.DataFrame:
        table = self.table(by="year")
        columns = ["year", "customers_start", "joined", "lost", "customers_end", "churn"]
        if table["periods"].nunique() > 1:
            columns.insert(1, "periods")
        columns += [*tables.other_kinds(table), "satisfaction", "nps", "revenue", "contribution"]
        columns += [name for name in ("investment_cost", "event_cost") if table[name].any()]
        return table[columns]

    def __repr__(self) -> str:
        return blocks(self._sentences(), text_table(self._short()))

    def _repr_html_(self) -> str:
        return result_html(self._sentences(), html_table(self._short()))


@keywords_checked
def run(
    model: Model,
    *,
    scenario: str = "baseline",
    seed: int = 1,
    replications: int = 1,
    threads: int = 0,
) -> Run:
    """Simulates one scenario. The same model, seed and version give the same bits on any number of threads.

    `threads=0` takes all cores. Raises `ModelError` if the model uses what cannot be run yet, and
    `ValueError` for a scenario the model does not have.
    """
    core = core_of(model)
    checked_names("scenario", scenario, ["baseline", *core.scenarios])
    seed, threads = checked_seed(seed), checked_threads(threads)
    replications = checked_replications(replications)
    return Run(model, scenario, seed, replications, threads, first_replication=0)
