"""The progress of the demo: a bar on a terminal, a line a month elsewhere."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from holdfast.demo.chance import midnight
from holdfast.demo.play import Player
from holdfast.outside.feed import Record

MIX_STEPS = 5
"""The grade mix is asked for once in so many steps."""

Steps = Sequence[tuple[date, Sequence[Record]]]


async def play_all(player: Player, weeks: Sequence[Sequence[Record]], steps: Steps, console: Console) -> float:
    """Tell the history, a minute of the clock apart, then play the steps; show day, events/s, lag and grade mix.

    The seconds it took.
    """
    began = time.monotonic()
    mix, month = "", 0
    with _bar(console) as progress:
        task = progress.add_task("", total=len(weeks) + len(steps), said="")
        for left, records in zip(range(len(weeks), 0, -1), weeks, strict=True):
            await player.recall(midnight(steps[0][0]) - timedelta(minutes=left), records)
            said = f"history, {left - 1} weeks left  {_rate(player, began)}  lag {player.lag * 1000:4.0f} ms"
            progress.update(task, advance=1, said=said)
        if weeks and not console.is_terminal:
            console.print(said, highlight=False)
        for number, (day, records) in enumerate(steps):
            await player.play(day, records)
            if number % MIX_STEPS == 0:
                mix = _mix((await player.api.get("grading", "/v1/summary"))["grades"])
            said = f"{day}  {_rate(player, began)}  lag {player.lag * 1000:4.0f} ms  {mix}"
            progress.update(task, advance=1, said=said)
            if day.month != month and not console.is_terminal:
                console.print(said, highlight=False)
            month = day.month
        await player.end()
    return time.monotonic() - began


def _bar(console: Console) -> Progress:
    columns = (BarColumn(24), TextColumn("{task.fields[said]}"), TimeElapsedColumn(), TimeRemainingColumn())
    return Progress(*columns, console=console, transient=True, disable=not console.is_terminal)


def _rate(player: Player, began: float) -> str:
    return f"{player.feed.sent / (time.monotonic() - began):5.0f} events/s"


def _mix(grades: Mapping[str, int]) -> str:
    return " ".join(f"{letter} {count}" for letter, count in grades.items())
