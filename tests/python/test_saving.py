"""A result is plain: copied, sent or saved, it is the same and answers the same questions."""

import copy
import io
import json
import math
import os
import pickle
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import goodwill as gw
import matplotlib
import numpy as np
import pandas as pd
import pytest
from goodwill.results import archive

LEAN = {
    "horizon": 8,
    "currency": "EUR",
    "segments": {"all": {"count": 300, "arrivals": 5, "tenure": "2 years", "acquisition_cost": 20}},
    "stages": {"customer": {"fee": 20, "churn": {"average": "3 % / month", "satisfaction": -0.3}}},
    "journeys": {"help": {"starts": "20 %", "touchpoints": {"call": {"failure": "20 %", "cost": 2}}}},
    "goals": {"churn": {"at_most": "4 %"}},
    "finance": {"discount": "9 %"},
    "investments": {
        "offer": {"cost": {"upfront": 100}, "changes": {"customer.fee": {"add": 1}}},
        "bot": {"changes": {"help.call.failure": {"times": 0.5}}, "cost": {"running": 5}},
    },
    "scenarios": {"both": ["offer", "bot"], "bot": ["bot"]},
}
DRAWN = {
    "assumptions": {"more": {"low": 0.5, "best": 1, "high": 3}},
    "investments": {**LEAN["investments"], "offer": {"changes": {"customer.fee": {"add": "$more"}}}},
}
FRAIL = {
    "stages": {
        "customer": {"fee": 20, "churn": {"average": "3 % / month", "satisfaction": -0.3, "frailty": 0.5}}
    }
}
BETA = {"stages": {"customer": {"fee": 20, "churn": {"beta": [1, 20]}}}}
CHAIN = {"stages": {"customer": {"fee": 20, "churn": "3 % / month"}}}


def firm(**blocks: Any) -> gw.Model:
    return gw.Model(**{**LEAN, **blocks})


TERMS = gw.Terms(discount="8 %", tax="20 %", depreciation=2, prices="nominal", inflation="2 %")
RESULTS: dict[str, Callable[[], Any]] = {
    "check": lambda: gw.check(firm()),
    "run": lambda: gw.run(firm(), scenario="both", replications=3),
    "run, drawn": lambda: gw.run(firm(**DRAWN), scenario="both", draws=8, batches=2),
    "run, precise": lambda: gw.run(firm(**FRAIL), precision="5 %", replications=3, most_replications=9),
    "compare": lambda: gw.compare(firm(), replications=4, terms=TERMS),
    "compare, drawn": lambda: gw.compare(firm(**DRAWN), draws=8, batches=2),
    "compare, weights": lambda: gw.compare(firm(**CHAIN), replications=4, survival_weights=True),
    "compare, beta": lambda: gw.compare(firm(**BETA), "bot", replications=4),
    "compare, frailty": lambda: gw.compare(firm(**FRAIL), ["bot"], replications=4, precision="50 %"),
    "compare, each alone": lambda: gw.compare(firm(scenarios={}), replications=4),
    "clv": lambda: gw.clv(firm(), replications=3, terms=TERMS),
    "clv, drawn": lambda: gw.clv(firm(**DRAWN), scenario="both", draws=8, batches=2),
    "expect": lambda: gw.expect(gw.Model(horizon=4, segments={"a": {"count": 5}}, stages={"c": {"fee": 1}})),
    "expect, infinite": lambda: gw.expect(gw.example("smallest"), infinite=True),
}
MADE: dict[str, Any] = {}


def made(name: str) -> Any:
    return MADE.setdefault(name, RESULTS[name]())


