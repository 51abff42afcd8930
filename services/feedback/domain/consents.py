"""What a customer allows: the newest word that covers a channel and a purpose holds (CN-05)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace

from shared.contracts.policy import Policy
from shared.contracts.profile import ConsentChanged
from shared.contracts.values import ConsentPurpose
from shared.engine.decision import Event


class Consent(Struct, frozen=True):
    """The last word about one channel and purpose; None stands for all of them."""

    channel: str | None
    purpose: ConsentPurpose | None
    granted: bool
    at: datetime
    event_id: str


Consents = tuple[Consent, ...]


def hear(consents: Consents, event: Event, data: ConsentChanged) -> Consents:
    """With this word in the place of an older one about the same channel and purpose."""
    word = Consent(data.channel, data.purpose, data.granted, event.time, event.id)
    same = [each for each in consents if (each.channel, each.purpose) == (word.channel, word.purpose)]
    newest = max((*same, word), key=_mark)
    return tuple(sorted((*(each for each in consents if each not in same), newest), key=_mark))


def hear_again(consents: Consents, event: Event, said: Iterable[ConsentChanged]) -> Consents:
    """Words of a snapshot, each at its own instant; those that are known stay as they were heard."""
    for data in said:
        at = data.stated_at or event.time
        if not any((c.channel, c.purpose, c.at) == (data.channel, data.purpose, at) for c in consents):
            consents = hear(consents, replace(event, time=at), data)
    return consents


def is_granted(consents: Consents, channel: str | None, purpose: ConsentPurpose, policy: Policy) -> bool:
    """Whether this purpose may use this channel; without a channel, whether any word forbids the purpose as a whole."""
    said = [each for each in consents if each.channel in (None, channel) and each.purpose in (None, purpose)]
    return max(said, key=_mark).granted if said else policy.consent.default[purpose]


def free_channels(consents: Consents, capabilities: tuple[str, ...], policy: Policy) -> tuple[str, ...]:
    """The channels of these capabilities (of any, where none is named) over which service may be given."""
    return tuple(
        name
        for name, channel in sorted(policy.channels.items())
        if (not capabilities or channel.capability in capabilities)
        and is_granted(consents, name, ConsentPurpose.SERVICE, policy)
    )


def _mark(consent: Consent) -> tuple[datetime, bool, str]:
    """The later word holds, and a withdrawal of the same instant."""
    return (consent.at, not consent.granted, consent.event_id)
