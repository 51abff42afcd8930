"""Named points at which a test may let the process die as if killed."""

from __future__ import annotations

import os

_at, _, _count = os.environ.get("HOLDFAST_CRASH_AT", "").partition(":")
_left = int(_count or 1)


def reached(point: str) -> None:
    """Die here with status 137 when the environment says so; otherwise nothing."""
    global _left  # noqa: PLW0603 - a countdown for the life of the process
    if point == _at:
        _left -= 1
        if _left == 0:
            os._exit(137)
