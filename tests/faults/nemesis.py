"""What kills: at random and at named points, only what has committed since its start while input waits."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from random import Random

from tests.faults.members import Member
from tests.faults.rest import Ends, behind
from tests.faults.stack import Stack

FIRST_PASS = {"after_fence": 2, "before_commit": 2, "after_commit": 1, "mid_relay": 2, "after_ack_before_delete": 2}
"""Named points, and the pass before which a process has committed nothing yet."""
PLANS = ("random", *FIRST_PASS)


class Nemesis:
    """Brings back whoever died, and kills again. `quota`: kills until it lets everything live."""

    def __init__(self, stack: Stack, random: Random, ends: Callable[[], Awaitable[Ends]]) -> None:
        self.stack = stack
        self.random = random
        self.ends = ends
        self.quota = 0
        self.kills: Counter[str] = Counter()
        self.unexpected: list[str] = []
        self.spared: set[str] = set()
        """Services that are left alone, their crash points too."""

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            for member in self.stack.up():
                await self._bury(member)
                if member.process is None:
                    await self._raise(member)
            if self.quota > 0 and (victim := await self._victim()) is not None:
                victim.kill()
            await asyncio.sleep(self.random.uniform(0.05, 0.3))

    async def _bury(self, member: Member) -> None:
        if (cause := member.died()) is None:
            return
        if cause in PLANS:
            self.kills[cause] += 1
            self.quota -= 1
        else:
            self.unexpected.append(f"{member.name} ended with {cause}")

    async def _raise(self, member: Member) -> None:
        """With a point that it reaches only after it has committed something, or none."""
        member.stood_at = await self.stack.read_in_all(member.service) or 0
        plan = self.random.choice(PLANS) if self.quota > 0 and member.service not in self.spared else "random"
        member.start("" if plan == "random" else f"{plan}:{FIRST_PASS[plan] + self.random.randint(0, 3)}")

    async def _victim(self) -> Member | None:
        """Somebody who has committed since their start and for whom input waits."""
        states = await self.stack.idle()
        waits = {reason.split()[0] for reason in behind(states, await self.ends())} - self.spared
        candidates = [m for m in self.stack.up() if m.service in waits and m.process and not m.crash_at]
        self.random.shuffle(candidates)
        for member in candidates:
            state, stands = await self.stack.state_of(member), await self.stack.read_in_all(member.service)
            if state and state["applied"] > 0 and stands is not None and stands > member.stood_at:
                return member
        return None
