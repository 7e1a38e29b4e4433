"""What was asked beside what came out."""

import re
from collections.abc import Callable
from pathlib import Path

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


def quiet(**blocks: object) -> gw.Model:
    """Few contacts, each better than expected: too slow for the first year, too much for five."""
    parts: dict[str, object] = {
        "horizon": "5 years",
        "agents": 4_000,
        "segments": {"all": {"count": 4_000, "tenure": 0}},
        "stages": {"customer": {"churn": 0}},
        "journeys": {"help": {"starts": "1 % / month", "touchpoints": {"call": {"quality": 9.5}}}},
        "survey": {"response": "50 %", "nps": 18},
    }
    return gw.Model(**{**parts, **blocks})


def test_what_drifts_until_the_horizon_is_reported() -> None:
    check = gw.check(quiet())
    row = check.drift.iloc[0]
    assert abs(row["drift"]) < 0.2 < row["later"] == row["last"] - row["start"]
    assert not check.ok
    (satisfaction,) = (text for text in check.warnings if "satisfaction" in text)
    assert satisfaction == (
        f"mean satisfaction of all moves from {row['start']:.2f} to {row['last']:.2f} until the end of the "
        "horizon; the baseline does not stay the firm of today"
    )
    (nps,) = (text for text in check.warnings if "NPS" in text)
    assert nps.startswith("the measured NPS moves from 1")
    assert "in the first year, then at the end of the horizon: all" in repr(check)
    still = gw.check(quiet(journeys={}))
    assert not any("moves" in text for text in still.warnings)


def test_more_agents_are_no_advice_where_all_are_simulated() -> None:
    """A firm of 60 customers misses its churn by chance, however many are simulated."""
    blocks = {"stages": {"customer": {"churn": {"average": "1 % / month", "satisfaction": -2}}}, "survey": {}}
    small = quiet(segments={"all": {"count": 60, "tenure": 12}}, agents="all", **blocks)
    missed = [text for text in gw.check(small).warnings if "missed by chance" in text]
    assert missed
    assert all(text.endswith("so few differ from year to year") for text in missed)
    many = quiet(segments={"all": {"count": 60_000, "tenure": 12}}, agents=200, **blocks)
    told = [text for text in gw.check(many).warnings if "missed by chance" in text]
    assert told
    assert all(text.endswith("more agents would bring it closer") for text in told)


def test_an_assumption_held_at_a_bound_is_reported(make_firm: Callable[..., gw.Model]) -> None:
    model = make_firm(
        assumptions={"gift": {"low": 8.5, "best": 9.3, "high": 9.8}},
        investments={"training": {"changes": {"help.call.quality": {"set": "$gift"}}}},
        events={},
        scenarios={"train": ["training"]},
    )
    (warning,) = (text for text in gw.check(model).warnings if "gift" in text)
    assert warning.startswith("the assumption gift is held at a bound of its use in ")
    assert warning.endswith("% of its draws: what lies further out is not accepted there")
    table = gw.compare(model, ["train"], draws=8, batches=2).uncertainty("train").table()
    assert 0.001 < table["held"].iloc[0] < 0.05


NETWORK: dict[str, object] = {"network": {"random": 8}}


def launch(
    customers: object, churn: object, market: dict[str, object] = NETWORK, nps: float | None = 20
) -> gw.Model:
    """A new firm in a market of people who know one another."""
    return gw.Model(
        horizon="2 years",
        agents="all",
        segments={"all": {"count": customers, "tenure": "9 months"}},
        stages={
            "aware": {
                "kind": "prospect",
                "churn": "8 % / month",
                "moves": {"customer": {"base": "10 % / month", "good_word": 0.3}},
            },
            "customer": {"fee": 30, "churn": churn},
        },
        journeys={"repair": {"starts": "0.1 / month", "touchpoints": {"visit": {"failure": "15 %"}}}},
        survey={} if nps is None else {"nps": nps},
        word_of_mouth={"positive": "0.4 / month", "negative": "0.4 / month"},
        market={
            "size": 12_000,
            "innovation": "3 % / year",
            "imitation": "38 % / year",
            "stage": "aware",
            **market,
        },
    )


@pytest.mark.parametrize("market", [NETWORK, {}])
def test_the_luck_of_few_customers_among_many_people_is_no_miss(market: dict[str, object]) -> None:
    """500 customers are asked in one run: their NPS has an error of some 2 points."""
    check = gw.check(launch(500, {"average": "2 % / month", "satisfaction": -0.4}, market))
    assert check.warnings == []
    table = check.table().set_index("figure")
    # At most 0.1 points and 0.3 %, one standard error; the mean over the rounds has about the same.
    assert table.loc["survey.nps", "got"] == pytest.approx(20, abs=0.4)
    assert table.loc["customer.churn", "got"] == pytest.approx(0.02, rel=0.012)
    assert table.loc["all.tenure", "got"] == pytest.approx(9, rel=0.01)


def test_the_warning_names_what_is_not_known() -> None:
    """Twenty customers hear next to nothing, and each word changes much; their churn is known."""
    check = gw.check(launch(20, {"average": "2 % / month", "bad_word": 5}, nps=None))
    (warning,) = (text for text in check.warnings if "anchoring still leaves" in text)
    assert re.fullmatch(
        r"anchoring still leaves an error \(one standard deviation\) of \d\.\d\d % of what somebody hears "
        r"after \d+ rounds: little is said, or what people hear makes them say so much more that it has no "
        r"rest",
        warning,
    )


def test_unequal_people_are_refused_before_anything_runs(tmp_path: Path) -> None:
    text = """
horizon: 2 years
agents: 6_000
segments: {many: {count: 900, tenure: 1 year}, few: {count: 100, tenure: 1 year}}
stages: {customer: {fee: 30, churn: {average: 2 % / month, good_word: -0.1}}}
word_of_mouth: {positive: 0.4 / month, network: {random: 8}}
market: {size: {many: 12_000, few: 1_200}, network: {random: 8}}
"""
    file = tmp_path / "weights.yaml"
    file.write_text(text, encoding="utf-8")
    model = gw.read(file)  # other agents may be asked for
    for ask in (gw.check, gw.run, gw.expect):
        with pytest.raises(gw.ModelError) as refused:
            ask(model)
        assert str(refused.value) == (
            f"{file}:3:9: agents: each simulated customer is one person, so all must stand for as many "
            "customers; those of 'few' for 1, those of 'many' for 2.2 (give agents: all, which are 13200 "
            "people)"
        )
    assert model._levels is None
    assert gw.run(model.assign({"agents": "all"})).table(by=[])["customers_end"].iloc[0] > 0


def test_a_table_by_tenure_may_hold_assumptions() -> None:
    firm = gw.Model(
        horizon=6,
        assumptions={"early": {"low": 0.05, "best": 0.08, "high": 0.12, "source": "a study"}},
        segments={"all": {"count": 100}},
        stages={"customer": {"churn": {"0 months": "$early", "12 months": "1 %"}}},
    )
    (note,) = gw.check(firm).notes
    assert "8.00 % in months 1 to 12, 1.00 % from month 13 on" in note
