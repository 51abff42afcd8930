"""One demo from the files to the last line."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

from rich.console import Console

from holdfast.demo.chance import Chance
from holdfast.demo.orders import FIRST_DAY, Order, load_orders
from holdfast.demo.people import people_of
from holdfast.demo.play import Player, days, history, playing, steps
from holdfast.demo.progress import play_all
from holdfast.demo.reconcile import Check, reconcile
from holdfast.demo.script import script_of
from holdfast.demo.standing import Standing, ask_standing
from holdfast.demo.story import tell_story
from holdfast.demo.summary import show_standing, show_story
from holdfast.demo.throughput import show_throughput
from holdfast.demo.tries import things_to_try
from holdfast.local.rest import Idle
from holdfast.local.state import StackState
from holdfast.outside.api import require_empty
from holdfast.outside.facts import Fact, read_facts
from shared.contracts.topics import topics


class Session:
    """Reads the log at once, so that a missing one is told before anything starts. Raises NoOrders, ValueError."""

    def __init__(self, customers: str, until: date, lived: int, seed: int) -> None:
        self.chance = Chance(seed)
        self.until = until
        self.since = max(FIRST_DAY, until - timedelta(days=lived - 1))
        """The first day that is lived; what was before is the shop's history."""
        self.orders = load_orders(customers)
        self.people = people_of(self.orders, self.chance, self.since)

    async def play(self, state: StackState, console: Console, data: Path) -> bool:
        """All days, the summary, and whether everything adds up."""
        span = days(self.since, self.until)
        console.print(self._title(), soft_wrap=True)
        script = script_of(self.people, self.chance, self.until, self.since)
        async with playing(state, self.people, self.chance, self.since) as player:
            await require_empty(player.api)
            weeks = history(script, self.since)
            seconds = await play_all(player, weeks, list(steps(script, self.since, self.until)), console)
            standing = await ask_standing(player.api, self.until, player.work.refusals)
            story = await tell_story(player.api, self.people)
            checks = reconcile(self._due(), await _facts(state, player), standing, self.since)
            show_standing(console, standing)
            if story:
                show_story(console, story)
            show_throughput(console, player, len(span), seconds)
            return self._end(console, checks, state, standing, data)

    def _title(self) -> str:
        told = f" What was before {self.since} is the shop's history and is sent at once; then every day is lived."
        return (
            f"[bold]CDNOW[/bold]: {len(self.orders):,} real orders of {len(self.people):,} customers, {FIRST_DAY} to "
            f"{self.until}.{told if self.since > FIRST_DAY else ''} Registrations, needs, calls, complaints and the "
            f"work of agents are simulated (seed {self.chance.seed}); people work, and the shop sends its events, on "
            "Mondays and Thursdays."
        )

    def _due(self) -> list[Order]:
        return [order for order in self.orders if order.on <= self.until]

    def _end(self, console: Console, checks: list[Check], state: StackState, standing: Standing, data: Path) -> bool:
        for check in checks:
            console.print(f"[bold]{'FAILS' if check.problem else 'holds'}[/bold]  {check.law}  {check.problem}")
        if console.is_terminal:
            for what, line in things_to_try(state, standing, data):
                console.print(f"\n[bold]{what}[/bold]")
                console.print(line, soft_wrap=True, markup=False)
        return not any(check.problem for check in checks)


async def _facts(state: StackState, player: Player) -> list[Fact]:
    profile = player.calm.states["profile"]
    if not isinstance(profile, Idle):
        return []
    return await read_facts(state, profile, topics(state.topic_prefix).profile)
