"""The lines of a file, CSV with a heading or JSON lines, one after the other and numbered as an editor does."""

from __future__ import annotations

import csv
import io
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
    """Every line but empty ones. The first row of a CSV is its heading, column -> column."""
    return _csv(file) if form == "csv" else _json_lines(file)


def _csv(file: IO[bytes]) -> Iterator[Row]:
    csv.field_size_limit(MAX_BYTES)
    text = io.TextIOWrapper(file, "utf-8-sig", errors="surrogateescape", newline="")
    try:
        reader = csv.reader(text, strict=True)
        heading = [cell.strip() for cell in next(reader, [])]
        yield Row(HEADING, {name: name for name in heading})
        yield from _records(reader, heading)
    finally:
        text.detach()


def _records(reader: Any, heading: list[str]) -> Iterator[Row]:
    while True:
        first = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
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
