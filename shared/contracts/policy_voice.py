"""Policy: what customers are asked, and what is made of their answers."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from shared.contracts.data import Name
from shared.contracts.policy_numbers import Codes, Days, Number, Section, Share, Times
from shared.contracts.values import SurveyName


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
    dimensions: Annotated[dict[Name, Codes], Field(max_length=50)]
    """What an answer may be about -> its parts."""


class Kpi(Section):
    """`benchmark`: yearly churn in percent. `incentive_rate`: from it on, with enough steps, an incentive is due."""

    period: Literal["month", "quarter", "year"]
    benchmark: Annotated[Number, Field(ge=0, le=100)]
    incentive_rate: Share
    incentive_min_steps: Times


class Training(Section):
    """Of staff: at least so often, and where the service at one touchpoint was scored low so many times (KP-06)."""

    every_days: Annotated[int, Field(ge=1, le=36_500, strict=True)]
    element: Name
    """Of the experience: the scores that are looked at."""
    low_limit: Annotated[int, Field(ge=1, le=1000, strict=True)]
    window_days: Annotated[int, Field(ge=1, le=36_500, strict=True)]


Weight = Annotated[int, Field(ge=0, le=60, strict=True)]


class Weights(Section):
    """Of the three ratings in a weighted sum."""

    impact: Weight
    feasibility: Weight
    scope: Weight

    @model_validator(mode="after")
    def _weigh_something(self) -> Self:
        if not (self.impact or self.feasibility or self.scope):
            raise ValueError("one of the weights must be more than 0")
        return self


class Improvement(Section):
    """`weights` are those of `weighted_sum`."""

    score: Literal["product", "weighted_sum"]
    weights: Weights


class Approval(Section):
    max: Times


class FeedbackSection(Section):
    """`elements` and `touchpoints` of the experience: what feedback is tagged with, from design to service."""

    plan_days: Days
    elements: Annotated[Codes, Field(min_length=1)]
    touchpoints: Codes
    aspects: Codes
    """What else feedback is about, several at once (FB-17)."""
