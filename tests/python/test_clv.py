"""Customer lifetime value against closed forms, the exact solver, and its own sums."""

import goodwill as gw
import numpy as np
import pytest


@pytest.fixture(scope="module")
def clv(model: gw.Model) -> gw.Clv:
    return gw.clv(model)


@pytest.mark.parametrize(("kept", "multiple"), [(0.6, 1.154), (0.7, 1.667), (0.8, 2.5), (0.9, 4.091)])
def test_multiples_of_the_margin(kept: float, multiple: float) -> None:
    # m r / (1 + i - r), first margin after a year: the value at start timing less the first margin.
    model = gw.Model(
        period="year",
        horizon=3,
        agents="all",
        segments={"all": {"count": 20_000, "tenure": 0}},
        stages={"customer": {"fee": 100, "churn": f"{100 * (1 - kept):g} % / year"}},
    )
    value = gw.clv(model, terms=gw.Terms(discount="12 %", timing="start")).table()["clv"].iloc[0]
    # Standard deviation of a discounted geometric life below 2.3: four standard errors.
    assert value / 100 - 1 == pytest.approx(multiple, abs=4 * 2.3 / np.sqrt(20_000))


def test_the_exact_solver_agrees() -> None:
    model = gw.Model(
        horizon=12,
        agents="all",
        segments={"all": {"count": 20_000, "arrivals": "200 / month", "acquisition_cost": 20}},
        stages={"customer": {"fee": 30, "service_cost": 5, "churn": "5 % / month"}},
        finance={"discount": "10 %"},
    )
    clv, exact = gw.clv(model), gw.expect(model, infinite=True)
    table = clv.table(by="origin").set_index("origin")
    # Relative standard deviation of a life about 1.
    base, one = exact.base_values()["all"], exact.values()["value"].iloc[0]
    assert table.loc["today's", "present_value"] == pytest.approx(base, rel=4 / np.sqrt(20_000))
    assert table.loc["acquired", "clv"] == pytest.approx(one - 20, rel=4 / np.sqrt(2_400))


def test_equity_is_everybody_once(clv: gw.Clv) -> None:
    equity = clv.equity().set_index("line")
    parts = equity.loc[["today's", "acquired", "referred"], "present_value"]
    assert equity.loc["customer equity", "present_value"] == pytest.approx(parts.sum())
    assert equity.loc["memo: referral value", "present_value"] == parts["referred"] > 0
    assert clv.table()["present_value"].sum() == pytest.approx(parts.sum())


def test_the_horizon_part_is_that_of_a_run(model: gw.Model, clv: gw.Clv) -> None:
    run, periods = gw.run(model), np.arange(1, 19)
    table = run.table(by=["period"])
    recurring = (table["contribution"] + table["acquisition_cost"]) @ 1.1 ** (-(periods - 0.5) / 12)
    dated = table["acquisition_cost"] @ 1.1 ** (-(periods - 1) / 12)
    within = clv.equity().set_index("line").loc["customer equity", "within_horizon"]
    assert within == pytest.approx(recurring - dated)


def test_cohorts_add_up_to_the_horizon_part(clv: gw.Clv) -> None:
    table = clv.table(by="cohort")
    dated = 1.1 ** (-(np.maximum(table["cohort"], 1) - 1) / 12)
    total = (table["within_horizon"] * table["customers"]).fillna(0) @ dated
    assert total == pytest.approx(clv.equity()["within_horizon"].iloc[3])


def test_the_mean_lies_between_the_quantiles(clv: gw.Clv) -> None:
    table = clv.table()
    today = table[table["origin"] == "today's"]
    assert (today["q5"] < today["clv"]).all()
    assert (today["clv"] < today["q95"]).all()


def test_it_starts_with_a_sentence_and_draws(clv: gw.Clv) -> None:
    pytest.importorskip("matplotlib")
    assert repr(clv).startswith("One of today's 3,000 customers is worth ")
    assert len(clv.plot.distribution().patches) == 120


def steady(**finance: object) -> gw.Model:
    """Constant churn, arrivals and referrals: everything about it is known."""
    return gw.Model(
        horizon="3 years",
        agents="all",
        segments={"all": {"count": 20_000, "arrivals": "200 / month", "acquisition_cost": 20}},
        stages={"customer": {"fee": 30, "service_cost": 5, "churn": "5 % / month"}},
        referrals={"rate": "1 % / month"},
        finance={"discount": "10 %", **finance},
    )


