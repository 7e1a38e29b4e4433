"""The tables of a run, with columns made from counters. Money is in currency units, rates are fractions, the
NPS is in points."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from goodwill.engine.world import ODDS, TEAM_USE, Numbers, World
from goodwill.results.ledger import Grouped, add_up, grouped, of_role, starts_of
from goodwill.text import figures
from goodwill.text.vocabulary import EVENT, INVESTMENT, ORIGIN, PERIOD, REPLICATION, SEGMENT

MARGINS = tuple(of_role("margin"))
COSTS = {
    name if name.endswith("_cost") else f"{name}_cost": name
    for name in [*of_role("cost_to_serve"), *of_role("acquisition")]
}
"""Columns of the costs in contribution, each with its counter; `MARGINS` are the columns that they reduce."""


def ratio(above: Numbers, below: Numbers) -> Numbers:
    """The quotient; NaN where there is nothing to divide by."""
    result = np.full(np.broadcast(above, below).shape, np.nan)
    np.divide(above, below, out=result, where=below != 0)
    return result


def customers_and_money(world: World, by: list[str]) -> pd.DataFrame:
    """The main table. Only people in stages of kind customer count as customers; prospects and lapsed are
    apart.

    `contribution` is margin less the costs of serving and acquiring, and less the fixed cost of teams, which
    is shared among segments and origins like other money of the firm.
    """
    g = grouped(world, by)
    table = g.keys.copy()
    at = g.index
    table["customers_start"] = g.first[:, at["start"]] - g.first[:, at["joined"]]
    table["joined"] = g.sum("joined") + g.sum("won") + g.sum("won_back")
    table["lost"] = g.sum("lost")
    table["customers_end"] = g.last[:, at["end"]]
    table["churn"] = ratio(g.sum("lost"), g.sum("start"))
    for name in ("prospects", "lapsed"):
        table[name] = g.last[:, at[name]]
    for name in ("leads", "won", "won_back"):
        table[name] = g.sum(name)
    table["conversion"] = ratio(g.sum("won"), g.sum("prospects_start"))
    if has_market(world):
        table["adopted"], table["turned_away"] = g.sum("adopted"), g.sum("turned_away")
        table["potential"] = g.last[:, at["potential"]]
    _states(table, g)
    words = [name for name in ("good_words", "bad_words") if name in at]
    for name in ("orders", "referrals", "converted", *words):
        table[name] = g.sum(name)
    table["revenue"] = revenue(g)
    for name in MARGINS:
        table[name] = g.sum(name)
    for name, counter in COSTS.items():
        table[name] = g.sum(counter)
    table["contribution"] = table[list(MARGINS)].sum(axis=1) - table[list(COSTS)].sum(axis=1)
    if world.teams:
        table.insert(
            len(table.columns) - 1, "team_cost", np.zeros(len(table)) + _shared(world, _of_teams, by)
        )
        table["contribution"] -= table["team_cost"]
    _interventions(table, world, g, by)
    return table


def has_market(world: World) -> bool:
    """Whether who may come is limited."""
    counters = [world.index[name] for name in ("adopted", "potential", "turned_away") if name in world.index]
    return bool(world.mean[..., counters].any())


def revenue(g: Grouped) -> Numbers:
    return np.asarray(sum(g.sum(name) for name in of_role("revenue")))


def forecast(world: World) -> Numbers:
    """Years x (customers at the end, revenue, contribution)."""
    g = grouped(world, ["year"])
    margins, costs = (sum(map(g.sum, names)) for names in (MARGINS, COSTS.values()))
    if world.teams:
        costs = costs + _shared(world, _of_teams, ["year"])
    return np.column_stack([g.last[:, g.index["end"]], revenue(g), margins - costs])


def other_kinds(table: pd.DataFrame) -> list[str]:
    """The columns about prospects and lapsed customers that are not empty."""
    return [name for name in ("prospects", "conversion", "lapsed") if table[name].fillna(0).any()]


def beside_customers(total: pd.Series[Any], period: str) -> str:
    """A sentence about prospects and lapsed customers, where there are any; `total` is a row of the table."""
    found = []
    if not np.isnan(total["conversion"]):
        rate = figures.percent(total["conversion"])
        found.append(f"{figures.count(total['prospects'])} prospects ({rate} become customers a {period})")
    if total["lapsed"]:
        found.append(f"{figures.count(total['lapsed'])} lapsed customers")
    return f" At the end there are also {' and '.join(found)}." if found else ""


def walks_cut_off(world: World) -> list[str]:
    """A text for each journey of which walks were cut off."""
    found = []
    for journey in world.names("truncated."):
        number = float(world.mean[..., world.index[f"truncated.{journey}"]].sum())
        if number > 0:
            walks = figures.count(max(number, 1))
            found.append(
                f"{walks} walks of the journey {journey} were cut off: after 64 steps, or above 15 a period"
            )
    return found


def _states(table: pd.DataFrame, g: Grouped) -> None:
    """Adds means over the customers at the end of each period, the survey, completion and effort."""
    end = g.sum("end")
    for name in ("satisfaction", "expectation", "trust"):
        table[name] = ratio(g.sum(f"sum_{name}"), end)
    table["tenure"] = ratio(g.sum("sum_tenure"), end)
    table["nps"] = 100 * ratio(g.sum("promoters") - g.sum("detractors"), g.sum("surveyed"))
    measured = g.sum("measured_promoters") - g.sum("measured_detractors")
    table["nps_measured"] = 100 * ratio(measured, g.sum("responses"))
    table["responses"] = g.sum("responses")
    if "walks" not in g.index:  # of a file that an earlier version saved
        return
    table["completion"] = ratio(g.sum("completed"), g.sum("walks"))
    table["ces"] = ratio(g.sum("sum_effort"), g.sum("efforts"))
    table["ces_measured"] = ratio(g.sum("sum_effort_answers"), g.sum("effort_answers"))


def _interventions(table: pd.DataFrame, world: World, g: Grouped, by: list[str]) -> None:
    """Adds the costs of investments and of events.

    What the firm pays as a whole (upfront, running) is shared among segments and origins by their customers
    present in the period, so that every breakdown adds up to the same total.
    """
    for column, is_event in (("investment_cost", False), ("event_cost", True)):
        own = np.zeros(len(table))
        for name, event, *_ in world.flows:
            if event == is_event:
                own += _of_customers(g, name)
        table[column] = own + _shared(world, partial(_of_interventions, is_event=is_event), by)


def _of_customers(g: Grouped, name: str) -> Numbers:
    """What an investment or event costs per customer reached and per use."""
    return np.asarray(g.sum(f"per_customer.{name}") + g.sum(f"use.{name}"))


def _of_interventions(world: World, is_event: bool) -> Numbers:
    """What the firm pays as a whole for events, or for investments, by period."""
    firm = np.zeros(world.periods)
    for _, event, upfront, running in world.flows:
        if event == is_event:
            firm += upfront + running
    return firm


def _of_teams(world: World) -> Numbers:
    return np.asarray(world.team_costs.sum(axis=0))


def _shared(world: World, money: Callable[[World], Numbers], by: list[str]) -> Numbers:
    """The firm's own money by group."""
    if not money(world).any():
        return np.zeros(1)
    worlds = [world]
    if REPLICATION in by:
        worlds = [world.single(r) for r in range(world.replications)]
    return np.concatenate([_shares(one, money(one), by) for one in worlds])


