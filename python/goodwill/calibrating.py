"""`goodwill.fit`: numbers of a model that nobody has observed, from what the firm has observed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from goodwill import _core
from goodwill._core import ModelError
from goodwill.analysis.goals import NOTHING
from goodwill.analysis.targets import Target, measured, own_errors
from goodwill.data.fit import Fit, check_names, check_units, register
from goodwill.data.frames import fingerprint
from goodwill.data.targets import first_year_of, read_targets
from goodwill.data.varied import Varied, assumption_names, read_varied
from goodwill.engine.anchoring import anchored
from goodwill.engine.counts import Counts, counts
from goodwill.engine.model import Model, core_of
from goodwill.engine.progress import composite
from goodwill.engine.world import Numbers
from goodwill.fitting.gauss_newton import LEAST_UNITS, ROUNDS, Fitted, Seen, gauss_newton
from goodwill.fitting.parameters import Parameters
from goodwill.plots import calibration
from goodwill.text import figures
from goodwill.text.arguments import (
    checked_names,
    checked_seed,
    checked_threads,
    keywords_checked,
    text,
    whole,
)
from goodwill.text.display import blocks, html_table, result_html, tabled, text_table
from goodwill.text.vocabulary import BASELINE

if TYPE_CHECKING:
    from matplotlib.axes import Axes

REPLICATIONS = 10
REACHED, STRAINED, IMPOSSIBLE = "reached", "strained", "cannot be reached"
STRAIN, MOST = 2.0, 3.0
"""Standard errors from which a target is strained, and cannot be reached."""
NOISY = 0.5
"""A simulation error above this share of a target's own is worth more replications."""
PULL = 0.1
"""The least share in what draws a target away for which another is named."""
MOVED = 0.05
"""Share of its miss below which a target is not moved by anything that can be believed."""
EXPLAINED = 3
"""Sentences about targets that cannot be reached."""
DETERMINED = 0.5
"""Fewer degrees of freedom than this leave nothing to judge a model by."""
STRAYED = 1.0
"""Standard deviations of the prior."""


