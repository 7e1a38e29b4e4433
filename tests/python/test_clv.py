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


@pytest.mark.parametrize("terms", [gw.Terms(tax="25 %"), gw.Terms(horizon=1)])
def test_tax_and_horizon_are_refused(model: gw.Model, terms: gw.Terms) -> None:
    with pytest.raises(ValueError, match="before tax and over whole lives"):
        gw.clv(model, terms=terms)
