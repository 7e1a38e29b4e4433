"""`gw.data.from_calls`: what it reads, refuses, warns of and writes."""

from __future__ import annotations

import pickle
import re
from typing import Any

import goodwill as gw
import numpy as np
import pandas as pd
import pytest

ASKED: dict[str, Any] = {
    "time": "at",
    "volume": "calls",
    "abandoned": "gone",
    "handling": "aht",
    "wait": "wait",
    "agents": "agents",
    "unit": "seconds",
    "wait_of": "all",
    "length": 60,
    "period": "month",
    "asof": "2026-12-31",
}


def intervals(days: int = 25) -> pd.DataFrame:
    random = np.random.default_rng(1)
    at = [
        pd.Timestamp("2026-03-02 08:00") + pd.Timedelta(days=d, hours=h)
        for d in range(days)
        for h in range(8)
    ]
    calls = random.poisson(np.tile([40, 60, 75, 80, 75, 60, 50, 40], days))
    gone = random.binomial(calls, np.clip((calls - 40) / 400, 0.005, 1))
    table = pd.DataFrame({"at": at, "calls": calls, "gone": gone})
    table["aht"] = 300 + 5 * random.standard_normal(len(at))
    table["wait"] = 180 * gone / calls  # patience of three minutes
    table["agents"] = 7
    return table


def fit(data: pd.DataFrame | None = None, **more: Any) -> gw.data.CallsFit:
    return gw.data.from_calls(intervals() if data is None else data, **{**ASKED, **more})


def test_intervals_become_a_team() -> None:
    found = fit(exposure=20_000, shrinkage="20 %")
    assert list(found.values) == ["phone_handling", "phone_patience", "phone_agents", "phone_starts"]
    assert found.values["phone_patience"] == pytest.approx(3)
    assert found.values["phone_handling"] == pytest.approx(5, rel=0.01)
    assert found.values["phone_starts"] == pytest.approx(intervals()["calls"].sum() / 20_000)
    assert found.hours == pytest.approx(8)
    assert found.values["phone_agents"] * 0.8 == pytest.approx(fit().values["phone_agents"])
    assert "Callers would wait 3.00 minutes on average before they go" in repr(found).replace("\n", " ")
    assert found.profile()["share"].sum() == pytest.approx(1)
    assert pickle.loads(pickle.dumps(found)) == found


def test_closed_days_shorten_the_hours() -> None:
    """Models are open every day; a line closed at weekends has fewer hours on each."""
    data = intervals()
    weekdays = data[data["at"].dt.day_of_week < 5]
    days = (weekdays["at"].max().normalize() - weekdays["at"].min().normalize()).days + 1
    assert fit(weekdays).hours == pytest.approx(len(weekdays) / days)


def test_the_team_stands_in_models() -> None:
    alone = fit(exposure=20_000).model()
    assert alone["teams.phone.patience"] == pytest.approx(3)  # all intervals say the same
    assert gw.run(alone, replications=2, draws=0, threads=1).teams(by=[])["load"].iloc[0] > 0
    base = gw.Model(
        horizon=6,
        segments={"all": {"count": 500}},
        stages={"customer": {}},
        teams={"phone": {"agents": 3, "cost": 50}},
        journeys={"help": {"starts": 0.1, "touchpoints": {"call": {"team": "phone"}}}},
    )
    model = fit(exposure=20_000).model(base)
    assert model["teams.phone.cost"] == 50
    assert model["teams.phone.agents"] == "$phone_agents"
    assert model["help.starts"] == 0.1
    beside = fit(team="chat").model(base)
    assert beside["teams.chat.hours"] == 8
    with pytest.raises(ValueError, match="segment: a team serves all segments"):
        fit().model(base, segment="all")
    with pytest.raises(ValueError, match=r"whose calls these are: from_calls\(..., exposure=\)"):
        fit().model()


def test_agents_who_do_not_fit_their_calls_are_a_warning() -> None:
    found = fit(intervals().assign(agents=12))
    assert any("agents on duty may not all be there for calls" in text for text in found.warnings)


def test_few_days_and_empty_desks_are_warnings() -> None:
    data = intervals(12)
    data.loc[0, "agents"] = 0
    told = " ".join(fit(data).warnings)
    assert "Only 12 days" in told
    assert f"{data['calls'][0]:,.0f} calls came while nobody was on duty" in told
    assert "begin 60 minutes apart, which is less than length (90)" in " ".join(fit(length=90).warnings)


def test_a_chart_of_the_day() -> None:
    pytest.importorskip("matplotlib").use("agg")
    assert fit().plot().get_title(loc="left") == "Calls given up"


def with_value(name: str, row: int, value: object) -> pd.DataFrame:
    data = intervals().astype({name: object})
    data.loc[row, name] = value
    return data


@pytest.mark.parametrize(
    ("data", "more", "message"),
    [
        (None, {"volume": "call"}, "volume: there is no column 'call'; did you mean 'calls'?"),
        (None, {"unit": "hours"}, "unit is 'hours'; it must be one of seconds, minutes"),
        (None, {"wait_of": "answered"}, "wait_of is 'answered'; it must be 'all' or 'served'"),
        (None, {"length": 0}, "length is 0; it must be minutes from 1 to 1440"),
        (None, {"shrinkage": 1}, "shrinkage is 1; it must be a share below 1"),
        (None, {"exposure": -1}, "exposure is -1; it must be customer-months, above 0"),
        (None, {"asof": "2026-03-01"}, "200 rows where 'at' is after asof"),
        (with_value("gone", 3, 999), {}, "1 row where more are in 'gone' than in 'calls': row 3"),
        (with_value("aht", 3, None), {}, "1 row where calls were served and 'aht' is missing or 0: row 3"),
        (with_value("wait", 3, -1), {}, "1 row where 'wait' is negative: row 3"),
        (with_value("at", 3, "2026-03-02 08:00"), {}, "2 rows where 'at' comes twice: rows 0, 3"),
        (intervals(3), {}, "there are 3 days; at least 5 are needed"),
        (intervals().assign(gone=0), {}, "abandoned: 0 calls in all were given up"),
        (intervals().assign(wait=0), {}, "wait: nobody waited, and yet calls were given up"),
    ],
)
def test_errors_say_what_is_wrong(data: pd.DataFrame | None, more: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=re.escape(message)):
        fit(data, **more)
