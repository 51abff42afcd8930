"""The routes of feedback, one module per noun."""

from __future__ import annotations

from fastapi import APIRouter

from services.feedback.api import (
    cases,
    exports,
    guarantees,
    improvements,
    kpis,
    loop,
    promises,
    reports,
    voice,
    winbacks,
)

router = APIRouter(prefix="/v1")
for part in (cases, winbacks, voice, loop, improvements, promises, kpis, guarantees, exports, reports):
    router.include_router(part.router)
