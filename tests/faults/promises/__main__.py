"""Run the promises under the name of feedback: `python -m tests.faults.promises run|migrate`."""

import sys

from fastapi import FastAPI

from shared.engine.process import Service
from shared.engine.settings import EngineSettings
from shared.web.app import build as build_web
from shared.web.main import main
from tests.faults.promises.rules import DEFINITION, MIGRATIONS


def build(settings: EngineSettings) -> FastAPI:
    return build_web(Service(DEFINITION, settings), [])


sys.exit(main("feedback", EngineSettings, build, MIGRATIONS))
