"""Rounds of the reference job: every contender in each, in another order, one at a time, and what each cost."""

from __future__ import annotations

import tempfile
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from random import Random
from statistics import median
from typing import NamedTuple

from bench.measure.timeline import Timeline, span
from bench.reference.contender import Contender, Failed, Input, Job
from bench.reference.logs import Batch, milliseconds, percentile
from bench.reference.oracle import answer_to
from bench.reference.others import OUTPUTS, Naive, Quixstreams, RawConsume, RawPostgres
from bench.reference.records import Record, Size, records
from bench.reference.service import Holdfast
from bench.reference.verdict import faults
from bench.servers import Servers, load, make_topics, servers
from shared.contracts.topics import DEFAULT, PREFIX

CONTENDERS: Sequence[type[Contender]] = (RawConsume, RawPostgres, Holdfast, Quixstreams, Naive)
PARTITIONS = 4
FEW, FEW_TOPIC = 2_000, f"{PREFIX}reference.few"
Say = Callable[[str], None]


class Batches(NamedTuple):
    """Of the median round."""

    records_p50: float
    ms_p50: float
    ms_p99: float


class Measured(NamedTuple):
    """One contender in one round, or the medians of all; CPU in seconds per million records."""

    service: float
    postgres: float
    broker: float
    records_per_s: float
    rss_mb: float
    busy: float
    """Share of the machine's cores that worked, for whomever."""
    others: float
    """Share that worked for nobody of the bench."""
    batches: Batches | None = None

    @property
    def cpu(self) -> float:
        return self.service + self.postgres + self.broker


class Result(NamedTuple):
    """`measured` only where every answer was right."""

    measured: Measured | None
    rounds: int
    faults: list[str]


async def run(size: Size, rounds: int, names: Sequence[str], say: Say) -> dict[str, Result]:
    """By contender. Raises NotReady where a server does not start."""
    with tempfile.TemporaryDirectory(prefix="holdfast-bench-", ignore_cleanup_errors=True) as made:
        folder = Path(made)
        say("writing the input and working out the answer")
        made_records = records(size)
        with servers(folder) as up:
            say("loading Apache Kafka")
            inputs = await _inputs(made_records, folder, up)
            return await _rounds(up, inputs, folder, rounds, names, say)


async def _inputs(made: Sequence[Record], folder: Path, up: Servers) -> dict[bool, Input]:
    """The long one, and the few that a slow contender gets."""
    extra = [topic.removeprefix(PREFIX) for topic in (FEW_TOPIC, *OUTPUTS.values())]
    await make_topics(up.kafka, extra, PARTITIONS)
    inputs = {}
    for few, topic, part in ((False, DEFAULT.profile, made), (True, FEW_TOPIC, made[:FEW])):
        file = folder / f"{topic}.jsonl"
        file.write_bytes(b"\n".join(record.value for record in part) + b"\n")
        await load(up.kafka, topic, part, PARTITIONS)
        inputs[few] = Input(topic, file, len(part), answer_to(part))
    return inputs


async def _rounds(
    up: Servers, inputs: Mapping[bool, Input], folder: Path, rounds: int, names: Sequence[str], say: Say
) -> dict[str, Result]:
    taking_part = [kind for kind in CONTENDERS if kind.name in names]
    found: defaultdict[str, list[Measured]] = defaultdict(list)
    wrong: defaultdict[str, list[str]] = defaultdict(list)
    chance = Random(7)
    for number in range(1, rounds + 1):
        for kind in chance.sample(taking_part, len(taking_part)):
            job = Job(up, inputs[kind.few], f"{kind.name}-{number}", folder)
            try:
                measured, said = await one(kind(), job)
            except Failed as failed:
                wrong[kind.name].append(str(failed))
                say(f"round {number} of {rounds}: {kind.name} failed: {failed}")
                continue
            found[kind.name].append(measured)
            wrong[kind.name] += said
            say(f"round {number} of {rounds}: {kind.name}: {'; '.join(said) if said else _line(measured)}")
    return {
        kind.name: Result(None if wrong[kind.name] else medians(found[kind.name]), rounds, wrong[kind.name])
        for kind in taking_part
    }


async def one(contender: Contender, job: Job) -> tuple[Measured, list[str]]:
    """What it cost, and what is wrong with its answer."""
    process = await contender.start(job)
    try:
        with Timeline({"service": process.pid, **job.servers.roots}) as timeline:
            done = await contender.done(job, process)
        told = done.told
        seen = span(timeline.samples, told.began, told.ended)
    finally:
        await contender.stop(process)
    answer = await contender.found(job)
    per_million = 1_000_000 / told.records
    cpu = {n: seen.cpu_s[n] * per_million if n in {"service", *contender.uses} else 0.0 for n in seen.cpu_s}
    measured = Measured(
        **cpu,
        records_per_s=told.records / seen.seconds,
        rss_mb=seen.rss_mb["service"],
        busy=seen.busy,
        others=seen.others,
        batches=_batches(done.batches),
    )
    return measured, faults(answer, job.input.answer, coalesces=contender.coalesces)


def medians(found: Sequence[Measured]) -> Measured:
    """Figure by figure; the batches are those of the round with the median cost."""
    middle = sorted(found, key=lambda measured: measured.cpu)[len(found) // 2]
    figures = zip(*(measured[:-1] for measured in found), strict=True)
    return Measured(*map(median, figures), batches=middle.batches)


def _batches(found: Sequence[Batch]) -> Batches | None:
    if not found:
        return None
    spans = milliseconds(found)
    sizes = [batch.records for batch in found]
    return Batches(percentile(sizes, 0.5), percentile(spans, 0.5), percentile(spans, 0.99))


def _line(measured: Measured) -> str:
    parts = f"{measured.service:.1f} + {measured.postgres:.1f} + {measured.broker:.1f}"
    return (
        f"{measured.cpu:,.1f} CPU-s per million ({parts}), {measured.records_per_s:,.0f}/s, {measured.rss_mb:.0f} MB, "
        f"others took {measured.others:.0%} of the machine"
    )
