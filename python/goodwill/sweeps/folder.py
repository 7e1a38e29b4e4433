"""The folder of a sweep: what is finished, whatever becomes of the processes that work for it.

`sweep.goodwill` holds the question, `design.goodwill` the design that was asked for last. A chunk is a
Parquet file of finished work whose name is the checksum of its bytes, so that what is cut off or altered
does not count. What shards of a replication leave behind lies apart until it is added up. Files are written
beside their place and renamed; none is ever changed. Several processes may work in one folder.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import uuid
import warnings
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from goodwill.engine.plain import Plain
from goodwill.engine.terms import Terms
from goodwill.engine.world import RESULTS
from goodwill.results.archive import UnreadableError, packed, unpacked
from goodwill.sweeps.designs import Design
from goodwill.sweeps.differences import differences
from goodwill.sweeps.points import SweepQuestion
from goodwill.text.files import write_atomically

QUESTION, DESIGN, CHUNKS, SHARDS = "sweep.goodwill", "design.goodwill", "chunks", "shards"
ENDING, DAMAGED = ".parquet", ".damaged"


@dataclass(frozen=True, eq=False)
class Asked(Plain):
    """What is wanted of a sweep; what is finished may be more or less."""

    design: Design
    replications: int


class Chunks:
    """A folder of Parquet files, each under the name that its bytes have."""

    def __init__(self, chunks: Path) -> None:
        self.chunks = chunks

    def add(self, chunk: pa.Table) -> str:
        """Keeps a chunk and returns its name."""
        data = _parquet(chunk)
        name = hashlib.sha256(data).hexdigest() + ENDING
        self.chunks.mkdir(exist_ok=True)
        write_atomically(self.chunks / name, data)
        return name

    def names(self) -> list[str]:
        """The chunks there are, in an order that is always the same."""
        return sorted(path.name for path in self.chunks.glob(f"*{ENDING}"))

    def read(self, name: str) -> pa.Table | None:
        """A chunk; None if it is damaged. A damaged one is set aside, so that its work is done again."""
        file = self.chunks / name
        try:
            data = file.read_bytes()
        except FileNotFoundError:  # another process has set it aside
            return None
        if hashlib.sha256(data).hexdigest() + ENDING == name:
            # Threads of Arrow may abort a process that ends (apache/arrow issue 34314).
            return pq.ParquetFile(pa.BufferReader(data), pre_buffer=False).read(use_threads=False)
        warnings.warn(
            f"{file} is cut off or altered (its bytes are not those of its name); it is set aside as "
            f"{name.removesuffix(ENDING)}{DAMAGED}, and its points are pending again",
            stacklevel=2,
        )
        with contextlib.suppress(FileNotFoundError):
            file.replace(file.with_suffix(DAMAGED))
        return None

    def chunks_in(self, names: Iterable[str]) -> Iterator[tuple[str, pa.Table]]:
        for name in names:
            if (table := self.read(name)) is not None:
                yield name, table

    def remove(self, names: Iterable[str]) -> None:
        """Chunks that are needed no more; some may be gone."""
        for name in names:
            (self.chunks / name).unlink(missing_ok=True)


class Folder(Chunks):
    """That of a sweep, with the chunks of its points. Raises `ValueError` if it belongs to another question,
    or is no folder of a sweep."""

    def __init__(self, path: Path) -> None:
        super().__init__(path / CHUNKS)
        self.path = path
        self.shards = Chunks(path / SHARDS)

    @property
    def exists(self) -> bool:
        return (self.path / QUESTION).exists()

    def adopt(self, question: SweepQuestion) -> None:
        """Makes the folder that of a question; it may be already."""
        if self.path.exists() and not self.path.is_dir():
            raise ValueError(f"folder is {str(self.path)!r}, which is a file")
        if not self.exists and self.path.is_dir() and any(self.path.iterdir()) and not self.chunks.is_dir():
            raise ValueError(f"folder is {str(self.path)!r}; it holds other files: name a new folder")
        self.chunks.mkdir(parents=True, exist_ok=True)
        if not self.exists:
            _write_new(self.path / QUESTION, packed(question))
        there = self.question()
        if there.asked != question.asked or there.used_terms != question.used_terms:
            listed = "\n".join(f"  {line}" for line in differences(there, question))
            raise ValueError(
                f"folder is {str(self.path)!r}, which holds another sweep; it differs in\n{listed}\n"
                "Name another folder, or ask what this one was made for."
            )

    def question(self) -> SweepQuestion:
        found = self._opened(QUESTION, (SweepQuestion, Terms))
        assert isinstance(found, SweepQuestion)
        return found

    def asked(self) -> Asked:
        """What was asked for last."""
        found = self._opened(DESIGN, (Asked, Design))
        assert isinstance(found, Asked)
        return found

    def _opened(self, name: str, classes: Iterable[type]) -> object:
        try:
            found, manifest = unpacked((self.path / name).read_bytes(), classes)
        except OSError as error:
            why = f"the system says: {error.strerror}"
            raise ValueError(f"folder is {str(self.path)!r}; it holds no sweep ({why})") from None
        except UnreadableError as error:
            raise ValueError(f"folder is {str(self.path)!r}; in {name} {error}") from None
        if manifest["results"] != RESULTS:
            raise ValueError(
                f"folder is {str(self.path)!r}; it was computed by goodwill {manifest['goodwill']}, whose "
                f"results (version {manifest['results']}) are not those of this one (version {RESULTS}): "
                "name another folder"
            )
        return found

    def keep_asked(self, design: Design, replications: int) -> None:
        write_atomically(self.path / DESIGN, packed(Asked(design, replications)))


def _parquet(chunk: pa.Table) -> bytes:
    sink = pa.BufferOutputStream()
    pq.write_table(chunk, sink, compression="zstd")
    return bytes(sink.getvalue().to_pybytes())


def chunk_bytes(chunk: pa.Table) -> int:
    """What a chunk takes in the folder."""
    return len(_parquet(chunk))


def _write_new(file: Path, content: bytes) -> None:
    """Writes a file unless it exists by now; never half of it."""
    mine = file.with_name(f".{file.name}.{uuid.uuid4().hex}")
    write_atomically(mine, content)
    try:
        os.link(mine, file)
    except FileExistsError:
        pass
    except OSError as error:
        if error.errno not in (errno.EPERM, errno.EOPNOTSUPP):
            raise
        mine.replace(file)  # a file system without links: the last one to ask keeps its question
    finally:
        mine.unlink(missing_ok=True)
