"""What a customer would be under another policy, as of now; nothing is kept and nothing is said."""

from __future__ import annotations

from datetime import date

from msgspec import Struct

from services.grading.domain.assess import axes_of
from services.grading.domain.state import Axes, CustomerState
from services.grading.domain.wake import NextLetter, next_letter
from shared.contracts.policy import Policy


class Shadow(Struct, frozen=True):
    """The axes that the policy gives, and what they become by time alone."""

    axes: Axes
    next: NextLetter | None


def shadow_of(state: CustomerState, day: date, policy: Policy) -> Shadow | None:
    """None for who is not graded."""
    if not state.registered:
        return None
    return Shadow(axes_of(state, day, policy), next_letter(state, day, policy))
