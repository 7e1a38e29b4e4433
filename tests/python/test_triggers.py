"""What begins by what the firm sees: what runs, studies, checks and pages show of it."""

import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import goodwill as gw
import numpy as np
import pytest

RESCUE = {
    "when": {"measured_nps": {"below": -33}, "for": "2 months", "answers": 100},
    "changes": {"help.call.failure": {"times": 0.2}},
    "cost": {"upfront": 5_000, "running": 50},
}
RIVAL = {"when": {"churn": {"above": "2.0 % / month"}}, "lasts": 2, "cost": {"upfront": 700}}


@pytest.fixture(scope="module")
def watchful(make_firm: Callable[..., gw.Model]) -> gw.Model:
    return make_firm(
        investments={"rescue": RESCUE, "never": {**RESCUE, "when": {"churn": {"above": 1}}}, "nothing": {}},
        events={"strike": {"start": 6}},
        scenarios={"rescue": ["rescue"], "never": ["never"], "nothing": ["nothing"]},
    )


@pytest.fixture(scope="module")
def study(watchful: gw.Model) -> gw.Study:
    return gw.compare(watchful, replications=30)


def test_events_say_in_how_many_worlds_and_when(study: gw.Study) -> None:
    table = study.events().set_index("scenario")
    assert list(table.index) == ["rescue", "never"]
    row = table.loc["rescue"]
    assert row["event"] == "rescue"
    assert np.isnan(row["expected"])
    assert np.isnan(row["chance_at_least_one"])
    assert 0.1 < row["share"] < 0.95
    assert row["share"] == row["simulated"]  # it lasts for ever, and so begins once
    assert 3 <= row["first"] <= 18
    assert table.loc["never", "share"] == 0
    assert np.isnan(table.loc["never", "first"])


def test_make_a_sentence(study: gw.Study, tmp_path: Path) -> None:
    row = study.events().iloc[0]
    told = study.sentences()
    assert told[-2] == (
        f"'rescue' begins with 'rescue' in {100 * row['share']:.1f} % of all worlds, first in month "
        f"{row['first']:.0f} on average."
    )
    assert told[-1] == "'never' begins with 'never' in 0 % of all worlds."
    study.to_html(tmp_path / "case.html", analyses=False)
    assert "of all worlds" in (tmp_path / "case.html").read_text(encoding="utf-8")


def test_costs_are_due_where_it_begins(study: gw.Study, watchful: gw.Model) -> None:
    rows = study.table().set_index("scenario")
    assert rows.loc["never", ["npv", "npv_low", "npv_high"]].eq(0).all()
    run = gw.run(watchful, scenario="rescue", replications=20)
    row = run.events().iloc[0]
    assert run.investments()["upfront"].sum() == pytest.approx(5_000 * row["share"])


def test_provenance_says_why_customers_are_simulated_together(study: gw.Study, watchful: gw.Model) -> None:
    assert study.provenance["coupled_by"] == ["triggers"]
    assert "coupled_by" not in gw.compare(watchful, "nothing", replications=2).provenance
    assert "coupled_by" not in gw.run(watchful, replications=1).provenance
    assert gw.run(watchful, scenario="rescue", replications=1).provenance["coupled_by"] == ["triggers"]
    assert not study.provenance["survival_weights"]
    with pytest.raises(ValueError, match=r"survival_weights is True; .* share triggers"):
        gw.compare(watchful, "rescue", replications=2, survival_weights=True)


def test_events_that_wait_are_circumstances(make_firm: Callable[..., gw.Model]) -> None:
    firm = make_firm(investments={"nothing": {}}, events={"rival": RIVAL}, scenarios={"nothing": ["nothing"]})
    study = gw.compare(firm, replications=10)
    table = study.events().set_index("scenario")
    assert list(table.index) == ["baseline", "nothing"]
    assert table.loc["baseline"].equals(table.loc["nothing"])
    assert study.table()["npv"].eq(0).all()
    assert gw.run(firm, replications=1).provenance["coupled_by"] == ["triggers"]


def test_results_are_kept_in_files(study: gw.Study, tmp_path: Path) -> None:
    gw.save(study, tmp_path / "seen.goodwill")
    assert gw.open(tmp_path / "seen.goodwill").events().equals(study.events())
    assert pickle.loads(pickle.dumps(study)).events().equals(study.events())


def test_draws_of_assumptions_may_be_part_of_it(watchful: gw.Model) -> None:
    doubtful = watchful.assign(
        {
            "assumptions.limit": {"uniform": [-50, -25]},
            "investments.rescue.when.measured_nps": {"below": "$limit"},
        }
    )
    share = gw.compare(doubtful, "rescue", draws=16).events()["share"].iloc[0]
    assert 0 < share < 1
    assert gw.run(doubtful, scenario="rescue", draws=16).events()["share"].iloc[0] > 0


def test_lifetime_values_are_found(watchful: gw.Model) -> None:
    assert gw.clv(watchful, scenario="rescue", replications=2).table()["clv"].gt(0).any()


