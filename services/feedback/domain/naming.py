"""The ledger rows that an input is about: `load` fetches them before the fold."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from services.feedback.domain.commands import (
    ChangeCase,
    CompletePlan,
    CompleteStep,
    FindCause,
    PlanFeedback,
    ResolveCase,
    TagFeedback,
)
from services.feedback.domain.commands_of_things import (
    CompleteImprovement,
    DecideSolution,
    OpenImprovement,
    RateImprovement,
)
from services.feedback.domain.counts import Counts
from services.feedback.domain.feedback_entry import FeedbackEntry
from services.feedback.domain.improvement import ALL, Ranking
from services.feedback.domain.improvement_seed import Seed
from services.feedback.domain.rows import CaseFile, CaseStep, case_id_of, step_key
from services.feedback.domain.signals import Grievance, Purchase, Signal, SignalKind, grievance_id_of, signal_id_of
from services.feedback.domain.state import ClosedCase
from services.feedback.domain.voice import resolved_id
from services.feedback.domain.winback import WinbackFile
from shared.contracts.data import Data
from shared.contracts.profile import (
    ComplaintReceived,
    ComplaintUpdated,
    ComplaintWithdrawn,
    FeedbackReceived,
    GrievanceResolved,
    InteractionRecorded,
    MentionMatched,
    PurchaseRecorded,
    SatisfactionStated,
    SurveyAnswered,
)
from shared.contracts.scheduler import FollowupCompleted, FollowupOverdue, FollowupSuperseded, TaskCompleted
from shared.contracts.values import GrievanceSource
from shared.engine.decision import Event, RowKey, StreamKey
from shared.engine.routing import alias_keys

Names = Callable[[Any], Iterator[RowKey]]


def names(event: Event) -> Iterator[RowKey]:
    """Of this event: the aliases of its customer, and what its type is about."""
    yield from alias_keys(event)
    if (named := NAMES.get(type(event.data))) is not None:
        yield from named(event.data)


def wakes(key: StreamKey) -> Iterator[RowKey]:
    """A period is counted at its end."""
    if key.kind == "period":
        yield RowKey(Counts, key.id)


def _complaint(data: ComplaintReceived | ComplaintUpdated | ComplaintWithdrawn) -> Iterator[RowKey]:
    """The case, which may be closed and out of the state."""
    yield RowKey(CaseFile, case_id_of(data.complaint_id))
    order_id = getattr(data, "order_id", None)
    if order_id is not None:
        yield RowKey(Purchase, order_id)


def _task(data: TaskCompleted) -> Iterator[RowKey]:
    if data.caused_by_case is not None:
        yield RowKey(CaseFile, data.caused_by_case)


def _change(data: ChangeCase) -> Iterator[RowKey]:
    yield RowKey(CaseFile, data.case_id)
    yield RowKey(ClosedCase, data.case_id)


def _stated(data: SatisfactionStated) -> Iterator[RowKey]:
    yield RowKey(CaseFile, case_id_of(data.complaint_id))
    yield RowKey(ClosedCase, case_id_of(data.complaint_id))


def _case(data: ResolveCase) -> Iterator[RowKey]:
    yield RowKey(CaseFile, data.case_id)


def _cause(data: FindCause) -> Iterator[RowKey]:
    yield RowKey(CaseFile, data.case_id)
    yield RowKey(WinbackFile, data.case_id)


def _step(data: CompleteStep) -> Iterator[RowKey]:
    yield RowKey(CaseFile, data.case_id)
    yield RowKey(CaseStep, step_key(data.case_id, data.step))
    yield RowKey(WinbackFile, data.case_id)


def _contact(data: InteractionRecorded) -> Iterator[RowKey]:
    if data.grievance:
        yield RowKey(Grievance, grievance_id_of(GrievanceSource.INTERACTION, data.interaction_id))


def _answer(data: SurveyAnswered) -> Iterator[RowKey]:
    yield RowKey(Signal, signal_id_of(SignalKind.ANSWER, data.answer_id))
    yield RowKey(Grievance, grievance_id_of(GrievanceSource.SURVEY, data.answer_id))


def _mention(data: MentionMatched) -> Iterator[RowKey]:
    yield RowKey(Grievance, grievance_id_of(GrievanceSource.MENTION, data.mention_id))


def _resolved(data: GrievanceResolved) -> Iterator[RowKey]:
    yield RowKey(Grievance, resolved_id(data))


def _purchase(data: PurchaseRecorded) -> Iterator[RowKey]:
    yield RowKey(Purchase, data.order_id)


def _followup(data: FollowupCompleted | FollowupOverdue | FollowupSuperseded) -> Iterator[RowKey]:
    yield RowKey(Signal, signal_id_of(SignalKind.FOLLOWUP, str(data.followup_id)))


def _received(data: FeedbackReceived | TagFeedback | PlanFeedback | CompletePlan) -> Iterator[RowKey]:
    yield RowKey(FeedbackEntry, data.feedback_id)


def _improvement(data: OpenImprovement | RateImprovement | DecideSolution | CompleteImprovement) -> Iterator[RowKey]:
    """What it began with, and those that it is ranked among."""
    yield RowKey(Seed, data.item_id)
    yield RowKey(Ranking, ALL)


NAMES: Mapping[type[Data], Names] = {
    ComplaintReceived: _complaint,
    ComplaintUpdated: _complaint,
    ComplaintWithdrawn: _complaint,
    SatisfactionStated: _stated,
    TaskCompleted: _task,
    CompleteStep: _step,
    ResolveCase: _case,
    FindCause: _cause,
    ChangeCase: _change,
    InteractionRecorded: _contact,
    SurveyAnswered: _answer,
    MentionMatched: _mention,
    GrievanceResolved: _resolved,
    PurchaseRecorded: _purchase,
    FollowupCompleted: _followup,
    FollowupOverdue: _followup,
    FollowupSuperseded: _followup,
    FeedbackReceived: _received,
    TagFeedback: _received,
    PlanFeedback: _received,
    CompletePlan: _received,
    OpenImprovement: _improvement,
    RateImprovement: _improvement,
    DecideSolution: _improvement,
    CompleteImprovement: _improvement,
}
