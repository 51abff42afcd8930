"""Who may do what on the broker, from `deploy/topics.yaml`: `python -m shared.kafka.rights` prints them.

A line each, the arguments of Kafka's own `kafka-acls.sh`. What is not named is refused.
"""

from __future__ import annotations

import shlex
import sys
from collections.abc import Iterable, Iterator

from msgspec import Struct

from shared.contracts.topics import PREFIX
from shared.kafka.topics import FILE, TopicFile, load_topics

TOPICS_USER = "topics"
"""Creates the topics, and does nothing else."""


class Right(Struct, frozen=True):
    """What one user may do with these topics, and with its consumer group."""

    user: str
    operations: tuple[str, ...]
    topics: tuple[str, ...]
    group: str | None = None
    prefixed: bool = False
    """The names are beginnings of names."""

    def arguments(self) -> list[str]:
        """Of `kafka-acls.sh`."""
        words = ["--add", "--allow-principal", f"User:{self.user}"]
        words += [word for operation in self.operations for word in ("--operation", operation)]
        words += [word for topic in self.topics for word in ("--topic", topic)]
        words += ["--group", self.group] if self.group else []
        return words + (["--resource-pattern-type", "prefixed"] if self.prefixed else [])


def users(file: TopicFile) -> list[str]:
    """Everybody who is named, and who creates the topics."""
    named = {user for options in file.topics.values() for user in (*options.writers, *options.readers)}
    return sorted(named | {TOPICS_USER})


def rights(file: TopicFile, prefix: str = PREFIX) -> Iterator[Right]:
    """All that is allowed."""
    yield Right(TOPICS_USER, ("Create", "Describe"), (prefix,), prefixed=True)
    for user in users(file):
        written = _named(prefix, (name for name, options in file.topics.items() if user in options.writers))
        read = _named(prefix, (name for name, options in file.topics.items() if user in options.readers))
        if written:
            yield Right(user, ("Write", "Describe"), written)
        if read:
            yield Right(user, ("Read", "Describe"), read, f"{prefix}{user}")


def _named(prefix: str, names: Iterable[str]) -> tuple[str, ...]:
    return tuple(f"{prefix}{name}" for name in names)


def main(prefix: str = PREFIX) -> int:
    """Print them; the only argument is a prefix other than `holdfast.`."""
    for right in rights(load_topics(FILE), prefix):
        sys.stdout.write(shlex.join(right.arguments()) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:2]))
