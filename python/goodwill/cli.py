"""The command `goodwill`. Exit code 0: done; 2: wrong input, problems on stderr; 130: interrupted."""

from __future__ import annotations

import argparse
import io
import os
import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

import pandas as pd

from goodwill import _core
from goodwill._arguments import nearest, printable
from goodwill._files import as_csv, as_json, checked_file, write_all
from goodwill.checking import check
from goodwill.comparing import compare
from goodwill.display import text_table
from goodwill.expectation import expect
from goodwill.model import Model, example, example_files, find
from goodwill.report import content, workbook
from goodwill.report.page import check_matplotlib
from goodwill.report.workbook import check_openpyxl
from goodwill.running import run
from goodwill.terms import Terms


@dataclass
class Answer:
    """What a command found: text for people, tables for machines."""

    text: str
    tables: dict[str, pd.DataFrame]
    """The first is the one that `--format csv` prints."""
    extra: dict[str, Any]


class _Parser(argparse.ArgumentParser):
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


def _options(parser: argparse.ArgumentParser) -> set[str]:
    """The options of a parser and of its commands."""
    found = {
        option for action in parser._actions for option in action.option_strings if option.startswith("--")
    }
    return found.union(*(_options(command) for command in _commands(parser).values()))


def _arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    """What was asked. Scenarios may stand after options, too; for an unknown option, says what is near."""
    parser = _parser()
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
                message += _about_option(word.partition("=")[0], _options(own), commands)
        own.error(message)
    return args


def _about_option(found: str, own: set[str], commands: dict[str, argparse.ArgumentParser]) -> str:
    """Whose option an unknown one is, or what is near it."""
    if found == "--version":
        return "; --version stands alone: goodwill --version"
    if others := [name for name, command in commands.items() if found in _options(command)]:
        return f"; {found} is an option of {' and '.join(others)}"
    return nearest(found, sorted(own))


def _check_out(out: str) -> None:
    """Refuses a folder that cannot be written, before anything is computed for it."""
    if not out:
        raise ValueError("--out is empty; it must be a folder")
    folder = Path(out)
    there = next(place for place in [folder, *folder.parents] if place.exists())
    if not there.is_dir():
        raise ValueError(f"--out must be a folder; {there} is a file")
    if not os.access(there, os.W_OK | os.X_OK):
        raise ValueError(f"--out: the folder {there} cannot be written")


def _check_documents(args: argparse.Namespace) -> None:
    """Refuses a document that cannot be written, before anything is computed for it."""
    if args.html is not None:
        checked_file("--html", args.html, ".html")
        check_matplotlib()
    if args.xlsx is not None:
        checked_file("--xlsx", args.xlsx, ".xlsx")
        check_openpyxl()


def _model(args: argparse.Namespace) -> Model:
    """The model, with what `--set` and `--agents` say; all their mistakes come at once."""
    values = {}
    for text in args.set:
        path, equals, value = text.partition("=")
        if not equals:
            raise ValueError(f"--set takes path=value, for instance customer.churn=2%; found {text!r}")
        if path.strip() in values:
            raise ValueError(f"--set gives {path.strip()} twice")
        values[path.strip()] = value.strip()
    if args.agents is not None:
        values["agents"] = args.agents
    model = find(args.model, trust=args.trust)
    return model.assign(values) if values else model


def _check(args: argparse.Namespace) -> Answer:
    result = check(_model(args), seed=args.seed, threads=args.threads)
    extra = {"provenance": result.provenance, "warnings": result.warnings, "notes": result.notes}
    return Answer(repr(result), {"figures": result.table(), "drift": result.drift}, extra)


