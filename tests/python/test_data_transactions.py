"""Orders in, a model out: what is read, what is refused, and what the tables hold."""

from __future__ import annotations

import copy
import pickle
import re
from pathlib import Path
from typing import Any

import goodwill as gw
import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from goodwill.data import Transactions, from_transactions
from goodwill.data.frames import Rows
from goodwill.data.orders_table import opportunities, read_orders
from numpy.testing import assert_allclose

mpl.use("Agg")
END = "2026-06-30"


def firm(n: int = 600, seed: int = 3) -> pd.DataFrame:
    """Customers who came in the first half of two years, ordered at gamma rates and left at gamma rates."""
    luck = np.random.default_rng(seed)
    came = luck.uniform(0, 365, n)
    rate, life = luck.gamma(0.8, 1 / 60, n), luck.exponential(1 / luck.gamma(0.8, 1 / 150, n))
    rows = [(k, came[k]) for k in range(n)]
    for k in range(n):
        end = min(729.0, came[k] + life[k])
        rows += [(k, t) for t in luck.uniform(came[k], end, luck.poisson(rate[k] * (end - came[k])))]
    mean = 25 * luck.gamma(4, 1 / 3, n)
    table = pd.DataFrame(rows, columns=["customer", "when"])
    table["date"] = pd.Timestamp("2024-07-01") + pd.to_timedelta(np.floor(table["when"]), unit="D")
    table["value"] = np.round(luck.gamma(5, mean[table["customer"]] / 5), 2)
    return table.drop(columns="when").sample(frac=1, random_state=1).reset_index(drop=True)


ORDERS = firm()
COLUMNS: dict[str, Any] = {
    "id": "customer",
    "date": "date",
    "asof": END,
    "period": "month",
    "same_day": "one order",
}


@pytest.fixture(scope="module")
def fit() -> Transactions:
    return from_transactions(ORDERS, amount="value", currency="EUR", **COLUMNS)


def small(*rows: tuple[str, str, float]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["customer", "date", "value"])


def histories(
    data: pd.DataFrame, same_day: str | None = None, refunds: str = "refuse", asof: str = "2026-01-31"
) -> tuple[list[tuple[Any, ...]], list[str]]:
    """Customer, day and amount of the orders that are read."""
    found, warnings = read_orders(Rows(data), "customer", "date", "value", asof, same_day, refunds, "raise")
    days = [str(np.datetime64(int(day), "D")) for day in found.day]
    assert found.amount is not None
    return list(zip(found.ids[found.customer], days, found.amount.tolist(), strict=True)), warnings


def test_what_a_fit_holds(fit: Transactions) -> None:
    assert list(fit.values) == ["r", "alpha", "s", "beta", "p", "q", "v"]
    assert fit.n == 600
    assert list(fit.table()["parameter"]) == list(fit.values)
    assert fit.draws(50, seed=2).shape == (50, 7)
    rows = fit.customers()
    assert list(rows.columns) == [
        *("customer", "orders", "recency", "age", "alive", "rate", "expected", "order_value", "value")
    ]
    one = ORDERS[ORDERS["customer"] == rows["customer"][0]]
    assert rows["orders"][0] == one["date"].nunique() - 1
    assert_allclose(rows["value"], rows["expected"] * rows["order_value"])
    assert rows["alive"].between(0, 1).all()
    assert_allclose(fit.customers(6)["expected"], fit.expected(6)["expected"])
    expected = fit.expected(6)
    assert (expected["expected_low"] < expected["expected"]).all()
    assert (expected["expected"] < expected["expected_high"]).all()
    assert "60 months reach beyond" in repr(fit.expected(60))
    assert "beyond" not in repr(fit.expected(6))
    assert repr(fit).startswith("Pareto/NBD: 363 of 600 customers ordered again")
    assert "<table>" in fit._repr_html_()
    assert copy.deepcopy(fit) == fit
    assert pickle.loads(pickle.dumps(fit)) == fit


