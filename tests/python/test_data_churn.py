"""Churn by age from retention tables and subscriptions: what users call, and what they are told."""

from __future__ import annotations

import copy
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import goodwill as gw
import matplotlib
import numpy as np
import pandas as pd
import pytest
from goodwill.data.calendar import elapsed
from goodwill.data.frames import day
from goodwill.fitting.backtest import Forecast, inside, poisson_rate, rolling, scores
from numpy.testing import assert_allclose

matplotlib.use("agg")


def subscriptions(n: int = 3_000, seed: int = 1) -> pd.DataFrame:
    """A firm with two kinds of contracts whose customers leave at the end of a month or at any time; the
    dearer ones leave sooner."""
    luck = np.random.default_rng(seed)
    yearly = luck.random(n) < 0.4
    joined = luck.integers(0, 1_460, n)
    fee = np.round(luck.gamma(4, np.where(yearly, 8, 10)), 2)
    churn = np.minimum(luck.beta(0.8, np.where(yearly, 50, 14)) * (fee / fee.mean()) ** 0.5, 0.95)
    lived = np.ceil(-luck.exponential(1, n) / np.log1p(-churn) * 30.4)
    start = pd.Timestamp("2022-10-01") + pd.to_timedelta(joined, unit="D")
    end = start + pd.to_timedelta(np.minimum(lived, 20_000), unit="D")
    asof = pd.Timestamp("2026-09-30")
    return pd.DataFrame(
        {
            "customer": np.arange(n),
            "joined": start,
            "left": pd.Series(end).where(end <= asof),
            "contract": np.where(yearly, "One year", "Month-to-month"),
            "fee": fee,
        }
    )


ASOF = "2026-09-30"
DATES: dict[str, Any] = {"start": "joined", "end": "left", "asof": ASOF, "period": "month"}


@pytest.fixture(scope="module")
def fit() -> gw.data.Subscriptions:
    return gw.data.from_subscriptions(
        subscriptions(), id="customer", segment="contract", fee="fee", currency="EUR", method="beta", **DATES
    )


def triangle() -> pd.DataFrame:
    """Four cohorts of 100, each a year younger; ages beyond today are empty."""
    kept = [100, 70, 56, 48, 43]
    rows = [
        [kept[age] - (3 * k if age else 0) if age <= 4 - k else np.nan for age in range(5)] for k in range(4)
    ]
    return pd.DataFrame(rows, index=[2021, 2022, 2023, 2024], columns=range(5))


RETENTION = pd.DataFrame({"age": range(1, 6), "kept": [80.0, 70, 63, 58, 54]})


def retained(table: pd.DataFrame = RETENTION, **options: Any) -> gw.data.Retention:
    asked = {"age": "age", "kept": "kept", "counts": False, "customers": 2_000, "period": "year"}
    return gw.data.from_retention(table, **{**asked, **options})


# Reading


def test_time_between_dates_is_that_of_the_calendar() -> None:
    def months(start: str, end: str) -> float:
        days = [np.array([day(text, "day")]) for text in (start, end)]
        return float(elapsed(*days, "month")[0])

    assert months("2025-01-15", "2026-01-15") == 12
    assert months("2024-01-31", "2024-02-29") == 1  # the last day of a shorter month
    assert months("2025-01-31", "2025-03-30") == pytest.approx(1 + 30 / 31)
    assert months("2025-02-01", "2025-02-15") == 0.5
    assert elapsed(np.array([day("2024-02-29", "d")]), np.array([day("2026-02-28", "d")]), "year")[0] == 2
    assert elapsed(np.array([0.0]), np.array([14.0]), "week")[0] == 2
    assert np.isnan(elapsed(np.array([0.0]), np.array([np.nan]), "month")[0])


