"""The answer: one event after the other in plain Python, each id once; nothing of the engine is used."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple

from bench.reference.job import COMPLAINT, INTERACTION, ORDER, SURVEY, Standing, grade
from bench.reference.records import Record

Change = tuple[str | None, str]
"""(from, to); from nothing at first."""


class Answer(NamedTuple):
    """By customer; `events` counts each id once."""

    standings: dict[str, Standing]
    changes: dict[str, list[Change]]
    events: int
    records: int

    @property
    def number_of_changes(self) -> int:
        return sum(map(len, self.changes.values()))


def answer_to(records: Iterable[Record]) -> Answer:
    """Fold them in this order."""
    seen: set[str] = set()
    standings: dict[str, Standing] = {}
    changes: defaultdict[str, list[Change]] = defaultdict(list)
    count = 0
    for record in records:
        count += 1
        event = json.loads(record.value)
        if event["id"] in seen:
            continue
        seen.add(event["id"])
        customer = event["subject"]
        before = standings.get(customer)
        now = standings[customer] = fold(before or Standing(), event)
        was, is_ = grade(before) if before else None, grade(now)
        if was != is_:
            changes[customer].append((was, is_))
    return Answer(standings, dict(changes), len(seen), count)


def fold(standing: Standing, event: dict[str, Any]) -> Standing:
    """The standing after one event, as it lies in the record."""
    at, data = int(datetime.fromisoformat(event["time"]).timestamp()), event["data"]
    now = standing._replace(last_event=max(standing.last_event, at))
    match event["type"]:
        case type_ if type_ == INTERACTION:
            return now._replace(last_contact=max(now.last_contact, at))
        case type_ if type_ == ORDER:
            last = max(now.last_order, at)
            return now._replace(last_order=last, orders=now.orders + 1, cents=now.cents + data["cents"])
        case type_ if type_ == COMPLAINT:
            return now._replace(open=now.open + (1 if data["status"] == "opened" else -1))
        case type_ if type_ == SURVEY:
            return now._replace(scores=now.scores + data["score"], answers=now.answers + 1)
        case other:
            raise ValueError(f"no type of the job: {other}")
