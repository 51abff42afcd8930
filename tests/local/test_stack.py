"""`holdfast local` as people run it: one line when all is ready, a clock that moves, nothing left behind."""

from __future__ import annotations

import json
import os
import secrets
import signal
import subprocess
import sys
import time
from pathlib import Path

import httpx2
import pytest

from holdfast.local.ports import wait_until
from holdfast.local.process import children, is_alive
from holdfast.local.state import NoStack, load_state
from shared.contracts.topics import WRITERS
from tests.driving.local import IN_BACKGROUND, OTHERS, ports_in_a_row

pytestmark = [pytest.mark.kafka, pytest.mark.slow]
SECONDS = 200
STARTED_AT = "2025-01-01T00:00:00Z"


def holdfast(data, *arguments):
    """Run a command of this stack; whatever its status."""
    kept = {name: value for name, value in os.environ.items() if name not in OTHERS}
    command = [sys.executable, "-m", "holdfast.cli", *arguments]
    return subprocess.run(
        command, env=kept | {"HOLDFAST_DATA": str(data)}, capture_output=True, text=True, timeout=SECONDS, check=False
    )


def bring_up(data, *more, prefix="holdfast."):
    """The process and the JSON line."""
    kept = {name: value for name, value in os.environ.items() if name not in OTHERS}
    kept |= {"HOLDFAST_TOPIC_PREFIX": prefix}
    command = [sys.executable, "-m", "holdfast.cli", "local", "up", "--clock", "simulated", "--now", STARTED_AT]
    command += ["--data", str(data), "--port", str(ports_in_a_row()), *more]
    data.mkdir(parents=True, exist_ok=True)
    with (data / "up.log").open("wb") as log:
        process = subprocess.Popen(
            [*IN_BACKGROUND, *command], stdout=subprocess.PIPE, stderr=log, env=kept, process_group=0
        )
    line = process.stdout.readline()
    assert line, (data / "up.log").read_text()
    return process, json.loads(line)


@pytest.fixture(scope="module")
def up(tmp_path_factory, bootstrap):
    """On the embedded broker, or on Apache Kafka where that is asked for."""
    data = tmp_path_factory.mktemp("stack") / "data"
    given = ["--kafka", bootstrap] if bootstrap else []
    process, line = bring_up(data, "--replicas", "grading=2", *given, prefix=f"t{data.parent.name}.")
    yield data, line
    end(process)


def end(process, asked=signal.SIGTERM):
    process.send_signal(asked)
    assert process.wait(60) == 0
    assert process.stdout.read() == b"", "only the line goes to standard output"


def get(line, service, path):
    return httpx2.get(line[service] + path, headers={"Authorization": f"Bearer {line['token']}"}, timeout=30)


def test_the_line_says_how_to_reach_everything(up):
    _, line = up
    assert set(line) == {"kafka", "postgres", "pids", "token", *WRITERS}
    assert set(line["postgres"]) == set(WRITERS)
    assert {service: len(pids) for service, pids in line["pids"].items()} == dict.fromkeys(WRITERS, 1) | {"grading": 2}
    for service in WRITERS:
        assert get(line, service, "/readyz").status_code == 200


def test_the_clock_stops_at_every_midnight_and_rests(up):
    data, line = up
    assert holdfast(data, "local", "settle").returncode == 0
    moved = holdfast(data, "local", "advance", "--by", "2d12h")
    assert moved.returncode == 0, moved.stderr
    assert "2025-01-03T12:00:00+00:00, 3 stops" in moved.stderr
    told = {get(line, service, "/v1/idle").json()["now"] for service in WRITERS}
    assert told == {"2025-01-03T12:00:00.000001Z"}


def test_the_clock_never_goes_back(up):
    data, _ = up
    back = holdfast(data, "local", "advance", "--to", "2024-12-31")
    assert back.returncode == 1
    assert "never goes back" in back.stderr


def test_no_rest_says_who_is_busy(up):
    data, line = up
    stopped = line["pids"]["feedback"][0]
    os.kill(stopped, signal.SIGSTOP)
    try:
        late = holdfast(data, "local", "settle", "--timeout", "2")
    finally:
        os.kill(stopped, signal.SIGCONT)
    assert late.returncode == 1
    assert "not at rest after 2 s" in late.stderr


def test_a_service_that_dies_is_started_again(up):
    data, _ = up
    before = load_state(data).line()["pids"]["scheduler"][0]
    os.kill(before, signal.SIGKILL)
    wait_until(lambda: load_state(data).line()["pids"]["scheduler"][0] != before, lambda: False, SECONDS)
    line = load_state(data).line()
    wait_until(lambda: answers(line, "scheduler"), lambda: False, SECONDS)
    assert holdfast(data, "local", "settle").returncode == 0


def answers(line, service):
    try:
        return get(line, service, "/readyz").status_code == 200
    except httpx2.TransportError:
        return False


def test_a_service_has_its_own_command(up):
    data, _ = up
    assert holdfast(data, "profile", "health").returncode == 0
    assert holdfast(data, "profile", "migrate").returncode == 0
    assert holdfast(data, "profile", "dance").returncode == 1


def test_dead_letters_are_listed(up):
    data, _ = up
    listed = holdfast(data, "dead-letters", "list", "--json")
    assert (listed.returncode, listed.stdout) == (0, "")
    shown = holdfast(data, "dead-letters", "show", "00000000-0000-0000-0000-000000000000")
    assert shown.returncode == 1
    assert "dead-letters list" in shown.stderr


@pytest.mark.faults
def test_nothing_outlives_a_killed_supervisor(tmp_path: Path):
    data = tmp_path / "data"
    process, _ = bring_up(data, "--no-restart")
    started = children(process.pid)
    assert len(started) == len(WRITERS) + 2
    process.kill()
    process.wait()
    wait_until(lambda: not any(map(is_alive, started)), lambda: False, SECONDS)
    with pytest.raises(NoStack, match="has died"):
        load_state(data)


def test_what_is_missing_is_one_clear_line(tmp_path):
    began = time.monotonic()
    for arguments in (["local", "settle"], ["local", "advance", "--by", "1d"], ["dead-letters", "list"], ["grading"]):
        failed = holdfast(tmp_path, *arguments)
        assert failed.returncode == 1
        assert "holdfast local up" in failed.stderr
        assert "Traceback" not in failed.stderr
    assert time.monotonic() - began < SECONDS


@pytest.mark.faults
def test_on_a_broker_that_remembers_a_kept_folder_continues(tmp_path, bootstrap):
    if bootstrap is None:
        pytest.skip("the embedded broker remembers nothing: HOLDFAST_TEST_BROKER=kafka")
    data, prefix = tmp_path / "data", f"t{secrets.token_hex(4)}."
    process, first = bring_up(data, "--kafka", bootstrap, prefix=prefix)
    assert holdfast(data, "local", "advance", "--by", "3d").returncode == 0
    end(process, signal.SIGINT)
    process, second = bring_up(data, "--kafka", bootstrap, prefix=prefix)
    assert second["token"] == first["token"]
    assert get(second, "grading", "/v1/idle").json()["now"] == "2025-01-04T00:00:00.000001Z"
    assert holdfast(data, "local", "settle").returncode == 0
    end(process)
