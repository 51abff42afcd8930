"""A year of wake-ups through jumps of the clock and kills: none early, none twice, none lost.

    python -m bench.waking [--customers 35000] [--steps 500] [--seed 26]

An embedded Postgres is started in a temporary folder. 35,000 customers wake a million times.
"""

from __future__ import annotations

import argparse
import logging
import sys
import time

import structlog

from bench.measure.database import own_postgres
from bench.waking.year import Size, Year


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.waking", description=__doc__)
    parser.add_argument("--customers", type=int, default=35_000)
    parser.add_argument("--steps", type=int, default=500)
    parser.add_argument("--seed", type=int, default=26, help="of jumps and kills")
    given = parser.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    size = Size(given.customers, given.steps, crashes=0.1, chunk=500)
    with own_postgres() as server:
        dsn = server.database("year")
        began = time.monotonic()
        verdict = Year(dsn, size, given.seed).run()
    sys.stdout.write(
        f"{verdict.wakes:,} wake-ups of {size.customers:,} customers in {time.monotonic() - began:.0f} s: "
        f"{verdict.early} early, {verdict.twice} twice, {verdict.lost} lost; {verdict.facts:,} facts, "
        f"{verdict.facts_wrong} wrong; {verdict.states_wrong} states wrong\n"
        f"{verdict.jumps} jumps of the clock, {verdict.killed} processes killed, {verdict.cut} connections cut, "
        f"{verdict.crashed} times the database killed\n"
    )
    return 0 if verdict.is_clean else 1


if __name__ == "__main__":
    sys.exit(main())
