"""The reference job as a service, put together as the four are: `python -m bench.reference.ours [run|migrate]`."""

from __future__ import annotations

import sys
from pathlib import Path

from fastapi import FastAPI

from bench.reference.decider import RULES, SUBSCRIPTIONS
from shared.engine.process import Definition, Service
from shared.engine.settings import EngineSettings
from shared.web.app import build as build_web
from shared.web.main import main

MIGRATIONS = Path(__file__).parent / "migrations"
"""Not there: the job has no tables beside the engine's."""


def build(settings: EngineSettings) -> FastAPI:
    """The service behind its HTTP side."""
    return build_web(Service(Definition(RULES, (), SUBSCRIPTIONS, MIGRATIONS), settings), [])


if __name__ == "__main__":
    sys.exit(main("grading", EngineSettings, build, MIGRATIONS))
