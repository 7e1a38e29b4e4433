"""What a sweep found, as a table and as arrays."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from goodwill import _core
from goodwill.engine.world import Numbers
from goodwill.sweeps.designs import GRID, Design
from goodwill.sweeps.finished import FAILED, Finished, Key
from goodwill.sweeps.points import Point, SweepQuestion
from goodwill.text.arguments import missing

if TYPE_CHECKING:
    import xarray

BETWEEN = ("npv", "contribution", "cost", "tax", "beyond_horizon", "customers_gained", "nps_gained", "value")
"""Measures with an interval."""
LEVELS = ("customers", "nps")
ROI = ("roi", "roi_low", "roi_high", "roi_bounded")
NUMBERS = (
    *("npv", "npv_low", "npv_high", *ROI),
    *(name + end for name in BETWEEN[1:] for end in ("", "_low", "_high")),
    *LEVELS,
)
POINT, SCENARIO, STATUS, ERROR = "point", "scenario", "status", "error"
MOST_SHOWN = 20
INDEX = {name: k for k, name in enumerate(_core.measures)}


def summary(numbers: Numbers, level: float) -> list[Any]:
    """`NUMBERS` of replications x measures. The ROI is NaN unless the mean cost is above 0."""
    found: dict[str, Any] = {}
    for name in BETWEEN:
        ends = (name, f"{name}_low", f"{name}_high")
        found |= dict(zip(ends, _core.mean_interval(numbers[:, INDEX[name]][None], level), strict=True))
    cost = numbers[:, INDEX["cost"]]
    ratio: tuple[Any, ...] = (np.nan, np.nan, np.nan, False)
    if found["cost"] > 0:
        ratio = _core.ratio_interval((numbers[:, INDEX["contribution"]] - cost)[None], cost[None], level)
    found |= dict(zip(ROI, ratio, strict=True))
    found |= {name: float(numbers[:, INDEX[name]].mean()) for name in LEVELS}
    return [found[name] for name in NUMBERS]


def sweep_table(
    finished: Finished,
    design: Design,
    points: list[Point],
    question: SweepQuestion,
    replications: int,
    level: float,
) -> pd.DataFrame:
    known: dict[tuple[Key, str], list[Any]] = {}
    for key, scenario, numbers in finished.numbers({point.key for point in points}, replications):
        known[key, scenario] = summary(numbers, level)
    nothing = [np.nan] * len(NUMBERS)
    rows = []
    for number, point in enumerate(points):
        status = finished.status(point, replications)
        error = finished.error(point, replications) if status == FAILED else None
        for scenario in question.scenarios:
            rows.append((number, scenario, status, error, *known.get((point.key, scenario), nothing)))
    table = pd.DataFrame(rows, columns=[POINT, SCENARIO, STATUS, ERROR, *NUMBERS])
    factors = design.table().iloc[table[POINT].to_numpy()].reset_index(drop=True)
    table = pd.concat([table[[POINT]], factors, table.drop(columns=POINT)], axis=1)
    if not question.run_off:
        table = table.drop(columns=[name for name in table if str(name).startswith("beyond_horizon")])
    return table.assign(roi_bounded=table["roi_bounded"].fillna(False).astype(bool))


def shown(table: pd.DataFrame, design: Design) -> pd.DataFrame:
    """The columns that people look at first."""
    columns = [POINT, *design.rows, SCENARIO, "npv", "npv_low", "npv_high", "roi", "cost", "customers_gained"]
    failed = [STATUS] if (table[STATUS] != "ok").any() else []
    return table[[*columns, *failed]].head(MOST_SHOWN)


def as_xarray(table: pd.DataFrame, design: Design) -> xarray.Dataset:
    try:
        import xarray  # noqa: F401
    except ImportError:
        raise ImportError(missing("arrays need", "xarray")) from None
    numbers = [name for name in table if name in NUMBERS or name == STATUS]
    if design.kind == GRID:
        return table.set_index([*design.rows, SCENARIO])[numbers].to_xarray()
    found = table.set_index([POINT, SCENARIO])[numbers].to_xarray()
    return found.assign_coords({name: (POINT, column) for name, column in design.table().items()})
