"""The stages of a customer's life (PR-22): what moves a customer is put in order by when it happened, then walked."""

from __future__ import annotations

from bisect import insort
from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Final

from msgspec import Struct

from shared.contracts.values import ChurnKind, LifecycleStage

Transitions = Mapping[LifecycleStage, Sequence[LifecycleStage]]
"""From a stage to those that may follow it: policy `lifecycle.transitions`."""


class MarkKind(StrEnum):
    """What moves a customer from stage to stage."""

    ORDER = "order"
    RISK = "risk"
    LEFT = "left"
    WON = "won"
    PERSON = "person"


ASKS: Final[Mapping[MarkKind, tuple[LifecycleStage, ...]]] = {
    MarkKind.ORDER: (LifecycleStage.ACTIVE, LifecycleStage.WON_BACK),
    MarkKind.RISK: (LifecycleStage.AT_RISK,),
    MarkKind.LEFT: (LifecycleStage.CHURNED,),
    MarkKind.WON: (LifecycleStage.WON_BACK,),
}
"""The stages it leads to, the first that may follow; who orders after having left has been won back."""
KEPT: Final = 4
"""Of each kind so many are remembered, the newest: those before no longer decide where a customer stands."""


class Churn(Struct, frozen=True):
    """How and why a customer left; `reason` is a code of the policy."""

    kind: ChurnKind
    reason: str


RANKS: Final = {kind: rank for rank, kind in enumerate(MarkKind)}


class Mark(Struct, frozen=True, array_like=True):
    """One thing that moves a customer. `to`: where a person put him."""

    at: datetime
    event_id: str
    kind: MarkKind
    to: LifecycleStage | None = None
    churn: Churn | None = None

    @property
    def place(self) -> tuple[datetime, int, str]:
        """Marks take their place by this, whenever they arrive: of one instant in the order of their kinds."""
        return (self.at, RANKS[self.kind], self.event_id)

    @property
    def asks(self) -> tuple[LifecycleStage, ...]:
        return (self.to,) if self.to else ASKS[self.kind]


class Graded(Struct, frozen=True):
    """The newest word of grading: whether there is no need and no chance of a deal (E)."""

    at: datetime
    is_e: bool


class Lifecycle(Struct, frozen=True, omit_defaults=True):
    """What decides a customer's stage, and the stage as it was said last."""

    marks: tuple[Mark, ...] = ()
    graded: Graded | None = None
    exited_at: datetime | None = None
    stage: LifecycleStage = LifecycleStage.PROSPECT
    previous: LifecycleStage | None = None
    churn: Churn | None = None
    """Of one who left and is not back."""


class Wish(Struct, frozen=True):
    """What the need in force says of a deal."""

    negotiating: bool
    at: datetime


class Walked(Struct, frozen=True):
    """Where the marks lead. `left_at`: every instant at which the customer left us."""

    stage: LifecycleStage = LifecycleStage.PROSPECT
    churn: Churn | None = None
    left_at: tuple[datetime, ...] = ()


def marked(marks: tuple[Mark, ...], mark: Mark) -> tuple[Mark, ...]:
    """With this one, in order."""
    known = [each for each in marks if each.place != mark.place]
    insort(known, mark, key=lambda each: each.place)
    too_many = sum(each.kind is mark.kind for each in known) - KEPT
    if too_many <= 0:
        return tuple(known)
    gone = [n for n, each in enumerate(known) if each.kind is mark.kind][:too_many]
    return tuple(each for n, each in enumerate(known) if n not in gone)


def walk(marks: Sequence[Mark], transitions: Transitions) -> Walked:
    """From prospect, mark by mark; one that leads nowhere from where the customer stands changes nothing."""
    walked = Walked()
    for mark in marks:
        walked = _step(walked, mark, transitions)
    return walked


def _step(walked: Walked, mark: Mark, transitions: Transitions) -> Walked:
    here, onward = walked.stage, transitions[walked.stage]
    to = next((stage for stage in mark.asks if stage is here or stage in onward), None)
    if to is None or (to is here and mark.churn is None):
        return walked
    leaves = to is LifecycleStage.CHURNED and walked.stage is not to
    left_at = (*walked.left_at, mark.at) if leaves else walked.left_at
    return Walked(to, mark.churn if to is not walked.stage else mark.churn or walked.churn, left_at)


def stage_of(lifecycle: Lifecycle, wish: Wish | None, transitions: Transitions) -> Walked:
    """Where the customer stands.

    The marks lead there; of one who has bought nothing the need in force says whether a deal is negotiated; while the
    grade is E whoever has not left, or ordered since, is dormant; an exit is the end. What a person said holds until
    news come.
    """
    walked = walk(lifecycle.marks, transitions)
    if lifecycle.exited_at is not None:
        return Walked(LifecycleStage.EXITED, None, walked.left_at)
    person = _last(lifecycle.marks, MarkKind.PERSON)
    stage = _by_need(walked.stage, wish if _is_news(wish, person) else None)
    if stage not in (walked.stage, *transitions[walked.stage]):
        stage = walked.stage
    awake = _last(lifecycle.marks, MarkKind.PERSON, MarkKind.ORDER)
    asleep = lifecycle.graded is not None and lifecycle.graded.is_e and _is_news(lifecycle.graded, awake)
    if asleep and stage is not LifecycleStage.CHURNED and LifecycleStage.DORMANT in transitions[stage]:
        stage = LifecycleStage.DORMANT
    return Walked(stage, walked.churn if stage is LifecycleStage.CHURNED else None, walked.left_at)


def _last(marks: Sequence[Mark], *kinds: MarkKind) -> datetime | None:
    return max((mark.at for mark in marks if mark.kind in kinds), default=None)


def _is_news(told: Wish | Graded | None, person: datetime | None) -> bool:
    return told is not None and (person is None or told.at > person)


def _by_need(stage: LifecycleStage, wish: Wish | None) -> LifecycleStage:
    if wish is None or stage not in (LifecycleStage.PROSPECT, LifecycleStage.NEGOTIATING):
        return stage
    return LifecycleStage.NEGOTIATING if wish.negotiating else LifecycleStage.PROSPECT
