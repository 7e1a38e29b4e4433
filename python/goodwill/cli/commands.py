"""The commands and their options; a mistyped word is answered with the nearest one."""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Sequence
from typing import Any, NoReturn

from goodwill import _core
from goodwill.cli import answers
from goodwill.engine.size import DRAWS, REPLICATIONS, SHARDS
from goodwill.text.arguments import nearest, printable
from goodwill.text.figures import listed
from goodwill.text.vocabulary import BASELINE, KEYS, TIMINGS


class Parser(argparse.ArgumentParser):
    """Offers the nearest command for a mistyped one."""

    def error(self, message: str) -> NoReturn:
        if found := re.search(r"COMMAND: invalid choice: '([^']*)'", message):
            message += nearest(found[1], _commands(self))
        self.print_usage(sys.stderr)
        self.exit(2, f"{self.prog}: {printable(message)}\n")


def _commands(parser: argparse.ArgumentParser) -> dict[str, argparse.ArgumentParser]:
    found: dict[str, argparse.ArgumentParser] = {}
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            found |= action.choices
    return found


def options(parser: argparse.ArgumentParser) -> set[str]:
    """The options of a parser and of its commands."""
    found = {
        option for action in parser._actions for option in action.option_strings if option.startswith("--")
    }
    return found.union(*(options(command) for command in _commands(parser).values()))


def parsed(argv: Sequence[str] | None) -> argparse.Namespace:
    """The parsed arguments. Scenarios may also stand after options; an unknown option ends with what is
    near."""
    parser = all_commands()
    args, rest = parser.parse_known_args(argv)
    words = [word for word in rest if not word.startswith("-")]
    if args.command == "compare" and words == rest:
        args.scenarios += words
        return args
    if rest:
        commands = _commands(parser)
        own = commands[args.command]
        message = f"unrecognized arguments: {' '.join(rest)}"
        for word in rest:
            if word.startswith("--"):
                message += _about_option(word.partition("=")[0], options(own), commands)
        own.error(message)
    return args


def _about_option(found: str, own: set[str], commands: dict[str, argparse.ArgumentParser]) -> str:
    """Which commands have an option that this one lacks, or else the option that is nearest."""
    if found == "--version":
        return "; --version stands alone: goodwill --version"
    if others := [name for name, command in commands.items() if found in options(command)]:
        return f"; {found} is an option of {' and '.join(others)}"
    return nearest(found, sorted(own))


