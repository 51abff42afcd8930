"""What the scheduler remembers of one customer: the parts of its state."""

from __future__ import annotations

from datetime import date, datetime

from msgspec import Struct

from shared.contracts.values import ConsentPurpose


class Standing(Struct, frozen=True, omit_defaults=True):
    """A schedule: the inner minimum of the due formula, and the due date that was made of it."""

    inner: date
    due_on: date
    moved: bool = False
    """The calendar moved the due date."""


class Plan(Struct, frozen=True):
    """The schedule as of `at`, and the one before that instant.

    Order between services within one instant is open, so whether anything changed is asked against what stood before
    the instant: the schedule at rest is then the same in any order.
    """

    now: Standing
    at: datetime
    before: Standing | None = None


class Made(Struct, frozen=True):
    """What was scheduled on a day, by what it is, and how often: tells a schedule that comes back from its first."""

    on: date | None = None
    times: dict[str, int] = {}


class Anniversary(Struct, frozen=True, omit_defaults=True):
    """A day of every year on which this customer is greeted; a lunar one is of the Chinese calendar."""

    kind: str
    month: int
    day: int
    year: int | None = None
    lunar: bool = False


class Consent(Struct, frozen=True, omit_defaults=True):
    """What the customer said last about a channel and a purpose; None: about all of them (CN-05)."""

    at: datetime
    granted: bool
    channel: str | None = None
    purpose: ConsentPurpose | None = None


class Place(Struct, frozen=True):
    """A place in the attention cap, held from a day on (CA-18)."""

    key: str
    on: date


class Commitment(Struct, frozen=True):
    """A promise that is not kept yet (SC-21)."""

    commitment_id: str
    due_on: date


class Wanted(Struct, frozen=True, omit_defaults=True):
    """The need in force, as far as it makes tasks; `stated_at` orders needs."""

    stated_at: datetime
    feasible: bool = False
    tags: tuple[str, ...] = ()


class Verdict(Struct, frozen=True):
    """The last answer to the question of recommendation (nps)."""

    at: datetime
    answer_id: str
    score: int


class Cared(Struct, frozen=True):
    """The occasions that were met on a day: none is met twice."""

    on: date
    occasions: tuple[str, ...] = ()
    gifts: tuple[str, ...] = ()
    """Those for which there is something to give."""