@dataclass(frozen=True, eq=False, repr=False)
class Calibration(Fit):
    """The result of `goodwill.fit`."""

    firm: Model
    """The model before."""
    scenario: str
    asked: list[Target]
    varied: list[Varied]
    fitted: Fitted
    seed: int
    replications: int

    @tabled
    def table(self) -> pd.DataFrame:
        """One row for each number: `parameter` (its path), its `estimate`, `standard_error` and 10, 50 and
        90 % quantiles (`low`, `best`, `high`), those of the prior (`prior_low`, `prior_high`), and by which
        share of its standard deviation the targets have `narrowed` the prior. Rates are per period."""
        table = pd.DataFrame(super().table())
        table["prior_low"] = [one.low for one in self.varied]
        table["prior_high"] = [one.high for one in self.varied]
        table["narrowed"] = self.narrowed
        return table

    @property
    def narrowed(self) -> Numbers:
        """By which share the targets have narrowed the standard deviation of each prior, on its link scale:
        0 where they say nothing about it."""
        return np.asarray(1 - np.sqrt(np.diag(self.fitted.covariance)))

    @tabled
    def targets(self) -> pd.DataFrame:
        """One row for each target: what was `asked`, with its standard error `se`, and `got` with that of the
        simulation, `got_se`; by how many standard errors it is missed (`implausibility`), and a `verdict`:
        reached, strained (more than 2), or that it cannot be reached (more than 3)."""
        found, rows = self.fitted, []
        for k, target in enumerate(self.asked):
            miss = float(found.implausibility[k])
            verdict = IMPOSSIBLE if miss > MOST else STRAINED if miss > STRAIN else REACHED
            rows.append(
                {
                    "indicator": target.indicator,
                    "segment": target.segment,
                    "from": target.first,
                    "to": target.last,
                    "asked": target.value,
                    "se": float(found.errors[k]),
                    "got": float(found.seen.mean[k]),
                    "got_se": float(found.seen.noise[k]),
                    "implausibility": miss,
                    "verdict": verdict,
                }
            )
        table = pd.DataFrame(rows)
        return table if table["segment"].any() else table.drop(columns="segment")

    @keywords_checked
    def assumptions(self, prefix: str = "") -> dict[str, dict[str, Any]]:
        """The numbers as a register of assumptions; `phone.quality` is called `phone_quality`."""
        names = assumption_names(self.firm, self.varied)
        told = Parameters(
            tuple(f"{text('prefix', prefix)}{name}" for name in names),
            self.parameters.links,
            self.parameters.estimate,
            self.parameters.covariance,
        )
        return register(told, self.source)

    def model(self, base: Model | None = None, *, segment: str | None = None) -> Model:
        """The fitted model, with the estimates as assumptions: their doubt, correlations and source.

        With `base`, that model gets them instead. Studies draw them jointly. Raises `ModelError` where `base`
        does not have the paths, or does not accept the ends of an estimate, and `ValueError` as the models of
        other fits do.
        """
        if segment is not None:
            raise ValueError("a calibration is about paths, which name their segments; leave segment out")
        firm = self.firm if base is None else base
        check_units(firm, self.period)
        names = assumption_names(self.firm, self.varied)
        uses: dict[str, object] = {
            one.path: f"${name}" for one, name in zip(self.varied, names, strict=True) if not one.assumption
        }
        check_names(firm, [str(name)[1:] for name in uses.values()], uses)
        return firm.assign({f"assumptions.{name}": told for name, told in self.assumptions().items()} | uses)

    @property
    def best(self) -> Model:
        """The fitted model with the estimates as plain numbers (assumptions: as their best values)."""
        return self.firm.assign(_assigned(self.varied, self.fitted.at))

    @property
    def chi2(self) -> float:
        """The squared misses of all targets, in standard errors; see `freedom`."""
        return self.fitted.chi2

    @property
    def freedom(self) -> float:
        """What `chi2` is expected to be: the targets less the numbers that they determine."""
        return self.fitted.freedom

    def sentences(self) -> list[str]:
        """What was found, in words."""
        missed = [k for k, miss in enumerate(self.fitted.implausibility) if miss > MOST]
        name = repr(self.firm.name) if self.firm.name else "the model"
        how = f"in {figures.plural(self.fitted.rounds, 'round')}"
        many = f"{figures.plural(len(self.varied), 'number')} of {name}"
        total = figures.plural(len(self.asked), "target")
        chi2 = f"chi² is {self.chi2:.1f}, where about {self.freedom:.1f} is expected"
        if not missed and self.freedom < DETERMINED:
            as_many = "all are reached, as so many numbers nearly always can"
            found = [f"{many} fitted to {total} {how}: {as_many}."]
        elif not missed and self.chi2 > self.freedom + MOST * np.sqrt(2 * self.freedom):
            beyond = "none is out of reach, but together they are missed by more than chance explains"
            found = [f"{many} fitted to {total} {how}: {beyond} ({chi2})."]
        elif not missed:
            found = [f"{many} fitted to {total} {how}: nothing speaks against the model ({chi2})."]
        else:
            cannot = f"{len(missed)} of {total} cannot be reached ({chi2})"
            found = [f"{many} fitted {how}: {cannot}."]
            found += self._why(missed)
        return found + self._directions()

    def _said(self, k: int) -> str:
        """`churn of flex in month 3 of 2.40 % / month (got 2.10 %)`; the first year goes without saying."""
        target, period = self.asked[k], self.firm.period
        got = target.in_words(float(self.fitted.seen.mean[k]), period)
        asked = target.in_words(target.value, period)
        first_year = (1, first_year_of(self.firm))
        if (target.first, target.last) != first_year or target.segment:
            return f"{target.name(period, first_year)} of {asked} (got {got})"
        return f"{target.indicator} {asked} (got {got})"

    def _why(self, missed: list[int]) -> list[str]:
        """Why targets cannot be reached: nothing moves them, the ranges hold them back, or others pull them
        away. The worst come first; one that was named with another is not explained again."""
        found: list[str] = []
        told: set[int] = set()
        for k in sorted(missed, key=lambda k: -self.fitted.implausibility[k]):
            if k in told or len(found) == EXPLAINED:
                continue
            pulls, prior = self.fitted.pulls(k)
            away = np.delete(np.minimum(pulls, 0), k).sum() + min(prior, 0.0)
            others = [j for j in np.argsort(pulls).tolist() if j != k and pulls[j] < PULL * away][:2]
            told |= {k, *others}
            if self.fitted.reach(k) < MOVED:
                found.append(f"Within the ranges in vary hardly anything moves {self._said(k)}.")
            elif prior < 0.5 * away or not others:
                found.append(f"The ranges in vary hold back {self._said(k)}.")
            else:
                listed = figures.together([self._said(j) for j in sorted([k, *others])])
                found.append(f"This model cannot say {listed} together.")
        return found

    def _directions(self) -> list[str]:
        alone, groups = self.fitted.unknown()
        paths = [one.path for one in self.varied]
        found = []
        # What a miss has drawn away from its prior is not as it was believed, though it is as uncertain.
        if unmoved := [j for j in alone if abs(self.fitted.at[j]) < STRAYED]:
            listed = figures.together([paths[j] for j in unmoved])
            found.append(f"The targets say nothing about {listed}: what is known of it is the prior.")
        for group in groups:
            listed = figures.together([paths[j] for j in group])
            found.append(f"The targets know {listed} only together: one can make up for the other.")
        return found

    @keywords_checked
    def plot(self, what: str = "targets", *, ax: Axes | None = None) -> Axes:
        """A chart (with matplotlib): `targets`, by how many standard errors each is missed, or `numbers`, the
        prior (light) and the estimate (dark) of each, in standard deviations of the prior."""
        checked_names("chart", what, ["targets", "numbers"])
        if what == "numbers":
            z, spread = self.fitted.at, np.sqrt(np.diag(self.fitted.covariance))
            labels = [
                (one.path, figures.assumption(one.low, False), figures.assumption(one.high, False))
                for one in self.varied
            ]
            return calibration.numbers(labels, z, spread, ax)
        names = [target.name(self.firm.period) for target in self.asked]
        return calibration.misses(names, self.fitted.residual, (STRAIN, MOST), ax)

    def __repr__(self) -> str:
        return blocks(self.sentences(), text_table(self.targets()), text_table(self.table()), self.warnings)

    def _repr_html_(self) -> str:
        below = result_html(self.warnings, "") if self.warnings else ""
        return result_html(self.sentences(), html_table(self.targets())) + html_table(self.table()) + below