ASKED: dict[type, list[Callable[[Any], Any]]] = {
    gw.Check: [lambda x: x.table(), lambda x: x.drift, lambda x: x.notes],
    gw.Run: [
        lambda x: x.table(),
        lambda x: x.table(by=["year"]),
        lambda x: x.table(by="replication") if not x.uncertain else None,
        *(lambda x, name=name: getattr(x, name)() for name in ("stages", "moves", "journeys", "touchpoints")),
        *(lambda x, name=name: getattr(x, name)() for name in ("forecast", "investments", "cohorts")),
        lambda x: x.values(),
        lambda x: x.distribution(),
        lambda x: x.to_xarray().to_dataframe(),
        lambda x: x.to_arrow().to_pandas(),
        lambda x: x.plot.customers().get_title(loc="left"),
    ],
    gw.Study: [
        lambda x: x.table(),
        lambda x: x.irr_rates,
        lambda x: x.npv_units("bot"),
        lambda x: x.assumption_draws(),
        lambda x: x.npv_draws() if x.uncertain else None,
        lambda x: x.acceptability([0, 100]) if x.uncertain else None,
        lambda x: x.uncertainty(str(x.npv_draws().columns[0])).table() if x.uncertain else None,
        *(lambda x, name=name: getattr(x, name)("bot") for name in ("flows", "bridge", "savings", "shapley")),
        lambda x: x.tornado("bot", replications=2),
        lambda x: x.gaps(replications=2),
        lambda x: x.goals(),
        lambda x: x.break_even("bot", "customer.fee", points=2, replications=2).curve,
        lambda x: x.run("bot").table(),
        lambda x: x.winner().table(),
        lambda x: x.rerun() == x,
        lambda x: x.sentences() + x.remarks(),
        lambda x: x.plot.flow("bot").get_title(loc="left"),
        lambda x: x.plot.npv().get_title(loc="left"),
    ],
    gw.Clv: [
        *(lambda x, by=by: x.table(by=by) for by in ("segment", "origin", "cohort")),
        *(
            lambda x, name=name: getattr(x, name)()
            for name in ("cohorts", "equity", "referrals", "sentences")
        ),
        lambda x: (x.left, x.left_worth, x.terms.tax),
        lambda x: x.plot.distribution().get_title(loc="left"),
    ],
    gw.Expectation: [
        *(lambda x, name=name: getattr(x, name)() for name in ("table", "stages", "moves", "touchpoints")),
        lambda x: x.totals,
        lambda x: x.values() if "referral_growth" in x.totals else None,
    ],
}


def same(a: Any, b: Any) -> bool:
    if isinstance(a, pd.DataFrame):
        pd.testing.assert_frame_equal(a, b, check_exact=True)
        return True
    return np.array_equal(a, b) if isinstance(a, np.ndarray) else bool(a == b)


