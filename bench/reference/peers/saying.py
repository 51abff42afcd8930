"""How a peer tells when it began and ended, and what it counted: lines of JSON on standard output."""

from __future__ import annotations

import json
import sys
import time
from typing import Any


def say(what: str, **more: Any) -> None:
    """`began` with the first record in hand, `ended` when nothing is left to do."""
    sys.stdout.write(json.dumps({"what": what, "at": time.time(), **more}) + "\n")
    sys.stdout.flush()
