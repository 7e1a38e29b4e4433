"""The business case as one HTML file: it needs no network, and every figure holds its exact number."""

from __future__ import annotations

import os
from importlib import resources
from pathlib import Path

from goodwill.engine.progress import composite
from goodwill.report import sections
from goodwill.report.content import FURTHER
from goodwill.report.markup import escaped
from goodwill.report.scenario import depth
from goodwill.results.study import StudyResult
from goodwill.text.arguments import missing
from goodwill.text.files import checked_file, write_atomically

POLICY = "default-src 'none'; style-src 'unsafe-inline'"
"""With this policy the browser itself refuses to load anything from outside the file."""


def to_html(study: StudyResult, file: str | os.PathLike[str], *, analyses: bool = True) -> Path:
    """Writes the page whole or not at all and returns its path.

    `analyses` adds what needs further simulation: the tornado of each scenario, the shares of its
    investments, and where experience falls short; what the study knows already is not simulated again. Raises
    `ValueError` if the file cannot be written there and `ImportError` without matplotlib, both before
    anything is computed.
    """
    path = checked_file("file", file, ".html")
    check_matplotlib()
    with composite("Report", FURTHER + len(study.scenarios)):
        return write_atomically(path, page(study, analyses))


def check_matplotlib() -> None:
    try:
        import matplotlib  # noqa: F401
    except ImportError:
        raise ImportError(missing("the page has charts, which need", "matplotlib")) from None


def page(study: StudyResult, analyses: bool = True) -> str:
    """The page as text; the same study makes the same text."""
    model = study.model
    title = f"Business case: {model.name}" if model.name else "Business case"
    style = resources.files("goodwill.report").joinpath("page.css").read_text(encoding="utf-8")
    parts = [
        sections.head(study),
        sections.answer(study),
        sections.scenarios(study),
        sections.decisions(study),
        sections.uncertainty(study),
        sections.goals(study),
        *(depth(study, name, analyses) for name in study.scenarios),
        sections.gaps(study) if analyses else "",
        sections.register(study),
        sections.conventions(study),
        sections.provenance(study),
    ]
    body = "\n".join(part for part in parts if part)
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escaped(title)}</title>\n<style>\n{style}</style>\n</head>\n<body>\n<main>\n{body}\n</main>\n"
        "</body>\n</html>\n"
    )
