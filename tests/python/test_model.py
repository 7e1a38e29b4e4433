"""Models as a user makes, reads and changes them."""

import copy
import json
import pickle
import re
from pathlib import Path
from typing import Any

import goodwill as gw
import numpy as np
import pytest


def test_built_in_code_is_the_same_as_read_from_text(model: gw.Model) -> None:
    again = gw.Model.from_yaml(model.to_yaml())
    assert again == model
    assert again.hash == model.hash
    assert len({again, model}) == 1


def test_read_from_a_file(tmp_path: Path, model: gw.Model) -> None:
    file = tmp_path / "firm.yaml"
    file.write_text(model.to_yaml(), encoding="utf-8")
    assert gw.read(file) == gw.read(str(file)) == model


def test_says_what_it_holds(model: gw.Model) -> None:
    assert (model.name, model.currency, model.period, model.horizon) == ("Firm", "EUR", "month", 18)
    assert model.segments == ["young", "old"]
    assert model.stages == ["customer"]
    assert model.journeys == ["help"]
    assert model.investments == ["training", "nothing"]
    assert model.events == ["strike"]
    assert model.scenarios == {"train": ["training"], "idle": ["nothing"], "strike": ["strike"]}
    assert model.periods_per_year == 12


def test_paths_read_numbers_blocks_and_texts(model: gw.Model) -> None:
    assert model["customer.fee"] == 30
    assert model["help.call.failure"] == pytest.approx(0.2)
    assert model["customer.churn"]["average"] == pytest.approx(0.02)
    assert model["name"] == "Firm"
    assert "customer.fee" in model
    assert "customer.fees" not in model
    assert 3 not in model
    assert "help.call.failure" in model.paths()
    assert model.resolve("help.call.failure") == ["journeys.help.touchpoints.call.failure"]


def test_every_listed_path_can_be_read_and_assigned_what_it_holds(model: gw.Model) -> None:
    numbers = {path: model[path] for path in model.paths()}
    plain = {path: value for path, value in numbers.items() if isinstance(value, float)}
    assert len(plain) > 30
    assert model.assign({}) == model


def test_never_changes_itself(model: gw.Model) -> None:
    before = model.hash
    changed = model.assign({"customer.fee": 31, "help.call.failure": "10 %"})
    assert changed["customer.fee"] == 31
    assert changed["help.call.failure"] == pytest.approx(0.1)
    assert model.hash == before != changed.hash
    with pytest.raises(TypeError, match=r"model\.assign\(\{'customer\.fee': 31\}\) is a changed copy"):
        model["customer.fee"] = 31  # type: ignore[misc]


def test_takes_numpy_numbers() -> None:
    firm = gw.Model(
        segments={"all": {"count": np.int64(10)}}, stages={"customer": {"fee": np.float64(1.5), "churn": 0.1}}
    )
    assert firm["customer.fee"] == 1.5
    assert firm["segments.all.count"] == 10


def test_survives_copying_and_pickling(model: gw.Model) -> None:
    assert pickle.loads(pickle.dumps(model)) == model
    assert copy.deepcopy(model) == model


def test_all_mistakes_come_at_once_with_the_nearest_name() -> None:
    with pytest.raises(gw.ModelError) as caught:
        gw.Model(
            segmnts={"all": {"count": 10}},
            segments={"all": {"count": 10}},
            stages={"customer": {"fee": "x", "chrn": 0.1}},
        )
    texts = [str(problem) for problem in caught.value.problems]
    assert len(texts) == 3
    assert any("did you mean 'segments'?" in text for text in texts)
    assert any("did you mean 'churn'?" in text for text in texts)
    assert isinstance(caught.value, ValueError)


def test_mistakes_in_a_file_say_where(tmp_path: Path) -> None:
    file = tmp_path / "wrong.yaml"
    file.write_text("segments: {all: {count: 10}}\nstages:\n  customer: {fee: 1, churn: 120 %}\n")
    with pytest.raises(gw.ModelError) as caught:
        gw.read(file)
    (problem,) = caught.value.problems
    assert (problem.file, problem.line) == (str(file), 3)
    assert problem.path == "customer.churn"
    assert str(caught.value).startswith(f"{file}:3:")


def test_unknown_paths_offer_the_nearest(model: gw.Model) -> None:
    for use in (lambda: model["customer.fees"], lambda: model.assign({"customer.fees": 3})):
        with pytest.raises(gw.ModelError, match=r"did you mean 'customer\.fee'\?"):
            use()
    with pytest.raises(TypeError, match="a path is a text"):
        model[3]  # type: ignore[index]


def test_the_gallery() -> None:
    firms = {"airline", "bank", "bikes", "community", "dental", "hotel", "insurer", "retailer", "software"}
    assert {*firms, "telecom", "utility", "smallest"} == set(gw.example())
    for name in gw.example():
        assert gw.example(name).segments
    with pytest.raises(ValueError, match="there is no example 'telecm'; did you mean 'telecom'"):
        gw.example("telecm")


def test_shows_itself(model: gw.Model) -> None:
    assert repr(model).splitlines()[:2] == ["Model 'Firm'", "  customers    3,000 (young 2,000, old 1,000)"]
    assert "young 2,000" in model._repr_html_()
    hostile = gw.Model(name="<script>", segments={"a": {"count": 1}}, stages={"customer": {"fee": 1}})
    assert "<script>" not in hostile._repr_html_()


def names_of(schema: Any) -> set[str]:
    """Fields and words that a model file knows."""
    if isinstance(schema, list):
        return set().union(*map(names_of, schema))
    if not isinstance(schema, dict):
        return set()
    return {
        *schema.get("properties", {}),
        *map(str, schema.get("enum", [])),
        *set().union(*map(names_of, schema.values())),
    }


def test_texts_of_fields_name_only_what_there_is() -> None:
    known = names_of(gw.schema()) | {"all", "baseline", "done", "lost", "mean_field", "otherwise"}
    quoted = set(re.findall(r"`([a-z_]+)`", gw.reference()))
    assert len(quoted) > 50
    assert quoted <= known


def test_schema_and_reference() -> None:
    schema = gw.schema()
    assert {"segments", "stages", "investments"} <= set(schema["properties"])
    assert json.dumps(schema)
    assert "churn" in gw.reference()


def test_the_name_of_an_example_is_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(gw.ModelError, match=r"goodwill\.example\('telecom'\)") as caught:
        gw.read("telecom")
    assert len(caught.value.problems) == 1
    with pytest.raises(gw.ModelError) as caught:
        gw.read("nosuch")
    assert "example" not in str(caught.value)


def test_agents_belong_to_the_model(model: gw.Model) -> None:
    with pytest.raises(TypeError, match=r'model\.assign\(\{"agents": 10_000\}\)'):
        gw.run(model, agents=10)  # type: ignore[call-arg]
