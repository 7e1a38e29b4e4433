"""Values made of their fields alone, so that they can be compared, copied, sent to a process and saved."""

from __future__ import annotations

import dataclasses
import math
import struct
from typing import Any

import numpy as np


class Plain:
    """A data class whose fields are plain. Copies leave out what was computed from them and cached."""

    def __getstate__(self) -> dict[str, Any]:
        return {field.name: getattr(self, field.name) for field in _fields(self)}

    def __eq__(self, other: object) -> bool:
        """Whether both hold the same answer, bit for bit; fields with `compare=False` do not count."""
        if not isinstance(other, Plain) or type(self) is not type(other):
            return False
        names = [field.name for field in _fields(self) if field.compare]
        return all(same(getattr(self, name), getattr(other, name)) for name in names)

    __hash__ = None  # type: ignore[assignment]


def _fields(value: Any) -> tuple[dataclasses.Field[Any], ...]:
    return dataclasses.fields(value)


def same(a: Any, b: Any) -> bool:
    """Whether two plain values are the same, bit for bit."""
    if isinstance(a, float) and isinstance(b, float):
        # Any two NaN are the same: a file does not keep the sign bit of a NaN.
        return struct.pack("d", a) == struct.pack("d", b) or (math.isnan(a) and math.isnan(b))
    if type(a) is not type(b):
        return False
    if isinstance(a, np.ndarray):
        return bool(a.dtype == b.dtype and a.shape == b.shape and a.tobytes() == b.tobytes())
    if isinstance(a, dict):
        return list(a) == list(b) and all(same(a[key], b[key]) for key in a)
    if isinstance(a, (list, tuple)):
        return len(a) == len(b) and all(map(same, a, b))
    return bool(a.equals(b) if hasattr(a, "equals") else a == b)  # == of tables would give a table