def test_dates_and_tenures_say_the_same() -> None:
    table = subscriptions()
    left = table["left"].notna()
    end = table["left"].fillna(pd.Timestamp(ASOF))
    days = [values.to_numpy().astype("datetime64[D]").astype(float) for values in (table["joined"], end)]
    plain = table.assign(tenure=elapsed(*days, "month"), gone=np.where(left, "Yes", "No"))
    by_dates = gw.data.from_subscriptions(table, method="weibull", **DATES)
    by_tenure = gw.data.from_subscriptions(
        plain, tenure="tenure", event="gone", period="month", method="weibull"
    )
    churn = ["shape", "scale"]
    assert_allclose([by_tenure.values[p] for p in churn], [by_dates.values[p] for p in churn], rtol=1e-12)
    assert list(by_dates.values) == [*churn, "arrivals"]
    assert list(by_tenure.values) == churn


def test_who_joined_before_the_table_began_enters_late() -> None:
    """Only those still there on a date are in the table: as if they had been followed from then on."""
    table = subscriptions(20_000)
    begin = pd.Timestamp("2025-01-01")
    seen = table[table["left"].isna() | (table["left"] > begin)]
    seen = seen.assign(seen=seen["joined"].where(seen["joined"] > begin, begin))
    whole = gw.data.from_subscriptions(table, method="weibull", **DATES).survival(at=[6, 24])
    late = gw.data.from_subscriptions(seen, entry="seen", method="weibull", **DATES).survival(at=[6, 24])
    wrong = gw.data.from_subscriptions(seen, method="weibull", **DATES).survival(at=[6, 24])
    for column in ("survival", "fitted"):  # standard errors of 0.003 to 0.012
        assert_allclose(late[column], whole[column], atol=0.035)
        assert (wrong[column] > whole[column] + 0.05).all()


def test_a_triangle_and_a_long_table_are_the_same() -> None:
    wide = triangle()
    long = wide.rename_axis(index="cohort", columns="age").stack().rename("kept").dropna().reset_index()
    by_long = retained(long, cohort="cohort", counts=True, customers=None)
    by_wide = gw.data.from_retention(wide, period="year", counts=True)
    shares = gw.data.from_retention(wide, period="year", counts=False, customers=100)
    wide = wide.assign(size=100)
    column = gw.data.from_retention(wide, period="year", counts=False, customers="size")
    for other in (by_long, shares, column):
        assert other.values == pytest.approx(by_wide.values)
        assert other.customers()["customers"].tolist() == [100] * 4
    assert by_wide.n == 400
    texts = triangle()
    texts.columns = texts.columns.astype(str)  # as read from a file
    assert gw.data.from_retention(texts, period="year", counts=True).values == by_wide.values


def test_percentages_are_as_sure_as_the_customers_behind_them() -> None:
    few, many = retained(customers=500, method="beta"), retained(customers=50_000, method="beta")
    assert few.values == pytest.approx(many.values, rel=1e-4)
    assert_allclose(few.table()["standard_error"] / many.table()["standard_error"], 10, rtol=1e-3)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"left": "2021-01-01"}, "1 row of 3,000 cannot be used.*'left' is before 'joined': row 7"),
        ({"customer": 8}, "2 rows where 'customer' comes more than once: rows 7, 8"),
        ({"joined": "2027-01-01", "left": None}, "'joined' is after asof, 2026-09-30: row 7"),
        (
            {"left": "2027-01-01"},
            "'left' is after asof, 2026-09-30 .leave it empty: they are still there.: row 7",
        ),
        ({"fee": -3.0}, "'fee' is negative: row 7"),
        ({"contract": None}, "'contract' is missing: row 7"),
    ],
)
def test_bad_rows_are_located(change: dict[str, Any], message: str) -> None:
    table = subscriptions()
    for name, value in change.items():
        table.loc[7, name] = pd.Timestamp(value) if name in ("joined", "left") and value else value
    ask: dict[str, Any] = {
        "id": "customer",
        "segment": "contract",
        "fee": "fee",
        "method": "weibull",
        **DATES,
    }
    with pytest.raises(ValueError, match=re.compile(message, re.DOTALL)):
        gw.data.from_subscriptions(table, **ask)
    found = gw.data.from_subscriptions(table, bad_rows="drop", **ask)
    assert found.n in (2_998, 2_999)
    assert found.warnings[0].startswith("Left out: ")


