"""Which complaints are open: each makes its customer urgent (GR-04, CP-14); and whose fault they were (K-13)."""

from __future__ import annotations

from uuid import UUID

from msgspec.structs import replace

from services.grading.domain.costs import lines_of_fault
from services.grading.domain.learn import Learned
from services.grading.domain.postings import post
from services.grading.domain.rows import Complaint
from services.grading.domain.state import CustomerState
from shared.contracts.feedback import ComplaintFaultFound, ComplaintOpened, ComplaintReopened, ComplaintResolved
from shared.contracts.profile import ComplaintWithdrawn
from shared.engine.decision import Context, Event, Superseded


def learn_opened(state: CustomerState, data: ComplaintOpened, event: Event, context: Context) -> Learned | Superseded:
    """A case is open, unless its complaint was withdrawn before that was heard."""
    row = _row(data.complaint_id, context)
    if row.opened_by not in (None, event.id):
        return Superseded("this complaint is known")
    after = replace(row, case_id=data.case_id, opened_by=event.id, fault=data.fault, customer_id=context.stream.id)
    state = state if row.withdrawn else _with_case(state, data.case_id)
    state, rows = post(state, event, context, lines_of_fault(row, after))
    return Learned(state, (after, *rows))


def learn_fault(state: CustomerState, data: ComplaintFaultFound, event: Event, context: Context) -> Learned:
    """What was spent on the complaint goes on the account of whose fault it was; the last word counts."""
    row = _row(data.complaint_id, context)
    after = replace(row, customer_id=context.stream.id)
    if row.found_at is None or event.recordedtime >= row.found_at:
        after = replace(after, found=data.fault, found_at=event.recordedtime)
    state, rows = post(state, event, context, lines_of_fault(row, after))
    return Learned(state, (after, *rows))


def learn_reopened(state: CustomerState, data: ComplaintReopened, _event: Event, _context: Context) -> Learned:
    return Learned(_with_case(state, data.case_id))


def learn_resolved(state: CustomerState, data: ComplaintResolved, _event: Event, _context: Context) -> Learned:
    return Learned(_without_case(state, data.case_id))


def learn_withdrawn(state: CustomerState, data: ComplaintWithdrawn, _event: Event, context: Context) -> Learned:
    """The customer takes the complaint back; feedback's word on its case may come before or after."""
    row = _row(data.complaint_id, context)
    state = _without_case(state, row.case_id) if row.case_id else state
    return Learned(state, (replace(row, withdrawn=True, customer_id=context.stream.id),))


def _row(complaint_id: str, context: Context) -> Complaint:
    return context.rows.get(Complaint, complaint_id) or Complaint(complaint_id, context.stream.id)


def _with_case(state: CustomerState, case_id: UUID) -> CustomerState:
    return replace(state, open_cases=tuple(sorted({*state.open_cases, case_id})))


def _without_case(state: CustomerState, case_id: UUID) -> CustomerState:
    return replace(state, open_cases=tuple(c for c in state.open_cases if c != case_id))
