"""Tables of a run: their columns, and that they add up."""

import goodwill as gw
import numpy as np
import pandas as pd
import pytest

COLUMNS = [
    *("customers_start", "joined", "lost", "customers_end", "churn"),
    *("prospects", "lapsed", "leads", "won", "won_back", "conversion"),
    *("satisfaction", "expectation", "trust", "tenure", "nps", "nps_measured", "responses"),
    *("completion", "ces", "ces_measured", "orders", "referrals", "converted"),
    *("revenue", "fee_margin", "earnings_margin", "order_margin"),
    *("service_cost", "touchpoint_cost", "recovery_cost", "referral_cost", "acquisition_cost"),
    *("contribution", "investment_cost", "event_cost"),
]
FLOWS = [
    "joined",
    "lost",
    "leads",
    "won",
    "won_back",
    "orders",
    "referrals",
    "converted",
    "responses",
    "revenue",
    "contribution",
]
FLOWS += ["touchpoint_cost", "recovery_cost", "referral_cost", "acquisition_cost", "investment_cost"]


def test_the_table_is_tidy(run: gw.Run) -> None:
    table = run.table()
    assert list(table.columns) == ["period", "segment", "origin", *COLUMNS]
    assert len(table) == 18 * 2 * 3
    assert not table.duplicated(["period", "segment", "origin"]).any()
    assert list(table["origin"][:3]) == ["initial", "acquired", "referred"]
    assert all(pd.api.types.is_float_dtype(table[name]) for name in COLUMNS)


def test_everybody_is_accounted_for(run: gw.Run) -> None:
    for by in ([], "period", "year", ["segment"], ["period", "segment", "origin"], ["replication", "year"]):
        table = run.table(by=by)
        balance = table["customers_start"] + table["joined"] - table["lost"] - table["customers_end"]
        np.testing.assert_allclose(balance, 0, atol=1e-6)
    by_period = run.table(by="period")
    np.testing.assert_allclose(by_period["customers_start"][1:], by_period["customers_end"][:-1], atol=1e-6)


@pytest.mark.parametrize("by", ["period", "year", "segment", "origin", "replication", ["segment", "year"]])
def test_totals_are_the_sums_of_their_parts(run: gw.Run, by: str | list[str]) -> None:
    parts, total = run.table(by=by), run.table(by=[]).iloc[0]
    share = 1 / run.replications if by == "replication" else 1
    for name in FLOWS:
        assert parts[name].sum() * share == pytest.approx(total[name]), name


def test_contribution_is_margin_less_cost(run: gw.Run) -> None:
    table = run.table()
    margin = table["fee_margin"] + table["earnings_margin"] + table["order_margin"]
    cost = table[
        ["service_cost", "touchpoint_cost", "recovery_cost", "referral_cost", "acquisition_cost"]
    ].sum(axis=1)
    np.testing.assert_allclose(table["contribution"], margin - cost)


def test_rates_are_fractions_and_states_on_their_scales(run: gw.Run) -> None:
    table = run.table(by=["period", "segment"])
    assert table["churn"].between(0, 1).all()
    assert table["satisfaction"].between(0, 10).all()
    assert table["trust"].between(0, 1).all()
    assert table["nps"].between(-100, 100).all()
    assert (table["responses"] < table["customers_start"]).all()


def test_real_customers_are_counted(model: gw.Model) -> None:
    few = gw.run(model.assign({"agents": 1000})).table(by="period")
    assert few["customers_start"].iloc[0] == pytest.approx(3000)


def test_stages_journeys_touchpoints_and_moves(run: gw.Run) -> None:
    stages = run.stages()
    assert list(stages.columns) == ["period", "stage", "customers"]
    table = run.table(by="period")
    np.testing.assert_allclose(stages["customers"], table["customers_start"] + table["joined"])

    contacts = run.touchpoints(by="segment")
    names = ["segment", "journey", "touchpoint", "contacts", "failed", "recovered", "failure", "recovery"]
    assert list(contacts.columns) == names
    assert list(contacts["touchpoint"]) == ["call", "letter", "call", "letter"]
    calls = contacts[contacts["touchpoint"] == "call"]
    assert calls["recovery"].to_numpy() == pytest.approx(0.5, abs=0.05)
    letters = contacts[contacts["touchpoint"] == "letter"]
    np.testing.assert_allclose(letters["contacts"], calls["failed"])

    journeys = run.journeys(by=[])
    assert list(journeys.columns) == [
        *("journey", "started", "truncated", "completed", "contacts"),
        *("completion", "contacts_per_issue", "minutes", "effort"),
    ]
    assert journeys["started"].iloc[0] == pytest.approx(calls["contacts"].sum())
    assert journeys["truncated"].iloc[0] == 0

    moves = run.moves(by="period")
    assert list(moves.columns) == ["period", "from", "to", "customers"]
    np.testing.assert_allclose(moves["customers"], table["lost"])


