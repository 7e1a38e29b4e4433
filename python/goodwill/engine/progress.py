"""A progress bar for what takes longer than a second, if somebody can see it."""

from __future__ import annotations

import contextlib
import warnings
from collections.abc import Callable, Iterator


@contextlib.contextmanager
def progress_bar(title: str) -> Iterator[Callable[[float], None]]:
    """Yields a function that takes the fraction done. Without a terminal or notebook nothing is shown."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "IProgress not found")  # a notebook without it just shows no bar
        from tqdm.auto import tqdm

    class Bar(tqdm):  # type: ignore[type-arg]
        monitor_interval = 0  # no monitor thread: if memory is short, Python would wait for it for ever

    layout = "{desc} {percentage:3.0f} % |{bar}| {elapsed}, {remaining} left"
    bar = Bar(total=1.0, desc=title, delay=1, leave=False, disable=None, miniters=0, bar_format=layout)
    with bar:

        def show(fraction: float) -> None:
            bar.update(min(max(fraction, 0.0), 1.0) - bar.n)

        yield show
