"""Effort and completion: what runs, studies, pages and the exact solver show of them."""

from collections.abc import Callable
from pathlib import Path

import goodwill as gw
import numpy as np
import pandas as pd
import pytest

HELP = {
    "help": {
        "starts": "20 % / month",
        "first": {"bot": "50 %", "call": "50 %"},
        "touchpoints": {
            "bot": {"failure": "40 %", "effort": 2, "next": {"failed": {"call": "75 %"}}},
            "call": {"channel": "phone", "failure": "10 %"},
        },
    },
    "visit": {"starts": "10 %", "touchpoints": {"shop": {}}},
}
INVESTMENTS = {
    "bot": {"start": 3, "cost": {"running": 300}, "changes": {"help.bot.effort": {"add": -0.8}}},
    "wait": {"start": 3, "cost": {"running": 300}, "changes": {"phone.wait": {"times": 0.5}}},
}
JOURNEYS = ["journey", "started", "truncated", "completed", "contacts", "completion", "contacts_per_issue"]
JOURNEYS += ["minutes", "effort"]


@pytest.fixture(scope="module")
def desk(make_firm: Callable[..., gw.Model]) -> gw.Model:
    return make_firm(
        channels={"phone": {"wait": "6 minutes", "effort": 4}},
        journeys=HELP,
        investments=INVESTMENTS,
        scenarios={name: [name] for name in INVESTMENTS},
        events={},
        goals={"completion": {"at_least": "85 %"}, "ces": {"at_most": 3.1}},
    )


@pytest.fixture(scope="module")
def run(desk: gw.Model) -> gw.Run:
    return gw.run(desk, replications=4)


@pytest.fixture(scope="module")
def study(desk: gw.Model) -> gw.Study:
    return gw.compare(desk, replications=8)


def test_journeys_say_how_they_end_and_what_they_take(run: gw.Run) -> None:
    table = run.journeys(by=[]).set_index("journey")
    assert [*run.journeys(by=[])] == JOURNEYS
    contacts = run.touchpoints(by=[]).set_index(["journey", "touchpoint"])
    # some 14,000 walks: of those of the bot 40 % fail and a quarter of them give up; calls fail with 10 %
    calls = 0.5 + 0.5 * 0.4 * 0.75
    assert table.loc["help", "completion"] == pytest.approx(1 - 0.5 * 0.4 * 0.25 - 0.1 * calls, abs=0.02)
    assert table.loc["help", "contacts_per_issue"] == pytest.approx(0.5 + calls, abs=0.02)
    assert table.loc["help", "contacts"] == pytest.approx(contacts.loc["help", "contacts"].sum())
    called = contacts.loc[("help", "call"), "contacts"]
    assert table.loc["help", "minutes"] * table.loc["help", "started"] == pytest.approx(6 * called)
    mean = (2 * contacts.loc[("help", "bot"), "contacts"] + 4 * called) / table.loc["help", "contacts"]
    assert table.loc["help", "effort"] == pytest.approx(mean)
    assert table.loc["visit", "completion"] == 1
    assert table.loc["visit", "minutes"] == 0
    assert np.isnan(table.loc["visit", "effort"])


def test_the_firm_has_a_score(run: gw.Run) -> None:
    total, table = run.table(by=[]).iloc[0], run.journeys(by=[])
    assert total["completion"] == pytest.approx(table["completed"].sum() / table["started"].sum())
    assert total["ces"] == pytest.approx(table.set_index("journey").loc["help", "effort"])
    assert 1 < total["ces_measured"] < 7
    by_period = run.journeys(by=["segment", "period"])
    assert list(by_period.columns) == ["period", "segment", *JOURNEYS]
    assert by_period["completed"].sum() == pytest.approx(table["completed"].sum())


def test_the_exact_solver_agrees(make_firm: Callable[..., gw.Model]) -> None:
    firm = make_firm(
        channels={"phone": {"wait": "6 minutes", "effort": 4}},
        stages={"customer": {"churn": "2 %"}},
        journeys=HELP,
        orders={"rate": "0.1 / month", "value": 40},
        referrals={"rate": "0.01 / month"},
        investments={},
        scenarios={},
        events={},
    )
    exact, run = gw.expect(firm), gw.run(firm, replications=30)
    wanted, got = exact.journeys(by=[]).set_index("journey"), run.journeys(by=[]).set_index("journey")
    for name in ("completion", "contacts_per_issue", "minutes", "effort"):
        # some 100,000 walks
        assert got.loc["help", name] == pytest.approx(wanted.loc["help", name], rel=0.01), name
    assert exact.table(by=[])["ces"].iloc[0] == pytest.approx(wanted.loc["help", "effort"])
    assert "ces_measured" not in exact.table()


