"""Who left, why, and what is done to win them back (WB-01, WB-02, WB-10, GR-24)."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from msgspec import Struct
from msgspec.structs import replace

from services.feedback.domain.consents import Consents
from services.feedback.domain.winback import Winback, WinbackChange, WinbackFile, begin, close_if_done, end, unblock
from shared.contracts.ids import named
from shared.contracts.policy import Policy
from shared.contracts.values import ChurnKind, Tier

DEPARTURES = UUID("b7a2e9a4-54c0-5f3b-8c0e-8d4a5a7f9a21")
"""The namespace in which the event of a departure gives the ids of its entry and of its win-back."""


class Churn(Struct, frozen=True):
    """One entry of the register of those who left; `tier` is the customer's as long as they are away."""

    churn_id: UUID
    customer_id: UUID
    kind: ChurnKind
    reason: str
    churned_at: datetime
    churned_on: date
    tier: Tier
    case_id: UUID | None = None
    ended_on: date | None = None
    """Back again, or parted from for good."""


class Gone(StrEnum):
    """How a file ends for good."""

    EXITED = "exited"
    ERASED = "erased"


class Departure(Struct, frozen=True, omit_defaults=True):
    """A customer's leaving and coming back, as far as rules need it."""

    left: Churn | None = None
    """The entry in force: the customer is away."""
    gone: Gone | None = None
    """We ended it, or the file is no more: no win-back (K-09)."""
    winbacks: tuple[Winback, ...] = ()

    def find(self, case_id: UUID) -> Winback | None:
        return next((each for each in self.winbacks if each.file.case_id == case_id), None)


class Leaving(Struct, frozen=True):
    """A departure on its way through a decision."""

    departure: Departure
    churns: tuple[Churn, ...] = ()
    changes: tuple[WinbackChange, ...] = ()

    @property
    def settled(self) -> Departure:
        """With its win-backs as they stand now; one that is closed leaves the state for the ledger."""
        changed = {change.winback.file.case_id: change.winback for change in self.changes}
        kept = {each.file.case_id: each for each in self.departure.winbacks} | changed
        opened = sorted(
            (each for each in kept.values() if each.file.status == "open"),
            key=lambda each: (each.file.opened_at, each.file.case_id),
        )
        return replace(self.departure, winbacks=tuple(opened))


class Said(Struct, frozen=True):
    """That a customer left, as a decision needs it."""

    event_id: str
    type: str
    kind: ChurnKind
    reason: str
    at: datetime
    on: date
    customer_id: UUID
    tier: Tier


def leave(departure: Departure, said: Said, consents: Consents, policy: Policy) -> Leaving:
    """Into the register, with a win-back where it is abnormal; of somebody who is away it corrects the entry."""
    known = departure.left
    if known is not None:
        churn = replace(known, kind=said.kind, reason=said.reason)
    else:
        churn = Churn(
            churn_id=named(DEPARTURES, said.event_id),
            customer_id=said.customer_id,
            kind=said.kind,
            reason=said.reason,
            churned_at=said.at,
            churned_on=said.on,
            tier=said.tier,
        )
    changes: tuple[WinbackChange, ...] = ()
    if churn.kind == ChurnKind.ABNORMAL and churn.case_id is None and departure.gone is None:
        churn = replace(churn, case_id=named(DEPARTURES, f"{churn.churn_id}"))
        changes = (begin(_file(churn, said), consents, policy),)
    elif churn.case_id is not None and (winback := departure.find(churn.case_id)) is not None:
        change = WinbackChange(replace(winback, file=replace(winback.file, reason=said.reason)))
        changes = (end(change, said.at) if said.kind == ChurnKind.NORMAL else change,)
    return Leaving(replace(departure, left=churn), (churn,), changes)


def come_back(departure: Departure, on: date, now: datetime) -> Leaving:
    """Won back: what is open of the win-backs binds no longer, but for the measure (WB-06)."""
    changes = tuple(
        close_if_done(WinbackChange(replace(each, file=replace(each.file, returned=True))), now)
        for each in departure.winbacks
    )
    churns = (replace(departure.left, ended_on=on),) if departure.left else ()
    return Leaving(replace(departure, left=None), churns, changes)


def part(departure: Departure, how: Gone, now: datetime) -> Leaving:
    """Parted from: nobody tries to win this customer back."""
    return Leaving(
        replace(departure, gone=how), (), tuple(end(WinbackChange(each), now) for each in departure.winbacks)
    )


def value_again(departure: Departure, tier: Tier) -> Leaving:
    """Best customers first: the register and the open win-backs follow the tier (WB-10)."""
    churns = (replace(departure.left, tier=tier),) if departure.left else ()
    changes = tuple(WinbackChange(replace(each, file=replace(each.file, tier=tier))) for each in departure.winbacks)
    left = churns[0] if churns else None
    return Leaving(replace(departure, left=left), churns, changes)


def allow(departure: Departure, consents: Consents, policy: Policy) -> Leaving:
    """What a change of consents makes of the open steps."""
    changes = tuple(unblock(WinbackChange(each), consents, policy) for each in departure.winbacks)
    return Leaving(departure, (), tuple(c for c, w in zip(changes, departure.winbacks, strict=True) if c.winback != w))


def _file(churn: Churn, said: Said) -> WinbackFile:
    assert churn.case_id is not None  # noqa: S101 - given just before
    return WinbackFile(
        case_id=churn.case_id,
        customer_id=churn.customer_id,
        reason=churn.reason,
        tier=churn.tier,
        opened_at=churn.churned_at,
        opened_on=churn.churned_on,
        cause_id=said.event_id,
        cause_type=said.type,
    )
