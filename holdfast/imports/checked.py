"""The whole pass before anything is sent: good lines are put aside as events, bad ones are told."""

from __future__ import annotations

import csv
import os
import struct
from array import array
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from hashlib import blake2b, sha256
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Final, Self, TextIO

import numpy as np

from holdfast.imports.judge import Fault, Judge, Record
from holdfast.imports.rows import Row

LENGTH: Final = struct.Struct("<I")
EXAMPLES: Final = 5


class Spool:
    """Events on disk, in a file that has no name and goes with the process: it holds personal data.

    In memory 16 bytes of each.
    """

    def __init__(self) -> None:
        self.file: IO[bytes] = TemporaryFile()  # noqa: SIM115 - closed with the spool
        self._ends = array("Q", [0])
        self._customers = array("Q")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.file.close()

    def add(self, record: Record) -> None:
        written = self.file.write(LENGTH.pack(len(record.key)) + record.key + record.value)
        self._ends.append(self._ends[-1] + written)
        self._customers.append(int.from_bytes(blake2b(record.key, digest_size=8).digest()))

    @property
    def count(self) -> int:
        return len(self._customers)

    def records(self, skip: int = 0) -> Iterator[Record]:
        """All of them but the first `skip`: customer by customer, as each first comes, in the order of the file.

        What a service folds at once is then of few customers, which costs a fifth less than of many.
        """
        self.file.flush()
        _, firsts, whose = np.unique(self._customers, return_index=True, return_inverse=True)
        for n in np.argsort(firsts[whose], kind="stable")[skip:]:
            begin, end = self._ends[n], self._ends[n + 1]
            whole = os.pread(self.file.fileno(), end - begin, begin)
            value = LENGTH.size + LENGTH.unpack_from(whole)[0]
            yield Record(whole[LENGTH.size : value], whole[value:])


class Faults:
    """Counts bad lines by reason and writes each to a file, which is made with the first."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.counts: Counter[str] = Counter()
        self.examples: dict[str, list[Fault]] = {}
        self._lines = sha256()
        self._files = ExitStack()
        self._file: TextIO | None = None

    def __enter__(self) -> Self:
        self.path.unlink(missing_ok=True)
        return self

    def __exit__(self, *_: object) -> None:
        self._files.close()

    def add(self, fault: Fault) -> None:
        if self._file is None:
            opened = self.path.open("w", newline="", encoding="utf-8", errors="backslashreplace")
            self._file = self._files.enter_context(opened)
            csv.writer(self._file).writerow(Fault._fields)
        csv.writer(self._file).writerow(fault)
        self.counts[fault.reason] += 1
        self._lines.update(b"%d," % fault.line)
        if len(shown := self.examples.setdefault(fault.reason, [])) < EXAMPLES:
            shown.append(fault)

    @property
    def skipped(self) -> str:
        """Says which lines are bad; empty where none is."""
        return self._lines.hexdigest() if self.counts else ""

    def lines(self) -> Iterator[str]:
        """A few lines for a person: the most frequent reasons first, each with its first lines."""
        for reason, count in self.counts.most_common():
            lines = ", ".join(str(fault.line) for fault in self.examples[reason])
            first = self.examples[reason][0].detail
            yield f"{count:>9,}  {reason} (line {lines}{' …' * (count > EXAMPLES)}), first: {first}"


def check(rows: Iterable[Row], judge: Judge, spool: Spool, faults: Faults, passed: Callable[[], None]) -> None:
    """Judge every row; `passed` is called after each."""
    for row in rows:
        match judge(row):
            case Fault() as fault:
                faults.add(fault)
            case record:
                spool.add(record)
        passed()
