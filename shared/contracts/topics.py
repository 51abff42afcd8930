"""Topic names. The prefix is a setting; types keep `holdfast.` whatever the prefix is."""

from __future__ import annotations

from typing import Final, NamedTuple

PREFIX: Final = "holdfast."
WRITERS: Final = ("profile", "grading", "scheduler", "feedback")
"""The services, in the order in which inputs of one instant are folded."""


class Topics(NamedTuple):
    """All topics of one deployment."""

    upstream: str
    profile: str
    grading: str
    scheduler: str
    feedback: str
    dead_letter: str
    clock: str

    def of(self, writer: str) -> str:
        """The topic that this service writes; raises ValueError for no service of ours."""
        if writer not in WRITERS:
            raise ValueError(f"{writer} writes no topic; writers are {', '.join(WRITERS)}")
        return str(getattr(self, writer))


def topics(prefix: str = PREFIX) -> Topics:
    """The names under a prefix such as `holdfast.` or `acme.holdfast.`."""
    return Topics(*(f"{prefix}{name.replace('_', '-')}.v1" for name in Topics._fields))


DEFAULT: Final = topics()
