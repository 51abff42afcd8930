"""Handles: the names under which upstream systems know a customer, and the id of the file that one opens."""

from __future__ import annotations

import hmac
import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Final
from uuid import UUID

from services.profile.domain.addresses import normal_email
from services.profile.domain.numbers import normal_phone
from shared.contracts.ids import of_bytes

LONGEST: Final = 512
KIND: Final = re.compile(r"[a-z][a-z0-9_.+-]{0,31}")
NORMAL: Final[Mapping[str, Callable[[str], str]]] = {"email": normal_email, "phone": normal_phone}


@lru_cache(maxsize=8_192)
def normal_handle(text: str) -> str | None:
    """`<kind>:<value>` as all services of upstream must mean it: trimmed, kind in lower case, one spelling of each
    telephone number and e-mail address.

    None for text that is no handle.
    """
    kind, _, value = text.partition(":")
    kind, value = kind.strip().lower(), value.strip()
    if not (KIND.fullmatch(kind) and value.isprintable() and len(value) <= LONGEST):
        return None
    value = NORMAL[kind](value) if kind in NORMAL else value
    handle = f"{kind}:{value}"
    return handle if value and len(handle) <= LONGEST else None


def kind_of_handle(handle: str) -> str:
    """`phone` of `phone:+8613800000000`."""
    return handle.partition(":")[0]


def customer_id(secret: bytes, handle: str, generation: int = 0) -> UUID:
    """The id of the file that a handle opens: 128 bits of HMAC-SHA-256, for a plain hash of a phone number is one.

    `generation` counts the files that were erased under this handle.
    """
    return _keyed(secret, f"{handle}\x00{generation}")


@lru_cache(maxsize=8_192)
def print_of(secret: bytes, handle: str) -> UUID:
    """What a handle is recognised by once nobody may know it any more: no id of a customer is made like this."""
    return _keyed(secret, f"tombstone\x00{handle}")


def _keyed(secret: bytes, told: str) -> UUID:
    return of_bytes(hmac.digest(secret, told.encode("utf-8", "surrogatepass"), "sha256")[:16])
