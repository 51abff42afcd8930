"""Run feedback."""

import sys

from services.feedback.app import MIGRATIONS, build
from services.feedback.settings import Settings
from shared.web.main import main

sys.exit(main("feedback", Settings, build, MIGRATIONS))
