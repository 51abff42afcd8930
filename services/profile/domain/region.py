"""Events as they are meant in a deployment that has a country: numbers are written there as they are dialled there."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache, partial
from typing import Any

from msgspec.structs import replace

from services.profile.domain.handles import kind_of_handle, normal_handle
from services.profile.domain.numbers import with_country
from shared.contracts.data import Data
from shared.engine.decision import Event, TimePassed

ONE = ("other", "handle", "referred")
"""Fields that hold a handle; `handles` holds several."""

Meant = Callable[[Any], Any]


def meant_in(region: str | None) -> Meant:
    """An event with the country in every telephone number; as it is where the deployment names no country."""
    return partial(_meant, region) if region else _as_told


def _as_told(event: Event | TimePassed) -> Event | TimePassed:
    return event


def _meant(region: str, event: Event | TimePassed) -> Event | TimePassed:
    if not isinstance(event, Event):
        return event
    subject = event.subject and spelt(region, event.subject)
    data = _data(region, event.data)
    if subject == event.subject and data is event.data:
        return event
    return replace(event, subject=subject, data=data)


def _data(region: str, data: Data) -> Data:
    said = vars(data)
    news: dict[str, Any] = {
        name: meant
        for name in ONE
        if isinstance(text := said.get(name), str) and (meant := spelt(region, text)) != text
    }
    if handles := said.get("handles"):
        news["handles"] = tuple(spelt(region, text) for text in handles)
    return data.model_copy(update=news) if news else data


@lru_cache(maxsize=8_192)
def spelt(region: str | None, text: str) -> str:
    """A handle as it is meant: of a number without its country, the deployment's."""
    if not region or kind_of_handle(text).strip().lower() != "phone":
        return text
    return f"phone:{with_country(text.partition(':')[2].strip(), region)}"


def spelling(region: str | None, text: str) -> str:
    """The one spelling of a handle; text that is none stands as it came."""
    return normal_handle(spelt(region, text)) or text