def all_commands() -> argparse.ArgumentParser:
    parser = Parser(
        prog="goodwill", description="What an investment in customers returns.", allow_abbrev=False
    )
    parser.add_argument("--version", action="version", version=f"goodwill {_core.version}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    def command(name: str, function: Any, text: str) -> argparse.ArgumentParser:
        sub = commands.add_parser(name, help=text, description=text, allow_abbrev=False)
        sub.set_defaults(function=function)
        sub.add_argument("--format", choices=["table", "json", "csv"], default="table")
        sub.add_argument("--out", metavar="DIR", help="write files into this folder instead of printing")
        return sub

    def model_command(name: str, function: Any, text: str, **how: Any) -> argparse.ArgumentParser:
        sub = command(name, function, text)
        sub.add_argument("model", metavar="MODEL", help="a YAML file, or the name of an example", **how)
        sub.add_argument("--seed", type=int, default=1)
        sub.add_argument("--threads", type=int, default=0, help="0 (the default): all cores")
        sub.add_argument(
            "--agents", help="simulated customers, or all; at least 200 (or all) of each segment"
        )
        sub.add_argument(
            "--set",
            action="append",
            default=[],
            metavar="PATH=VALUE",
            help="another value for a parameter, for instance customer.churn=2%% (repeatable)",
        )
        sub.add_argument(
            "--trust",
            action="store_true",
            help="the file may include others by absolute paths, links that lead out, devices and pipes",
        )
        return sub

    def sized_command(
        name: str, function: Any, text: str, what: str | None = None
    ) -> argparse.ArgumentParser:
        """A command with the options that say how much is simulated; `what` may be known to a precision."""
        sub = model_command(name, function, text)
        sub.add_argument(
            "--replications",
            type=int,
            help=f"at best values; default {REPLICATIONS} where nothing is uncertain",
        )
        sub.add_argument(
            "--draws",
            type=int,
            help=f"of the assumptions; default {DRAWS} where the model uses some, 0: best values",
        )
        if what is not None:
            about = f"go on until {what} is known to this: money (25_000) or a share (5%%)"
            sub.add_argument("--precision", help=about)
        sub.add_argument("--level", type=float, default=0.95, help="of the intervals, default 0.95")
        return sub

    model_command("check", answers.of_check, "does the baseline reproduce the firm's own numbers?")
    sub = sized_command("run", answers.of_run, "customers and money of one scenario", "the contribution")
    sub.add_argument("--scenario", default=BASELINE, help=f"default: {BASELINE}")
    sub.add_argument("--by", metavar="KEYS", help=f"of {listed(list(KEYS))}; with commas")
    sub = sized_command(
        "compare", answers.of_compare, "what scenarios are worth, with intervals", "every NPV"
    )
    sub.add_argument("scenarios", nargs="*", metavar="SCENARIO", help="default: all of the model")
    sub.add_argument("--discount", metavar="RATE", help="a year, for instance 9%%; default: the model's")
    sub.add_argument("--timing", help=f"of recurring money, {' or '.join(TIMINGS)}; default: the model's")
    sub.add_argument("--tax", metavar="RATE", default=0.0, help="on profit, for instance 25%%; default: none")
    sub.add_argument(
        "--depreciation", metavar="YEARS", default=0.0, help="of upfront costs, for tax; default: at once"
    )
    sub.add_argument("--html", metavar="FILE", help="the business case as a page, too")
    sub.add_argument("--xlsx", metavar="FILE", help="the business case as a workbook, too")
    sub = sized_command("allocate", answers.of_allocate, "the best investments within a budget")
    sub.add_argument(
        "--budget",
        action="append",
        required=True,
        metavar="MONEY",
        help="in all (500_000), or of a year (year 1=500_000, repeatable)",
    )
    repeated: list[tuple[str, str, str]] = [
        ("--investment", "NAME", "a candidate, default: all of the model (repeatable)"),
        ("--start", "NAME=PERIODS", "when it may begin, for instance coaching=1,13 (repeatable)"),
        ("--exclude", "NAMES", "at most one of these is done, with commas (repeatable)"),
        ("--require", "NAME=NAMES", "it needs these, with commas (repeatable)"),
    ]
    for option, metavar, about in repeated:
        sub.add_argument(option, action="append", default=[], metavar=metavar, help=about)
    sub.add_argument("--next", metavar="MONEY", help="also what so much more would buy")
    about = "scenarios at each point of a design, in a folder that survives"
    sub = model_command("sweep", answers.of_sweep, about, nargs="?")
    sub.add_argument("design", metavar="DESIGN", nargs="?", help="a YAML, CSV or Parquet file")
    sub.add_argument("--folder", metavar="DIR", help="what is finished is kept here; run it again to go on")
    sub.add_argument(
        "--scenario", action="append", metavar="NAME", help="default: all of the model (repeatable)"
    )
    sub.add_argument("--replications", type=int, help=f"default {REPLICATIONS}, or those of --status")
    sub.add_argument("--run-off", action="store_true", help="follow customers beyond the horizon")
    sub.add_argument(
        "--shards",
        type=int,
        default=SHARDS,
        metavar="N",
        help="units of work of one replication of very many",
    )
    sub.add_argument("--retry", action="store_true", help="do points again that failed")
    sub.add_argument("--dry-run", action="store_true", help="only say what it would take")
    sub.add_argument("--dask", metavar="ADDRESS", help="of a scheduler, for instance tcp://10.0.0.1:8786")
    sub.add_argument("--status", metavar="DIR", help="only say how far the sweep in this folder is")
    sub = model_command(
        "expect", answers.of_expect, "exact expectations, for models without effects and frailty"
    )
    sub.add_argument("--scenario", default=BASELINE, help=f"default: {BASELINE}")
    sub.add_argument("--horizon", type=int, help="periods, default: the model's")
    sub.add_argument(
        "--infinite", action="store_true", help="also the value of customers over their whole lives"
    )
    command("schema", answers.of_schema, "the JSON Schema of a model file, for editors")
    sub = command("example", answers.of_example, "the models that come with goodwill; with a name, its file")
    sub.add_argument("name", nargs="?", metavar="NAME")
    return parser
