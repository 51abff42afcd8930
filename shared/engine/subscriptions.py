"""What a service reads: from whom, and which types; everything else on those topics is stepped over."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from shared.contracts.data import Data
from shared.contracts.topics import Topics
from shared.contracts.types import Registry, registry

Subscriptions = Mapping[str, tuple[type[Data], ...]]
"""Writer (`upstream` or a service) -> the types read from it."""


class Reads(Struct, frozen=True):
    """The subscriptions of one service under one prefix of topic names."""

    topics: Topics
    by_topic: dict[str, Registry]
    commands: Registry
    """What comes over HTTP alone."""
    types: Registry
    """All of them and the service's commands: what its journal may hold."""

    @property
    def names(self) -> list[str]:
        """Every topic to subscribe to, the clock's too."""
        return [*self.by_topic, self.topics.clock]


def reads(subscriptions: Subscriptions, commands: tuple[type[Data], ...], topics: Topics) -> Reads:
    """Upstream refuses what it does not know; our own topics carry much that a service does not read."""
    by_topic = {
        topics.upstream if writer == "upstream" else topics.of(writer): registry(models, closed=writer == "upstream")
        for writer, models in subscriptions.items()
    }
    every = [model for models in subscriptions.values() for model in models]
    return Reads(topics, by_topic, registry(commands), registry((*every, *commands)))
