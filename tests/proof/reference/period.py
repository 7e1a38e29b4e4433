"""One period in the life of customers: stage money, journeys, orders, survey, advocacy, moves."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from .customers import GONE, Customers, Ints
from .definition import LOST, Model
from .journeys import changes_stage, say, tally, walk_journey
from .ledger import Page
from .parameters import Parameters


def live(
    model: Model, c: Customers, p: Parameters, bias: float, rng: np.random.Generator, page: Page, past: bool
) -> Ints:
    """Steps 4 to 9 for all customers, in place; returns the rows of referrers, once per converted referral.

    `bias` is the bias of the survey's answers, in points. Customers of a lived past refer nobody.
    """
    everybody = np.arange(len(c))
    memory = np.maximum(p.number(("experience", "memory"), everybody), 1e-9)
    for remembered in (c.failures, c.recoveries):
        remembered *= np.maximum(0.0, 1.0 - 1.0 / memory)
    c.moved[:] = False
    before = _kinds(model, c)
    _stage_money(model, c, p, page)
    done: dict[str, Ints] = {}
    for journey in model.journeys.values():
        if not journey.after_orders:
            walk_journey(model, journey, c, p, rng, page, done)
    if model.orders:
        done["orders"] = _orders(c, p, np.flatnonzero(_kinds(model, c) == "customer"), rng, page)
    for journey in model.journeys.values():
        if journey.after_orders:
            walk_journey(model, journey, c, p, rng, page, done)
    active = np.flatnonzero(_kinds(model, c) == "customer")
    _survey(model, c, p, active, bias, rng, page)
    referrers = np.zeros(0, dtype=np.int64)
    if model.referrals and not past:
        referrers = _advocacy(c, p, active, rng, page)
    _moves(model, c, p, rng, page)
    c.tenure += 1.0
    for i, stage in enumerate(model.stages):
        page.add(f"end.{stage}", np.flatnonzero(c.stage == i))
    after = _kinds(model, c)
    page.add("lost", np.flatnonzero((before == "customer") & (after != "customer")))
    for name, kind in (("won", "prospect"), ("won_back", "lapsed")):
        became = np.flatnonzero((before == kind) & (after == "customer"))
        page.add(name, became)
        page.add("joined", became)
    return referrers


def _kinds(model: Model, c: Customers) -> npt.NDArray[np.str_]:
    return np.array([*model.stages.values(), "gone"])[c.stage]  # GONE is the last one


def _stage_money(model: Model, c: Customers, p: Parameters, page: Page) -> None:
    for i, stage in enumerate(model.stages):
        here = np.flatnonzero(c.stage == i)
        page.add(f"stage.{stage}", here)
        page.money(
            here,
            p.number(("stages", stage, "fee"), here) * c.spend[here],
            p.number(("stages", stage, "margin"), here),
        )
        page.cost("service_cost", here, p.number(("stages", stage, "service_cost"), here))


def _orders(c: Customers, p: Parameters, active: Ints, rng: np.random.Generator, page: Page) -> Ints:
    rate = p.response(("orders", "rate"), c, active) * c.appetite[active]
    tally(page, ("orders", "rate"), active, rate, p.starts(("orders", "rate")))
    count = rng.poisson(rate)
    value, cv = p.number(("orders", "value"), active), p.number(("orders", "value_cv"), active)
    # the sum of n independent values with mean v and standard deviation cv v, as a gamma with these moments
    with np.errstate(divide="ignore", invalid="ignore"):
        shape = np.where(cv > 0.0, count / cv**2, 0.0)
    spent = np.where(cv > 0.0, rng.gamma(shape) * value * cv**2, count * value)
    page.add("orders", active, count)
    page.money(active, spent * c.spend[active], p.number(("orders", "margin"), active))
    orders = np.zeros(len(c), dtype=np.int64)
    orders[active] = count
    return orders


def _survey(model: Model, c: Customers, p: Parameters, active: Ints, bias: float, rng: np.random.Generator,
            page: Page) -> None:  # fmt: skip
    """True NPS counts everybody's answer, measured NPS the answers of those who respond; all of them talk."""
    chance = p.response(("survey", "response"), c, active)
    tally(page, ("survey", "response"), active, chance, p.starts(("survey", "response")))
    noise = p.number(("survey", "noise"), active) * rng.standard_normal(len(active))
    raw = c.satisfaction[active] + noise
    answer = np.rint(np.clip(raw + bias, 0.0, 10.0)).astype(np.int64)
    responds = rng.random(len(active)) < chance
    c.answer[active[responds]] = answer[responds]
    c.answered[active[responds]] = p.t
    for word, chosen in (("promoters", answer >= 9), ("detractors", answer <= 6)):
        page.add(f"true_{word}", active[chosen])
        page.add(f"measured_{word}", active[chosen & responds])
    say(model, p, page, "good_word", active[answer >= 9])
    say(model, p, page, "bad_word", active[answer <= 6])
    page.add("asked", active)
    page.add("answered", active[responds])
    asked = active[responds & (page.efforts[active] > 0)]
    points = page.effort[asked] / page.efforts[asked]
    points += p.number(("survey", "noise"), asked) * rng.standard_normal(len(asked))
    page.add("effort_answers", asked, np.rint(np.clip(points, 1.0, 7.0)))
    page.add("answered_effort", asked)
    if page.ledger is not None:
        page.ledger.answers.append((raw, chance * c.weight[active]))


def _advocacy(c: Customers, p: Parameters, active: Ints, rng: np.random.Generator, page: Page) -> Ints:
    rate = p.response(("referrals", "rate"), c, active)
    tally(page, ("referrals", "rate"), active, rate, p.starts(("referrals", "rate")))
    made = rng.poisson(rate)
    converted = rng.binomial(made, p.number(("referrals", "conversion"), active))
    page.add("referrals", active, made)
    page.add("converted", active, converted)
    page.cost("referral_cost", active, converted * p.number(("referrals", "reward"), active))
    return np.repeat(active, converted)


def live_early(model: Model, c: Customers, p: Parameters, rng: np.random.Generator) -> None:
    """A period of a skeleton: journeys that can change the stage, and moves; `p` is frozen."""
    page = Page(None, c, p.t)
    c.moved[:] = False
    done: dict[str, Ints] = {}
    wanted: set[str] = set()  # journeys that can change the stage, and what they come after
    for journey in reversed(model.journeys.values()):
        if journey.name in wanted or changes_stage(model, journey, p):
            wanted |= {journey.name, *journey.after}
    for turn in (False, True):
        if turn and "orders" in wanted:
            done["orders"] = _orders(c, p, np.flatnonzero(_kinds(model, c) == "customer"), rng, page)
        for journey in model.journeys.values():
            if journey.name in wanted and journey.after_orders == turn:
                walk_journey(model, journey, c, p, rng, page, done)
    _moves(model, c, p, rng, page)
    c.tenure += 1.0


def _moves(model: Model, c: Customers, p: Parameters, rng: np.random.Generator, page: Page) -> None:
    """Churn first, then in file order; each move is conditional on not having moved in this period."""
    held = c.stage.copy()  # customers who arrive in a stage now move on in the next period at the earliest
    for i, stage in enumerate(model.stages):
        for target in model.moves[stage]:
            path = ("stages", stage, "moves", target)
            here = np.flatnonzero((held == i) & ~c.moved)
            chance = p.response(path, c, here)
            tally(page, path, here, chance, p.starts(path))
            movers = here[rng.random(len(here)) < chance]
            c.stage[movers] = GONE if target == LOST else list(model.stages).index(target)
            c.moved[movers] = True
            page.add(f"moved.{stage}.{target}", movers)
