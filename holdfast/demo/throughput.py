"""How fast it went."""

from __future__ import annotations

from rich.console import Console

from holdfast.demo.play import Player


def show_throughput(console: Console, player: Player, days: int, seconds: float) -> None:
    """One line of numbers and one of where the time went."""
    facts, commands = player.calm.published(), player.work.done.total()
    spent = player.clocked
    console.print(
        f"[bold]Throughput[/bold] {days} days lived in {seconds:.0f} s: "
        f"{player.feed.sent:,} upstream events ({player.feed.sent / seconds:,.0f}/s), {commands:,} commands over HTTP, "
        f"{facts:,} facts ({facts / seconds:,.0f}/s)",
        highlight=False,
    )
    console.print(
        f"           of it {spent.history:.0f} s for the history, {spent.night:.0f} s for what time alone does, "
        f"{spent.people:.0f} s for people at work, "
        f"{spent.events:.0f} s for events and what follows; {player.calm.looks:,} looks for rest",
        highlight=False,
    )
    done = ", ".join(f"{count:,} × {what}" for what, count in player.work.done.most_common())
    console.print(f"           done over HTTP: {done}", highlight=False)
