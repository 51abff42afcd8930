"""What `local up` is told."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Literal

from shared.contracts.topics import WRITERS

Say = Callable[[str], None]
"""Tells a person, on standard error, what happens."""


@dataclass(frozen=True, kw_only=True)
class Options:
    """`kafka`, `postgres`: given servers, embedded ones where None. `replicas`: service -> processes, else 1.

    `partitions`: of a keyed topic that is not there yet; one replica reads at least one.
    """

    data: Path
    clock: Literal["system", "simulated"] = "system"
    now: datetime | None = None
    policy: Path | None = None
    kafka: str | None = None
    postgres: str | None = None
    port: int = 8101
    partitions: int = 2
    replicas: Mapping[str, int] = field(default_factory=dict)
    restart: bool = True


def parse_replicas(texts: list[str]) -> dict[str, int]:
    """`grading=2` each. Raises ValueError."""
    found: dict[str, int] = {}
    for text in texts:
        name, _, number = text.partition("=")
        if name not in WRITERS or not number.isdecimal() or int(number) < 1:
            raise ValueError(f"{text}: write for example grading=2; services are {', '.join(WRITERS)}")
        found[name] = int(number)
    return found
