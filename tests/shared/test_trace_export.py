"""Spans reach a collector as they were told; where none answers, nobody waits for it."""

from __future__ import annotations

import threading
import time

import pytest

from holdfast.local.ports import free_port
from shared.traces.export import WAITING, Exporter
from shared.traces.spans import Span
from tests.harness.collector import Collector

TRACE, PARENT = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"


def span(parent: str = PARENT, *, failed: bool = False, id: int = 7) -> Span:
    now = time.time_ns()
    return Span("decide x", "consumer", f"00-{TRACE}-{parent}-01", f"{id:016x}", {"n": 1}, now, now + 5, failed)


def test_a_span_comes_as_it_was_told():
    with Collector() as collector:
        exporter = Exporter("grading", 3, f"{collector.url}/")
        exporter.send(span())
        exporter.send(span("0" * 16, failed=True, id=8))
        exporter.close()
    first, second = collector.spans
    assert (first.service, first.trace, first.id, first.parent) == ("holdfast-grading", TRACE, f"{7:016x}", PARENT)
    assert (first.name, first.failed, first.attributes) == ("decide x", False, {"n": 1})
    assert (second.id, second.parent, second.failed) == (f"{8:016x}", "", True)


@pytest.mark.parametrize("is_there", [True, False], ids=["it never answers", "it is away"])
def test_nobody_waits_for_a_collector(is_there):
    """The queue holds so many and no more; the end of the process waits for none."""
    with Collector(silent=True) as collector:
        exporter = Exporter("grading", 0, collector.url if is_there else f"http://127.0.0.1:{free_port()}")
        for id in range(1, 3 * WAITING):
            exporter.send(span(id=id))
        exporter.close()
        exporter.send(span())
    for thread in threading.enumerate():
        if thread.name.startswith("Otel"):
            thread.join(20)
            assert not thread.is_alive(), "what waits is dropped"
    assert collector.spans == []
