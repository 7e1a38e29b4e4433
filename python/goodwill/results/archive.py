"""A result as one file: a zip that holds a manifest, the text of the model, and arrays as NumPy writes them.

`manifest.json` says what the file is (`format` and its `version`), which version of `goodwill` computed it,
the version of its bits (`results`), and holds the `content`. In the content numbers, texts, lists, truth
values and null stand for themselves. Everything else is an object with one key: `{"array": 3}` is the member
`3.npy`; `{"number": "nan"}` is a number that JSON lacks; `{"tuple": [..]}`, `{"dict": {..}}` and `{"table":
{..}}` are those of Python and pandas; `{"Anchored": ..}` is a model at its levels; any other name is a data
class with its fields. The comment of the zip is the SHA-256 of all bytes before it. Nothing in the file is
code.
"""

from __future__ import annotations

import hashlib
import io
import json
import math
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import fields, is_dataclass
from typing import Any

import numpy as np
import pandas as pd

from goodwill import _core
from goodwill.engine.anchoring import Anchored, restored
from goodwill.engine.model import of_parts, parts_of
from goodwill.engine.world import RESULTS

FORMAT, VERSION = "goodwill result", 1
MANIFEST, MODEL = "manifest.json", "model.yaml"
SUM = 64
"""Digits of the checksum."""
ALWAYS = (1980, 1, 1, 0, 0, 0)
"""The time of every member, always the same, so that the same result makes the same file."""


class UnreadableError(ValueError):
    """Why a file cannot be opened; the caller adds which file it is."""


def packed(result: Any) -> bytes:
    """The bytes of the file."""
    members: dict[str, bytes] = {}
    content = _encoded(result, members)
    manifest = {
        "format": FORMAT,
        "version": VERSION,
        "goodwill": _core.version,
        "results": RESULTS,
        "content": content,
    }
    text = json.dumps(manifest, indent=1, ensure_ascii=False, allow_nan=False)
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as file:
        for name, data in {MANIFEST: text.encode(), **members}.items():
            file.writestr(zipfile.ZipInfo(name, ALWAYS), data, zipfile.ZIP_DEFLATED)
        file.comment = b"0" * SUM
    data = stream.getvalue()[:-SUM]
    return data + _checksum(data)


def _checksum(data: bytes) -> bytes:
    return hashlib.sha256(data).hexdigest().encode()


def _encoded(value: Any, members: dict[str, bytes]) -> Any:
    def inner(items: Mapping[str, Any]) -> dict[str, Any]:
        return {name: _encoded(item, members) for name, item in items.items()}

    if value is None or isinstance(value, (bool, int, str)):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else {"number": str(value)}
    if isinstance(value, list):
        return [_encoded(item, members) for item in value]
    if isinstance(value, tuple):
        return {"tuple": [_encoded(item, members) for item in value]}
    if isinstance(value, dict):
        return {"dict": inner(value)}
    if isinstance(value, np.ndarray):
        number = len(members)
        stream = io.BytesIO()
        np.lib.format.write_array(stream, np.ascontiguousarray(value), allow_pickle=False)
        members[f"{number}.npy"] = stream.getvalue()
        return {"array": number}
    if isinstance(value, pd.DataFrame):
        columns = {str(name): value[name] for name in value}
        numbers = {name: column.dtype.kind in "fiub" for name, column in columns.items()}
        return {
            "table": inner(
                {name: x.to_numpy() if numbers[name] else x.tolist() for name, x in columns.items()}
            )
        }
    if isinstance(value, Anchored):
        text, lists = parts_of(value.model)
        members |= {name: part.encode() for name, part in {MODEL: text, **lists}.items()}
        model = {"name": value.model.name, "hash": value.model.hash}
        return {"Anchored": {**model, "levels": _encoded(value.levels.plain, members)}}
    if is_dataclass(value):
        return {
            type(value).__name__: inner({field.name: getattr(value, field.name) for field in fields(value)})
        }
    raise TypeError(f"a result holds {type(value).__name__}, which has no place in a file")


def unpacked(data: bytes, classes: Iterable[type]) -> tuple[Any, dict[str, Any]]:
    """The result in a file, and its manifest. It may hold data classes from `classes` only. Raises
    `UnreadableError`."""
    if not data.startswith(b"PK\x03\x04") or data[30 : 30 + len(MANIFEST)] != MANIFEST.encode():
        raise UnreadableError("this is no result that gw.save has written")
    if len(data) < SUM or data[-SUM:] != _checksum(data[:-SUM]):
        raise UnreadableError("it is damaged or was altered: its checksum is not that of its content")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as file:
            members = {name: file.read(name) for name in file.namelist()}
        manifest = json.loads(members[MANIFEST])
        if manifest["format"] != FORMAT:
            raise UnreadableError("this is no result that gw.save has written")
        if manifest["version"] > VERSION:
            raise UnreadableError(
                f"its format is {manifest['version']}, written by goodwill {manifest['goodwill']}; this is "
                f"goodwill {_core.version}, which knows formats up to {VERSION}: update goodwill"
            )
        decoder = _Decoder(members, {one.__name__: one for one in classes})
        return decoder.value(manifest["content"]), manifest
    except (UnreadableError, MemoryError):
        raise
    except Exception as error:  # a file from a stranger may hold anything
        raise UnreadableError(f"its content is not that of a result ({error})") from None


class _Decoder:
    def __init__(self, members: Mapping[str, bytes], classes: Mapping[str, type]) -> None:
        self.members, self.classes = members, classes

    def value(self, found: Any) -> Any:
        if isinstance(found, list):
            return [self.value(item) for item in found]
        if not isinstance(found, dict):
            return found
        ((kind, inner),) = found.items()
        if kind == "number":
            return float(inner)
        if kind == "tuple":
            return tuple(self.value(inner))
        if kind == "array":
            return self.array(inner)
        if kind == "Anchored":
            return self.anchored(inner)
        parts = {name: self.value(item) for name, item in inner.items()}
        if kind == "dict":
            return parts
        if kind == "table":
            return pd.DataFrame(parts)
        return self.classes[kind](**parts)

    def array(self, number: int) -> Any:
        stream = io.BytesIO(self.members[f"{number}.npy"])
        return np.lib.format.read_array(stream, allow_pickle=False)

    def anchored(self, inner: dict[str, Any]) -> Anchored:
        lists = {name: part.decode() for name, part in self.members.items() if name.endswith(".csv")}
        model = of_parts(self.members[MODEL].decode(), lists, inner["name"] or "model")
        if model.hash != inner["hash"]:
            raise UnreadableError("this version of goodwill reads the model in it otherwise")
        return restored(model, self.value(inner["levels"]))
