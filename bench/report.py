"""What was measured: as JSON for machines, as tables in docs/performance.md for people."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench.path.rounds import Services
from bench.reference import growth
from bench.reference.growth import Grown
from bench.reference.records import Size
from bench.reference.rounds import FEW, Measured, Result

OUT = Path(__file__).parent / "out" / "latest.json"
DOCUMENT = Path(__file__).parents[1] / "docs" / "performance.md"
BEGIN, END = "<!-- {}: written by make bench -->", "<!-- end of {} -->"
SURVIVES = {
    "raw_consume": "nothing: it decodes and keeps nothing",
    "raw_postgres": "every committed batch; no broker, no history, no retries, nobody hears of a change",
    "holdfast": "the process, the broker and the database at any instant, each or all: state, journal and facts "
    "commit together, with history for ever",
    "quixstreams": "the process, up to its last commit (5 s): output since then comes twice; a lost disk is "
    "restored from the changelog, during which nothing is applied; no history, no queries",
    "naive": "the process, at least once; what it published before a commit that failed was a lie",
}
NAMES = {
    "raw_consume": "raw consume (librdkafka)",
    "raw_postgres": "raw Postgres, set-based, 2,000",
    "holdfast": "**Holdfast**",
    "quixstreams": "Quix Streams 3.28, own dedupe",
    "naive": "FastStream handler per message",
}


def machine() -> dict[str, Any]:
    """On what."""
    return {"cores": os.cpu_count(), "python": platform.python_version(), "system": platform.platform(terse=True)}


def write(size: Size, results: Mapping[str, Result], path: Services | None, grown: Sequence[Grown] = ()) -> None:
    """Both; a part that was not measured this time stays as it was."""
    tables: dict[str, str] = {}
    found: dict[str, Any] = json.loads(OUT.read_text()) if OUT.exists() else {}
    found |= {"measured_at": datetime.now(UTC).isoformat(timespec="seconds"), "machine": machine()}
    if results:
        tables["the reference job"] = reference_table(size, results)
        found["reference"] = {name: _figures(result) for name, result in results.items()}
        found["reference_details"] = {name: _details(result) for name, result in results.items()}
    if grown:
        tables["growth"] = growth.table(grown)
        found["growth"] = [one.figures() for one in grown]
    if path is not None:
        tables["the real services"] = path.table()
        found["services"] = path.figures()
    OUT.parent.mkdir(exist_ok=True)
    OUT.write_text(json.dumps(found, indent=1) + "\n")
    text = DOCUMENT.read_text()
    for name, table in tables.items():
        text = replaced(text, name, table)
    DOCUMENT.write_text(text)


def replaced(text: str, name: str, table: str) -> str:
    """The document with this between the two marks of this name."""
    begin, end = BEGIN.format(name), END.format(name)
    before, _, rest = text.partition(begin)
    _, found, after = rest.partition(end)
    if not found:
        raise ValueError(f"{DOCUMENT.name} lacks the marks {begin} and {end}")
    return f"{before}{begin}\n{table}\n{end}{after}"


def _figures(result: Result) -> dict[str, Any]:
    """A figure whose answer is wrong is not told."""
    measured = result.measured
    return {
        "cpu_s_per_million": round(measured.cpu, 2) if measured else None,
        "events_per_s": round(measured.records_per_s) if measured else None,
        "rss_mb": round(measured.rss_mb, 1) if measured else None,
        "correct": not result.faults,
    }


def _details(result: Result) -> dict[str, Any]:
    measured = result.measured
    if measured is None:
        return {"rounds": result.rounds, "faults": result.faults}
    return {
        "rounds": result.rounds,
        "cpu_s_per_million": {
            "service": round(measured.service, 2),
            "postgres": round(measured.postgres, 2),
            "broker": round(measured.broker, 2),
        },
        "machine_busy": round(measured.busy, 3),
        "machine_busy_with_others": round(measured.others, 3),
        "batches": {name: round(value, 1) for name, value in measured.batches._asdict().items()}
        if measured.batches
        else None,
    }


def reference_table(size: Size, results: Mapping[str, Result]) -> str:
    """Contenders by cost, and how ours compares."""
    right = {name: result.measured for name, result in results.items() if result.measured}
    rounds = max((result.rounds for result in results.values()), default=0)
    lines = [
        f"{size.events:,} events of {size.customers:,} customers and 1 % of them twice, {rounds} rounds, medians; the "
        f"handler per message got the first {FEW:,}. {_on()}",
        "",
        "| contender | CPU-s per million: service + Postgres + broker | x Quix Streams | events/s | MB | machine busy "
        "with others | batch p50 / p99 |",
        "| --- | --- | --- | --- | --- | --- | --- |",
        *(_row(name, measured, right.get("quixstreams")) for name, measured in sorted(right.items(), key=_cost)),
        "",
        *(f"Not shown, because its answer was wrong: {name}." for name, result in results.items() if result.faults),
        "What survives:",
        "",
        *(f"- {NAMES[name]}: {SURVIVES[name]}." for name in right),
    ]
    return "\n".join(lines)


def _on() -> str:
    on = machine()
    return f"{on['cores']} cores, Python {on['python']}, {datetime.now(UTC):%Y-%m-%d}."


def _cost(pair: tuple[str, Measured]) -> float:
    return pair[1].cpu


def _row(name: str, measured: Measured, base: Measured | None) -> str:
    parts = f"{measured.service:,.1f} + {measured.postgres:,.1f} + {measured.broker:,.1f}"
    ratio = f"{base.cpu / measured.cpu:.2f}" if base else ""
    batches = measured.batches
    spans = f"{batches.ms_p50:.0f} / {batches.ms_p99:.0f} ms of {batches.records_p50:,.0f}" if batches else ""
    return (
        f"| {NAMES[name]} | **{measured.cpu:,.1f}**: {parts} | {ratio} | {measured.records_per_s:,.0f} "
        f"| {measured.rss_mb:.0f} | {measured.others:.0%} | {spans} |"
    )
