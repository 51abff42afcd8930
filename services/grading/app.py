"""Composition root of grading: the only place where things are built."""

from __future__ import annotations

from pathlib import Path

from fastapi import FastAPI

from services.grading.access import ACCESS, sees
from services.grading.api import router
from services.grading.backtests import router as backtests
from services.grading.domain.rules import RULES
from services.grading.jobs import values
from services.grading.jobs.backtest import BACKTEST
from services.grading.jobs.shadow import JOB as COUNT_SHADOW
from services.grading.overriding import router as overriding
from services.grading.store import LEDGERS
from services.grading.subscriptions import SUBSCRIPTIONS
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
        jobs=(values.JOB, BACKTEST, COUNT_SHADOW),
    )
    return build_web(Service(definition, settings), [router, overriding, backtests], ACCESS, sees)
