"""Costs over time, so that those of any span within a run can be told afterwards."""

from __future__ import annotations

import threading
import time
from bisect import bisect_left
from collections.abc import Mapping
from types import TracebackType
from typing import NamedTuple, Self

from bench.measure.processes import Busy, Cost, busy, costs

SECONDS = 0.1


class Sample(NamedTuple):
    at: float
    """Of `time.time()`."""
    trees: Mapping[str, Cost]
    machine: Busy


class Span(NamedTuple):
    """What happened between two instants."""

    seconds: float
    cpu_s: Mapping[str, float]
    rss_mb: Mapping[str, float]
    """The most that was seen."""
    busy: float
    """The share of all cores that worked, for whomever."""
    others: float
    """The share of all cores that worked for none of the trees."""


class Timeline:
    """A context that looks ten times a second."""

    def __init__(self, roots: Mapping[str, int]) -> None:
        self.roots = dict(roots)
        self.samples: list[Sample] = []
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)

    def __enter__(self) -> Self:
        self.samples.append(self._sample())
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop.set()
        self._thread.join()
        self.samples.append(self._sample())

    def _look(self) -> None:
        while not self._stop.wait(SECONDS):
            self.samples.append(self._sample())

    def _sample(self) -> Sample:
        return Sample(time.time(), costs(self.roots), busy())


def span(samples: list[Sample], since: float, until: float) -> Span:
    """Between two instants of `time.time()`; what lies between two samples is shared out evenly."""
    names = samples[0].trees.keys()
    cpu = {name: _at(samples, until, name) - _at(samples, since, name) for name in names}
    inside = [s for s in samples if since <= s.at <= until] or [_near(samples, since), _near(samples, until)]
    rss = {name: max(sample.trees[name].rss_mb for sample in inside) for name in names}
    first, last = _near(samples, since), _near(samples, until)
    worked = last.machine.working - first.machine.working
    every = worked + last.machine.idle - first.machine.idle
    ours = sum(last.trees[name].cpu_s - first.trees[name].cpu_s for name in names)
    shares = (worked / every, max(worked - ours, 0) / every) if every else (0.0, 0.0)
    return Span(until - since, cpu, rss, *shares)


def _at(samples: list[Sample], instant: float, name: str) -> float:
    """CPU up to an instant; a tree that had ended before counts as it was seen last."""
    known = [(s.at, s.trees[name].cpu_s) for s in samples if s.trees[name].cpu_s]
    if not known:
        return 0.0
    n = bisect_left(known, (instant, 0.0))
    if n == 0 or n == len(known):
        return known[min(n, len(known) - 1)][1]
    (before, low), (after, high) = known[n - 1], known[n]
    return low + (high - low) * (instant - before) / (after - before)


def _near(samples: list[Sample], instant: float) -> Sample:
    return min(samples, key=lambda sample: abs(sample.at - instant))
