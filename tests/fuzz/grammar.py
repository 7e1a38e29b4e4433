"""Models made from the JSON Schema, that is from the field descriptions: valid ones, and some that are not.

A seed always makes the same model. Numbers suit the unit that the description of their field names; names are
those of the model. A mutation puts something hostile where a value or a name was.
"""

from __future__ import annotations

import copy
import random
import re
from collections.abc import Callable, Iterator
from typing import Any

Tree = dict[str, Any]
Place = tuple[Any, Any]
"""A dict or list, and the key or index in it."""

UNITS: list[tuple[str, Callable[[random.Random], Any]]] = [
    ("a probability per period", lambda r: r.choice([f"{r.uniform(0, 8):.3g} % / month", r.uniform(0, 0.2)])),
    ("a probability", lambda r: r.choice([f"{r.randint(0, 100)} %", round(r.random(), 3), 0, 1])),
    ("a rate per period", lambda r: r.choice([f"{r.uniform(0, 0.8):.3g} / month", round(r.random(), 2), 0])),
    ("a rate of interest", lambda r: r.choice(["10 %", "0 %", "0.5 % / month", round(r.uniform(0, 0.3), 3)])),
    ("an amount of money", lambda r: round(10 ** r.uniform(-2, 5), r.randint(0, 3))),
    ("a duration", lambda r: r.choice(["6 months", "1 year", "2 years", r.randint(1, 30)])),
    ("a period counted from 1", lambda r: r.choice([r.randint(1, 12), f"month {r.randint(1, 9)}"])),
    ("points", lambda r: r.choice([round(r.uniform(0, 10), 1), f"{r.randint(0, 10)} points"])),
    ("a share", lambda r: r.choice([f"{r.randint(0, 100)} %", round(r.random(), 2)])),
    ("a whole number", lambda r: r.choice([r.randint(0, 2_000), f"{r.randint(1, 20)}_000"])),
]
"""By the beginning of a unit: a value that could be meant."""

HOSTILE: list[Any] = [
    *(None, True, False, "", " ", "~", "nan", "inf", "-inf", "1e999", "1e-320", "0x10", "1_", "1,000", "$10"),
    *(0, -1, 1, 2, -0.0, 1e-9, 1e-300, 1e9, 1e15, 1e17, 1e18, 1e300, 1.7e308, 10**18, 10**400, 2**31, 2**63),
    *(
        "2 % / month",
        "150 %",
        "-5 %",
        "2 %%",
        "3 / week",
        "5 years",
        "-3 months",
        "1 fortnight",
        "12 to 6 months",
    ),
    *(
        "otherwise",
        "done",
        "lost",
        "$gone",
        "$",
        "customer",
        "baseline",
        "a.b",
        "a b",
        "ä",
        "\u202e",
        "💥",
        "\x1b[31m",
    ),
    *(
        [],
        {},
        [[]],
        [1, 2, 3],
        {"a": {}},
        {"set": 1},
        {"times": 1e9},
        {"add": -1e9},
        {"0 months": 0.5, "6 months": 0.1},
    ),
    *({"beta": [1e-9, 1e9]}, {"average": "99 %"}, {"base": 0.5, "frailty": 50}, {"below": 5}, "x" * 3_000),
]

KEYS = [
    "",
    "lost",
    "done",
    "baseline",
    "customer",
    "a.b",
    "$x",
    "12 months",
    "1",
    "ä",
    "y" * 300,
    "null",
    "set",
]


