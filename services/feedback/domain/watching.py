"""Keeping the clocks of open cases: which ones run, what they warn of and when they are breached, each once."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime

from msgspec.structs import replace

from services.feedback.domain.case import step_row, zone_of
from services.feedback.domain.clocks import ACKNOWLEDGE, RESOLVE, Clock, ends_at, instants, warns_at
from services.feedback.domain.deadlines import derived
from services.feedback.domain.rows import CaseFile, CaseStep
from services.feedback.domain.state import CustomerState, OpenCase
from shared.contracts.data import Data
from shared.contracts.feedback import CaseBreached, CaseMoved, CaseWarned
from shared.engine.decision import Accepted, Context, Fact


def keep_clocks(decided: Accepted, context: Context) -> Accepted:
    """The decision with a running clock for all that is still owed, and none for what is not."""
    state: CustomerState = decided.state
    if not state.cases:
        return decided
    rows: list[CaseFile | CaseStep] = []
    for case in state.cases:
        kept = clocked(case, context)
        if kept.file != case.file:
            rows.append(kept.file)
        rows += [step_row(kept, step) for was, step in zip(case.steps, kept.steps, strict=True) if step != was]
        if kept != case:
            state = state.with_case(kept)
    return replace(decided, state=state, rows=(*decided.rows, *rows))


def clocked(case: OpenCase, context: Context) -> OpenCase:
    """With a clock for each thing that it owes now."""
    case = derived(case, context)
    owed = dict(_owed(case))
    running = {clock.name: clock for clock in case.clocks}
    clocks = tuple(_clock(running.get(name), name, due_on, context) for name, due_on in owed.items())
    days = {clock.name: clock.due_day for clock in clocks}
    file = replace(
        case.file,
        resolve_by_on=days[RESOLVE],
        acknowledge_by_on=days.get(ACKNOWLEDGE, case.file.acknowledge_by_on),
    )
    return replace(case, clocks=clocks, file=file)


def _owed(case: OpenCase) -> Iterator[tuple[str, date]]:
    file = case.file
    if file.acknowledged_at is None:
        yield ACKNOWLEDGE, file.acknowledge_by_on
    for step in case.steps:
        if step.status == "open":
            yield step.step, step.due_on
    yield RESOLVE, file.deadlines[-1].due_on


def _clock(running: Clock | None, name: str, due_on: date, context: Context) -> Clock:
    """Another deadline than before is warned of again; what was breached stays breached."""
    if running is None:
        return Clock(name, due_on, started_at=context.now)
    return running if running.due_on == due_on else replace(running, due_on=due_on, warned=False)


def say_moves(before: CustomerState, decided: Accepted) -> Accepted:
    """The decision with a word for each acknowledgement and step that falls on another day than before."""
    state: CustomerState = decided.state
    facts = tuple(
        Fact(moved)
        for case in state.cases
        if (known := before.find(case.file.case_id)) is not None and known.clocks != case.clocks
        for moved in _moved(known, case)
    )
    return replace(decided, facts=(*decided.facts, *facts)) if facts else decided


def _moved(known: OpenCase, case: OpenCase) -> Iterator[CaseMoved]:
    days = {clock.name: clock.due_day for clock in known.clocks}
    return (said for said in owed_days(case) if days.get(said.step, said.due_on) != said.due_on)


def owed_days(case: OpenCase) -> Iterator[CaseMoved]:
    """By when what is owed, but for the resolution, which is nobody's task."""
    for clock in case.clocks:
        if clock.name != RESOLVE:
            yield CaseMoved(case_id=case.file.case_id, step=clock.name, due_on=clock.due_day)


def watch(decided: Accepted, context: Context) -> Accepted:
    """What the clocks say at this instant."""
    state: CustomerState = decided.state
    zone = zone_of(state, context)
    facts: list[Data] = []
    rows: list[CaseFile] = []
    for case in state.cases:
        if case.file.paused_at is not None:
            continue
        watched, said = _tick(case, zone, context)
        if said:
            state = state.with_case(watched)
            facts += said
        if watched.file != case.file:
            rows.append(watched.file)
    return replace(
        decided,
        state=state,
        facts=(*decided.facts, *(Fact(fact) for fact in facts)),
        rows=(*decided.rows, *rows),
    )


def next_instant(state: CustomerState, context: Context) -> datetime | None:
    """When a clock that runs has something to say."""
    zone, days = zone_of(state, context), context.policy.complaint.warn_days
    running = (clock for case in state.cases if case.file.paused_at is None for clock in case.clocks)
    return min((at for clock in running for at in instants(clock, zone, days)), default=None)


def _tick(case: OpenCase, zone: str, context: Context) -> tuple[OpenCase, list[Data]]:
    clocks, said = [], list[Data]()
    file = case.file
    for clock in case.clocks:
        step = None if clock.name == RESOLVE else clock.name
        ticked = _ticked(clock, zone, context)
        if ticked.breached and not clock.breached:
            said.append(CaseBreached(case_id=file.case_id, step=step, due_on=clock.due_day))
            file = escalated(file, context)
        elif ticked.warned and not clock.warned:
            said.append(CaseWarned(case_id=file.case_id, step=step, due_on=clock.due_day))
        clocks.append(ticked)
    return replace(case, clocks=tuple(clocks), file=file), said


def _ticked(clock: Clock, zone: str, context: Context) -> Clock:
    if clock.breached:
        return clock
    if ends_at(clock, zone) <= context.now:
        return replace(clock, breached=True)
    warning = warns_at(clock, zone, context.policy.complaint.warn_days)
    return replace(clock, warned=True) if warning is not None and warning <= context.now else clock


def escalated(file: CaseFile, context: Context) -> CaseFile:
    """One rung higher, up to the last."""
    ladder = context.policy.complaint.escalation
    if not ladder:
        return file
    rung = min(file.escalation + 1, len(ladder))
    return replace(file, escalation=rung, escalated_to=ladder[rung - 1])
