"""Asks every question of models made from the grammar, and reports what nobody should see.

    .venv/bin/python tests/fuzz/worker.py 17       # the model of seed 17, what is wrong with it, made smaller
    .venv/bin/python tests/fuzz/worker.py 0 20000  # seeds 0 to 19,999, as tests/python/test_fuzz.py does

Each seed is announced before it begins and its findings after it, one JSON line each, so that a reader knows
which input a crash or a hang belongs to. The process may use 2 GiB more than when it begins.
"""

from __future__ import annotations

import contextlib
import copy
import io
import json
import pickle
import random
import re
import resource
import sys
import tempfile
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

import goodwill as gw
import yaml
from fuzz import grammar
from goodwill.cli import main

MEMORY = 2 << 30
NONSENSE = re.compile(r"\b(nan|NaN|NaT|inf|None)\b|<NA>|\d[eE][+-]?\d")
"""What no person should read in a result."""
FOREIGN = re.compile(
    r"incompatible (function|constructor) arguments|pybind11|has no attribute|unhashable|int too large"
    r"|too large to convert|Traceback|object is not|std::|\(a fault of goodwill|unsupported operand"
    r"|codec can't"
)
"""Words that no error of ours contains."""


class FoundError(Exception):
    """Something that nobody should see."""


def answered(ask: Callable[[], Any]) -> Any:
    """The answer, or None where it is refused in our own words."""
    try:
        return ask()
    except (ValueError, TypeError) as error:  # ModelError is a ValueError
        said = str(error)
        if FOREIGN.search(said) or not said.strip():
            raise FoundError(f"{type(error).__name__}: {said}") from error
        return None
    except Exception as error:
        raise FoundError(f"{type(error).__name__}: {error}") from error


def words(tree: Any) -> set[str]:
    """Texts of the model itself: a firm may be called nan, or 1e-300."""
    if isinstance(tree, dict):
        return set().union(*(words(item) for item in [*tree, *tree.values()]))
    if isinstance(tree, list):
        return set().union(*map(words, tree))
    text = repr(tree) if isinstance(tree, float) else tree
    return {text} if isinstance(text, str) and len(text) > 2 else set()


def looked_at(text: str, tree: Any) -> None:
    for word in sorted(words(tree), key=len, reverse=True):
        text = text.replace(word, "")
    if found := NONSENSE.search(text):
        line = next(line for line in text.splitlines() if NONSENSE.search(line))
        raise FoundError(f"{found[0]!r} is shown: {line[:200]}")


def round_trip(model: gw.Model) -> None:
    again = gw.Model.from_yaml(model.to_yaml())
    copied = pickle.loads(pickle.dumps(model))
    if not again.hash == copied.hash == model.hash:
        raise FoundError("to_yaml() or pickle gives another model")


def saved(study: gw.Study) -> None:
    with tempfile.TemporaryDirectory() as folder:
        try:
            again = gw.open(gw.save(study, f"{folder}/study.goodwill"))
        except ValueError as error:
            raise FoundError(f"a saved study is refused: {error}") from error
    if again != study or repr(again) != repr(study):
        raise FoundError("a saved study is another one")


def compared(model: gw.Model, r: random.Random, threads: int) -> str:
    names = list(model.scenarios) or None
    study = gw.compare(model, names and names[:2], replications=2, threads=threads)
    shown = repr(study)
    scenario = study.scenarios[0]
    about: list[Callable[[], Any]] = [
        lambda: study.bridge(scenario),
        lambda: study.savings(scenario),
        lambda: study.goals(),
        lambda: study.flows(scenario),
        lambda: study._repr_html_(),
        lambda: study.run(scenario),
        lambda: saved(study),
    ]
    answered(r.choice(about))
    return shown


