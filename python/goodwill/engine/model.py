"""A model as the reader of its file gives it; the questions to it are in other modules."""

from __future__ import annotations

import html
import os
import threading
from collections.abc import Mapping
from typing import Any, NoReturn

import numpy as np

from goodwill import _core
from goodwill.text import figures
from goodwill.text.arguments import keywords_checked, shown, text


class Model:
    """A firm's customers, what happens to them, and what the firm might change. A model itself never changes.

    `goodwill.read` makes one from a file. In code, the keyword arguments are the blocks of a file:

    >>> import goodwill as gw
    >>> firm = gw.Model(
    ...     horizon="5 years",
    ...     segments={"all": {"count": 10_000}},
    ...     stages={"customer": {"fee": 30, "churn": "2 % / month"}},
    ...     finance={"discount": "10 %"},
    ... )
    >>> firm["customer.fee"]
    30.0

    Numbers with units are texts. Raises `ModelError` with everything that is wrong.
    """

    __slots__ = ("_core", "_levels", "_lock", "_process")
    __iter__ = None

    def __init__(self, *blocks_by_name: object, **blocks: object) -> None:
        if blocks_by_name:
            raise TypeError(
                f"gw.Model takes the blocks of a file as keywords, found {shown(blocks_by_name[0])}; "
                "a dict d is given as gw.Model(**d), a file is read with gw.read"
            )
        self._adopt(_core.Model.from_tree(_plain(blocks), _title(blocks.get("name"))))

    def _adopt(self, core: _core.Model) -> None:
        self._core = core
        self._levels: _core.Anchoring | None = None
        self._lock = threading.Lock()
        self._process = os.getpid()

    @classmethod
    def _of(cls, core: _core.Model) -> Model:
        model = cls.__new__(cls)
        model._adopt(core)
        return model

    @classmethod
    @keywords_checked
    def from_yaml(
        cls, text: str, name: str = "model", *, folder: str | os.PathLike[str] | None = None
    ) -> Model:
        """A model from the text of a file; problems are reported under `name`.

        `folder` holds the files that it includes with `model:`; without a folder it may include none. Raises
        `ModelError` with everything that is wrong.
        """
        return cls._of(_core.Model.from_text(text, name, "" if folder is None else os.fspath(folder)))

    def to_yaml(self) -> str:
        """The model as text that reads back as the same model; lists of edges are written out."""
        return self._core.to_yaml()

    def __getitem__(self, path: str) -> Any:
        """The value at a path: `model["customer.churn"]`; rates are per period of the model.

        A short path that stands for a number of each segment gives a dict by segment. Raises `ModelError` for
        a path that means nothing.
        """
        return self._core.get(_text_path(path))

    def __setitem__(self, path: str, value: object) -> NoReturn:
        raise TypeError(f"a model never changes; model.assign({{{path!r}: {value!r}}}) is a changed copy")

    def __contains__(self, path: object) -> bool:
        try:
            self._core.get(_text_path(path))
        except (ValueError, TypeError):
            return False
        return True

    @keywords_checked
    def assign(self, values: Mapping[str, object]) -> Model:
        """A copy with new values at paths: `model.assign({"customer.churn": "1.5 % / month"})`.

        The copy describes another firm, so its observed averages are anchored anew. To ask what a change
        would bring to this firm, write it as an investment. Raises `ModelError` with all that is wrong.
        """
        plain = {_text_path(path): _plain(value) for path, value in values.items()}
        return Model._of(self._core.assign(plain))

    def paths(self) -> list[str]:
        """The paths of every number that can be changed."""
        return self._core.paths()

    def resolve(self, path: str) -> list[str]:
        """The full paths that a short path stands for."""
        return self._core.resolve(_text_path(path))

    @property
    def name(self) -> str:
        return self._core.name

    @property
    def about(self) -> str:
        return self._core.about

    @property
    def currency(self) -> str:
        return self._core.currency

    @property
    def period(self) -> str:
        """The time step: day, week, month or year."""
        return self._core.period

    @property
    def horizon(self) -> int:
        """How many periods are simulated."""
        return self._core.horizon

    @property
    def periods_per_year(self) -> float:
        return self._core.periods_per_year

    @property
    def segments(self) -> list[str]:
        return self._core.segments

    @property
    def stages(self) -> list[str]:
        return self._core.stages

    @property
    def journeys(self) -> list[str]:
        return self._core.journeys

    @property
    def investments(self) -> list[str]:
        return self._core.investments

    @property
    def events(self) -> list[str]:
        return self._core.events

    @property
    def scenarios(self) -> dict[str, list[str]]:
        """The investments and events of each scenario; the baseline, which has none, is not listed."""
        return self._core.scenarios

    @property
    def hash(self) -> str:
        """The same text for models that mean the same, however their files are written."""
        return self._core.hash

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Model) and self.hash == other.hash

    def __hash__(self) -> int:
        return hash(self.hash)

    def __reduce__(self) -> tuple[Any, ...]:
        return of_parts, (*parts_of(self), self.name or "model")

    def _ipython_key_completions_(self) -> list[str]:
        return self.paths()

    def _summary(self) -> list[tuple[str, str]]:
        core = self._core
        segments: Any = core.get("segments")  # all at once: each look-up searches the whole model
        customers = [float(_number(segments[name]["count"])) for name in core.segments]
        sizes = [f"{name} {figures.count(size)}" for name, size in zip(core.segments, customers, strict=True)]
        rows = [
            ("customers", f"{figures.count(sum(customers))} ({figures.listed(sizes)})"),
            ("stages", figures.listed(core.stages)),
            ("journeys", figures.listed(core.journeys)),
            ("horizon", figures.duration(core.horizon, core.period, core.periods_per_year)),
            ("investments", figures.listed(core.investments)),
            ("events", figures.listed(core.events)),
            ("scenarios", figures.listed(list(core.scenarios), 12)),
        ]
        return [(word, text) for word, text in rows if text]

    def __repr__(self) -> str:
        lines = [f"Model {self.name!r}" if self.name else "Model"]
        lines += [f"  {word:<12} {text}" for word, text in self._summary()]
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        left = "style='text-align:left'"
        rows = "".join(
            f"<tr><th {left}>{word}</th><td {left}>{html.escape(text)}</td></tr>"
            for word, text in self._summary()
        )
        title, about = html.escape(self.name or "Model"), html.escape(self.about)
        return f"<p><b>{title}</b><br>{about}</p><table>{rows}</table>"


