"""When contenders began and ended, and their batches, by what they wrote themselves."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import pairwise
from math import ceil
from pathlib import Path
from typing import Any, NamedTuple


class Told(NamedTuple):
    """`records` were taken in between two instants of `time.time()`."""

    began: float
    ended: float
    records: int


class Batch(NamedTuple):
    """One of Holdfast's: when it was committed, and of how many records."""

    at: float
    records: int


def told_by(log: Path) -> Told | None:
    """What a peer has said; None until it has ended."""
    at = {line["what"]: line for line in _lines(log) if "what" in line}
    if "ended" not in at:
        return None
    return Told(at["began"]["at"], at["ended"]["at"], at["ended"]["records"])


def read_batches(log: Path) -> list[Batch]:
    """Of a service, in order."""
    applied = (line for line in _lines(log) if line.get("event") == "batch_applied" and line["inputs"])
    return [Batch(_instant(line), line["inputs"]) for line in applied]


def last_relayed(log: Path) -> float:
    """When its last fact was acknowledged; 0 where there was none."""
    return max((_instant(line) for line in _lines(log) if line.get("event") == "relayed"), default=0.0)


def milliseconds(batches: Sequence[Batch]) -> list[float]:
    """From one commit to the next."""
    return [1000 * (after.at - before.at) for before, after in pairwise(batches)]


def percentile(found: Sequence[float], share: float) -> float:
    """The smallest of them that so many do not exceed; 0 of none."""
    ordered = sorted(found)
    return ordered[max(0, ceil(share * len(ordered)) - 1)] if ordered else 0.0


def _instant(line: dict[str, Any]) -> float:
    return datetime.fromisoformat(line["timestamp"]).timestamp()


def _lines(log: Path) -> Iterator[dict[str, Any]]:
    """Lines of JSON; what else a program prints is passed over, as is a line that is not whole yet."""
    if not log.exists():
        return
    for text in log.read_text(errors="replace").splitlines():
        if text.startswith("{"):
            try:
                yield json.loads(text)
            except ValueError:
                continue
