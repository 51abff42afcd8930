"""Consent per channel and purpose: the newest word that covers both holds, else the policy's default (CN-05)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from msgspec import Struct
from msgspec.structs import replace

from services.profile.domain.admission import unknown_channel
from services.profile.domain.holders import came_to
from services.profile.domain.state import Consent, CustomerState, Stamp
from shared.contracts import profile
from shared.contracts.policy import Policy
from shared.contracts.upstream import ConsentChanged
from shared.contracts.values import ConsentPurpose
from shared.engine.decision import Accepted, Context, Decision, Event, Fact


class ConsentWord(Struct, frozen=True):
    """The proof of one statement: when it was made, which system took it, and the event that told us."""

    event_key: UUID
    customer_id: UUID
    channel: str | None
    purpose: ConsentPurpose | None
    granted: bool
    at: datetime
    event_id: str
    source: str
    recorded_at: datetime


class Holding(Struct, frozen=True):
    """What holds for a channel (None: every one not named) and a purpose. `word` None: nobody said so, the policy."""

    channel: str | None
    purpose: ConsentPurpose
    granted: bool
    word: Consent | None


def decide_consent_changed(state: CustomerState, event: Event, context: Context) -> Decision:
    """Every statement is kept; one that later statements wholly cover changes nothing and is not said."""
    data = event.data
    if not isinstance(data, ConsentChanged):
        raise TypeError(f"{data.TYPE} changes no consent")
    if refused := unknown_channel(data.channel, context.policy):
        return refused
    word = Consent(data.channel, data.purpose, data.granted, Stamp(event.time, event.id), came_to(event, context))
    proof = ConsentWord(
        event.key,
        context.stream.id,
        data.channel,
        data.purpose,
        data.granted,
        event.time,
        event.id,
        event.source,
        context.now,
    )
    if any(_covers(other, word) for other in state.consents):
        return Accepted(state, rows=(proof,))
    left = (other for other in state.consents if not _covers(word, other))
    consents = tuple(sorted((*left, word), key=lambda consent: consent.place))
    return Accepted(replace(state, consents=consents), consent_facts((word,), context), (proof,))


def consent_facts(words: Iterable[Consent], context: Context) -> tuple[Fact, ...]:
    """Statements as others hear them, each with its time."""
    return tuple(
        Fact(
            profile.ConsentChanged(channel=word.channel, purpose=word.purpose, granted=word.granted),
            time=word.told.at,
            home=word.home or context.stream.id,
        )
        for word in words
    )


def holdings(state: CustomerState, policy: Policy) -> list[Holding]:
    """Each purpose for all channels, then for every channel that a statement names."""
    channels = (None, *sorted({word.channel for word in state.consents if word.channel is not None}))
    return [_holding(state, channel, purpose, policy) for channel in channels for purpose in ConsentPurpose]


def _holding(state: CustomerState, channel: str | None, purpose: ConsentPurpose, policy: Policy) -> Holding:
    words = [word for word in state.consents if word.channel in (None, channel) and word.purpose in (None, purpose)]
    newest = max(words, key=lambda word: word.place, default=None)
    return Holding(channel, purpose, newest.granted if newest else policy.consent.default[purpose], newest)


def _covers(newer: Consent, older: Consent) -> bool:
    """All that the older statement was about has been said anew."""
    return (
        newer.place >= older.place and newer.channel in (None, older.channel) and newer.purpose in (None, older.purpose)
    )
