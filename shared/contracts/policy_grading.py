"""Policy: what a customer is worth and when to follow up. Amounts are major units of the reporting currency."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from shared.contracts.policy_numbers import Number, Off, Section, Share, Times, Windows, ascending, complete
from shared.contracts.values import Grade, Tier


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
    """Shares of the ranked customers by count, ranked by `value`: the profit of twelve months, alone or with what is
    expected of the future. `floor_days` per tier: longest time without a real contact.
    """

    key_share: Share
    regular_share: Share
    uplift_band: Share
    value: Literal["profit_12m", "profit_12m_and_future"]
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


class LoyaltySection(Section):
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
