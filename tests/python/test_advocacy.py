"""Promoters, passives and detractors: what they are worth, whom they bring, and what making one is worth."""

import math

import goodwill as gw
import numpy as np
import pytest

FIRM = """
horizon: 2 years
currency: EUR
segments:
  all: {count: 4_000, tenure: 0 months, satisfaction: {mean: 7, sd: 2}, trust: {mean: 0.5, sd: 0}}
stages:
  customer: {fee: 20 / month, churn: {base: 5 % / month, satisfaction: -0.05}}
referrals: {rate: 0.04 / month, conversion: 50 %}
survey: {response: 10 %, noise: 0}
finance: {discount: 10 %}
"""
# Without journeys satisfaction stays as it is, for life.

LARGEST_Z = 4.5
"""Standard errors; a false alarm comes once in 150,000 comparisons, and there are about 30 here."""


def firm(**replaced: str) -> gw.Model:
    text = FIRM
    for old, new in replaced.items():
        text = text.replace({"churn": "{base: 5 % / month, satisfaction: -0.05}"}[old], new)
    return gw.Model.from_yaml(text)


@pytest.fixture(scope="module")
def found() -> gw.Advocacy:
    return gw.advocacy(firm(), replications=30)


def row(table, **values):
    for name, value in values.items():
        table = table[table[name] == value]
    assert len(table) == 1
    return table.iloc[0]


def test_generations_follow_their_recursion() -> None:
    found = gw.advocacy(firm(churn="5 % / month"), replications=30)
    generations = found.generations()
    today = generations[generations["standing"].isin(["promoter", "passive", "detractor"])]
    people = today.groupby("generation")["people"].sum()
    assert people[0] == 4_000
    alive, born = np.array([4_000 * 0.95**t for t in range(24)]), np.zeros(24)
    for generation in (1, 2, 3):
        born = np.concatenate([[0], 0.02 * alive[:-1]])  # of those there in a month, who join in the next
        alive = np.zeros(24)
        for month in range(24):
            alive[month] = (0.95 * alive[month - 1] if month else 0) + born[month]
        # Counts of a branching process vary a little more than Poisson counts.
        error = LARGEST_Z * math.sqrt(1.5 * born.sum() / 30)
        assert people[generation] == pytest.approx(born.sum(), abs=error)


def test_all_lines_together_are_the_equity(found: gw.Advocacy) -> None:
    equity = gw.clv(firm(), replications=30).equity().set_index("line").loc["customer equity"]
    table = found.table()
    assert (table["customers"] * table["worth"]).sum() == pytest.approx(equity["present_value"], rel=1e-6)
    assert table["share"].sum() == pytest.approx(1)
    assert np.allclose(table["worth"], table["clv"] + table["referral_value"])


def test_what_changes_nothing_is_worth_exactly_nothing() -> None:
    making = gw.advocacy(firm(churn="5 % / month"), replications=10).making()
    assert (making[["made", "made_low", "made_high", "own", "referral_value", "others"]] == 0).all(axis=None)


def test_where_only_their_standing_differs_making_is_all_of_the_difference(found: gw.Advocacy) -> None:
    """Churn is nearly linear in satisfaction here; what the curve changes is within 3 %."""
    for _, one in found.making().iterrows():
        error = LARGEST_Z * (one["naive_high"] - one["naive_low"]) / 4
        assert one["made"] == pytest.approx(one["naive"], abs=0.03 * abs(one["naive"]) + error)
        assert one["made"] == pytest.approx(one["own"] + one["referral_value"])
        assert one["own"] > 0
        assert one["referral_value"] > 0
        assert one["others"] == pytest.approx(0, abs=1e-6)
    ratio = row(found.making(), start="detractor", end="promoter")["ratio"]
    assert ratio == pytest.approx(1, abs=0.15)


KINDS = """
horizon: 2 years
segments:
  rich:
    {count: 1_000, tenure: 0 months, satisfaction: {mean: 9.5, sd: 0.8}, changes: {customer.fee: {set: 60}}}
  poor: {count: 1_000, tenure: 0 months, satisfaction: {mean: 6, sd: 1.5}}
stages: {customer: {fee: 20, churn: 3 % / month}}
survey: {response: 10 %}
"""


def test_the_difference_of_groups_may_be_who_they_are() -> None:
    found = gw.advocacy(gw.Model.from_yaml(KINDS), replications=10)
    making = row(found.making(), start="detractor", end="promoter")
    assert making["naive"] > 500
    assert making["made"] == 0
    assert making["ratio"] == 0
    assert "is worth nothing: the" in repr(found)
    by_segment = found.table(by="segment")
    assert len(by_segment) == 6
    rich = by_segment[(by_segment["segment"] == "rich") & (by_segment["share"] > 0.05)]
    assert len(rich) > 1
    assert rich["worth"].max() < 1.1 * rich["worth"].min()


