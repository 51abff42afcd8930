"""Policy: what a customer's file holds, and how it goes on."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from shared.contracts.data import Flag
from shared.contracts.policy_numbers import Codes, Days, Section, Share, complete
from shared.contracts.values import ConsentPurpose, LifecycleStage


class NeedSection(Section):
    task_days: Days


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


class Group(Section):
    """Customers who behave alike (PR-31): all that is given must hold, of a list of categories or likings any one.

    `bought`, `browsed`: categories. `likes`: preferences, interests, tags. `buys`: each way is one of theirs.
    """

    bought: Codes = ()
    browsed: Codes = ()
    likes: Codes = ()
    buys: Annotated[tuple[Literal["online", "in_store"], ...], Field(max_length=2)] = ()

    @model_validator(mode="after")
    def _asks_for_something(self) -> Self:
        if not (self.bought or self.browsed or self.likes or self.buys):
            raise ValueError("give at least one of bought, browsed, likes, buys: nobody and everybody are no group")
        return self


class Privacy(Section):
    """What a file may hold (CN-01, CN-02) and which notes may be kept (CN-03)."""

    allowed_fields: Codes
    note_categories: Codes
    refused_note_categories: Codes
