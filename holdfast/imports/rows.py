"""The lines of a file, CSV with a heading or JSON lines, one after the other and numbered as an editor does."""

from __future__ import annotations

import csv
import io
from collections import deque
from collections.abc import Iterator
from typing import IO, Any, Literal, NamedTuple

import msgspec

from shared.contracts.envelope import MAX_BYTES

Form = Literal["csv", "jsonl"]
HEADING = 1
"""The line of a CSV that names its columns."""


class Row(NamedTuple):
    """One line: its cells by column, or why it cannot be read. The cells of JSON have their types already."""

    number: int
    cells: dict[str, Any] | None
    fault: str | None = None


def form_of(name: str, start: bytes) -> Form:
    """By the name's ending, else by the first character of the content."""
    if name.endswith((".csv", ".jsonl", ".ndjson", ".json")):
        return "csv" if name.endswith(".csv") else "jsonl"
    return "jsonl" if start.lstrip()[:1] == b"{" else "csv"


def read_rows(file: IO[bytes], form: Form) -> Iterator[Row]:
    """Every line but empty ones. The first row of a CSV is its heading, column -> column, or why it is none."""
    return _csv(file) if form == "csv" else _json_lines(file)


class _Lines:
    """The lines of a CSV, of which those that a bad record took with it come again."""

    def __init__(self, text: Iterator[str]) -> None:
        self.number = 0
        self._text = text
        self._taken: list[str] = []
        self._again: deque[str] = deque()

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self._again.popleft() if self._again else next(self._text)
        self._taken.append(line)
        self.number += 1
        return line

    def begin(self) -> int:
        """The number of the line with which the next record begins."""
        self._taken.clear()
        return self.number + 1

    def give_back(self) -> None:
        """All of this record but its first line: a quote that nobody closes takes every line behind it."""
        rest = self._taken[1:]
        self._again.extendleft(reversed(rest))
        self.number -= len(rest)


def _csv(file: IO[bytes]) -> Iterator[Row]:
    csv.field_size_limit(MAX_BYTES)
    text = io.TextIOWrapper(file, "utf-8-sig", errors="surrogateescape", newline="")
    try:
        lines = _Lines(text)
        reader = csv.reader(lines, strict=True)
        try:
            heading = [cell.strip() for cell in next(reader, [])]
        except csv.Error as error:
            yield Row(HEADING, None, f"the heading is no CSV: {error}")
            return
        yield _heading(heading)
        yield from _records(reader, lines, heading)
    finally:
        if not file.closed:
            text.detach()


def _heading(names: list[str]) -> Row:
    if "" in names:
        return Row(HEADING, None, f"column {names.index('') + 1} has no name in the heading")
    if twice := sorted({name for name in names if names.count(name) > 1}):
        return Row(HEADING, None, f"the heading has {', '.join(twice)} twice")
    return Row(HEADING, {name: name for name in names})


def _records(reader: Iterator[list[str]], lines: _Lines, heading: list[str]) -> Iterator[Row]:
    while True:
        first = lines.begin()
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            lines.give_back()
            yield Row(first, None, f"no CSV: {error}")
            continue
        if len(cells) == len(heading):
            yield Row(first, {name: cell.strip() for name, cell in zip(heading, cells, strict=True) if cell.strip()})
        elif cells:
            yield Row(first, None, f"has {len(cells)} cells, the heading has {len(heading)}")


def _json_lines(file: IO[bytes]) -> Iterator[Row]:
    for number, line in enumerate(file, 1):
        if line.strip():
            yield _json(number, line)


def _json(number: int, line: bytes) -> Row:
    try:
        tree = msgspec.json.decode(line.removeprefix(b"\xef\xbb\xbf"))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        return Row(number, None, f"no JSON: {error}")
    if not isinstance(tree, dict):
        return Row(number, None, "no JSON object: each line is one, with the fields as its members")
    return Row(number, {name: value for name, value in tree.items() if value is not None})
