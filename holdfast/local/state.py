"""What a running stack says about itself, kept where other commands find it."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Literal

import msgspec

from holdfast.local.process import is_alive
from shared.contracts.topics import WRITERS
from shared.kafka.settings import KafkaSettings

FILE = "stack.json"


class NoStack(Exception):
    """No stack is up in the data folder."""


class Member(msgspec.Struct, frozen=True):
    """One process of a service; replica 0 is the one whose URL is told."""

    service: str
    replica: int
    url: str
    pid: int


class StackState(msgspec.Struct, frozen=True, kw_only=True):
    """`postgres`: service -> DSN. `environment`: what every process of a service is told, by service."""

    supervisor: int
    kafka: str
    postgres: dict[str, str]
    token: str
    agent_token: str = ""
    """Opens all but what is restricted."""
    clock: Literal["system", "simulated"]
    time_zone: str
    """The deployment's, IANA: its days are what a simulated clock stops at."""
    embedded_broker: bool
    topic_prefix: str
    members: tuple[Member, ...]
    environment: dict[str, dict[str, str]]

    def line(self) -> dict[str, Any]:
        """What `local up` prints once everything is ready."""
        return {
            "kafka": self.kafka,
            "postgres": self.postgres,
            **{member.service: member.url for member in self.members if member.replica == 0},
            "pids": {name: [m.pid for m in self.members if m.service == name] for name in WRITERS},
            "token": self.token,
        }

    def with_members(self, members: Iterable[Member]) -> StackState:
        """The same stack with other processes."""
        return msgspec.structs.replace(self, members=tuple(members))

    def kafka_settings(self) -> KafkaSettings:
        """Security settings come from the environment, as they do for the services."""
        return KafkaSettings(kafka=self.kafka, embedded_broker=self.embedded_broker, topic_prefix=self.topic_prefix)

    def urls(self) -> Mapping[str, list[str]]:
        """Service -> base URL of each replica."""
        return {name: [m.url for m in self.members if m.service == name] for name in WRITERS}


def data_folder(given: Path | None) -> Path:
    """The option, else `HOLDFAST_DATA`, else `.holdfast`: says which stack every command means."""
    return (given or Path(os.environ.get("HOLDFAST_DATA") or ".holdfast")).absolute()


def save_state(folder: Path, state: StackState) -> None:
    """Atomically; only this user may read it, for it holds the token."""
    unfinished = folder / f"{FILE}.new"
    unfinished.touch(mode=0o600)
    unfinished.write_bytes(msgspec.json.format(msgspec.json.encode(state), indent=1))
    unfinished.replace(folder / FILE)


def load_state(folder: Path) -> StackState:
    """Raises NoStack unless the stack of this folder is up."""
    try:
        state = msgspec.json.decode((folder / FILE).read_bytes(), type=StackState)
    except FileNotFoundError as error:
        raise NoStack(f"no stack is up in {folder}: start one with `holdfast local up --data {folder}`") from error
    if not is_alive(state.supervisor):
        raise NoStack(f"the stack of {folder} has died: start it again with `holdfast local up --data {folder}`")
    return state


def forget_state(folder: Path) -> None:
    """The stack is down."""
    (folder / FILE).unlink(missing_ok=True)
