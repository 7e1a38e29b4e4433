"""Teams whose time is limited: what runs, studies and pages show of them, and how queues are worked out."""

import math
import pickle
import re
from collections.abc import Callable
from pathlib import Path

import goodwill as gw
import pandas as pd
import pytest

DAY = [60, 80, 100, 120, 130, 125, 115, 105, 90, 75]

HELP = {
    "help": {
        "starts": "20 % / month",
        "touchpoints": {
            "call": {"team": "desk", "failure": "20 %", "cost": 6, "earns": 1, "next": {"full": "letter"}},
            "letter": {"quality": 6, "cost": 3},
        },
    }
}
INVESTMENTS = {
    "hire": {"start": 3, "cost": {"running": 300}, "changes": {"desk.capacity": {"add": "100 / month"}}},
    "nothing": {"changes": {"desk.capacity": {"add": 0}}},
    "dearer": {"start": 7, "changes": {"teams.desk.cost": {"add": 250}}},
}


@pytest.fixture(scope="module")
def desk(make_firm: Callable[..., gw.Model]) -> gw.Model:
    """About 640 calls a month at a desk for 500."""
    return make_firm(
        teams={"desk": {"capacity": "500 / month", "cost": "1_000 / month", "strain": 1}},
        journeys=HELP,
        investments=INVESTMENTS,
        scenarios={name: [name] for name in INVESTMENTS},
        events={},
    )


@pytest.fixture(scope="module")
def run(desk: gw.Model) -> gw.Run:
    return gw.run(desk, replications=4)


@pytest.fixture(scope="module")
def study(desk: gw.Model) -> gw.Study:
    return gw.compare(desk, replications=8)


def test_serve_what_they_have_time_for(run: gw.Run) -> None:
    table = run.teams()
    assert list(table.columns) == [
        *("period", "team", "load", "capacity", "use", "unserved", "unserved_share", "wait", "cost")
    ]
    assert (table["team"] == "desk").all()
    assert (table["capacity"] == 500).all()
    assert (table["cost"] == 1000).all()
    assert (table["use"] > 1.1).all()
    served = table["load"] - table["unserved"]
    assert served.mean() == pytest.approx(500, rel=0.02)
    assert (table["unserved_share"] == table["unserved"] / table["load"]).all()
    assert (table["wait"] == 0).all()


def test_agree_with_touchpoints_and_money(run: gw.Run) -> None:
    points = run.touchpoints().set_index(["period", "touchpoint"])
    calls, letters = points.xs("call", level=1), points.xs("letter", level=1)
    table = run.teams().set_index("period")
    pd.testing.assert_series_equal(table["load"] - table["unserved"], calls["contacts"], check_names=False)
    pd.testing.assert_series_equal(calls["full"], table["unserved"], check_names=False)
    assert (letters["contacts"] == calls["full"]).all()  # a failed call ends, a full one leads to a letter
    money = run.table(by=["period"])
    assert money["team_cost"].to_numpy() == pytest.approx(1000)
    spent = 6 * calls["contacts"] + 3 * letters["contacts"]
    assert money["touchpoint_cost"].to_numpy() == pytest.approx(spent.to_numpy())
    assert money["earnings_margin"].to_numpy() == pytest.approx(calls["contacts"].to_numpy())


def test_a_team_may_cost_nothing(make_firm: Callable[..., gw.Model]) -> None:
    run = gw.run(make_firm(teams={"desk": {"capacity": 50}}, journeys=HELP), replications=2)
    for by in ([], "period", ["segment", "period"], ["replication"]):
        assert (run.table(by=by)["team_cost"] == 0).all()


def test_fixed_cost_is_shared_out_and_adds_up(run: gw.Run) -> None:
    whole, parts = run.table(by=[]).iloc[0], run.table(by=["segment", "origin"])
    assert whole["team_cost"] == pytest.approx(18_000)
    assert parts["team_cost"].sum() == pytest.approx(18_000)
    assert parts["contribution"].sum() == pytest.approx(whole["contribution"])
    assert run.forecast()["contribution"].sum() == pytest.approx(whole["contribution"])


def test_by_year_and_as_a_whole(run: gw.Run) -> None:
    years, whole = run.teams(by="year"), run.teams(by=[])
    assert list(years["year"]) == [1, 2]
    assert years["load"].sum() == pytest.approx(whole["load"][0])
    assert whole["use"][0] == pytest.approx(whole["load"][0] / (18 * 500))
    with pytest.raises(ValueError, match="teams can be broken down by"):
        run.teams(by="segment")


def test_say_why_all_live_together(run: gw.Run, study: gw.Study, make_firm: Callable[..., gw.Model]) -> None:
    assert run.provenance["coupled_by"] == ["teams"]
    assert study.provenance["coupled_by"] == ["teams"]
    assert not study.provenance["survival_weights"]
    assert "coupled_by" not in gw.run(make_firm(), replications=1).provenance
    assert "the team desk is overloaded in 18 of 18 months: more come than it has time for" in repr(
        run
    ).replace("\n", " ")


