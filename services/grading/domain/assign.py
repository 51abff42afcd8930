"""From what is known to what is announced: a grade is assigned for every change of letter, axis or flag."""

from __future__ import annotations

from msgspec.structs import replace

from services.grading.domain.assess import axes_of, inputs_of, reasons_of
from services.grading.domain.grades import runner_up
from services.grading.domain.overrides import grade_basis, graded, standing_of
from services.grading.domain.rows import Customer, Grading, ReasonRow
from services.grading.domain.state import Assignment, Axes, CustomerState
from services.grading.domain.wake import day_of, next_letter
from shared.contracts.grading import GradeAssigned, Reason
from shared.contracts.ids import named
from shared.contracts.values import Basis
from shared.engine.decision import Accepted, Context, Fact


def assign(before: CustomerState, state: CustomerState, context: Context, *, always: bool = False) -> Accepted:
    """Grade `state` as of now; said where it differs from what was said last, and `always` after a follow-up (GR-12).

    A customer who is not registered yet is kept, ungraded.
    """
    if not state.registered:
        return Accepted(state)
    if state.unsaid_since is not None:
        state = replace(state, unsaid_since=None)
    axes = graded(axes_of(state, day_of(state, context), context.policy), state)
    if state.assigned is not None and state.assigned.axes == axes and not always:
        return Accepted(state, rows=_shown_otherwise(before, state, context))
    assigned = _assignment(state, axes, context)
    state = replace(state, assigned=assigned)
    row = _grading(state, assigned, context)
    rows = (row, _customer(state, assigned, context))
    return Accepted(state, (Fact(_said(assigned, row.reasons, row.basis)),), rows)


def announce(before: CustomerState, after: CustomerState, context: Context) -> tuple[Fact, ...]:
    """What is now different for a customer whose history was joined with another's."""
    if after.assigned is None or (before.assigned is not None and before.assigned.axes == after.assigned.axes):
        return ()
    previous = before.assigned.axes.grade if before.assigned else None
    day = day_of(after, context)
    assigned = replace(
        after.assigned,
        previous=previous,
        changed=previous is not after.assigned.axes.grade,
        as_of=day,
        policy_id=context.policy_id,
    )
    return (Fact(_said(assigned, reasons_of(after, day, context.policy), grade_basis(after))),)


def _assignment(state: CustomerState, axes: Axes, context: Context) -> Assignment:
    last = state.assigned
    previous = last.axes.grade if last else None
    return Assignment(
        axes=axes,
        previous=previous,
        changed=previous is not axes.grade,
        as_of=day_of(state, context),
        policy_id=context.policy_id,
        cause_id=context.cause.event_id,
        cause_type=context.cause.type,
        number=last.number + 1 if last else 1,
    )


def _said(assigned: Assignment, reasons: tuple[ReasonRow, ...], basis: Basis) -> GradeAssigned:
    axes = assigned.axes
    return GradeAssigned(
        grade=axes.grade,
        previous=assigned.previous,
        changed=assigned.changed,
        basis=basis,
        deal_status=axes.deal_status,
        importance=axes.importance,
        urgency=axes.urgency,
        demand=axes.demand,
        flags=axes.flags,
        policy_id=assigned.policy_id,
        reasons=tuple(Reason(rule=r.rule, input=r.input, points=r.points) for r in reasons),
        as_of=assigned.as_of,
    )


def _grading(state: CustomerState, assigned: Assignment, context: Context) -> Grading:
    axes, day = assigned.axes, day_of(state, context)
    second = runner_up(state.need, day, context.policy)
    following = next_letter(state, day, context.policy)
    return Grading(
        id=named(context.stream.id, f"grade|{assigned.cause_id}"),
        customer_id=context.stream.id,
        number=assigned.number,
        decided_at=context.now,
        as_of=assigned.as_of,
        grade=axes.grade,
        previous=assigned.previous,
        changed=assigned.changed,
        basis=grade_basis(state),
        deal_status=axes.deal_status,
        importance=axes.importance,
        urgency=axes.urgency,
        demand=axes.demand,
        flags=axes.flags,
        tier=standing_of(state).tier,
        inputs=inputs_of(state, context.policy),
        reasons=reasons_of(state, day, context.policy),
        runner_up=second.grade if second else None,
        runner_up_rule=second.rule if second else None,
        next_grade=following.grade if following else None,
        next_on=following.on if following else None,
        policy_id=assigned.policy_id,
        cause_id=assigned.cause_id,
        cause_type=assigned.cause_type,
    )


def _shown_otherwise(before: CustomerState, state: CustomerState, context: Context) -> tuple[Customer, ...]:
    """The customer as lists show them, where that is not what they have shown."""
    if state is before or state.assigned is None or before.assigned is None:
        return ()
    row = _customer(state, state.assigned, context)
    return () if row == _customer(before, before.assigned, context) else (row,)


def _customer(state: CustomerState, assigned: Assignment, context: Context) -> Customer:
    axes = assigned.axes
    return Customer(
        customer_id=context.stream.id,
        time_zone=state.time_zone,
        grade=axes.grade,
        previous=assigned.previous,
        deal_status=axes.deal_status,
        importance=axes.importance,
        urgency=axes.urgency,
        demand=axes.demand,
        flags=axes.flags,
        tier=standing_of(state).tier,
        cause_id=assigned.cause_id,
        cause_type=assigned.cause_type,
    )
