"""What was asked beside what came out."""

from collections.abc import Callable

import goodwill as gw
import pytest


def test_asked_and_got(model: gw.Model) -> None:
    check = gw.check(model)
    table = check.table()
    assert list(table.columns) == ["segment", "figure", "asked", "got", "miss"]
    churn = table[table["figure"] == "customer.churn"]
    assert list(churn["segment"]) == ["young", "old"]
    assert churn["asked"].to_numpy() == pytest.approx(0.02)
    assert churn["got"].to_numpy() == pytest.approx(0.02, rel=0.05)
    assert check.ok
    assert check.warnings == []
    assert list(check.drift["segment"]) == ["young", "old"]


def test_the_nps_is_in_points(make_firm: Callable[..., gw.Model]) -> None:
    check = gw.check(make_firm(survey={"response": "50 %", "nps": 12}))
    row = check.table().set_index("figure").loc["survey.nps"]
    assert row["asked"] == 12
    assert row["got"] == pytest.approx(12, abs=2)  # some 18,000 answers: sd 0.6 points


def test_drift_is_reported(make_firm: Callable[..., gw.Model]) -> None:
    fresh = {"all": {"count": 2000, "tenure": 0, "satisfaction": 3}}
    check = gw.check(make_firm(segments=fresh))
    assert not check.ok
    assert any("mean satisfaction of all moves from 3." in warning for warning in check.warnings)
    assert "Warning: mean satisfaction of all moves" in repr(check)


def test_shows_itself(model: gw.Model) -> None:
    check = gw.check(model)
    assert "2.00 % / month" in repr(check)
    assert "24.0 months" in repr(check)
    assert "<table>" in check._repr_html_()


def test_nothing_to_reproduce() -> None:
    assert "states no observed figures" in repr(gw.check(gw.example("smallest")))


def test_what_cannot_be_run_yet_is_refused(make_firm: Callable[..., gw.Model]) -> None:
    team = make_firm(teams={"desk": {"capacity": 100}})
    for use in (gw.check, gw.run, gw.compare):
        with pytest.raises(gw.ModelError, match="teams are not supported yet"):
            use(team)


def test_what_starts_after_the_horizon_is_reported(model: gw.Model) -> None:
    last = model.assign({"investments.training.start": 18})
    assert gw.check(last).ok
    late = model.assign({"investments.training.start": 99, "events.strike.start": 19})
    assert gw.check(late).warnings == [
        "investments.training starts in period 99, after the horizon of 18",
        "events.strike starts in period 19, after the horizon of 18",
    ]


def test_inflation_of_real_prices_is_reported(make_firm: Callable[..., gw.Model]) -> None:
    (warning,) = gw.check(make_firm(finance={"discount": "10 %", "inflation": "2 %"})).warnings
    assert warning.startswith("finance.inflation has no effect, because prices are real")
    nominal = {"discount": "10 %", "inflation": "2 %", "prices": "nominal"}
    assert gw.check(make_firm(finance=nominal)).warnings == []
