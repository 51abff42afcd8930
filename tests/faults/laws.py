"""Promises as checks over the services' tables and the topics: every function lists what breaks one."""

from __future__ import annotations

from hashlib import sha256
from uuid import UUID

import asyncpg

from tests.faults.topics import Log, name_of, topic_of
from tests.faults.witness import committed
from tests.oracle.oracle import Oracle

READS = {
    "profile": {
        "grading": {"grade.assigned", "tier.assigned", "churn_risk.raised"},
        "scheduler": {"followup.completed"},
        "feedback": {"complaint.opened", "complaint.resolved"},
    },
    "grading": {
        "profile": {"customer.registered", "need.changed", "purchase.recorded", "interaction.recorded"},
        "scheduler": {"followup.completed", "task.completed"},
        "feedback": {"complaint.opened", "complaint.resolved"},
    },
    "scheduler": {
        "profile": {"customer.registered", "need.changed", "purchase.recorded", "interaction.recorded"},
        "grading": {"grade.assigned", "tier.assigned", "loyalty.assigned", "uplift.suggested", "churn_risk.raised"},
        "feedback": {
            "complaint.opened", "complaint.resolved", "remediation.started", "remediation.step_added",
            "remediation.step_completed", "complaint_risk.raised", "survey.requested",
        },
    },
    "feedback": {
        "profile": {"customer.registered", "complaint.received", "complaint.updated", "interaction.recorded"},
        "grading": {"tier.assigned", "value.computed"},
        "scheduler": {"task.completed", "followup.completed", "followup.overdue"},
    },
}  # fmt: skip
"""The least that each service must take in of the others' facts."""

APPLIED = "select event_key::text from journal where outcome in ('applied', 'superseded')"
DEAD = "select coalesce(event_key::text, ''), event_id, reason, detail from dead_letter"
LOOSE_ENDS = """
select 'outbox row ' || id from outbox
union all select 'flagged ' || id || ': ' || flagged from stream where flagged is not null
union all select 'stream without content that wakes ' || id from stream
 where version = 0 and wake_at is not null and kind <> 'period'
union all select 'two journal rows of ' || event_key from journal group by event_key having count(*) > 1
"""
"""A period of figures begins as nothing but its end."""
OFFSETS = "select topic, part, next_offset from consumer_offset"


def key_of(source: str, event_id: str) -> str:
    """128 bits of SHA-256(source, 0x00, id): what de-duplicates an upstream event for ever."""
    return str(UUID(bytes=sha256(f"{source}\0{event_id}".encode()).digest()[:16]))


async def one_outcome_each(connection: asyncpg.Connection, oracle: Oracle) -> list[str]:
    """P1 and P7 at profile: each accepted event is applied once, or refused once with its reason; nothing else is."""
    journal = [row[0] for row in await connection.fetch(APPLIED + " and door = 'kafka'")]
    dead = await connection.fetch(DEAD)
    sent = {key_of(source, event_id): (source, event_id) for source, event_id in oracle.seen}
    bad = {(event_id, reason) for _, event_id, reason in oracle.bad}
    refused = {(row["event_id"], row["reason"]) for row in dead}
    applied = set(journal)
    return (
        [f"never applied: {sent[key]}" for key in sent.keys() - applied]
        + [f"refused and nobody knows why: {r['event_id']} {r['reason']} {r['detail'][-300:]}" for r in dead
           if (r["event_id"], r["reason"]) not in bad]
        + [f"not refused: {one}" for one in bad - refused]
        + [f"dead letters: {len(dead)} rows of {len(bad)}" for _ in "x" if len(dead) != len(bad)]
    )  # fmt: skip


async def facts_taken_in(connection: asyncpg.Connection, service: str, logs: dict[str, Log]) -> list[str]:
    """P1 and P7 at the next hop: each fact of a type that the service reads is applied once, and no dead letter."""
    applied = {row[0] for row in await connection.fetch(APPLIED)}
    missing = []
    for writer, types in READS[service].items():
        facts = logs[topic_of(writer)].facts.values()
        missing += [f"{service} never applied {name_of(f)} {f['id']}" for f in facts
                    if name_of(f) in types and f["id"] not in applied]  # fmt: skip
    if service != "profile":
        missing += [f"{service} refused {row['event_id']}: {row['reason']} {row['detail'][-300:]}"
                    for row in await connection.fetch(DEAD)]  # fmt: skip
    return missing


async def outbox_is_topic(connection: asyncpg.Connection, service: str, log: Log) -> list[str]:
    """P5: committed to the outbox, on the topic: the same ids."""
    said = await committed(connection, topic_of(service))
    heard = set(log.facts)
    return [f"{service} committed and never sent: {one}" for one in said - heard] + [
        f"{service} sent what it never committed: {log.facts[one]['type']} {one}" for one in heard - said
    ]


async def nothing_is_left(connection: asyncpg.Connection, service: str, ends: dict[tuple[str, int], int]) -> list[str]:
    """Empty outbox, no flag, every partition read. `ends`: (topic, partition) -> the offset after the last record."""
    loose = [f"{service}: {row[0]}" for row in await connection.fetch(LOOSE_ENDS)]
    for topic, part, stands in await connection.fetch(OFFSETS):
        end = ends.get((topic, part))
        if end is not None and stands != end:
            loose.append(f"{service} stands at {topic}/{part} {stands}, its end is {end}")
    return loose
