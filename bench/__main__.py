"""`make bench`: what Holdfast costs, against what its users would pick instead, into bench/out and docs."""

from __future__ import annotations

import argparse
import asyncio
import logging
import sys
import time

from bench import report
from bench.path import rounds as path
from bench.reference import growth
from bench.reference import rounds as reference
from bench.reference.others import PEERS
from bench.reference.records import Size


def main(arguments: list[str] | None = None) -> int:
    """Exit status 1 where an answer was wrong, 2 where something is missing."""
    given = _parser().parse_args(arguments)
    if not PEERS.exists():
        sys.stderr.write(f"{PEERS} is missing: make bench makes it\n")
        return 2
    logging.getLogger("aiokafka").setLevel(logging.ERROR)  # it tells of every leader that is not known yet
    began = time.monotonic()

    def say(line: str) -> None:
        sys.stderr.write(f"{time.monotonic() - began:5.0f} s  {line}\n")

    size = Size(events=given.events, customers=max(1, given.events // 10))
    results = asyncio.run(reference.run(size, given.rounds, given.only, say)) if given.rounds else {}
    grown = asyncio.run(growth.run(given.growth, given.events, say)) if given.growth else []
    measured = path.run(given.customers, given.seconds, say) if given.customers else None
    report.write(size, results, measured, grown)
    say(f"written: {report.OUT} and {report.DOCUMENT}")
    wrong = [fault for result in (*results.values(), *grown) for fault in result.faults]
    wrong += measured.faults if measured else []
    return 1 if wrong else 0


def _parser() -> argparse.ArgumentParser:
    names = [kind.name for kind in reference.CONTENDERS]
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--rounds", type=int, default=2, help="of the reference job; 0 leaves it out")
    parser.add_argument("--events", type=int, default=Size().events, help="of the reference job")
    parser.add_argument("--only", nargs="+", choices=names, default=names, help="contenders of the reference job")
    parser.add_argument("--growth", type=int, nargs="+", default=[], help="customers known before the reference job")
    parser.add_argument("--customers", type=int, default=1_000, help="of the real services; 0 leaves them out")
    parser.add_argument("--seconds", type=float, default=20.0, help="of each rate at which latency is measured")
    return parser


if __name__ == "__main__":
    sys.exit(main())
