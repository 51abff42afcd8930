"""What two stacks that were told the same may differ in, and why. Everything else is equal, row by row."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

TABLES: Final = MappingProxyType(
    {
        "consumer_offset": "where records lie on the topics depends on batches and on the partitions of the keys",
        "published_offset": "where records lie on the topics depends on batches and on the partitions of the keys",
        "attempt": "counts starts of processes",
        "migration": "says when this database was migrated",
        "idempotency": "answers hold ids of their stack, and a replay sends a key with every command",
        "outbox": "is empty at rest",
        "audit": "is about who asked, and when",
        "clock_move": "a clock begins where its stack was started",
        "started_with": "says what the settings of a start were",
        "calendar_feed": "is about addresses that were given out",
        "webhook_endpoint": "is about whom this deployment calls",
        "webhook_delivery": "is about calls to others",
        "job": "is about runs of background work",
        "tombstone": "is left of persons who were erased, whom no recording holds",
        "erased_order": "is left of persons who were erased, whom no recording holds",
    }
)
"""Tables that are not compared -> the reason: they say how and when work was done, not what came of it."""

COLUMNS: Final = MappingProxyType(
    {
        "journal.seq": "counts rows of all customers together",
        "stream.version": "counts inputs: several facts of one instant may have been fewer",
        "candidate.candidate_id": "is derived from the ids of the two customers",
        "candidate.customer_id": "which of the two comes first goes by their ids",
        "candidate.other_customer_id": "which of the two comes second goes by their ids",
        "grade.id": "is derived from the customer's id and the cause",
        "handle_word.seq": "counts words of all customers together",
        "handle.print": "is keyed with the secret of the deployment",
        "signal.signal_id": "is derived from the id of the follow-up or event that it counts",
        "tombstone.print": "is keyed with the secret of the deployment",
        "dead_letter.origin_part": "depends on the partitions of the topic",
        "dead_letter.origin_offset": "depends on what else went to the partition",
        "policy.activated_at": "is the time on the wall where the clock was not told yet",
        "policy_change.number": "counts, with those of the start",
    }
)
"""`table.column` that is not compared -> the reason."""

FIELDS: Final = MappingProxyType(
    {"traceparent": "says in which trace an input came, and names spans by ids of the stack's own"}
)
"""Fields of inputs that are not compared -> the reason."""

OPEN: Final = MappingProxyType(
    {
        "journal.outcome": "a need that two facts of the instant tell is applied once (a refusal is a dead letter too)",
        "cause": "which of several facts of the instant had the last word",
        "cause_id": "which of several facts of the instant had the last word",
        "cause_type": "which of several facts of the instant had the last word",
        "causationid": "which of several facts of the instant had the last word",
        "last_followup": "which of several follow-ups of the instant was heard of last",
        "previous": "what was said before within the instant",
        "changed": "what was said before within the instant",
        "number": "counts what was said within instants",
        "version": "numbers the needs of one instant in the order of arrival",
        "superseded_by": "may be a follow-up that was superseded at the very instant of its scheduling",
        "plan": "remembers what stood before the instant",
        "made": "counts what was scheduled on the day",
    }
)
"""Fields, in rows (`table.column`: of one table alone) and in states, that the order within one instant decides -> why.

They are compared like all others first. Where a customer's rows of an instant differ, and facts of several writers met
in a stream of that customer at that instant, they are compared again without these: of the facts and grades of one
instant the last one counts, and follow-ups that were superseded at the instant of their scheduling do not.
"""
