"""What shops, help desks and survey systems tell: contacts, complaints, feedback."""

from __future__ import annotations

from typing import Annotated, ClassVar, Self

from pydantic import Field, model_validator

from shared.contracts.data import Count, Data, Flag, Handle, Name, Names, Text, Value
from shared.contracts.values import (
    ComplaintAbout,
    ConsentPurpose,
    Direction,
    Fault,
    FeedbackKind,
    FeedbackSource,
    MentionKind,
    Sentiment,
    Severity,
    Stage,
    SurveyName,
)

Rating = Annotated[int, Field(ge=1, le=5, strict=True)]
SurveyScore = Annotated[int, Field(ge=0, le=100, strict=True)]
"""On the survey's own scale, which the policy says."""


class InteractionRecorded(Data):
    """`interaction_id` None: the event's id. `grievance` None: when the sentiment is negative.

    `differentiator`: what an objection was met with: material, technology, quality, patent (PR-27). `step`, `action`,
    `barrier`, `emotion`: of the journey (PR-11).
    """

    TYPE: ClassVar[str] = "holdfast.interaction.recorded.v1"

    interaction_id: Name | None = None
    channel: Name
    direction: Direction
    touchpoint: Name | None = None
    stage: Stage | None = None
    agent: Name | None = None
    contact_id: Name | None = None
    minutes: Count | None = None
    sentiment: Sentiment | None = None
    human: Flag | None = None
    grievance: Flag | None = None
    consent_purpose: ConsentPurpose = ConsentPurpose.SERVICE
    question: Flag = False
    objection: Name | None = None
    differentiator: Name | None = None
    step: Name | None = None
    action: Name | None = None
    barrier: Name | None = None
    emotion: Name | None = None
    note: Text | None = None
    note_category: Name | None = None
    complaint_id: Name | None = None


class GrievanceNamed(Value):
    interaction_id: Name | None = None
    grievance_id: Name | None = None


class GrievanceResolved(GrievanceNamed, Data):
    """Either names the grievance."""

    TYPE: ClassVar[str] = "holdfast.grievance.resolved.v1"

    @model_validator(mode="after")
    def _names_one(self) -> Self:
        if self.interaction_id is None and self.grievance_id is None:
            raise ValueError("give interaction_id or grievance_id")
        return self


class Complaint(Value):
    complaint_id: Name
    fault: Fault
    severity: Severity
    correctable: Flag
    commitment_breached: Flag = False
    staff_at_fault: Flag = False
    about: ComplaintAbout | None = None
    order_id: Name | None = None
    element: Name | None = None
    touchpoint: Name | None = None
    channel: Name | None = None


class ComplaintReported(Complaint, Data):
    TYPE: ClassVar[str] = "holdfast.complaint.reported.v1"

    text: Text | None = None


class ComplaintUpdated(Data):
    """What is None stays as it is."""

    TYPE: ClassVar[str] = "holdfast.complaint.updated.v1"

    complaint_id: Name
    fault: Fault | None = None
    severity: Severity | None = None
    correctable: Flag | None = None


class ComplaintWithdrawn(Data):
    TYPE: ClassVar[str] = "holdfast.complaint.withdrawn.v1"

    complaint_id: Name


class SatisfactionStated(Data):
    """The customer's own word on how a complaint was handled (CP-16)."""

    TYPE: ClassVar[str] = "holdfast.satisfaction.stated.v1"

    complaint_id: Name
    satisfied: Flag
    channel: Name | None = None


class Opinion(Value):
    kind: FeedbackKind
    source: FeedbackSource
    element: Name | None = None
    touchpoint: Name | None = None
    score: Rating | None = None
    aspects: Names | None = None


class FeedbackSubmitted(Opinion, Data):
    """Kind complaint opens a case of its own (FB-01, FB-02)."""

    TYPE: ClassVar[str] = "holdfast.feedback.submitted.v1"

    text: Text | None = None


class SurveyAnswer(Value):
    survey: SurveyName
    score: SurveyScore | None = None
    expectation: Rating | None = None
    experience: Rating | None = None
    dimension: Name | None = None
    element: Name | None = None
    touchpoint: Name | None = None
    trigger: Name | None = None


class SurveyAnswered(SurveyAnswer, Data):
    """`score` is needed but for a gap, which is `experience` against `expectation` (FB-11, FB-12)."""

    TYPE: ClassVar[str] = "holdfast.survey.answered.v1"

    @model_validator(mode="after")
    def _is_answered(self) -> Self:
        if self.survey is SurveyName.GAP:
            if self.expectation is None or self.experience is None:
                raise ValueError("a gap needs expectation and experience")
        elif self.score is None:
            raise ValueError("give the score")
        return self


class SocialMentioned(Data):
    """`handle` is only looked up: a mention opens no file (FB-20)."""

    TYPE: ClassVar[str] = "holdfast.social.mentioned.v1"
    ABOUT_CUSTOMER: ClassVar[bool] = False

    handle: Handle | None = None
    sentiment: Sentiment
    element: Name | None = None
    network: Name
    kind: MentionKind = MentionKind.MENTION
