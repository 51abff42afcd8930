"""Being asked to end: by Ctrl-C, by SIGTERM, or by a terminal that closes."""

from __future__ import annotations

import signal
from collections.abc import Callable
from types import FrameType

ASKED = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

Answer = Callable[[int, FrameType | None], object] | signal.Handlers


def answer_with(answer: Answer) -> None:
    """What follows from now on, also where a shell put us in the background, which makes a process deaf to Ctrl-C.

    A SIGHUP that is ignored stays so: that is what `nohup` is for.
    """
    for asked in ASKED:
        if asked != signal.SIGHUP or signal.getsignal(asked) != signal.SIG_IGN:
            signal.signal(asked, answer)


def interrupt_when_asked() -> None:
    """KeyboardInterrupt, wherever we are."""
    answer_with(signal.default_int_handler)


def ignore_when_asked() -> None:
    """It is ending already."""
    answer_with(signal.SIG_IGN)


class Asked:
    """From now on being asked is noted and interrupts nothing: an exception between two lines of
    `subprocess` would leave the lock of a process taken, and whoever waits for that process waits for ever.
    """

    def __init__(self) -> None:
        self.to_end = False
        answer_with(self._note)

    def _note(self, _signal: int, _frame: FrameType | None) -> None:
        self.to_end = True
