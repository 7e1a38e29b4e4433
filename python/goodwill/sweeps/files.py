"""Designs in files, whose mistakes are located like those of a model."""

from __future__ import annotations

import io
import os
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd

from goodwill import _core
from goodwill._core import ModelError, Node, Problem
from goodwill.sweeps import designs
from goodwill.sweeps.designs import GRID, LATIN, MORRIS, SALTELLI, SOBOL, Design
from goodwill.text.arguments import file_name, keywords_checked, nearest

METHODS: dict[str, tuple[Callable[..., Design], tuple[str, ...]]] = {
    GRID: (designs.grid, ()),
    LATIN: (designs.latin_hypercube, ("n", "seed")),
    SOBOL: (designs.sobol, ("n", "seed")),
    SALTELLI: (designs.saltelli, ("n", "seed")),
    MORRIS: (designs.morris, ("n", "seed", "levels")),
}
"""What each is called in a file, and what it takes."""
TABLES: dict[str, Callable[[io.BytesIO], pd.DataFrame]] = {".csv": pd.read_csv, ".parquet": pd.read_parquet}
"""Endings of files with a row for each point."""
VARY, POINTS = "vary", "points"
BLOCK = f"one of {', '.join(METHODS)} with {VARY}, or {POINTS}"


@keywords_checked
def read_design(path: str | os.PathLike[str]) -> Design:
    """The design in a YAML file, or in a CSV or Parquet file (a row for each point).

    A YAML file names a method and what varies, or lists points; a list of such blocks is one design::

        sobol: {n: 256, seed: 1}
        vary:
          bot.failure: {low: 15 %, high: 45 %}
          investments.better_bot.start: [1, 4, 7]

    Raises `ModelError` with everything that is wrong and where it stands.
    """
    file = Path(file_name("path", path))
    try:
        data = file.read_bytes()
    except OSError as error:
        raise ValueError(f"path is {str(path)!r}; the system says: {error.strerror}") from None
    read = TABLES.get(file.suffix.lower())
    if read is None:
        return _Reader(str(path)).design(_core.document(data, str(path)))
    try:
        table = read(io.BytesIO(data))
    except Exception as error:  # whatever pandas finds wrong with a stranger's file
        raise ValueError(f"path is {str(path)!r}, which is no such table: {error}") from None
    return replace(designs.of_table(table), places={name: (str(path), 0, 0) for name in table.columns})


class _Reader:
    def __init__(self, name: str) -> None:
        self._name = name
        self._problems: list[Problem] = []

    def design(self, node: Node) -> Design:
        blocks = node.items if node.is_list else [node]
        found = [design for block in blocks if (design := self._block(block)) is not None]
        if not self._problems and not found:
            self._problem(node, "", f"a design is {BLOCK}")
        if self._problems:
            _core.refuse(self._problems)
        whole = found[0]
        for design in found[1:]:
            whole = replace(whole + design, places={**design.places, **whole.places})
        return whole

    def _problem(self, node: Node, path: str, text: str) -> None:
        self._problems.append(Problem(self._name, node.line, node.column, path, text))

    def _block(self, node: Node) -> Design | None:
        if not node.is_mapping:
            self._problem(node, "", f"a design is {BLOCK}")
            return None
        members = {str(key.value): (key, value) for key, value in node.members}
        known = [*METHODS, VARY, POINTS]
        for name, (key, _) in members.items():
            if name not in known:
                self._problem(key, name, f"a design has no {name!r}{nearest(name, known)}; it is {BLOCK}")
        methods = [name for name in METHODS if name in members]
        if POINTS in members and not methods and VARY not in members:
            return self._points(members[POINTS][1])
        if len(methods) != 1 or VARY not in members or POINTS in members:
            self._problem(node, "", f"a design is {BLOCK}")
            return None
        return self._method(methods[0], members[methods[0]][1], members[VARY][1])

    def _method(self, method: str, how: Node, vary: Node) -> Design | None:
        make, options = METHODS[method]
        asked: dict[str, Any] = {}
        for key, value in how.members:
            name = str(key.value)
            if name not in options:
                takes = f"it takes {', '.join(options)}" if options else "it takes nothing"
                self._problem(
                    key, f"{method}.{name}", f"{method} has no {name!r}{nearest(name, options)}; {takes}"
                )
            asked[name] = _whole(value.value)
        if "n" in options and "n" not in asked:
            self._problem(how, method, f"{method} needs n, for instance {method}: {{n: 64}}")
        if not vary.is_mapping or not vary.members:
            self._problem(vary, VARY, "expected what varies: {path: [values] or {low: .., high: ..}}")
            return None
        places: dict[str, tuple[str, int, int]] = {}
        for key, value in vary.members:
            name = str(key.value)
            places[name] = self._name, key.line, key.column
            self._tried(value, f"{VARY}.{name}", partial(designs.factor_of, name, value.value))
        if self._problems:
            return None
        factors = {str(key.value): value.value for key, value in vary.members}
        found: Design | None = self._tried(how, method, partial(make, factors, **asked))
        return found and replace(found, places=places)

    def _points(self, node: Node) -> Design | None:
        if not node.is_list or not node.items:
            self._problem(node, POINTS, "expected a list of points: [{path: value, ..}, ..]")
            return None
        places: dict[str, tuple[str, int, int]] = {}
        for number, point in enumerate(node.items):
            if not point.is_mapping:
                self._problem(point, f"{POINTS}[{number}]", "expected a point: {path: value, ..}")
            for key, _ in point.members:
                places.setdefault(str(key.value), (self._name, key.line, key.column))
        if self._problems:
            return None
        rows: dict[str, list[Any]] = {name: [] for name in places}
        for point in node.items:
            said = {str(key.value): value.value for key, value in point.members}
            for name, column in rows.items():
                column.append(said.get(name))
        return Design(designs.TABLE, rows, places=places)

    def _tried(self, node: Node, path: str, make: Callable[[], Any]) -> Any:
        try:
            return make()
        except ModelError as error:
            for problem in error.problems:
                self._problem(node, path, problem.text)
        except ValueError as error:
            self._problem(node, path, str(error))
        return None


def _whole(value: Any) -> Any:
    return int(value) if isinstance(value, float) and value.is_integer() else value