@keywords_checked
def fit(
    model: Model,
    targets: pd.DataFrame | list[dict[str, Any]],
    *,
    vary: Mapping[str, tuple[float | str, float | str]],
    scenario: str = BASELINE,
    seed: int = 1,
    replications: int = REPLICATIONS,
    rounds: int = ROUNDS,
    threads: int = 0,
) -> Calibration:
    """Finds the numbers of a model at which it says what the firm has observed, and how sure they are.

    A row of `targets` has an `indicator` and its `value`, and either its standard error `se` or, for shares
    and the NPS, the number of cases `n`; if need be also a `segment` (else the whole firm) and a `period`, or
    the periods `from` and `to` (else the first year). Indicators are those of goals (`churn`, `nps`,
    `satisfaction`, ...), sums such as `revenue`, `orders` and `lost`, and those of a touchpoint
    (`call.failure`), a journey (`support.started`) or a stage (`notice.customers`). Money is in currency
    units, rates are per period. Rows count as independent observations.

    `vary` gives, for each path, the 10 and 90 % quantiles of what you believe: a normal prior on the scale
    that suits the path (log of amounts, log-odds of shares, else plain). The targets may lead out of them;
    a warning then says so. `assumptions.name` is a path, too.

    Each round takes derivatives on common luck by central differences, with survival weights where customers
    are independent, and makes a damped Gauss-Newton step; it ends when a step is below a tenth of the
    standard error, or after `rounds`. Every point describes another firm, whose observed averages are
    anchored anew. The error of the simulation (`replications` of the model's agents) is added to that of each
    target. Other assumptions stand at their best values; `scenario` is the one that happened.

    Raises `ValueError` for targets and ranges that make no sense, and `ModelError` for what the model
    refuses.
    """
    core = core_of(model)
    checked_names("scenario", scenario, [BASELINE, *core.scenarios])
    asked = read_targets(targets, model)
    varied = read_varied(vary, model)
    seed, threads = checked_seed(seed), checked_threads(threads)
    allowed = f"a whole number from {LEAST_UNITS} to 1,000,000"
    replications = whole("replications", replications, LEAST_UNITS, 1_000_000, allowed)
    rounds = whole("rounds", rounds, 1, 100, "a whole number from 1 to 100")

    def simulated(z: Numbers) -> Counts:
        firm = anchored(model.assign(_assigned(varied, z)), threads)
        return counts(firm, scenario, seed, replications, threads)

    def forward(z: Numbers) -> Seen | None:
        try:
            found = Seen(*measured(asked, simulated(z)))
        except ModelError:
            return None
        return found if np.isfinite(found.units).all() else None

    with composite("Calibrating", 1 + rounds * (2 * len(varied) + 1)):
        start = simulated(np.zeros(len(varied)))
        seen = Seen(*measured(asked, start))
        _refuse_empty(asked, seen, start, model.period)
        values = np.array([target.value for target in asked])
        found = gauss_newton(forward, seen, len(varied), values, own_errors(asked, start), rounds=rounds)
    return _calibration(model, scenario, asked, varied, found, seed, replications)


