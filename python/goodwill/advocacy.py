"""What promoters, passives and detractors are worth, with whom they bring, and what it is worth to make one
the other: `goodwill.advocacy`."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from goodwill.analysis.bands import ShownWithBands, amount_of, cell_of, without_bands
from goodwill.engine.anchoring import anchored
from goodwill.engine.model import Model, core_of
from goodwill.engine.plain import Plain
from goodwill.engine.size import BATCHES, checked_size
from goodwill.engine.terms import Terms, as_dict, checked_terms
from goodwill.engine.world import ROOTS, STANDINGS, Numbers
from goodwill.results.lineages import (
    CUSTOMERS,
    PEOPLE,
    VALUE,
    equity,
    lineages,
    standing_customers,
    states,
)
from goodwill.results.lives import Lives, live, ratio_units
from goodwill.results.provenance import provenance
from goodwill.text import figures
from goodwill.text.arguments import checked_names, checked_threads, keywords_checked
from goodwill.text.display import tabled
from goodwill.text.vocabulary import BASELINE, SEGMENT

PROMOTER, PASSIVE, DETRACTOR = range(len(STANDINGS))
MOVES = ((DETRACTOR, PASSIVE), (PASSIVE, PROMOTER), (DETRACTOR, PROMOTER))
STANDING = "standing"


@dataclass(frozen=True, eq=False)
class Making(Plain):
    """A world in which those of one standing begin with the state of another."""

    start: int
    end: int
    lives: Lives | None
    """None: nobody has one of the two standings."""


@dataclass(frozen=True, eq=False, repr=False)
class Advocacy(ShownWithBands):
    """The results of `goodwill.advocacy`: real customers and currency units, after the tax of its terms."""

    asked: Terms
    makings: list[Making]

    def _units(self, standings: list[int], members: list[int]) -> Numbers:
        """Draws x batches x generation x (people, customers, value), of the lines of these standings and
        segments of the root."""
        return np.asarray(self.lives.units[:, :, members][:, :, :, standings].sum(axis=(2, 3)))

    def _row(self, standing: int, members: list[int]) -> dict[str, Any]:
        units = self._units([standing], members)
        roots = units[..., 0, CUSTOMERS]
        customers = float(roots.mean())
        row: dict[str, Any] = {STANDING: STANDINGS[standing], "customers": customers}
        everybody = self._units([PROMOTER, PASSIVE, DETRACTOR], members)[..., 0, CUSTOMERS].mean()
        row["share"] = customers / everybody if everybody else math.nan
        of_own, of_direct = units[..., 0, VALUE], units[..., 1, VALUE]
        of_all = units[..., VALUE].sum(axis=-1)
        measures = {"clv": of_own, "direct": of_direct, "referral_value": of_all - of_own, "worth": of_all}
        for name, values in measures.items():
            each = ratio_units(values, roots) if customers else np.full_like(values, np.nan)
            if name == "worth":
                row |= self._bands(name, each)
            else:
                row[name] = float(each.mean())
        return row

    def _bands(self, name: str, units: Numbers) -> dict[str, float]:
        if np.isfinite(units).all():
            return self.lives.bands(name, units)
        return {name if not end else f"{name}_{end}": math.nan for end in ("", "low", "high", "p10", "p90")}

    @keywords_checked
    @tabled
    def table(self, by: str = STANDING) -> pd.DataFrame:
        """What a customer is worth by how they stand to the firm at the start; `by` is `standing` (the whole
        firm) or `segment`.

        Promoters are those who would answer 9 or 10 at the start, asked or not, detractors those who would
        answer 6 or less. Money is in currency units per customer, over whole lives, as of t = 0. `clv` is
        what they bring themselves, `direct` what those bring whom they refer, and `referral_value` (customer
        referral value, Kumar, Petersen and Leone 2007) what all bring who descend from them by referrals;
        `worth` is clv + referral_value. `_low` to `_high` is the interval of the mean, `_p10` to `_p90` 80 %
        of the draws of the assumptions (NaN where nothing is uncertain). Raises `ValueError` for an unknown
        `by`.
        """
        checked_names("key", by, (STANDING, SEGMENT), "advocacy can be broken down by")
        segments = self._world.segments
        if by == STANDING:
            everybody = list(range(len(segments)))
            return pd.DataFrame([self._row(k, everybody) for k in range(len(STANDINGS))])
        rows = [
            {SEGMENT: name, **self._row(k, [s])}
            for s, name in enumerate(segments)
            for k in range(len(STANDINGS))
        ]
        return pd.DataFrame(rows)

    @tabled
    def generations(self) -> pd.DataFrame:
        """Whom customers bring: by the standing of the first of each line (`acquired`: who joined by
        themselves later) and generation (0: themselves), until a generation in which nobody is.

        `people` and, among them, `customers` (those who ever became one) are real ones; `per_customer` is
        people for each customer who began a line, and `value` (currency units) what they are worth at t = 0,
        for each of those, too. Referrals end with the horizon. The last generation holds all later ones.
        """
        mean = self.lives.units.mean(axis=(0, 1)).sum(axis=0)
        rows = []
        for root, name in enumerate(ROOTS):
            of_root = mean[root]
            began = of_root[0, CUSTOMERS] if of_root[0, CUSTOMERS] else of_root[0, PEOPLE]
            for generation, of_generation in enumerate(of_root):
                if not of_generation[PEOPLE]:
                    break
                rows.append(
                    {
                        STANDING: name,
                        "generation": generation,
                        "people": of_generation[PEOPLE],
                        "customers": of_generation[CUSTOMERS],
                        "per_customer": of_generation[PEOPLE] / began,
                        "value": of_generation[VALUE] / began,
                    }
                )
        columns = [STANDING, "generation", "people", "customers", "per_customer", "value"]
        return pd.DataFrame(rows, columns=columns)

    @tabled
    def making(self) -> pd.DataFrame:
        """What it is worth to make customers of one standing those of another, once, at the start.

        Money is in currency units per customer. `naive` is the difference between the two groups as they are
        (`worth` in `table`): most of it may be who they are. `made` is what the firm gains, simulated: those
        of `start` begin with the mean satisfaction, expectation and trust of `end` in their segment, and keep
        their traits, their stage, how long they have been here and what they remember; the others are the
        same, with the same luck. It is the sum of `own`, what they bring themselves, `referral_value`, what
        those bring who descend from them, and `others` (0 where customers do not influence one another).
        `ratio` is made / naive, NaN unless the interval of the latter lies above 0. Bands as in `table`.
        """
        rows = []
        everybody = list(range(len(self._world.segments)))
        for making in self.makings:
            row: dict[str, Any] = {"start": STANDINGS[making.start], "end": STANDINGS[making.end]}
            roots = self._units([making.start], everybody)[..., 0, CUSTOMERS]
            row["customers"] = float(roots.mean())
            row |= self._bands("naive", self._naive(making))
            gain = self._gain(making)
            row |= self._bands("made", gain["made"])
            row |= {name: float(gain[name].mean()) for name in ("own", "referral_value", "others")}
            row["ratio"] = row["made"] / row["naive"] if row["naive_low"] > 0 else math.nan
            rows.append(row)
        return pd.DataFrame(rows)

    def _naive(self, making: Making) -> Numbers:
        """Draws x batches: the difference between two groups as they are."""
        everybody = list(range(len(self._world.segments)))
        each = []
        for standing in (making.start, making.end):
            units = self._units([standing], everybody)
            roots = units[..., 0, CUSTOMERS]
            values = units[..., VALUE].sum(axis=-1)
            each.append(ratio_units(values, roots) if roots.any() else np.full_like(values, np.nan))
        return np.asarray(each[1] - each[0])

    def _gain(self, making: Making) -> dict[str, Numbers]:
        """Draws x batches: what the firm gains for each customer made, and its parts."""
        roots = self.lives.units[:, :, :, making.start, 0, CUSTOMERS].sum(axis=2)
        if making.lives is None:
            nothing = np.full_like(roots, np.nan)
            return dict.fromkeys(("made", "own", "referral_value", "others"), nothing)
        gain = making.lives.units - self.lives.units
        of_made = gain[:, :, :, making.start, :, VALUE].sum(axis=2)
        own, referred = of_made[..., 0], of_made[..., 1:].sum(axis=-1)
        made = equity(gain)
        parts = {"made": made, "own": own, "referral_value": referred, "others": made - own - referred}
        return {name: ratio_units(values, roots) for name, values in parts.items()}

    @property
    def provenance(self) -> dict[str, Any]:
        """What this result came from."""
        found = provenance(self.anchored, self.lives.ran, self.seed, self._world.replications, self.scenario)
        terms = self.asked.for_model(self.anchored.core)
        return {"scenario": self.scenario, **found, **as_dict(terms)}

    def sentences(self) -> list[str]:
        """What was found, in words."""
        return [text for text in (self._worths(), self._made(), self._dependent()) if text]

    def _worths(self) -> str:
        table = self.table()
        found = [row for _, row in table.iterrows() if row["customers"]]
        if not found:
            return "The firm has no customers today."
        bring = "With whom they bring, " if (table["referral_value"] > 0).any() else ""
        worths = [
            f"a {row[STANDING]} {'' if k else 'is worth '}{self._amount(row, 'worth')}"
            for k, row in enumerate(found)
        ]
        text = bring + ", ".join(worths)
        return f"{text[0].upper()}{text[1:]} (scenario {self.scenario!r})."

    def _made(self) -> str:
        making, row = self.makings[-1], self.making().iloc[-1]
        if math.isnan(row["made"]) or math.isnan(row["naive"]):
            return ""
        text = f"To make one of today's detractors a promoter is worth {self._amount(row, 'made')}"
        naive = figures.amount(abs(row["naive"]), self.model.currency)
        if row["made"] == 0 and row["naive"] > 0:
            return (
                f"To make one of today's detractors a promoter is worth nothing: the {naive} that promoters "
                "are worth more are who they are, and do not come with a better experience."
            )
        if row["naive_high"] < 0:
            return f"{text}; today's promoters are worth {naive} less, because of who they are."
        if math.isnan(row["ratio"]):
            return f"{text}; the two groups as they are cannot be told apart by what they are worth."
        rest = self._bands("rest", self._naive(making) - self._gain(making)["made"])
        if rest["rest_low"] > 0:
            return (
                f"{text}, {figures.percent(row['ratio'])} of the {naive} that promoters are worth more. The "
                "rest is who they are, and does not come with a better experience."
            )
        more = "more than" if rest["rest_high"] < 0 else "about"
        return f"{text}, {more} the {naive} that promoters are worth more as they are."

    def _amount(self, row: pd.Series[Any], name: str) -> str:
        return amount_of(row, name, self.model.currency)

    def _dependent(self) -> str:
        if not self._shared:
            return ""
        return (
            f"Customers share {self._shared}: what is made of some reaches others, which `others` holds, and "
            "the value is that of making all of them at once."
        )

    def _shown(self) -> list[pd.DataFrame]:
        found = []
        for table, names in ((self.table(), ["worth"]), (self.making(), ["naive", "made"])):
            size = figures.common_size(table[names].to_numpy(float).ravel().tolist())
            texts = {name: [cell_of(row, name, size) for _, row in table.iterrows()] for name in names}
            found.append(without_bands(table).assign(**texts))
        return found


@keywords_checked
def advocacy(
    model: Model,
    *,
    terms: Terms | None = None,
    scenario: str = BASELINE,
    seed: int = 1,
    replications: int | None = None,
    draws: int | None = None,
    batches: int = BATCHES,
    threads: int = 0,
    level: float = 0.95,
) -> Advocacy:
    """What promoters, passives and detractors are worth, with all whom they bring, and what it is worth to
    make one the other.

    The scenario is simulated over customers' whole lives, and once more for each step (detractor to passive,
    passive to promoter, detractor to promoter), in which those of the first begin with the mean satisfaction,
    expectation and trust of the second; everybody has the same luck. The arguments are as in `clv`. Raises
    `ModelError` if the model cannot be run, `ValueError` for an unknown scenario.
    """
    core = core_of(model)
    checked_names("scenario", scenario, [BASELINE, *core.scenarios])
    asked = checked_terms(terms)
    used = asked.for_model(core)
    used.periods_within(core.horizon, core.periods_per_year)  # a horizon too long is refused at once
    threads = checked_threads(threads)
    size = checked_size(
        core,
        scenario,
        seed,
        replications,
        draws,
        batches=batches,
        precision=None,
        most_replications=2_000,
        level=level,
    )
    firm = anchored(model, threads)

    def lived(title: str, **options: Any) -> Lives:
        return live(
            firm,
            scenario,
            size,
            threads,
            lineages,
            title=title,
            key=equity,
            values=True,
            run_off=True,
            terms=used,
            **options,
        )

    lives = lived("Values")
    run_off = int(lives.world.whole_lives.run_off.shape[2])
    makings = []
    there = standing_customers(lives.world) > 0
    for start, end in MOVES:
        made = None
        if there[start] and there[end]:
            making = start, states(lives.world, end)
            title = f"{STANDINGS[start]} to {STANDINGS[end]}".capitalize()
            made = lived(title, making=making, run_off_periods=run_off)
        makings.append(Making(start, end, made))
    return Advocacy(firm, scenario, lives, asked, makings)