def test_intervals_of_expected_orders_are_those_of_draws(fit: Transactions) -> None:
    from goodwill.data.buying_split import MODELS

    known, which = fit.buyers.histories()
    draws = fit.buying.draws(2_000, 1)
    ahead = np.array([MODELS["pareto_nbd"].ahead(p, known, np.array([12.0]))[:, 0] for p in draws])[:, which]
    table = fit.expected(12)
    # Ends of a normal approximation on the log scale, against quantiles of 2,000 draws:
    # within 16 % of the width (these are skewed where somebody has all but left; most are within 5 %).
    for name, share in (("expected_low", 0.025), ("expected_high", 0.975)):
        width = (table["expected_high"] - table["expected_low"]).to_numpy()
        assert (np.abs(np.quantile(ahead, share, axis=0) - table[name]) < 0.16 * width).all()


def test_frequencies_add_up(fit: Transactions) -> None:
    table = fit.frequency()
    assert table["observed"].sum() == fit.n
    assert_allclose(table["expected"].sum(), fit.n)
    assert table["orders"].iloc[-1] == "7+"


def test_a_model_is_written(fit: Transactions, tmp_path: Path) -> None:
    model = fit.model()
    assert model["orders.rate"] == "$order_rate"
    assert model.currency == "EUR"
    written = gw.read(fit.write(tmp_path / "firm.yaml"))
    assert written["customer.churn"] == {"beta": ["$churn_a", "$churn_b"]}
    told = fit.assumptions()
    assert list(told) == ["order_rate", "order_spread", "churn_a", "churn_b", "order_value", "order_value_cv"]
    assert told["churn_b"]["correlation"]["churn_a"] > 0.5
    assert_allclose(told["order_spread"]["best"], fit.values["r"])
    mean = fit.values["p"] * fit.values["v"] / (fit.values["q"] - 1)
    assert_allclose(told["order_value"]["best"], mean)
    curves = fit.curves(24)
    assert_allclose(curves["mean_orders_model"][1:], curves["mean_orders"][1:], rtol=5e-3)
    table = gw.run(model.assign({"horizon": 2}), replications=20).table(by="period")
    assert_allclose(table["orders"].iloc[0], fit.customers(1)["expected"].sum(), rtol=0.05)  # 20 draws of 80


def test_doubt_about_what_is_written_follows_from_that_of_the_estimates(fit: Transactions) -> None:
    """Draws of the estimates, each written as a model, have the standard errors that are written."""
    from goodwill.data.buying_split import MODELS
    from goodwill.fitting.order_curves import written

    curves = [written(MODELS["pareto_nbd"], p, fit._horizon) for p in fit.buying.draws(400, 1)]
    logs = np.log([[c.rate, c.spread, c.a, c.b] for c in curves])
    assert_allclose(
        logs.std(axis=0), fit._written().errors[:4], rtol=0.2
    )  # 400 draws, 3.5 % each, and curvature


def test_a_model_that_is_there_takes_the_estimates(fit: Transactions) -> None:
    base = gw.Model(
        period="month",
        horizon=12,
        segments={"web": {"count": 1_000}},
        stages={"customer": {"churn": 0.02}},
        orders={"rate": 0.2, "margin": "40 %"},
    )
    model = fit.model(base, segment="web")
    assert model["orders.margin"] == 0.4
    assert model["orders.rate"] == "$web_order_rate"
    assert model["customer.churn"] == {"beta": ["$web_churn_a", "$web_churn_b"]}
    with pytest.raises(ValueError, match="there is no segment 'wb'; did you mean 'web'"):
        fit.model(base, segment="wb")
    two = gw.Model(horizon=12, segments={"a": {"count": 1}, "b": {"count": 1}}, stages={"customer": {}})
    with pytest.raises(ValueError, match="orders belong to all segments"):
        fit.model(two, segment="a")


