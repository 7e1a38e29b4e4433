"""Data flows one way: what includes what, and what imports what."""

import ast
import re
import subprocess
import sys
from graphlib import TopologicalSorter
from pathlib import Path

import pytest
from goodwill import _core

ROOT = Path(__file__).parents[2]
ROOMS = {
    "sim/random": 0,
    "sim/state": 0,
    "sim/model": 1,
    "sim/change": 2,
    "sim/ledger": 2,
    "sim/world/parallel": 2,
    "sim/check": 3,
    "sim/network": 3,
    "sim/kernel": 3,
    "sim/plan": 4,
    "sim/exact": 5,
    "sim/world": 5,
    "scenarios": 6,
    "sim/file": 6,
    "python/bindings": 7,
}
"""From the ground up; rooms on one floor do not know each other. Threads are a room of one file."""


def room_of(file: str) -> str:
    return next(room for room in ROOMS if file.startswith((f"{room}/", f"{room}.")))


def test_rooms_of_the_core_include_what_lies_below() -> None:
    seen = set()
    for path in [path for top in ("sim", "scenarios", "python") for path in (ROOT / top).rglob("*.[ch]pp")]:
        here = path.relative_to(ROOT).as_posix()
        for there in re.findall(r'#include "([^"]+)"', path.read_text(encoding="utf-8")):
            if room_of(here) != room_of(there):
                assert ROOMS[room_of(there)] < ROOMS[room_of(here)], f"{here} includes {there}"
                seen.add(room_of(here))
    assert seen == set(ROOMS) - {"sim/random", "sim/state"}


def test_the_kernel_knows_no_model() -> None:
    paths = [*(ROOT / "sim/kernel").rglob("*.hpp")]
    assert len(paths) > 20
    for path in paths:
        assert not re.search("sim/(model|change|check)", path.read_text(encoding="utf-8")), path.name


def test_files_of_the_kernel_are_named_as_the_lines_of_a_period() -> None:
    kernel = (ROOT / "sim/kernel/kernel.cpp").read_text(encoding="utf-8")
    (period,) = re.findall(r"void period\(.*?\n}\n", kernel, re.DOTALL)
    lines = re.findall(r"(\w+)\(b, c", period)
    assert len(lines) == 12  # journeys have two turns, before the orders and after
    files = {path.stem for path in (ROOT / "sim/kernel/phases").glob("*.hpp")}
    # Joining is a function of its own, and a visit is a step of a journey.
    assert files == {*lines, "join", "visit"}


def test_lists_and_masks_of_lanes_are_told_apart_in_one_place() -> None:
    asking = [
        path.name
        for path in (ROOT / "sim/kernel").rglob("*.hpp")
        if re.search(r"\blanes\.index\b", path.read_text(encoding="utf-8"))
    ]
    assert asking == ["lanes.hpp"]


PACKAGE = ROOT / "python/goodwill"
FLOORS = ["text", "engine", "results", "sweeps", "analysis", "plots", "report", "", "cli"]
"""Rooms of the package, from the ground up; users call the one without a name. Each knows those below it."""
TOP = ("goodwill.__main__", "goodwill.demo")
CORE = "goodwill._core"


def names() -> dict[str, Path]:
    """Each module of the package and its file."""
    found = {}
    for path in PACKAGE.rglob("*.py"):
        parts = path.relative_to(PACKAGE).with_suffix("").parts
        found[".".join(("goodwill", *(part for part in parts if part != "__init__")))] = path
    return found


MODULES = names()


def floor_of(module: str) -> int:
    room = module.split(".")[1] if module.count(".") else ""
    return len(FLOORS) if module in TOP else FLOORS.index(room if room in FLOORS else "")


def imports(module: str) -> set[str]:
    """Modules of the package that this one names in an import: for types alone and in functions, too."""
    found = set()
    for node in ast.walk(ast.parse(MODULES[module].read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom):
            assert not node.level, f"{module} imports by a relative path"
            inner = {f"{node.module}.{alias.name}" for alias in node.names} & {*MODULES, CORE}
            found |= inner or {str(node.module)}
        elif isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
    return found & set(MODULES)


def test_rooms_of_the_package_import_what_lies_below() -> None:
    assert len({floor_of(module) for module in MODULES}) == len(FLOORS) + 1
    for here in MODULES:
        for there in imports(here):
            same = here.split(".")[1:2] == there.split(".")[1:2] or floor_of(here) == FLOORS.index("")
            assert floor_of(there) < floor_of(here) + same, f"{here} imports {there}"


def test_no_module_of_the_package_imports_itself_by_others() -> None:
    graph = {module: imports(module) for module in MODULES}
    assert list(TopologicalSorter(graph).static_order())  # raises CycleError


ALONE = """
import importlib, os, sys, types
import numpy, pandas
from goodwill import _core
for name in [name for name in sys.modules if name.startswith("goodwill") and name != "goodwill._core"]:
    del sys.modules[name]
package = types.ModuleType("goodwill")  # whose __init__ would import everything
package.__path__, package._core = [{path!r}], _core
sys.modules["goodwill"] = package
for module in {modules!r}:
    if os.fork() == 0:
        sys.stderr.write(module + " ")
        importlib.import_module(module)
        os._exit(0)
    assert os.wait()[1] == 0, module
"""


def test_each_module_can_be_imported_alone() -> None:
    modules = sorted(set(MODULES) - {"goodwill", *TOP})
    where = str(Path(_core.__file__).parent)
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", ALONE.format(path=where, modules=modules)],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("enum", ["Domain", "Decision"])
def test_numbers_of_draws_are_their_own(enum: str) -> None:
    """Two purposes with one number would share their luck."""
    header = (ROOT / "sim" / "random" / "decision.hpp").read_text(encoding="utf-8")
    body = header.split(f"enum class {enum} ")[1].split("};")[0]
    numbers = re.findall(r"^  \w+ = (\d+)", body, re.MULTILINE)
    assert len(numbers) > 5
    assert len(set(numbers)) == len(numbers)
