"""Observed shapes of retention, by tenure and as a beta law, are reproduced when something acts on them.

Anchoring is right to 0.3 % of each figure (standard error). What a run adds is luck: of n customer-periods at
risk the share p that leaves has a standard error of sqrt(p / n). Four of both are allowed.
"""

from __future__ import annotations

import math
from typing import Any

import goodwill as gw
import pytest

Tree = dict[str, Any]
ANCHORED = 4 * 0.003

HELP: Tree = {
    "help": {"starts": "20 % / month", "touchpoints": {"call": {"quality": 6, "failure": "20 %", "cost": 3}}}
}
STEEP: Tree = {"by_tenure": {"0 months": "10 % / month", "12 months": "2 % / month"}}
MOVED: Tree = {"satisfaction": -0.3, "failures": 0.5}


def firm(churn: Any, period: str = "month", **segment: Any) -> Tree:
    return {
        "period": period,
        "horizon": "1 year",
        "agents": "all",
        "segments": {"all": {"count": 40_000, "tenure": 0, **segment}},
        "stages": {"customer": {"fee": "30 / month", "churn": churn}},
        "journeys": HELP,
    }


@pytest.mark.parametrize("period", ["month", "week"])
@pytest.mark.parametrize("moved", [MOVED, {**MOVED, "frailty": 0.6}, {"tenure": 0.4, "frailty": 0.3}])
def test_each_band_has_the_churn_asked(moved: Tree, period: str) -> None:
    # All of the base are in the second band, and all who join within the year in the first.
    tree = firm(STEEP | moved, period, tenure={"exactly": "12 months"}, arrivals="2_000 / month")
    run = gw.run(gw.Model(**tree), seed=1, replications=2, threads=1)
    k = {"month": 12, "week": 365 / 7}[period] / 12  # periods a month
    for origin, monthly in (("initial", 0.02), ("acquired", 0.10)):
        asked = 1 - (1 - monthly) ** (1 / k)
        row = run.table(by=["period", "origin"])
        row = row[row["origin"] == origin]
        lost = row["lost"].sum()
        at_risk = row["customers_end"].sum() + lost
        slack = ANCHORED * asked + 4 * math.sqrt(asked / (2 * at_risk))
        assert lost / at_risk == pytest.approx(asked, abs=slack), origin


def test_check_shows_each_band_and_says_where_nobody_is_at_risk() -> None:
    tree = firm(STEEP | MOVED, tenure={"exactly": "12 months"}, arrivals="2_000 / month")
    table = gw.check(gw.Model(**tree), threads=1).table().set_index("figure")
    for figure, asked in (("customer.churn.by_tenure.0", 0.1), ("customer.churn.by_tenure.12", 0.02)):
        assert table.loc[figure, "asked"] == pytest.approx(asked)
        assert table.loc[figure, "got"] == pytest.approx(asked, rel=0.02)
    fresh = gw.check(gw.Model(**firm(STEEP | MOVED)), threads=1)
    shown = fresh.table().set_index("figure")
    assert shown.loc["customer.churn.by_tenure.0", "got"] == pytest.approx(0.1, rel=0.02)
    assert math.isnan(shown.loc["customer.churn.by_tenure.12", "got"])
    assert any("customer.churn" in warning and "12" in warning for warning in fresh.warnings)


def test_a_bare_table_is_short_for_by_tenure_and_keeps_its_bits() -> None:
    bare = gw.Model(**firm(STEEP["by_tenure"], tenure="2 years", arrivals="500 / month"))
    full = gw.Model(**firm(STEEP, tenure="2 years", arrivals="500 / month"))
    assert bare == full
    assert len(gw.check(full, threads=1).table()) == 1  # the tenure: there is nothing to anchor
    still = full.assign({"customer.churn": STEEP | {"satisfaction": 0}})
    tables = [gw.run(each, seed=1, threads=1).table(by=["period"]) for each in (bare, full, still)]
    assert tables[0].equals(tables[1])
    assert tables[0].equals(tables[2])


