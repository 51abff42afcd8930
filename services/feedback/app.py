"""Composition root of feedback: the only place where things are built."""

from __future__ import annotations

from pathlib import Path

from fastapi import FastAPI

from services.feedback.access import ACCESS, sees
from services.feedback.api import router
from services.feedback.domain.rules import RULES
from services.feedback.laws import LAWS
from services.feedback.store import LEDGERS
from services.feedback.subscriptions import SUBSCRIPTIONS
from shared.engine.process import Definition, Service
from shared.engine.settings import EngineSettings
from shared.web.app import build as build_web

MIGRATIONS = Path(__file__).parent / "migrations"


def build(settings: EngineSettings) -> FastAPI:
    """The service behind its HTTP side."""
    definition = Definition(rules=RULES, ledgers=LEDGERS, subscriptions=SUBSCRIPTIONS, migrations=MIGRATIONS)
    return build_web(Service(definition, settings), [router], ACCESS, sees, laws=LAWS)
