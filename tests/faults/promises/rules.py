"""The smallest service that time can wrong: a promise is made, kept in time, or announced as broken."""

from __future__ import annotations

from datetime import UTC, datetime, time
from pathlib import Path
from typing import ClassVar

from msgspec import Struct
from msgspec.structs import replace

from shared.contracts.data import Data
from shared.contracts.dates import Instant
from shared.contracts.profile import NeedChanged
from shared.contracts.scheduler import TaskCompleted
from shared.engine.decision import Accepted, Context, Decision, Event, Fact, Rules, TimePassed
from shared.engine.process import Definition
from shared.engine.routing import alias_keys, by_customer, home_of, only_its_customer


class PromiseBroken(Data):
    TYPE: ClassVar[str] = "holdfast.feedback.promise.broken.v1"

    due_at: Instant


class Promise(Struct, frozen=True):
    """`due_at` None: none was made, or it is settled. A promise may be kept before it is heard of."""

    due_at: datetime | None = None
    kept: bool = False


def decide(state: Promise, event: Event | TimePassed, context: Context) -> Decision:
    """A need names the day, a completed task keeps it; 00:00 breaks it, but not what was kept at that instant."""
    if isinstance(event, TimePassed):
        assert state.due_at is not None
        return Accepted(replace(state, due_at=None), facts=(Fact(PromiseBroken(due_at=context.now)),))
    match event.data:
        case NeedChanged(handle_by_on=day) if day is not None and not state.kept:
            return Accepted(replace(state, due_at=datetime.combine(day, time.min, UTC)))
        case TaskCompleted():
            return Accepted(Promise(kept=True))
        case _:
            return Accepted(state)


def next_wake(state: Promise, _context: Context) -> datetime | None:
    return state.due_at


RULES = Rules(
    service="feedback",
    states={"customer": Promise},
    commands=(),
    decide=decide,
    next_wake=next_wake,
    names=alias_keys,
    candidates=only_its_customer,
    route=by_customer,
    announce=lambda _before, _after, _context: (),
    home=home_of,
)
MIGRATIONS = Path(__file__).parent / "migrations"
DEFINITION = Definition(
    rules=RULES,
    ledgers=(),
    subscriptions={"profile": (NeedChanged,), "scheduler": (TaskCompleted,)},
    migrations=MIGRATIONS,
)
