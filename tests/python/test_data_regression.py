"""`gw.data.from_regression`: what it takes, refuses, warns of and writes."""

from __future__ import annotations

import re
from types import SimpleNamespace
from typing import Any

import goodwill as gw
import numpy as np
import pandas as pd
import pytest

TABLE = pd.DataFrame({"name": ["const", "csat", "calls"], "coef": [-2.0, -0.3, 0.4], "se": [0.1, 0.03, 0.05]})
PATHS = {"csat": "customer.churn.satisfaction", "calls": "customer.churn.failures"}


def fit(regression: Any = None, **more: Any) -> gw.data.RegressionFit:
    given: dict[str, Any] = {"paths": PATHS, "period": "month", "link": "logit", **more}
    return gw.data.from_regression(TABLE if regression is None else regression, **given)


def base() -> gw.Model:
    return gw.Model(
        horizon=6,
        segments={"a": {"count": 500}, "b": {"count": 500}},
        stages={"customer": {"fee": 2, "churn": {"average": "2 %", "satisfaction": -0.1, "trust": -0.5}}},
    )


def test_a_table_becomes_effects_in_a_model() -> None:
    found = fit()
    assert found.values == pytest.approx(
        {"customer_churn_satisfaction": -0.3, "customer_churn_failures": 0.4}
    )
    churn = found.model(base())["customer.churn"]
    assert churn == {
        "average": 0.02,
        "satisfaction": "$customer_churn_satisfaction",
        "trust": -0.5,
        "failures": "$customer_churn_failures",
    }
    part = found.model(base(), segment="b")["segments.b.changes"]
    assert part["customer.churn.failures"] == {"set": "$b_customer_churn_failures"}
    with pytest.raises(ValueError, match="effects need a model to act in"):
        found.model()


def test_both_corrections_are_shown() -> None:
    found = fit(within=12, probability="30 %", reliability={"csat": 0.6})
    row = found.corrections().iloc[0]
    factor = 0.3 / (12 * (1 - 0.7 ** (1 / 12)))
    assert row["reported"] == -0.3
    assert row["in_period"] == pytest.approx(-0.3 * factor)
    assert row["corrected"] == pytest.approx(-0.3 * factor / 0.6)
    assert "On the log-odds of one month they are 0.854 of what they are" in repr(found)
    assert "1.67 times as large (customer.churn.satisfaction)" in repr(found)
    assert found.warnings == [
        "Regressors are taken to be uncorrelated when effects are freed from noise; regressors= (a table) "
        "would say "
        "how they are."
    ]


def test_units_of_the_model() -> None:
    """A star is 2.5 points: the effect of a point is 0.4 of that of a star."""
    found = fit(units={"csat": 0.4})
    assert found.values["customer_churn_satisfaction"] == pytest.approx(-0.12)
    assert found.parameters.errors[0] == pytest.approx(0.012)


def test_coefficients_keep_their_correlation() -> None:
    covariance = np.array([[0.01, 0, 0], [0, 0.0009, -0.0009], [0, -0.0009, 0.0025]])
    found = fit((TABLE[["name", "coef"]], covariance))
    assert found.assumptions()["customer_churn_failures"]["correlation"] == {
        "customer_churn_satisfaction": pytest.approx(-0.6)
    }


class Logit:
    """What a model of statsmodels shows of itself."""

    exog = np.column_stack([np.ones(50), np.linspace(0, 10, 50), np.tile([0, 1], 25)])


def result() -> Any:
    return SimpleNamespace(
        params=TABLE.set_index("name")["coef"],
        cov_params=lambda: pd.DataFrame(np.diag(TABLE["se"] ** 2)),
        model=Logit(),
        llf=-123.0,
        nobs=50.0,
    )


def test_a_fitted_model_brings_its_link_and_its_regressors() -> None:
    found = fit(result(), link=None, reliability={"csat": 0.6})
    assert (found.loglik, found.n) == (-123, 50)
    assert found.warnings == []
    assert found.values["customer_churn_satisfaction"] == pytest.approx(-0.5, abs=0.01)
    with pytest.raises(ValueError, match="link is 'log', and the model has 'logit'"):
        fit(result(), link="log")