def _run(args: argparse.Namespace) -> Answer:
    result = run(
        _model(args),
        scenario=args.scenario,
        seed=args.seed,
        replications=args.replications,
        draws=args.draws,
        precision=args.precision,
        threads=args.threads,
        level=args.level,
    )
    by = ["period", "segment", "origin"] if args.by is None else [key for key in args.by.split(",") if key]
    table = result.table(by=by)
    text = repr(result) if args.by is None else text_table(table)
    tables = {
        "table": table,
        "forecast": result.forecast(),
        "stages": result.stages(),
        "moves": result.moves(),
        "journeys": result.journeys(),
        "touchpoints": result.touchpoints(),
        "investments": result.investments(),
    }
    return Answer(text, tables, {"provenance": result.provenance})


def _compare(args: argparse.Namespace) -> Answer:
    _check_documents(args)
    study = compare(
        _model(args),
        args.scenarios or None,
        terms=Terms(discount=args.discount, timing=args.timing, tax=args.tax, depreciation=args.depreciation),
        seed=args.seed,
        replications=args.replications,
        draws=args.draws,
        precision=args.precision,
        threads=args.threads,
        level=args.level,
    )
    text = repr(study)
    if args.html is not None:
        text += f"\n\nWritten: {study.to_html(args.html)}"
    if args.xlsx is not None:
        text += f"\n\nWritten: {study.to_excel(args.xlsx)}"
    # What the study knows already, as the workbook has it; analyses that need further simulation stay away.
    found = workbook.tables(study, analyses=False)
    of_study = {"scenarios": found.pop("summary"), **found}
    if study.uncertain:
        of_study["bands"] = content.uncertainty(study)
    del of_study["provenance"]
    extra = {"provenance": study.provenance, "sentences": study.sentences(), "remarks": study.remarks()}
    extra["irr_rates"] = study.irr_rates
    return Answer(text, of_study, extra)


def _expect(args: argparse.Namespace) -> Answer:
    result = expect(
        _model(args),
        scenario=args.scenario,
        horizon=args.horizon,
        infinite=args.infinite,
        threads=args.threads,
    )
    tables = {
        "table": result.table(),
        "stages": result.stages(),
        "moves": result.moves(),
        "touchpoints": result.touchpoints(),
    }
    extra: dict[str, Any] = {"provenance": result.provenance, "totals": result.totals}
    if args.infinite:
        tables["values"] = result.values()
        extra["base_values"] = result.base_values()
    return Answer(repr(result), tables, extra)


def _schema(args: argparse.Namespace) -> Answer:
    return Answer(_core.json_schema().rstrip(), {}, {})


def _example(args: argparse.Namespace) -> Answer:
    files = example_files()
    if args.name is not None:
        example(args.name)  # says which names there are
        return Answer(files[args.name].read_text(encoding="utf-8").rstrip(), {}, {})
    rows = [(name, (model := example(name)).name or name, model.about) for name in files]
    table = pd.DataFrame(rows, columns=["example", "name", "about"])
    return Answer("\n".join(f"{name:<12} {title}" for name, title, _ in rows), {"examples": table}, {})


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
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

    def model_command(name: str, function: Any, text: str) -> argparse.ArgumentParser:
        sub = command(name, function, text)
        sub.add_argument("model", metavar="MODEL", help="a YAML file, or the name of an example")
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

    def sized_command(name: str, function: Any, text: str, what: str) -> argparse.ArgumentParser:
        """With as much simulation as an answer needs."""
        sub = model_command(name, function, text)
        sub.add_argument(
            "--replications", type=int, help="at best values; default 30 where nothing is uncertain"
        )
        sub.add_argument(
            "--draws",
            type=int,
            help="of the assumptions; default 64 where the model uses some, 0: best values",
        )
        sub.add_argument(
            "--precision", help=f"go on until {what} is known to this: money (25_000) or a share (5%%)"
        )
        sub.add_argument("--level", type=float, default=0.95, help="of the intervals, default 0.95")
        return sub

    model_command("check", _check, "does the baseline reproduce the firm's own numbers?")
    sub = sized_command("run", _run, "customers and money of one scenario", "the contribution")
    sub.add_argument("--scenario", default="baseline", help="default: baseline")
    sub.add_argument(
        "--by", metavar="KEYS", help="of replication, year, period, segment, origin; with commas"
    )
    sub = sized_command("compare", _compare, "what scenarios are worth, with intervals", "every NPV")
    sub.add_argument("scenarios", nargs="*", metavar="SCENARIO", help="default: all of the model")
    sub.add_argument("--discount", metavar="RATE", help="a year, for instance 9%%; default: the model's")
    sub.add_argument("--timing", help="of recurring money: start, mid or end; default: the model's")
    sub.add_argument("--tax", metavar="RATE", default=0.0, help="on profit, for instance 25%%; default: none")
    sub.add_argument(
        "--depreciation", metavar="YEARS", default=0.0, help="of upfront costs, for tax; default: at once"
    )
    sub.add_argument("--html", metavar="FILE", help="the business case as a page, too")
    sub.add_argument("--xlsx", metavar="FILE", help="the business case as a workbook, too")
    sub = model_command("expect", _expect, "exact expectations, for models without effects and frailty")
    sub.add_argument("--scenario", default="baseline", help="default: baseline")
    sub.add_argument("--horizon", type=int, help="periods, default: the model's")
    sub.add_argument(
        "--infinite", action="store_true", help="also the value of customers over their whole lives"
    )
    command("schema", _schema, "the JSON Schema of a model file, for editors")
    sub = command("example", _example, "the models that come with goodwill; with a name, its file")
    sub.add_argument("name", nargs="?", metavar="NAME")
    return parser


