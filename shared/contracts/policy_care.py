"""Policy: when whom to greet, visit and call, and when not."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from shared.contracts.data import Name
from shared.contracts.dates import BusinessDate
from shared.contracts.policy_numbers import OFF, TIME_OF_DAY, Codes, Days, Number, Section, Times
from shared.contracts.values import Loyalty, Segment, Tier


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


class Visit(Section):
    gold_days: Annotated[int, Field(ge=1, le=36_500, strict=True)]


class Postpurchase(Section):
    days: Days


class UsageVisit(Section):
    days: Annotated[int, Field(ge=1, le=36_500, strict=True)]
