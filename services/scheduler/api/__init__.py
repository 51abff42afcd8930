"""The scheduler's routes: one module per noun."""

from __future__ import annotations

from fastapi import APIRouter

from services.scheduler.api import agents, contacts, followups, plans, reviews, tasks, webhooks, worklist

router = APIRouter(prefix="/v1")
for part in (followups, worklist, tasks, contacts, reviews, agents, plans, webhooks):
    router.include_router(part.router)

SIGNED = ("/calendar.ics",)
"""Ends of paths that a calendar program may ask for with a signature in place of the token."""