def test_hiring_has_a_value(study: gw.Study) -> None:
    row = study.teams("hire").iloc[0]
    assert row["capacity_before"] == 6000
    assert row["capacity"] == pytest.approx(12 * (500 + 100 * 16 / 18))
    assert row["unserved"] < row["unserved_before"] - 0.05
    assert row["use"] < row["use_before"]
    assert row["overloaded_before"] == 18
    table = study.table().set_index("scenario")
    assert table.loc["hire", "contribution"] > 0
    assert table.loc["hire", "cost"] == pytest.approx(300 * 16, rel=0.1)
    assert table.loc["nothing", "npv"] == 0


def test_a_fixed_cost_is_contribution(study: gw.Study) -> None:
    row = study.table().set_index("scenario").loc["dearer"]
    assert row["cost"] == 0
    assert row["npv"] == pytest.approx(row["contribution"])
    flows = study.flows("dearer", by="period")
    within = flows[flows["horizon"] == "within"]
    assert list(within["team_cost"]) == [0] * 6 + [250] * 12
    bridge = study.bridge("dearer", by=[]).set_index("step")["value"]
    assert bridge["teams"] == pytest.approx(row["npv"])
    assert bridge.sum() == pytest.approx(row["npv"])
    assert "team_cost" in study.flows("hire").columns


def test_bridge_adds_up(study: gw.Study) -> None:
    npv = study.table().set_index("scenario").loc["hire", "npv"]
    assert study.bridge("hire")["value"].sum() == pytest.approx(npv, abs=0.01)


def test_page_and_workbook_show_them(
    study: gw.Study, make_firm: Callable[..., gw.Model], tmp_path: Path
) -> None:
    page = study.to_html(tmp_path / "case.html", analyses=False).read_text(encoding="utf-8")
    assert page.count("How busy the teams are") == 3
    use = study.teams("hire")["use"][0]
    assert f'data-column="teams.desk.use" data-value="{float(use)!r}"' in page
    assert "found no room" in page
    assert "without the investments in it" in page
    book = study.to_excel(tmp_path / "case.xlsx", analyses=False)
    sheet = pd.read_excel(book, sheet_name="teams").set_index("scenario")
    assert sheet.loc["hire", "capacity"] == study.teams("hire")["capacity"][0]
    without = gw.compare(make_firm(), "train", replications=2)
    plain = without.to_html(tmp_path / "other.html", analyses=False).read_text(encoding="utf-8")
    assert "How busy the teams are" not in plain


def test_can_be_saved_and_sent(study: gw.Study, tmp_path: Path) -> None:
    gw.save(study, tmp_path / "study.goodwill")
    for again in (gw.open(tmp_path / "study.goodwill"), pickle.loads(pickle.dumps(study))):
        assert again == study
        pd.testing.assert_frame_equal(again.teams("hire"), study.teams("hire"))


def test_draws_keep_the_whole_firm(desk: gw.Model) -> None:
    doubtful = desk.assign(
        {
            "assumptions.more": {"low": 50, "best": 100, "high": 200},
            "investments.hire.changes": {"desk.capacity": {"add": "$more"}},
        }
    )
    study = gw.compare(doubtful, "hire", draws=8, batches=2)
    assert study.provenance["agents_per_replication"] == {"young": 2000, "old": 1000}
    assert study.table()["p_npv_positive"].notna().all()
    run = gw.run(doubtful, scenario="hire", draws=8, batches=2)
    assert run.teams()["capacity"].iloc[-1] == pytest.approx(500 + 115, abs=60)
    assert run.provenance["agents"] == {"young": 2000, "old": 1000}


def test_gaps_are_means_over_all_who_came(desk: gw.Model) -> None:
    still = desk.assign(
        {"segments.young.expects": "7", "segments.old.expects": "7", "experience.adaptation": 0}
    )
    call = (
        gw.compare(still, "nothing", replications=2)
        .gaps(by=[], replications=10)
        .set_index("touchpoint")
        .loc["call"]
    )
    # Who found no room expected something, too: nothing moves expectations here.
    assert call["expected"] == pytest.approx(7, abs=0.05)
    assert call["delivered"] < 7


def test_values_depend_on_the_others(desk: gw.Model) -> None:
    assert "Customers share teams, so what one is worth depends on" in repr(gw.clv(desk, replications=2))


def test_survival_weights_are_refused(desk: gw.Model) -> None:
    with pytest.raises(
        ValueError, match="survival_weights is True; they need customers who do not influence"
    ):
        gw.compare(desk, "hire", survival_weights=True)


def test_exact_solver_refuses_them(desk: gw.Model) -> None:
    with pytest.raises(gw.ModelError, match=r"help\.call\.team: customers share the team desk"):
        gw.expect(desk)


