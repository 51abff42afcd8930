"""The sections of the policy, nested by the dotted keys. Amounts are major units of the reporting currency."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from shared.contracts.data import Currency, Flag
from shared.contracts.dates import BusinessDate, TimeZone
from shared.contracts.policy_numbers import (
    Codes,
    Days,
    Number,
    Off,
    Section,
    Share,
    Times,
    Windows,
    ascending,
    complete,
    off,
)
from shared.contracts.values import ConsentPurpose, Grade, Severity, Step, Tier
from shared.money import exponent


class Grading(Section):
    """`window_days`: an expected close up to so many days away is A, B, C (GR-06…GR-08); later is D."""

    window_days: Windows
    month_mode: Literal["days", "calendar"]

    @model_validator(mode="after")
    def _windows_grow(self) -> Self:
        ascending(self.window_days)
        return self


class Cadence(Section):
    """`days`: between two follow-ups, at most, per grade (SC-01…SC-05)."""

    days: dict[Grade, Annotated[int, Field(ge=1, le=36_500, strict=True)]]

    @model_validator(mode="after")
    def _has_every_grade(self) -> Self:
        complete(Grade, self.days, "cadence.days")
        return self


class UrgencySection(Section):
    """`days`: handle by so many days is urgent, moderate, not urgent (GR-04); later is long-horizon."""

    days: Windows

    @model_validator(mode="after")
    def _windows_grow(self) -> Self:
        ascending(self.days)
        return self


class ImportanceSection(Section):
    threshold: Number


class TierSection(Section):
    """Shares of the ranked customers by count; `floor_days` per tier: longest time without a real contact."""

    key_share: Share
    regular_share: Share
    uplift_band: Share
    value: Literal["profit_12m"]
    hysteresis: Off
    floor_days: dict[Tier, Annotated[int, Field(ge=1, le=36_500, strict=True)]]


class Clv(Section):
    """`horizon` in years."""

    method: Literal["auto", "formula", "model"]
    retention: Share
    discount: Share
    horizon: Literal["infinite"] | Annotated[Number, Field(gt=0)]
    model: Literal["mbg_nbd", "pareto_nbd"]

    @model_validator(mode="after")
    def _ends(self) -> Self:
        if self.horizon == "infinite" and self.retention == 1 + self.discount:
            raise ValueError("clv.horizon must be a number of years where nobody leaves and nothing is discounted")
        return self


class Cost(Section):
    hour_rate: Annotated[Number, Field(ge=0)]


class Profit(Section):
    exit_margin: Number


class Loyalty(Section):
    min_orders: Times
    min_referrals: Times


class ModelLevels(Section):
    """Below so much of the chance to order that silence has left."""

    watch: Share
    warn: Share
    lost: Share

    @model_validator(mode="after")
    def _falls(self) -> Self:
        if not self.watch > self.warn > self.lost:
            raise ValueError("each of watch, warn, lost must be smaller than the one before")
        return self


class Churn(Section):
    method: Literal["frequency", "model"]
    at_risk_factor: Annotated[Number, Field(gt=0)]
    churn_factor: Annotated[Number, Field(gt=0)]
    min_orders: Times
    model_levels: ModelLevels


class Grievance(Section):
    limit: Annotated[int, Field(ge=1, le=1000, strict=True)]
    window_days: Days


class Complaint(Section):
    reach_rate: Annotated[Share, Field(gt=0)]
    bonus_rate: Share
    bonus_min_contacts: Times
    urgent_days: Days
    acknowledge_days: Days
    resolve_days: dict[Severity, Days]
    """After it is opened."""
    warn_days: Days
    """So long before the end of a deadline; 0: never."""
    escalation: Codes
    """To whom a case goes with each breach, rung by rung."""

    @model_validator(mode="after")
    def _has_every_severity(self) -> Self:
        complete(Severity, self.resolve_days, "complaint.resolve_days")
        return self


class SupervisorWhen(Section):
    """The supervisor negotiates (R4) when any of these holds; `rejected` is a remedy that the customer rejected."""

    severity: Annotated[tuple[Severity, ...], Field(max_length=2)]
    tiers: Annotated[tuple[Tier, ...], Field(max_length=3)]
    repeat_days: Days
    rejected: Flag


class Remediation(Section):
    """`due_days` after the case is opened."""

    due_days: dict[Step, Days]
    entitlements: Codes
    """What a guarantee gives a right to (CP-15)."""
    supervisor_when: SupervisorWhen

    @model_validator(mode="after")
    def _has_every_step(self) -> Self:
        complete(Step, self.due_days, "remediation.due_days")
        return self


class Calendar(Section):
    """`working_days` off: every day is one. Holidays are none; make-up days are, whatever weekday they fall on."""

    time_zone: TimeZone
    working_days: (
        Annotated[Literal["off"], BeforeValidator(off)]
        | Annotated[
            tuple[Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"], ...], Field(min_length=1, max_length=7)
        ]
    )
    holidays: Annotated[tuple[BusinessDate, ...], Field(max_length=10_000)]
    make_up_days: Annotated[tuple[BusinessDate, ...], Field(max_length=10_000)]


def _minted(currency: str) -> str:
    try:
        exponent(currency)
    except ValueError:
        raise ValueError("is no currency of ISO 4217 with a minor unit") from None
    return currency


class CurrencySection(Section):
    """`rates`: how many major units of `reporting` one major unit of the currency is worth."""

    reporting: Annotated[Currency, AfterValidator(_minted)]
    rates: dict[Annotated[Currency, AfterValidator(_minted)], Annotated[Number, Field(gt=0)]]


class Channel(Section):
    """`capability`: call and visit are real contacts, write is not. `cost` of one contact."""

    capability: Literal["call", "visit", "write"]
    consent_purpose: ConsentPurpose
    cost: Annotated[Number, Field(ge=0)]


class Privacy(Section):
    """What a file may hold (CN-01, CN-02) and which notes may be kept (CN-03)."""

    allowed_fields: Codes
    note_categories: Codes
    refused_note_categories: Codes
