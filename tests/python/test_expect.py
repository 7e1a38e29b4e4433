"""Exact expectations, as tables."""

from collections.abc import Callable

import goodwill as gw
import numpy as np
import pytest


@pytest.fixture(scope="module")
def chain(make_firm: Callable[..., gw.Model]) -> gw.Model:
    """The firm without what depends on the customer's state."""
    stages = {"customer": {"fee": 30, "margin": "60 %", "service_cost": 2, "churn": "2 % / month"}}
    segments = {"all": {"count": 4_000, "tenure": 0, "arrivals": "60 / month", "acquisition_cost": 40}}
    blocks = {"investments": {}, "events": {}, "scenarios": {}}
    orders = {"rate": "0.3 / month", "value": 12, "margin": "40 %"}
    return make_firm(stages=stages, segments=segments, orders=orders, **blocks)


def test_agrees_with_a_run(chain: gw.Model) -> None:
    exact, run = gw.expect(chain), gw.run(chain, replications=20)
    expected, found = exact.table(by="year"), run.table(by="year")
    shared = [name for name in expected.columns if name != "year"]
    assert {"customers_end", "lost", "revenue", "contribution", "touchpoint_cost", "orders"} <= set(shared)
    for name in shared:  # the rarest, referred customers converted, has a relative error of 1.5 %
        np.testing.assert_allclose(found[name], expected[name], rtol=0.05, err_msg=name)
    calls = exact.touchpoints(by=[]).set_index("touchpoint").loc["call"]
    assert calls["failure"] == pytest.approx(0.2)
    assert calls["recovery"] == pytest.approx(0.5)


def test_constant_retention() -> None:
    firm = gw.Model(
        horizon="5 years",
        segments={"all": {"count": 10_000, "tenure": 0}},
        stages={"customer": {"fee": 30, "churn": "2 % / month"}},
        finance={"discount": "10 %", "timing": "start"},
    )
    exact = gw.expect(firm, infinite=True)
    table = exact.table()
    # Probabilities are multiples of 2^-32, so the survivors of 60 months agree to about 1e-8.
    np.testing.assert_allclose(table["customers_end"], 10_000 * 0.98 ** np.arange(1, 61), rtol=1e-7)
    factor = 1.1 ** (-1 / 12)
    assert exact.values()["value"].iloc[0] == pytest.approx(30 / (1 - 0.98 * factor), rel=1e-7)
    assert exact.base_values()["all"] == pytest.approx(10_000 * 30 / (1 - 0.98 * factor), rel=1e-7)
    assert "Over their whole lives" in repr(exact)
    assert "<table>" in exact._repr_html_()


def test_a_horizon_of_its_own(chain: gw.Model) -> None:
    assert len(gw.expect(chain, horizon=5).table()) == 5
    with pytest.raises(ValueError, match="horizon is 0; it must be a whole number of periods"):
        gw.expect(chain, horizon=0)
    with pytest.raises(ValueError, match="infinite=True"):
        gw.expect(chain).values()
    with pytest.raises(ValueError, match="no key 'segment'"):
        gw.expect(chain).table(by="segment")


def test_what_is_no_markov_chain_is_named(model: gw.Model) -> None:
    with pytest.raises(gw.ModelError, match=r"customer\.churn") as caught:
        gw.expect(model)
    assert caught.value.problems
    assert str(caught.value).endswith("\nuse run instead: it simulates these too")


def test_says_that_costs_of_a_scenario_are_not_counted() -> None:
    firm = gw.example("smallest").assign(
        {"investments.gift": {"cost": {"upfront": 5_000}}, "scenarios.gift": ["gift"]}
    )
    text = "The costs of investments and events are not in contribution and present value."
    assert text in repr(gw.expect(firm, scenario="gift"))
    assert text not in repr(gw.expect(firm))