def _shares(world: World, firm: Numbers, by: list[str]) -> Numbers:
    present = world.mean[..., world.index["start"]].copy()
    present[:, present.sum(axis=(0, 2)) == 0, :] = 1.0  # nobody left: in equal parts
    amounts = present / present.sum(axis=(0, 2), keepdims=True) * firm[None, :, None]
    rest = [name for name in by if name != REPLICATION]
    return add_up(world, amounts[..., None], rest)[:, 0]


def per_item(world: World, by: list[str], word: str, columns: dict[str, str]) -> pd.DataFrame:
    """One row per group and item: `columns` maps each column to the prefix of its counters, `prefix.item`.
    The items are those of the first prefix."""
    g = grouped(world, by)
    items = world.names(f"{next(iter(columns.values()))}.")
    parts = []
    for item in items:
        part = g.keys.copy()
        part[word] = item
        for column, prefix in columns.items():
            part[column] = g.sum(f"{prefix}.{item}")
        parts.append(part)
    if not parts:
        return pd.DataFrame(columns=[*g.keys.columns, word, *columns])
    return _interleaved(parts)


def _interleaved(parts: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """The rows sorted by group, with the items of each group in their order."""
    joined = pd.concat(parts)
    return joined.sort_index(kind="stable").reset_index(drop=True)


def journeys(world: World, by: list[str]) -> pd.DataFrame:
    """One row per group and journey; rates of no walk, and the effort of no contact, are NaN."""
    columns = {"started": "started", "truncated": "truncated"}
    if not world.names("completed."):  # there is no journey, or an earlier version saved the file
        return per_item(world, by, "journey", columns)
    more = {name: name for name in ("completed", "minutes", "efforts", "effort")}
    table = per_item(world, by, "journey", columns | more)
    walks = _column(table, "started")
    contacts = _contacts(world, by)
    table.insert(list(table).index("minutes"), "contacts", contacts)
    table["completion"] = ratio(_column(table, "completed"), walks)
    table["contacts_per_issue"] = ratio(contacts, walks)
    table["minutes"] = ratio(_column(table, "minutes"), walks)
    table["effort"] = ratio(_column(table, "effort"), _column(table, "efforts"))
    order = ["completed", "contacts", "completion", "contacts_per_issue", "minutes", "effort"]
    return table[[*(name for name in table if name not in (*order, "efforts")), *order]]


def _contacts(world: World, by: list[str]) -> Numbers:
    """Contacts of each group and journey, in the order of `journeys`, those that found a team full among
    them."""
    g = grouped(world, by)
    found = []
    for journey in world.names("completed."):
        ours = [f"{what}.{journey}." for what in ("contacts", "full")]
        found.append(sum(g.sum(name) for name in world.counters if name.startswith(tuple(ours))))
    return np.column_stack(found).reshape(-1)


def touchpoints(world: World, by: list[str]) -> pd.DataFrame:
    columns = {"contacts": "contacts", "failed": "failed", "recovered": "recovered"}
    if world.names("full."):
        columns["full"] = "full"
    table = _split(per_item(world, by, "touchpoint", columns), "touchpoint", ("journey", "touchpoint"))
    troubled = _column(table, "failed") + _column(table, "recovered")
    table["failure"] = ratio(troubled, _column(table, "contacts"))
    table["recovery"] = ratio(_column(table, "recovered"), troubled)
    return table


def teams(world: World, by: list[str]) -> pd.DataFrame:
    """One row per time and team; rates of no time and no contact are NaN."""
    word, values, starts = starts_of(world, by)
    use = world.team_use
    if not use.size:  # the teams serve no touchpoint
        use = np.zeros((world.periods, len(world.teams), len(TEAM_USE)))
        use[..., TEAM_USE.index("capacity")] = np.nan
    sums = np.add.reduceat(use, starts, axis=0).reshape(-1, len(TEAM_USE))
    costs = np.add.reduceat(world.team_costs, starts, axis=1).T.reshape(-1)
    table = pd.DataFrame(dict(zip(TEAM_USE, sums.T, strict=True)))
    table.insert(0, "team", world.teams * len(starts))
    if word:
        table.insert(0, word, np.repeat(values, len(world.teams)))
    table["use"] = ratio(_column(table, "load"), _column(table, "capacity"))
    served = _column(table, "load") - _column(table, "unserved")
    table["wait"] = ratio(_column(table, "waited"), served)
    table["unserved_share"] = ratio(_column(table, "unserved"), _column(table, "load"))
    table["cost"] = costs
    columns = ["team", "load", "capacity", "use", "unserved", "unserved_share", "wait", "cost"]
    return table[[word, *columns] if word else columns]


def events(world: World) -> pd.DataFrame:
    """One row for each event and investment that begins by chance or by what the firm sees."""
    table = pd.DataFrame({"event": world.events})
    for name, column in zip(ODDS, world.event_odds.T, strict=True):
        table[name] = column
    table["simulated"] = world.event_begun.sum(axis=1)
    first = world.event_first
    table["share"] = first.sum(axis=1)
    table["first"] = ratio(first @ np.arange(1.0, first.shape[1] + 1), first.sum(axis=1))
    return table


def overloaded(world: World) -> list[int]:
    """By team, the number of periods in which more came than there was time for."""
    periods = teams(world, [PERIOD])
    return [int((periods.loc[periods["team"] == team, "use"] > 1).sum()) for team in world.teams]


def overloads(world: World, period: str) -> list[str]:
    """A text for each team that is overloaded."""
    return [
        f"the team {team} is overloaded in {number} of {figures.plural(world.periods, period)}: more come "
        "than it has time for"
        for team, number in zip(world.teams, overloaded(world), strict=True)
        if number
    ]


def moves(world: World, by: list[str]) -> pd.DataFrame:
    return _split(per_item(world, by, "move", {"customers": "move"}), "move", ("from", "to"))


def _split(table: pd.DataFrame, column: str, into: tuple[str, str]) -> pd.DataFrame:
    """The table with a column of dotted names split into two."""
    names = [str(name).split(".", 1) for name in table[column]]
    at = list(table.columns).index(column)
    table = table.drop(columns=column)
    for k, name in enumerate(into):
        table.insert(at + k, name, [pair[k] for pair in names])
    return table


def _column(table: pd.DataFrame, name: str) -> Numbers:
    return np.asarray(table[name], dtype=np.float64)


def investments(world: World) -> pd.DataFrame:
    """The cost of each investment and event of the scenario in each period, by kind of cost."""
    g = grouped(world, ["period"])
    parts: list[pd.DataFrame] = []
    for name, event, upfront, running in world.flows:
        own = _of_customers(g, name)
        columns: dict[str, Any] = {
            "name": name,
            "kind": EVENT if event else INVESTMENT,
            "upfront": upfront,
            "running": running,
            "per_customer_and_use": own,
            "cost": upfront + running + own,
            "treated": g.sum(f"treated.{name}"),
        }
        parts.append(g.keys.assign(**columns))
    if not parts:
        names = ["name", "kind", "upfront", "running", "per_customer_and_use", "cost", "treated"]
        return pd.DataFrame(columns=["period", *names])
    return pd.concat(parts, ignore_index=True)


def cohorts(world: World) -> pd.DataFrame:
    """Customers by the period they joined in (0: the initial base), their revenue and contribution since."""
    customers, revenue, contribution, became = world.whole_lives.cohorts
    weights = world.weights[:, None, None] / world.replications
    parts = []
    periods = np.arange(1, world.periods + 1)
    for s, segment in enumerate(world.segments):
        people, sales, money = (x[s] * weights[s] for x in (customers, revenue, contribution))
        ever = became[s] * weights[s, 0]
        for joined in range(world.periods + 1):
            since = max(joined, 1)
            here = people[joined, since - 1 :]
            parts.append(
                pd.DataFrame(
                    {
                        "segment": segment,
                        "joined": joined,
                        "period": periods[since - 1 :],
                        "age": periods[since - 1 :] - since,
                        "customers": here,
                        "became": ever[joined],
                        "kept": ratio(here, ever[joined : joined + 1]),
                        "revenue": sales[joined, since - 1 :],
                        "contribution": money[joined, since - 1 :],
                    }
                )
            )
    return pd.concat(parts, ignore_index=True)


def _of_values(world: World, by: list[str], name: str) -> Numbers:
    """`values` (segment x origin x bin) or `value_sums` (segment x origin) of real customers, added up over
    the keys that `by` does not name."""
    weights = world.weights / world.replications
    found = np.asarray(getattr(world.whole_lives, name), dtype=np.float64)
    found = found * weights.reshape(-1, *[1] * (found.ndim - 1))
    for axis, key in enumerate((SEGMENT, ORIGIN)):
        if key not in by:
            found = found.sum(axis=axis, keepdims=True)
    return found


def _keys_of(world: World, by: list[str], segment: int, origin: int) -> dict[str, str]:
    names = {SEGMENT: world.segments[segment], ORIGIN: world.origins[origin]}
    return {key: name for key, name in names.items() if key in by}


def distribution(world: World, by: list[str]) -> pd.DataFrame:
    """Customers by their value, at the centers of bins (within 1.6 % of each value); empty bins are left out.

    The value is that of the simulation: within the horizon for a run, over whole lives for a `Clv`.
    """
    real, centers = _of_values(world, by, "values"), world.whole_lives.bin_centers
    parts = []
    for s, o in np.ndindex(real.shape[:2]):
        some = real[s, o] > 0
        part = pd.DataFrame({"value": centers[some], "customers": real[s, o, some]})
        for key, name in _keys_of(world, by, s, o).items():
            part[key] = name
        parts.append(part)
    columns = [key for key in (SEGMENT, ORIGIN) if key in by]
    return pd.concat(parts, ignore_index=True)[[*columns, "value", "customers"]]


def quantiles(world: World, keys: list[str], levels: Sequence[float]) -> pd.DataFrame:
    """By keys: customers, the mean of their values (from their exact sum) and quantiles (from the bins)."""
    real, sums = _of_values(world, keys, "values"), _of_values(world, keys, "value_sums")
    centers = world.whole_lives.bin_centers
    rows = []
    for s, o in np.ndindex(sums.shape):
        some = real[s, o] > 0
        people = real[s, o, some]
        if keys and not some.any():  # nobody is there
            continue
        row: dict[str, object] = {**_keys_of(world, keys, s, o)}
        row |= {"customers": people.sum(), "mean": sums[s, o] / people.sum() if some.any() else np.nan}
        share = np.cumsum(people) / people.sum() if some.any() else people
        for level in levels:
            at = min(int(np.searchsorted(share, level - 1e-12)), len(people) - 1)
            row[f"q{100 * level:g}"] = centers[some][at] if some.any() else np.nan
        rows.append(row)
    return pd.DataFrame(rows, columns=[*keys, "customers", "mean", *(f"q{100 * x:g}" for x in levels)])
