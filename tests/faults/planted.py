"""Plants one bug after the other and sees that a lane catches each: `planted.py [NAME...]`."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).parents[2]
KILLS = "test_kills_at_random_and_at_every_point_change_nothing"
SERVERS = "test_servers_that_die_and_tables_that_go_back_change_nothing"
PROMISES = "test_promises_kept_in_time_stay_kept_after_an_outage"
CAUGHT_BY = {
    "claim_off": KILLS,
    "acknowledge_before_commit": KILLS,
    "relay_by_id_cursor": KILLS,
    "delete_before_acknowledgement": KILLS,
    "random_fact_ids": SERVERS,
    "offset_from_kafka": SERVERS,
    "no_first_offset_check": SERVERS,
    "no_print_check": SERVERS,
    "wall_clock_in_wake_up": SERVERS,
    "wake_without_gate": PROMISES,
    "fold_with_le": PROMISES,
    "gate_with_le": PROMISES,
}
SURVIVED_BY = {"seek_that_does_not_land": SERVERS}
"""Faults of others, planted alone: the lane must stay green."""
SEEN = ("AssertionError: kills ", "NotAtRest: after ", "AssertionError: assert ['", "Refused: ")
"""A verdict, a rest that does not come, promises wrongly broken, work that finds gaps: nothing else counts."""
AWAY = "does not answer"
"""Nor does a rest that does not come because somebody is not there at all."""


def run(name: str, lane: str) -> tuple[int, str, str]:
    """Exit status of the lane with this planted, the line that says what was seen, and all that it printed."""
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "tests/faults", "-k", lane, "--tb=short", "-x"],
        cwd=ROOT, env={**os.environ, "HOLDFAST_PLANTED": name}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    lines = [line.removeprefix("E").strip() for line in done.stdout.splitlines() if line.startswith("E ")]
    seen = next((line for line in lines if is_seen(line)), " ".join(lines[:1]))
    more = next((line for line in lines[1:] if line.endswith(tuple("0123456789")) and ": " in line), "")
    return done.returncode, f"{seen[:160]} {more[:80]}".strip(), done.stdout


def is_seen(line: str) -> bool:
    return any(word in line for word in SEEN) and AWAY not in line


def main(names: list[str]) -> int:
    wrong = 0
    for name, lane in {**SURVIVED_BY, **CAUGHT_BY}.items():
        if names and name not in names:
            continue
        since = time.monotonic()
        status, seen, printed = run(name, lane)
        good = status == 0 if name in SURVIVED_BY else status == 1 and is_seen(seen)
        wrong += not good
        word = {(True, 0): "survived", (True, 1): "caught"}.get((good, status), "NOT AS IT MUST BE")
        sys.stdout.write(f"{name}: {word} ({time.monotonic() - since:.0f} s) {seen}\n")
        sys.stdout.flush()
        sys.stderr.write("" if good else printed[-8_000:])
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
