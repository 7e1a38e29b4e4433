"""Where models come from (files and the gallery), and what a model file may say."""

from __future__ import annotations

import difflib
import json
import os
from importlib import resources
from pathlib import Path
from typing import Any, overload

from goodwill import _core
from goodwill._core import ModelError
from goodwill.engine.model import Model, model_of
from goodwill.text.arguments import keywords_checked, unknown

SHOWS = "# Shows: "


@keywords_checked
def read(path: str | os.PathLike[str], *, trust: bool = False) -> Model:
    """The model in a YAML file. Raises `ModelError` with everything that is wrong and where.

    With `model:` a file adds to another one, and `edges:` names lists of edges. It may name ordinary files by
    relative paths only, because files come from strangers and error messages quote what they read;
    `trust=True` allows absolute paths, links that lead out of their folder, devices and pipes.
    """
    file = os.fspath(path)
    try:
        return model_of(_core.Model.read(file, trust))
    except ModelError as error:
        if file not in example_files() or Path(file).exists():
            raise
        raise with_hint(error, f"the example of this name is goodwill.example({file!r})") from None


def with_hint(error: ModelError, hint: str) -> ModelError:
    """An error with the same problems and a line that says what to do."""
    hinted = ModelError(f"{error}\n{hint}")
    hinted.problems = error.problems
    return hinted


def example_files() -> dict[str, Path]:
    """The files of the gallery by name."""
    folder = Path(str(resources.files("goodwill") / "models"))
    return {file.stem: file for file in sorted(folder.glob("*.yaml"))}


def shows(file: Path) -> str:
    """What a model of the gallery is an example of, in a few words: its comment `# Shows: ..`."""
    lines = file.read_text(encoding="utf-8").splitlines()
    return next((line.removeprefix(SHOWS).rstrip(".") for line in lines if line.startswith(SHOWS)), "")


@overload
def example() -> list[str]: ...
@overload
def example(name: str) -> Model: ...
@keywords_checked
def example(name: str | None = None) -> list[str] | Model:
    """A model of the gallery; without a name, the names of all. Raises `ValueError` for an unknown name."""
    files = example_files()
    if name is None:
        return list(files)
    if name not in files:
        raise ValueError(unknown("example", str(name), files))
    return model_of(_core.Model.read(str(files[name])))


def find(text: str, *, trust: bool = False) -> Model:
    """The model that a user of the command line means: a file, or else an example."""
    files = example_files()
    if text in files and not Path(text).is_file():
        return example(text)
    if not Path(text).exists() and (close := difflib.get_close_matches(text, files, n=1)):
        raise ValueError(f"there is no file {text!r}; did you mean the example {close[0]!r}?")
    return read(text, trust=trust)


def schema() -> dict[str, Any]:
    """The JSON Schema of a model file, for completion and hints in editors."""
    found: dict[str, Any] = json.loads(_core.json_schema())
    return found


def reference() -> str:
    """Every field of a model file, with unit, bounds and default, as Markdown."""
    return _core.reference_markdown()