def test_failure_is_halved_for_those_reached(run: gw.Run, model: gw.Model) -> None:
    calls = gw.run(model, scenario="baseline").touchpoints(by=[]).iloc[0]
    assert calls["failure"] == pytest.approx(0.2, abs=0.01)  # some 10,000 calls: sd 0.004
    trained = run.touchpoints().query("touchpoint == 'call' and period >= 3")
    weighted = np.average(trained["failure"], weights=trained["contacts"])
    assert weighted == pytest.approx(0.15, abs=0.01)


def test_costs_of_investments(run: gw.Run) -> None:
    costs = run.investments()
    names = ["name", "kind", "upfront", "running", "per_customer_and_use", "cost", "treated"]
    assert list(costs.columns) == ["period", *names]
    assert costs["upfront"].sum() == 2000
    assert costs["running"].sum() == 100 * 16
    assert (costs["kind"] == "investment").all()
    assert costs["cost"].sum() == pytest.approx(run.table(by=[])["investment_cost"].iloc[0])
    third = costs[costs["period"] == 3]
    assert third["treated"].iloc[0] == pytest.approx(
        run.table(by="period")["customers_start"][2] / 2, rel=0.1
    )


def test_events_have_their_own_cost(model: gw.Model) -> None:
    total = gw.run(model, scenario="strike").table(by=[]).iloc[0]
    assert total["event_cost"] == pytest.approx(500)
    assert total["investment_cost"] == 0


def test_cohorts_hold_everybody(run: gw.Run) -> None:
    cohorts = run.cohorts()
    names = ["segment", "joined", "period", "age", "customers", "became", "kept", "revenue", "contribution"]
    assert list(cohorts.columns) == names
    present = cohorts.groupby("period")["customers"].sum()
    table = run.table(by="period")
    np.testing.assert_allclose(present, table["customers_start"] + table["joined"])
    assert cohorts["kept"].dropna().between(0, 1).all()
    earned = table["contribution"] + table["acquisition_cost"]
    money = cohorts.groupby("period")[["revenue", "contribution"]].sum()
    # Floats of 24 bits for each customer against whole numbers.
    np.testing.assert_allclose(money["revenue"], table["revenue"], rtol=1e-6)
    np.testing.assert_allclose(money["contribution"], earned, rtol=1e-6)


def test_values_of_customers(run: gw.Run) -> None:
    values = run.values()
    assert list(values.columns) == [
        "segment",
        "origin",
        "customers",
        "mean",
        "q5",
        "q25",
        "q50",
        "q75",
        "q95",
    ]
    table = run.table(by="segment")
    people = values.groupby("segment", sort=False)["customers"].sum()
    np.testing.assert_allclose(people, table["customers_start"] + table["joined"])
    levels = values[["q5", "q25", "q50", "q75", "q95"]].to_numpy()
    assert (np.diff(levels, axis=1) >= 0).all()
    spread = run.distribution(by=[])
    assert list(spread.columns) == ["value", "customers"]
    assert spread["customers"].sum() == pytest.approx(people.sum())
    total = run.values(by=[], quantiles=[0.5])
    assert list(total.columns) == ["customers", "mean", "q50"]
    with pytest.raises(ValueError, match=r"quantiles holds 50"):
        run.values(quantiles=[50])


def test_other_forms_hold_the_same_numbers(run: gw.Run) -> None:
    table = run.table()
    data = run.to_xarray()
    assert dict(data.sizes) == {"period": 18, "segment": 2, "origin": 3}
    assert float(data["revenue"].sum()) == pytest.approx(table["revenue"].sum())
    assert data["revenue"].sel(period=4, segment="old", origin="initial") == pytest.approx(
        table.query("period == 4 and segment == 'old' and origin == 'initial'")["revenue"].iloc[0]
    )
    assert list(data["segment"].values) == ["young", "old"]
    arrow = run.to_arrow()
    assert arrow.column_names == list(table.columns)
    assert b"model_hash" in arrow.schema.metadata


def test_provenance(run: gw.Run, model: gw.Model) -> None:
    notes = run.provenance
    assert notes["model_hash"] == model.hash
    assert notes["goodwill"] == gw.__version__
    assert (notes["seed"], notes["replications"], notes["scenario"]) == (1, 2, "train")
    assert notes["agents"] == {"young": 2000, "old": 1000}
    assert {"threads", "instruction_set", "discount", "timing", "currency", "horizon"} <= set(notes)


def test_threads_do_not_change_bits(model: gw.Model) -> None:
    one, three = (gw.run(model, threads=threads).table() for threads in (1, 3))
    pd.testing.assert_frame_equal(one, three, check_exact=True)


def test_seeds_do(model: gw.Model) -> None:
    one, two = (gw.run(model, seed=seed).table(by=[]) for seed in (1, 2))
    assert not one.equals(two)


