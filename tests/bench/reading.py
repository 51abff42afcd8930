"""Records of the reference job as the reader takes them in, without a broker."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from types import SimpleNamespace

from bench.reference.decider import RULES, SUBSCRIPTIONS
from bench.reference.records import Record
from shared.contracts.topics import DEFAULT
from shared.engine.inputs import Input
from shared.engine.intake import Intake
from shared.engine.subscriptions import reads

READS = reads(SUBSCRIPTIONS, RULES.commands, DEFAULT)


def taken_in(records: Sequence[Record], first: int = 0) -> list[Input]:
    """As one partition of profile's topic, from this offset on."""
    intake = Intake(READS, simulated=True, log_append_time=False)
    return [intake.read(_record(record, n), n, None) for n, record in enumerate(records, first)]


def batches(records: Sequence[Record], sizes: Iterable[int]) -> Iterable[list[Input]]:
    """One after the other."""
    at = 0
    for size in sizes:
        yield taken_in(records[at : at + size], at)
        at += size


def _record(record: Record, offset: int) -> SimpleNamespace:
    return SimpleNamespace(
        topic=DEFAULT.profile,
        partition=0,
        offset=offset,
        timestamp=0,
        timestamp_type=0,
        key=record.key,
        value=record.value,
        headers=(),
    )
