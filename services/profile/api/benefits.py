"""What a customer is entitled to."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter

from services.profile.api.asked import File
from services.profile.domain.lots import Lot

router = APIRouter()


@router.get("/customers/{customer_id}/benefits")
async def show_benefits(file: File) -> dict[str, Any]:
    """Every benefit and what is left of it (LO-03); `quantity` and `remaining` null: without limit."""
    return {"items": [_shown(lot) for lot in file.state.benefits.lots], "next_cursor": None}


def _shown(lot: Lot) -> dict[str, Any]:
    return {
        "kind": lot.right.kind,
        "basis": lot.right.basis,
        "membership_id": lot.right.membership_id,
        "quantity": lot.granted,
        "remaining": lot.remaining,
        "from_on": lot.from_on,
        "to_on": lot.to_on,
        "status": lot.status,
    }
