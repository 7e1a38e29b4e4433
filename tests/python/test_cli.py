"""The command as a user and a script call it."""

import csv
import io
import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import goodwill as gw
import pytest
from goodwill.cli import main


@pytest.fixture
def file(tmp_path: Path, model: gw.Model) -> str:
    path = tmp_path / "firm.yaml"
    path.write_text(model.to_yaml(), encoding="utf-8")
    return str(path)


def test_tables_for_people(file: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", file]) == 0
    assert "asked and got" in capsys.readouterr().out
    assert main(["run", file, "--scenario", "train"]) == 0
    assert "Firm, scenario 'train'" in capsys.readouterr().out
    assert main(["run", file, "--by", "year,segment"]) == 0
    assert "young" in capsys.readouterr().out
    assert main(["compare", file, "train", "--replications", "5"]) == 0
    assert capsys.readouterr().out.startswith("'train' ")


def test_the_case_as_page_and_workbook(file: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    html, xlsx = tmp_path / "case.html", tmp_path / "case.xlsx"
    terms = ["--discount", "9%", "--timing", "start", "--tax", "25 %", "--depreciation", "1"]
    documents = ["--html", str(html), "--xlsx", str(xlsx)]
    assert main(["compare", file, "train", "--replications", "3", *terms, *documents]) == 0
    assert capsys.readouterr().out.splitlines()[-3::2] == [f"Written: {html}", f"Written: {xlsx}"]
    wanted = gw.Terms(discount=0.09, timing="start", tax=0.25, depreciation=1)
    study = gw.compare(gw.read(file), "train", replications=3, terms=wanted)
    assert f'data-value="{float(study.table()["npv"][0])!r}"' in html.read_text(encoding="utf-8")
    assert xlsx.read_bytes().startswith(b"PK")
    assert main(["compare", file, "train", "--replications", "3", "--format", "json", *documents]) == 0
    assert len(json.loads(capsys.readouterr().out)["scenarios"]) == 1


def test_precision_and_draws(file: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["compare", file, "strike", "--precision", "1_000_000", "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out)["provenance"]["status"] == "reached"
    arguments = ["compare", "telecom", "save", "--agents", "600", "--draws", "8", "--format", "json"]
    assert main(arguments) == 0
    assert json.loads(capsys.readouterr().out)["provenance"]["draws"] == 8


@pytest.mark.parametrize(
    "arguments",
    [["--html", "none/case.html"], ["--xlsx", "case.html"], ["--html", "case.xlsx"], ["--html", ""]],
)
def test_a_document_that_cannot_be_written_is_refused_before_simulating(
    arguments: list[str],
    file: str,
    capsys: pytest.CaptureFixture[str],
    no_more_simulation: Callable[[], None],
) -> None:
    no_more_simulation()
    assert main(["compare", file, *arguments]) == 2
    assert f"goodwill: {arguments[0]} is {arguments[1]!r}" in capsys.readouterr().err


def test_json_has_provenance(file: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["compare", file, "--replications", "3", "--seed", "7", "--format", "json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["provenance"]["seed"] == 7
    assert [row["scenario"] for row in answer["scenarios"]] == ["train", "idle", "strike"]
    assert answer["scenarios"][2]["roi"] is None
    assert main(["run", file, "--format", "json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["provenance"]["model_hash"] == gw.read(file).hash
    assert {"table", "stages", "moves", "journeys", "touchpoints", "investments"} <= set(answer)
    assert main(["check", file, "--format", "json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["warnings"] == []
    assert {"figures", "drift", "provenance"} <= set(answer)


def test_json_holds_what_a_study_knows(
    make_firm: Callable[..., gw.Model], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    model = make_firm(
        agents=400,
        assumptions={"failures": {"low": 0.3, "best": 0.5, "high": 0.8}},
        investments={
            "training": {
                "cost": {"upfront": 500},
                "changes": {"help.call.failure": {"times": "$failures"}},
            }
        },
        scenarios={"train": ["training"]},
        goals={"customers": {"at_least": 1}},
    )
    path = tmp_path / "drawn.yaml"
    path.write_text(model.to_yaml())
    assert main(["compare", str(path), "--draws", "8", "--format", "json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    (row,) = answer["scenarios"]
    assert answer["bands"][0]["npv_p10"] == row["npv_p10"]
    assert sum(step["total"] for step in answer["bridge"][:-1]) == pytest.approx(row["npv"])
    assert {goal["scenario"]: goal["met"] for goal in answer["goals"]} == {"baseline": True, "train": True}
    assert answer["assumptions"][0]["assumption"] == "failures"
    assert len(answer["draws"]) == 8
    lines = {line["line"]: line for line in answer["flows"]}
    assert lines["net"]["present_value"] == pytest.approx(row["npv"])
    assert answer["savings"]
    assert answer["conventions"]
    assert answer["sentences"][0].startswith("'train' ")
    assert isinstance(answer["remarks"], list)


def test_csv(file: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["run", file, "--format", "csv"]) == 0
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert len(rows) == 18 * 2 * 3
    assert {"period", "segment", "origin", "contribution"} <= set(rows[0])


def test_set_and_agents(file: str, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = [
        "--set",
        "help.call.failure=5%",
        "--set",
        "name=Other",
        "--agents",
        "600",
        "--format",
        "json",
    ]
    assert main(["run", file, *arguments]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["provenance"]["model"] == "Other"
    assert answer["provenance"]["agents"] == {"young": 400, "old": 200}
    calls = [row for row in answer["touchpoints"] if row["touchpoint"] == "call"]
    failed = sum(row["failed"] + row["recovered"] for row in calls)
    assert failed / sum(row["contacts"] for row in calls) == pytest.approx(0.05, abs=0.02)


def test_an_example_by_name(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["run", "smallest"]) == 0
    assert "10,000 customers become" in capsys.readouterr().out
    assert main(["example"]) == 0
    listed = capsys.readouterr().out
    assert [line.split()[0] for line in listed.splitlines()] == gw.example()
    assert "\nsmallest   the least that a model says\n" in listed
    assert main(["example", "smallest"]) == 0
    assert gw.Model.from_yaml(capsys.readouterr().out) == gw.example("smallest")


@pytest.mark.parametrize(
    "arguments",
    [
        ["FILE", "--seed", "2", "train", "idle"],
        ["FILE", "train", "--seed", "2", "idle"],
        ["--seed", "2", "FILE", "train", "idle"],
        ["--seed", "2", "FILE", "--threads", "1", "train", "--level", "0.9", "idle"],
    ],
)
def test_scenarios_stand_anywhere(
    arguments: list[str], file: str, capsys: pytest.CaptureFixture[str]
) -> None:
    places = [argument.replace("FILE", file) for argument in arguments]
    assert main(["compare", *places, "--replications", "2", "--format", "json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert [row["scenario"] for row in answer["scenarios"]] == ["train", "idle"]
    assert answer["provenance"]["seed"] == 2


def test_a_read_only_folder_is_refused_before_simulating(
    file: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    no_more_simulation: Callable[[], None],
) -> None:
    monkeypatch.setattr("os.access", lambda *_: False)  # root may write everywhere
    no_more_simulation()
    assert main(["run", file, "--out", str(tmp_path / "new")]) == 2
    assert f"--out: the folder {tmp_path} cannot be written" in capsys.readouterr().err


def test_help_says_how_few_agents_there_are(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["run", "--help"])
    assert "at least 200 (or all) of each segment" in " ".join(capsys.readouterr().out.split())


def test_schema(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["schema"]) == 0
    assert json.loads(capsys.readouterr().out) == gw.schema()


def test_files(file: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "new" / "folder"
    assert main(["run", file, "--format", "csv", "--out", str(out)]) == 0
    written = capsys.readouterr().out.splitlines()
    assert sorted(written) == sorted(str(path) for path in out.iterdir())
    assert {"run.csv", "run_touchpoints.csv", "run.json"} <= {path.name for path in out.iterdir()}
    assert json.loads((out / "run.json").read_text())["provenance"]["seed"] == 1
    assert main(["check", file, "--out", str(out)]) == 0
    assert "asked and got" in (out / "check.txt").read_text()
    assert not list(out.glob(".*"))


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (["run", "telecm"], "there is no file 'telecm'; did you mean the example 'telecom'?"),
        (["run", "no/such.yaml"], "no/such.yaml: cannot be read"),
        (["run", "FILE", "--scenario", "trian"], "did you mean 'train'?"),
        (["run", "FILE", "--replications", "0"], "replications is 0; it must be"),
        (["run", "FILE", "--threads", "-1"], "threads is -1; it must be"),
        (["run", "FILE", "--seed", "-3"], "seed is -3; it must be"),
        (["run", "FILE", "--set", "customer.fee"], "--set takes path=value"),
        (["run", "FILE", "--set", "customer.fees=3"], "did you mean 'customer.fee'?"),
        (["run", "FILE", "--by", "yeer"], "did you mean 'year'?"),
        (["compare", "FILE", "trian"], "did you mean 'train'?"),
        (["compare", "FILE", "--precision", "0"], "precision is '0'; it must be above 0"),
        (["compare", "FILE", "--draws", "8"], "draws is 8, and the model has no assumptions to draw"),
        (["compare", "FILE", "--discount", "10"], "terms.discount: 10"),
        (["compare", "FILE", "--timing", "midd"], "did you mean 'mid'?"),
        (["compare", "FILE", "--tax", "a lot"], "tax is 'a lot'; it must be a number"),
        (["example", "telecm"], "did you mean 'telecom'?"),
        (["run", "FILE", "--out", "FILE/x"], "--out must be a folder; FILE is a file"),
        (["run", "FILE", "--out", "FILE"], "--out must be a folder; FILE is a file"),
        (["run", "FILE", "--out", ""], "--out is empty; it must be a folder"),
        (["expect", "FILE"], "use run instead"),
    ],
)
def test_wrong_input_ends_with_2(
    arguments: list[str], text: str, file: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([argument.replace("FILE", file) for argument in arguments]) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert text.replace("FILE", file) in printed.err
    assert "Traceback" not in printed.err


def test_problems_stand_one_on_each_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    wrong = tmp_path / "wrong.yaml"
    wrong.write_text("segments: {all: {count: -1}}\nstages: {customer: {fees: 1}}\n")
    assert main(["check", str(wrong)]) == 2
    lines = capsys.readouterr().err.splitlines()
    assert [line.split(":")[1] for line in lines] == ["1", "2"]
    assert all(line.startswith(f"{wrong}:") for line in lines)


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (["run", "smallest", "--sede", "3"], "did you mean '--seed'?"),
        (["run", "smallest", "--seed", "x"], "invalid int value: 'x'"),
        (["run", "smallest", "--html", "case.html"], "; --html is an option of compare\n"),
        (["check", "smallest", "--horizon=3"], "; --horizon is an option of expect\n"),
        (["run", "smallest", "--version"], "--version stands alone: goodwill --version"),
        (["run", "smallest", "more"], "unrecognized arguments: more"),
        (["compare", "smallest", "--levle", "0.9", "x"], "did you mean '--level'?"),
        (["chek"], "invalid choice: 'chek'"),
        (["rum", "smallest"], "did you mean 'run'?"),
        ([], "required: COMMAND"),
        (["check", "smallest", "\x1b[31m"], "unrecognized arguments: \\x1b[31m\n"),
    ],
)
def test_wrong_options_end_with_2(
    arguments: list[str], text: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    assert caught.value.code == 2
    assert text in capsys.readouterr().err


def test_ctrl_c_ends_with_130_within_a_second() -> None:
    arguments = ["run", "telecom", "--agents", "all", "--replications", "500"]
    script = f"import sys, goodwill.cli as c; print('ready', flush=True); sys.exit(c.main({arguments}))"
    command = [sys.executable, "-c", script]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        time.sleep(3)  # by then it simulates
        asked = time.monotonic()
        process.send_signal(signal.SIGINT)
        _, printed = process.communicate(timeout=60)
    assert process.returncode == 130
    assert printed.strip().endswith("goodwill: interrupted")
    assert time.monotonic() - asked < 5  # a second on an idle machine


def test_a_reader_that_stops_is_no_error() -> None:
    script = f"{sys.executable} -m goodwill run telecom --format csv | head -n 1"
    done = subprocess.run(
        ["bash", "-o", "pipefail", "-c", script], capture_output=True, text=True, check=True
    )
    assert done.stdout.startswith("period,segment,origin,")
    assert done.stderr == ""
