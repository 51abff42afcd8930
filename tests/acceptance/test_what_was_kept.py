"""After all the cases: what each service stores of every customer is what its journal gives, folded again (T128)."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from shared.contracts.topics import WRITERS

pytestmark = pytest.mark.kafka


@pytest.mark.parametrize("service", WRITERS)
def test_t128_every_state_is_what_its_journal_gives(stack, service):
    command = [sys.executable, "-m", "holdfast.cli", service, "verify"]
    done = subprocess.run(
        command,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        env=os.environ | {"HOLDFAST_DATA": str(stack)},
    )
    assert (done.stdout, done.returncode) == ("", 0), done.stderr[-2000:]
