"""Single simulated customers add up to the tables of the run, and look like the firm's own tables."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import goodwill as gw
import numpy as np
import pandas as pd
import pytest
from goodwill.results.customers import Customers
from numpy.testing import assert_allclose

FIRM: dict[str, Any] = {
    "horizon": 12,
    "agents": "all",
    "segments": {
        "old": {"count": 300, "tenure": "3 years"},
        "new": {"count": 200, "arrivals": 12, "acquisition_cost": 5},
    },
    "stages": {
        "basic": {"fee": 10, "churn": "4 % / month", "moves": {"premium": "2 % / month"}},
        "premium": {"fee": 25, "churn": {"average": "2 % / month", "satisfaction": -0.3}},
    },
    "journeys": {
        "support": {
            "starts": "0.8 / month",
            "touchpoints": {
                "bot": {"failure": "30 %", "next": {"failed": "agent"}, "wait": "1 minutes"},
                "agent": {"failure": "10 %", "recovery": "50 %", "cost": 4, "happens": "90 %"},
            },
        },
        "pay": {"starts": "40 %", "touchpoints": {"invoice": {}}},
    },
    "orders": {"rate": "0.7 / month", "value": 30, "value_cv": 0.5, "spread": {"gamma": 2}},
    "referrals": {"rate": "0.05 / month"},
    "survey": {"response": "30 %"},
}


def firm(changes: Mapping[str, object] | None = None) -> gw.Model:
    return gw.Model(**FIRM).assign(changes or {})


def everybody(model: gw.Model, **options: Any) -> tuple[gw.Run, Customers]:
    run = gw.run(model, replications=1, draws=0, seed=4, **options)
    return run, run.customers(sum(run.lives.ran.agents.values()) or None)


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"teams.phone": {"capacity": 60}, "journeys.support.agent.team": "phone"},
        {"segments.old.spend": {"cv": 0.8}},
    ],
)
def test_customers_add_up_to_the_run(changes: dict[str, object]) -> None:
    run, customers = everybody(firm(changes))
    table = run.table(by=["period", "segment", "origin"])
    panel = customers.panel().groupby(["period", "segment", "origin"]).size()
    start = table.set_index(["period", "segment", "origin"])
    here = start["customers_start"] + start["joined"]
    assert_allclose(panel.reindex(here.index, fill_value=0), here)
    subscriptions = customers.subscriptions()
    totals = run.table(by=[]).iloc[0]
    assert subscriptions["churned"].sum() == totals["lost"]
    assert (~subscriptions["churned"]).sum() == totals["customers_end"]
    lost = subscriptions.groupby("left").size()
    by_period = run.table(by="period").set_index("period")["lost"]
    assert_allclose(lost.reindex(by_period.index, fill_value=0), by_period)
    assert len(customers.orders()) == totals["orders"]
    paid = customers.panel()["fee"].sum() + customers.orders()["amount"].sum()
    assert_allclose(paid, totals["revenue"], rtol=1e-6)  # amounts are single precision
    answers = customers.answers()
    assert len(answers) == totals["responses"]
    nps = 100 * ((answers["score"] >= 9).mean() - (answers["score"] <= 6).mean())
    assert_allclose(nps, totals["nps_measured"], atol=1e-9)


def test_contacts_add_up_to_the_touchpoints() -> None:
    run, customers = everybody(firm())
    contacts = customers.contacts()
    counts = contacts.groupby(["touchpoint", "outcome"]).size().unstack(fill_value=0)
    for row in run.touchpoints(by=[]).to_dict("records"):
        name = str(row["touchpoint"]).split(".")[-1]
        assert counts.loc[name].sum() == row["contacts"]
        assert counts.loc[name, "recovered"] == row["recovered"]
        assert counts.loc[name, "failed"] == row["failed"]
    walks = contacts.groupby("case")
    assert (walks["customer"].nunique() == 1).all()
    assert (walks["touchpoint"].first() != "agent").all()
    support = run.journeys(by=[]).set_index("journey").loc["support", "started"]
    assert contacts.loc[contacts["journey"] == "support", "case"].nunique() == support
    assert contacts.loc[contacts["touchpoint"] == "bot", "wait"].eq(1).all()
    failed = contacts[contacts["outcome"] == "failed"]
    assert (failed["score"] == 2).all()
    assert contacts.groupby("case")["time"].apply(lambda t: t.is_monotonic_increasing).all()


def test_a_log_of_some_is_part_of_a_log_of_more() -> None:
    run = gw.run(firm({"referrals.rate": 0, "segments.new.arrivals": 0}), replications=1, draws=0)
    few, many = run.customers(250), run.customers(500)
    assert many.n == 500
    assert 200 < few.n < 300  # 250 by lot, standard deviation 11
    some = few.panel().drop(columns="customer")
    all_ = many.panel().drop(columns="customer")
    # Numbers differ, lives do not.
    merged = some.merge(all_.drop_duplicates(), how="left", indicator=True)
    assert (merged["_merge"] == "both").all()


def test_those_who_meet_one_another_are_chosen_from_all() -> None:
    model = firm({"teams.phone": {"capacity": 60}, "journeys.support.agent.team": "phone"})
    run = gw.run(model, replications=1, draws=0)
    some = run.customers(100)
    base = (some.subscriptions()["origin"] == "initial").sum()
    assert 65 < base < 140  # 100 by lot of 500, standard deviation 9
    assert some == run.customers(100)


def test_subscriptions_know_when_each_joined_and_was_first_seen() -> None:
    _, customers = everybody(firm({"segments.old.tenure": {"exactly": "3 years"}}))
    table = customers.subscriptions()
    old = table[(table["segment"] == "old") & (table["origin"] == "initial")]
    assert (old["joined"] == -36).all()
    assert (old["entry"] == 0).all()
    stayed = old[~old["churned"]]
    assert (stayed["tenure"] == 48).all()
    assert stayed["left"].isna().all()
    gone = table[table["churned"]]
    assert_allclose(gone["left"] - gone["joined"], gone["tenure"])
    assert set(table["fee"]) == {10, 25}


def test_prospects_join_when_they_become_customers() -> None:
    model = gw.Model(
        horizon=6,
        agents="all",
        segments={"all": {"count": 0, "arrivals": {"count": 50, "stage": "lead"}}},
        stages={
            "lead": {"kind": "prospect", "moves": {"client": "30 %", "lost": "otherwise"}},
            "client": {"fee": 5, "churn": "10 %", "moves": {"gone": "5 %"}},
            "gone": {"kind": "lapsed", "moves": {"client": "10 %"}},
        },
    )
    run, customers = everybody(model)
    table = customers.subscriptions()
    moves = run.moves(by=[]).set_index("move")["customers"] if "move" in run.moves(by=[]) else None
    won = run.table(by=[]).iloc[0]["won"]
    # Who is won in the last period is a customer only after it.
    late = run.table(by="period").iloc[-1]["won"]
    assert len(table) == won - late
    assert moves is None or moves.sum() > 0
    assert (table["joined"] >= 1).all()
    assert (table["fee"] == 5).all()


def test_dates() -> None:
    run = gw.run(firm(), replications=1, draws=0)
    customers = run.customers(100, start="2026-01-31")
    table = customers.subscriptions()
    joined = table.loc[table["origin"] == "acquired", "joined"]
    assert set(joined.dt.strftime("%m-%d")) <= {
        *(
            "01-31",
            "02-28",
            "03-31",
            "04-30",
            "05-31",
            "06-30",
            "07-31",
            "08-31",
            "09-30",
            "10-31",
            "11-30",
            "12-31",
        )
    }
    assert table["left"].max() == pd.Timestamp("2027-01-31") or table["left"].max() < pd.Timestamp(
        "2027-01-31"
    )
    orders = customers.orders()
    assert orders["time"].between(pd.Timestamp("2026-01-31"), pd.Timestamp("2027-01-31")).all()
    plain = run.customers(100).orders()
    assert np.array_equal(plain["amount"], orders["amount"])
    assert np.array_equal(np.argsort(plain["time"], kind="stable"), np.argsort(orders["time"], kind="stable"))


def test_orders_within_a_period_have_an_order() -> None:
    _, customers = everybody(firm())
    orders = customers.orders()
    assert orders.groupby("customer")["time"].apply(lambda t: t.is_monotonic_increasing).all()
    within = orders["time"] % 1
    assert_allclose(within.mean(), 0.5, atol=4 * 0.29 / np.sqrt(len(within)))


@pytest.mark.parametrize(
    ("ask", "message"),
    [
        (
            {"n": 600},
            "n is 600; it must be a whole number from 1 to 500, the customers that are simulated",
        ),
        ({"n": 0}, "n is 0; it must be a whole number from 1"),
        ({"start": "31.1.2026"}, "start is '31.1.2026'; it must be a date such as '2026-09-30'"),
    ],
)
def test_errors(ask: dict[str, Any], message: str) -> None:
    run = gw.run(firm(), replications=1, draws=0)
    with pytest.raises(ValueError, match=message):
        run.customers(**ask)


def test_it_can_be_shown_and_copied() -> None:
    import pickle

    run = gw.run(firm(), replications=1, draws=0)
    customers = run.customers(50)
    assert pickle.loads(pickle.dumps(customers)) == customers
    assert "customers over 12 months" in repr(customers)
    assert len(customers.panel().columns) == 10


def test_nobody() -> None:
    empty = gw.Model(horizon=2, segments={"all": {"count": 1}}, stages={"c": {"churn": "90 %"}})
    customers = gw.run(empty, replications=1).customers(1)
    assert len(customers.subscriptions()) == 1
    assert customers.contacts().empty
    assert customers.orders().empty
