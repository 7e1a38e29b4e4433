"""Responses as a model writes them: mere tables by tenure, and what acts on one."""

from __future__ import annotations

from typing import Any

from goodwill import _core

FRAILTY = "frailty"
ACTING = (*_core.effects, FRAILTY)
"""What can act on a response."""


def is_table(told: Any) -> bool:
    """Whether a response is nothing but a table by tenure: `{0: 10 %, 12: 2 %}`."""
    return isinstance(told, dict) and bool(told) and all(key.isdigit() for key in told)


def acting_on(told: Any) -> dict[str, Any]:
    """What acts on a response, by name; nothing on a plain number or a mere table."""
    return {name: told[name] for name in ACTING if name in told} if isinstance(told, dict) else {}
