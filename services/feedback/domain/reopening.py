"""A closed case opened again: as it was, with the time that was left (CP-08, CP-16)."""

from __future__ import annotations

from uuid import UUID

from msgspec.structs import replace

from services.feedback.domain.case import Change, accept, closed_file, step_row, today
from services.feedback.domain.clocks import credited
from services.feedback.domain.remediation import judge
from services.feedback.domain.state import ClosedCase, CustomerState, OpenCase
from services.feedback.domain.watching import clocked, owed_days
from services.feedback.domain.words import hear, heard_of
from shared.contracts.feedback import ComplaintReopened
from shared.engine.decision import Accepted, Context


def reopen(state: CustomerState, case_id: UUID, context: Context) -> Accepted | None:
    """A customer who comes back with it was not satisfied; None where there is no such closed case.

    Its clocks stood still meanwhile, as they do in a pause: what is left of them runs on.
    """
    row, closed = context.rows.get(ClosedCase, case_id), closed_file(context, case_id)
    if row is None or closed is None:
        return None
    file = replace(
        closed, status="open", closed_at=None, closed_because=None, paused_at=None, reopened=closed.reopened + 1
    )
    stood_from = closed.paused_at or closed.closed_at or context.now
    clocks = tuple(credited(clock, stood_from, context.now) for clock in row.clocks)
    words, state = heard_of(state, file.complaint_id)
    for word in words:
        file = hear(file, word)
    case = OpenCase(
        file=file, steps=row.steps, repeat=row.repeat, rejected=True, clocks=clocks, guaranteed=row.guaranteed
    )
    case = clocked(case, context)
    said = (
        Change(case)
        .say(ComplaintReopened(case_id=case_id), *owed_days(case))
        .write(*(step_row(case, step) for step in case.steps if step.status == "open"))
    )
    return accept(state, judge(said, max(today(state, context), file.opened_on), context.policy))