def _show(args: argparse.Namespace, answer: Answer) -> None:
    if args.out is not None:
        for file in write_all(
            Path(args.out), args.command, args.format, answer.text, answer.tables, answer.extra
        ):
            print(file)
    elif args.format == "json" and answer.tables:
        print(as_json(answer.tables, answer.extra))
    elif args.format == "csv" and answer.tables:
        print(as_csv(next(iter(answer.tables.values()))), end="")
    else:
        print(answer.text)


def _answer(argv: Sequence[str] | None) -> int:
    """The exit code of what was asked; what is wrong with it is said on standard error."""
    try:
        args = _arguments(argv)
        if args.out is not None:
            _check_out(args.out)
        answer = args.function(args)
    except _core.ModelError as error:
        return _refused(str(error))
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        return _refused(f"goodwill: {where}{error.strerror or error}")
    except MemoryError:
        return _refused("goodwill: there is not enough memory for this question")
    except (ValueError, OverflowError, ImportError) as error:
        return _refused(f"goodwill: {error}")
    except Exception as error:  # a fault of this program: no reader of a table should see where
        if os.environ.get("GOODWILL_TRACEBACK"):
            raise
        what = f"{type(error).__name__}: {error}"
        return _refused(f"goodwill: {what} (a fault of goodwill; GOODWILL_TRACEBACK=1 shows where)")
    _show(args, answer)
    return 0


def _refused(text: str) -> int:
    print(text, file=sys.stderr)
    return 2


def _streams() -> None:
    """Lets nothing that is said land in somebody's file: a stream that was closed before goes nowhere.

    Python has None for it, and the system gives its number to the next file that is opened.
    """
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # takes the lowest free number, which is this one
        if getattr(sys, name) is None:
            setattr(sys, name, Path(os.devnull).open("r" if name == "stdin" else "w", encoding="utf-8"))  # noqa: SIM115
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")


def main(argv: Sequence[str] | None = None) -> int:
    """Runs the command and returns its exit code."""
    _streams()
    try:
        try:
            return _answer(argv)
        finally:
            sys.stdout.flush()  # here, and not when Python ends: that would be too late to say what is wrong
    except BrokenPipeError:  # whoever read this has seen enough
        _write_no_more()
        return 0
    except OSError as error:
        _write_no_more()
        where = error.filename or "standard output"
        return _refused(f"goodwill: {where}: {error.strerror or error}")
    except KeyboardInterrupt:
        print("goodwill: interrupted", file=sys.stderr)
        return 130


def _write_no_more() -> None:
    """What is still to be written to standard output goes nowhere."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
