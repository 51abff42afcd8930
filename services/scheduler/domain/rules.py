"""All that the engine knows of the scheduler."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from services.scheduler.domain.commands import CompleteFollowup, CompleteTask
from services.scheduler.domain.decide import decide, redecide
from services.scheduler.domain.rows import ComplaintCase, Followup
from services.scheduler.domain.schedule import announce
from services.scheduler.domain.state import CustomerState
from services.scheduler.domain.wake import next_wake
from shared.contracts.feedback import ComplaintOpened, ComplaintReopened
from shared.contracts.topics import DEFAULT
from shared.engine.decision import Event, RowKey, Rules
from shared.engine.routing import alias_keys, by_customer, only_its_customer


def names(event: Event) -> Iterator[RowKey]:
    """The ledger rows that an event's rule asks for."""
    yield from alias_keys(event)
    match event.data:
        case ComplaintOpened(case_id=case_id) | ComplaintReopened(case_id=case_id):
            yield RowKey(ComplaintCase, case_id)
        case CompleteFollowup(followup_id=followup_id):
            yield RowKey(Followup, followup_id)


RULES: Final = Rules(
    service="scheduler",
    states={"customer": CustomerState},
    commands=(CompleteFollowup, CompleteTask),
    decide=decide,
    next_wake=next_wake,
    names=names,
    candidates=only_its_customer,
    route=by_customer,
    announce=announce,
    redecide=redecide,
    outbound=DEFAULT.scheduler,
)
