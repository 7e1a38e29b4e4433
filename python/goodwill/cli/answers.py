"""What each command finds."""

from __future__ import annotations

import argparse
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from goodwill import _core
from goodwill.allocating import allocate
from goodwill.calibrating import fit
from goodwill.checking import check
from goodwill.comparing import compare
from goodwill.data.targets import read_table
from goodwill.engine.gallery import example, example_files, find, shows
from goodwill.engine.model import Model
from goodwill.engine.size import REPLICATIONS
from goodwill.engine.terms import Terms
from goodwill.expectation import expect
from goodwill.report import content, workbook
from goodwill.report.page import check_matplotlib
from goodwill.report.workbook import check_openpyxl
from goodwill.running import run
from goodwill.sweep import Sweep
from goodwill.sweeps.execution import cluster
from goodwill.sweeps.files import read_design
from goodwill.text.display import text_table
from goodwill.text.files import checked_file
from goodwill.text.vocabulary import ORIGIN, PERIOD, SEGMENT


@dataclass
class Answer:
    """What a command found: text for people, tables for machines."""

    text: str
    tables: dict[str, pd.DataFrame]
    """`--format csv` prints the first."""
    extra: dict[str, Any]


def check_out(out: str) -> None:
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


def _pairs(option: str, texts: list[str], example: str) -> dict[str, str]:
    """What repeated options of the form name=value give."""
    values: dict[str, str] = {}
    for text in texts:
        name, equals, value = map(str.strip, text.partition("="))
        if not equals:
            raise ValueError(f"{option} takes {example}; found {text!r}")
        if name in values:
            raise ValueError(f"{option} gives {name} twice")
        values[name] = value
    return values


def _model(args: argparse.Namespace) -> Model:
    """The model with the values of `--set` and `--agents`, assigned together so that all mistakes show at
    once."""
    values: dict[str, object] = {**_pairs("--set", args.set, "path=value, for instance customer.churn=2%")}
    if args.agents is not None:
        values["agents"] = args.agents
    model = find(args.model, trust=args.trust)
    return model.assign(values) if values else model


def of_check(args: argparse.Namespace) -> Answer:
    result = check(_model(args), seed=args.seed, threads=args.threads)
    extra = {"provenance": result.provenance, "warnings": result.warnings, "notes": result.notes}
    return Answer(repr(result), {"figures": result.table(), "drift": result.drift}, extra)


def of_run(args: argparse.Namespace) -> Answer:
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
    by = [PERIOD, SEGMENT, ORIGIN] if args.by is None else [key for key in args.by.split(",") if key]
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


def of_compare(args: argparse.Namespace) -> Answer:
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
    # The tables of the workbook that need no further simulation.
    found = workbook.tables(study, analyses=False)
    of_study = {"scenarios": found.pop("summary"), **found}
    if study.uncertain:
        of_study["bands"] = content.uncertainty(study)
    del of_study["provenance"]
    extra = {"provenance": study.provenance, "sentences": study.sentences(), "remarks": study.remarks()}
    extra["irr_rates"] = study.irr_rates
    return Answer(text, of_study, extra)


def of_allocate(args: argparse.Namespace) -> Answer:
    if len(args.budget) == 1 and "=" not in args.budget[0]:
        budget: Any = args.budget[0]
    else:
        budget = _pairs("--budget", args.budget, "money in all, once, or year 1=500_000")
    starts = _pairs("--start", args.start, "name=periods, for instance coaching=1,13")
    needs = _pairs("--require", args.require, "name=names, for instance better_bot=training")
    plan = allocate(
        _model(args),
        budget=budget,
        investments=args.investment or None,
        choices={name: [{"start": begin} for begin in _listed(text)] for name, text in starts.items()},
        exclusions=[_listed(text) for text in args.exclude],
        prerequisites={name: _listed(text) for name, text in needs.items()},
        seed=args.seed,
        replications=args.replications,
        draws=args.draws,
        level=args.level,
        threads=args.threads,
    )
    tables = {"plan": plan.table(), "spent": plan.spent(), "frontier": plan.frontier()}
    text = repr(plan)
    if args.next is not None:
        tables["next"] = plan.next(args.next, threads=args.threads)
        text += f"\n\nWith {args.next} more:\n{tables['next']!r}"
    low, high = plan.value_interval
    value = {"npv": plan.value, "npv_low": low, "npv_high": high}
    return Answer(text, tables, {"sentences": plan.sentences(), "value": value})


def _listed(text: str) -> list[str]:
    return [part.strip() for part in text.split(",")]


def of_fit(args: argparse.Namespace) -> Answer:
    if args.write is not None:
        checked_file("--write", args.write, ".yaml")
    vary = {}
    for path, ends in _pairs("--vary", args.vary, VARY).items():
        low, colon, high = map(str.strip, ends.partition(":"))
        if not colon:
            raise ValueError(f"--vary takes {VARY}; found {path + '=' + ends!r}")
        vary[path] = (low, high)
    found = fit(
        _model(args),
        read_table(args.targets),
        vary=vary,
        scenario=args.scenario,
        seed=args.seed,
        replications=args.replications,
        rounds=args.rounds,
        threads=args.threads,
    )
    text = repr(found)
    if args.write is not None:
        text += f"\n\nWritten: {found.write(args.write)}"
    tables = {"targets": found.targets(), "numbers": found.table()}
    return Answer(text, tables, {"sentences": found.sentences(), "warnings": found.warnings})


VARY = "path=low:high, for instance phone.quality=6:9"


def of_sweep(args: argparse.Namespace) -> Answer:
    if args.status is not None:
        sweep = Sweep.open(args.status, replications=args.replications)
    elif args.model is None or args.design is None or args.folder is None:
        raise ValueError("sweep needs MODEL DESIGN --folder DIR, or only --status DIR")
    else:
        sweep = Sweep(
            _model(args),
            read_design(args.design),
            args.scenario,
            folder=args.folder,
            replications=REPLICATIONS if args.replications is None else args.replications,
            seed=args.seed,
            run_off=args.run_off,
            shards=args.shards,
            threads=args.threads,
        )
        if args.dry_run:
            found = sweep.estimate(threads=args.threads)
            return Answer(repr(found), {}, {})
        work = sweep.retry if args.retry else sweep.run
        if args.dask is None:
            work(threads=args.threads)
        else:
            with cluster(args.dask) as client:
                work(client=client)
    extra = {"status": sweep.status(), "provenance": sweep.provenance}
    return Answer(repr(sweep), {"points": sweep.table()}, extra)


def of_expect(args: argparse.Namespace) -> Answer:
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


def of_schema(args: argparse.Namespace) -> Answer:
    return Answer(_core.json_schema().rstrip(), {}, {})


def of_example(args: argparse.Namespace) -> Answer:
    files = example_files()
    if args.name is not None:
        example(args.name)  # refuses an unknown name, and says which there are
        return Answer(files[args.name].read_text(encoding="utf-8").rstrip(), {}, {})
    models = {name: example(name) for name in files}
    rows = [(name, m.name or name, m.about, shows(files[name])) for name, m in models.items()]
    table = pd.DataFrame(rows, columns=["example", "name", "about", "shows"])
    width = max(map(len, files))
    return Answer("\n".join(f"{name:<{width}}  {shown}" for name, *_, shown in rows), {"examples": table}, {})
