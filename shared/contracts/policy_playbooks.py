"""The sections of the policy that are lists of work: playbooks, the task catalogue, care, surveys and the rest."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from shared.contracts.data import Flag, Name
from shared.contracts.dates import BusinessDate
from shared.contracts.policy_numbers import Codes, Days, Number, Section, Share, Times, complete, off
from shared.contracts.values import (
    ConsentPurpose,
    LifecycleStage,
    Loyalty,
    Segment,
    Step,
    SurveyName,
    Tier,
    WinbackStep,
)

OFF = Annotated[Literal["off"], BeforeValidator(off)]
TIME_OF_DAY = r"^([01][0-9]|2[0-3]):[0-5][0-9]$"


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
    """What an occasion is answered with; `gift`: beside the greeting there is something to give (CA-09)."""

    options: Codes
    gift: Flag = False


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
    """What makes a task of this kind, who does it, and what to go through (KP-07).

    `contact`: doing it reaches the customer. `due_days` after its cause, where no other value of the policy says it.
    `expire_days` after it was due it has lost its point; None: it stays owed.
    """

    cause: Name
    role: Name
    consent_purpose: ConsentPurpose
    checklist: Codes
    contact: Flag = True
    due_days: Days = 0
    expire_days: Days | None = None


class Tasks(Section):
    """`catalogue`: task kind -> how it comes about; off: tasks of this kind are not made.

    `snooze_days`: how far from today a task may be put off by hand.
    """

    snooze_days: Annotated[int, Field(ge=1, le=365, strict=True)]
    catalogue: dict[Name, OFF | TaskPlay]

    def play(self, kind: str) -> TaskPlay | None:
        """How tasks of this kind come about; None where they do not."""
        found = self.catalogue.get(kind)
        return found if isinstance(found, TaskPlay) else None

    @property
    def kinds(self) -> list[str]:
        """Those that are made, by name."""
        return sorted(kind for kind in self.catalogue if self.play(kind))


class Winback(Section):
    due_days: dict[WinbackStep, Days]

    @model_validator(mode="after")
    def _has_every_step(self) -> Self:
        complete(WinbackStep, self.due_days, "winback.due_days")
        return self


class Reply(Section):
    days: Days


class Routine(Section):
    """Contact that recurs with these segments or this loyalty (SC-14 to SC-16, LO-05, CA-16); both empty: with all.

    `every_days` None: `visit.gold_days`.
    """

    kind: Name
    every_days: Annotated[int, Field(ge=1, le=36_500, strict=True)] | None = None
    segments: Annotated[tuple[Segment, ...], Field(max_length=10)] = ()
    loyalty: Annotated[tuple[Loyalty, ...], Field(max_length=5)] = ()
    purpose: Name


class Care(Section):
    """`holidays`: days of a named holiday that stand in place of the computed ones of their year.

    `festivals`: region -> the holidays on which its customers are greeted; `default` for all other regions.
    `difficulties`: life events that ask for concern, not for congratulations (CA-06).
    """

    holidays: dict[Name, Annotated[tuple[BusinessDate, ...], Field(max_length=400)]]
    festivals: dict[Name, Codes]
    greeted_tiers: Annotated[tuple[Tier, ...], Field(max_length=3)]
    gift_tiers: Annotated[tuple[Tier, ...], Field(max_length=3)]
    difficulties: Codes
    routines: dict[Name, OFF | Routine]
    feb29: Literal["feb_28", "mar_1"]
    gift_cap: Annotated[Number, Field(ge=0)]
    cap_per_7_days: Times

    @model_validator(mode="after")
    def _festivals_have_a_default(self) -> Self:
        if "default" not in self.festivals:
            raise ValueError("care.festivals lacks default")
        return self


class QuietHours(Section):
    """Wall-clock time of the customer's zone, from `begin` until just before `end`, over midnight too."""

    begin: Annotated[str, Field(pattern=TIME_OF_DAY)]
    end: Annotated[str, Field(pattern=TIME_OF_DAY)]

    @model_validator(mode="after")
    def _leaves_time(self) -> Self:
        if self.begin == self.end:
            raise ValueError("quiet hours must begin and end at different times")
        return self


class Contact(Section):
    """When contacts that are not service may not be made, however much is consented."""

    quiet_hours: OFF | QuietHours


class Recommendation(Section):
    """`every_days`: a category is recommended again after so long (SC-24)."""

    every_days: Annotated[int, Field(ge=1, le=36_500, strict=True)]


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