def _plain(value: object, depth: int = 0) -> object:
    """The same value without NumPy's numbers, and compiled networks. Endless nesting is left as it is: the
    reader refuses it."""
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(core := getattr(value, "_core", None), _core.Network):
        return core
    if depth < 100 and isinstance(value, Mapping):
        return {key: _plain(item, depth + 1) for key, item in value.items()}
    if depth < 100 and isinstance(value, (list, tuple)):
        return [_plain(item, depth + 1) for item in value]
    return value


def _title(name: object) -> str:
    """The name under which problems are reported; a bad name is itself a problem, which the reader finds."""
    try:
        return text("name", name) or "model"
    except ValueError:
        return "model"


def _text_path(path: object) -> str:
    if isinstance(path, str):
        return text("path", path)
    raise TypeError(f"a path is a text such as 'customer.churn', not {shown(path)}")


def _number(value: object) -> float:
    return value if isinstance(value, (int, float)) else 0.0


def core_of(model: object) -> _core.Model:
    """The compiled model behind a `Model`; says what to do with anything else."""
    if isinstance(model, Model):
        return model._core
    if isinstance(model, (str, os.PathLike)):
        file = shown(str(model))
        raise TypeError(f"a model is wanted, not {file}; read it first: goodwill.read({file})")
    raise TypeError(f"a model is wanted (from goodwill.read, Model or example), not {shown(model)}")


def model_of(core: _core.Model) -> Model:
    return Model._of(core)


def parts_of(model: Model) -> tuple[str, dict[str, str]]:
    """The model as text, and the lists of edges that it names: a file of a model may not be as long."""
    return model._core.parts()


def of_parts(text: str, lists: dict[str, str], name: str) -> Model:
    return Model._of(_core.Model.from_parts(text, lists, name))
