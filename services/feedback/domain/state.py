"""What feedback knows about one customer: the open cases, and what the rules of the next case need."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from msgspec import Struct
from msgspec.structs import replace

from services.feedback.domain.asking import Asking
from services.feedback.domain.clocks import Clock
from services.feedback.domain.consents import Consents
from services.feedback.domain.departures import Departure
from services.feedback.domain.feedback_entry import FeedbackEntry
from services.feedback.domain.grievances import Grievances
from services.feedback.domain.rows import CaseFile, StepStatus
from shared.contracts.values import Fault, Severity, Step, Tier


class OpenStep(Struct, frozen=True):
    """A step of an open case: what binds it; its words lie in the ledger."""

    step: Step
    place: int
    """In the playbook's order."""
    due_on: date
    because: str
    status: StepStatus = StepStatus.OPEN
    customer_told: bool = False
    entitlements: tuple[str, ...] = ()
    counted_from: date | None = None
    """What its day is counted from; None, of an older build: its day stays."""


class OpenCase(Struct, frozen=True):
    """A case as long as it is open; `repeat` and `rejected` stay true once they were."""

    file: CaseFile
    steps: tuple[OpenStep, ...] = ()
    repeat: bool = False
    rejected: bool = False
    clocks: tuple[Clock, ...] = ()
    guaranteed: bool = False
    """It is about a product that was under guarantee when the complaint was made (CP-15)."""

    def find(self, step: str) -> OpenStep | None:
        return next((each for each in self.steps if each.step == step), None)


class ClosedCase(Struct, frozen=True):
    """What of a case its file does not hold, for whoever opens it again."""

    case_id: UUID
    steps: tuple[OpenStep, ...]
    repeat: bool
    guaranteed: bool
    clocks: tuple[Clock, ...] = ()
    """As they stood when it was closed: what was said of them is not said again."""


class Commitment(Struct, frozen=True):
    """A promise that has been neither kept nor broken; None: it is about no complaint."""

    commitment_id: str
    complaint_id: str | None


class PastComplaint(Struct, frozen=True):
    """When a complaint was made: a later one within the policy's window repeats it (CP-08)."""

    complaint_id: str
    opened_at: datetime
    opened_on: date


class Word(Struct, frozen=True):
    """What somebody said about a complaint after it was made; None leaves a field as it is."""

    complaint_id: str
    at: datetime
    event_id: str
    fault: Fault | None = None
    severity: Severity | None = None
    correctable: bool | None = None
    withdrawn: bool = False
    breached: bool = False
    """A promise about it was broken (CP-11)."""
    satisfied: bool | None = None
    channel: str | None = None
    """Over which the customer said whether satisfied (CP-16)."""


class CustomerState(Struct, frozen=True, omit_defaults=True):
    """One customer's stream; closed cases are in the ledgers alone."""

    time_zone: str | None = None
    tier: Tier = Tier.REGULAR
    cases: tuple[OpenCase, ...] = ()
    """By (opened_at, complaint_id)."""
    past: tuple[PastComplaint, ...] = ()
    early: tuple[Word, ...] = ()
    """Words about complaints that are not open yet, or not any more; the latest ones."""
    consents: Consents = ()
    departure: Departure = Departure()
    grievances: Grievances = Grievances()
    asking: Asking = Asking()
    pending: tuple[FeedbackEntry, ...] = ()
    """Feedback that may still get its plan in time."""
    commitments: tuple[Commitment, ...] = ()
    broken: tuple[str, ...] = ()
    """Promises that were broken before anybody said what they were about; the latest ones."""
    registered_on: date | None = None
    gone_on: date | None = None
    profit_12m: int | None = None
    period_on: date | None = None
    """The beginning of the last period of figures that this stream took part in."""

    def find(self, case_id: UUID) -> OpenCase | None:
        return next((each for each in self.cases if each.file.case_id == case_id), None)

    def with_case(self, case: OpenCase) -> CustomerState:
        """This state with the case in the place of its older form."""
        others = self.without_case(case.file.case_id).cases
        return replace(self, cases=tuple(sorted((*others, case), key=_age)))

    def without_case(self, case_id: UUID) -> CustomerState:
        return replace(self, cases=tuple(each for each in self.cases if each.file.case_id != case_id))


def _age(case: OpenCase) -> tuple[datetime, str]:
    return (case.file.opened_at, case.file.complaint_id)
