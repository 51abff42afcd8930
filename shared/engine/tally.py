"""What is counted as it happens: decisions by type and rule, and how old events are when they are decided."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime

from prometheus_client import Counter as Metric
from prometheus_client import Histogram

from shared.engine.inputs import Input, Outcome
from shared.engine.records import JournalRow
from shared.engine.streams import NEVER

DECISIONS = Metric(
    "holdfast_decisions_total",
    "Inputs that this process has decided; `rule` is the slug of what refused them",
    ["type", "outcome", "rule"],
)
EVENT_AGE = Histogram(
    "holdfast_event_age_seconds",
    "Of each batch from Kafka the oldest input: from when what caused it came in until it was decided",
    buckets=(0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30, 60, 300, 900, 3600, 14400, 86400),
)
UNREADABLE = "unreadable"

Decided = Counter[tuple[str, str, str]]
"""(type, outcome, rule) -> how many."""


def decided(journal: Iterable[JournalRow], inputs: Iterable[Input] = (), outcomes: Iterable[Outcome] = ()) -> Decided:
    """What a transaction decided: its journal rows, and what it refused or failed at.

    The reason of what is superseded is a sentence with ids in it, and no label.
    """
    found = Counter((row.type, row.outcome, "") for row in journal)
    for item, outcome in zip(inputs, outcomes, strict=True):
        if outcome.result in ("refused", "failed"):
            found[item.event.type if item.event else UNREADABLE, outcome.result, outcome.reason or ""] += 1
    return found


def count(found: Decided) -> None:
    """Once it is committed."""
    for labels, n in found.items():
        DECISIONS.labels(*labels).inc(n)


def measure_age(inputs: Sequence[Input], clock: datetime) -> None:
    """One observation a batch: looking at each would cost more than deciding some of them."""
    came = [item.recordedtime for item in inputs if item.event is not None and item.recordedtime > NEVER]
    if came:
        EVENT_AGE.observe(max(0.0, (clock - min(came)).total_seconds()))
