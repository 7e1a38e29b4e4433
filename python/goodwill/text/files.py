"""Results as JSON and CSV, and files that are written whole or not at all."""

from __future__ import annotations

import json
import math
import os
import stat
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from goodwill.text.arguments import file_name


def _plain(value: Any) -> Any:
    """The value as JSON can hold it; a number that is not finite becomes null."""
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple, np.ndarray)):
        return [_plain(item) for item in value]
    if value is pd.NA:
        return None
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value


def as_json(tables: Mapping[str, pd.DataFrame], extra: Mapping[str, Any]) -> str:
    """One object: the members of `extra`, then each table as a list of rows."""
    rows = {name: table.to_dict("records") for name, table in tables.items()}
    return json.dumps(_plain({**extra, **rows}), indent=1, ensure_ascii=False, allow_nan=False)


def as_csv(table: pd.DataFrame) -> str:
    return str(table.to_csv(index=False, lineterminator="\n"))


def checked_file(argument: str, file: str | os.PathLike[str], ending: str) -> Path:
    """The path of a file that has this ending and can be written now. Raises `ValueError` if not."""
    path = Path(file_name(argument, file))
    if path.suffix.lower() != ending:
        raise ValueError(f"{argument} is {str(file)!r}; it must end in {ending}")
    try:
        folder = (_meant(path) if path.is_symlink() else path).parent
        if path.is_dir():
            raise ValueError(f"{argument} is {str(file)!r}, which is a folder; it must be a file")
        if not folder.is_dir():
            raise ValueError(f"{argument} is {str(file)!r}; there is no folder {str(path.parent)!r}")
    except OSError as error:
        raise ValueError(f"{argument} is {str(file)!r}; the system says: {error.strerror}") from None
    if not os.access(folder, os.W_OK | os.X_OK):
        raise ValueError(f"{argument} is {str(file)!r}; the folder {str(folder)!r} cannot be written")
    return path


def _meant(file: Path) -> Path:
    """The file that links lead to in the end."""
    return Path(os.path.realpath(file))


def _mode(file: Path) -> int:
    """The permissions of a file, or those that a new one gets."""
    if file.exists():
        return stat.S_IMODE(file.stat().st_mode)
    umask = os.umask(0)
    os.umask(umask)
    return 0o666 & ~umask


def write_atomically(file: Path, content: str | bytes) -> Path:
    """Writes a new file beside this one, then puts it in its place, so that no reader sees half of it.

    A link stays a link, and a file keeps its permissions. An `OSError` names the file.
    """
    place = _meant(file)
    name = ""
    try:
        handle, name = tempfile.mkstemp(dir=place.parent, prefix=".goodwill.")
        with os.fdopen(handle, "wb") as stream:
            stream.write(content.encode("utf-8") if isinstance(content, str) else content)
            stream.flush()
            os.fsync(stream.fileno())
        Path(name).chmod(_mode(place))
        Path(name).replace(place)
    except BaseException as error:
        if name:
            Path(name).unlink(missing_ok=True)
        if isinstance(error, OSError):
            raise type(error)(error.errno, error.strerror, str(file)) from None
        raise
    return file


def write_all(
    folder: Path,
    command: str,
    form: str,
    text: str,
    tables: Mapping[str, pd.DataFrame],
    extra: Mapping[str, Any],
) -> list[Path]:
    """The files of one answer: `run.txt`, `run.json`, or one CSV per table with `run.json` for the rest."""
    folder.mkdir(parents=True, exist_ok=True)
    if not tables or form == "table":
        return [write_atomically(folder / f"{command}.txt", text + "\n")]
    if form == "json":
        return [write_atomically(folder / f"{command}.json", as_json(tables, extra) + "\n")]
    files = []
    for k, (name, table) in enumerate(tables.items()):
        file = folder / (f"{command}.csv" if k == 0 else f"{command}_{name}.csv")
        files.append(write_atomically(file, as_csv(table)))
    return [*files, write_atomically(folder / f"{command}.json", as_json({}, extra) + "\n")]
