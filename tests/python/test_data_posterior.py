"""`gw.data.from_posterior`: draws of any origin as a Fit."""

from __future__ import annotations

import pickle
import re
from types import SimpleNamespace
from typing import Any

import goodwill as gw
import numpy as np
import pandas as pd
import pytest
from goodwill.fitting.posterior import off_by, skewness, split_r_hat, support
from numpy.testing import assert_allclose


def draws(n: int = 40_000) -> pd.DataFrame:
    y = np.random.default_rng(1).multivariate_normal(
        [-3.5, 2, -0.4], [[0.04, 0.012, 0], [0.012, 0.01, 0], [0, 0, 0.0025]], n
    )
    return pd.DataFrame({"churn": 1 / (1 + np.exp(-y[:, 0])), "value": np.exp(y[:, 1]), "effect": y[:, 2]})


def fit(data: Any = None, **more: Any) -> gw.data.PosteriorFit:
    return gw.data.from_posterior(draws() if data is None else data, **{"period": "month", **more})


def base() -> gw.Model:
    return gw.Model(
        horizon=6,
        segments={"a": {"count": 500}, "b": {"count": 500}},
        stages={"customer": {"fee": 2, "churn": {"base": "2 %"}}},
        orders={"rate": 0.4, "value": 9},
    )


def test_draws_keep_their_moments_on_the_scale_of_their_support() -> None:
    found = fit()
    assert found.parameters.links == ("logit", "log", "plain")
    assert_allclose(found.parameters.estimate, [-3.5, 2, -0.4], atol=0.004)  # four standard errors
    assert found.parameters.correlation[0, 1] == pytest.approx(0.6, abs=0.015)
    again = found.draws(40_000, seed=2)
    assert_allclose(again.quantile([0.1, 0.5, 0.9]), draws().quantile([0.1, 0.5, 0.9]), rtol=0.015)
    assert found.warnings == []
    assert pickle.loads(pickle.dumps(found)) == found


def test_what_is_far_from_normal_is_named() -> None:
    data = draws(4_000).assign(waits=np.random.default_rng(2).exponential(1, 4_000) - 0.001)
    (warning,) = fit(data, links={"waits": "plain"}).warnings
    assert warning.startswith("waits is far from normal on the plain scale (skewness 2.")
    shapes = fit(data, links={"waits": "plain"}).shapes().set_index("parameter")
    assert shapes.loc["waits", "off"] > 0.15 > shapes.loc["churn", "off"]


def test_draws_stand_in_a_model() -> None:
    paths = {"churn": "customer.churn", "effect": "customer.churn.satisfaction"}
    found = fit(paths=paths)
    model = found.model(base())
    assert model["customer.churn"] == {"base": "$churn", "satisfaction": "$effect"}
    assert list(found.assumptions()) == ["churn", "effect"]
    assert gw.check(model, threads=1).warnings == []
    part = found.model(base(), segment="b")["segments.b.changes"]
    assert part["customer.churn.satisfaction"] == {"set": "$b_effect"}
    value = fit(paths={"value": "orders.value", "churn": "customer.churn"}).assumptions("x_")
    assert value["x_value"]["correlation"] == {"x_churn": pytest.approx(0.6, abs=0.015)}
    with pytest.raises(ValueError, match="nobody said where these parameters stand"):
        fit().model(base())
    with pytest.raises(ValueError, match="draws need a model to act in"):
        fit().model()


def test_a_posterior_of_arrays() -> None:
    xr = pytest.importorskip("xarray")
    random = np.random.default_rng(3)
    data = xr.Dataset(
        {
            "level": (("chain", "draw"), random.beta(5, 95, (4, 500))),
            "beta": (("chain", "draw", "what"), random.standard_normal((4, 500, 2))),
        },
        coords={"what": ["csat", "trust"]},
    )
    data["beta"][0, :, 1] += 3  # one chain is elsewhere
    found = fit(SimpleNamespace(posterior=data))
    assert found.parameters.names == ("level", "beta_csat", "beta_trust")
    assert found.n == 2_000
    (warning,) = [text for text in found.warnings if "chains" in text]
    assert warning.startswith("The chains of beta_trust do not agree (R-hat 1.")
    chosen = fit(SimpleNamespace(posterior=data), names={"beta[csat]": "effect"})
    assert chosen.parameters.names == ("effect",)


def test_shapes_of_known_distributions() -> None:
    random = np.random.default_rng(4)
    normal, exponential = random.standard_normal(400_000), random.exponential(1, 400_000)
    assert abs(skewness(normal)) < 0.02
    assert skewness(exponential) == pytest.approx(2, abs=0.1)
    # Quantiles of an exponential with mean and sd 1: 0.105 and 2.303; of a normal -0.282 and 2.282.
    assert off_by(exponential) == pytest.approx(0.387, abs=0.02)
    assert off_by(normal) < 0.01
    chains = random.standard_normal((4, 1_000))
    assert split_r_hat(chains) == pytest.approx(1, abs=0.01)
    # The variance between chains at 0 and 1 is a third, that within 1: the root of 1.33.
    assert split_r_hat(chains + np.array([[0], [0], [1], [1]])) == pytest.approx((1 + 2 / 7) ** 0.5, abs=0.04)
    assert [support(np.array(x)) for x in ([0.1, 0.9], [0.1, 1.9], [-0.1, 0.9])] == ["logit", "log", "plain"]


def test_a_chart_of_the_draws() -> None:
    pytest.importorskip("matplotlib").use("agg")
    ax = fit().plot()
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["churn", "value", "effect", "normal"]


@pytest.mark.parametrize(
    ("data", "more", "message"),
    [
        (
            3,
            {},
            "draws is 3; it must be a table of pandas with a column for each parameter, or have a .posterior",
        ),
        (draws(50), {}, "there are 50 draws; at least 100 are needed"),
        (draws(200).assign(text="a"), {}, "draws: column 'text' does not hold numbers"),
        (draws(200).assign(churn=np.nan), {}, "the draws of 'churn' are not all finite numbers"),
        (None, {"names": {"chrun": "c"}}, "names: there is no parameter 'chrun'; did you mean 'churn'?"),
        (None, {"names": {"churn": "a b"}}, "names: churn becomes 'a b'; it must be a name"),
        (None, {"names": {"churn": "a", "value": "a"}}, "two parameters would be called 'a'"),
        (None, {"links": {"effect": "log"}}, "links: effect is 'log', and its draws are not all above 0"),
        (
            None,
            {"links": {"effect": "probit"}},
            "links: effect is 'probit'; it must be one of plain, log, logit",
        ),
        (None, {"paths": {"efect": "customer.churn"}}, "paths: there is no parameter 'efect'"),
    ],
)
def test_errors_say_what_is_wrong(data: Any, more: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=re.escape(message)):
        fit(data, **more)
