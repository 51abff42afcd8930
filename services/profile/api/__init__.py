"""Profile's routes: one module per noun."""

from __future__ import annotations

from fastapi import APIRouter

from services.profile.api import (
    benefits,
    briefing,
    candidates,
    commitments,
    consents,
    contacts,
    erasure,
    export,
    files,
    history,
    identity,
    lifecycle,
    needs,
    timeline,
)

router = APIRouter(prefix="/v1", tags=["customers"])
for part in (
    benefits,
    files,
    timeline,
    needs,
    contacts,
    consents,
    commitments,
    history,
    erasure,
    export,
    lifecycle,
    briefing,
    identity,
    candidates,
):
    router.include_router(part.router)
