"""The whole pass before anything is sent: good lines are put aside as events, bad ones are told."""

from __future__ import annotations

import csv
import struct
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Final, Self, TextIO

from holdfast.imports.judge import Fault, Judge, Record
from holdfast.imports.rows import Row

LENGTHS: Final = struct.Struct("<II")
EXAMPLES: Final = 5


class Spool:
    """Events on disk, in a file that has no name and goes with the process: it holds personal data."""

    def __init__(self) -> None:
        self.file: IO[bytes] = TemporaryFile()  # noqa: SIM115 - closed with the spool
        self.count = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.file.close()

    def add(self, record: Record) -> None:
        self.file.write(LENGTHS.pack(len(record.key), len(record.value)) + record.key + record.value)
        self.count += 1

    def records(self, skip: int = 0) -> Iterator[Record]:
        """All of them but the first `skip`."""
        self.file.seek(0)
        for number in range(self.count):
            key, value = LENGTHS.unpack(self.file.read(LENGTHS.size))
            whole = self.file.read(key + value)
            if number >= skip:
                yield Record(whole[:key], whole[key:])


class Faults:
    """Counts bad lines by reason and writes each to a file, which is made with the first."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.counts: Counter[str] = Counter()
        self.examples: dict[str, list[Fault]] = {}
        self._files = ExitStack()
        self._file: TextIO | None = None

    def __enter__(self) -> Self:
        self.path.unlink(missing_ok=True)
        return self

    def __exit__(self, *_: object) -> None:
        self._files.close()

    def add(self, fault: Fault) -> None:
        if self._file is None:
            self._file = self._files.enter_context(self.path.open("w", newline=""))
            csv.writer(self._file).writerow(Fault._fields)
        csv.writer(self._file).writerow(fault)
        self.counts[fault.reason] += 1
        if len(shown := self.examples.setdefault(fault.reason, [])) < EXAMPLES:
            shown.append(fault)

    def lines(self) -> Iterator[str]:
        """A few lines for a person: the most frequent reasons first, each with its first lines."""
        for reason, count in self.counts.most_common():
            first = ", ".join(str(fault.line) for fault in self.examples[reason])
            yield f"{count:>9,}  {reason}: {self.examples[reason][0].detail} (line {first}{' …' * (count > EXAMPLES)})"


def check(rows: Iterable[Row], judge: Judge, spool: Spool, faults: Faults, passed: Callable[[], None]) -> None:
    """Judge every row; `passed` is called after each."""
    for row in rows:
        match judge(row):
            case Fault() as fault:
                faults.add(fault)
            case record:
                spool.add(record)
        passed()