def tenures(**columns: Any) -> pd.DataFrame:
    return pd.DataFrame({"t": [1, 2, 3, 4] * 30, "gone": [1, 0, 1, 0] * 30} | columns)


def by_tenure(table: pd.DataFrame, **options: Any) -> gw.data.Subscriptions:
    return gw.data.from_subscriptions(table, **{"tenure": "t", "event": "gone", "period": "month", **options})


@pytest.mark.parametrize(
    ("ask", "message"),
    [
        (lambda: by_tenure(tenures(), tenure=None), "from tenure and event (given: event)"),
        (
            lambda: by_tenure(tenures(), start="t"),
            "ages come from start, end and asof, or from tenure and event",
        ),
        (lambda: by_tenure(tenures(), period="months"), "period is 'months'; it must be one of day, week"),
        (lambda: by_tenure(tenures(), event="left"), "event: there is no column 'left'"),
        (
            lambda: by_tenure(tenures(t=[-1] * 120)),
            "120 rows where 't' is negative: rows 0, 1, 2, 3, 4 and 115",
        ),
        (
            lambda: by_tenure(tenures(t=0)),
            "60 rows where 't' is 0 and 'gone' true: they never were customers",
        ),
        (
            lambda: by_tenure(tenures(gone=["maybe"] * 120)),
            "'gone' is neither true or false, 1 or 0, nor yes or no",
        ),
        (lambda: by_tenure(tenures(gone=0)), "nobody leaves, so that no churn can be estimated"),
        (lambda: by_tenure(tenures(since=9), entry="since"), "'since' is not before 't'"),
        (
            lambda: by_tenure(tenures(), method="sbg"),
            "there is no method 'sbg' (methods: beta, weibull, piecewise)",
        ),
        (
            lambda: by_tenure(tenures(), bands=[3, 6]),
            "bands is [3.0, 6.0]; it must be whole periods that rise from 0",
        ),
        (lambda: by_tenure(tenures(), currency="euros"), "currency: there is no column 'euros'"),
        (
            lambda: by_tenure(tenures(fee=1.0, code=["EUR", "USD"] * 60), fee="fee", currency="code"),
            "currency: column 'code' mixes EUR, USD; convert the fees to one of them first",
        ),
        (
            lambda: by_tenure(tenures(kind=["a b", "a-b"] * 60), segment="kind"),
            "segment: 'a b' and 'a-b' would both be 'a_b' in a model",
        ),
        (lambda: by_tenure(tenures(kind=range(120)), segment="kind"), "'kind' has 120 values; at most 50"),
        (lambda: by_tenure(tenures(kind=["x", "y"] * 60), segment="kind"), "segment 'y': nobody leaves"),
        (
            lambda: retained(counts=None),
            "counts is not given; it must be True (customers) or False (percentages",
        ),
        (lambda: retained(customers=None), "percentages do not say how many customers stand behind them"),
        (lambda: retained(RETENTION.assign(age=0.5)), "'age' is no whole number of periods"),
        (
            lambda: retained(RETENTION.assign(kept=RETENTION["kept"] / 100)),
            "the largest percentage in 'kept' is 0.8; if these are shares, multiply them by 100",
        ),
        (
            lambda: retained(RETENTION.assign(kept=[80, 70, 71, 58, 54])),
            "1 row where more are kept than at the age before: row 2",
        ),
        (lambda: retained(RETENTION.drop(2)), "age 3 is missing, between 2 and 4"),
        (lambda: retained(pd.concat([RETENTION] * 2)), "10 rows where the cohort has this age twice"),
        (
            lambda: retained(counts=True, customers=None),
            "counts begin at age 1; say how many there were at age 0",
        ),
        (lambda: retained(kept=None), "kept is not given; a long table has age and kept"),
        (
            lambda: gw.data.from_retention(RETENTION, period="year", counts=True),
            "the triangle has the column 'age'; its columns are ages (0, 1, 2, ..)",
        ),
        (lambda: retained(customers=0), "customers is 0; it must be a number from 1 on, or a column"),
        (lambda: retained(RETENTION.assign(kept=100.0)), "nobody leaves"),
    ],
)
def test_errors_say_what_is_wrong(ask: Callable[[], object], message: str) -> None:
    with pytest.raises(ValueError, match=re.escape(message)):
        ask()


