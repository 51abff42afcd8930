"""After all the cases: what is stored is what the journals give, folded again (T128), and the tables' laws hold."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from shared.contracts.topics import WRITERS

pytestmark = pytest.mark.kafka


def run(stack, service, verb):
    return subprocess.run(
        [sys.executable, "-m", "holdfast.cli", service, verb],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        env=os.environ | {"HOLDFAST_DATA": str(stack)},
    )


@pytest.mark.parametrize("service", WRITERS)
def test_t128_every_state_is_what_its_journal_gives(stack, service):
    done = run(stack, service, "verify")
    assert (done.stdout, done.returncode) == ("", 0), done.stderr[-2000:]


@pytest.mark.parametrize(("service", "claim"), [("profile", "exactly one case"), ("feedback", "with one clock")])
def test_every_complaint_has_one_case_and_one_clock(stack, service, claim):
    done = run(stack, service, "check")
    assert (done.stdout, done.returncode) == ("", 0), done.stderr[-2000:]
    assert claim in done.stderr
