"""The models that come with goodwill: would one show them, and are they what they say of themselves?"""

import re
import time
from collections.abc import Callable
from pathlib import Path

import goodwill as gw
import pytest
from goodwill.engine.gallery import example_files, shows

FILES = example_files()
FIRMS = sorted(set(FILES) - {"smallest"})
LONGER = {"hotel": 115, "telecom": 160}  # the larger ones; any other has less than a hundred lines
GROWS = {"dental"}  # on purpose: its chairs fill up, and then whoever finds none is unhappy
SEEDS = [1, *(pytest.param(seed, marks=pytest.mark.full) for seed in (2, 3))]


def values(study: gw.Study, column: str = "npv") -> dict[str, float]:
    """A column of the comparison, by scenario."""
    return dict(study.table().set_index("scenario")[column])


def totals(study: gw.Study, *columns: str) -> list[dict[str, float]]:
    """Columns over the whole horizon, by scenario of one investment, and of the baseline."""
    worlds = ["baseline", *(name for name, of in study.model["scenarios"].items() if len(of) == 1)]
    tables = {world: study.run(world).table(by=[]) for world in worlds}
    return [{world: float(table[column].iloc[0]) for world, table in tables.items()} for column in columns]


def goal_met(study: gw.Study, goal: str) -> dict[str, bool]:
    rows = study.goals().query(f"goal == '{goal}'")
    return dict(zip(rows["scenario"], rows["met"], strict=True))


def community(study: gw.Study) -> None:
    npv, (joined, nps) = values(study), totals(study, "joined", "nps")
    alone = ("community", "coaches", "campaign")
    assert max(alone, key=lambda name: joined[name]) == "campaign"
    assert min(alone, key=lambda name: npv[name]) == "campaign"
    assert nps["campaign"] < nps["baseline"] - 1
    assert npv["campaign_kept"] > npv["campaign"]  # compared with 'coaches'


def software(study: gw.Study) -> None:
    npv, roi, (conversion,) = values(study), values(study, "roi"), totals(study, "conversion")
    alone = ("start", "calls", "plan")
    assert max(alone, key=lambda name: roi[name]) == "calls"
    assert values(study, "p_npv_positive")["calls"] > 0.9
    assert conversion["start"] > 1.05 * conversion["baseline"]
    assert conversion["calls"] == conversion["plan"] == conversion["baseline"]
    assert npv["plan"] < 0 < npv["plan"] + values(study, "beyond_horizon")["plan"]


def insurer(study: gw.Study) -> None:
    npv, cost, beyond = values(study), values(study, "cost"), values(study, "beyond_horizon")
    low, high = values(study, "npv_p10"), values(study, "npv_p90")
    alone = ("call_back", "claims_app", "clear_letter")
    assert abs(npv["claims_app"]) < 0.1 * cost["claims_app"]
    assert npv["app_in_storm"] > 0.1 * cost["claims_app"]
    assert npv["call_back"] > 0
    assert beyond["call_back"] > 4 * npv["call_back"]
    assert max(alone, key=lambda name: high[name]) == "clear_letter"
    assert max(alone, key=lambda name: high[name] - low[name]) == "clear_letter"


def utility(study: gw.Study) -> None:
    npv, teams = values(study), {name: study.teams(name).iloc[0] for name in values(study)}
    assert npv["portal"] < 0 < npv["portal_and_team"] < npv["smaller_team"] == max(npv.values())
    assert teams["portal_and_team"]["wait"] < teams["portal_and_team"]["wait_before"]
    assert teams["smaller_team"]["unserved"] > 2 * teams["smaller_team"]["unserved_before"]
    for goal in ("csat", "completion"):
        met = goal_met(study, goal)
        assert not met.pop("smaller_team")
        assert all(met.values())


def dental(study: gw.Study) -> None:
    npv, load = values(study), study.teams("training").iloc[0]
    assert load["use_before"] > 0.95
    assert npv["training"] < 0 < npv["chair"]
    assert npv["chair_and_training"] > npv["chair"] - npv["training"]


def hotel(study: gw.Study) -> None:
    npv = values(study)
    assert npv["remember"] < 0 < npv["repair"] < npv["renovate"]


def telecom(study: gw.Study) -> None:
    npv, beyond = values(study), values(study, "beyond_horizon")
    assert npv["digital"] < 0 < npv["save"]
    assert npv["people"] < 0 < npv["people"] + beyond["people"]


def retailer(study: gw.Study) -> None:
    npv, beyond = values(study), values(study, "beyond_horizon")
    conversion, orders = totals(study, "conversion", "orders")
    assert npv["fitting"] == max(npv[name] for name in ("care", "mobile", "fitting")) > 0
    bridge = study.bridge("fitting", by=[]).set_index("step")["value"]
    assert bridge["cost_to_serve"] > bridge["customers"] > 0
    assert npv["care"] > 0
    assert conversion["mobile"] > conversion["baseline"]
    assert orders["mobile"] > 1.02 * orders["baseline"]
    assert npv["mobile"] < 0 < npv["mobile"] + beyond["mobile"]


