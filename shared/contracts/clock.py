"""The clock topic: whoever drives a simulated clock says how late it is."""

from __future__ import annotations

from typing import ClassVar

from shared.contracts.data import Data
from shared.contracts.dates import Instant


class ClockMoved(Data):
    """Time only moves forward: an equal or earlier `now` changes nothing."""

    TYPE: ClassVar[str] = "holdfast.clock.moved.v1"
    ABOUT_CUSTOMER: ClassVar[bool] = False

    now: Instant
