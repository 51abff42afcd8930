"""All that the engine knows of feedback's domain."""

from __future__ import annotations

from collections.abc import Iterator

from services.feedback.domain.commands import COMMANDS, CompleteStep, FindCause, ResolveCase
from services.feedback.domain.decide import decide
from services.feedback.domain.joining import announce
from services.feedback.domain.rows import CaseFile, CaseStep, case_id_of, step_key
from services.feedback.domain.state import CustomerState
from services.feedback.domain.wake import next_wake
from services.feedback.domain.winback import WinbackFile
from shared.contracts.profile import ComplaintReceived, ComplaintUpdated, ComplaintWithdrawn
from shared.contracts.scheduler import TaskCompleted
from shared.engine.decision import Event, RowKey, Rules
from shared.engine.routing import alias_keys, by_customer, only_its_customer


def names(event: Event) -> Iterator[RowKey]:
    """The case that an input is about, which may be closed and out of the state."""
    yield from alias_keys(event)
    match event.data:
        case ComplaintReceived() | ComplaintUpdated() | ComplaintWithdrawn() as data:
            yield RowKey(CaseFile, case_id_of(data.complaint_id))
        case TaskCompleted(caused_by_case=case_id) if case_id is not None:
            yield RowKey(CaseFile, case_id)
        case CompleteStep() as data:
            yield RowKey(CaseFile, data.case_id)
            yield RowKey(CaseStep, step_key(data.case_id, data.step))
            yield RowKey(WinbackFile, data.case_id)
        case ResolveCase() | FindCause() as data:
            yield RowKey(CaseFile, data.case_id)


RULES = Rules(
    service="feedback",
    states={"customer": CustomerState},
    commands=COMMANDS,
    decide=decide,
    next_wake=next_wake,
    names=names,
    candidates=only_its_customer,
    route=by_customer,
    announce=announce,
    outbound="holdfast.feedback.v1",
)
