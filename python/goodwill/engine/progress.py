"""A progress bar for whatever takes longer than a second, where somebody can see it."""

from __future__ import annotations

import contextlib
import warnings
from collections.abc import Callable, Iterator


@contextlib.contextmanager
def progress_bar(title: str) -> Iterator[Callable[[float], None]]:
    """Gives a function that takes the fraction done. Nothing is shown without a terminal or a notebook."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "IProgress not found")  # then a notebook shows no bar
        from tqdm.auto import tqdm

    class Bar(tqdm):  # type: ignore[type-arg]
        monitor_interval = 0  # a thread of its own: where memory is short, Python waits for it for ever

    layout = "{desc} {percentage:3.0f} % |{bar}| {elapsed}, {remaining} left"
    bar = Bar(total=1.0, desc=title, delay=1, leave=False, disable=None, miniters=0, bar_format=layout)
    with bar:

        def show(fraction: float) -> None:
            bar.update(min(max(fraction, 0.0), 1.0) - bar.n)

        yield show
