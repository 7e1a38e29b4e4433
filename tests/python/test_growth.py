"""Acceleration and expansion: whom a scenario wins in a market, and who only comes earlier."""

from pathlib import Path

import goodwill as gw
import numpy as np
import pandas as pd
import pytest

MODEL = gw.Model.from_yaml("""
horizon: 2 years
currency: EUR
agents: 1_500
segments:
  homes: {count: 1_000, tenure: 1 year, arrivals: 15 / month, acquisition_cost: 40}
  shops: {count: 400, tenure: 1 year, arrivals: 10 / month, acquisition_cost: 90}
stages:
  curious: {kind: prospect, service_cost: 0.5, moves: {customer: 20 % / month}, churn: 10 % / month}
  customer: {fee: 30, churn: 2 % / month}
journeys:
  help: {starts: 20 % / month, touchpoints: {call: {failure: 20 %, cost: 4, team: desk}}}
teams: {desk: {capacity: 2_000, cost: 3_000 / month}}
referrals: {rate: 3 % / month, conversion: 50 %, reward: 5}
market: {size: {homes: 6_000}, innovation: 1 % / month, imitation: 5 % / month, stage: curious}
finance: {discount: 10 %}
investments:
  campaign:
    start: 3
    cost: {upfront: 5_000, per_customer: 1, each: {help.call: 0.2}}
    changes: {market.innovation: {times: 1.6}, customer.churn: {times: 0.95}, desk.cost: {times: 1.1}}
  silence: {changes: {market.innovation: {times: 0.7}, referrals.rate: {set: 0}}}
  nothing: {cost: {upfront: 1_000}, changes: {customer.fee: {times: 1}}}
events: {storm: {start: 5, cost: {upfront: 2_000}}}
scenarios:
  campaign: [campaign]
  silence: [silence]
  nothing: [nothing]
  both: [campaign, storm]
compare: {both: silence}
""")
FIRM = "events and teams"
TERMS = [
    gw.Terms(),
    gw.Terms(tax="25 %", depreciation=3, prices="nominal", inflation="3 %", horizon=1.5, timing="end"),
]


@pytest.fixture(scope="module", params=TERMS, ids=["plain", "all terms"])
def study(request: pytest.FixtureRequest) -> gw.Study:
    return gw.compare(MODEL, terms=request.param, replications=6)


def rows(study: gw.Study, scenario: str, by: str = "kind") -> pd.DataFrame:
    return study.growth(scenario).table(by).set_index(by)


@pytest.mark.parametrize("scenario", ["campaign", "silence", "both"])
def test_the_values_add_up_to_the_contribution(study: gw.Study, scenario: str) -> None:
    """Its NPV before the cost of investments and tax."""
    row = study.table().set_index("scenario").loc[scenario]
    kinds, effects = rows(study, scenario), rows(study, scenario, "effect")
    assert kinds["value"].sum() == pytest.approx(row["contribution"], rel=1e-9)
    assert effects["value"].sum() == pytest.approx(row["contribution"], rel=1e-9)
    assert row["npv"] == pytest.approx(kinds["value"].sum() - row["cost"] - row["tax"], rel=1e-9)
    for effect, parts in (("acceleration", ["earlier", "later"]), ("expansion", ["gained", "lost"])):
        for column in ("customers", "value", "beyond_horizon"):
            assert effects.loc[effect, column] == pytest.approx(kinds.loc[parts, column].sum())
    net = kinds.loc["gained", "prospects"] - kinds.loc["lost", "prospects"]
    assert effects.loc["expansion", "prospects"] == pytest.approx(net)


