"""Data flows one way: what includes what, and what imports what."""

import ast
import re
from graphlib import TopologicalSorter
from pathlib import Path

ROOT = Path(__file__).parents[2]
ROOMS = {
    "sim/random": 0,
    "sim/model": 1,
    "sim/change": 2,
    "sim/ledger": 2,
    "sim/check": 3,
    "sim/kernel": 3,
    "sim/plan": 4,
    "sim/exact": 5,
    "sim/world": 5,
    "scenarios": 6,
    "sim/file": 6,
    "python/bindings": 7,
}
"""From the ground up; rooms on one floor do not know each other."""


def room_of(file: str) -> str:
    return next(room for room in ROOMS if file.startswith(f"{room}/"))


def test_rooms_of_the_core_include_what_lies_below() -> None:
    seen = set()
    for path in [path for top in ("sim", "scenarios", "python") for path in (ROOT / top).rglob("*.[ch]pp")]:
        here = path.relative_to(ROOT).as_posix()
        for there in re.findall(r'#include "([^"]+)"', path.read_text(encoding="utf-8")):
            if room_of(here) != room_of(there):
                assert ROOMS[room_of(there)] < ROOMS[room_of(here)], f"{here} includes {there}"
                seen.add(room_of(here))
    assert seen == set(ROOMS) - {"sim/random"}


def test_the_kernel_knows_no_model() -> None:
    paths = [*(ROOT / "sim/kernel").rglob("*.hpp")]
    assert len(paths) > 20
    for path in paths:
        assert not re.search("sim/(model|change|check)", path.read_text(encoding="utf-8")), path.name


def test_files_of_the_kernel_are_named_as_the_lines_of_a_period() -> None:
    kernel = (ROOT / "sim/kernel/kernel.cpp").read_text(encoding="utf-8")
    (period,) = re.findall(r"void period\(.*?\n}\n", kernel, re.DOTALL)
    lines = re.findall(r"(\w+)\(b, c", period)
    assert len(lines) == 10
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


def imports(tree: ast.Module) -> set[str]:
    """Modules of the package that are imported when this one is: not for types alone, nor in functions."""
    found = set()
    for node in tree.body:
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "goodwill":
            inner = [f"{node.module}.{alias.name}" for alias in node.names]
            found |= {node.module or "", *inner}
    return found


def test_no_module_of_the_package_imports_itself_by_others() -> None:
    package = ROOT / "python/goodwill"
    trees = {
        ".".join(("goodwill", *path.relative_to(package).with_suffix("").parts)): ast.parse(path.read_text())
        for path in package.rglob("*.py")
        if path.name != "__init__.py"  # which gathers what the package offers
    }
    graph = {name: imports(tree) & set(trees) for name, tree in trees.items()}
    assert len(graph) > 30
    assert list(TopologicalSorter(graph).static_order())  # raises CycleError
