"""Churn by age: published estimates, textbook formulas, recovery and coverage, forecasts of what was held
out, and the register that keeps what is known of the curve.

With n data sets the share of 95 % intervals that cover has a standard error of sqrt(0.95 * 0.05 / n). Four of
them are allowed, which with 850 sets (full) are 3 points: 92 to 98 %. Seeds are fixed, and each family is
looked at in a few parameters: a false alarm of 6e-5 each.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path

import goodwill as gw
import numpy as np
import pandas as pd
import pytest
from goodwill import _core
from goodwill.engine.model import core_of
from goodwill.fitting.backtest import BOTH, LEVELS, inside
from goodwill.fitting.holdout import base_of, forecasts
from goodwill.fitting.lives import Lives, by_band, kaplan_meier, lives
from goodwill.fitting.parameters import to_link
from goodwill.fitting.survival import fitted, log_survival, piecewise
from numpy.testing import assert_allclose

sys.path.insert(0, str(Path(__file__).parent))

from telecom import LEFT, STAYED

FULL = os.environ.get("GOODWILL_FULL", "0") not in ("", "0")
SETS = 850 if FULL else 40
SLACK = 4 * np.sqrt(0.95 * 0.05 / SETS)
REGULAR = [63.1, 46.8, 38.2, 32.6, 28.9, 26.2, 24.1, 22.3, 20.7, 19.4, 18.3, 17.3]
HIGH_END = [86.9, 74.3, 65.3, 59.3, 55.1, 51.7, 49.1, 46.8, 44.5, 42.7, 40.9, 39.4]
"""Percentages kept after 1 to 12 years of two segments (Fader and Hardie 2007, table 1)."""


def kept(percentages: list[float], years: int = 12, **options: object) -> gw.data.Retention:
    table = pd.DataFrame({"year": range(1, years + 1), "kept": percentages[:years]})
    asked: dict[str, object] = {"counts": False, "customers": 1_000, "period": "year", "method": "beta"}
    return gw.data.from_retention(table, age="year", kept="kept", **{**asked, **options})  # type: ignore[arg-type]


@pytest.mark.parametrize(("percentages", "a", "b"), [(REGULAR, 0.7041, 1.1820), (HIGH_END, 0.6681, 3.8061)])
def test_the_published_shifted_beta_geometric(percentages: list[float], a: float, b: float) -> None:
    """From the first seven years (Fader and Hardie 2007); four digits are published."""
    found = kept(percentages, 7).values
    assert_allclose([found["a"], found["b"]], [a, b], atol=5e-5)


def test_the_register_keeps_what_is_known_of_the_curve() -> None:
    """Alone, a and b say little; together they say how many stay.

    4,096 draws know the standard deviation of S(12) to 1.5 %. A register has three quantiles: on the log
    scale those make a logistic distribution, whose standard deviation is 1.058 times that of the normal one
    with the same 10 and 90 % quantiles.
    """
    fit = kept(HIGH_END, 7)

    def spread(drawn: np.ndarray) -> float:
        return float(
            np.std([np.exp(log_survival("beta", p, np.zeros(1), np.array([12.0])))[0] for p in drawn])
        )

    def register(model: gw.Model) -> np.ndarray:
        return np.array(_core.draw_assumptions(core_of(model), 1, 0, 4096))

    assert_allclose(spread(fit.draws(4096).to_numpy()), 0.0193, rtol=0.05)
    model = fit.model()
    assert_allclose(spread(register(model)), 1.058 * 0.0193, rtol=0.05)
    alone = fit.assumptions()
    del alone["b"]["correlation"]
    assert_allclose(
        spread(register(gw.Model(**{**model_blocks(model), "assumptions": alone}))), 0.07, atol=0.006
    )


def model_blocks(model: gw.Model) -> dict[str, object]:
    return {name: model[name] for name in ("period", "horizon", "segments", "stages")}


@pytest.mark.parametrize("method", ["beta", "weibull", "piecewise"])
def test_a_model_keeps_the_share_that_the_curve_keeps(method: str) -> None:
    """A fresh cohort of the model written from the estimates: 100,000 agents, so S has a standard error of
    0.0016; four of them are allowed. A Weibull curve is followed at the ages where its bands end."""
    fit = kept(HIGH_END, 12, method=method)
    firm = fit.model().assign({"agents": 100_000, "segments.all.count": 100_000, "horizon": 12})
    table = gw.run(firm).table("period")
    share = table["customers_end"].to_numpy() / 100_000
    ages = np.array([1, 2, 3, 4, 6, 9, 12])
    assert_allclose(share[ages - 1], fit.groups[0].curve.survival(ages.astype(float)), atol=0.0064)


def telecom() -> pd.DataFrame:
    """A row for each customer of the public table."""
    parts = []
    for contract in LEFT:
        for gone, counts in ((True, LEFT[contract]), (False, STAYED[contract])):
            months = np.repeat(np.arange(73), [int(count) for count in counts.split()])
            parts.append(pd.DataFrame({"contract": contract, "months": months, "gone": gone}))
    return pd.concat(parts, ignore_index=True)


def of_telecom(segment: str | None) -> gw.data.Subscriptions:
    return gw.data.from_subscriptions(
        telecom(), tenure="months", event="gone", period="month", segment=segment
    )


def test_the_telecom_table() -> None:
    """Survival as published tools give it, to four digits; events, customer-months, and the error of their
    ratio, which is the square root of the events over the customer-months."""
    table = of_telecom(None).survival(at=[12, 24, 48, 72])
    assert_allclose(table["survival"], [0.8432, 0.7887, 0.7088, 0.5928], atol=5e-5)
    fit = of_telecom("contract")
    by_contract = fit.survival(at=[12, 24, 48, 72]).pivot(index="segment", columns="age", values="survival")
    assert_allclose(by_contract.loc["month_to_month"], [0.7031, 0.5859, 0.3973, 0.1290], atol=6e-5)
    assert_allclose(by_contract.loc["one_year"], [0.9908, 0.9783, 0.9165, 0.5681], atol=5e-5)
    assert_allclose(by_contract.loc["two_year", 72], 0.9357, atol=5e-5)
    rates = fit.rates()
    assert rates["events"].tolist() == [1_655, 166, 48]
    assert rates["exposure"].tolist() == [69_892, 61_932, 96_166]
    assert_allclose(rates["standard_error"], np.sqrt(rates["events"]) / rates["exposure"])
    assert any(text.startswith("two_year: nobody left before month 25") for text in fit.warnings)


def test_the_telecom_table_held_out_at_36_months() -> None:
    """Churn of contracts rises after three years, which no method sees before it happens. A family that can
    rise is the least wrong for them, and all methods are scored on the same customers."""
    table = of_telecom("contract").backtest(split=36, draws=50).table().set_index(["group", "method"])
    assert table["observed"].groupby("group").unique().map(list).to_dict() == {
        "month_to_month": [195],
        "one_year": [117],
        "two_year": [46],
    }
    error = table["total_error"].abs()
    for contract in ("one_year", "two_year"):
        assert error[contract].idxmin() == "weibull"
        assert error[contract, "weibull"] < 0.9 * error[contract, "constant hazard"]
        assert (table.loc[contract, "total_error"] < 0).all()
    # Of monthly contracts churn falls at first and then rises: the mean of both is nearest.
    assert error["month_to_month"].idxmin() == "constant hazard"


def test_kaplan_meier_on_a_textbook_case() -> None:
    """Remission of 21 leukaemia patients on 6-MP (Freireich et al. 1963): the curve and Greenwood's errors as
    printed by Kleinbaum and Klein (2012), table 2.4 and by Cox and Oakes (1984)."""
    left = [6, 6, 6, 7, 10, 13, 16, 22, 23]
    there = [6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35]
    time = np.array(left + there, dtype=float)
    event = np.arange(21) < len(left)
    steps = kaplan_meier(lives(np.zeros(21), time, event))
    assert steps.age.tolist() == [6, 7, 10, 13, 16, 22, 23]
    assert steps.at_risk.tolist() == [21, 17, 15, 12, 11, 7, 6]
    assert_allclose(steps.survival, [0.8571, 0.8067, 0.7529, 0.6902, 0.6275, 0.5378, 0.4482], atol=5e-5)
    assert_allclose(steps.error, [0.0764, 0.0869, 0.0963, 0.1068, 0.1141, 0.1282, 0.1346], atol=5e-5)


TRUE = {
    "beta": np.array([0.8, 6.0]),
    "weibull": np.array([0.75, 25.0]),
    "piecewise": np.array([0.08, 0.03, 0.015]),
}
CUTS = np.array([0.0, 3.0, 12.0])


def simulated(method: str, n: int, whole: bool, seed: int) -> tuple[Lives, np.ndarray]:
    """Lives with staggered joining, censored at the end of the data, and a half of them seen late."""
    luck = np.random.default_rng(seed)
    # Any time is one of a fine grid that is even in the logarithm: a Weibull shape looks at small ages there.
    some = np.arange(1, 400.0) if whole else np.geomspace(1e-6, 400, 50_000)
    grid = np.concatenate([[0.0], some, [1e9]])
    curve = np.exp(log_survival(method, TRUE[method], CUTS, grid))
    lived = grid[np.minimum(np.searchsorted(-curve, -luck.random(n)), len(grid) - 1)]
    lived = np.maximum(lived, grid[1])
    follow = luck.uniform(1, 36, n)
    late = np.where(luck.random(n) < 0.5, 0.0, luck.uniform(0, 12, n))
    if whole:
        follow, late = np.floor(follow), np.floor(late)
    seen = (lived > late) & (follow > late)  # the others never came into the table
    time, event = np.minimum(lived, follow), lived <= follow
    return lives(late[seen], time[seen], event[seen]), follow[seen]


@pytest.mark.parametrize("whole", [True, False])
@pytest.mark.parametrize("method", list(TRUE))
def test_recovery_and_coverage(method: str, whole: bool) -> None:
    """Known parameters come back, and 95 % intervals on the link scales cover them."""
    hits, found = [], []
    for seed in range(SETS):
        data, _ = simulated(method, 1_500, whole, seed)
        assert data.whole == whole
        curve = fitted(method, data, CUTS)
        truth = np.array(
            [to_link(link, v) for link, v in zip(curve.parameters.links, TRUE[method], strict=True)]
        )
        error = curve.parameters.errors
        hits.append(np.abs(curve.parameters.estimate - truth) < 1.96 * error)
        found.append((curve.parameters.estimate - truth) / error)
    assert_allclose(np.mean(hits, axis=0), 0.95, atol=SLACK)
    # The mean of standardised errors has a standard error of 1 / sqrt(sets), and a bias of order 1 / sqrt(n).
    assert np.abs(np.mean(found, axis=0)).max() < 4 / np.sqrt(SETS) + 0.1


@pytest.mark.parametrize("method", ["beta", "weibull"])
def test_late_entry_that_is_left_out_is_a_bias(method: str) -> None:
    """What the conditioning is for: who was seen late did not leave early, and proves nothing about it."""
    data, _ = simulated(method, 20_000, True, seed=1)
    ignored = Lives(np.zeros(len(data.time)), data.time, data.event, data.weight, data.whole)
    truth = np.exp(log_survival(method, TRUE[method], CUTS, np.array([6.0])))[0]
    # The standard error of S(6) is about 0.004.
    assert abs(fitted(method, data).survival(np.array([6.0]))[0] - truth) < 0.016
    assert fitted(method, ignored).survival(np.array([6.0]))[0] > truth + 0.05


def test_kaplan_meier_with_late_entry_covers_the_truth() -> None:
    truth = np.exp(log_survival("beta", TRUE["beta"], CUTS, np.array([3.0, 12.0, 24.0])))
    hits = []
    for seed in range(SETS):
        data, _ = simulated("beta", 1_500, True, seed + 10_000)
        survival, error = kaplan_meier(data).at(np.array([3.0, 12.0, 24.0]))
        hits.append(np.abs(survival - truth) < 1.96 * error)
    assert_allclose(np.mean(hits, axis=0), 0.95, atol=SLACK)


def test_grouped_counts_are_all_that_a_whole_likelihood_needs() -> None:
    """Customers who left and who were at risk, age by age, written out by hand."""
    data, _ = simulated("beta", 800, True, seed=3)
    ages = np.arange(1.0, data.oldest + 1)
    events, risk = by_band(data, ages - 1)
    stay = log_survival("beta", np.array([0.6, 5.0]), CUTS, np.arange(data.oldest + 1))
    p = -np.expm1(np.diff(stay))
    by_hand = float((events * np.log(p) + (risk - events) * np.log1p(-p)).sum())
    curve = fitted("beta", data)
    moved = type(curve.parameters)(
        curve.parameters.names, curve.parameters.links, np.log([0.6, 5.0]), curve.parameters.covariance
    )
    other = type(curve)("beta", moved, 0.0, curve.cuts, ())
    assert_allclose(other.loglik_of(data), by_hand, rtol=1e-10)


@pytest.mark.parametrize("whole", [True, False])
def test_piecewise_churn_has_a_closed_form(whole: bool) -> None:
    data, _ = simulated("piecewise", 5_000, whole, seed=4)
    curve = piecewise(data, CUTS)
    events, exposure = by_band(data, CUTS)
    rate = events / exposure
    assert_allclose(curve.estimate, rate if whole else 1 - np.exp(-rate))
    for k in range(3):  # the likelihood is greatest there
        for step in (0.999, 1.001):
            other = curve.estimate.copy()
            other[k] *= step
            links = to_link("logit", other)
            moved = type(curve.parameters)(curve.parameters.names, curve.parameters.links, links, np.eye(3))
            assert type(curve)("piecewise", moved, 0.0, CUTS, ()).loglik_of(data) < curve.loglik


def test_bands_of_forecasts_hold_what_happens() -> None:
    """Bands of both doubts, of the true family: who leaves in the year after the split, by month and in all.
    Months of one data set hang together, so the data sets are the units; counts are whole numbers, which
    makes bands hold a little more than they say."""
    months, totals = [], []
    sets = min(SETS, 200)
    for seed in range(sets):
        data, follow = simulated("beta", 1_500, True, seed + 20_000)
        now = follow - 12
        known = data.until(now)
        there = (now > data.entry) & (data.time > now) & (now > 0)
        after = (data.time - now)[there][data.event[there]]
        observed = np.bincount(after.astype(int), minlength=13)[1:13].astype(float)
        ahead = base_of(now[there], data.weight[there], np.full(int(there.sum()), 12.0))
        told, _ = forecasts(known, None, 12, ahead, draws=200, seed=seed, methods=["beta"])
        beta = told[0]
        months.append([inside(observed, beta, BOTH, level).mean() for level in LEVELS])
        totals.append([inside(observed.sum(keepdims=True), beta.total(), BOTH, level)[0] for level in LEVELS])
    for level, by_month, in_all in zip(LEVELS, np.mean(months, axis=0), np.mean(totals, axis=0), strict=True):
        slack = 4 * np.sqrt(level * (1 - level) / sets)
        assert abs(in_all - level) < slack + 0.02, level
        assert -slack < by_month - level < slack + 0.1, level


def reference(name: str) -> Callable[..., object]:
    lifelines = pytest.importorskip("lifelines")
    return getattr(lifelines, name)


def test_lifelines_agrees() -> None:
    """An implementation that shares no code: curves, errors, and the Weibull estimates with late entry."""
    data, _ = simulated("weibull", 3_000, False, seed=5)
    theirs = reference("KaplanMeierFitter")().fit(data.time, data.event, entry=data.entry)
    ages = np.array([1.0, 6.0, 12.0, 24.0])
    ours, _ = kaplan_meier(data).at(ages)
    assert_allclose(ours, theirs.predict(ages), atol=1e-9)
    weibull = reference("WeibullFitter")().fit(data.time, data.event, entry=data.entry)
    curve = fitted("weibull", data)
    assert_allclose(curve.estimate, [weibull.rho_, weibull.lambda_], rtol=1e-3)
    errors = curve.parameters.errors * curve.estimate
    assert_allclose(errors, weibull.summary["se(coef)"].loc[["rho_", "lambda_"]], rtol=1e-2)
