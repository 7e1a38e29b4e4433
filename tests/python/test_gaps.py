"""Where experience falls short, and what a better one would be worth."""

from collections.abc import Callable

import goodwill as gw
import numpy as np
import pytest


@pytest.fixture(scope="module")
def two_segments() -> gw.Model:
    """Callers who leave when they are dissatisfied, and others who never do."""
    return gw.Model(
        horizon="24 months",
        agents=4_000,
        segments={
            "touchy": {"count": 3_000, "tenure": 12},
            "calm": {"count": 1_000, "tenure": 12, "changes": {"customer.churn.satisfaction": {"set": 0}}},
        },
        stages={"customer": {"fee": 20, "churn": {"base": 0.03, "satisfaction": -0.5}}},
        journeys={
            "help": {
                "starts": 0.3,
                "touchpoints": {
                    "bot": {"quality": 5, "failure": 0.3, "next": {"failed": "call"}},
                    "call": {"quality": 9.5, "sd": 0.5},
                    "gift": {"quality": 10, "sd": 0},
                },
                "first": {"bot": 0.8, "gift": "otherwise"},
            }
        },
        finance={"discount": 0},
        investments={"kinder": {"changes": {"help.bot.quality": {"add": 1}}}},
        scenarios={"kinder": ["kinder"]},
    )


@pytest.fixture(scope="module")
def study(two_segments: gw.Model) -> gw.Study:
    return gw.compare(two_segments, replications=6, survival_weights=False)


def test_what_is_expected_delivered_and_felt(study: gw.Study) -> None:
    table = study.gaps().set_index(["touchpoint", "segment"])
    assert list(table.columns) == [
        *("journey", "contacts", "failure", "expected", "delivered", "felt", "gap"),
        *("worth", "worth_low", "worth_high"),
    ]
    gift, bot = table.loc[("gift", "touchy")], table.loc[("bot", "touchy")]
    assert gift["delivered"] == pytest.approx(10, abs=1e-4)  # states are kept to 2^-16
    assert gift["gap"] == pytest.approx(10 - gift["expected"], abs=1e-4)
    assert bot["felt"] < bot["delivered"] < bot["expected"]
    assert bot["failure"] == pytest.approx(0.3, abs=0.02)
    whole = study.gaps(by=[]).set_index("touchpoint")
    contacts = study.gaps().groupby("touchpoint")["contacts"].sum()
    assert contacts.to_dict() == pytest.approx(whole["contacts"].to_dict())


def test_the_point_is_worth_what_an_investment_of_it_brings(study: gw.Study) -> None:
    """The same lives: its study and the gap report agree to the cent."""
    row = study.gaps(by=[]).set_index("touchpoint").loc["bot"]
    brought = study.flows("kinder")["contribution"].iloc[:2].sum() / 2  # two years
    assert row["worth"] == pytest.approx(brought, rel=1e-9)
    assert row["worth_low"] < row["worth"] < row["worth_high"]


def test_who_does_not_react_is_worth_nothing_more(study: gw.Study) -> None:
    table = study.gaps().set_index(["touchpoint", "segment"])
    assert table.loc[("bot", "calm"), "worth"] == 0
    assert table.loc[("bot", "touchy"), "worth_low"] > 0


def test_at_the_top_of_the_scale_there_is_no_point_to_gain(study: gw.Study) -> None:
    table = study.gaps(by=[]).set_index("touchpoint")
    assert np.isnan(table.loc["gift", "worth"])
    assert table.loc["call", "worth"] > 0  # half a point, counted twice


def test_what_a_scenario_does_is_part_of_its_report(study: gw.Study) -> None:
    before, after = (study.gaps(s, by=[]).set_index("touchpoint") for s in ("baseline", "kinder"))
    gained = after.loc["bot", "delivered"] - before.loc["bot", "delivered"]
    assert gained == pytest.approx(0.7, abs=0.03)  # a point, unless it fails


def test_the_room_on_the_scale_is_that_of_the_scenario(two_segments: gw.Model) -> None:
    """Quality 8.5 plus a point leaves half a point; a change that lasts only a while counts as well."""
    model = two_segments.assign(
        {
            "help.bot.quality": 8.5,
            "investments.kinder.lasts": 2,
        }
    )
    table = gw.compare(model, replications=2).gaps("kinder", by=[]).set_index("touchpoint")
    assert table.loc["bot", "worth"] > 0
    assert np.isnan(table.loc["gift", "worth"])


def test_a_doubtful_quality_is_taken_at_its_best(two_segments: gw.Model) -> None:
    model = two_segments.assign(
        {"assumptions": {"how_good": {"low": 4, "best": 5, "high": 6}}, "help.bot.quality": "$how_good"}
    )
    doubtful = gw.compare(model, replications=6, survival_weights=False)
    plain = gw.compare(two_segments, replications=6, survival_weights=False)
    np.testing.assert_array_equal(doubtful.gaps()["worth"], plain.gaps()["worth"])


def test_it_is_simulated_once(study: gw.Study, no_more_simulation: Callable[[], None]) -> None:
    whole = study.gaps(by=[])
    no_more_simulation()
    parts = study.gaps().groupby("touchpoint")["worth"].sum(min_count=1)
    assert parts.to_dict() == pytest.approx(whole.set_index("touchpoint")["worth"].to_dict(), nan_ok=True)


def test_fresh_luck_has_gaps_and_runs_of_its_own(study: gw.Study) -> None:
    winner = study.winner()
    assert not winner.gaps().equals(study.gaps())
    assert not winner.run("baseline").table().equals(study.run("baseline").table())


def test_a_model_without_journeys_has_no_gaps() -> None:
    firm = gw.Model(
        horizon=3,
        segments={"all": {"count": 300}},
        stages={"customer": {"fee": 1}},
        investments={"a": {"cost": {"upfront": 1}}},
        scenarios={"a": ["a"]},
    )
    assert gw.compare(firm, replications=2).gaps().empty


def test_refusals(study: gw.Study) -> None:
    with pytest.raises(ValueError, match="did you mean 'kinder'"):
        study.gaps("kindr")
    with pytest.raises(ValueError, match="gaps can be broken down by"):
        study.gaps(by="origin")
    with pytest.raises(ValueError, match="replications is 1"):
        study.gaps(replications=1)
