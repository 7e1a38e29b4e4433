"""Prospects and lapsed customers are not customers: only kind customer counts as customers or in churn."""

from __future__ import annotations

import goodwill as gw
import numpy as np
import pytest
from goodwill.results import tables

LEADS = {
    "horizon": "3 years",
    "currency": "EUR",
    "segments": {
        "homes": {
            "count": 40_000,
            "tenure": "4 years",
            "arrivals": {"count": "1_500 / month", "stage": "lead"},
            "acquisition_cost": 40,
        }
    },
    "stages": {
        "lead": {"kind": "prospect", "churn": "60 %", "moves": {"customer": "40 %"}},
        "customer": {"fee": 30, "churn": {"average": "2 % / month", "satisfaction": -0.4}},
    },
}
ROUND_TRIP = {
    "horizon": "2 years",
    "segments": {
        "all": {
            "count": 20_000,
            "tenure": 0,
            "arrivals": {"count": "600 / month", "stage": "asking"},
        }
    },
    "stages": {
        "asking": {"kind": "prospect", "churn": "30 %", "moves": {"member": "20 %"}},
        "member": {"fee": 20, "churn": "2 %", "moves": {"quiet": "5 %"}},
        "quiet": {"kind": "lapsed", "churn": "10 %", "moves": {"member": "15 %"}},
    },
    # Asking by telephone: kind changes in the middle of a period, and at most once.
    "journeys": {
        "ask": {
            "stages": ["asking"],
            "starts": "50 %",
            "touchpoints": {
                "call": {"failure": "10 %", "next": {"ok": {"member": "30 %"}, "failed": "lost"}}
            },
        },
        "leave": {
            "starts": "3 %",
            "touchpoints": {"desk": {"next": {"quiet": "50 %", "lost": "20 %"}}},
        },
    },
}


def concordant(table: object) -> None:
    rows = np.asarray(table["customers_start"] + table["joined"] - table["lost"])  # type: ignore[index]
    np.testing.assert_allclose(rows, table["customers_end"], rtol=1e-12, atol=1e-6)  # type: ignore[index]


def test_churn_is_what_check_says_whatever_leads_do() -> None:
    model = gw.Model(**LEADS)
    run = gw.run(model, replications=5)
    year = run.table(by="year").iloc[0]
    got = gw.check(model).table().set_index("figure").loc["customer.churn", "got"]
    # 10^6 simulated customer-periods in a year: a standard error of 1.4e-4, and the level that anchoring
    # found is off by less than 2e-4
    assert got == pytest.approx(0.02, abs=4e-4)
    assert year["churn"] == pytest.approx(got, abs=7e-4)
    lost = run.moves(by="year").query("year == 1 and `to` == 'lost'").set_index("from")["customers"]
    assert year["lost"] == pytest.approx(lost["customer"])
    everybody = lost.sum() / run.stages(by="year").query("year == 1")["customers"].sum()
    assert everybody > 0.035  # the churn of everybody, which includes leads that come to nothing
    assert f"churn is {100 * run.table(by=[])['churn'].iloc[0]:.2f} % a month" in repr(run)
    assert "prospects (1" in repr(run)


def test_prospects_stand_beside_customers() -> None:
    table = gw.run(gw.Model(**LEADS)).table(by=["period"])
    concordant(table)
    # All leads decide in the month they come: 40 % x 40 % become customers.
    assert (table["prospects"] == 0.24 * table["leads"]).sum() < len(table)
    assert table["leads"].sum() == pytest.approx(36 * 1_500, rel=1e-3)
    assert (table["joined"] == table["won"]).all()
    assert table["lapsed"].sum() == 0
    # 27,000 simulated leads and those who stayed: a standard error of 0.002
    assert table["won"].sum() / (table["won"] / table["conversion"]).sum() == pytest.approx(0.16, abs=0.01)