def test_promoters_may_be_worth_less_for_who_they_are() -> None:
    turned = KINDS.replace("mean: 9.5, sd: 0.8", "mean: X").replace("mean: 6, sd: 1.5", "mean: 9.5, sd: 0.8")
    found = gw.advocacy(gw.Model.from_yaml(turned.replace("mean: X", "mean: 6, sd: 1.5")), replications=10)
    making = row(found.making(), start="detractor", end="promoter")
    assert making["naive_high"] < 0
    assert math.isnan(making["ratio"])
    assert "less, because of who they are" in " ".join(found.sentences())


def test_a_standing_that_nobody_has_is_left_empty() -> None:
    text = FIRM.replace("{mean: 7, sd: 2}", "{mean: 5, sd: 0}")
    found = gw.advocacy(gw.Model.from_yaml(text), replications=4)
    assert found.table().set_index("standing").loc["detractor", "share"] == 1
    assert np.isnan(found.table().set_index("standing").loc["promoter", "worth"])
    assert found.making()["made"].isna().all()
    assert "detractor is worth" in repr(found)
    assert "promoter is worth" not in repr(found)
    empty = gw.advocacy(
        gw.Model.from_yaml(FIRM.replace("count: 4_000", "arrivals: 5 / month")), replications=4
    )
    assert "no customers today" in repr(empty)


def test_who_joined_later_begins_a_line_of_their_own() -> None:
    text = FIRM.replace("count: 4_000,", "count: 400, arrivals: 50 / month,")
    generations = gw.advocacy(gw.Model.from_yaml(text), replications=4).generations()
    acquired = generations[generations["standing"] == "acquired"]
    assert acquired["people"].iloc[0] == 50 * 24
    assert list(acquired["generation"]) == list(range(len(acquired)))
    assert acquired["per_customer"].iloc[1] > 0


@pytest.mark.parametrize("period", ["week", "day"])
def test_the_unit_of_time_does_not_decide(found: gw.Advocacy, period: str) -> None:
    other = gw.advocacy(gw.Model.from_yaml(f"period: {period}\n{FIRM}"), replications=10)
    for name in ("made", "naive"):
        month, same = (row(one.making(), start="detractor", end="promoter") for one in (found, other))
        error = math.hypot(*(LARGEST_Z * (x[f"{name}_high"] - x[f"{name}_low"]) / 4 for x in (month, same)))
        assert same[name] == pytest.approx(month[name], abs=0.03 * month[name] + error)
    for one in (found, other):
        generations = one.generations().groupby("generation")["people"].sum()
        assert generations[1] == pytest.approx(
            found.generations().groupby("generation")["people"].sum()[1], rel=0.06
        )


UNCERTAIN = FIRM.replace("satisfaction: -0.05", "satisfaction: $effect") + (
    "assumptions: {effect: {low: -0.2, best: -0.1, high: -0.02}}\n"
)


def test_drawn_assumptions_give_bands_of_the_draws() -> None:
    found = gw.advocacy(gw.Model.from_yaml(UNCERTAIN), draws=16, batches=2)
    making = row(found.making(), start="detractor", end="promoter")
    assert making["made_p10"] < making["made"] < making["made_p90"]
    assert making["made_low"] > making["made_p10"]
    assert "in 80 % of the draws" in repr(found)
    best = row(
        gw.advocacy(gw.Model.from_yaml(UNCERTAIN), draws=0).making(), start="detractor", end="promoter"
    )
    assert math.isnan(best["made_p10"])
    assert making["made_p10"] < best["made"] < making["made_p90"]


TALK = FIRM.replace("satisfaction: -0.05}", "satisfaction: -0.05, bad_word: 0.4}") + (
    "word_of_mouth: {negative: 0.5 / month}\n"
)


@pytest.mark.parametrize("network", ["", "agents: all\n"])
def test_where_customers_talk_others_gain_too(network: str) -> None:
    text = network + TALK
    if network:
        text = text.replace("negative: 0.5 / month", "negative: 0.5 / month, network: {random: 6}")
    found = gw.advocacy(gw.Model.from_yaml(text), replications=10)
    making = row(found.making(), start="detractor", end="promoter")
    assert making["others"] > 0.2 * making["own"]
    assert "at once" in repr(found)


def test_an_answer_is_saved_and_opened(found: gw.Advocacy, tmp_path) -> None:
    again = gw.open(gw.save(found, tmp_path / "advocacy.goodwill"))
    assert isinstance(again, gw.Advocacy)
    assert again.making().equals(found.making())
    assert again.table("segment").equals(found.table("segment"))
    assert again.provenance == found.provenance
    assert repr(again) == repr(found)
    assert "<table" in again._repr_html_()


def test_bits_are_those_of_any_number_of_threads(found: gw.Advocacy) -> None:
    again = gw.advocacy(firm(), replications=30, threads=1)
    assert again.making().equals(found.making())
    assert again.generations().equals(found.generations())


def test_errors_name_what_is_allowed(found: gw.Advocacy) -> None:
    with pytest.raises(ValueError, match="standing"):
        found.table(by="standin")
    with pytest.raises(ValueError, match="scenario"):
        gw.advocacy(firm(), scenario="digital")