@pytest.mark.parametrize("name", RESULTS)
def test_a_saved_result_is_the_same_bits(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MPLBACKEND", "agg")
    monkeypatch.setitem(matplotlib.rcParams, "figure.max_open_warning", 0)
    result = made(name)
    file = gw.save(result, tmp_path / "some.goodwill")
    again = gw.open(file)
    assert again == result
    assert repr(again) == repr(result)
    assert again._repr_html_() == result._repr_html_()
    assert again.provenance == result.provenance
    assert again.model == result.model
    assert getattr(again, "question", None) == getattr(result, "question", None)
    for ask in ASKED[type(result)]:
        assert same(ask(again), ask(result))
    assert gw.save(again, tmp_path / "again.goodwill").read_bytes() == file.read_bytes()


@pytest.mark.parametrize("name", RESULTS)
def test_a_copy_is_the_same(name: str) -> None:
    result = made(name)
    repr(result)  # what it computed on the way is no part of it
    for again in (pickle.loads(pickle.dumps(result)), copy.copy(result), copy.deepcopy(result)):
        assert again == result
        assert repr(again) == repr(result)


@pytest.mark.parametrize("name", RESULTS)
def test_what_comes_out_is_its_callers(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever a caller does to a table or an array, the result stays as it was."""
    monkeypatch.setenv("MPLBACKEND", "agg")
    result = made(name)
    before = pickle.loads(pickle.dumps(result))
    found = [ask(result) for ask in ASKED[type(result)][:-2]]  # without charts
    if isinstance(result, gw.Study) and result.uncertain:
        deep = result.uncertainty(str(result.npv_draws().columns[0]))
        found += [deep.npv, deep.payback]
    for one in found:
        if isinstance(one, np.ndarray):
            one[:] = 7
        elif isinstance(one, pd.DataFrame) and one is not getattr(result, "drift", None):
            for column in one.select_dtypes("number"):
                one.loc[:, column] = 7
            for values in one.select_dtypes("number").to_dict("series").values():
                if values.to_numpy().flags.writeable:
                    values.to_numpy()[:] = 7
    assert result == before


def test_documents_of_an_opened_study(tmp_path: Path) -> None:
    study = made("compare, drawn")
    again = gw.open(gw.save(study, tmp_path / "study.goodwill"))
    assert isinstance(again, gw.Study)
    pages = [x.to_html(tmp_path / f"{k}.html").read_text() for k, x in enumerate((study, again))]
    assert pages[0] == pages[1]
    assert again.to_excel(tmp_path / "x.xlsx").stat().st_size > 0


def test_another_process_opens_it(tmp_path: Path) -> None:
    study = made("compare")
    file = gw.save(study, tmp_path / "study.goodwill")
    script = f"import goodwill as gw; print(gw.open({str(file)!r}).tornado('bot', replications=2).to_csv())"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == study.tornado("bot", replications=2).to_csv().strip()


def test_results_that_differ_are_not_equal() -> None:
    assert made("run") != gw.run(firm(), scenario="both", replications=3, seed=2)
    assert made("run") == gw.run(firm(), scenario="both", replications=3, threads=1)
    assert made("run") == gw.run(firm(), scenario="both", precision=1e-3, replications=3, most_replications=3)
    assert made("compare") != made("compare, drawn")
    assert made("clv") != gw.clv(firm(), replications=3)


def test_what_is_no_number_is_the_same_in_a_file(tmp_path: Path) -> None:
    # Where nothing varies a correlation is no number, with either sign bit; JSON keeps none.
    study = gw.compare(gw.example("telecom"), ["digital"], replications=2)
    row = study.result.comparisons[0].row
    for nothing in (math.nan, -math.nan):
        row["correlation"] = nothing
        assert gw.open(gw.save(study, tmp_path / "study.goodwill")) == study


def test_every_cut_and_every_changed_byte_is_refused(tmp_path: Path) -> None:
    file = gw.save(made("expect"), tmp_path / "some.goodwill")
    whole = file.read_bytes()
    damaged = [whole[:k] for k in range(len(whole))]
    damaged += [whole[:k] + bytes([whole[k] ^ 0x10]) + whole[k + 1 :] for k in range(len(whole))]
    damaged += [whole + b"0", b"", b"hello", whole + whole]
    for data in damaged:
        file.write_bytes(data)
        with pytest.raises(ValueError, match=r"path is '.*'; (it is damaged|this is no result)"):
            gw.open(file)


def by_hand(manifest: dict[str, Any], **members: bytes) -> bytes:
    """A file as its format says, without the help of the package."""
    import hashlib

    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as file:
        file.writestr("manifest.json", json.dumps(manifest))
        for name, data in members.items():
            file.writestr(name.replace("_", "."), data)
        file.comment = b"-" * 64
    data = stream.getvalue()[:-64]
    return data + hashlib.sha256(data).hexdigest().encode()


def old() -> tuple[dict[str, Any], bytes]:
    """An expectation, as version 0.0.1 might have saved it in format 1."""
    model = gw.Model(name="old", horizon=2, segments={"a": {"count": 5}}, stages={"c": {"fee": 1}})
    known = ["start", "joined", "end", "lost", "present_value", "contribution"]
    series = {name: {"array": 0} for name in known if name != "present_value"}
    exact = gw.expect(model)
    segments, *rest, _loads = exact.anchored.levels.plain  # there were no teams then
    levels = [[[list(part) for part in segment] for segment in segments], *rest]
    text = json.dumps(levels)
    levels = json.loads(text, parse_constant=lambda x: {"number": {"NaN": "nan"}.get(x, x)})
    fields = {
        "anchored": {"Anchored": {"name": "old", "hash": model.hash, "levels": levels}},
        "scenario": "baseline",
        "found": {
            "dict": {**{n: {"array": 0} for n in exact.found if n != "present_value"}, "present_value": 7.5}
        },
        "goodwill": "0.0.1",
    }
    assert series.keys() <= exact.found.keys()
    manifest = {
        "format": "goodwill result",
        "version": 1,
        "goodwill": "0.0.1",
        "results": 0,
        "content": {"Expectation": fields},
    }
    return manifest, model.to_yaml().encode()


def npy(array: np.ndarray) -> bytes:
    stream = io.BytesIO()
    np.save(stream, array)
    return stream.getvalue()


def test_a_file_of_an_older_version_opens(tmp_path: Path) -> None:
    manifest, model = old()
    file = tmp_path / "old.goodwill"
    file.write_bytes(by_hand(manifest, model_yaml=model, **{"0_npy": npy(np.array([5.0, 4.0]))}))
    with pytest.warns(UserWarning, match=r"computed by goodwill 0\.0\.1, whose results are not those"):
        found = gw.open(file)
    assert isinstance(found, gw.Expectation)
    assert found.totals == {"present_value": 7.5}
    assert found.provenance["goodwill"] == "0.0.1"
    assert list(found.table()["customers_end"]) == [5.0, 4.0]


def test_what_is_no_result_of_this_version_is_refused(tmp_path: Path) -> None:
    manifest, model = old()
    array = {"0_npy": npy(np.array([5.0, 4.0]))}
    content = manifest["content"]["Expectation"]
    anchored = content["anchored"]["Anchored"]
    newer = {**manifest, "version": 2, "goodwill": "9.9"}
    wrong = {
        "its format is 2, written by goodwill 9.9; .* update goodwill": by_hand(
            newer, model_yaml=model, **array
        ),
        "this is no result": by_hand({**manifest, "format": "x"}, model_yaml=model, **array),
        r"its content is not that of a result \('0.npy'\)": by_hand(manifest, model_yaml=model),
        "otherwise": by_hand(manifest, model_yaml=model.replace(b"old", b"new"), **array),
        "is not that of a result": by_hand({**manifest, "content": {"os.system": {"x": 1}}}, **array),
        "content is not that of a result$": by_hand({**manifest, "content": {"dict": {}}}, **array),
        r"not those of this model\)": by_hand(
            {
                **manifest,
                "content": {
                    "Expectation": {
                        **content,
                        "anchored": {"Anchored": {**anchored, "levels": [[], 0, [], 0, 0, 0, True, []]}},
                    }
                },
            },
            model_yaml=model,
            **array,
        ),
        r"are not those of this model": by_hand(
            {
                **manifest,
                "content": {
                    "Expectation": {
                        **content,
                        "anchored": {"Anchored": {**anchored, "levels": [*anchored["levels"][:7], [-5.0]]}},
                    }
                },
            },
            model_yaml=model,
            **array,
        ),
        "allow_pickle": by_hand(manifest, model_yaml=model, **{"0_npy": pickled()}),
    }
    file = tmp_path / "wrong.goodwill"
    for words, data in wrong.items():
        file.write_bytes(data)
        with pytest.raises(ValueError, match=words):
            gw.open(file)


def pickled() -> bytes:
    """An array whose elements are what pickle makes of them."""
    stream = io.BytesIO()
    np.save(stream, np.array([{"a": 1}], dtype=object), allow_pickle=True)
    return stream.getvalue()


def test_nothing_is_saved_half(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = gw.save(made("run"), tmp_path / "run.goodwill")
    before = file.read_bytes()

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        gw.save(made("compare"), file)
    assert file.read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["run.goodwill"]


def test_refusals(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"path is '.*run\.zip'; it must end in \.goodwill"):
        gw.save(made("run"), tmp_path / "run.zip")
    with pytest.raises(ValueError, match=r"result is 5; it must be what gw\.advocacy, gw\.allocate"):
        gw.save(5, tmp_path / "run.goodwill")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match=r"path is '.*none\.goodwill'; the system says: No such file"):
        gw.open(tmp_path / "none.goodwill")


def test_no_two_classes_of_a_file_have_one_name() -> None:
    from goodwill.saving import PARTS, RESULT_CLASSES

    names = [one.__name__ for one in (*RESULT_CLASSES, *PARTS)]
    assert len(set(names)) == len(names)
    assert archive.VERSION == 1
