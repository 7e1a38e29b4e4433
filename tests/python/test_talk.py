"""Word of mouth: what a user sees of it."""

from pathlib import Path

import goodwill as gw
import pytest

FIRM = """
name: a choir
horizon: 12
segments: {near: {count: 3_000}, far: {count: 1_000}}
stages: {customer: {fee: 10, churn: {average: 3 % / month, bad_word: 0.3}}}
journeys: {sing: {starts: 1, touchpoints: {evening: {failure: 20 %, recovery: 50 %}}}}
survey: {response: 10 %}
word_of_mouth: {positive: 0.5, negative: 0.5, mixing: {far: {far: 1}}}
investments: {stage: {start: 4, changes: {sing.evening.failure: {times: 0.5}}}}
scenarios: {stage: [stage]}
"""


def read(folder: Path, text: str = FIRM) -> gw.Model:
    file = folder / "choir.yaml"
    file.write_text(text, encoding="utf-8")
    return gw.read(file)


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> gw.Model:
    return read(tmp_path_factory.mktemp("choir"))


def test_the_table_counts_what_is_said(model: gw.Model) -> None:
    run = gw.run(model, scenario="stage", seed=1)
    table = run.table(by="period")
    assert (table[["good_words", "bad_words"]] > 0).all().all()
    assert table["bad_words"].iloc[6:].mean() < 0.8 * table["bad_words"].iloc[:3].mean()
    assert run.provenance["coupled_by"] == ["word of mouth"]
    assert "good_words" not in gw.run(gw.example("smallest"), seed=1).table()


def test_check_says_how_much_people_hear(model: gw.Model) -> None:
    shown = repr(gw.check(model))
    assert "A person of near hears 0." in shown
    assert "A person of far hears 0." in shown
    assert "hears" not in repr(gw.check(gw.example("smallest")))


def test_who_hears_less_is_told_less(model: gw.Model, tmp_path: Path) -> None:
    alone = read(tmp_path, FIRM.replace("{far: {far: 1}}", "{near: {far: 1}, far: {far: 1}}"))
    shown = repr(gw.check(alone)).split("near hears ")[1]
    loud = repr(gw.check(model)).split("near hears ")[1]
    assert float(shown.split()[0]) < 0.5 * float(loud.split()[0])


@pytest.mark.parametrize(
    ("before", "after", "text"),
    [
        ("{far: {far: 1}}", "{fer: {far: 1}}", "'fer' is not a segment; did you mean 'far'?"),
        ("{far: {far: 1}}", "{far: {fer: 1}}", "'fer' is not a segment; did you mean 'far'?"),
        ("{far: {far: 1}}", "{far: 1}", "word_of_mouth.mixing.far: expected a mapping {name: number}"),
        ("{far: {far: 1}}", "{far: {far: -1}}", "'-1' is out of bounds"),
        (", negative: 0.5", ", negatives: 0.5", "did you mean 'negative'?"),
        ("positive: 0.5", "positive: -1", "'-1' is out of bounds"),
    ],
)
def test_mistakes_are_named(tmp_path: Path, before: str, after: str, text: str) -> None:
    with pytest.raises(gw.ModelError) as error:
        gw.check(read(tmp_path, FIRM.replace(before, after)))
    assert text in str(error.value)


def test_nobody_says_anything(tmp_path: Path) -> None:
    lines = [line for line in FIRM.splitlines() if not line.startswith("word_of_mouth")]
    with pytest.raises(gw.ModelError, match=r"customer.churn.bad_word: nobody says anything"):
        read(tmp_path, "\n".join(lines))
    quiet = "\n".join(lines).replace(", bad_word: 0.3", "")
    of_a_segment = "far: {count: 1_000, changes: {customer.churn.bad_word: {set: 0.3}}}"
    with pytest.raises(gw.ModelError, match=r"far\.changes\.customer\.churn\.bad_word: nobody says anything"):
        read(tmp_path, quiet.replace("far: {count: 1_000}", of_a_segment))
    with pytest.raises(gw.ModelError, match="nobody says anything"):
        read(tmp_path, quiet.replace("{times: 0.5}", "{times: 0.5}, customer.churn.good_word: {set: -0.1}"))


def test_survival_weights_and_the_exact_solver_refuse(model: gw.Model) -> None:
    with pytest.raises(gw.ModelError, match="bad_word"):
        gw.expect(model)
    with pytest.raises(ValueError, match="word of mouth"):
        gw.compare(model, replications=2, survival_weights=True)


CIRCLES = FIRM.replace("mixing: {far: {far: 1}}", "network: {ring: 6}")


def test_neighbours_hear_what_they_are_told(tmp_path: Path) -> None:
    circles = read(tmp_path, CIRCLES)
    crowd = read(tmp_path, CIRCLES.replace("{ring: 6}", "mean_field"))
    table = gw.run(circles, scenario="stage", seed=1).table(by="period")
    alike = gw.run(crowd, scenario="stage", seed=1).table(by="period")
    assert table["bad_words"].sum() == pytest.approx(alike["bad_words"].sum(), rel=0.05)
    assert table["lost"].sum() != alike["lost"].sum()
    written = circles.to_yaml()
    assert "ring: 6" in written
    assert read(tmp_path, written) == circles


@pytest.mark.parametrize(
    ("network", "text"),
    [
        ("{rong: 6}", "'rong' is not a field of a network; did you mean 'ring'?"),
        (
            "small_world",
            "expected 'mean_field' or a mapping with the fields of a network (ring, small_world, ",
        ),
        (
            "{layers: {a: {ring: 4, weight: 0}}}",
            "layers.a.weight: '0' is out of bounds; accepted: 0.001 to 1000",
        ),
        ("{}", "names no kind; give one of ring, small_world, scale_free, random, blocks, degrees"),
        ("{ring: 4, random: 3}", "names ring and random; give one of"),
        ("{ring: 5}", "word_of_mouth.network.ring: 5 is no even number of people"),
        ("{scale_free: 1.5}", "1.5 is no whole number of people"),
        ("{scale_free: 0}", "each must bring at least one edge"),
        ("{small_world: {neighbours: 3, rewired: 10 %}}", "3 is no even number of people"),
        ("{degrees: [2, 2.5]}", "'2.5' is no number of people; whole numbers from 0 to 4,096"),
        ("{blocks: {near: {fer: 3}}}", "'fer' is not a segment; did you mean 'far'?"),
        ("{layers: {a: {ring: 4}}, ring: 2}", "'layers' and 'ring' exclude each other"),
        ("{layers: {a: {weight: 4}}}", "word_of_mouth.network.layers.a: names no kind"),
        ("{ring: 6}, mixing: {far: {far: 1}}", "'network' and 'mixing' exclude each other"),
        ("{random: 5_000}", "word_of_mouth.network.random: '5_000' is out of bounds; accepted: 0 to 4096"),
    ],
)
def test_mistakes_in_networks_are_named(tmp_path: Path, network: str, text: str) -> None:
    with pytest.raises(gw.ModelError) as found:
        read(tmp_path, CIRCLES.replace("{ring: 6}", network))
    assert text in str(found.value)


def test_a_network_of_too_few_people_is_refused(tmp_path: Path) -> None:
    few = CIRCLES.replace("{ring: 6}", "{random: 4_000}").replace("3_000", "30").replace("1_000", "10")
    with pytest.raises(
        gw.ModelError, match=r"word_of_mouth\.network: degree is 4000; it must be from 0 to 39"
    ):
        gw.run(read(tmp_path, few), seed=1)
