"""The scale on which customers answer."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from goodwill.fitting.scores import Scale
from goodwill.text.arguments import shown


def checked_scale(scale: Sequence[float] | None) -> Scale:
    """`(lowest, highest, step)`; raises `ValueError` where it is none."""
    if scale is None or len(scale) != 3 or not scale[0] < scale[1] or scale[2] < 0:
        raise ValueError(
            f"scale is {shown(scale)}; with scores it must be the lowest and the highest answer and the step "
            "between answers, for instance (1, 5, 1); a step of 0 is none"
        )
    found = Scale(*scale)
    if not found.holds(np.array([found.high]))[0]:
        raise ValueError(f"scale is {shown(scale)}; no number of steps leads from the lowest to the highest")
    return found
