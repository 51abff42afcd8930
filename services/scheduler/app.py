"""Composition root of scheduler: the only place where things are built."""

from __future__ import annotations

from pathlib import Path

from fastapi import FastAPI

from services.scheduler.access import ACCESS, sees
from services.scheduler.api import SIGNED, router
from services.scheduler.domain.rules import RULES
from services.scheduler.jobs import JOBS
from services.scheduler.store import LEDGERS
from services.scheduler.subscriptions import SUBSCRIPTIONS
from services.scheduler.webhooks.deliveries import QUEUE
from services.scheduler.webhooks.sender import sender_of
from shared.engine.outlet import Outlet
from shared.engine.process import Definition, Service
from shared.engine.settings import EngineSettings
from shared.web.app import build as build_web

MIGRATIONS = Path(__file__).parent / "migrations"


def build(settings: EngineSettings) -> FastAPI:
    """The service behind its HTTP side."""
    definition = Definition(
        rules=RULES,
        ledgers=LEDGERS,
        subscriptions=SUBSCRIPTIONS,
        migrations=MIGRATIONS,
        jobs=JOBS,
        outlet=Outlet(QUEUE, sender_of),
    )
    return build_web(Service(definition, settings), [router], ACCESS, sees, SIGNED)