def test_a_study_shows_the_difference(study: gw.Study) -> None:
    easier, sooner = (study.journeys(name).set_index("journey").loc["help"] for name in ("bot", "wait"))
    assert easier["effort"] < easier["effort_before"] - 0.1
    assert easier["minutes"] == easier["minutes_before"]
    assert sooner["minutes"] < 0.6 * sooner["minutes_before"]
    assert sooner["effort"] == pytest.approx(sooner["effort_before"], abs=0.01)
    with pytest.raises(ValueError, match="scenario"):
        study.journeys("none")


def test_goals_of_completion_and_effort(study: gw.Study) -> None:
    table = study.goals().set_index(["goal", "scenario"])
    assert table.loc[("completion", "baseline"), "met"]
    assert not table.loc[("ces", "baseline"), "met"]
    assert table.loc[("ces", "bot"), "met"]


def test_goals_need_something_to_look_at(make_firm: Callable[..., gw.Model]) -> None:
    with pytest.raises(gw.ModelError, match="completion needs a journey"):
        make_firm(
            journeys={}, investments={}, events={}, scenarios={}, goals={"completion": {"at_least": 0.8}}
        )
    with pytest.raises(gw.ModelError, match="ces needs a touchpoint, or a channel of one, with an 'effort'"):
        make_firm(goals={"ces": {"at_most": 3}})


def test_pages_and_workbooks_show_what_differs(study: gw.Study, tmp_path: Path) -> None:
    page = study.to_html(tmp_path / "case.html", analyses=False).read_text(encoding="utf-8")
    assert "How journeys end, and what they take" in page
    assert "help: minutes waited" in page
    assert "visit: minutes" not in page  # the same in both
    book = study.to_excel(tmp_path / "case.xlsx", analyses=False)
    sheet = pd.read_excel(book, sheet_name="journeys").set_index(["scenario", "journey"])
    wanted = study.journeys("bot").set_index("journey").loc["help", "effort"]
    assert sheet.loc[("bot", "help"), "effort"] == pytest.approx(wanted, rel=1e-15)


def test_effort_stands_at_its_path(desk: gw.Model) -> None:
    assert desk["help.call.effort"] == 4
    assert desk["visit.shop.effort"] is None
    assert desk.assign({"visit.shop.effort": 6})["visit.shop.effort"] == 6


@pytest.mark.parametrize(
    ("goal", "counters", "path", "low", "best", "high"),
    [
        ("completion", ("completed", "walks"), "help.call.failure", 0.1, 0.2, 0.35),
        ("ces", ("sum_effort", "efforts"), "help.call.effort", 3, 4, 5.5),
    ],
)
def test_goals_have_a_probability_over_draws(
    make_firm: Callable[..., gw.Model],
    goal: str,
    counters: tuple[str, str],
    path: str,
    low: float,
    best: float,
    high: float,
) -> None:
    """Half of the draws lie below the value at the median, by month and by week."""
    for period in ("month", "week"):
        model = make_firm(
            agents=600,
            period=period,
            horizon="6 months" if period == "month" else "26 weeks",
            assumptions={"doubt": {"low": low, "best": best, "high": high}},
            journeys={"help": {"starts": "20 % / month", "touchpoints": {"call": {"effort": 2}}}},
            investments={"try": {"changes": {path: {"set": "$doubt"}}}},
            events={},
            scenarios={"try": ["try"]},
            goals={goal: {"at_least": 0.01 if goal == "completion" else 1}},
        )
        first = gw.compare(model, ["try"], draws=32, batches=2).world("try")
        above, below = (first.firm[:, first.index[name], -1] for name in counters)
        median = round(float(np.median(above / below)), 4)
        study = gw.compare(model.assign({f"goals.{goal}.at_least": median}), ["try"], draws=32, batches=2)
        row = study.goals().set_index("scenario").loc["try"]
        assert row["probability"] == pytest.approx(0.5, abs=0.15)
        assert 0 < row["probability_low"] < 0.5 < row["probability_high"] < 1
