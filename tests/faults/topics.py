"""All that lies on the topics, read from their beginning by a consumer of the tests' own."""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition

Fact = dict[str, Any]
WORDS = ("type", "subject", "recordedtime", "time", "data")
WRITERS = ("profile", "grading", "scheduler", "feedback")


def topic_of(writer: str) -> str:
    return f"holdfast.{writer}.v1"


@dataclass
class Log:
    """Facts of one topic, each once, in the sequence in which they first came, with how often they came."""

    facts: dict[str, Fact] = field(default_factory=dict)
    records: int = 0
    end: dict[int, int] = field(default_factory=dict)
    """Partition -> the offset after its last record."""

    @property
    def redelivered(self) -> int:
        return self.records - len(self.facts)

    def once(self) -> Log:
        """Without what was said again of the same instant in the same words, but from another cause."""
        first: dict[str, Fact] = {}
        for fact in self.facts.values():
            first.setdefault(json.dumps([fact.get(name) for name in WORDS], sort_keys=True), fact)
        return Log({fact["id"]: fact for fact in first.values()}, self.records, self.end)

    def of_type(self, name: str) -> list[Fact]:
        """Facts whose type is holdfast.<writer>.<name>.v1."""
        return [fact for fact in self.facts.values() if name_of(fact) == name]

    def by_customer(self) -> dict[str, list[Fact]]:
        sorted_out: defaultdict[str, list[Fact]] = defaultdict(list)
        for fact in self.facts.values():
            sorted_out[fact.get("subject", "")].append(fact)
        return dict(sorted_out)


def name_of(fact: Fact) -> str:
    name: str = fact["type"].split(".", 2)[2].removesuffix(".v1")
    return name


async def read_all(bootstrap: str, topics: list[str], partitions: int) -> dict[str, Log]:
    """Every record from the beginning to where the topics end now; each of them has so many partitions."""
    consumer = AIOKafkaConsumer(bootstrap_servers=bootstrap, enable_auto_commit=False, auto_offset_reset="earliest")
    await consumer.start()
    try:
        parts = [TopicPartition(topic, part) for topic in topics for part in range(partitions)]
        consumer.assign(parts)
        ends = await consumer.end_offsets(parts)
        logs = {topic: Log() for topic in topics}
        for tp in parts:
            logs[tp.topic].end[tp.partition] = ends[tp]
        left = {tp for tp in parts if ends[tp] > 0}
        while left:
            for tp, records in (await consumer.getmany(timeout_ms=200, max_records=5_000)).items():
                for record in records:
                    _note(logs[tp.topic], json.loads(record.value))
            left = {tp for tp in left if await consumer.position(tp) < ends[tp]}
        return logs
    finally:
        await consumer.stop()


def _note(log: Log, fact: Fact) -> None:
    log.records += 1
    log.facts.setdefault(fact["id"], fact)
