"""Who does the reference job: what every contender is asked for."""

from __future__ import annotations

import subprocess
from abc import ABC, abstractmethod
from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

import msgspec

from bench.reference.job import CHANGED
from bench.reference.logs import Batch, Told
from bench.reference.oracle import Answer, Change
from bench.reference.verdict import Found
from bench.servers import Servers

LIMIT_SECONDS = 420


class Failed(Exception):
    """A contender ended early, or did not end."""


class Input(NamedTuple):
    """What is read: a topic, the same as a file, and the right answer."""

    topic: str
    file: Path
    records: int
    answer: Answer


class Job(NamedTuple):
    """One contender at work for one round; `name` is of this round alone."""

    servers: Servers
    input: Input
    name: str
    folder: Path

    @property
    def log(self) -> Path:
        return self.folder / f"{self.name}.log"


class Done(NamedTuple):
    """`records` were taken in between the two instants of `time.time()`."""

    told: Told
    batches: Sequence[Batch] = ()


class Contender(ABC):
    """`servers`: those of the roots that it uses. `few`: it is given the short input."""

    name: str
    uses: frozenset[str] = frozenset()
    few = False
    coalesces = False

    @abstractmethod
    async def start(self, job: Job) -> subprocess.Popen[bytes]:
        """From nothing."""

    @abstractmethod
    async def done(self, job: Job, process: subprocess.Popen[bytes]) -> Done:
        """Once all is applied and announced. Raises Failed."""

    @abstractmethod
    async def stop(self, process: subprocess.Popen[bytes]) -> None:
        """Returns when it has ended."""

    @abstractmethod
    async def found(self, job: Job) -> Found:
        """Its answer."""


def chains(payloads: Iterable[bytes]) -> dict[str, list[Change]]:
    """By customer, in the order of the topic."""
    chains: defaultdict[str, list[Change]] = defaultdict(list)
    for payload in payloads:
        event = msgspec.json.decode(payload)
        if event.get("type", CHANGED) == CHANGED:
            chains[event["subject"]].append((event["data"].get("from"), event["data"]["to"]))
    return dict(chains)