def test_each_row_is_what_it_says(study: gw.Study) -> None:
    table = rows(study, "campaign")
    people = 6_000 - 1_000
    of_prospects = table.loc[["earlier", "later", "gained", "lost", "same time", "never"], "prospects"]
    assert of_prospects.sum() == pytest.approx(people)
    assert table.loc[["earlier", "gained"], "prospects"].gt(50).all()
    assert table.loc["earlier", "periods_earlier"] >= 1
    assert table.loc["later", "periods_earlier"] <= -1
    assert table.loc[["gained", "same time", "today's", FIRM], "periods_earlier"].isna().all()
    assert table.loc["gained", "value"] > 0
    assert 0 < table.loc["gained", "customers"] < table.loc["gained", "prospects"]  # some only look on
    assert (table.loc["never", ["customers", "value", "beyond_horizon"]] == 0).all()
    assert table.loc["today's", "value"] > 0  # they stay longer
    assert table.loc[FIRM, "value"] < 0  # the team costs more
    assert table.loc[FIRM, ["value_low", "value_high"]].isna().all()
    for column in ("prospects", "customers", "value", "beyond_horizon"):
        part = table[table.index != FIRM].dropna(subset=[column])
        assert (part[f"{column}_low"] <= part[column]).all()
        assert (part[column] <= part[f"{column}_high"]).all()


def test_ways_are_parts_of_kinds(study: gw.Study) -> None:
    ways, kinds = study.growth("silence").table(by="way"), rows(study, "silence")
    parts = ways.groupby("kind")[["prospects", "customers", "value", "beyond_horizon"]].sum()
    for column in parts:
        for kind in ("earlier", "later", "gained", "lost", "same time", "never"):
            assert parts.loc[kind, column] == pytest.approx(kinds.loc[kind, column]), (kind, column)
    of = ways.set_index(["kind", "way"])["prospects"]
    assert of["lost", "referred"] > 50
    assert of["later", "by themselves"] > 50
    for kind in ("gained", "earlier", "same time"):
        assert of[kind, "referred"] == 0  # nobody refers in that world
    assert of["same time", "arrived"] > 0


def test_more_customers_are_what_the_ledger_counts(study: gw.Study) -> None:
    """People of the market who became customers within the horizon."""
    became = {}
    for name in ("campaign", "baseline"):
        clv = gw.clv(MODEL, scenario=name, replications=6)
        cohorts = clv.table(by="cohort")
        mine = cohorts[(cohorts["segment"] == "homes") & (cohorts["cohort"] > 0)]
        became[name] = mine["customers"].sum()
    more = became["campaign"] - became["baseline"]
    assert rows(study, "campaign")["customers"].sum() == pytest.approx(more)
    assert rows(study, "campaign", "effect")["customers"].sum() == pytest.approx(more)


def test_what_changes_nothing_moves_nobody(study: gw.Study) -> None:
    table = study.growth("nothing").table()
    changed = table["kind"].isin(["earlier", "later", "gained", "lost"])
    assert (table.loc[changed, "prospects"] == 0).all()
    money = [name for name in table if name.startswith(("value", "beyond_horizon"))]
    assert (table[money].fillna(0) == 0).all(axis=None)
    assert study.growth("nothing").sentences() == [
        "With 'nothing' everybody comes when they would have come otherwise."
    ]


def test_it_reads_as_sentences_and_a_table(study: gw.Study) -> None:
    found = study.growth("campaign")
    first, second = found.sentences()
    assert first.startswith("With 'campaign' ")
    assert " come who would not have come within 2 years otherwise (" in first
    assert " come earlier, by " in first
    assert second.startswith("Expansion is worth ")
    assert ", acceleration is worth " in second
    text = repr(found)
    for words in ("same time", "outside the market", "add up to the contribution"):
        assert words in text
    assert "<table" in found._repr_html_()
    against = study.growth("both").sentences()[0]
    assert against.startswith("With 'both' against 'silence' ")
    first, second = study.growth("silence").sentences()
    assert " do not come who would have come within 2 years otherwise; " in first
    assert first.endswith(" fewer become customers.")
    assert second.startswith("Expansion costs ")


