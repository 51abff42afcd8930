"""Where an improvement begins: a measure of a win-back, a customer's suggestion (WB-06, FB-01)."""

from __future__ import annotations

from datetime import datetime
from typing import Literal
from uuid import UUID

from msgspec import Struct

from shared.contracts.ids import named

ITEMS = UUID("3d9b4a52-0f0e-5c56-9a0d-6c1b2f7e4a10")
"""The namespace in which what an improvement came from gives its id."""


class Seed(Struct, frozen=True):
    """Written by a customer's stream and never changed by the improvement's own."""

    item_id: UUID
    source: Literal["winback", "suggestion"]
    origin: str
    """The case, or the feedback."""
    seeded_at: datetime
    element: str | None = None
    touchpoint: str | None = None
    title: str | None = None


def item_id_of(origin: str) -> UUID:
    return named(ITEMS, origin)
