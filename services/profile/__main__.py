"""Run profile."""

import sys

from services.profile.app import MIGRATIONS, build
from services.profile.settings import Settings
from shared.web.main import main

sys.exit(main("profile", Settings, build, MIGRATIONS))
