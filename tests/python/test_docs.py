"""The documentation runs: each page's examples are executed, and what it shows is what comes out.

On a page, in order and in an empty folder of its own:

- a `yaml` block whose first line is `# name.yaml` becomes that file;
- a `python` block is executed; a `text` block right after it is its output;
- each line `$ command` of a `console` block is run; the lines after it are its output.

Other blocks (`sh`, `text` elsewhere, `yaml` without a name) are not run. When an output has changed for a
good reason, this writes the new one into the pages:

    GOODWILL_UPDATE_DOCS=1 .venv/bin/pytest tests/python/test_docs.py
"""

from __future__ import annotations

import argparse
import ast
import contextlib
import io
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import goodwill as gw
import pytest
import yaml
from goodwill.cli import commands

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass
class Block:
    language: str
    text: str
    start: int
    """Of the text, in the page."""
    end: int
    follows: bool
    """Nothing but blank lines lies between this block and the one before."""


def blocks(page: str) -> Iterator[Block]:
    end = 0
    for found in BLOCK.finditer(page):
        between = page[end : found.start()]
        yield Block(found[1], found[2], found.start(2), found.end(2), end > 0 and not between.strip())
        end = found.end()


def tidy(text: str) -> str:
    return "".join(f"{line.rstrip()}\n" for line in text.rstrip().splitlines())


def run_python(text: str, names: dict[str, Any]) -> str:
    """What the block prints, and the value of its last line as a notebook would show it."""
    tree = ast.parse(text)
    last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(compile(tree, "docs", "exec"), names)
        if last is not None:
            value = eval(compile(ast.Expression(last.value), "docs", "eval"), names)
            if value is not None:
                print(repr(value))
    return tidy(printed.getvalue())


def run_console(text: str, folder: Path) -> str:
    """The block with the output that each of its commands has now."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    written = ""
    for command in re.findall(r"^\$ (.*)$", text, re.MULTILINE):
        done = subprocess.run(
            command,
            shell=True,
            cwd=folder,
            env={**os.environ, "PATH": path},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"{command}\n{done.stdout}"
        written += tidy(f"$ {command}\n{done.stdout}")
    return written


def outputs(page: str, folder: Path) -> Iterator[tuple[Block, str]]:
    """Each block that shows an output, and what it should show."""
    names: dict[str, Any] = {"__name__": "docs"}
    before: str | None = None
    for block in blocks(page):
        output, before = before, None
        if block.language == "yaml" and (name := re.match(r"# (\w+\.yaml)\n", block.text)):
            (folder / name[1]).write_text(block.text, encoding="utf-8")
        elif block.language == "python":
            before = run_python(block.text, names)
        elif block.language == "console":
            yield block, run_console(block.text, folder)
        elif block.language == "text" and block.follows and output is not None:
            yield block, output


@pytest.mark.parametrize("file", PAGES, ids=lambda file: str(file.relative_to(ROOT)))
def test_page_runs_and_shows_what_comes_out(
    file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MPLBACKEND", "agg")
    monkeypatch.setenv("COLUMNS", "100")  # a reader's terminal; no options are set, as the reader has none
    page = file.read_text(encoding="utf-8")
    found = list(outputs(page, tmp_path))
    if os.environ.get("GOODWILL_UPDATE_DOCS"):
        for block, now in reversed(found):
            page = page[: block.start] + now + page[block.end :]
        file.write_text(page, encoding="utf-8")
        return
    for block, now in found:
        assert block.text == now


def page(name: str) -> str:
    return (ROOT / "docs" / name).read_text(encoding="utf-8")


def test_links_of_the_readme_lead_somewhere() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    for link in re.findall(r"\]\(([^)#]+)\)", text):
        assert link.startswith("https://") or (ROOT / link).exists(), link


def test_every_column_is_explained() -> None:
    model = gw.example("telecom")
    study = gw.compare(model, "digital", replications=2)
    run, check = study.run("digital"), gw.check(model)
    exact, clv = gw.expect(gw.example("smallest"), infinite=True), gw.clv(gw.example("smallest"))
    tables = [
        run.table(["replication", "year", "segment", "origin"]),
        *(run.table(), run.stages(), run.moves(), run.journeys(), run.touchpoints()),
        *(run.investments(), run.cohorts(), run.values(), run.distribution()),
        *(clv.table(), clv.table(by="cohort"), clv.cohorts(), clv.equity(), clv.referrals()),
        *(clv.acquisition(), run.recurring()),
        *(study.table(), check.table(), check.drift, exact.table(), exact.values()),
        *(study.flows("digital"), study.bridge("digital"), study.shapley("digital")),
        study.tornado("digital", structure=False),
    ]
    explained = set(re.findall(r"`(\w+)`", page("reference/results.md")))
    for table in tables:
        ends = {f"{name}_{end}" for name in explained for end in ("low", "high") if name.startswith("npv_at")}
        assert set(table.columns) <= explained | ends | {"q5", "q25", "q50", "q75", "q95"}


def test_every_option_is_explained() -> None:
    text = page("reference/command_line.md")
    options = commands.options(commands.all_commands())
    assert {option for option in options if f"`{option}" not in text} == set()


def test_every_public_name_is_in_the_reference() -> None:
    text = page("reference/python.md")
    assert {name for name in gw.__all__ if f"goodwill.{name}\n" not in text} == {"__version__"}


def test_scripts_and_manifests_for_clusters_are_sound() -> None:
    page = (ROOT / "docs/howto/sweep_on_a_cluster.md").read_text(encoding="utf-8")
    scripts = [block.text for block in blocks(page) if block.language == "sh"]
    for script in scripts:
        done = subprocess.run(["bash", "-n"], input=script, capture_output=True, text=True)
        assert not done.returncode, done.stderr
    known = commands.options(_command("sweep"))
    for line in "\n".join(scripts).splitlines():
        if line.startswith("goodwill sweep"):
            assert set(re.findall(r" (--[\w-]+)", line)) <= known, line
    (manifest,) = (block.text for block in blocks(page) if block.language == "yaml")
    kinds = [part["kind"] for part in yaml.safe_load_all(manifest)]
    assert kinds == ["Service", "Deployment", "Deployment", "Job"]


def _command(name: str) -> argparse.ArgumentParser:
    return commands._commands(commands.all_commands())[name]