# Estimates


def test_customers_and_revenue_lost(fit: gw.data.Subscriptions) -> None:
    table, found = subscriptions(), fit.churn().set_index("segment")
    gone = table["left"].notna()
    assert found.loc["all", "logo_churn"] == pytest.approx(gone.mean())
    assert found.loc["all", "revenue_churn"] == pytest.approx(table["fee"][gone].sum() / table["fee"].sum())
    assert found.loc["month_to_month", "customers"] == (table["contract"] == "Month-to-month").sum()
    assert "Logo churn" in repr(fit)
    assert np.isnan(by_tenure(tenures()).churn()["revenue_churn"].iloc[0])


def test_the_base_of_today(fit: gw.data.Subscriptions) -> None:
    table, base = subscriptions(), fit.base().set_index("segment")
    there = table[table["left"].isna() & (table["contract"] == "One year")]
    assert base.loc["one_year", "customers"] == len(there)
    assert base.loc["one_year", "fee"] == pytest.approx(there["fee"].mean())
    came = table[(table["joined"] > "2025-09-30") & (table["contract"] == "One year")]
    assert base.loc["one_year", "arrivals"] == pytest.approx(len(came) / 12)
    ages = fit.ages()
    assert ages[ages["segment"] == "one_year"]["customers"].sum() == len(there)


def test_survival_at_ages(fit: gw.data.Subscriptions) -> None:
    table = fit.survival(at=[0, 12, 24, 100])
    rows = table[table["segment"] == "one_year"].set_index("age")
    assert rows.loc[0, "survival"] == 1
    assert rows.loc[12, "survival_low"] < rows.loc[12, "survival"] < rows.loc[12, "survival_high"]
    assert rows.loc[12, "fitted"] == pytest.approx(rows.loc[12, "survival"], abs=0.03)
    assert np.isnan(rows.loc[100, "survival"])  # nobody is so old
    assert rows.loc[100, "fitted"] > 0
    every = fit.survival()
    assert every["events"].sum() == subscriptions()["left"].notna().sum()
    with pytest.raises(ValueError, match="at has the age -1; ages are 0 or more"):
        fit.survival(at=[-1])


def test_rates_by_band_add_up(fit: gw.data.Subscriptions) -> None:
    one, many = fit.rates(), fit.rates(bands=[0, 3, 12])
    for column in ("events", "exposure"):
        assert_allclose(many.groupby("segment")[column].sum(), one.set_index("segment")[column])
    assert_allclose(one["rate"], fit.churn()["churn_rate"][:2])


def test_the_method_that_foretells_best_is_chosen() -> None:
    """A hazard that falls without end is a mixture; one that jumps at the end of a contract is in bands."""
    luck = np.random.default_rng(5)
    mixed = np.minimum(luck.geometric(luck.beta(0.6, 4, 5_000)), 24)
    jumps = np.minimum(np.where(luck.random(5_000) < 0.3, 12, luck.geometric(0.01, 5_000)), 24)
    chosen = []
    for lived in (mixed, jumps):
        table = pd.DataFrame({"t": lived, "gone": lived < 24})
        found = by_tenure(table, bands=[0, 1, 2, 4, 11, 12])
        table = found.choice()
        assert table.loc[table["score"].idxmax(), "method"] == found.methods["all"]
        chosen.append(found.methods["all"])
    assert chosen == ["beta", "piecewise"]
    assert by_tenure(pd.DataFrame({"t": mixed, "gone": mixed < 24}), method="weibull").choice().empty


