"""Composition root of profile: the only place where things are built."""

from __future__ import annotations

from pathlib import Path

from fastapi import FastAPI

from services.profile.access import ACCESS, sees
from services.profile.api import router
from services.profile.domain.rules import rules
from services.profile.jobs.snapshot import SNAPSHOT
from services.profile.laws import LAWS
from services.profile.settings import Settings
from services.profile.store import LEDGERS
from services.profile.subscriptions import SUBSCRIPTIONS
from shared.engine.process import Definition, Service
from shared.web import events
from shared.web.app import build as build_web

MIGRATIONS = Path(__file__).parent / "migrations"


def build(settings: Settings) -> FastAPI:
    """The service behind its HTTP side."""
    definition = Definition(
        rules=rules(settings.secret.get_secret_value().encode(), settings.phone_region),
        ledgers=LEDGERS,
        subscriptions=SUBSCRIPTIONS,
        migrations=MIGRATIONS,
        jobs=(SNAPSHOT,),
    )
    return build_web(Service(definition, settings), [router, events.router], ACCESS, sees, laws=LAWS)