def test_shows_itself(run: gw.Run) -> None:
    assert repr(run).startswith("Firm, scenario 'train': 3,000 customers become ")
    assert "<table>" in run._repr_html_()


def test_wrong_arguments_are_answered(model: gw.Model, run: gw.Run) -> None:
    wrong: list[tuple[dict[str, object], str]] = [
        ({"replications": 0}, "replications is 0; it must be a whole number from 1"),
        ({"threads": -1}, "threads is -1; it must be a whole number from 1 to 4096, or 0 for all cores"),
        ({"seed": -1}, "seed is -1"),
        ({"seed": 1.5}, "seed is 1.5"),
        ({"scenario": "trian"}, r"no scenario 'trian'; did you mean 'train'\? \(scenarios: baseline, train"),
    ]
    for keywords, text in wrong:
        with pytest.raises(ValueError, match=text):
            gw.run(model, **keywords)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match=r"no argument 'sceanrio'; did you mean 'scenario'\?"):
        gw.run(model, sceanrio="train")  # type: ignore[call-arg]
    with pytest.raises(TypeError, match=r"read it first: goodwill\.read\('firm\.yaml'\)"):
        gw.run("firm.yaml")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match=r"no key 'yeer'; did you mean 'year'\?"):
        run.table(by="yeer")
    with pytest.raises(ValueError, match="not by both"):
        run.table(by=["year", "period"])


@pytest.mark.parametrize("by", [None, 3])
def test_keys_are_names(run: gw.Run, by: object) -> None:
    for table in (run.table, run.stages, run.values):
        with pytest.raises(ValueError, match=f"by is {by}; it must be one of .*segment.*, or a list of them"):
            table(by=by)  # type: ignore[operator]
    with pytest.raises(ValueError, match="scenario is None; it must be a text"):
        gw.run(run.model, scenario=None)  # type: ignore[arg-type]


def test_means_of_values_are_those_of_sums() -> None:
    model = gw.Model(
        horizon=12,
        segments={"all": {"count": 1_000, "tenure": 0, "arrivals": 100}},
        stages={"customer": {"fee": 10, "churn": "100 %"}},
        finance={"discount": "10 %"},
    )
    found = gw.run(model, replications=2).values().set_index("origin")["mean"]
    factor = 1.1 ** (-1 / 24)  # everybody pays once, in the middle of their first month
    assert found["initial"] == pytest.approx(10 * factor, rel=1e-6)
    later = np.mean(1.1 ** -((np.arange(12) + 0.5) / 12))
    assert found["acquired"] == pytest.approx(10 * later, rel=1e-6)


def test_years_of_a_forecast_and_of_flows_have_their_periods() -> None:
    model = gw.Model(
        period="week",
        horizon="3 years",
        segments={"all": {"count": 200, "tenure": 0}},
        stages={"customer": {"fee": 7}},
        investments={"i": {"changes": {"customer.fee": {"add": 1}}}},
        scenarios={"i": ["i"]},
    )
    forecast = gw.run(model, replications=2).forecast()
    assert forecast["periods"].tolist() == [53, 52, 51]
    np.testing.assert_allclose(forecast["revenue"], forecast["periods"] * 200 * 7)
    flows = gw.compare(model, replications=2).flows("i").query("horizon == 'within'")
    assert flows["periods"].tolist() == [53, 52, 51]
    np.testing.assert_allclose(flows["revenue"].astype(float), forecast["periods"] * 200)


def test_walks_that_are_cut_off_are_said() -> None:
    model = gw.Model(
        horizon=2,
        segments={"all": {"count": 200, "tenure": 0}},
        stages={"customer": {}},
        journeys={"use": {"starts": "30 / month", "touchpoints": {"app": {}}}},
        investments={"i": {"cost": {"upfront": 1}}},
        scenarios={"i": ["i"]},
    )
    said = "walks of the journey use were cut off: after 64 steps, or above 15 a period"
    assert said in " ".join(repr(gw.run(model, replications=2)).split())
    remarks = gw.compare(model, replications=2).remarks()[-2:]
    assert [remark.startswith("Warning: ") and said in remark for remark in remarks] == [True, True]


def test_values_tell_lapsed_people_apart() -> None:
    model = gw.Model(
        horizon=12,
        segments={"all": {"count": 5_000}},
        stages={
            "active": {"fee": 20, "churn": "1 %", "moves": {"sleep": "3 %"}},
            "sleep": {"kind": "lapsed", "churn": "2 %", "moves": {"active": "5 %"}},
        },
        finance={"discount": "10 %"},
    )
    values = gw.clv(model, replications=4)
    assert " is that of today's prospects and lapsed customers." in values.sentences()[0]
    todays = values.table(by="origin").iloc[0]
    assert todays["customers"] < 4_000
    assert todays["customers"] * todays["clv"] < 0.9 * todays["present_value"]