def test_the_ledger_is_concordant_where_kinds_change_in_mid_period() -> None:
    run = gw.run(gw.Model(**ROUND_TRIP), replications=2)
    for by in (["period"], ["year"], [], ["period", "origin"], ["replication", "period"]):
        table = run.table(by=by)
        concordant(table)
    periods = run.table(by=["period"])
    np.testing.assert_allclose(periods["customers_end"][:-1], periods["customers_start"][1:])
    stages = run.stages().pivot(index="period", columns="stage", values="customers")
    np.testing.assert_allclose(
        periods["prospects"][:-1] + periods["leads"][1:].to_numpy(), stages["asking"][1:]
    )
    np.testing.assert_allclose(periods["lapsed"][:-1], stages["quiet"][1:])
    assert (periods[["won", "won_back", "lapsed", "prospects"]].sum() > 0).all()


def test_survival_weights_count_the_same_kinds() -> None:
    model = gw.Model(
        **ROUND_TRIP,
        investments={"ads": {"changes": {"arrivals": {"times": 1.2}}}},
        scenarios={"more": ["ads"]},
    )
    study = gw.compare(model, replications=30)
    assert study.provenance["survival_weights"]
    exact = gw.expect(model).table(by="period")
    world = tables.customers_and_money(study.world("baseline"), ["period"])
    concordant(world)
    for column in ("customers_end", "prospects", "lapsed", "joined", "lost", "won", "won_back"):
        total, expected = world[column].sum(), exact[column].sum()
        # 600,000 simulated customers; the smallest of these counts 10,000 of them
        assert total == pytest.approx(expected, rel=0.02), column


def test_a_closed_form_of_leads_and_customers() -> None:
    leads, left, move, churn, months = 500.0, 0.3, 0.2, 0.05, 24
    model = gw.Model(
        horizon=months,
        segments={"all": {"arrivals": {"count": leads, "stage": "lead"}}},
        stages={
            "lead": {"kind": "prospect", "churn": left, "moves": {"customer": move}},
            "customer": {"fee": 1, "churn": churn},
        },
        agents="all",
    )
    exact = gw.expect(model).table(by="period").set_index("period")
    run = gw.run(model, replications=40).table(by="period").set_index("period")
    prospects = customers = 0.0
    for t in range(1, months + 1):
        there = prospects + leads
        won, lost = there * (1 - left) * move, customers * churn
        prospects, customers = there * (1 - left) * (1 - move), customers + won - lost
        wanted = {"prospects": prospects, "customers_end": customers, "won": won, "joined": won, "lost": lost}
        wanted["conversion"] = (1 - left) * move
        for column, value in wanted.items():
            assert exact.loc[t, column] == pytest.approx(value, rel=1e-7), (t, column)
        # means of 40 counts that are at most Poisson: 5 standard errors
        for column in ("prospects", "customers_end", "won", "lost"):
            assert run.loc[t, column] == pytest.approx(
                wanted[column], abs=5 * (wanted[column] / 40) ** 0.5 + 1e-9
            )
    assert exact.loc[months, "churn"] == pytest.approx(churn, rel=1e-7)


def test_who_is_won_back_is_no_new_lead() -> None:
    model = gw.Model(
        horizon=12,
        segments={"all": {"count": 1_000, "tenure": 0}},
        stages={
            "member": {"churn": "1 %", "moves": {"quiet": "10 %"}},
            "quiet": {"kind": "lapsed", "moves": {"member": "25 %"}},
        },
    )
    table = gw.expect(model).table(by="period")
    members, quiet = 1_000.0, 0.0
    for row in table.to_dict("records"):
        lost, back = members * (1 - 0.99 * 0.9), quiet * 0.25
        quiet += members * 0.99 * 0.1 - back
        members += back - lost
        assert row["lost"] == pytest.approx(lost, rel=1e-7)
        assert row["won_back"] == row["joined"] == pytest.approx(back, rel=1e-7)
        assert row["lapsed"] == pytest.approx(quiet, rel=1e-7)
        assert row["customers_end"] == pytest.approx(members, rel=1e-7)
        assert np.isnan(row["conversion"])