def test_after_tax_is_what_the_exact_solver_says() -> None:
    # Tax takes its share of the contribution, and gives back the share of acquisition half a month later.
    model = steady()
    exact = gw.expect(model, infinite=True)
    table = gw.clv(model, terms=gw.Terms(tax="25 %")).table(by="origin").set_index("origin")
    base, one = exact.base_values()["all"], exact.values()["value"].iloc[0]
    paid = 20 * (1 - 0.25 * 1.1 ** (-0.5 / 12))
    # Relative standard deviation of a life about 1; 7,200 join.
    assert table.loc["today's", "present_value"] == pytest.approx(0.75 * base, rel=4 / np.sqrt(20_000))
    assert table.loc["acquired", "clv"] == pytest.approx(0.75 * one - paid, rel=4 / np.sqrt(7_200))
    assert table.loc["referred", "clv"] == pytest.approx(0.75 * one, rel=4 / np.sqrt(5_000))


@pytest.mark.parametrize("prices", [{}, {"prices": "nominal", "inflation": "3 %"}])
def test_tax_by_hand(model: gw.Model, prices: dict[str, str]) -> None:
    # The same lives with and without tax; the money of acquisition alone is dated, and taxed half a month
    # after it is due, in the prices of when it was due.
    before = gw.clv(model, terms=gw.Terms(discount="10 %", **prices))
    after = gw.clv(model, terms=gw.Terms(discount="10 %", tax="30 %", **prices))
    table, run = before.table(), gw.run(model).table(by=["period", "segment", "origin"])
    run["period"] -= 1
    growth = 1.03 if prices else 1.0
    run["saved"] = (
        run["acquisition_cost"] * growth ** (run["period"] / 12) / 1.1 ** ((run["period"] + 0.5) / 12)
    )
    run["paid"] = run["acquisition_cost"] * (growth / 1.1) ** (run["period"] / 12)
    spent = run.groupby(["segment", "origin"], sort=False)[["paid", "saved"]].sum()
    recurring = table["present_value"].to_numpy() + spent["paid"].to_numpy()
    expected = 0.7 * recurring - spent["paid"].to_numpy() + 0.3 * spent["saved"].to_numpy()
    np.testing.assert_allclose(after.table()["present_value"], expected, rtol=1e-9)
    # Today's customers have no acquisition: each value is 70 % of what it was, and so is each quantile, up to
    # the bins' 1.6 % on both sides.
    today = table["origin"] == "today's"
    for level in ("q5", "q50", "q95"):
        np.testing.assert_allclose(after.table()[level][today], 0.7 * table[level][today], rtol=0.033)
    assert "after tax of 30 %)" in repr(after)
    assert after.provenance["values"] == "after tax of 30 %"
    assert "before tax)" in " ".join(repr(before).split())


def test_the_horizon_of_the_terms_divides_and_changes_no_value(model: gw.Model, clv: gw.Clv) -> None:
    year = gw.clv(model, terms=gw.Terms(horizon=1))
    periods = np.arange(1, 13)
    table = gw.run(model).table(by=["period"]).iloc[:12]
    recurring = (table["contribution"] + table["acquisition_cost"]) @ 1.1 ** (-(periods - 0.5) / 12)
    dated = table["acquisition_cost"] @ 1.1 ** (-(periods - 1) / 12)
    equity = year.equity()
    assert equity["within_horizon"].iloc[3] == pytest.approx(recurring - dated)
    np.testing.assert_allclose(equity["present_value"], clv.equity()["present_value"])
    columns = ["customers", "clv", "present_value", "q5", "q50", "q95"]
    np.testing.assert_allclose(year.table()[columns], clv.table()[columns])
    cohorts = year.table(by="cohort")
    dated = 1.1 ** (-(np.maximum(cohorts["cohort"], 1) - 1) / 12)
    total = (cohorts["within_horizon"] * cohorts["customers"]).fillna(0) @ dated
    assert total == pytest.approx(recurring - table["acquisition_cost"] @ 1.1 ** (-(periods - 1) / 12))
    assert year.provenance["evaluated_years"] == 1


def test_a_horizon_beyond_the_model_is_refused(model: gw.Model) -> None:
    with pytest.raises(gw.ModelError, match=r"terms\.horizon: 2 years; accepted .* and 1\.5 years"):
        gw.clv(model, terms=gw.Terms(horizon=2))


def test_one_case_on_one_set_of_terms(model: gw.Model) -> None:
    terms = gw.Terms(discount="9 %", timing="mid", tax="25 %", depreciation=3, horizon=1)
    assert gw.compare(model, terms=terms, replications=4).terms.tax == gw.clv(model, terms=terms).terms.tax


def test_cohorts_hold_the_money_of_the_ledger(model: gw.Model, clv: gw.Clv) -> None:
    cohorts, ledger = clv.cohorts(), gw.run(model).table(by=["segment"])
    money = cohorts.groupby("segment", sort=False)[["revenue", "contribution"]].sum()
    # Floats of 24 bits for each customer and period against whole numbers.
    np.testing.assert_allclose(money["revenue"], ledger["revenue"], rtol=1e-6)
    earned = ledger["contribution"] + ledger["acquisition_cost"]
    np.testing.assert_allclose(money["contribution"], earned, rtol=1e-6)
    np.testing.assert_allclose(cohorts["age"], cohorts["period"] - np.maximum(cohorts["joined"], 1))