def test_warnings() -> None:
    few = by_tenure(tenures().head(40), method="piecewise")
    assert any("never more than 40 customers at risk" in text for text in few.warnings)
    luck = np.random.default_rng(2)
    t = np.minimum(luck.geometric(0.05, 2_000), 40)
    kind = np.where((t >= 20) & (luck.random(2_000) < 0.7), "loyal", "other")
    late = by_tenure(pd.DataFrame({"t": t, "gone": t < 40, "kind": kind}), segment="kind", method="piecewise")
    assert any(text.startswith("loyal: nobody left before month 20, where") for text in late.warnings)
    assert any("outlive the greatest age observed, 5 years" in text for text in retained().warnings)
    gone = by_tenure(tenures(gone=1, t=[1, 2, 3, 5] * 30), method="weibull")
    assert any("everybody left: was the segment recorded after they did?" in text for text in gone.warnings)


def test_bands_without_a_leaver_are_joined() -> None:
    t = np.repeat([2, 6], 100)
    found = by_tenure(
        pd.DataFrame({"t": t, "gone": np.arange(200) % 2}), method="piecewise", bands=[0, 1, 3, 5]
    )
    assert list(found.values) == ["churn_0", "churn_3"]


# Models


def test_a_model_of_segments(fit: gw.data.Subscriptions, tmp_path: Path) -> None:
    file = fit.write(tmp_path / "firm.yaml")
    model = gw.read(file)
    assert model.to_yaml() == fit.model().to_yaml()
    assert model["one_year.churn"] == {"beta": ["$one_year_a", "$one_year_b"]}
    assert model["one_year.fee"] == "$one_year_fee"
    assert model["segments.one_year.count"] == fit.base()["customers"].iloc[1]
    assert model["assumptions.one_year_a.source"] == fit.source
    run = gw.run(model.assign({"agents": 400, "horizon": 6}))
    assert run.table(by=[])["customers_end"].iloc[0] > 0


@pytest.mark.parametrize("method", ["beta", "weibull", "piecewise"])
def test_every_method_becomes_a_model_that_can_be_checked(method: str) -> None:
    fit = gw.data.from_subscriptions(subscriptions(), fee="fee", method=method, **DATES)
    model = fit.model().assign({"agents": 1_000, "horizon": 6})
    assert not [text for text in gw.check(model).warnings if "assumption" in text]
    assert set(fit.assumptions()) == set(model["assumptions"])


def test_estimates_go_into_a_model_there_is(fit: gw.data.Subscriptions) -> None:
    base = gw.Model(
        horizon=12,
        segments={"one_year": {"count": 100}, "trial": {"count": 50, "stage": "trying"}},
        stages={"customer": {"fee": 9, "churn": "2 %"}, "trying": {"fee": 1, "churn": "30 %"}},
    )
    found = fit.model(base, segment="one_year")
    assert found["customer.churn"] == {"beta": ["$one_year_a", "$one_year_b"]}
    assert found["trying.churn"] == 0.3
    assert found["customer.fee"] == "$one_year_fee"
    alone = fit.of("one_year").model(base)
    assert alone["customer.churn"] == {"beta": ["$a", "$b"]}
    with pytest.raises(ValueError, match="there is no segment 'month_to_month'"):
        fit.model(base)
    shared = base.assign({"segments.more": {"count": 10}})
    with pytest.raises(ValueError, match="'one_year' begins in the stage 'customer', as more do"):
        fit.model(shared, segment="one_year")
    with pytest.raises(ValueError, match="there is no segment 'oneyear'; did you mean 'one_year'"):
        fit.of("oneyear")


# Back-tests