def test_the_same_bits_on_any_number_of_threads() -> None:
    """And in any number of parts: 18 replications are more than are held at a time."""
    model = MODEL.assign({"agents": 600})
    study = gw.compare(model, "campaign", replications=18, threads=1)
    one = study.growth("campaign", threads=1)
    two = study.rerun(threads=2).growth("campaign", threads=2)
    np.testing.assert_array_equal(one.units, two.units)
    assert one.units.shape[:2] == (1, 18)
    short = gw.compare(model, "campaign", replications=3).growth("campaign")
    np.testing.assert_array_equal(one.units[:, :3, :-1], short.units[:, :, :-1])  # without the firm


def test_assumptions_are_drawn_as_in_the_study() -> None:
    model = MODEL.assign(
        {
            "agents": 600,
            "assumptions.effect": {"uniform": [1.2, 2]},
            "investments.campaign.changes": {"market.innovation": {"times": "$effect"}},
        }
    )
    study = gw.compare(model, ["campaign", "silence"], draws=8, batches=2, seed=3)
    for scenario, shape in (("campaign", (8, 2)), ("silence", (1, 16))):
        found = study.growth(scenario)
        assert found.units.shape[:2] == shape
        row = study.table().set_index("scenario").loc[scenario]
        assert found.table()["value"].sum() == pytest.approx(row["contribution"], rel=1e-9)
    more = study.growth("campaign").units[..., 1].sum(axis=2).mean(axis=1)  # customers, by draw
    assert np.corrcoef(more, study.assumption_draws()["effect"])[0, 1] > 0.8


def test_on_a_network_it_adds_up_as_well() -> None:
    model = MODEL.assign({"agents": "all", "market.network": {"random": 6}})
    study = gw.compare(model, "campaign", replications=2)
    row = study.table().iloc[0]
    assert rows(study, "campaign")["value"].sum() == pytest.approx(row["contribution"], rel=1e-9)
    assert rows(study, "campaign").loc["earlier", "prospects"] > 100


def test_a_market_in_which_everybody_has_come_has_no_prospects() -> None:
    model = MODEL.assign({"market.size": {"homes": 1_000}})
    study = gw.compare(model, "campaign", replications=2)
    table = rows(study, "campaign")
    assert table["prospects"].sum() == 0
    assert table["value"].sum() == pytest.approx(study.table()["contribution"].iloc[0], rel=1e-9)
    assert table.loc["outside the market", "value"] != 0  # the team is less busy


def test_it_is_kept_with_the_study_and_asked_of_a_saved_one(study: gw.Study, tmp_path: Path) -> None:
    assert study.growth("campaign").units is study.growth("campaign").units
    gw.save(study, tmp_path / "study.goodwill")
    again = gw.open(tmp_path / "study.goodwill")
    assert isinstance(again, gw.Study)
    np.testing.assert_array_equal(again.growth("campaign").units, study.growth("campaign").units)


def test_a_longer_horizon_turns_expansion_into_acceleration() -> None:
    """Once everybody has come in both worlds nobody is gained."""
    model = MODEL.assign({"agents": 1_500, "market.imitation": 0.3})
    gained = []
    for horizon in ("1 year", "12 years"):
        study = gw.compare(model.assign({"horizon": horizon}), "campaign", replications=3)
        gained.append(rows(study, "campaign", "effect").loc["expansion", "prospects"])
    assert gained[0] > 100
    assert abs(gained[1]) < 10


def test_it_refuses_what_it_cannot_answer(study: gw.Study) -> None:
    with pytest.raises(ValueError, match="campaign"):
        study.growth("campain")
    with pytest.raises(ValueError, match="growth can be broken down by"):
        study.growth("campaign").table(by="segment")
    open_firm = gw.Model.from_yaml("""
horizon: 6
segments: {all: {count: 100}}
stages: {customer: {fee: 10, churn: 2 %}}
investments: {cheap: {changes: {customer.churn: {times: 0.9}}}}
scenarios: {cheap: [cheap]}
""")
    with pytest.raises(ValueError, match=r"does not say how many there are; .* market: \{size: \.\.\}"):
        gw.compare(open_firm, replications=2).growth("cheap")
