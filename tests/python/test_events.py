"""Events by chance: what runs, studies and pages show of them."""

import math
import pickle
from collections.abc import Callable
from pathlib import Path

import goodwill as gw
import pytest

BREACH = {
    "chance": "10 % / month",
    "lasts": 2,
    "impulse": {"trust": -0.2},
    "changes": {"customer.fee": {"times": 0.9}},
    "cost": {"upfront": 5_000},
}
SECURITY = {"cost": {"running": 100}, "changes": {"breach.chance": {"times": 0.5}}}


@pytest.fixture(scope="module")
def risky(make_firm: Callable[..., gw.Model]) -> gw.Model:
    return make_firm(
        investments={"security": SECURITY, "nothing": {}},
        events={"breach": BREACH, "strike": {"start": 6}},
        scenarios={"security": ["security"], "nothing": ["nothing", "breach"]},
    )


@pytest.fixture(scope="module")
def study(risky: gw.Model) -> gw.Study:
    return gw.compare(risky, replications=60)


def test_say_how_likely_they_are(risky: gw.Model) -> None:
    run = gw.run(risky, replications=400)
    (row,) = run.events().to_dict("records")
    assert row["event"] == "breach"  # the strike is no matter of chance
    assert row["chance_at_least_one"] == pytest.approx(1 - 0.9**18)
    begins: list[float] = []
    for _ in range(18):
        begins.append(0.1 * (1 - sum(begins[-1:])))
    assert row["expected"] == pytest.approx(sum(begins))
    # each number is at most 9: its variance is below that of a binomial one
    assert row["simulated"] == pytest.approx(row["expected"], abs=5 * math.sqrt(sum(begins) / 400))


def test_are_the_same_in_every_world_but_rarer_where_somebody_cares(study: gw.Study) -> None:
    table = study.events().set_index("scenario")
    columns = ["event", "chance_at_least_one", "expected", "simulated", "share", "first"]
    assert list(table.columns) == columns
    assert table.index.tolist() == ["baseline", "security", "nothing"]
    assert table.loc["nothing"].equals(table.loc["baseline"])
    assert table.loc["security", "chance_at_least_one"] == pytest.approx(1 - 0.95**18)
    assert table.loc["security", "simulated"] < table.loc["baseline", "simulated"]
    assert study.table().set_index("scenario").loc["nothing", ["npv", "npv_low", "npv_high"]].eq(0).all()


def test_make_a_sentence(study: gw.Study, make_firm: Callable[..., gw.Model], tmp_path: Path) -> None:
    told = study.sentences()
    assert told[-1] == (
        "'breach' happens at least once in 18 months with probability 85.0 %, with 'security' 60.3 %."
    )
    assert told[-1] in repr(study).replace("\n", " ")
    study.to_html(tmp_path / "case.html", analyses=False)
    assert "at least once in 18" in (tmp_path / "case.html").read_text(encoding="utf-8")
    assert not any("at least once" in text for text in gw.compare(make_firm(), replications=2).sentences())


def test_money_is_the_mean_of_the_replications(risky: gw.Model) -> None:
    run = gw.run(risky, replications=50)
    costs = run.investments()
    upfront = costs[costs["name"] == "breach"]["upfront"].sum()
    assert upfront == pytest.approx(5_000 * run.events()["simulated"].iloc[0])


def test_are_known_at_draws_of_the_assumptions(risky: gw.Model) -> None:
    doubtful = risky.assign({"assumptions.risk": {"uniform": [0.05, 0.15]}, "events.breach.chance": "$risk"})
    study = gw.compare(doubtful, "security", draws=64)
    table = study.events().set_index("scenario")
    mean = 1 - (0.95**19 - 0.85**19) / 19 / 0.1
    assert table.loc["baseline", "chance_at_least_one"] == pytest.approx(mean, rel=0.02)
    assert study.table()["p_npv_positive"].notna().all()
    assert gw.run(doubtful, draws=16).events()["expected"].iloc[0] > 0


def test_are_kept_in_files(study: gw.Study, tmp_path: Path) -> None:
    gw.save(study, tmp_path / "risk.goodwill")
    opened = gw.open(tmp_path / "risk.goodwill")
    assert opened.events().equals(study.events())
    assert pickle.loads(pickle.dumps(study)).events().equals(study.events())


def test_are_no_scenario_of_their_own(make_firm: Callable[..., gw.Model]) -> None:
    firm = make_firm(
        investments={"security": SECURITY}, events={"breach": BREACH, "strike": {"start": 6}}, scenarios={}
    )
    assert gw.compare(firm, replications=2).scenarios == ["security", "strike"]


def test_have_no_exact_answer() -> None:
    firm = gw.Model.from_yaml("""
segments: {all: {count: 100}}
stages: {customer: {fee: 3, churn: 2 %}}
events: {breach: {chance: 1 %, changes: {customer.churn: {times: 2}}}}
""")
    with pytest.raises(gw.ModelError, match=r"events.breach.chance: it begins by chance \(0.01 a period\)"):
        gw.expect(firm)


def test_firms_without_any_have_an_empty_table(make_firm: Callable[..., gw.Model]) -> None:
    assert gw.run(make_firm(), replications=2).events().empty
    assert gw.compare(make_firm(), replications=2).events().empty
