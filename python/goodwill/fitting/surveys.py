"""Answers about satisfaction: how noisy they are, and what satisfaction does to what customers do later.

An answer is the satisfaction at that time plus noise, rounded and held at the ends of the scale; satisfaction
is normal among those who answer. Several answers close in time are about one satisfaction, so what separates
them is noise. What customers do later depends on their satisfaction, not on their answer: maximum likelihood
of both together has no attenuation (Carroll, Ruppert, Stefanski and Crainiceanu 2006, chapter 8).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from goodwill.engine.world import Numbers
from goodwill.fitting.likelihood import Maximum, maximise
from goodwill.fitting.parameters import LOG, LOGIT, PLAIN, Parameters
from goodwill.fitting.scores import TOP, Scale, log_likelihoods

MIDDLE = 7.0
"""The satisfaction at which effects of a model are zero."""
NODES = np.linspace(-6, 6, 97)
WEIGHTS = np.exp(-0.5 * NODES**2) / np.exp(-0.5 * NODES**2).sum()
"""Satisfaction in standard deviations, and how likely: answers are steps, for which a fine grid is right."""


@dataclass(frozen=True, eq=False)
class Answers:
    """Groups of answers, each about one satisfaction, with what followed; equal ones are counted."""

    scale: Scale
    values: Numbers
    """The different answers, from 0 to 10."""
    members: npt.NDArray[np.int64]
    """Which of them a group gave: groups x answers; as many as there are values stands for none."""
    left: npt.NDArray[np.int64]
    """Whether its customer left later: 1, 0, or -1 where that is not known."""
    count: Numbers
    """Customers with such a group."""

    @property
    def groups(self) -> int:
        return int(self.count.sum())

    @property
    def repeated(self) -> int:
        """Groups of more than one answer."""
        return int(self.count[self.size > 1].sum())

    @property
    def size(self) -> npt.NDArray[np.int64]:
        """Answers of each group."""
        return np.asarray((self.members < len(self.values)).sum(axis=1))


FINE = 0.05
"""Step to which answers without steps are rounded: their likelihood in steps is their density times it."""


def answers(scale: Scale, ten: Numbers, group: npt.NDArray[np.int64], left: npt.NDArray[np.int64]) -> Answers:
    """Answers from 0 to 10 in the order of their groups; `left` is of each group. Equal groups are
    one row."""
    scale, values, members = _members(scale, ten, group)
    rows, count = np.unique(np.column_stack([members, left]), axis=0, return_counts=True)
    return Answers(scale, values, rows[:, :-1], rows[:, -1], count.astype(float))


def each(scale: Scale, ten: Numbers, group: npt.NDArray[np.int64]) -> Answers:
    """The same with a row for each group, in their order, and without what followed."""
    scale, values, members = _members(scale, ten, group)
    return Answers(scale, values, members, np.full(len(members), -1), np.ones(len(members)))


def _members(
    scale: Scale, ten: Numbers, group: npt.NDArray[np.int64]
) -> tuple[Scale, Numbers, npt.NDArray[np.int64]]:
    if not scale.step:
        scale, ten = Scale(0, TOP, FINE), np.round(ten / FINE) * FINE
    values, of = np.unique(ten, return_inverse=True)
    sizes = np.bincount(group)
    place = np.arange(len(group)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    members = np.full((len(sizes), int(sizes.max())), len(values), np.int64)
    members[group, place] = of
    return scale, values, np.sort(members, axis=1)


def _log_given(data: Answers, mean: float, sd: float, noise: float) -> Numbers:
    """Log-likelihood of the answers of each group at each satisfaction of the grid, its own weight
    included."""
    s = mean + sd * NODES
    of_answer = log_likelihoods(data.scale, data.values[:, None], s[None, :], noise)
    padded = np.vstack([np.maximum(of_answer, -700), np.zeros(len(NODES))])
    return np.asarray(sum(padded[column] for column in data.members.T) + np.log(WEIGHTS))


def _sum(log_parts: Numbers) -> Numbers:
    top = log_parts.max(axis=1, keepdims=True)
    return np.asarray(top[:, 0] + np.log(np.exp(log_parts - top).sum(axis=1)))


def leaves_within(level: float, effect: float, satisfaction: Numbers, periods: float) -> Numbers:
    """Probability of leaving within so many periods, of which each has the log-odds of `level` at a
    satisfaction of 7 and `effect` more for each point."""
    odds = np.log(level / (1 - level)) + effect * (satisfaction - MIDDLE)
    return np.asarray(-np.expm1(-periods * np.logaddexp(0, odds)))


def fit(data: Answers, noise: float | None, periods: float | None) -> Maximum:
    """Mean and sd of satisfaction, `noise` (unless it is given), and with `periods` the level of churn at a
    satisfaction of 7 and the effect of a point on its log-odds in a period. Raises `ValueError` if no maximum
    is found."""
    with_noise, with_churn = noise is None, periods is not None
    names = ["mean", "sd"] + ["noise"] * with_noise + ["level", "effect"] * with_churn
    links = [PLAIN, LOG] + [LOG] * with_noise + [LOGIT, PLAIN] * with_churn
    left, known = data.left[:, None], data.left[:, None] >= 0

    def loglik(p: Numbers) -> float:
        of_noise = float(p[2]) if noise is None else noise
        parts = _log_given(data, p[0], p[1], of_noise)
        if periods is not None:
            leaves = leaves_within(p[-2], p[-1], p[0] + p[1] * NODES, periods)[None, :]
            with np.errstate(divide="ignore"):
                parts = parts + np.where(known, np.log(np.where(left == 1, leaves, 1 - leaves)), 0.0)
        return float(data.count @ _sum(parts))

    said = np.append(data.values, 0)[data.members]
    weight = (data.members < len(data.values)) * data.count[:, None]
    mean = float((weight * said).sum() / weight.sum())
    spread = float((weight * (said - mean) ** 2).sum() / weight.sum())
    start = [mean, max(spread / 2, 0.05) ** 0.5] + [max(spread / 3, 0.05) ** 0.5] * with_noise
    if periods is not None:
        share = (data.count @ (data.left == 1) + 0.5) / (data.count @ (data.left >= 0) + 1)
        start += [float(1 - (1 - share) ** (1 / periods)), -0.1]
    return maximise(loglik, start, names, links, data.groups)


def naive_effect(satisfied: Numbers, left: Numbers, periods: float) -> tuple[float, float]:
    """The effect of a point of the *answer* and its standard error, as if answers were satisfaction."""
    n = len(left)

    def loglik(p: Numbers) -> float:
        leaves = leaves_within(p[0], p[1], satisfied, periods)
        with np.errstate(divide="ignore", invalid="ignore"):
            return float(np.where(left > 0, np.log(leaves), np.log1p(-leaves)).sum())

    level = 1 - (1 - (left.sum() + 0.5) / (n + 1)) ** (1 / periods)
    found = maximise(loglik, [float(level), -0.1], ["level", "effect"], [LOGIT, PLAIN], n).parameters
    return found.values["effect"], float(found.errors[1])


def spending_effect(
    data: Answers, spent: Numbers, p: Parameters, noise: float | None
) -> tuple[float, float, float]:
    """The effect of a point of satisfaction on the logarithm of mean spending, its variance, and the mean at
    a satisfaction of 7.

    Quasi-likelihood with a log link (Gourieroux, Monfort and Trognon 1984), in which the satisfaction behind
    the answers is integrated out; the variance is robust, and holds that of mean, sd and noise. `spent` is of
    each row of `data`.
    """
    here = [p.names.index(name) for name in ("mean", "sd", "noise") if name in p.names]
    at, covariance = p.estimate[here], p.covariance[np.ix_(here, here)]

    def solved(y: Numbers) -> tuple[float, float, float]:
        mean, sd = y[0], float(np.exp(y[1]))
        parts = _log_given(data, mean, sd, float(np.exp(y[2])) if noise is None else noise)
        posterior = np.exp(parts - _sum(parts)[:, None])
        return _slope(posterior, (mean + sd * NODES - MIDDLE)[None, :], spent)

    effect, variance, middle = solved(at)
    step = 1e-3
    slopes = np.array([(solved(at + d)[0] - solved(at - d)[0]) / (2 * step) for d in step * np.eye(len(at))])
    return effect, variance + float(slopes @ covariance @ slopes), middle


def spending_on_answers(answer: Numbers, spent: Numbers) -> tuple[float, float]:
    """The effect of a point of the *answer*, and its standard error, as if answers were satisfaction."""
    effect, variance, _ = _slope(np.ones((len(spent), 1)), (answer - MIDDLE)[:, None], spent)
    return effect, variance**0.5


def _slope(posterior: Numbers, x: Numbers, spent: Numbers) -> tuple[float, float, float]:
    """Newton's steps for the log-mean c + log E exp(g x): g, its robust variance, and exp(c)."""
    c, g = float(np.log(spent.mean())), 0.0
    for _ in range(100):
        tilted = posterior * np.exp(g * x)
        factor = tilted.sum(axis=1)
        middle = (tilted * x).sum(axis=1) / factor
        mu = np.exp(c) * factor
        score = np.array([(spent - mu).sum(), ((spent - mu) * middle).sum()])
        design = np.column_stack([np.ones_like(middle), middle])
        information = (design * mu[:, None]).T @ design
        step = np.linalg.solve(information, score)
        step *= min(1.0, 1.0 / max(np.abs(step).max(), 1e-12))
        c, g = c + step[0], g + step[1]
        if np.abs(step).max() < 1e-10:
            break
    each = design * (spent - mu)[:, None]
    bread = np.linalg.inv(information)
    return float(g), float((bread @ (each.T @ each) @ bread)[1, 1]), float(np.exp(c))