def commanded(model_file: Path, r: random.Random, tree: Any) -> None:
    command = r.choice(["check", "run", "compare", "expect"])
    options = [
        command,
        str(model_file),
        "--threads",
        "1",
        "--format",
        r.choice(["table", "table", "json", "csv"]),
    ]
    if command in ("run", "compare"):
        options += ["--replications", "2"]
    if command == "run" and r.random() < 0.5:
        options += ["--by", r.choice(["year", "year,segment", "origin", "weather", ""])]
    if r.random() < 0.2:
        options += [
            "--set",
            r.choice(["customer.churn=1%", "gold.fee=1e6", "horizon=2", "agents=200", "x", "a=b=c"]),
        ]
    printed, said = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(said):
        try:
            code = main(options)
        except SystemExit as error:
            code = error.code
    if code not in (0, 2) or (code == 2) != bool(said.getvalue().strip()):
        raise FoundError(
            f"goodwill {' '.join(options[:1])} ended with {code} and said {said.getvalue()[:300]!r}"
        )
    if found := FOREIGN.search(said.getvalue()):
        raise FoundError(f"{found[0]!r} is said: {said.getvalue()[:300]}")
    if code == 0 and "table" in options:
        looked_at(printed.getvalue(), tree)
    elif code == 0 and "json" in options:
        json.loads(printed.getvalue(), parse_constant=lambda name: looked_at(name, None))


def tried(tree: Any, seed: int, folder: Path) -> None:
    """Raises FoundError."""
    r = random.Random(seed)
    text = yaml.safe_dump(tree, sort_keys=False, allow_unicode=True)
    if r.random() < 0.1:  # a slip of the hand
        at = r.randrange(len(text))
        text = (
            text[:at]
            + r.choice(["", "\t", ":", "'", "{", "&a ", "\u00a0", "- "])
            + text[at + r.randint(0, 2) :]
        )
    file = folder / "firm.yaml"
    file.write_text(text, encoding="utf-8")
    model = answered(lambda: gw.Model(**tree))
    from_text = answered(lambda: gw.read(file))
    threads = r.choice([1, 1, 2])
    if model is not None:
        answered(lambda: round_trip(model))
        asks: list[Callable[[], str]] = [
            lambda: repr(gw.check(model, threads=threads)),
            lambda: repr(gw.run(model, scenario=r.choice(["baseline", *model.scenarios]), threads=threads)),
            lambda: compared(model, r, threads),
            lambda: repr(gw.expect(model, scenario=r.choice(["baseline", *model.scenarios]))),
            lambda: repr(gw.clv(model, threads=threads)),
            lambda: repr(model),
        ]
        for ask in r.sample(asks, 2):
            shown = answered(ask)
            if shown is not None:
                looked_at(shown, tree)
    if from_text is not None or r.random() < 0.1:
        commanded(file, r, tree)


def finding(tree: Any, seed: int, folder: Path) -> str:
    """What is wrong, or nothing."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            tried(tree, seed, folder)
    except FoundError as error:
        return str(error)
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    return ""


def smaller(tree: Any, seed: int, folder: Path) -> Any:
    """The model without all that the finding does not need to stay of its kind."""

    def kind(text: str) -> str:
        return re.sub(r"[\d.]+", "#", text)[:40]

    wanted, tree, going_on = kind(finding(tree, seed, folder)), copy.deepcopy(tree), True
    while going_on:
        going_on = False
        for inside, key in list(grammar.places(tree)):
            if isinstance(inside, dict) and key in inside:
                order, value = list(inside), inside.pop(key)
                if kind(finding(tree, seed, folder)) == wanted:
                    going_on = True
                else:
                    inside[key] = value
                    for name in order:  # in the order it was
                        inside[name] = inside.pop(name)
    return tree


def limited() -> None:
    """2 GiB more address space than now: more raises a MemoryError, which is a finding."""
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    limit = pages * resource.getpagesize() + MEMORY
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))


def run(first: int, end: int, step: int) -> None:
    schema = gw.schema()
    with tempfile.TemporaryDirectory() as folder:
        for seed in range(first, end, step):
            print(json.dumps({"seed": seed}), flush=True)
            found = finding(grammar.made(schema, seed), seed, Path(folder))
            print(json.dumps({"seed": seed, "found": found}), flush=True)


def show(seed: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        tree = grammar.made(gw.schema(), seed)
        print(yaml.safe_dump(tree, sort_keys=False, allow_unicode=True), flush=True)
        if found := finding(tree, seed, Path(folder)):
            tree = smaller(tree, seed, Path(folder))
            print(f"# {found}\n# made smaller:\n{yaml.safe_dump(tree, sort_keys=False, allow_unicode=True)}")


if __name__ == "__main__":
    asked = [int(argument) for argument in sys.argv[1:]]
    limited()
    if len(asked) == 1:
        show(asked[0])
    else:
        run(asked[0], asked[1], asked[2] if len(asked) > 2 else 1)
