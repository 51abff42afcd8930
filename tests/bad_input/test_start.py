"""A service that was told too little, or something wrong, says so in one clear line and ends."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from holdfast.local.ports import free_port

ROOT = Path(__file__).parents[2]
SOUND = {
    "HOLDFAST_DSN": "postgresql://nobody:x@127.0.0.1:1/x",
    "HOLDFAST_KAFKA": "127.0.0.1:1",
    "HOLDFAST_TOKEN": "a token of the tests alone",
    "HOLDFAST_SECRET": "a secret of the tests alone",
}


def starting(service, **told):
    """The process, told nothing but this."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("HOLDFAST_")}
    return subprocess.Popen(
        [sys.executable, "-m", f"services.{service}"], cwd=ROOT, env=kept | told, stderr=subprocess.PIPE, text=True
    )


def ends_with_one_line(process):
    _, errors = process.communicate(timeout=120)
    (line,) = errors.splitlines()
    assert process.returncode == 1
    return line


def test_missing_settings_are_named():
    needed = ["HOLDFAST_DSN", "HOLDFAST_KAFKA", "HOLDFAST_TOKEN"]
    services = {"profile": [*needed, "HOLDFAST_SECRET"], "grading": needed, "scheduler": needed, "feedback": needed}
    started = {service: starting(service) for service in services}
    for service, process in started.items():
        line = ends_with_one_line(process)
        assert line.startswith(f"{service}: ")
        assert all(f"{name}: field required" in line for name in services[service])


@pytest.fixture
def policy(tmp_path):
    file = tmp_path / "policy.yaml"
    file.write_text("values: {cadence.dayz: 5}")
    return str(file)


def test_wrong_settings_are_named(policy, tmp_path):
    wrong = {
        "HOLDFAST_DSN": ("mysql://me@host/db", "postgresql://user:password@host:port/name"),
        "HOLDFAST_TOKEN": ("short", "16"),
        "HOLDFAST_PORT": ("http", "integer"),
        "HOLDFAST_CLOCK": ("sundial", "simulated"),
    }
    missing = str(tmp_path / "missing.yaml")
    files = {policy: "cadence.dayz", missing: missing}
    all_wrong = starting("grading", **SOUND | {name: value for name, (value, _) in wrong.items()})
    started = {file: starting("grading", **SOUND | {"HOLDFAST_POLICY_FILE": file}) for file in files}
    problems = ends_with_one_line(all_wrong).removeprefix("grading: ").split("; ")
    said = dict(problem.split(": ", 1) for problem in problems)
    assert said.keys() == wrong.keys()
    assert [name for name, (_, says) in wrong.items() if says not in said[name]] == []
    for file, process in started.items():
        line = ends_with_one_line(process)
        assert "HOLDFAST_POLICY_FILE" in line
        assert files[file] in line


def test_a_port_that_is_taken_is_named():
    import socket

    port = free_port()
    with socket.socket() as other:
        other.bind(("127.0.0.1", port))
        other.listen()
        line = ends_with_one_line(starting("grading", **SOUND | {"HOLDFAST_PORT": str(port)}))
    assert f"port {port}" in line
    assert "HOLDFAST_PORT" in line


def test_a_service_that_waits_for_its_database_stops_when_it_is_told():
    process = starting("grading", **SOUND | {"HOLDFAST_PORT": str(free_port())})
    assert process.stderr is not None
    assert "database_not_ready" in process.stderr.readline()
    process.terminate()
    _, errors = process.communicate(timeout=5)
    assert "Traceback" not in errors
    assert process.returncode == 0