def test_scores_by_hand() -> None:
    found = scores(np.array([10.0, 20, 10]), np.array([13.0, 16, 11]))
    assert found["total_error"] == 0
    assert found["bias"] == 0
    assert found["mae"] == pytest.approx(8 / 3)
    assert found["rmse"] == pytest.approx(np.sqrt(26 / 3))
    assert found["cumulative_error"] == pytest.approx(3 / 40)
    assert np.isnan(scores(np.zeros(2), np.ones(2))["total_error"])


def test_bands_of_a_forecast() -> None:
    draws = np.arange(101.0)[:, None] * np.array([1.0, 2.0])
    told = Forecast("m", np.array([50.0, 100.0]), dict.fromkeys(("luck", "parameters", "both"), draws))
    assert_allclose(told.band("both", 0.8), [[10, 20], [90, 180]])
    assert inside(np.array([10.0, 181.0]), told, "luck", 0.8).tolist() == [1, 0]
    assert_allclose(told.total().band("both", 0.5)[1], 225)
    assert told.cumulated().expected.tolist() == [50, 150]
    assert rolling(6, 12, 3) == [6, 8, 10]
    rate = poisson_rate("x", 400, 100, np.array([1.0, 2.0]), draws=4_000, seed=1)
    assert rate.expected.tolist() == [4, 8]
    # Poisson(8) with a gamma rate: variance 8 + 4 * 400 / 100^2; that of 4,000 draws is known to 2 %.
    assert rate.possible["both"].var(axis=0)[1] == pytest.approx(8.16, rel=0.09)


def test_a_backtest_has_all_methods_on_one_split(fit: gw.data.Subscriptions) -> None:
    test = fit.backtest(split=0.5, by="time", draws=100)
    table = test.table()
    names = ["beta", "weibull", "piecewise", "constant hazard", "last value"]
    assert table["method"].tolist() == names * 2
    assert table.groupby("group")["observed"].nunique().tolist() == [1, 1]
    rows = table[table["group"] == "month_to_month"].set_index("method")
    # About 350 leave: luck is 5 % of that, and the beta family is nearly the true one.
    assert abs(rows.loc["beta", "total_error"]) < 0.2
    assert abs(rows.loc["beta", "total_error"]) < abs(rows.loc["constant hazard", "total_error"])
    levels = test.coverage()
    both = levels[(levels["source"] == "both") & (levels["method"] == "beta")]
    assert both.groupby("group")["coverage"].is_monotonic_increasing.all()
    assert "Error of the total: beta" in repr(test)
    assert copy.deepcopy(test) == test


def test_what_happened_after_a_date_is_counted_from_the_table(fit: gw.data.Subscriptions) -> None:
    table = subscriptions()
    held = fit.backtest(split=0.75, by="time", draws=20).held
    first = table["joined"].min()
    at_split = 0.75 * elapsed_months(first, pd.Timestamp(ASOF))
    now = pd.Timestamp(ASOF) - pd.Timedelta(
        days=(elapsed_months(first, pd.Timestamp(ASOF)) - at_split) * 30.4375
    )
    gone = table["left"].notna() & (table["joined"] < now) & (table["left"] > now)
    by_hand = gone.groupby(table["contract"]).sum()
    for one, count in zip(held, by_hand, strict=True):  # the last, unfinished month is left out
        assert 0 <= count - one.observed.sum() <= 0.12 * count + 5


def elapsed_months(start: pd.Timestamp, end: pd.Timestamp) -> float:
    return (end - start).days / 30.4375


def test_origins_roll_on() -> None:
    found = retained(
        pd.DataFrame({"age": range(1, 11), "kept": [80, 70, 63, 58, 54, 51, 48.5, 46.5, 44.7, 43]})
    )
    test = found.backtest(split=4, origins=3, draws=50)
    assert [held.origin for held in test.held] == [f"split at age {age}" for age in (4, 6, 8)]
    table = test.table().set_index("method")
    assert table.loc["beta", "origins"] == 3
    assert table.loc["beta", "periods"] == 6 + 4 + 2
    assert test.origins == 3
    assert "3 origins each" in repr(test)
    # 2,000 customers less those who leave: what is held out is what the table says.
    assert test.held[0].observed.tolist() == pytest.approx([80, 60, 50, 40, 36, 34])