class Grammar:
    """Values for every part of the schema."""

    def __init__(self, schema: Tree, seed: int) -> None:
        self.schema, self.random = schema, random.Random(seed)
        r = self.random
        self.names = {
            "segments": r.sample(["young", "old", "all"], r.choice([1, 1, 2])),
            "stages": r.sample(["customer", "gold", "paused"], r.choice([1, 2, 2, 3])),
            "channels": r.sample(["phone", "app"], r.choice([0, 0, 1])),
            "journeys": r.sample(["help", "visit"], r.choice([0, 1, 1, 2])),
            "investments": r.sample(["offer", "training", "gift"], r.choice([1, 1, 2, 3])),
            "events": r.sample(["strike", "breach"], r.choice([0, 0, 1])),
            "assumptions": r.sample(["uplift", "cost", "share"], r.choice([0, 0, 1, 2])),
            "scenarios": r.sample(["one", "two"], r.choice([1, 2])),
        }
        self.points = {
            name: r.sample(["call", "desk", "mail"], r.randint(1, 3)) for name in self.names["journeys"]
        }

    def model(self) -> Tree:
        """A small firm, more often right than not."""
        r, properties = self.random, self.schema["properties"]
        tree: Tree = {"horizon": r.choice([1, 3, 6, 12, "1 year", "18 months"])}
        if r.random() < 0.2:
            tree["period"] = r.choice(["week", "month", "year"])
            tree["horizon"] = r.choice([1, 2, 4])
        for name in ("name", "about", "currency"):
            if r.random() < 0.3:
                tree[name] = r.choice(["Firm", "EUR", "two words", "ä & <b>"])
        for name, block in properties.items():
            if name in self.names:
                made = {one: self.value(block["additionalProperties"], one, name) for one in self.names[name]}
                if made:
                    tree[name] = made
        for name in ("orders", "referrals", "survey", "experience", "finance"):
            if r.random() < 0.4:
                tree[name] = self.value(properties[name], name, "")
        for name in ("goals", "compare", "teams", "word_of_mouth", "market"):
            if r.random() < 0.06:
                tree[name] = self.value(properties[name], name, "")
        self._sound(tree)
        return tree

    def _sound(self, tree: Tree) -> None:
        """Makes blocks agree with each other, and keeps the firm small."""
        r = self.random
        for segment in tree["segments"].values():
            segment["count"] = r.choice([0, 40, 300, 1_000, "2_000"])
        first, *others = tree["stages"].values()
        first.pop("kind", None)
        for name in self.names["stages"][1:]:  # a stage that nothing leads to is refused
            first.setdefault("moves", {})[name] = "2 % / month"
        for one in others:
            one.get("moves", {}).pop(self.names["stages"][0], None)
        for k, journey in enumerate(tree.get("journeys", {}).values()):
            before = ["orders"] * ("orders" in tree) + self.names["journeys"][:k]
            if before and r.random() < 0.3:
                journey.pop("starts", None)
                journey["after"] = {r.choice(before): r.choice(["40 %", "100 %", 0])}
            elif r.random() < 0.95:
                journey.pop("after", None)
            if r.random() < 0.9:
                journey.pop("first", None)
            points = journey["touchpoints"]
            for name, following in zip(points, list(points)[1:], strict=False):
                points[name]["next"] = r.choice(
                    [following, {"ok": following}, {"failed": following, "ok": following}]
                )
        for channel in tree.get("channels", {}).values():
            channel.pop("channel", None)
            channel.pop("next", None)
        if "market" in tree and r.random() < 0.7:
            tree["market"] = {"price": r.choice([1, 0.5])}
        if tree.get("finance", {}).get("prices") == "nominal":
            tree["finance"]["inflation"] = "2 %"
        for name in ("investments", "events"):
            for one in tree.get(name, {}).values():
                if "when" in one:
                    figures = ["churn", "customers", *(["measured_nps"] if "survey" in tree else [])]
                    one["when"] = {r.choice(figures): {r.choice(["above", "below"]): r.choice([0, 1])}}
                    one["when"] |= {"for": r.choice([1, 2, 3]), "delay": r.choice([0, 1])}
                    for other in ("start", "every", "chance"):
                        one.pop(other, None)
                if r.random() < 0.5:
                    one.pop("chance", None)
                elif "chance" in one:
                    one["chance"] = r.choice(["1 % / month", "20 %", "100 %"])
                    for other in ("start", "every"):
                        one.pop(other, None)
                if "every" in one:
                    one.update(lasts=1, every=r.choice([1, 2, 6]))
                elif "fades" in one:
                    one["lasts"] = r.choice([1, 2, 6])
                one["changes"] = (
                    {self.path(): self.value({"$ref": "#/$defs/change"}, "", "")} if r.random() < 0.7 else {}
                )
        for assumption in tree.get("assumptions", {}).values():
            low, best, high = sorted(round(r.uniform(0.01, 0.9), 3) + k / 1_000 for k in range(3))
            assumption.clear()
            assumption.update(low=low, best=best, high=high)
        for name in tree.get("assumptions", {}):
            chosen = r.choice(list(tree["investments"].values()))
            chosen["changes"][self.path()] = {r.choice(["set", "times"]): f"${name}"}
        if r.random() < 0.3:
            tree["agents"] = r.choice([200, 400, "all"])

    def path(self) -> str:
        """What a change may name, more often right than not."""
        r, names = self.random, self.names
        known = [
            f"{s}.{field}" for s in names["stages"] for field in ("fee", "fee", "margin", "service_cost")
        ]
        known += [f"{s}.arrivals" for s in names["segments"]] + ["arrivals"]
        known += [
            f"{j}.{p}.{f}"
            for j, ps in self.points.items()
            for p in ps
            for f in ("failure", "quality", "cost")
        ]
        known += [f"{j}.starts" for j in self.points]
        wrong = ["customer.fees", "orders.rate", "horizon", "young.count", f"{names['stages'][0]}.churn"]
        return r.choice(wrong if r.random() < 0.05 else known)

    def value(self, node: Tree, field: str, block: str) -> Any:
        """A value that the schema allows at this place."""
        r = self.random
        unit = re.search(r"Unit: (.*)", node.get("description", ""))
        if "$ref" in node:
            found = dict(self.schema["$defs"][node["$ref"].rsplit("/", 1)[1]])
            if unit:  # the unit of the field, not of the block
                found["description"] = node["description"]
            return self._block(found, node["$ref"].rsplit("/", 1)[1], field)
        if "anyOf" in node:
            return self.value(
                {**r.choice(node["anyOf"]), "description": node.get("description", "")}, field, block
            )
        if "enum" in node:
            return r.choice(node["enum"])
        kinds = node["type"] if isinstance(node["type"], list) else [node["type"]]
        if "number" in kinds:
            return self._number(node, unit[1] if unit else "")
        if "boolean" in kinds:
            return r.random() < 0.5
        if "object" in kinds:
            return self._object(node, field)
        if field in ("stages", "stage", "segment", "channel", "team") or "array" in kinds:
            return self._names(field, "array" in kinds, block)
        words = {
            "surveyed": ["detractor", "passive", "promoter"],
            "network": ["ring", "mean_field"],
            "edges": ["from,to\n0,1\n1,2\n", "from,to\n", "from,to\n0,0\n5,9000\n", "friends.csv"],
            "audience": ["x", "y"],
        }
        return r.choice(words.get(field, ["some words", "x"]))

    def _names(self, field: str, several: bool, block: str) -> Any:
        plural = "scenarios" if block == "scenarios" else field if field.endswith("s") else f"{field}s"
        known = self.names.get(plural, [])
        if plural == "scenarios":
            known = self.names["investments"] + self.names["events"]
        if not known:
            return "nobody" if self.random.random() < 0.05 else None
        if several:
            return self.random.sample(known, self.random.randint(0, len(known)))
        return self.random.choice(known)

    def _block(self, node: Tree, name: str, field: str) -> Any:
        r = self.random
        if name == "response":
            return self._response(node)
        if name == "range":
            return r.choice(["2 to 6", {"below": r.randint(1, 9)}, {"above": r.randint(1, 9)}])
        if name == "branch":
            targets = [p for ps in self.points.values() for p in ps] + self.names["stages"] + ["done", "lost"]
            some = r.sample(targets, min(len(targets), r.randint(1, 2)))
            return some[0] if len(some) == 1 else {some[0]: f"{r.randint(0, 60)} %", some[1]: "otherwise"}
        if name == "change":
            operation = r.choice(
                ["set", "set", "add", "times", "times", "odds"] if r.random() < 0.1 else ["set", "times"]
            )
            return {operation: r.choice([0, 0.5, 0.9, 1])}
        if name == "journey":
            made = self._object(node, field)
            made["touchpoints"] = {
                p: self.value({"$ref": "#/$defs/touchpoint"}, p, "") for p in self.points[field]
            }
            return made
        if name == "scores" and r.random() < 0.95:  # all of them, or none
            return {part: r.choice([0, 4.5, 8, 10]) for part in node["properties"]}
        return self._object(node, field)

    def _response(self, node: Tree) -> Any:
        r = self.random
        unit = re.search(r"Unit: (.*)", node.get("description", ""))
        level = self._number({}, unit[1] if unit else "a probability")
        form = r.random()
        if form < 0.4:
            return level
        effects = {
            name: round(r.uniform(-0.6, 0.6), 2)
            for name in ("satisfaction", "trust", "failures", "tenure", "price")
        }
        if form < 0.6:
            few = {name: effects[name] for name in r.sample(list(effects), r.choice([0, 0, 1, 2]))}
            if form < 0.5 and unit and "probability" in unit[1]:
                return {"beta": [r.choice([0.3, 1, 2]), r.choice([3, 30])], **few}
            table = {"0 months": level, "6 months": self._number({}, unit[1] if unit else "a probability")}
            return (
                {"by_tenure": table, **few, **({"frailty": 0.5} if r.random() < 0.2 else {})}
                if few
                else table
            )
        if not re.search(r"[1-9]", str(level)) or level in (1, "100 %"):
            level = "2 %"  # what cannot be anchored
        chosen = {name: effects[name] for name in r.sample(list(effects), r.randint(0, 3))}
        return {
            r.choice(["average", "base"]): level,
            **chosen,
            **({"frailty": 0.5} if r.random() < 0.2 else {}),
        }

    def _object(self, node: Tree, field: str) -> Any:
        r = self.random
        made = {
            name: self.value(inner, name, field)
            for name, inner in node.get("properties", {}).items()
            if (r.random() < 0.3 or len(node["properties"]) == 1) and name not in ("touchpoints", "changes")
        }
        made = {name: value for name, value in made.items() if value is not None}
        if node.get("properties", {}).keys() == {"count", "stage"}:
            made["count"] = r.randint(1, 60)
        inner = node.get("additionalProperties")
        if isinstance(inner, dict):
            known = {
                "moves": self.names["stages"],
                "reach": self.names["segments"],
                "each": [f"{j}.{p}" for j, ps in self.points.items() for p in ps],
                "after": [*self.names["journeys"], "orders"],
                "goals": ["nps", "churn", "customers"],
                "compare": self.names["scenarios"],
                "correlation": self.names["assumptions"],
            }.get(field, ["x"])
            for name in r.sample(known, r.randint(0, len(known))):
                made[name] = self.value(inner, name, field)
        return made

    def _number(self, node: Tree, unit: str) -> Any:
        r = self.random
        for begin, make in UNITS:
            if unit.startswith(begin):
                return make(r)
        low, high = node.get("minimum", 0), node.get("maximum", 1)
        return round(r.uniform(max(low, -3), min(high, 3)), 3)

    def scaled(self, tree: Tree) -> Tree:
        """A copy in which a number, or every amount of money, is far larger or smaller."""
        r, tree = self.random, copy.deepcopy(tree)
        money = ("fee", "cost", "value", "upfront", "running", "earns", "acquisition_cost", "per_customer")
        found = [
            (i, k) for i, k in places(tree) if isinstance(i[k], (int, float)) and not isinstance(i[k], bool)
        ]
        amounts = [place for place in found if place[1] in money]
        chosen = amounts if amounts and r.random() < 0.6 else r.sample(found, min(1, len(found)))
        by = 10.0 ** r.randint(-12, 14)
        for inside, key in chosen:
            inside[key] *= by
        return tree

    def mutated(self, tree: Tree) -> Tree:
        """A copy with one to three places spoilt."""
        r, tree = self.random, copy.deepcopy(tree)
        for _ in range(r.choice([1, 1, 2, 3])):
            found = list(places(tree))
            if not found:
                break
            inside, key = r.choice(found)
            how = r.random()
            if how < 0.55:
                inside[key] = copy.deepcopy(r.choice(HOSTILE))
            elif how < 0.65:
                inside.pop(key)
            elif how < 0.75 and isinstance(inside, dict):
                inside[r.choice(KEYS)] = inside.pop(key)
            elif how < 0.85 and isinstance(inside[key], (int, float)) and not isinstance(inside[key], bool):
                inside[key] = inside[key] * 10.0 ** r.randint(-12, 12)
            else:
                other, place = r.choice(found)
                if place in other if isinstance(other, dict) else place < len(other):
                    inside[key] = copy.deepcopy(other[place])
        return tree


def places(tree: Any) -> Iterator[Place]:
    """Every value of a tree, given as the place where it stands."""
    items = (
        list(tree.items())
        if isinstance(tree, dict)
        else list(enumerate(tree))
        if isinstance(tree, list)
        else []
    )
    for key, value in items:
        yield tree, key
        yield from places(value)


def made(schema: Tree, seed: int) -> Tree:
    """The model of a seed: as it was made, with numbers out of proportion, or spoilt."""
    grammar = Grammar(schema, seed)
    change = grammar.random.choice([lambda tree: tree, grammar.scaled, grammar.mutated])
    return change(grammar.model())