def bank(study: gw.Study) -> None:
    npv, worse = values(study), values(study, "p_negative")
    assert npv["advice_for_all"] < 0 < npv["advice"]
    gaps = study.gaps().query("journey == 'advice'").set_index("segment")
    per_contact = gaps["worth"] / gaps["contacts"]
    assert per_contact["wealthy"] > 2 * per_contact["families"] > 2 * per_contact["young"] > 0
    assert npv["referrals"] > 0
    chance = study.events().set_index("scenario")["chance_at_least_one"]
    assert 0.4 < chance["security"] / chance["baseline"] < 0.7
    assert 0.5 < worse["security"] < 1
    assert npv["security"] > 0  # the mean over all worlds


def airline(study: gw.Study) -> None:
    npv = values(study)
    booked = {
        world: study.run(world).table(by=["year", "segment"]).set_index(["year", "segment"])["orders"]
        for world in ("baseline", "war", "meet_fares_in_war")
    }
    lost = 1 - booked["war"] / booked["baseline"]
    assert 0.15 < lost[2, "leisure"] < 0.25
    assert 0 < lost[2, "business"] < 0.10
    kept = booked["meet_fares_in_war"] - booked["war"]
    assert kept[2, "leisure"] > 0.5 * (booked["baseline"] - booked["war"])[2, "leisure"]
    assert npv["meet_fares_in_war"] < 0  # compared with the war
    assert min(npv["amends"], npv["amends_in_war"], npv["same_service"]) > 0


def bikes(study: gw.Study) -> None:
    npv, beyond = values(study), values(study, "beyond_horizon")
    conversion, customers = totals(study, "conversion", "customers_end")
    today, weekend, seeding = (
        study.run(world).table(by="year").set_index("year") for world in ("baseline", "weekend", "seeding")
    )
    assert conversion["weekend"] > 1.1 * conversion["baseline"]
    assert npv["weekend"] > 0
    assert (weekend["customers_end"] - today["customers_end"]).is_monotonic_increasing
    brought, lead = seeding["adopted"] - today["adopted"], seeding["customers_end"] - today["customers_end"]
    assert brought[1] > 0.1 * today["adopted"][1]
    assert brought.loc[2:].sum() < 0.2 * brought[1]
    assert 0 < lead[5] < 0.85 * lead[2]
    assert npv["seeding_after_weekend"] > npv["seeding"]  # compared with 'weekend'
    assert npv["club"] < 0 < npv["club"] + beyond["club"]
    assert customers["lower_fee"] > 1.05 * customers["baseline"]
    assert npv["lower_fee"] < 0


CHECKS = (airline, bank, bikes, community, dental, hotel, insurer, retailer, software, telecom, utility)
EXPECTED: dict[str, Callable[[gw.Study], None]] = {check.__name__: check for check in CHECKS}


@pytest.mark.parametrize("name", FILES)
def test_is_short_and_says_what_it_shows(name: str) -> None:
    text = FILES[name].read_text(encoding="utf-8")
    assert len(text.splitlines()) < LONGER.get(name, 100)
    assert 0 < len(shows(FILES[name])) < 100


@pytest.mark.parametrize("name", FIRMS)
def test_shows_what_a_case_needs(name: str) -> None:
    model, text = gw.example(name), FILES[name].read_text(encoding="utf-8")
    assert model.name
    assert model.about
    assert len(model["investments"]) >= 2
    assert len(model["scenarios"]) >= 2
    assert model["goals"]
    assert all(model[f"assumptions.{assumed}.source"] for assumed in model["assumptions"])
    assert set(re.findall(r"\$(\w+)", text.split("investments:")[1])) == set(model["assumptions"])
    assert "What to expect: " in " ".join(text.split()).replace(" # ", " ")
    assert re.search(r"without a source (are|is) assumed|not marked\n?#? with a source is assumed", text)


@pytest.mark.parametrize("name", sorted(set(FILES) - GROWS))
def test_stands_still_and_is_what_was_observed(name: str) -> None:
    assert gw.check(gw.example(name)).warnings == []


def test_the_page_of_examples_names_each_of_them() -> None:
    page = (Path(__file__).parents[2] / "docs" / "reference" / "examples.md").read_text(encoding="utf-8")
    rows = [line.split("|") for line in page.splitlines() if line.startswith("| ")][1:]
    named = re.findall(r"\w+", " ".join(row[2] for row in rows if "---" not in row[1]))
    assert set(named) == set(FIRMS)


def test_every_firm_says_what_to_expect() -> None:
    assert sorted(EXPECTED) == FIRMS


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("name", FIRMS)
def test_what_to_expect(name: str, seed: int) -> None:
    """The sentence in the file holds with the assumptions drawn, whatever the luck."""
    EXPECTED[name](gw.compare(gw.example(name), seed=seed, draws=8))


@pytest.mark.parametrize("name", sorted(set(FIRMS) - GROWS))
def test_answers_in_seconds_and_without_a_warning(name: str) -> None:
    started = time.process_time()
    study = gw.compare(gw.example(name), replications=2)
    assert time.process_time() - started < 30
    assert not [remark for remark in study.remarks() if "Warning" in remark]