@pytest.mark.parametrize("kind", ["pareto_nbd", "bg_nbd", "bg_bb"])
def test_a_back_test_has_the_simple_methods_beside_it(kind: str) -> None:
    fit = from_transactions(ORDERS, amount="value", model=kind, **COLUMNS)
    tested = fit.backtest(split="2025-12-31", draws=60)
    table = tested.table().set_index("method")
    title = {"pareto_nbd": "Pareto/NBD", "bg_nbd": "BG/NBD", "bg_bb": "BG/BB"}[kind]
    assert table.index[0] == title
    assert {f"{title} by age", "constant hazard", "last value"} <= set(table.index)
    assert table["chosen"].sum() == 1
    assert (table["observed"] == table["observed"].iloc[0]).all()
    assert set(table["periods"]) == {6}
    after = ORDERS[(ORDERS["date"] > "2025-12-31")]
    if kind != "bg_bb":  # they all came before
        assert table["observed"].iloc[0] == len(after.drop_duplicates(["customer", "date"]))
    assert abs(table.loc[title, "total_error"]) < abs(table.loc["constant hazard", "total_error"])
    rows = tested.by_frequency()
    assert_allclose((rows["customers"] * rows["observed"]).sum(), table["observed"].iloc[0])
    assert_allclose((rows["customers"] * rows["expected"]).sum(), table.loc[title, "forecast"], rtol=1e-3)
    assert len(tested.coverage()) == 9 * len(table)
    for chart in ("tracking", "cumulative", "calibration", "frequency"):
        assert tested.plot(chart).get_title(loc="left")
    half = fit.backtest(split=0.5, draws=20)
    assert half.split.endswith("after 2025-06-30")
    for chart in ("frequency", "tracking", "alive"):
        assert fit.plot(chart).get_title(loc="left")


def test_same_day_is_said_not_guessed() -> None:
    data = small(
        ("a", "2026-01-01", 5), ("a", "2026-01-01", 7), ("a", "2026-01-09", 2), ("b", "2026-01-02", 1)
    )
    with pytest.raises(ValueError, match=re.escape("1 orders are on the day of another one")) as error:
        histories(data)
    assert "same_day='one order' or same_day='separate orders'" in str(error.value)
    one, _ = histories(data, "one order")
    assert one == [("a", "2026-01-01", 12), ("a", "2026-01-09", 2), ("b", "2026-01-02", 1)]
    separate, _ = histories(data, "separate orders")
    assert len(separate) == 4


def test_refunds_are_refused_left_out_or_netted() -> None:
    rows = [("a", "2026-01-01", 5.0), ("a", "2026-01-03", 7), ("a", "2026-01-09", -9), ("b", "2026-01-02", 1)]
    data = small(*rows)
    with pytest.raises(ValueError, match="1 row where 'value' is negative") as error:
        histories(data)
    assert "row 2" in str(error.value)
    dropped, said = histories(data, refunds="drop")
    assert [amount for _, _, amount in dropped] == [5, 7, 1]
    assert said == ["1 refund left out: the orders count in full."]
    netted, said = histories(data, refunds="net")
    assert netted == [("a", "2026-01-01", 3), ("b", "2026-01-02", 1)]
    assert said == ["1 refund taken off earlier orders."]
    early = small(("a", "2026-01-01", -5.0), *rows[1:2], *rows[3:])
    assert "more than the orders before" in histories(early, refunds="net")[1][1]


def test_periods_of_the_calendar_for_orders_at_most_once_in_each() -> None:
    data = small(
        ("a", "2020-12-20", 5.0),
        ("a", "2021-01-02", 5),
        ("a", "2021-11-02", 6),
        ("a", "2023-03-01", 9),
        ("a", "2025-03-01", 9),  # in a year that has not ended
        ("b", "2022-05-05", 1),
        ("c", "2025-01-01", 1),  # nothing is known of them yet
    )
    found, _ = read_orders(Rows(data), "customer", "date", "value", "2025-06-30", None, "refuse", "raise")
    years = opportunities(found, "year")
    assert list(years.ids) == ["a", "b"]
    assert years.orders.tolist() == [2, 0]
    assert years.recency.tolist() == [3, 0]
    assert years.age.tolist() == [4, 2]
    assert years.mean_amount is not None
    assert_allclose(years.mean_amount, [10, np.nan])  # 11 in 2021, 9 in 2023


def test_customers_from_before_can_be_left_out() -> None:
    fit = from_transactions(ORDERS, since="2025-01-01", **COLUMNS)
    first = ORDERS.groupby("customer")["date"].min()
    assert fit.n == int((first >= "2025-01-01").sum())
    assert "left out, whose first order is before 2025-01-01" in fit.warnings[0]
    with pytest.raises(ValueError, match="no customer has their first order then or later"):
        from_transactions(ORDERS, since="2026-06-01", **COLUMNS)


