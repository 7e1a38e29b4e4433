"""Charts as SVG inside a page: without addresses of other hosts, and the same text for the same study."""

from __future__ import annotations

import html
import io
import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def inline_svg(name: str, draw: Callable[[Axes], Axes], *, height: float = 3.4, about: str = "") -> str:
    """The chart as an `<svg>` element. `name` keeps its ids apart from those of other charts.

    The user's own matplotlib settings are not used, so that the page looks the same everywhere. Raises
    `ImportError` without matplotlib.
    """
    import matplotlib as mpl
    from cycler import cycler
    from matplotlib import style
    from matplotlib.figure import Figure

    ours: dict[Any, Any] = {
        "svg.fonttype": "none",  # text stays text: it can be read aloud, searched and copied
        "svg.hashsalt": name,
        "text.parse_math": False,  # a currency may be called $
        "font.family": "sans-serif",
        "axes.titlesize": 11,
        "axes.titleweight": "bold",
        "axes.edgecolor": "#5b6875",
        "text.color": "#1c2733",
    }
    colours = cycler(color=["#1f5f99", "#c8641b", "#17694a", "#a8322a", "#6c4a9c", "#7a5a3c", "#b0487f"])
    with style.context("default"), mpl.rc_context({**ours, "axes.prop_cycle": colours}):
        figure = Figure(figsize=(7.2, height), layout="constrained")
        draw(figure.add_subplot())
        stream = io.StringIO()
        nothing = dict.fromkeys(("Date", "Creator", "Format", "Type"))
        figure.savefig(stream, format="svg", metadata=nothing)
    text = stream.getvalue()
    text = text[text.index("<svg") :]
    # HTML needs no namespaces for SVG; they would put addresses into the page.
    text = re.sub(r'\sxmlns(:\w+)?="[^"]*"', "", text).replace("xlink:href", "href")
    head, rest = text.split(">", 1)
    text = re.sub(r'\s(?:width|height)="[\d.]+pt"', "", head) + ">" + rest  # as wide as the page allows
    ids = re.sub(r"\W", "_", name)
    text = re.sub(r'(\bid="|href="#|url\(#)', lambda found: f"{found[1]}{ids}-", text)
    return text.replace("<svg", f'<svg role="img" aria-label="{html.escape(about)}"', 1).strip()
