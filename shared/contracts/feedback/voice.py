"""The customers' voice: grievances, surveys, feedback, and what is improved and counted."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar
from uuid import UUID

from pydantic import Field, SerializerFunctionWrapHandler, model_serializer

from shared.contracts.data import Count, Data, Name
from shared.contracts.dates import BusinessDate, Instant
from shared.contracts.upstream.contacts import SurveyScore
from shared.contracts.values import FeedbackFlag, GapVerdict, GrievanceSource, SurveyName

Score = Annotated[float, Field(ge=-1000, le=1000)]


class GrievanceLogged(Data):
    TYPE: ClassVar[str] = "holdfast.feedback.grievance.logged.v1"

    grievance_id: Name
    source: GrievanceSource
    interaction_id: Name | None = None


class ComplaintRiskRaised(Data):
    """So many unresolved grievances within the window: somebody calls (CP-01)."""

    TYPE: ClassVar[str] = "holdfast.feedback.complaint_risk.raised.v1"
    OF_WHOLE_FILE: ClassVar[bool] = True

    grievances: Count
    window_days: Count


class SurveyScored(Data):
    """`gap` and `verdict` of a gap survey, `score` of the others."""

    TYPE: ClassVar[str] = "holdfast.feedback.survey.scored.v1"

    answer_id: Name
    survey: SurveyName
    score: SurveyScore | None = None
    gap: Annotated[int, Field(ge=-10, le=10, strict=True)] | None = None
    verdict: GapVerdict | None = None
    answered_at: Instant | None = None
    """Answers may be heard of in another sequence than they were given in."""


class SurveyRequested(Data):
    TYPE: ClassVar[str] = "holdfast.feedback.survey.requested.v1"

    survey: SurveyName
    trigger: Name
    due_on: BusinessDate


class FeedbackFlagged(Data):
    TYPE: ClassVar[str] = "holdfast.feedback.feedback.flagged.v1"

    feedback_id: Name
    flag: FeedbackFlag


class ImprovementPrioritised(Data):
    TYPE: ClassVar[str] = "holdfast.feedback.improvement.prioritised.v1"
    ABOUT_CUSTOMER: ClassVar[bool] = False

    item_id: UUID
    element: Name
    score: Score | None = None
    rank: Count | None = None


class ImprovementPlanned(Data):
    """What is done about it, by whom and by when; `solution`: process, training, technology, personalisation."""

    TYPE: ClassVar[str] = "holdfast.feedback.improvement.planned.v1"
    ABOUT_CUSTOMER: ClassVar[bool] = False

    item_id: UUID
    element: Name | None = None
    solution: Name
    owner: Name
    due_on: BusinessDate


class ImprovementOverdue(Data):
    """Said once, the day after its solution was due."""

    TYPE: ClassVar[str] = "holdfast.feedback.improvement.overdue.v1"
    ABOUT_CUSTOMER: ClassVar[bool] = False

    item_id: UUID
    owner: Name
    due_on: BusinessDate


class ImprovementVerified(Data):
    """`now` is better than `baseline` (FB-08)."""

    TYPE: ClassVar[str] = "holdfast.feedback.improvement.verified.v1"
    ABOUT_CUSTOMER: ClassVar[bool] = False

    item_id: UUID
    baseline: Score | None = None
    now: Score | None = None


class ImprovementReopened(Data):
    TYPE: ClassVar[str] = "holdfast.feedback.improvement.reopened.v1"
    ABOUT_CUSTOMER: ClassVar[bool] = False

    item_id: UUID
    baseline: Score | None = None
    now: Score | None = None


class KpiComputed(Data):
    """`value` null: nothing to count, and said so. `n`: of how many."""

    TYPE: ClassVar[str] = "holdfast.feedback.kpi.computed.v1"
    ABOUT_CUSTOMER: ClassVar[bool] = False

    kpi: Name
    value: Annotated[float, Field(allow_inf_nan=False)] | None = None
    n: Count
    from_on: BusinessDate
    to_on: BusinessDate

    @model_serializer(mode="wrap")
    def _with_its_value(self, write: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """A figure of nothing is null, where absent fields are left out else."""
        written: dict[str, Any] = write(self)
        return {"kpi": self.kpi, "value": None} | written
