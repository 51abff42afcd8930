"""Run scheduler."""

import sys

from services.scheduler.app import MIGRATIONS, build
from services.scheduler.settings import Settings
from shared.web.main import main

sys.exit(main("scheduler", Settings, build, MIGRATIONS))