def test_bits_do_not_depend_on_threads(watchful: gw.Model) -> None:
    one, other = (gw.run(watchful, scenario="rescue", replications=3, threads=n) for n in (1, 3))
    assert one.table().equals(other.table())
    assert one.events().equals(other.events())


def warned(firm: gw.Model) -> list[str]:
    return [text for text in gw.check(firm).warnings if ".when" in text]


def test_check_warns_of_noise_that_the_firm_does_not_have(watchful: gw.Model) -> None:
    assert warned(watchful) == []
    few = watchful.assign({"agents": 400, "investments.rescue.when.answers": 300})
    (text,) = warned(few)
    assert text.startswith("investments.rescue.when: the NPS is noisier than the firm's own: about ")
    assert "and it looks at 300; simulate more (agents: all)" in text
    (text,) = warned(watchful.assign({"investments.rescue.when.answers": 10_000}))
    assert "it waits for 10,000 answers, but about " in text
    (text,) = warned(watchful.assign({"investments.rescue.when.for": 18}))
    assert text.endswith("takes 18 periods and is reported 0 later, and the horizon is 18: it never begins")


@pytest.mark.parametrize(
    ("when", "message"),
    [
        ({"measured_np": {"below": 3}}, "did you mean 'measured_nps'"),
        ({"measured_nps": {}}, r"expected a range: .* \{below: 5\} or \{above: 5\}"),
        ({"for": 3}, "names one figure that the firm knows: measured_nps, churn, conversion, customers, or"),
        ({"churn": {"above": 0.1}, "answers": 3}, "only measured_nps is measured on answers"),
    ],
)
def test_mistakes_have_one_message(
    make_firm: Callable[..., gw.Model], when: dict[str, Any], message: str
) -> None:
    with pytest.raises(gw.ModelError, match=message) as error:
        make_firm(investments={"rescue": {"when": when}}, scenarios={})
    assert len(error.value.problems) == 1


def test_has_no_exact_answer() -> None:
    firm = gw.Model.from_yaml("""
segments: {all: {count: 100}}
stages: {customer: {fee: 3, churn: 2 %}}
events: {rival: {when: {churn: {above: 3 %}}}}
""")
    with pytest.raises(gw.ModelError, match=r"events.rival.when: it begins by what the firm sees"):
        gw.expect(firm)


@pytest.mark.parametrize(("period", "in_a_month"), [("month", 1), ("week", 52.18 / 12)])
def test_a_firm_hires_when_its_phones_are_busy(period: str, in_a_month: float) -> None:
    model = gw.Model.from_yaml(
        f"period: {period}"
        + """
horizon: 2 years
segments: {all: {count: 4_000, tenure: 3 years, arrivals: 200 / month}}
stages: {customer: {fee: 30, churn: {base: 2 % / month, failures: 0.4}}}
journeys: {help: {starts: 0.3 / month, touchpoints: {call: {team: desk}}}}
teams: {desk: {capacity: 1_500 / month}}
finance: {discount: 8 %}
investments:
  hire:
    when: {team: desk, unserved: {above: 8 %}}
    cost: {running: 2_000 / month}
    changes: {desk.capacity: {add: 600 / month}}
scenarios: {hire: [hire]}
"""
    )
    study = gw.compare(model, replications=10)
    events = study.events()
    assert events["share"].tolist() == [1]
    # Customers approach 10,000 from 4,000: 1,500 / 0.92 calls a month come from 5,435 of them, after 13.6
    # months. The month in which that is so must end, and be reported.
    assert events["first"].iloc[0] / in_a_month == pytest.approx(15, abs=1)
    desk = study.teams("hire").iloc[0]
    assert desk["unserved"] < desk["unserved_before"] / 2


def test_a_study_says_what_common_luck_saves_where_customers_influence_one_another() -> None:
    firm = """
horizon: 12
segments: {all: {count: 2_000}}
stages: {customer: {fee: 10, churn: {base: 2 %, satisfaction: -0.3}}}
journeys: {use: {starts: 50 %, touchpoints: {use: {failure: 10 %}}}}
investments: {better: {changes: {use.use.failure: {times: 0.8}}}}
scenarios: {better: [better]}
"""
    talk = firm.replace("satisfaction: -0.3", "satisfaction: -0.3, bad_word: 0.2")
    talk += "word_of_mouth: {negative: 0.5}\n"
    drawn = (
        talk.replace("times: 0.8", "times: $rest") + "assumptions: {rest: {low: 0.6, best: 0.8, high: 0.9}}\n"
    )
    assert "common luck" in repr(gw.compare(gw.Model.from_yaml(drawn), draws=8, batches=2))
    alone, together = (gw.compare(gw.Model.from_yaml(text), replications=30) for text in (firm, talk))
    for study in (alone, together):
        row = study.table().iloc[0]
        units = study.npv_units("better")
        # If the two worlds varied alike, the ratio would follow from the correlation.
        assert row["variance_ratio"] == pytest.approx(1 / (1 - row["correlation"]), rel=0.25)
        assert units.shape == (1, 30)
    assert "common luck" not in repr(alone)
    assert "common luck" in repr(together)