def test_a_table_of_histories_gives_the_same() -> None:
    whole = from_transactions(ORDERS, amount="value", **COLUMNS)
    rows = whole.customers().assign(mean=whole.buyers.mean_amount)
    again = from_transactions(
        pd.DataFrame(rows), orders="orders", recency="recency", age="age", amount="mean", period="month"
    )
    assert_allclose(list(again.values.values()), list(whole.values.values()), rtol=1e-6)
    with pytest.raises(ValueError, match="this table has histories only"):
        again.backtest()
    with pytest.raises(ValueError, match="the table has histories only"):
        again.plot("tracking")
    assert "arrivals" not in again.assumptions()


def test_new_customers_of_late_arrive_in_the_model() -> None:
    late = ORDERS.copy()
    late["date"] += pd.Timedelta(days=420)
    late = late[late["date"] <= "2027-04-26"]
    fit = from_transactions(late, **{**COLUMNS, "asof": "2027-04-26"})
    recent = (late.groupby("customer")["date"].min() > "2026-04-26").sum()
    assert_allclose(fit.assumptions()["arrivals"]["best"], recent / 12, rtol=0.01)
    assert fit.model()["all.arrivals"] == "$arrivals"


def test_warnings_of_what_the_data_do_not_say() -> None:
    few = from_transactions(ORDERS[ORDERS["customer"] < 40], **COLUMNS)
    assert any(text.startswith("Only") and "ordered again; below 50" in text for text in few.warnings)
    more = ORDERS.copy()
    count = more.groupby("customer")["value"].transform("size")
    more["value"] *= 1 + count
    tied = from_transactions(more, amount="value", **COLUMNS)
    assert any("Customers who order often pay more per order" in text for text in tied.warnings)
    free = ORDERS.assign(value=ORDERS["value"].where(ORDERS["customer"] % 50 > 0, 0.0))
    assert any("paid nothing" in text for text in from_transactions(free, amount="value", **COLUMNS).warnings)
    assert not [
        text for text in from_transactions(ORDERS, amount="value", **COLUMNS).warnings if "Gamma" in text
    ]
    luck = np.random.default_rng(2)
    wild = ORDERS.assign(
        value=(10 / luck.gamma(1.2, 1, 600))[ORDERS["customer"]] * luck.gamma(5, 1, len(ORDERS))
    )
    few_rich = from_transactions(wild, amount="value", **COLUMNS)
    assert few_rich.values["q"] < 2
    assert any("no finite spread" in text for text in few_rich.warnings)
    paid = few_rich.buyers.mean_amount
    assert paid is not None
    assert_allclose(few_rich.assumptions()["order_value"]["best"], np.nanmean(paid))
    twice = pd.concat([ORDERS, ORDERS.head(3)])
    assert any(
        "3 rows are the same as an earlier one" in text
        for text in from_transactions(twice, amount="value", **COLUMNS).warnings
    )


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"period": "quarter"}, "period is 'quarter'; it must be one of day, week, month, year"),
        ({"id": "custmer"}, "id: there is no column 'custmer'; did you mean 'customer'?"),
        ({"date": "value"}, "date: column 'value' holds numbers"),
        ({"asof": "2026-01-01"}, "rows where 'date' is after asof, 2026-01-01"),
        ({"asof": "June"}, "asof is 'June'; it must be a date such as"),
        ({"model": "pareto"}, "there is no model 'pareto'; did you mean 'pareto_nbd'?"),
        ({"same_day": "one"}, "there is no same_day 'one'"),
        ({"refunds": "ignore"}, "there is no refunds 'ignore'"),
        ({"id": None}, "a table of orders needs id, date and asof; one of histories orders, recency and age"),
        ({"date": None, "asof": None, "orders": "value"}, "(given: id, orders)"),
        (
            {"customers": "value"},
            "customers: how many have a history can be said of a table of histories only",
        ),
        ({"currency": "euros"}, "there is no column 'euros'"),
    ],
)
def test_errors_say_what_is_wrong(change: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=re.escape(message)):
        from_transactions(ORDERS, **{**COLUMNS, **change})


