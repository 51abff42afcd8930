"""The sections of the policy that are lists of work: playbooks, the task catalogue, care, surveys and the rest."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from shared.contracts.data import Flag, Name
from shared.contracts.dates import BusinessDate
from shared.contracts.policy_numbers import Codes, Days, Number, Section, Share, Times, complete
from shared.contracts.values import ConsentPurpose, LifecycleStage, Step, SurveyName, WinbackStep


class StepWhen(StrEnum):
    """The condition of a remediation step; `supervisor` is `remediation.supervisor_when`."""

    ALWAYS = "always"
    CORRECTABLE = "correctable"
    SUPERVISOR = "supervisor"
    BREACH_OR_STAFF = "breach_or_staff"


class RemediationPlay(Section):
    step: Step
    when: StepWhen
    role: Name
    title: Name


class WinbackPlay(Section):
    """`capabilities`: over which kinds of channel the step may be done; empty: any."""

    step: WinbackStep
    capabilities: Annotated[tuple[Literal["call", "visit", "write"], ...], Field(max_length=3)]
    title: Name


class CarePlay(Section):
    options: Codes


class Playbooks(Section):
    """Steps in the order in which they are listed for a case; care by occasion."""

    remediation: Annotated[tuple[RemediationPlay, ...], Field(max_length=7)]
    winback: Annotated[tuple[WinbackPlay, ...], Field(max_length=5)]
    care: dict[Name, CarePlay]

    @model_validator(mode="after")
    def _each_step_once(self) -> Self:
        for steps in ([str(p.step) for p in self.remediation], [str(p.step) for p in self.winback]):
            if len(steps) != len(set(steps)):
                raise ValueError("a step is listed twice")
        return self


class TaskPlay(Section):
    """What makes a task of this kind, who does it, and what to go through."""

    cause: Name
    role: Name
    consent_purpose: ConsentPurpose
    checklist: Codes


class Tasks(Section):
    """`catalogue`: task kind -> how it comes about."""

    catalogue: dict[Name, TaskPlay]


class Winback(Section):
    due_days: dict[WinbackStep, Days]

    @model_validator(mode="after")
    def _has_every_step(self) -> Self:
        complete(WinbackStep, self.due_days, "winback.due_days")
        return self


class Reply(Section):
    days: Days


class Care(Section):
    """`holidays`: days of a named holiday that stand in place of the computed ones of their year."""

    holidays: dict[Name, Annotated[tuple[BusinessDate, ...], Field(max_length=400)]]
    feb29: Literal["feb_28", "mar_1"]
    gift_cap: Annotated[Number, Field(ge=0)]
    cap_per_7_days: Times


class NeedSection(Section):
    task_days: Days


class Visit(Section):
    gold_days: Annotated[int, Field(ge=1, le=36_500, strict=True)]


class Segments(Section):
    long_standing_days: Days
    premium_service_share: Share


class Consent(Section):
    """What is granted while the customer has said nothing."""

    default: dict[ConsentPurpose, Flag]

    @model_validator(mode="after")
    def _has_every_purpose(self) -> Self:
        complete(ConsentPurpose, self.default, "consent.default")
        return self


class Membership(Section):
    """`term`: an ISO 8601 duration in years, months or days; the day after the term is the first without."""

    term: Annotated[str, Field(pattern=r"^P[1-9][0-9]{0,3}[YMD]$")]


class Lifecycle(Section):
    """`transitions`: from a stage to those that may follow it.

    `leaving_reasons`: the codes of why customers leave, in neutral words (CN-07); for some nobody is to blame.
    """

    transitions: dict[LifecycleStage, Annotated[tuple[LifecycleStage, ...], Field(max_length=8)]]
    leaving_reasons: Codes
    unavoidable_reasons: Codes

    @model_validator(mode="after")
    def _has_every_stage(self) -> Self:
        complete(LifecycleStage, self.transitions, "lifecycle.transitions")
        return self


class Scale(Section):
    lowest: Annotated[int, Field(ge=0, le=100, strict=True)]
    highest: Annotated[int, Field(ge=1, le=100, strict=True)]


class Survey(Section):
    """When whom to ask, and how answers count.

    `low_score`: at or below it somebody calls. `promoter` and `detractor`: at or above, at or below it on the nps
    scale; `satisfied`: at or above it on the csat scale. `rest_days`: at least between two questions.
    """

    every_days: Annotated[int, Field(ge=1, le=36_500, strict=True)]
    rest_days: Annotated[int, Field(ge=1, le=36_500, strict=True)]
    reminder_days: Annotated[int, Field(ge=1, le=36_500, strict=True)]
    after_resolution_days: Days
    regular: SurveyName
    after_resolution: SurveyName
    scales: dict[Name, Scale]
    low_score: dict[Name, Times]
    promoter: Times
    detractor: Times
    satisfied: Times


class Kpi(Section):
    """`benchmark`: yearly churn in percent."""

    period: Literal["month", "quarter", "year"]
    benchmark: Annotated[Number, Field(ge=0, le=100)]


class Improvement(Section):
    score: Literal["product"]


class Approval(Section):
    max: Times


class FeedbackSection(Section):
    """`elements` and `touchpoints` of the experience: what feedback is tagged with, from design to service."""

    plan_days: Days
    elements: Annotated[Codes, Field(min_length=1)]
    touchpoints: Codes


class Postpurchase(Section):
    days: Days


class UsageVisit(Section):
    days: Annotated[int, Field(ge=1, le=36_500, strict=True)]