def test_goals_speak_of_customers() -> None:
    model = gw.Model(
        **LEADS,
        investments={"none": {"cost": {"upfront": 1}}},
        scenarios={"nothing": ["none"]},
        goals={
            "churn": {"at_most": 0.025},
            "conversion": {"at_least": 0.1},
            "customers": {"at_most": 45_000},
        },
    )
    goals = gw.compare(model, replications=30).goals().set_index(["goal", "scenario"])
    assert goals.loc[("churn", "nothing"), "value"] == pytest.approx(0.02, abs=0.002)
    assert goals.loc[("conversion", "nothing"), "value"] == pytest.approx(0.16, abs=0.01)
    assert goals.loc[("conversion", "nothing"), "met"]
    with pytest.raises(gw.ModelError, match="conversion needs a stage of kind prospect"):
        gw.Model(
            segments={"all": {"count": 1}}, stages={"customer": {}}, goals={"conversion": {"at_least": 0.1}}
        )


def test_the_value_of_an_acquired_customer_bears_the_cost_of_all_leads() -> None:
    # Leads decide in their first month, customers pay one fee of 100 in the month after and are gone.
    model = gw.Model(
        horizon=24,
        segments={"all": {"arrivals": {"count": 2_000, "stage": "lead"}, "acquisition_cost": 7}},
        stages={
            "lead": {"kind": "prospect", "churn": "75 %", "moves": {"customer": "otherwise"}},
            "customer": {"fee": 100, "churn": "100 %"},
        },
        finance={"discount": 0},
    )
    clv = gw.clv(model)
    acquired = clv.table(by="origin").set_index("origin").loc["acquired"]
    run = gw.run(model).table(by=[]).iloc[0]
    # Those who came in the last month become customers after the horizon; all are followed.
    assert acquired["customers"] == pytest.approx(run["leads"] / 4, rel=0.02)
    assert acquired["present_value"] == pytest.approx(
        100 * acquired["customers"] - 7 * run["leads"], rel=1e-6
    )
    assert acquired["clv"] == pytest.approx(100 - 7 * run["leads"] / acquired["customers"], rel=1e-6)
    assert acquired["q50"] == pytest.approx(93, rel=0.02)
    cohorts = clv.table(by="cohort").set_index("cohort")
    first = clv.cohorts().query("joined == 3")
    assert first["customers"].tolist()[:3] == [0, pytest.approx(cohorts.loc[3, "customers"]), 0]
    assert first["kept"].tolist()[:3] == [0, 1, 0]


def test_todays_customers_are_those_who_are_customers_today() -> None:
    model = gw.Model(
        horizon=12,
        segments={"all": {"count": 10_000, "tenure": {"exactly": "2 years"}}},
        stages={
            "member": {"fee": 10, "churn": "2 %", "moves": {"quiet": "5 %"}},
            "quiet": {"kind": "lapsed", "churn": "5 %", "moves": {"member": "2 %"}},
        },
        finance={"discount": "10 %"},
    )
    start = gw.run(model).table(by="period").iloc[0]
    today = gw.clv(model).table(by="origin").iloc[0]
    assert today["customers"] == pytest.approx(start["customers_start"])
    assert start["customers_start"] < 8_500
    values = gw.expect(model, infinite=True).values().set_index("stage")["value"]
    # Tenure changes nothing here, so a customer of today is worth what one new member is: 0.7 % with 8,000.
    assert today["clv"] == pytest.approx(values["member"], rel=0.035)
    assert today["present_value"] > today["clv"] * today["customers"]  # the lapsed are worth something too


def test_the_gallery_counts_patients_not_enquiries() -> None:
    model = gw.example("dental")
    year = gw.run(model).table(by="year").iloc[0]
    assert 0.008 < year["churn"] < 0.02
    assert year["prospects"] > 0
