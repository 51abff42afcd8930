"""CPU and memory of process trees, and how busy the whole machine is, as /proc tells them."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import NamedTuple

PROC = Path("/proc")
TICKS = os.sysconf("SC_CLK_TCK")
PAGE_MB = os.sysconf("SC_PAGE_SIZE") / 1e6


class Cost(NamedTuple):
    """Seconds of CPU since the tree began, ended children included; resident memory now."""

    cpu_s: float
    rss_mb: float


class Stat(NamedTuple):
    """One process in /proc."""

    parent: int
    cpu_s: float
    rss_mb: float


class Busy(NamedTuple):
    """Of all cores together since the machine began, in seconds."""

    working: float
    idle: float


def parse_stat(text: str) -> Stat:
    """A line of /proc/<pid>/stat; its own time and that of children that it has waited for."""
    fields = text.rpartition(")")[2].split()
    ticks = sum(map(int, fields[11:15]))
    return Stat(int(fields[1]), ticks / TICKS, int(fields[21]) * PAGE_MB)


def parse_busy(text: str) -> Busy:
    """The first line of /proc/stat: user, nice, system, idle, iowait, irq, softirq, steal."""
    ticks = [int(field) / TICKS for field in text.split()[1:9]]
    idle = ticks[3] + ticks[4]
    return Busy(sum(ticks) - idle, idle)


def costs(roots: Mapping[str, int]) -> dict[str, Cost]:
    """By name of the tree; its root is a process id. A tree that has ended costs nothing more."""
    stats = _stats()
    below: defaultdict[int, list[int]] = defaultdict(list)
    for pid, stat in stats.items():
        below[stat.parent].append(pid)
    return {name: _sum(stats, _tree(root, below)) for name, root in roots.items()}


def busy() -> Busy:
    with (PROC / "stat").open() as lines:
        return parse_busy(lines.readline())


def _stats() -> dict[int, Stat]:
    found = {}
    for folder in PROC.iterdir():
        if folder.name.isdecimal():
            try:
                found[int(folder.name)] = parse_stat((folder / "stat").read_text())
            except (FileNotFoundError, ProcessLookupError):  # it ended meanwhile
                continue
    return found


def _tree(root: int, below: Mapping[int, list[int]]) -> Iterable[int]:
    waiting = [root]
    while waiting:
        pid = waiting.pop()
        yield pid
        waiting += below.get(pid, ())


def _sum(stats: Mapping[int, Stat], tree: Iterable[int]) -> Cost:
    there = [stats[pid] for pid in tree if pid in stats]
    return Cost(sum(stat.cpu_s for stat in there), sum(stat.rss_mb for stat in there))
