"""The scheduler's routes: one module per noun."""

from __future__ import annotations

from fastapi import APIRouter

from services.scheduler.api import contacts, followups, reviews, tasks, worklist

router = APIRouter(prefix="/v1")
for part in (followups, worklist, tasks, contacts, reviews):
    router.include_router(part.router)
