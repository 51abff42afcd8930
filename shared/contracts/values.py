"""The values that several events share, and the closed sets they are made of."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Self

from pydantic import ConfigDict, Field, model_validator

from shared.contracts.data import Currency, Flag, Minor, Names, Value
from shared.contracts.dates import BusinessDate
from shared.contracts.words_of_cases import (
    ComplaintAbout,
    Fault,
    FeedbackFlag,
    FeedbackKind,
    FeedbackSource,
    GapVerdict,
    GrievanceSource,
    MentionKind,
    Severity,
    Step,
    StepResult,
    SurveyName,
    WinbackStep,
)
from shared.contracts.words_of_customers import (
    BenefitAction,
    BenefitBasis,
    BenefitStatus,
    ChurnKind,
    ConsentPurpose,
    ContactRole,
    CostKind,
    CustomerKind,
    DateKind,
    Demand,
    Direction,
    LifecycleStage,
    NeedSource,
    Party,
    PurchaseKind,
    Sentiment,
    Stage,
)
from shared.contracts.words_of_decisions import (
    Basis,
    ChurnLevel,
    DealStatus,
    DueBecause,
    FollowupMode,
    Grade,
    GradeFlag,
    Importance,
    Journal,
    Loyalty,
    OverrideEnd,
    OverrideField,
    Segment,
    SuppressedBy,
    Tier,
    Urgency,
)

__all__ = [
    "Basis",
    "BenefitAction",
    "BenefitBasis",
    "BenefitStatus",
    "ChurnKind",
    "ChurnLevel",
    "ComplaintAbout",
    "ConsentPurpose",
    "ContactRole",
    "CostKind",
    "CustomerKind",
    "DateKind",
    "DealStatus",
    "Demand",
    "Direction",
    "DueBecause",
    "Fault",
    "FeedbackFlag",
    "FeedbackKind",
    "FeedbackSource",
    "FollowupMode",
    "GapVerdict",
    "Grade",
    "GradeFlag",
    "GrievanceSource",
    "Importance",
    "Journal",
    "LifecycleStage",
    "Loyalty",
    "MentionKind",
    "Need",
    "NeedGiven",
    "NeedSource",
    "OccasionDate",
    "Occasions",
    "OverrideEnd",
    "OverrideField",
    "Party",
    "PurchaseKind",
    "Segment",
    "Sentiment",
    "Severity",
    "Stage",
    "Step",
    "StepResult",
    "SuppressedBy",
    "SurveyName",
    "Tier",
    "Urgency",
    "WinbackStep",
]


class OccasionDate(Value):
    """A day to greet on, every year; `year` is that of the first one. A lunar one is a day of the Chinese calendar."""

    kind: DateKind
    month: Annotated[int, Field(ge=1, le=12, strict=True)]
    day: Annotated[int, Field(ge=1, le=31, strict=True)]
    year: Annotated[int, Field(ge=1000, le=2200, strict=True)] | None = None
    lunar: Flag = False
    volunteered: Flag

    @model_validator(mode="after")
    def _is_in_the_calendar(self) -> Self:
        if self.lunar and self.day > 30:
            raise ValueError("a lunar month has at most 30 days")
        if not self.lunar:
            try:
                date(self.year or 2000, self.month, self.day)
            except ValueError:
                raise ValueError("this day is not in the calendar") from None
        return self


class Need(Value):
    """What a customer wants and when, as one whole snapshot: what is left out is unknown."""

    demand: Demand
    expected_close_on: BusinessDate | None = None
    expected_amount: Minor | None = None
    potential_volume: Minor | None = None
    currency: Currency | None = None
    deal_possible: Flag = True
    handle_by_on: BusinessDate | None = None
    negotiating: Flag = False
    tags: Names = ()
    feasible: Flag | None = None


class NeedGiven(Need):
    """The need in an HTTP body, where a field that is not named here is a mistake worth telling."""

    model_config = ConfigDict(extra="forbid")


Occasions = Annotated[tuple[OccasionDate, ...], Field(fail_fast=True, max_length=50)]
