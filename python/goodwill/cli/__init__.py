"""The command `goodwill`. Exit code 0: done; 2: wrong input, problems on stderr; 130: interrupted."""

from __future__ import annotations

import argparse
import io
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from goodwill import _core
from goodwill.cli.answers import Answer, check_out
from goodwill.cli.commands import parsed
from goodwill.text.files import as_csv, as_json, write_all


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
    """Runs what was asked and returns the exit code; errors go to standard error."""
    try:
        args = parsed(argv)
        if args.out is not None:
            check_out(args.out)
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
    except Exception as error:  # a fault of this program: users should see a sentence, not a traceback
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
    """Sends standard streams that the caller has closed to nowhere.

    Otherwise the system would give their numbers to the next files that are opened, and messages would land
    in these; Python has None for such a stream.
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
            sys.stdout.flush()  # now: when Python ends it is too late to report what is wrong
    except BrokenPipeError:  # the reader has seen enough
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
    """Sends what is still to be written to standard output to nowhere."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