def test_referrals_expand_accelerate_and_save() -> None:
    clv = gw.clv(steady(), terms=gw.Terms(tax="25 %"))
    equity = clv.equity().set_index("line")["present_value"]
    new = clv.referrals().set_index("segment").loc["(total)"]
    assert new["value"] == pytest.approx(equity["memo: referral value"])
    assert new["referral_value"] == new["expansion"] == new["value"]
    assert new["saved_acquisition"] == new["had_come_anyway"] == new["acceleration"] == 0
    some = clv.referrals(joined_anyway="40 %", later="18 months").set_index("segment").loc["(total)"]
    parts = some[["expansion", "acceleration", "had_come_anyway"]]
    assert parts.sum() == pytest.approx(some["value"], rel=1e-14)
    assert some["expansion"] == pytest.approx(0.6 * some["value"])
    assert some["had_come_anyway"] == pytest.approx(0.4 * some["value"] / 1.1**1.5)
    # Each of those 40 % would have cost 20, less the tax saved half a month later, 18 months after they came.
    table = gw.run(steady()).table(by=["period", "origin"])
    joined = table[table["origin"] == "referred"]["joined"].to_numpy()
    cost = 20 * (1 - 0.25 * 1.1 ** (-0.5 / 12))
    saved = 0.4 * cost * joined @ 1.1 ** (-np.arange(36) / 12) / 1.1**1.5
    assert some["saved_acquisition"] == pytest.approx(saved)
    gained = some["expansion"] + some["acceleration"] + some["saved_acquisition"]
    assert some["referral_value"] == pytest.approx(gained)
    at_once = clv.referrals(joined_anyway=1, later=0).iloc[-1]
    assert at_once["referral_value"] == at_once["saved_acquisition"] > 0
    assert clv.equity().set_index("line")["present_value"].equals(equity)


def test_referrals_by_segment_add_up(clv: gw.Clv) -> None:
    table = clv.referrals(joined_anyway=0.5).set_index("segment")
    np.testing.assert_allclose(table.loc[["young", "old"]].sum(), table.loc["(total)"])
    assert table.loc["young", "saved_acquisition"] > 0
    assert table.loc["old", "saved_acquisition"] == 0  # acquiring these customers costs nothing


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"joined_anyway": 40}, "joined_anyway is 40; it must be between 0 and 1"),
        ({"joined_anyway": "many"}, "joined_anyway is 'many'; it must be a number"),
        ({"later": "soon"}, "later: "),
        ({"later": "-1 year"}, "later is '-1 year'; it must be 0 or more"),
    ],
)
def test_referrals_refuse(clv: gw.Clv, arguments: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        clv.referrals(**arguments)


def test_acquisition_of_constant_churn_is_known() -> None:
    """Churn c and contribution m a month from the first: a life is worth m / (1 - (1 - c) / (1 + i)) at start
    timing, and n months have brought m (1 - (1 - c)^n) / c."""
    model = gw.Model(
        horizon=36,
        segments={"all": {"count": 0, "arrivals": 2_000, "acquisition_cost": 60}},
        stages={"customer": {"fee": 10, "margin": "80 %", "churn": "5 %"}},
        finance={"discount": "10 %", "timing": "start"},
    )
    row = gw.clv(model, replications=4).acquisition().iloc[-1]
    i = 1.1 ** (1 / 12) - 1
    assert row["cac"] == pytest.approx(60)
    assert row["ltv"] == pytest.approx(8 / (1 - 0.95 / (1 + i)), rel=0.005)
    assert row["ltv_to_cac"] == pytest.approx(row["ltv"] / 60)
    gained = [8 * (1 - 0.95**n) / 0.05 for n in range(12)]
    n = next(k for k, money in enumerate(gained) if money >= 60)
    exact = n - 1 + (60 - gained[n - 1]) / (gained[n] - gained[n - 1])
    assert row["payback"] == pytest.approx(exact, abs=0.05)


def test_acquisition_that_never_pays_or_costs_nothing() -> None:
    model = gw.Model(
        horizon=12,
        segments={"dear": {"arrivals": 50, "acquisition_cost": 1_000}, "free": {"count": 100, "arrivals": 5}},
        stages={"customer": {"fee": 10, "churn": "5 %"}},
    )
    table = gw.clv(model, replications=2).acquisition().set_index("segment")
    assert table.loc["dear", "payback"] == np.inf
    assert np.isnan(table.loc["free", "cac"])
    assert np.isnan(table.loc["free", "payback"])
    assert table.loc["(total)", "cac"] < 1_000
