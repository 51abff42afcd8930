"""The real services under load: events per second, CPU of each, and how long a follow-up takes to be known outside."""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from bench.measure.timeline import Timeline, span
from bench.path.events import lives
from bench.path.latency import measure
from bench.reference.logs import percentile
from bench.servers import load, values
from holdfast.local.kafka import ApacheKafka
from holdfast.local.options import Options
from holdfast.local.rest import Probe
from holdfast.local.stack import Stack
from holdfast.local.state import StackState
from shared.contracts.scheduler import FollowupScheduled
from shared.contracts.topics import DEFAULT

PARTITIONS = 2
REST_SECONDS = 420
CALM_PER_SECOND = 50.0
Say = Callable[[str], None]


class Latency(NamedTuple):
    per_second: float
    records: int
    p50_ms: float
    p99_ms: float


class Services(NamedTuple):
    """`cpu`: by process, microseconds per upstream record; `faults`: what is not as it must be at the end."""

    records: int
    customers: int
    records_per_s: float
    cpu_us: Mapping[str, float]
    rss_mb: Mapping[str, float]
    others: float
    latencies: tuple[Latency, ...]
    faults: list[str]

    def figures(self) -> dict[str, Any]:
        """As JSON; nothing is told where the answer is wrong."""
        if self.faults:
            return {"correct": False, "faults": self.faults}
        return {
            "correct": True,
            "events_per_s": round(self.records_per_s),
            "cpu_us_per_event": {name: round(value) for name, value in self.cpu_us.items()},
            "rss_mb": {name: round(value) for name, value in self.rss_mb.items()},
            "machine_busy_with_others": round(self.others, 3),
            "latency": [found._asdict() for found in self.latencies],
        }

    def table(self) -> str:
        """As text."""
        if self.faults:
            return f"Not shown, because the answer was wrong: {'; '.join(self.faults)}."
        lines = [
            f"{self.records:,} upstream records of {self.customers:,} new customers (who, what for, two orders, two "
            f"talks), all at once: **{self.records_per_s:,.0f} records/s** until every service rests; others took "
            f"{self.others:.0%} of the machine.",
            "",
            "| process | CPU, us per upstream record | MB |",
            "| --- | --- | --- |",
            *(f"| {name} | {cpu:,.0f} | {self.rss_mb[name]:.0f} |" for name, cpu in self.cpu_us.items()),
            f"| all | **{sum(self.cpu_us.values()):,.0f}** | |",
            "",
            "| records/s | sent | record sent -> `followup.scheduled` read outside, p50 / p99 |",
            "| --- | --- | --- |",
            *(f"| {r:.0f} | {n:,} | {p50:.0f} / {p99:.0f} ms |" for r, n, p50, p99 in self.latencies),
        ]
        return "\n".join(lines)


def run(customers: int, seconds: float, say: Say) -> Services:
    """Starts a broker and the whole stack. Raises NotReady, NotAtRest."""
    with tempfile.TemporaryDirectory(prefix="holdfast-bench-", ignore_cleanup_errors=True) as made:
        folder = Path(made)
        broker = ApacheKafka(folder / "kafka", folder / "kafka.log")
        try:
            broker.start()
            options = Options(data=folder / "data", kafka=broker.bootstrap, port=_PORT, partitions=PARTITIONS)
            with Stack(options, say) as stack:
                state = stack.up()
                assert stack.postgres.process
                assert broker.process
                servers = {"postgres": stack.postgres.process.pid, "broker": broker.process.pid}
                return asyncio.run(_measure(state, servers, (customers, seconds), say))
        finally:
            broker.stop()


_PORT = 18_201


async def _measure(state: StackState, servers: Mapping[str, int], asked: tuple[int, float], say: Say) -> Services:
    customers, seconds = asked
    kafka = state.kafka_settings()
    roots = {**{member.service: member.pid for member in state.members}, **servers}
    async with Probe(state) as probe:
        await probe.rest(REST_SECONDS)
        records = lives(customers)
        say(f"the four services: {len(records):,} records at once")
        with Timeline(roots) as timeline:
            began = time.time()
            await load(kafka, DEFAULT.upstream, records, PARTITIONS)
            await probe.rest(REST_SECONDS)
            ended = time.time()
        seen = span(timeline.samples, began, ended)
        faults = await _faults(state, customers)
        rate = len(records) / seen.seconds
        say(f"the four services: {'; '.join(faults) or f'{rate:,.0f} records/s'}")
        found = []
        for per_second in (CALM_PER_SECOND, max(CALM_PER_SECOND, rate / 2)):
            found.append(await _latency(state, per_second, seconds, say))
            await probe.rest(REST_SECONDS)
    cpu = {name: seen.cpu_s[name] * 1_000_000 / len(records) for name in roots}
    return Services(len(records), customers, rate, cpu, seen.rss_mb, seen.others, tuple(found), faults)


async def _latency(state: StackState, per_second: float, seconds: float, say: Say) -> Latency:
    found = await measure(state.kafka_settings(), per_second, seconds, f"at{per_second:.0f}")
    latency = Latency(per_second, len(found), percentile(found, 0.5), percentile(found, 0.99))
    say(f"at {per_second:.0f}/s: p50 {latency.p50_ms:.0f} ms, p99 {latency.p99_ms:.0f} ms of {latency.records:,}")
    return latency


async def _faults(state: StackState, customers: int) -> list[str]:
    """Everybody has a follow-up, and nothing was refused."""
    kafka = state.kafka_settings()
    said = [msgspec.json.decode(value) for _, value in await values(kafka, DEFAULT.scheduler)]
    scheduled = {fact["subject"] for fact in said if fact["type"] == FollowupScheduled.TYPE}
    dead = len(await values(kafka, DEFAULT.dead_letter))
    faults = [] if len(scheduled) == customers else [f"{len(scheduled)} of {customers} customers have a follow-up"]
    return faults + ([f"{dead} dead letters"] if dead else [])