def test_a_shape_goes_through_files() -> None:
    model = gw.Model(**firm(STEEP | MOVED | {"frailty": 0.4}))
    again = gw.Model.from_yaml(model.to_yaml())
    assert again == model
    assert again["customer.churn"]["by_tenure"] == model["customer.churn"]["by_tenure"]
    assert again["customer.churn.satisfaction"] == -0.3


def test_investments_change_an_anchored_shape_in_every_band() -> None:
    tree = firm(STEEP | MOVED, tenure={"exactly": "12 months"}, arrivals="1_000 / month") | {
        "agents": "10_000",
        "investments": {
            "nothing": {"changes": {"customer.churn": {"odds": 1}}},
            "half": {"changes": {"customer.churn": {"times": 0.5}}},
            "ease": {"changes": {"customer.churn.satisfaction": {"set": -0.3}}},
        },
        "scenarios": {"nothing": ["nothing"], "half": ["half"], "ease": ["ease"]},
    }
    model = gw.Model(**tree)
    study = gw.compare(model, ["nothing", "half", "ease"], seed=1, replications=2, threads=1)
    npv = study.table().set_index("scenario")["npv"]
    assert npv["nothing"] == 0
    assert npv["ease"] == 0
    runs = {
        name: gw.run(model, scenario=name, seed=1, threads=1).table(by=["period", "origin"])
        for name in ("baseline", "half")
    }
    for origin in ("initial", "acquired"):
        first = [runs[name][runs[name]["origin"] == origin].iloc[:3] for name in ("baseline", "half")]
        rates = [each["lost"].sum() / (each["customers_end"] + each["lost"]).sum() for each in first]
        # halving the asked probability halves nearly what happens: odds are moved, not probabilities
        events = min(each["lost"].sum() / 4 for each in first)
        assert rates[1] / rates[0] == pytest.approx(0.5, abs=0.03 + 4 * 0.5 * math.sqrt(2 / events))


@pytest.mark.parametrize("period", ["month", "week"])
def test_a_cohort_keeps_the_curve_of_a_beta_law(period: str) -> None:
    # S(n) = B(a, b + n) / B(a, b) (Fader and Hardie 2007); a and b are per period.
    a, b = (1.2, 18.0) if period == "month" else (1.2, 80.0)
    tree = firm({"beta": [a, b], **MOVED}, period)
    run = gw.run(gw.Model(**tree), seed=1, replications=2, threads=1)
    table = run.table(by=["period"])
    n = len(table)
    left = math.prod((b + t) / (a + b + t) for t in range(n))
    found = table["customers_end"].iloc[-1] / table["customers_start"].iloc[0]
    slack = ANCHORED * (1 - left) + 4 * math.sqrt(left * (1 - left) / 80_000)
    assert found == pytest.approx(left, abs=slack)
    check = gw.check(gw.Model(**tree), threads=1).table().set_index("figure")
    assert check.loc["customer.churn.beta", "asked"] == pytest.approx(1 - left, rel=0.005)  # of a sample
    assert check.loc["customer.churn.beta", "got"] == pytest.approx(1 - left, rel=0.02)


def test_the_curve_is_that_of_a_cohort_whatever_the_base_is() -> None:
    # The base has been here for years, and nobody in it shows the first year: a cohort of its own does.
    law = {"beta": [1.2, 18.0], **MOVED}
    old = gw.check(gw.Model(**firm(law, tenure={"exactly": "5 years"})), threads=1).table()
    fresh = gw.check(gw.Model(**firm(law)), threads=1).table()
    for table in (old, fresh):
        row = table.set_index("figure").loc["customer.churn.beta"]
        assert row["got"] == pytest.approx(row["asked"], rel=0.02)


