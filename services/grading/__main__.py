"""Run grading."""

import sys

from services.grading.app import MIGRATIONS, build
from services.grading.settings import Settings
from shared.web.main import main

sys.exit(main("grading", Settings, build, MIGRATIONS))
