"""`gw.data.from_events`: a journey from a log of contacts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from goodwill.data.events_log import Columns, Log, read_log
from goodwill.data.fit import TENTH, Fit
from goodwill.data.frames import day, period_days
from goodwill.data.places import with_changes
from goodwill.data.scales import checked_scale
from goodwill.engine.model import Model
from goodwill.engine.world import Numbers
from goodwill.fitting import journeys, walks
from goodwill.fitting.parameters import LOG, LOGIT, Parameters, from_link, joined
from goodwill.fitting.walks import OUTCOMES, Contacts
from goodwill.plots import data_events
from goodwill.text import figures
from goodwill.text.arguments import keywords_checked, number, shown
from goodwill.text.display import tabled

if TYPE_CHECKING:
    from matplotlib.axes import Axes

DONE = "done"


@dataclass(frozen=True, eq=False, repr=False)
class EventsFit(Fit):
    """A journey as a log of contacts shows it: how often it starts, what follows what, and how it goes."""

    journey: str
    exposure: float
    """Customer-periods during the log."""
    periods: float
    """That the log covers."""
    first: dict[str, str]
    """The touchpoints at which walks begin: the parameter that is the share, or `otherwise`."""
    next: dict[str, dict[str, dict[str, str]]]
    """Of touchpoint and outcome: where walks go on."""
    fields: dict[str, dict[str, str]]
    """Of a touchpoint: which parameter stands in which field."""
    contacts: Contacts
    scores: Numbers
    """Of each contact, from 0 to 10; NaN: none."""

    @tabled
    def touchpoints(self) -> pd.DataFrame:
        """One row for each touchpoint: its contacts by outcome, how many of them have a score, and the mean
        score (on the scale from 0 to 10, of all outcomes)."""
        counts = walks.outcomes(self.contacts)
        at = [self.contacts.touchpoint == k for k in range(len(counts))]
        scored = [self.scores[here & np.isfinite(self.scores)] for here in at]
        return pd.DataFrame(
            {
                "touchpoint": list(self.contacts.touchpoints),
                "contacts": counts.sum(axis=1),
                **{name: counts[:, k] for k, name in enumerate(OUTCOMES)},
                "scored": [len(part) for part in scored],
                "score": [float(part.mean()) if len(part) else np.nan for part in scored],
            }
        )

    @tabled
    def transitions(self) -> pd.DataFrame:
        """One row for each step that occurs: `from` (start, or a touchpoint), `outcome`, `to`, how many
        `walks` took it, their `share` of those who stood there, and its 10 and 90 % quantiles."""
        rows = []
        for here, outcome, counts in _steps(self.contacts):
            shares = journeys.branch(counts)
            for name, count in counts.items():
                y, error = shares[name]
                ends = [float(from_link(LOGIT, y + z * error)) for z in (-TENTH, TENTH)]
                rows.append((here, outcome, name, count, count / sum(counts.values()), *ends))
        return pd.DataFrame(rows, columns=["from", "outcome", "to", "walks", "share", "low", "high"])

    @tabled
    @keywords_checked
    def backtest(self, split: object) -> pd.DataFrame:
        """What the walks that began before the date `split` say about those that began later.

        One row for each touchpoint: its contacts for 100 walks, as `held_out` walks have them, as the journey
        of the earlier ones has them (`expected`), with 50, 80 and 95 % bands of luck and parameters together,
        and as other methods have them: `mean` of the earlier walks, and the `last_value`, the mean of the
        latest fifth of them. Raises `ValueError` if there are fewer than 50 walks on either side.
        """
        found = journeys.backtest(self.contacts, day(split, "split"))
        columns = {"touchpoint": list(found.touchpoints), "held_out": found.held_out, **found.methods}
        for level, (low, high) in found.bands.items():
            columns |= {f"low_{100 * level:g}": low, f"high_{100 * level:g}": high}
        return pd.DataFrame(columns)

    @keywords_checked
    def plot(self, *, ax: Axes | None = None) -> Axes:
        """The steps from touchpoint to touchpoint, with their shares."""
        return data_events.steps(self.transitions(), list(self.contacts.touchpoints), ax)

    def sentences(self) -> list[str]:
        """What was estimated from what, in words."""
        contacts = self.contacts
        counts = walks.outcomes(contacts)
        per_walk = len(contacts.walk) / contacts.walks
        failed = counts[:, walks.FAILED].sum() + counts[:, walks.RECOVERED].sum()
        told = [
            f"{contacts.walks:,} walks with {len(contacts.walk):,} contacts "
            f"({figures.number(per_walk)} each) at {figures.plural(len(counts), 'touchpoint')}, in "
            f"{self.exposure:,.0f} customer-{self.period}s: {figures.number(contacts.walks / self.exposure)} "
            f"walks by a customer in a {self.period}."
        ]
        if failed:
            recovered = counts[:, walks.RECOVERED].sum() / failed
            told.append(
                f"{figures.percent(failed / len(contacts.walk))} of the contacts failed; "
                f"{figures.percent(recovered)} of those were made good at once."
            )
        return told

    def _blocks(self, numbers: Mapping[str, Any]) -> dict[str, Any]:
        count = max(1, round(self.exposure / self.periods))
        return {
            "horizon": "1 year",
            "segments": {"all": {"count": count, "tenure": 0}},
            "stages": {"customer": {}},
            "journeys": {self.journey: self._journey(numbers)},
        }

    def _journey(self, numbers: Mapping[str, Any]) -> dict[str, Any]:
        points = {
            name: {
                **{field: numbers[parameter] for field, parameter in self.fields[name].items()},
                **({"next": self._next(name, numbers)} if name in self.next else {}),
            }
            for name in self.contacts.touchpoints
        }
        return {
            "starts": numbers[f"{self.journey}_starts"],
            "first": _branch(self.first, numbers),
            "touchpoints": points,
        }

    def _next(self, touchpoint: str, numbers: Mapping[str, Any]) -> dict[str, Any]:
        return {outcome: _branch(branch, numbers) for outcome, branch in self.next[touchpoint].items()}

    def _changes(self, numbers: Mapping[str, Any], base: Model, segment: str | None) -> dict[str, Any]:
        journey = self._journey(numbers)
        path = f"journeys.{self.journey}"
        if segment is not None:
            return with_changes(base, segment, _numbers_by_path(journey, self.journey))
        if self.journey not in base.journeys:
            return {path: journey}
        # Touchpoints that the base has keep what the log does not show: cost, weight, channel, team.
        found: dict[str, Any] = {f"{path}.starts": journey["starts"], f"{path}.first": journey["first"]}
        for name, fields in journey["touchpoints"].items():
            here = f"{path}.touchpoints.{name}"
            if here in base:
                found |= {f"{here}.{field}": value for field, value in fields.items()}
            else:
                found[here] = fields
        return found


def _branch(branch: Mapping[str, str], numbers: Mapping[str, Any]) -> Any:
    """As a model file has it: a name, or shares by name, the last of which takes what is left."""
    if len(branch) == 1:
        return next(iter(branch))
    return {to: told if told == journeys.OTHERWISE else numbers[told] for to, told in branch.items()}


def _numbers_by_path(journey: Mapping[str, Any], name: str) -> dict[str, Any]:
    """Numbers of a journey by path; what a branch leaves over has none."""
    found: dict[str, Any] = {f"{name}.starts": journey["starts"]}

    def add(path: str, branch: Any) -> None:
        if isinstance(branch, dict):
            found.update({f"{path}.{to}": v for to, v in branch.items() if v != journeys.OTHERWISE})

    add(f"{name}.first", journey["first"])
    for point, fields in journey["touchpoints"].items():
        for field, value in fields.items():
            if field == "next":
                for outcome, branch in value.items():
                    add(f"{name}.{point}.next.{outcome}", branch)
            else:
                found[f"{name}.{point}.{field}"] = value
    return found


def _steps(contacts: Contacts) -> list[tuple[str, str, dict[str, int]]]:
    """Where walks stand, with which outcome, and how many go where."""
    names = [*contacts.touchpoints, DONE]
    first = walks.firsts(contacts)
    found = [("start", "", {names[k]: int(n) for k, n in enumerate(first) if n})]
    for i, by_outcome in enumerate(walks.transitions(contacts)):
        for o, to in enumerate(by_outcome):
            if to.any():
                found.append((names[i], OUTCOMES[o], {names[k]: int(n) for k, n in enumerate(to) if n}))
    return found


@keywords_checked
def from_events(
    log: pd.DataFrame,
    *,
    case: str,
    time: str,
    touchpoint: str,
    asof: object,
    exposure: float,
    period: str,
    journey: str = "contact",
    outcome: str | None = None,
    outcomes: Mapping[str, object] | None = None,
    score: str | None = None,
    scale: Sequence[float] | None = None,
    noise: float = 0.0,
    wait: str | None = None,
    wait_unit: str | None = None,
    customer: str | None = None,
    settle: float = 0.0,
    ties: str = "raise",
    bad_rows: str = "raise",
) -> EventsFit:
    """A journey from a log of contacts, one row each.

    `case` names the column of the walk a contact belongs to, `time` that of its date or time, `touchpoint`
    that of where it was. `asof` is the date until which the log runs, and `exposure` the customer-periods in
    which its walks could begin: customers x periods, whether or not they had a contact.

    - `outcome`: column of ok, failed, recovered (failed, and made good at once) or full (nobody had time);
      `outcomes` translates other words, `{"solved": "ok"}`.
    - `score`: column of what a customer answered about the contact; not every contact needs one. `scale` is
      the lowest and highest answer and the step between answers, `(1, 5, 1)`; a step of 0 is none. `noise` is
      the standard deviation of an answer about the experience, in points of the scale from 0 to 10.
    - `wait`: column of the time waited, in the `wait_unit` (seconds, minutes or hours).
    - `customer`: column of who it was; without it, walks are taken to begin independently.
    - `settle`: days without a further contact after which a walk has ended. Of walks whose last contact is
      nearer to `asof` it is not known whether they go on.
    - `ties`: "raise", or "order" where contacts of a walk at one time stand in their order.
    - `bad_rows`: "raise", or "drop" to leave out rows that cannot be used.

    Shares are those of the log with a prior of half a contact (Jeffreys), the quality of a touchpoint is the
    mean of what contacts that went well were like, before rounding and the ends of the scale. Raises
    `ValueError` with the rows that cannot be used.
    """
    days = period_days(period)
    exposed = number("exposure", exposure)
    if exposed <= 0:
        raise ValueError(f"exposure is {shown(exposure)}; it must be customer-{period}s, above 0")
    columns = Columns(case, time, touchpoint, outcome, score, wait, customer)
    read: Log = read_log(
        log,
        columns,
        asof=day(asof, "asof"),
        outcomes=outcomes,
        scale=None if score is None else checked_scale(scale),
        wait_unit=wait_unit,
        settle=settle,
        ties=ties,
        bad_rows=bad_rows,
    )
    noisy = number("noise", noise)
    if not 0 <= noisy <= 5:
        raise ValueError(f"noise is {shown(noise)}; it must be points from 0 to 5")
    contacts, warnings = read.contacts, list(read.warnings)
    if contacts.walks > 50 * exposed:
        raise ValueError(
            f"exposure is {shown(exposure)}, and {contacts.walks:,} walks began: more than 50 by a customer "
            f"in a {period}. It must be customer-{period}s (customers x {period}s)"
        )
    start = np.log(contacts.walks / exposed), read.start_variance
    parts = [Parameters((f"{journey}_starts",), (LOG,), np.array([start[0]]), np.array([[start[1]]]))]
    first: dict[str, str] = {}
    nexts: dict[str, dict[str, dict[str, str]]] = {}
    for here, after, counts in _steps(contacts):
        names = f"{journey}_first" if not after else f"{journey}_{here}_{after}"
        branch, found = journeys.branch_parameters(names, counts)
        parts += found
        if after:
            nexts.setdefault(here, {})[after] = branch
        else:
            first = branch
    fields = {}
    for k, name in enumerate(contacts.touchpoints):
        known, told = journeys.touchpoint(
            f"{journey}_{name}", read.at(k), read.scale, noisy, with_outcomes=outcome is not None
        )
        parts += [part for part, _ in known]
        fields[name] = {field: parameter for _, names in known for field, parameter in names.items()}
        warnings += [f"{name}: {text}" for text in told]
    _distinct(parts)
    warnings += journeys.doubts(contacts)
    if settle == 0 and (told_open := journeys.open_walks(contacts, read.days, read.asof)):
        warnings.append(told_open)
    covered = max((read.asof - float(contacts.began.min())) / days, 1e-9)
    return EventsFit(
        joined(parts),
        float("nan"),
        contacts.walks,
        period,
        read.source,
        warnings,
        journey,
        exposed,
        covered,
        first,
        nexts,
        fields,
        contacts,
        read.score,
    )


def _distinct(parts: list[Parameters]) -> None:
    names = [name for part in parts for name in part.names]
    for name in names:
        if names.count(name) > 1:
            raise ValueError(f"two numbers would be called {name!r}; give touchpoints other names")