def test_a_beta_law_without_effects_keeps_its_bits() -> None:
    plain = gw.Model(**firm({"beta": [1.2, 18]}, tenure="2 years", arrivals="500 / month"))
    still = plain.assign({"customer.churn": {"beta": [1.2, 18], "satisfaction": 0}})
    tables = [gw.run(each, seed=1, threads=1).table(by=["period"]) for each in (plain, still)]
    assert tables[0].equals(tables[1])


@pytest.mark.parametrize(
    ("churn", "message"),
    [
        ({"beta": [1, 20], "frailty": 0.5}, "leaves nothing to frailty"),
        ({"by_tenure": {"0 months": "5 %"}, "average": "2 %"}, "has exactly one of"),
        ({"by_tenure": "5 %"}, "expected a table by tenure"),
        ({"by_tenure": {"3 months": "5 %"}, "trust": -1}, "starts at 0"),
        ({"by_tenure": {"0 months": "5 %", "1 year": 0.02}, "trust": -1}, None),
    ],
)
def test_mistakes_are_named(churn: Tree, message: str | None) -> None:
    if message is None:
        gw.Model(**firm(churn))
        return
    with pytest.raises(gw.ModelError, match=message):
        gw.Model(**firm(churn))


@pytest.mark.parametrize(
    "churn", [STEEP | {"satisfaction": -0.3}, STEEP | {"frailty": 0.3}, {"beta": [1, 20], "trust": -1}]
)
def test_the_exact_solver_refuses_what_moves_a_shape(churn: Tree) -> None:
    with pytest.raises(gw.ModelError, match="the exact solver takes"):
        gw.expect(gw.Model(**firm(churn)))


@pytest.mark.parametrize(
    ("blocks", "counted"),
    [
        ({"survey": {"response": {"beta": [1, 4]}}}, "responses"),
        (
            {
                "orders": {"rate": 0.3},
                "stages": {
                    "customer": {"churn": 0, "moves": {"plus": {"beta": [1, 10]}}},
                    "plus": {"fee": 9, "moves": {"customer": "20 %"}},
                },
            },
            "revenue",
        ),
        (
            {
                "stages": {
                    "first": {"churn": "1 %", "moves": {"member": {"0 months": "0 %", "6 months": "100 %"}}},
                    "member": {"fee": 30, "churn": {"beta": [1, 15]}},
                }
            },
            "customers_end",
        ),
    ],
)
def test_an_effect_of_nearly_nothing_changes_nearly_nothing(blocks: Tree, counted: str) -> None:
    """Also where events come again, or customers come to the stage later, who do not live the law's curve."""

    def told(effect: float) -> float:
        def acted(tree: Any) -> Any:
            if not isinstance(tree, dict):
                return tree
            more = {"satisfaction": effect} if "beta" in tree and effect else {}
            return {key: acted(value) for key, value in tree.items()} | more

        parts = {
            "horizon": 24,
            "segments": {"all": {"count": 20_000, "tenure": 0}},
            "stages": {"customer": {"churn": 0}},
        }
        model = gw.Model(**{**parts, **acted(blocks)})
        return float(gw.run(model, replications=2).table(by=[])[counted][0])

    assert told(1e-4) == pytest.approx(told(0), rel=0.002)


def test_an_effect_of_a_segment_is_that_of_the_response() -> None:
    """It is left out where the law is lived alone, wherever it is written."""
    churn = {"beta": [1, 12], "trust": 0.001}
    whole = {"horizon": 12, "stages": {"customer": {"churn": churn | {"satisfaction": -0.5}}}}
    own = {"horizon": 12, "stages": {"customer": {"churn": churn}}}
    people = {"count": 4_000, "tenure": 0, "satisfaction": 5}
    changed = people | {"changes": {"customer.churn.satisfaction": {"set": -0.5}}}
    one, other = (
        gw.run(gw.Model(**blocks, segments={"all": segment}), replications=2).table(by=[])["customers_end"][0]
        for blocks, segment in ((whole, people), (own, changed))
    )
    assert one == other
