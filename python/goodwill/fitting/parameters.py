"""Estimates with their joint uncertainty, on the scales on which they are nearly normal."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from goodwill.engine.plain import Plain
from goodwill.engine.world import Numbers

LINKS = PLAIN, LOG, LOGIT = ("plain", "log", "logit")


def to_link(link: str, value: Any) -> Any:
    """The value on its link scale."""
    if link == LOG:
        return np.log(value)
    return np.log(value) - np.log1p(-np.asarray(value, dtype=float)) if link == LOGIT else value


def from_link(link: str, y: Any) -> Any:
    """The value that stands at `y` on the link scale."""
    if link == LOG:
        return np.exp(y)
    return 1 / (1 + np.exp(-np.asarray(y, dtype=float))) if link == LOGIT else y


def slope(link: str, value: Any) -> Any:
    """The derivative of the value by its link scale."""
    if link == LOG:
        return value
    return value * (1 - value) if link == LOGIT else np.ones_like(value)


@dataclass(frozen=True, eq=False)
class Parameters(Plain):
    """Named estimates, normal together on their link scales: `plain`, `log` (positive), `logit` (shares)."""

    names: tuple[str, ...]
    links: tuple[str, ...]
    estimate: Numbers
    """On the link scales."""
    covariance: Numbers
    """Of the estimates on the link scales; infinite where the data say nothing."""

    @property
    def values(self) -> dict[str, float]:
        """The estimates on their natural scales."""
        return {
            name: float(from_link(link, y))
            for name, link, y in zip(self.names, self.links, self.estimate, strict=True)
        }

    @property
    def errors(self) -> Numbers:
        """Standard errors on the link scales."""
        return np.sqrt(np.diag(self.covariance))

    @property
    def correlation(self) -> Numbers:
        """Of the estimates on the link scales; 0 with an estimate that is known exactly."""
        error = self.errors
        scale = np.outer(error, error)
        known = np.isfinite(scale) & (scale > 0)
        found = np.divide(self.covariance, scale, out=np.zeros_like(scale), where=known)
        np.fill_diagonal(found, 1.0)
        return np.asarray(np.clip(found, -1, 1))

    def quantiles(self, normal_score: float) -> Numbers:
        """Each estimate's quantile on its natural scale: at -1.2816 the 10 % quantile."""
        y = self.estimate + normal_score * self.errors
        return np.array([from_link(link, value) for link, value in zip(self.links, y, strict=True)])

    def draws(self, n: int, seed: int) -> Numbers:
        """n x parameters: joint draws on the natural scales."""
        error = self.errors
        values, vectors = np.linalg.eigh(self.correlation)
        root = vectors * np.sqrt(np.maximum(values, 0))
        normal = np.random.default_rng(seed).standard_normal((n, len(self.names)))
        y = self.estimate + (normal @ root.T) * error
        return np.column_stack([from_link(link, y[:, k]) for k, link in enumerate(self.links)])

    def named(self, prefix: str) -> Parameters:
        """The same estimates under longer names."""
        return Parameters(
            tuple(f"{prefix}{name}" for name in self.names), self.links, self.estimate, self.covariance
        )


def joined(parts: list[Parameters]) -> Parameters:
    """Estimates from different data, which are independent of each other."""
    sizes = [len(part.names) for part in parts]
    covariance = np.zeros((sum(sizes), sum(sizes)))
    at = 0
    for part, size in zip(parts, sizes, strict=True):
        covariance[at : at + size, at : at + size] = part.covariance
        at += size
    return Parameters(
        tuple(name for part in parts for name in part.names),
        tuple(link for part in parts for link in part.links),
        np.concatenate([part.estimate for part in parts]) if parts else np.zeros(0),
        covariance,
    )
