"""From YAML to a model. Scalars are read as text, mappings keep their order, duplicate keys are refused."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path as FilePath
from typing import Any

import yaml

from .changes import PARTS, TOUCHPOINT, figure
from .definition import (
    CHANNELS,
    DONE,
    LOST,
    OUTCOMES,
    SEGMENTS,
    TEAMS,
    Journey,
    Market,
    Model,
    Path,
    Segment,
    Touchpoint,
    Treatment,
    Values,
)
from .kinds import Blocks, Degrees, Edges, Kind, Layer, Random, ScaleFree, SmallWorld
from .parts import Tree, branch, response, take, who
from .units import Units

IGNORED = {"goodwill", "name", "about", "currency", "finance", "compare", "goals", "assumptions"}
EXPERIENCE = {
    "learning": 0.3, "adaptation": 0.1, "contrast": 0.3, "loss_aversion": 2.0, "forgiveness": 0.3,
    "gain": 0.03, "recovered_gain": 0.015, "loss": 0.3,
}  # fmt: skip
TEAM = {"cost": 0.0, "strain": 0.0}
AGENTS = {"agents": 0.0, "handling": 6.0, "patience": 3.0, "hours": 10.0, "shrinkage": 0.0}
NEWCOMER = {"expects": (7.0, 0.7), "satisfaction": (7.0, 1.0), "trust": (0.6, 0.1)}


class _Loader(yaml.BaseLoader):
    """YAML with every scalar as text."""

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Any, Any]:
        keys = [key.value for key, _ in node.value]
        if len(keys) != len(set(keys)):
            raise ValueError(f"a key stands twice among {keys}")
        return super().construct_mapping(node, deep=True)


def _load(path: FilePath) -> Tree:
    tree: Tree = yaml.load(path.read_text(encoding="utf-8"), Loader=_Loader)
    if "model" in tree:  # a what-if file adds to its model
        return _merge(_load(path.parent / tree.pop("model")), tree)
    return tree


def _merge(base: Tree, more: Tree) -> Tree:
    both = dict(base)
    for key, value in more.items():
        nested = isinstance(value, dict) and isinstance(both.get(key), dict)
        both[key] = _merge(both[key], value) if nested else value
    return both


def _text(tree: Any) -> Any:
    """A tree with text leaves, from one with Python numbers."""
    if isinstance(tree, Mapping):
        return {str(key): _text(value) for key, value in tree.items()}
    return [_text(item) for item in tree] if isinstance(tree, list | tuple) else str(tree)


def _at_best(tree: Any, best: Mapping[str, str]) -> Any:
    """A tree in which `$name` is the best value of that assumption."""
    if isinstance(tree, dict):
        return {key: _at_best(value, best) for key, value in tree.items()}
    if isinstance(tree, list):
        return [_at_best(item, best) for item in tree]
    return best[tree[1:]] if tree.startswith("$") else tree


class Reader:
    """Collects the values of a model, block by block."""

    def __init__(self, tree: Tree) -> None:
        self.tree = tree
        self.values: Values = {}
        self.units = Units(tree.get("period", "month"))
        self.kinds = {name: stage.get("kind", "customer") for name, stage in tree["stages"].items()}
        self.customer_stages = tuple(name for name, kind in self.kinds.items() if kind == "customer")

    def numbers(self, path: Path, block: Tree, defaults: Mapping[str, float], fill: bool = True) -> None:
        """Fields with one number each; without `fill` only those that are given."""
        for name, default in defaults.items():
            if name in block or fill:
                given = name in block
                self.values[(*path, name)] = (
                    figure(self.units, (*path, name), block[name]) if given else default
                )

    def segment(self, name: str, block: Tree) -> Segment:
        """One segment; its changes are resolved later."""
        path = (SEGMENTS, name)
        take(
            block,
            {
                "about",
                "count",
                "tenure",
                "stage",
                "arrivals",
                "acquisition_cost",
                "changes",
                "values",
                "spend",
                *NEWCOMER,
            },
            name,
        )
        first = block.get("stage", self.customer_stages[0])
        arrivals = block.get("arrivals", "0")
        arrivals = arrivals if isinstance(arrivals, dict) else {"count": arrivals}
        self.numbers(
            path, block | {"arrivals": arrivals["count"]}, {"arrivals": 0.0, "acquisition_cost": 0.0}
        )
        for field, (mean, sd) in NEWCOMER.items():
            given = block.get(field, {})
            given = given if isinstance(given, dict) else {"mean": given}
            self.values[(*path, field)] = self.units.plain(given.get("mean", str(mean)))
            take(given, {"mean", "sd", "good_word"}, f"{name}.{field}")
            self.values[(*path, field, "sd")] = self.units.plain(given.get("sd", str(sd)))
            self.values[(*path, field, "good_word")] = self.units.plain(given.get("good_word", "0"))
        spend = take(block.get("spend", {}), {"cv"}, f"{name}.spend")
        self.values[(*path, "spend")] = self.units.plain(spend.get("cv", "0"))
        values = take(block.get("values", {}), set(PARTS), f"{name}.values")
        self.numbers((*path, "values"), values, dict.fromkeys(PARTS, 1.0))
        tenure = block.get("tenure")
        if tenure is None:
            law = ("stationary", 0.0)
        elif isinstance(tenure, dict):
            law = ("exactly", self.units.duration(take(tenure, {"exactly"}, name)["exactly"]))
        else:
            law = ("mean", self.units.duration(tenure))
        if law == ("mean", 0.0):
            law = ("exactly", 0.0)
        count = round(self.units.plain(block.get("count", "0")))
        return Segment(name, count, law, first, arrivals.get("stage", first))

    def stage(self, name: str, block: Tree) -> tuple[str, ...]:
        """One stage; its moves' targets in order of trial: churn, then as in the file, `otherwise` last."""
        path = ("stages", name)
        take(block, {"about", "kind", "fee", "service_cost", "margin", "churn", "moves"}, name)
        self.numbers(path, block, {"fee": 0.0, "service_cost": 0.0, "margin": 1.0})
        moves = ({LOST: block["churn"]} if "churn" in block else {}) | block.get("moves", {})
        for target, text in moves.items():
            chance = "100 %" if text == "otherwise" else text
            self.values[(*path, "moves", target)] = response(self.units, chance, "odds")
        return tuple(sorted(moves, key=lambda target: moves[target] == "otherwise"))

    def journey(self, name: str, block: Tree) -> Journey:
        """One journey."""
        path: Path = ("journeys", name)
        take(block, {"about", "stages", "starts", "after", "first", "touchpoints"}, name)
        self.values[(*path, "starts")] = response(self.units, block.get("starts", "0 %"), "either")
        after = block.get("after", {})
        for source, share in after.items():
            self.values[(*path, "after", source)] = self.units.plain(share)
        journeys = self.tree["journeys"]
        turn, sources = False, set(after)
        while sources:  # what it comes after, directly or through others
            turn |= "orders" in sources
            sources = {each for source in sources - {"orders"} for each in journeys[source].get("after", {})}
        points = block["touchpoints"]
        self.values[(*path, "first")] = branch(self.units, block.get("first", next(iter(points))))
        stages = block.get("stages", self.customer_stages)
        stages = (stages,) if isinstance(stages, str) else tuple(stages)
        touchpoints = tuple(self.touchpoint(path, point, points[point]) for point in points)
        return Journey(name, path, stages, touchpoints, tuple(after), turn)

    def contact(self, path: Path, block: Tree, fill: bool) -> None:
        """The numbers of a touchpoint or a channel; its quality may be in scores."""
        scores = block.get("quality")
        if not isinstance(scores, dict):
            return self.numbers(path, block, TOUCHPOINT, fill)
        self.numbers((*path, "quality"), take(scores, set(PARTS), "quality"), dict.fromkeys(PARTS, 0.0))
        others = {name: default for name, default in TOUCHPOINT.items() if name != "quality"}
        return self.numbers(path, block, others, fill)

    def touchpoint(self, journey: Path, name: str, block: Tree) -> Touchpoint:
        """One touchpoint: what its channel gives is filled in after the channel's changes."""
        path = (*journey, "touchpoints", name)
        take(block, {"about", "channel", "team", "who", "next", *TOUCHPOINT}, name)
        channel = block.get("channel", "")
        self.contact(path, block, fill=not channel)
        text = block.get("next", DONE)
        if isinstance(text, dict) and set(text) <= set(OUTCOMES):
            for outcome in text:
                self.values[(*path, "next", outcome)] = branch(self.units, text[outcome])
            onward = {outcome: (*path, "next", outcome) for outcome in text}
            if "ok" in onward:
                onward.setdefault("recovered", onward["ok"])
        else:
            self.values[(*path, "next")] = branch(self.units, text)
            onward = dict.fromkeys(OUTCOMES, (*path, "next"))
        of_channel = self.tree.get(CHANNELS, {}).get(channel, {})
        known = block.get("who") or of_channel.get("who") or {}
        team = block.get("team") or of_channel.get("team", "")
        return Touchpoint(name, path, channel, team, who(self.units, known), onward)

    def team(self, name: str, block: Tree) -> str:
        """One team, with the figures of its kind."""
        kind = {"capacity": 0.0} if "capacity" in block else AGENTS
        take(block, {"about", *kind, *TEAM}, name)
        self.numbers((TEAMS, name), block, kind | TEAM)
        return name

    def word_of_mouth(self, block: Tree) -> dict[str, dict[str, float]]:
        """Messages a period; returns who hears whom."""
        take(block, {"positive", "negative", "mixing", "network"}, "word_of_mouth")
        if {"mixing", "network"} <= set(block):
            raise ValueError("word_of_mouth: who hears whom is said by mixing or by network")
        self.numbers(("word_of_mouth",), block, {"positive": 0.0, "negative": 0.0})
        rows = block.get("mixing", {})
        names = set(self.tree["segments"])
        return {
            hearer: {name: self.units.plain(weight) for name, weight in take(row, names, "mixing").items()}
            for hearer, row in take(rows, names, "mixing").items()
        }

    def network(self, text: Any) -> tuple[Layer, ...]:
        """The layers of a network; none if everybody hears everybody."""
        if text == "mean_field":
            return ()
        layers = text.get("layers", {"": text})
        return tuple(self.layer(layer) for layer in layers.values())

    def layer(self, block: Tree) -> Layer:
        """One kind with its figures, and the weight."""
        beside = {"weight", "directed"}
        ((name, figures),) = ((key, value) for key, value in block.items() if key not in beside)
        plain = self.units.plain
        kind: Kind
        match name:
            case "ring":
                kind = SmallWorld(int(figures))
            case "small_world":
                take(figures, {"neighbours", "rewired"}, name)
                kind = SmallWorld(int(figures["neighbours"]), plain(figures["rewired"]))
            case "scale_free":
                kind = ScaleFree(int(figures))
            case "random":
                kind = Random(plain(figures))
            case "blocks":
                segments = set(self.tree["segments"])
                rows = take(figures, segments, name)
                kind = Blocks(
                    {
                        a: {b: plain(degree) for b, degree in take(row, segments, a).items()}
                        for a, row in rows.items()
                    }
                )
            case "degrees":
                kind = Degrees(tuple(int(degree) for degree in figures))
            case "edges":
                kind = Edges(_edges(figures), block.get("directed", "false") == "true")
            case _:
                raise NotImplementedError(f"a network of kind {name!r}")
        return Layer(kind, plain(block.get("weight", "1")))

    def market(self, block: Tree) -> Market | None:
        """Who may come out of a market; none if nobody said how large it is."""
        take(block, {"price", "size", "innovation", "imitation", "stage", "network"}, "market")
        self.numbers(("market",), block, {"price": 1.0, "innovation": 0.0, "imitation": 0.0})
        given: Any = block.get("size", "0")
        segments = self.tree["segments"]
        size: Tree = dict.fromkeys(segments, given)
        if isinstance(given, dict):
            size = take(given, set(segments), "size")
        people = {name: round(self.units.plain(number)) for name, number in size.items()}
        if not any(people.values()):
            return None
        if len(segments) > 1 and not isinstance(given, dict):
            raise ValueError("market.size: with several segments, say how many there are of each")
        return Market(people, block.get("stage", ""), self.network(block.get("network", "mean_field")))

    def treatment(self, name: str, block: Tree, is_event: bool) -> Treatment:
        """One investment or event."""
        known = {"about", "start", "audience", "ramp", "lasts", "reach", "changes", "impulse", "cost"}
        known |= {"every", "fades", "chance"}
        take(block, known, name)
        cost = take(block.get("cost", {}), {"upfront", "running", "per_customer", "each"}, f"{name}.cost")
        states = {"satisfaction", "trust", "expectation"}
        impulse = take(block.get("impulse", {}), states | {"who"}, f"{name}.impulse")
        reach = block.get("reach", "100 %")
        by_segment: Tree = reach if isinstance(reach, dict) else dict.fromkeys(self.tree["segments"], reach)
        units = self.units
        kind = "events" if is_event else "investments"
        self.values[kind, name, "chance"] = units.probability(block.get("chance", "0 %"))
        sizes = {key: units.plain(size) for key, size in impulse.items() if key in states}
        self.values.update({(kind, name, "impulse", key): size for key, size in sizes.items()})
        each: dict[Path, float] = {}
        for text, amount in cost.get("each", {}).items():
            words = [word for word in text.split(".") if word not in ("journeys", "touchpoints")]
            each["journeys", words[0], "touchpoints", words[1]] = units.plain(amount)
        return Treatment(
            name=name,
            is_event=is_event,
            start=units.duration(block.get("start", "1")),
            lasts=units.duration(block["lasts"]) if "lasts" in block else 1.0 if is_event else float("inf"),
            every=units.duration(block["every"]) if "every" in block else float("inf"),
            fades=units.duration(block.get("fades", "0")),
            by_chance="chance" in block,
            ramp=units.duration(block.get("ramp", "1")),
            audience=block.get("audience", name),
            reach={segment: units.plain(share) for segment, share in by_segment.items()},
            impulse=tuple(sizes),
            impulse_who=who(units, impulse["who"]) if "who" in impulse else None,
            upfront=units.plain(cost.get("upfront", "0")),
            running=units.amount(cost.get("running", "0")),
            per_customer=units.plain(cost.get("per_customer", "0")),
            each=each,
            changes=block.get("changes", {}),
        )


