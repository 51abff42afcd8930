"""The routes of reports: dimensions, drivers, aspects, training. Added to the contract (ADR 5)."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Depends

from services.feedback.api.kpis import Days, days_asked
from services.feedback.domain.training import plan
from services.feedback.queries import reports
from shared.clock import business_date
from shared.web.deps import ActivePolicy, Db, Now

router = APIRouter()
Asked = Annotated[Days, Depends(days_asked)]


@router.get("/dimensions")
async def list_dimensions(connection: Db, policy: ActivePolicy, days: Asked) -> dict[str, Any]:
    """Attention, confidence, responsiveness, reliability, and their parts: csat scores and gaps."""
    items = await reports.score_dimensions(connection, days.from_on, days.to_on, policy.survey.dimensions)
    return {"items": items, "next_cursor": None}


@router.get("/drivers")
async def list_drivers(connection: Db, policy: ActivePolicy, days: Asked) -> dict[str, Any]:
    """Expectation, what the last experience leaves behind, the person: in this order."""
    items = await reports.rank_drivers(connection, days.from_on, days.to_on, policy.survey.satisfied)
    return {"items": items, "next_cursor": None}


@router.get("/aspects")
async def list_aspects(connection: Db, policy: ActivePolicy, days: Asked) -> dict[str, Any]:
    """What feedback is about."""
    items = await reports.score_aspects(connection, days.from_on, days.to_on, policy.feedback.aspects)
    return {"items": items, "next_cursor": None}


@router.get("/trainings")
async def list_trainings(connection: Db, policy: ActivePolicy, now: Now) -> dict[str, Any]:
    """When the next one is due, what is planned, and where the service was scored low again and again."""
    today = business_date(now, policy.calendar.time_zone)
    since = today - timedelta(days=policy.training.window_days)
    low = policy.survey.low_score.get("csat", 0)
    findings = await connection.fetch(
        reports.LOW, since, today, low, policy.training.element, policy.training.low_limit
    )
    planned = await connection.fetch(reports.PLANNED_TRAININGS)
    return plan(await connection.fetchval(reports.LAST_TRAINING), today, policy) | {
        "planned": [msgspec.json.decode(row["item"]) for row in planned],
        "findings": [dict(row) for row in findings],
    }
