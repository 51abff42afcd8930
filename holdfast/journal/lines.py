"""A recording: one input a line, as JSON."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

import msgspec
from msgspec import Struct

Door = Literal["clock", "kafka", "http", "replay", "policy"]
SERVICE_OF_CLOCK = "all"


class Line(Struct, frozen=True, omit_defaults=True):
    """`at`: what the simulated clock had been told. `input`: the CloudEvent as it was applied; of the clock {`now`};
    of a dead letter its bytes, key and headers in base64; of a policy {`policy_id`, `state`, `name`, `values`}.

    `phase` counts the rests that lie between inputs of one instant of one customer. `followup`: which one a command
    completes, in words that hold in every stack: {`journal`, `due_on`}; `task`: which one, {`kind`, `key`}. `handle`: a
    customer by name.
    """

    at: datetime
    door: Door
    service: str
    input: dict[str, Any]
    phase: int = 0
    handle: str | None = None
    followup: dict[str, Any] | None = None
    task: dict[str, Any] | None = None
    dead_letter_id: str | None = None

    @property
    def place(self) -> tuple[datetime, int]:
        """Lines of one place go in together; there is a rest between places."""
        return self.at, self.phase


class NoRecording(ValueError):
    """The file is none."""


def write_lines(lines: Iterable[Line]) -> Iterator[bytes]:
    """One JSON text each, with its line end."""
    for line in lines:
        yield msgspec.json.encode(line) + b"\n"


def read_lines(file: Path) -> list[Line]:
    """In the order of the file. Raises NoRecording with the number of the line that is wrong."""
    lines = []
    for number, text in enumerate(file.read_bytes().splitlines(), 1):
        try:
            lines.append(msgspec.json.decode(text, type=Line))
        except msgspec.MsgspecError as error:
            raise NoRecording(f"{file}, line {number}: {error}") from None
    return lines