def _edges(lines: str) -> tuple[tuple[int, int, float], ...]:
    """The rows of a list: from, to and weight, which is 1 where there is no such column."""
    heading, *rows = [line.split(",") for line in lines.splitlines()]
    if heading not in (["from", "to"], ["from", "to", "weight"]):
        raise NotImplementedError(f"a list of edges with the columns {heading}")
    return tuple((int(row[0]), int(row[1]), float(row[2]) if row[2:] else 1.0) for row in rows)


def read(source: str | FilePath | Mapping[str, Any]) -> Model:
    """A model from a file or from a mapping of the same shape."""
    tree: Tree = _text(source) if isinstance(source, Mapping) else _load(FilePath(source))
    if "assumptions" in tree:
        tree = _at_best(tree, {name: block["best"] for name, block in tree["assumptions"].items()})
    known = {
        "period",
        "horizon",
        "agents",
        "segments",
        "stages",
        "channels",
        "teams",
        "journeys",
        "orders",
        "referrals",
        "market",
    }
    known |= {"survey", "word_of_mouth", "experience", "investments", "events", "scenarios"}
    take(tree, known | IGNORED, "model")
    reader = Reader(tree)
    values, units = reader.values, reader.units
    for name, block in tree.get(CHANNELS, {}).items():
        reader.contact((CHANNELS, name), take(block, {"about", "team", "who", *TOUCHPOINT}, name), fill=True)
    orders = take(tree.get("orders", {}), {"rate", "spread", "value", "value_cv", "margin"}, "orders")
    if orders:
        values["orders", "rate"] = response(units, orders["rate"], "log")
        reader.numbers(("orders",), orders, {"value": 0.0, "value_cv": 0.0, "margin": 1.0})
        values["orders", "spread", "gamma"] = (
            units.plain(orders["spread"]["gamma"]) if "spread" in orders else 0.0
        )
    known_of_referrals = {"rate", "conversion", "reward", "stage", "segment"}
    referrals = take(tree.get("referrals", {}), known_of_referrals, "referrals")
    if referrals:
        values["referrals", "rate"] = response(units, referrals["rate"], "log")
        reader.numbers(("referrals",), referrals, {"conversion": 1.0, "reward": 0.0})
    market = reader.market(tree.get("market", {}))
    survey = take(tree.get("survey", {}), {"response", "noise", "nps"}, "survey")
    nobody_asked = "0 %" if not survey else "100 %"  # the true NPS exists without a survey
    values["survey", "response"] = response(units, survey.get("response", nobody_asked), "odds")
    reader.numbers(("survey",), survey, {"noise": 0.7})
    if "nps" in survey:
        values["survey", "nps"] = units.plain(survey["nps"])
    experience = take(tree.get("experience", {}), {*EXPERIENCE, "paradox", "memory"}, "experience")
    reader.numbers(("experience",), experience, EXPERIENCE)
    values["experience", "memory"] = units.duration(experience.get("memory", "2 months"))
    stages = {name: reader.stage(name, block) for name, block in tree["stages"].items()}
    segments = {name: reader.segment(name, block) for name, block in tree["segments"].items()}
    treatments = {
        name: reader.treatment(name, block, kind == "events")
        for kind in ("investments", "events")
        for name, block in tree.get(kind, {}).items()
    }
    return Model(
        units=units,
        horizon=round(units.duration(tree.get("horizon", "5 years"))),
        agents=tree.get("agents", ""),
        segments=segments,
        stages=reader.kinds,
        moves=stages,
        journeys={name: reader.journey(name, block) for name, block in tree.get("journeys", {}).items()},
        teams=tuple(reader.team(name, block) for name, block in tree.get(TEAMS, {}).items()),
        values=values,
        segment_changes={name: block.get("changes", {}) for name, block in tree["segments"].items()},
        orders=bool(orders),
        referrals=bool(referrals),
        referral_stage=referrals.get("stage", ""),
        referral_segment=referrals.get("segment", ""),
        mixing=reader.word_of_mouth(tree["word_of_mouth"]) if "word_of_mouth" in tree else None,
        network=reader.network(tree.get("word_of_mouth", {}).get("network", "mean_field")),
        market=market,
        paradox=experience.get("paradox", "false") == "true",
        treatments=treatments,
        scenarios={"baseline": ()}
        | {name: tuple(names) for name, names in tree.get("scenarios", {}).items()},
    )
