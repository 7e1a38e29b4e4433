"""Rates of return beside pyxirr and numpy-financial, and where theory alone decides."""

import numpy as np
import numpy_financial as npf
import pytest
import pyxirr
from goodwill import _core


def annual(amounts: list[float]) -> tuple[list[float], list[float]]:
    return [float(t) for t in range(len(amounts))], amounts


@pytest.mark.parametrize(
    "amounts",
    [
        [-100.0, 39.0, 59.0, 55.0, 20.0],
        [-1000.0, *[120.0] * 12],
        [-250_000.0, 100_000.0, 150_000.0, 200_000.0, 250_000.0, 300_000.0],
        [-100.0, 20.0, 20.0, 20.0],
    ],
)
def test_one_change_of_sign_one_rate(amounts: list[float]) -> None:
    rates, unique, reason = _core.irr(*annual(amounts))
    assert unique
    assert not reason
    assert rates[0] == pytest.approx(npf.irr(amounts), rel=1e-9)
    assert rates[0] == pytest.approx(pyxirr.irr(amounts), rel=1e-9)
    assert npf.npv(rates[0], amounts) == pytest.approx(0, abs=1e-6 * max(map(abs, amounts)))


def test_mirr_as_numpy_financial() -> None:
    amounts = [-4500.0, -800.0, 800.0, 800.0, 600.0, 600.0, 800.0, 800.0, 700.0, 3000.0]
    assert _core.mirr(*annual(amounts), 0.08, 0.055) == pytest.approx(
        npf.mirr(amounts, 0.08, 0.055), rel=1e-12
    )


def test_several_rates_and_none() -> None:
    rates, unique, reason = _core.irr(*annual([-100.0, 230.0, -132.0]))
    np.testing.assert_allclose(rates, [0.1, 0.2], rtol=1e-9)
    assert not unique
    assert reason
    rates, unique, reason = _core.irr(*annual([-1000.0, 3000.0, -2500.0]))
    assert rates == []
    assert reason


def test_months_become_years() -> None:
    years, amounts = [t / 12 for t in range(13)], [-1000.0, *[90.0] * 12]
    rates, _, _ = _core.irr(years, amounts)
    assert rates[0] == pytest.approx((1 + npf.irr(amounts)) ** 12 - 1, rel=1e-9)
