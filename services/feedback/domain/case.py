"""A case as rules change it: the case, what is announced, the ledger rows; and the way back into the state."""

from __future__ import annotations

from datetime import date

from msgspec import Struct
from msgspec.structs import replace

from services.feedback.domain.rows import CaseFile, CaseStep
from services.feedback.domain.state import ClosedCase, CustomerState, OpenCase, OpenStep
from shared.clock import business_date
from shared.contracts.data import Data
from shared.contracts.feedback import ComplaintResolved
from shared.contracts.values import Step
from shared.engine.decision import Accepted, Context, Fact


class Change(Struct, frozen=True):
    """One case on its way through a decision."""

    case: OpenCase
    facts: tuple[Data, ...] = ()
    rows: tuple[Struct, ...] = ()

    @property
    def file(self) -> CaseFile:
        return self.case.file

    def say(self, *facts: Data) -> Change:
        return replace(self, facts=(*self.facts, *facts))

    def write(self, *rows: Struct) -> Change:
        return replace(self, rows=(*self.rows, *rows))


def accept(state: CustomerState, *changes: Change) -> Accepted:
    """The decision that these changes make; a case that is closed leaves the state for the ledger."""
    for change in changes:
        if change.file.status == "open":
            state = state.with_case(change.case)
        else:
            state = state.without_case(change.file.case_id)
    return Accepted(
        state=state,
        facts=tuple(Fact(fact) for change in changes for fact in change.facts),
        rows=tuple(row for change in changes for row in (change.file, *_closed(change), *change.rows)),
    )


def _closed(change: Change) -> tuple[Struct, ...]:
    """What has just been closed, with its steps; a file that was closed before has none here."""
    case = change.case
    is_new = change.file.status != "open" and any(isinstance(fact, ComplaintResolved) for fact in change.facts)
    return (ClosedCase(change.file.case_id, case.steps, case.repeat, case.guaranteed, case.clocks),) if is_new else ()


def today(state: CustomerState, context: Context) -> date:
    """The customer's day of the decision."""
    return business_date(context.now, zone_of(state, context))


def zone_of(state: CustomerState, context: Context) -> str:
    return state.time_zone or context.policy.calendar.time_zone


def step_row(case: OpenCase, step: OpenStep) -> CaseStep:
    """The ledger row of a step as it stands, without what was said of it."""
    return CaseStep(
        case_id=case.file.case_id,
        step=step.step,
        place=step.place,
        due_on=next((clock.due_day for clock in case.clocks if clock.name == step.step), step.due_on),
        because=step.because,
        status=step.status,
        customer_told=step.customer_told if step.step == Step.R7 else None,
        entitlements=step.entitlements,
    )


def closed_file(context: Context, case_id: object) -> CaseFile | None:
    """This customer's case that is closed by now; None where it is open, somebody else's or has never been."""
    row = context.rows.get(CaseFile, case_id)
    if row is None or row.closed_at is None or row.closed_at > context.now:
        return None
    return row if row.customer_id == context.stream.id else None
