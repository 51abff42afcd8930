"""What the customer has agreed to, per channel and purpose (CN-05)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from msgspec.structs import replace

from services.scheduler.domain.memory import Consent
from services.scheduler.domain.state import Change, CustomerState
from shared.contracts.policy import Policy
from shared.contracts.profile import ConsentChanged
from shared.contracts.values import ConsentPurpose
from shared.engine.decision import Context, Event


def decide_consent(state: CustomerState, event: Event, said: ConsentChanged, _context: Context) -> Change:
    """The last word about a channel and a purpose counts, in whatever order the words arrive."""
    new = Consent(event.time, said.granted, said.channel, said.purpose)
    return Change(replace(state, consents=remembered((*state.consents, new))))


def heard_again(consents: tuple[Consent, ...], said: Iterable[ConsentChanged], at: datetime) -> tuple[Consent, ...]:
    """With the words of a snapshot, each at its own instant."""
    words = (Consent(word.stated_at or at, word.granted, word.channel, word.purpose) for word in said)
    return remembered((*consents, *words))


def remembered(consents: tuple[Consent, ...]) -> tuple[Consent, ...]:
    """In their order, and without those that a later one covers: never more than channels times purposes."""
    kept: list[Consent] = []
    for consent in sorted(consents, key=_order):
        kept = [old for old in kept if not covers(consent, old.channel, old.purpose)]
        kept.append(consent)
    return tuple(kept)


def covers(consent: Consent, channel: str | None, purpose: ConsentPurpose | None) -> bool:
    """Whether it says something about this; None of a consent is all, asked for None only all answers."""
    return consent.channel in (None, channel) and consent.purpose in (None, purpose)


def is_granted(state: CustomerState, purpose: ConsentPurpose, channel: str | None, policy: Policy) -> bool:
    """By the customer's last word about it, else by the policy's default; `channel` None: over channels in general."""
    words = [consent.granted for consent in state.consents if covers(consent, channel, purpose)]
    return words[-1] if words else policy.consent.default[purpose]


def channel_for(state: CustomerState, purpose: ConsentPurpose, policy: Policy) -> str | None:
    """The preferred channel where it is consented, else one that the customer granted by name; None: any, or none."""
    preferred = state.preferred_channel
    if preferred in policy.channels and is_granted(state, purpose, preferred, policy):
        return preferred
    if preferred is None and is_granted(state, purpose, None, policy):
        return None
    named = (consent.channel for consent in state.consents if consent.granted and consent.channel in policy.channels)
    return next((channel for channel in named if is_granted(state, purpose, channel, policy)), None)


def _order(consent: Consent) -> tuple[object, ...]:
    """A withdrawal of the same instant has the last word."""
    return (consent.at, not consent.granted, consent.channel or "", consent.purpose or "")
