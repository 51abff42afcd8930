"""A win-back: the file of a customer who left out of dissatisfaction, and its steps W1…W5 (WB-02…WB-06)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Literal
from uuid import UUID

from msgspec import Struct
from msgspec.structs import replace

from services.feedback.domain.clocks import working
from services.feedback.domain.consents import Consents, free_channels
from services.feedback.domain.rows import Cause, StepStatus
from shared.contracts.data import Data
from shared.contracts.feedback import PlannedWinbackStep, WinbackClosed, WinbackStarted, WinbackStepBlocked
from shared.contracts.policy import Policy
from shared.contracts.values import Tier, WinbackStep
from shared.engine.decision import Context

NO_CHANNEL = "no_consented_channel"
IN_ORDER = (WinbackStep.W2, WinbackStep.W3, WinbackStep.W4)
"""Each waits for the one before it."""


class WinbackFile(Struct, frozen=True):
    """One departure's win-back; it ends with its last step, won or lost."""

    case_id: UUID
    customer_id: UUID
    reason: str
    tier: Tier
    opened_at: datetime
    opened_on: date
    cause_id: str
    cause_type: str
    status: Literal["open", "won", "lost"] = "open"
    returned: bool = False
    """The customer is back; the measure of W5 is still asked for."""
    closed_at: datetime | None = None
    opinions: str | None = None
    plan: str | None = None
    item_id: UUID | None = None
    """The improvement that W5's measure became."""
    owner: str | None = None
    causes: tuple[Cause, ...] = ()


class WinbackStepRow(Struct, frozen=True):
    """One step and how it ended; `channels`: the only ones it may be done over, empty: any."""

    case_id: UUID
    step: WinbackStep
    place: int
    due_on: date
    status: StepStatus = StepStatus.OPEN
    channels: tuple[str, ...] = ()
    completed_at: datetime | None = None
    reason: str | None = None
    channel: str | None = None
    outcome: str | None = None
    agent: str | None = None
    note: str | None = None

    @property
    def is_open(self) -> bool:
        return self.status in (StepStatus.OPEN, StepStatus.BLOCKED)


class Told(Struct, frozen=True):
    """What has been said of a step's deadline."""

    step: WinbackStep
    what: Literal["warned", "breached"]


class Winback(Struct, frozen=True):
    """A win-back as long as it is open."""

    file: WinbackFile
    steps: tuple[WinbackStepRow, ...] = ()
    told: tuple[Told, ...] = ()

    def find(self, step: str) -> WinbackStepRow | None:
        return next((each for each in self.steps if each.step == step), None)

    def with_step(self, step: WinbackStepRow) -> Winback:
        return replace(self, steps=tuple(step if each.step == step.step else each for each in self.steps))


class WinbackChange(Struct, frozen=True):
    """One win-back on its way through a decision."""

    winback: Winback
    facts: tuple[Data, ...] = ()

    def say(self, *facts: Data) -> WinbackChange:
        return replace(self, facts=(*self.facts, *facts))

    @property
    def rows(self) -> tuple[Struct, ...]:
        """All of it: a win-back has five steps."""
        return (self.winback.file, *self.winback.steps)


def begin(file: WinbackFile, consents: Consents, policy: Policy) -> WinbackChange:
    """With the steps of the playbook, due their days after the customer left."""
    steps = tuple(
        WinbackStepRow(
            case_id=file.case_id,
            step=play.step,
            place=place,
            due_on=due_of(play.step, file, policy),
            channels=_able(play.capabilities, policy),
        )
        for place, play in enumerate(policy.playbooks.winback)
    )
    planned = tuple(PlannedWinbackStep(step=s.step, due_on=s.due_on, channels=s.channels or None) for s in steps)
    started = WinbackStarted(case_id=file.case_id, steps=planned)
    return unblock(WinbackChange(Winback(file, steps)).say(started), consents, policy)


def due_of(step: WinbackStep, file: WinbackFile, policy: Policy) -> date:
    return working(file.opened_on + timedelta(days=policy.winback.due_days[step]), file.opened_on, policy)


def binding(winback: Winback) -> Iterator[WinbackStepRow]:
    """The open steps; of a customer who is back, the measure alone (WB-06)."""
    for step in winback.steps:
        if step.is_open and (step.step == WinbackStep.W5 or not winback.file.returned):
            yield step


def unblock(change: WinbackChange, consents: Consents, policy: Policy) -> WinbackChange:
    """Steps for which no consented channel is left are blocked, for a person to decide; those that have one are not."""
    for step in change.winback.steps:
        if not step.is_open or not step.channels:
            continue
        free = set(step.channels) & set(free_channels(consents, (), policy))
        status = StepStatus.OPEN if free else StepStatus.BLOCKED
        if status == step.status:
            continue
        change = replace(change, winback=change.winback.with_step(replace(step, status=status)))
        if status == StepStatus.BLOCKED:
            change = change.say(WinbackStepBlocked(case_id=step.case_id, step=step.step, because=NO_CHANNEL))
    return change


def close_if_done(change: WinbackChange, now: datetime) -> WinbackChange:
    """Closed with its measure taken, once the customer is back or nothing is left to try (WB-06)."""
    winback = change.winback
    measure = winback.find(WinbackStep.W5)
    if measure is not None and measure.is_open:
        return change
    if not winback.file.returned and any(step.is_open for step in winback.steps):
        return change
    return end(change, now)


def end(change: WinbackChange, now: datetime) -> WinbackChange:
    """Closed as it stands."""
    won = change.winback.file.returned
    file = replace(change.winback.file, status="won" if won else "lost", closed_at=now)
    closed = WinbackClosed(case_id=file.case_id, won=won)
    return replace(change, winback=replace(change.winback, file=file)).say(closed)


def closed_winback(context: Context, case_id: object) -> WinbackFile | None:
    """This customer's win-back that is over by now."""
    row = context.rows.get(WinbackFile, case_id)
    if row is None or row.closed_at is None or row.closed_at > context.now:
        return None
    return row if row.customer_id == context.stream.id else None


def _able(capabilities: tuple[str, ...], policy: Policy) -> tuple[str, ...]:
    if not capabilities:
        return ()
    return tuple(name for name, channel in sorted(policy.channels.items()) if channel.capability in capabilities)