def test_models_of_statsmodels() -> None:
    sm = pytest.importorskip("statsmodels.api")
    random = np.random.default_rng(1)
    x = sm.add_constant(
        pd.DataFrame({"csat": random.standard_normal(4_000), "calls": random.poisson(1, 4_000)})
    )
    left = random.random(4_000) < 1 / (1 + np.exp(2 + 0.4 * x["csat"] - 0.3 * x["calls"]))
    families, links = sm.families, sm.families.links
    logit = fit(sm.Logit(left.astype(float), x).fit(disp=0), link=None)
    glm = fit(sm.GLM(left.astype(float), x, family=families.Binomial()).fit(), link=None)
    assert logit.values == pytest.approx(glm.values, rel=1e-6)
    assert logit.n == 4_000
    cloglog = sm.GLM(left.astype(float), x, family=families.Binomial(links.CLogLog())).fit()
    assert fit(cloglog, link=None).values["customer_churn_satisfaction"] < 0
    counts = sm.GLM(x["calls"], x[["const", "csat"]], family=families.Poisson()).fit()
    assert fit(counts, link=None, paths={"csat": "orders.rate.satisfaction"}, within=12).factor == 1


def test_the_sign_of_an_effect_is_looked_at() -> None:
    found = fit(TABLE.assign(coef=[-2, 0.3, 0.4]))
    assert found.warnings == [
        "customer.churn.satisfaction is positive: happier customers would leave more often."
    ]


def test_a_chart_of_the_effects() -> None:
    pytest.importorskip("matplotlib").use("agg")
    ax = fit(within=12, probability=0.3).plot()
    assert [label.get_text() for label in ax.get_yticklabels()] == list(PATHS.values())


@pytest.mark.parametrize(
    ("regression", "more", "message"),
    [
        (
            3,
            {},
            "regression is 3; it must be a fitted model of statsmodels, or a table with the columns name",
        ),
        (TABLE.drop(columns="se"), {}, "regression: there is no column 'se'"),
        (pd.concat([TABLE, TABLE]), {}, "regression: the coefficient 'const' is listed twice"),
        (TABLE.assign(se=0), {}, "regression: a standard error (se) is not above 0"),
        ((TABLE, np.eye(2)), {}, "regression: the covariance must have 3 rows and columns"),
        (None, {"link": None}, "link is None; with a table it must be said: one of logit, cloglog, log"),
        (None, {"link": "probit"}, "link is 'probit'; it must be one of logit, cloglog, log"),
        (None, {"paths": {"csta": "a.b"}}, "paths: there is no coefficient 'csta'; did you mean 'csat'?"),
        (None, {"paths": {"csat": "churn"}}, "paths: csat stands at 'churn'; it must be a path of a model"),
        (None, {"paths": {"csat": "a.b", "calls": "a.b"}}, "paths: 'a.b' is named twice"),
        (None, {"paths": {}}, "paths is empty"),
        (None, {"within": 12}, "probability is None; with within= it must be the share that had the outcome"),
        (None, {"probability": 0.2}, "probability goes with within"),
        (None, {"reliability": {"csat": 1.2}}, "reliability: csat is 1.2; it must be a share from 0.05 to 1"),
        (None, {"reliability": {"cast": 0.6}}, "reliability: there is no coefficient 'cast'"),
        (None, {"units": {"csat": 0}}, "units: csat is 0"),
        (
            None,
            {
                "reliability": {"csat": 0.5},
                "regressors": pd.DataFrame(
                    {"csat": np.arange(9.0), "calls": np.arange(9.0) + [0, 0.1, 0] * 3}
                ),
            },
            "reliability: the regressors are so correlated that their noise would be all that tells them "
            "apart",
        ),
    ],
)
def test_errors_say_what_is_wrong(regression: Any, more: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=re.escape(message)):
        fit(regression, **more)


def test_an_effect_of_what_customers_spend_stands_beside_an_observed_average() -> None:
    """Whatever can act on a response is known from the model's own description."""
    table = pd.DataFrame({"name": ["spent"], "coef": [0.3], "se": [0.1]})
    fit = gw.data.from_regression(
        table, link="logit", paths={"spent": "customer.churn.spend"}, period="month"
    )
    base = gw.Model(
        horizon=6,
        segments={"all": {"count": 100, "spend": {"cv": 0.5}}},
        stages={"customer": {"churn": "2 %"}},
    )
    assert fit.model(base)["customer.churn"] == {"average": 0.02, "spend": "$customer_churn_spend"}
