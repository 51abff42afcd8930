"""Starting again what dies, later each time."""

from __future__ import annotations

import time
from collections.abc import Sequence

from holdfast.local.options import Say
from holdfast.local.services import ServiceProcess


class Watch:
    """Looks after processes; `restart` False leaves the dead where they are."""

    def __init__(self, services: Sequence[ServiceProcess], restart: bool, say: Say) -> None:
        self.services, self.restart, self.say = services, restart, say
        self._start_at: dict[str, float] = {}

    def look(self) -> bool:
        """Once; True where a process has been started."""
        return sum(map(self._look_at, self.services)) > 0

    def _look_at(self, service: ServiceProcess) -> bool:
        status = service.ended()
        if status is None:
            return False
        if service.name not in self._start_at:
            pause = service.pause_seconds() if self.restart else float("inf")
            self._start_at[service.name] = time.monotonic() + pause
            self.say(f"{service.name} ended with status {status}{self._outlook(pause)}; its log is {service.log}")
        if time.monotonic() < self._start_at[service.name]:
            return False
        del self._start_at[service.name]
        service.start()
        return True

    def _outlook(self, pause: float) -> str:
        return f", starting again in {pause:.1f} s" if self.restart else " and stays down"
