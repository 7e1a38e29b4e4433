"""What surrounds customers in a period: how busy teams are, and what people have heard on average."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from .teams import Crowding
from .word_of_mouth import Messages


@dataclass(frozen=True)
class Environment:
    """Nobody acts on it in the period in which it comes about."""

    teams: Mapping[str, Crowding]
    heard: Messages