def test_labour_counted_twice_is_warned_of(desk: gw.Model) -> None:
    both = desk.assign({"investments.dearer.cost": {"running": 100}})
    warnings = " ".join(gw.check(both).warnings)
    assert "the team desk has a fixed cost, and so has each contact at help.call" in warnings
    assert "the investment dearer changes the fixed cost of the team desk and has a running cost" in warnings
    free = desk.assign({"help.call.cost": 0})
    assert "labour" not in " ".join(gw.check(free).warnings)


def test_a_team_that_serves_nothing_is_warned_of(make_firm: Callable[..., gw.Model]) -> None:
    idle = make_firm(teams={"desk": {"capacity": 5, "cost": 100}})
    assert (
        "the team desk serves no touchpoint: write team: desk at those it serves" in gw.check(idle).warnings
    )
    run = gw.run(idle, replications=1)
    assert run.teams(by=[])["load"][0] == 0
    assert math.isnan(run.teams(by=[])["capacity"][0])
    assert run.table(by=[])["team_cost"][0] == pytest.approx(1800)
    assert "coupled_by" not in run.provenance


MISTAKES = {
    "teams: {desk: {}}": "desk: a team has either a 'capacity', .* or 'agents', .*; found neither",
    "teams: {desk: {capacity: 5, agents: 3}}": "found both",
    "teams: {desk: {capacity: -1}}": "desk.capacity: '-1'",
    "teams: {desk: {agents: 4, patience: 0}}": "desk.patience: '0'",
    "teams: {desk: {agents: -4}}": "desk.agents: '-4'",
    "teams: {desk: {capacity: 5, handling: 9 minutes}}": "desk.handling: is of a team with 'agents'",
    "teams: {desk: {agents: 4, shrinkage: 120 %}}": "desk.shrinkage: '120 %'",
    "teams: {desk: {agents: 4, capcity: 5}}": "did you mean 'capacity'",
}


@pytest.mark.parametrize("text", MISTAKES)
def test_mistakes_are_named(text: str, tmp_path: Path) -> None:
    file = tmp_path / "firm.yaml"
    file.write_text(f"horizon: 12\nsegments: {{all: {{count: 10}}}}\nstages: {{customer: {{}}}}\n{text}\n")
    with pytest.raises(gw.ModelError) as error:
        gw.read(file)
    assert re.search(MISTAKES[text], str(error.value)), error.value


def test_segments_do_not_change_them(tmp_path: Path) -> None:
    file = tmp_path / "firm.yaml"
    file.write_text(
        "horizon: 12\nsegments: {all: {count: 10, changes: {desk.capacity: {add: 5}}}}\n"
        "stages: {customer: {}}\nteams: {desk: {capacity: 5}}\n"
    )
    with pytest.raises(
        gw.ModelError, match="belongs to the whole firm; it is changed by investments and events"
    ):
        gw.read(file)


def test_erlang_a() -> None:
    queue = gw.erlang_a(48, 50, handling=1, patience=2)
    assert queue.unserved == pytest.approx(0.0309122, abs=5e-8)
    assert 60 * queue.wait == pytest.approx(3.70947, abs=5e-6)
    assert queue.occupancy == pytest.approx(0.930324, abs=5e-7)
    assert queue.waits == pytest.approx(0.467774, abs=5e-7)
    assert not queue.overload
    # The average hides the busiest hours: at a load of .9 the fluid rule says that nobody is turned away.
    assert gw.erlang_a(45, 50, handling=1, patience=2, profile=DAY).unserved == pytest.approx(0.057, abs=6e-4)
    assert gw.erlang_a(45, 50, handling=1, patience=2, profile=DAY).overload


def test_erlang_c() -> None:
    queue = gw.erlang_c(48, 50, handling=1)
    assert queue.waits == pytest.approx(0.694456, abs=5e-7)
    assert 60 * queue.wait == pytest.approx(20.8337, abs=5e-5)
    full = gw.erlang_c(50, 50, handling=1)
    assert full.overload
    assert math.isinf(full.wait)
    busy = gw.erlang_c(40, 50, handling=1, profile=DAY)  # the busiest hour is over capacity
    assert busy.overload
    assert math.isinf(busy.wait)
    assert gw.erlang_c(0, 5, handling=1).wait == 0


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"arrivals": -1}, "arrivals is -1; it must not be negative"),
        ({"agents": -2}, "agents is -2; it must not be negative"),
        ({"handling": 0}, "handling is 0; it must be above 0"),
        ({"patience": 0}, "patience is 0; it must be above 0"),
        ({"profile": [0, 0]}, "profile holds nobody"),
        ({"profile": []}, "profile holds nobody"),
        ({"profile": [1, -1]}, "profile is -1; it must not be negative"),
        ({"agents": "many"}, "agents is 'many'; it must be a number"),
    ],
)
def test_erlang_refuses(arguments: dict[str, object], message: str) -> None:
    usual: dict[str, object] = {"arrivals": 48, "agents": 50, "handling": 1, "patience": 2}
    with pytest.raises(ValueError, match=re.escape(message)):
        gw.erlang_a(**{**usual, **arguments})  # type: ignore[arg-type]
