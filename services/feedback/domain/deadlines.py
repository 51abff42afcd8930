"""The days of a case, derived anew by another severity or policy: the resolution's in versions, others as moves."""

from __future__ import annotations

from datetime import date

from msgspec.structs import replace

from services.feedback.domain.clocks import ACKNOWLEDGE, acknowledge_due, resolve_due, step_due
from services.feedback.domain.rows import CaseFile, Deadline, Move
from services.feedback.domain.state import OpenCase, OpenStep
from shared.contracts.policy import Policy
from shared.engine.decision import Context


def versioned(file: CaseFile, context: Context) -> CaseFile:
    """With another version where it comes out different; of those of one instant the last one counts."""
    due_on = resolve_due(file.opened_on, file.severity, context.policy)
    last = file.deadlines[-1] if file.deadlines else None
    if last is not None and last.due_on == due_on:
        return file
    older = file.deadlines[:-1] if last is not None and last.at == context.now else file.deadlines
    version = Deadline(due_on, file.severity, context.policy_id, context.now)
    return replace(file, resolve_by_on=due_on, deadlines=(*older, version))


def derived(case: OpenCase, context: Context) -> OpenCase:
    """With the days of this policy, pauses not counted, for what is still owed; and what it moved."""
    file, policy = case.file, context.policy
    steps = tuple(_derived(step, policy) for step in case.steps)
    moved = [(str(step.step), was.due_on, step.due_on) for was, step in zip(case.steps, steps, strict=True)]
    acknowledge_by_on = file.acknowledge_by_on
    if file.acknowledged_at is None:
        acknowledge_by_on = acknowledge_due(file.opened_on, policy)
        moved.append((ACKNOWLEDGE, _acknowledge_by(case), acknowledge_by_on))
    moves = tuple(
        Move(name, was_on, due_on, context.policy_id, context.now) for name, was_on, due_on in moved if was_on != due_on
    )
    file = replace(versioned(file, context), acknowledge_by_on=acknowledge_by_on, moves=(*file.moves, *moves))
    return replace(case, file=file, steps=steps)


def _derived(step: OpenStep, policy: Policy) -> OpenStep:
    if step.status != "open" or step.counted_from is None:
        return step
    due_on = step_due(step.step, step.counted_from, policy)
    return step if due_on == step.due_on else replace(step, due_on=due_on)


def _acknowledge_by(case: OpenCase) -> date:
    """As it was derived last: the file has it with the pauses in it."""
    running = (clock.due_on for clock in case.clocks if clock.name == ACKNOWLEDGE)
    return next(running, case.file.acknowledge_by_on)
