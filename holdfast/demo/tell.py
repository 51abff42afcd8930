"""Upstream events as the systems of a shop would send them."""

from __future__ import annotations

from datetime import datetime

from msgspec import Raw, Struct

from holdfast.outside.feed import Record
from shared.contracts.data import Data
from shared.contracts.envelope import Envelope, encode
from shared.contracts.reading import dump_data


class Told(Struct, frozen=True):
    """One record, and when its sender sends it."""

    at: datetime
    record: Record


def told(source: str, id: str, handle: str, at: datetime, data: Data) -> Told:
    """A sound event about the customer with this handle; `id` is unique per source."""
    event = Envelope(
        specversion="1.0",
        id=id,
        source=source,
        type=data.TYPE,
        subject=handle,
        time=at,
        datacontenttype="application/json",
        data=Raw(dump_data(data)),
    )
    return Told(at, Record(encode(event), handle.encode()))
