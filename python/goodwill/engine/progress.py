"""A progress bar for what takes longer than a second, if somebody can see it."""

from __future__ import annotations

import contextlib
import threading
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any


class _Running(threading.local):
    """The work of several steps that this thread does now: its bar takes the place of those of its steps."""

    def __init__(self) -> None:
        self.steps: list[_Steps] = []


_running = _Running()


@dataclass
class _Steps:
    show: Callable[[float], None]
    expected: int
    done: int = 0
    reached: float = 0.0

    def within(self, fraction: float) -> None:
        """Shows how far the step is that is done now; with more steps than expected the bar waits."""
        whole = (self.done + min(max(fraction, 0.0), 1.0)) / max(self.expected, self.done + 1)
        self.reached = max(self.reached, whole)
        self.show(self.reached)


@contextlib.contextmanager
def composite(title: str, steps: int) -> Iterator[None]:
    """One bar for work that consists of about so many steps, each of which would have a bar of its own."""
    with progress_bar(title) as show:
        _running.steps.append(_Steps(show, steps))
        try:
            yield
        finally:
            _running.steps.pop()


@contextlib.contextmanager
def progress_bar(title: str) -> Iterator[Callable[[float], None]]:
    """Yields a function that takes the fraction done. Without a terminal or notebook nothing is shown."""
    if _running.steps:
        steps = _running.steps[-1]
        yield steps.within
        steps.within(1.0)
        steps.done += 1
        return
    with _bar(title, 1.0, "{desc} {percentage:3.0f} % |{bar}| {elapsed}, {remaining} left") as bar:

        def show(fraction: float) -> None:
            bar.update(min(max(fraction, 0.0), 1.0) - bar.n)

        yield show


@contextlib.contextmanager
def points_bar(title: str, points: int) -> Iterator[Callable[[float, int], None]]:
    """Yields a function that takes how many more points are done (or what part of one), and how many of them
    failed."""
    layout = "{desc} {percentage:3.0f} % |{bar}| {n:.0f} of {total:,.0f} points{postfix}, {rate_fmt}, "
    layout += "{remaining} left"
    failed = 0
    with _bar(title, float(points), layout) as bar:

        def show(more: float, failures: int) -> None:
            nonlocal failed
            failed += failures
            if failed:
                bar.set_postfix_str(f"{failed:,} failed", refresh=False)
            bar.update(more)

        yield show


def _bar(title: str, total: float, layout: str) -> Any:
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "IProgress not found")  # a notebook without it just shows no bar
        from tqdm.auto import tqdm

    class Bar(tqdm):  # type: ignore[type-arg]
        monitor_interval = 0  # no monitor thread: if memory is short, Python would wait for it for ever

    return Bar(
        total=total,
        desc=title,
        unit=" points",
        delay=1,
        leave=False,
        disable=None,
        miniters=0,
        bar_format=layout,
    )
