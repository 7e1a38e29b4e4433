"""What all charts share: axes, ticks in words, colours. matplotlib is loaded when the first chart is
drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from goodwill.text import figures
from goodwill.text.arguments import missing
from goodwill.text.vocabulary import DECLARED, STRUCTURAL

if TYPE_CHECKING:
    from matplotlib.axes import Axes

ON_LIGHT = {"gain": "#17694a", "loss": "#a8322a", "total": "#1f5f99"}
ON_DARK = {"gain": "#4cc38a", "loss": "#ff8f87", "total": "#7ab8f5"}
ON_LIGHT |= {DECLARED: "#1f5f99", STRUCTURAL: "#c8641b"}
ON_DARK |= {DECLARED: "#7ab8f5", STRUCTURAL: "#f0a35e"}
"""Colours of money, and of the assumptions in a tornado."""


def axes(ax: Axes | None) -> Axes:
    if ax is not None:
        return ax
    try:
        from matplotlib import pyplot as plt
    except ImportError:
        raise ImportError(missing("charts need", "matplotlib")) from None
    return plt.subplots(figsize=(7, 4), layout="constrained")[1]


def nothing(ax: Axes | None, why: str) -> Axes:
    """An empty chart that says why it is empty."""
    ax = axes(ax)
    ax.text(0.5, 0.5, why, ha="center", transform=ax.transAxes)
    ax.set_axis_off()
    return ax


def dressed(ax: Axes, title: str, x: str, y: str) -> Axes:
    ax.set_title(title, loc="left", parse_math=False)  # a currency may be called $
    ax.set_xlabel(x, parse_math=False)
    ax.set_ylabel(y, parse_math=False)
    ax.spines[["top", "right"]].set_visible(False)
    ax.grid(axis="y", alpha=0.25)
    return ax


def in_words(ax: Axes, percent: bool = False, axis: str = "y", size: float | None = None) -> None:
    """Writes all ticks of an axis in one unit: that of `size`, or of the largest tick."""
    from matplotlib.ticker import FuncFormatter

    along = getattr(ax, f"{axis}axis")

    def text(value: float, _: int | None) -> str:
        if percent:
            return f"{round(100 * value, 6):g} %"
        return figures.tick(value, size or max(map(abs, along.get_view_interval())))

    along.set_major_formatter(FuncFormatter(text))


def ink(ax: Axes) -> Any:
    """The colour of the text of these axes: dark on light, or light on dark."""
    return ax.xaxis.label.get_color()


def colours(ax: Axes) -> dict[str, str]:
    from matplotlib.colors import to_rgb

    return ON_DARK if sum(to_rgb(ax.get_facecolor())) < 1.5 else ON_LIGHT


def beside(ax: Axes, text: str, x: float, y: float, *, left: bool = False, weight: str = "normal") -> None:
    """Puts a label to the right of the end of a bar, or to its left."""
    side: Any = "right" if left else "left"
    ax.annotate(
        text.replace("-", "\u2212"),
        (x, y),
        xytext=(-4 if left else 4, 0),
        textcoords="offset points",
        ha=side,
        va="center",
        fontsize=8,
        fontweight=weight,
        color=ink(ax),
        parse_math=False,
    )
