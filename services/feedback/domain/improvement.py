"""An improvement: rated, given a solution, done, and measured again (FB-06, FB-07, FB-08)."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Literal
from uuid import UUID

from msgspec import Struct

from shared.contracts.policy import Policy


class ImprovementStatus(StrEnum):
    OPEN = "open"
    PLANNED = "planned"
    IMPLEMENTED = "implemented"
    VERIFIED = "verified"
    REOPENED = "reopened"


class SolutionType(StrEnum):
    """Of what kind a solution may be (FB-07)."""

    PROCESS = "process"
    TRAINING = "training"
    TECHNOLOGY = "technology"
    PERSONALISATION = "personalisation"


class Solution(Struct, frozen=True):
    type: SolutionType
    owner: str
    due_on: date
    text: str | None = None
    implemented_on: date | None = None


class Improvement(Struct, frozen=True):
    """One item; `baseline` and `now` are mean scores of its element before and after."""

    item_id: UUID
    source: Literal["winback", "suggestion", "person"]
    opened_at: datetime
    element: str | None = None
    touchpoint: str | None = None
    title: str | None = None
    impact: int | None = None
    feasibility: int | None = None
    scope: int | None = None
    score: int | None = None
    status: ImprovementStatus = ImprovementStatus.OPEN
    solution: Solution | None = None
    baseline: float | None = None
    now: float | None = None
    measured_on: date | None = None
    late: bool = False
    """Its solution was said to be overdue."""


class Rated(Struct, frozen=True):
    """What ranks an item among the others."""

    item_id: UUID
    score: int
    impact: int
    opened_at: datetime


class Ranking(Struct, frozen=True):
    """Every rated item as it stands."""

    key: str
    items: tuple[Rated, ...] = ()


ALL = "all"


class ImprovementState(Struct, frozen=True):
    """The stream of one improvement."""

    item: Improvement | None = None


def score_of(impact: int | None, feasibility: int | None, scope: int | None, policy: Policy) -> int | None:
    """Of the three ratings, as `improvement.score` says; unrated as long as one is missing."""
    if impact is None or feasibility is None or scope is None:
        return None
    if policy.improvement.score == "product":
        return impact * feasibility * scope
    weights = policy.improvement.weights
    return impact * weights.impact + feasibility * weights.feasibility + scope * weights.scope


def rank_of(item: Improvement, ranking: Ranking | None) -> int | None:
    """Its place by score; of equals the one with more impact comes first, then the older one."""
    if item.score is None:
        return None
    mine = _order(Rated(item.item_id, item.score, item.impact or 0, item.opened_at))
    others = ranking.items if ranking else ()
    return 1 + sum(_order(each) < mine for each in others if each.item_id != item.item_id)


def _order(rated: Rated) -> tuple[int, int, datetime, UUID]:
    return (-rated.score, -rated.impact, rated.opened_at, rated.item_id)
