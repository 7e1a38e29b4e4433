"""Results in files: saved whole or not at all, and opened as they were."""

from __future__ import annotations

import os
import warnings
from pathlib import Path
from typing import TypeAlias

from goodwill.advocacy import Advocacy, Making
from goodwill.allocating import Plan
from goodwill.analysis.allocation import Limits, Rules, Search
from goodwill.analysis.options import Option
from goodwill.analysis.plans import Simulated
from goodwill.checking import Check
from goodwill.choosing import Best
from goodwill.engine.compared import Compared, Comparison, Flows, StudyWorld
from goodwill.engine.question import Question
from goodwill.engine.size import Size
from goodwill.engine.terms import Terms
from goodwill.engine.world import RESULTS, Lifelong, Ran, World
from goodwill.expectation import Expectation
from goodwill.results.archive import UnreadableError, packed, unpacked
from goodwill.results.lives import Lives
from goodwill.running import Run
from goodwill.study import Study
from goodwill.text.arguments import keywords_checked, shown
from goodwill.text.files import checked_file, write_atomically
from goodwill.valuing import Clv

Result: TypeAlias = Advocacy | Best | Check | Clv | Expectation | Plan | Run | Study
RESULT_CLASSES = (Advocacy, Best, Check, Clv, Expectation, Plan, Run, Study)
PARTS = (
    *(Compared, Comparison, Flows, Lifelong, Limits, Lives, Making, Option, Question, Ran, Rules, Search),
    *(Simulated, Size, StudyWorld, Terms, World),
)
ENDING = ".goodwill"


@keywords_checked
def save(result: Result, path: str | os.PathLike[str]) -> Path:
    """Writes a result to one file, which ends in `.goodwill`, and returns its path.

    The file is written whole or not at all. It holds the model, what was asked, and everything that was
    found, so that `goodwill.open` gives back the same result. Raises `ValueError` if `result` is not a result
    or the file cannot be written there.
    """
    if not isinstance(result, RESULT_CLASSES):
        raise ValueError(
            f"result is {shown(result)}; it must be what gw.advocacy, gw.allocate, gw.best, gw.check, "
            "gw.clv, gw.compare, gw.expect or gw.run gave"
        )
    return write_atomically(checked_file("path", path, ENDING), packed(result))


@keywords_checked
def open(path: str | os.PathLike[str]) -> Result:
    """The result in a file that `goodwill.save` has written, the same bit for bit.

    It can be asked whatever it could be asked before; further simulation that this needs is run now, with the
    same luck. A file holds no code, so files from others are safe to open. Raises `ValueError` for a file
    that is damaged, altered, of a newer format, or not a result. Warns if the file was written by a version
    of goodwill with other results: further simulation then has other luck than what the file holds.
    """
    try:
        data = Path(path).read_bytes()
    except OSError as error:
        raise ValueError(f"path is {str(path)!r}; the system says: {error.strerror}") from None
    try:
        result, manifest = unpacked(data, (*RESULT_CLASSES, *PARTS))
        if not isinstance(result, RESULT_CLASSES):
            raise UnreadableError("its content is not that of a result")
    except UnreadableError as error:
        raise ValueError(f"path is {str(path)!r}; {error}") from None
    if manifest["results"] != RESULTS:
        warnings.warn(
            f"{path} was computed by goodwill {manifest['goodwill']}, whose results are not those of this "
            "version: it is as it was, but what is simulated further has luck of its own",
            stacklevel=2,
        )
    return result