def _assigned(varied: list[Varied], z: Numbers) -> dict[str, object]:
    """What makes a model stand at this point, in units of the priors."""
    return {
        path: value
        for one, x in zip(varied, z.tolist(), strict=True)
        for path, value in one.assigned(x).items()
    }


def _refuse_empty(asked: list[Target], seen: Seen, start: Counts, period: str) -> None:
    """Refuses targets that the model says nothing about."""
    for k, target in enumerate(asked):
        if np.isfinite(seen.mean[k]) and np.isfinite(seen.units[:, k]).all():
            continue
        why = NOTHING.get(target.word, "nobody is there to count")
        raise ValueError(f"targets: {target.name(period)} has no value in this model: {why}")


def _calibration(
    firm: Model,
    scenario: str,
    asked: list[Target],
    varied: list[Varied],
    fitted: Fitted,
    seed: int,
    replications: int,
) -> Calibration:
    spread = np.array([one.spread for one in varied])
    centre = np.array([one.centre for one in varied])
    parameters = Parameters(
        tuple(one.path for one in varied),
        tuple(one.link for one in varied),
        centre + spread * fitted.at,
        fitted.covariance * np.outer(spread, spread),
    )
    told = [repr(target) for target in asked]
    source = f"fitted to {figures.plural(len(asked), 'target')} {fingerprint([told])}"
    loglik = -0.5 * (fitted.chi2 + float(np.log(2 * np.pi * fitted.variance).sum()))
    found = Calibration(
        parameters,
        loglik,
        len(asked),
        firm.period,
        source,
        [],
        firm,
        scenario,
        asked,
        varied,
        fitted,
        seed,
        replications,
    )
    found.warnings.extend(_warnings(found))
    return found


def _warnings(found: Calibration) -> list[str]:
    fitted, period = found.fitted, found.firm.period
    warnings = []
    if not fitted.converged:
        warnings.append(
            f"Not settled after {figures.plural(fitted.rounds, 'round')}: allow more (rounds), or more "
            "replications, or give narrower ranges."
        )
    for one, value in zip(found.varied, found.values.values(), strict=True):
        if not one.low <= value <= one.high:
            ends = " to ".join(figures.assumption(x, False) for x in (one.low, one.high))
            led = figures.assumption(value, False)
            warnings.append(f"{one.path}: the targets lead to {led}, outside what was believed ({ends}).")
    shares = fitted.seen.noise / fitted.errors
    worst = int(np.argmax(shares))
    if (share := shares[worst]) > NOISY:
        wanted = int(np.ceil(found.replications * (share / NOISY) ** 2))
        warnings.append(
            f"The simulation knows {found.asked[worst].name(period)} hardly better than the firm: about "
            f"{wanted:,} replications would narrow the estimates."
        )
    try:
        _core.held(core_of(found.model()))
    except ModelError as error:
        warnings.append(
            f"model() cannot be run, because it does not accept all that the estimates may be ({error}); "
            "best has the estimates alone."
        )
    return warnings