@pytest.mark.parametrize(
    ("ask", "message"),
    [
        ({"split": 0}, "split is 0; it must be a share between 0 and 1, or an age in periods"),
        ({"split": 5}, "split leaves 5 periods of 5 in 'all'; at least one must be known"),
        ({"by": "date"}, "there is no by 'date' (a back-test splits by: age, time)"),
        ({"origins": 0}, "origins is 0; it must be a whole number from 1 to 100"),
        ({"draws": 3}, "draws is 3; it must be a whole number from 20"),
    ],
)
def test_a_backtest_refuses(ask: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=re.escape(message)):
        retained(method="beta").backtest(**ask)


def test_a_split_by_time_parts_the_time_in_which_customers_were_seen() -> None:
    """Most joined long before the table began: half of the time before it says nothing."""
    model = gw.Model(
        horizon=24,
        agents="all",
        segments={"all": {"count": 1_500, "tenure": "8 years", "arrivals": 20}},
        stages={"customer": {"fee": 20, "churn": "2 % / month"}},
    )
    table = gw.run(model, replications=1).customers(1_500, start="2024-10-01").subscriptions()
    late = gw.data.from_subscriptions(
        table, start="joined", end="left", entry="entry", asof="2026-10-01", period="month", method="beta"
    )
    test = late.backtest(split=0.5, by="time")
    row = test.table().set_index("method").loc["constant hazard"]
    assert row["periods"] == 12
    in_last_year = table["left"].gt(pd.Timestamp("2025-10-01")) & table["joined"].lt(
        pd.Timestamp("2025-10-01")
    )
    assert row["observed"] == in_last_year.sum()
    assert row["forecast"] == pytest.approx(row["observed"], rel=4 / np.sqrt(row["observed"]))


def test_without_dates_there_is_no_split_by_time() -> None:
    with pytest.raises(ValueError, match="the data have no dates, so they can be split by age only"):
        by_tenure(tenures()).backtest(by="time")


# Charts


def test_charts(fit: gw.data.Subscriptions) -> None:
    ax = fit.plot(draws=20)
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["month_to_month", "one_year"]
    assert fit.plot("churn", segment="one_year", draws=20).get_title(loc="left") == "Churn a month"
    test = fit.backtest(split=0.5, by="time", draws=20)
    for kind in ("tracking", "cumulative", "calibration"):
        assert test.plot(kind, group="one_year").lines
    with pytest.raises(ValueError, match="there is no kind 'hazard'"):
        fit.plot("hazard")
    with pytest.raises(ValueError, match="there is no group 'x'"):
        test.plot(group="x")


@pytest.mark.parametrize("method", ["beta", "weibull", "piecewise"])
def test_effects_of_a_model_there_is_are_kept(method: str) -> None:
    one = gw.data.from_subscriptions(subscriptions(), method=method, **DATES)
    base = gw.Model(
        horizon=12,
        agents=2_000,
        segments={"all": {"count": 5_000}},
        stages={"customer": {"fee": 20, "churn": {"average": "3 %", "satisfaction": -0.3}}},
    )
    model = one.model(base)
    told = model["customer.churn"]
    assert told["satisfaction"] == -0.3
    assert ("beta" if method == "beta" else "by_tenure") in told
    assert not [text for text in gw.check(model).warnings if "not reproduced" in text]


def test_those_who_pay_differently_do_so_in_the_model(fit: gw.data.Subscriptions) -> None:
    table, model = subscriptions(), fit.model()
    fees = table.loc[(table["contract"] == "One year") & table["left"].isna(), "fee"]
    assert model["segments.one_year.spend"]["cv"] == pytest.approx(fees.std(ddof=0) / fees.mean(), abs=1e-4)