def test_mixed_currencies_are_refused() -> None:
    mixed = ORDERS.assign(code=np.where(ORDERS["customer"] % 2, "EUR", "USD"))
    with pytest.raises(ValueError, match="currency: column 'code' mixes EUR, USD"):
        from_transactions(mixed, amount="value", currency="code", **COLUMNS)


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ((1, 5, 3, 1), "'last' is greater than 'seen'"),
        ((0, 2, 3, 1), "'last' is not 0, though there are no orders"),
        ((-1, 0, 3, 1), "'x' is no whole number from 0 on"),
        ((1, -1, 3, 1), "'last' is negative"),
        ((1, 1, 3, 0.5), "'n' is no whole number from 1 on"),
    ],
)
def test_histories_that_cannot_be_are_refused(row: tuple[float, ...], message: str) -> None:
    table = pd.DataFrame([(2, 2, 6, 10), (0, 0, 6, 10), row], columns=["x", "last", "seen", "n"])
    asked = {"orders": "x", "recency": "last", "age": "seen", "customers": "n", "period": "year"}
    with pytest.raises(ValueError, match=re.escape(message)) as error:
        from_transactions(table, **asked)
    assert "row 2" in str(error.value)


def test_bg_bb_takes_whole_periods_only() -> None:
    asked = {"orders": "x", "recency": "last", "age": "seen", "period": "year", "model": "bg_bb"}
    table = pd.DataFrame({"x": [1, 3], "last": [1, 2], "seen": [6, 6]})
    with pytest.raises(ValueError, match="as many orders as periods at most; row 1 has orders 3, recency 2"):
        from_transactions(table, **asked)
    with pytest.raises(ValueError, match="recency and age are whole numbers; row 0"):
        from_transactions(table.assign(seen=6.5, x=1), **asked)


def test_nobody_who_ordered_again_says_nothing() -> None:
    data = small(("a", "2026-01-01", 5), ("b", "2026-01-02", 1))
    with pytest.raises(ValueError, match="nobody ordered a second time"):
        from_transactions(data, id="customer", date="date", asof="2026-02-01", period="week")


@pytest.mark.parametrize(
    ("split", "message"),
    [
        (1.5, "split is 1.5; it must be a date, or a share between 0 and 1"),
        ("2029-01-01", "split is '2029-01-01'; it must lie between the first order, 2024-07-01, and asof"),
        ("last year", "split is 'last year'; it must be a date such as"),
        ("2026-06-20", "a whole month after it"),
    ],
)
def test_splits_that_leave_nothing_are_refused(fit: Transactions, split: Any, message: str) -> None:
    with pytest.raises(ValueError, match=re.escape(message)):
        fit.backtest(split=split)


def test_customers_spend_differently_in_the_model(fit: Transactions) -> None:
    """The spread of Gamma-Gamma has two parts: between a customer's orders, and between customers."""
    model, told, at = fit.model(), fit.assumptions(), fit.values
    assert_allclose(told["order_value_cv"]["best"], at["p"] ** -0.5)
    assert_allclose(model["segments.all.spend"]["cv"], (at["q"] - 2) ** -0.5, atol=1e-4)
    large = model.assign({"horizon": 24, "segments.all.count": 5_000})
    paid = gw.run(large, replications=2, draws=0).customers(5_000).orders()["amount"]
    variance = (1 + 1 / at["p"]) * (1 + 1 / (at["q"] - 2)) - 1
    assert_allclose(paid.std() / paid.mean(), np.sqrt(variance), rtol=0.15)  # heavy tails


def test_effects_of_a_model_there_is_are_kept(fit: Transactions) -> None:
    base = gw.Model(
        horizon=12,
        segments={"all": {"count": 500}},
        stages={"customer": {"churn": {"average": "3 %", "trust": -0.5}}},
        orders={"rate": 0.5, "value": 10},
    )
    model = fit.model(base)
    assert model["customer.churn"] == {"beta": ["$churn_a", "$churn_b"], "trust": -0.5}
    assert gw.run(model, replications=2, draws=0).table(by=[])["orders"][0] > 0
