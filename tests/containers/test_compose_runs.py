"""`docker compose up`: orders in, the work list out, as the README prints it; any container killed, all taken down."""

from __future__ import annotations

import re
import shutil
import time
from datetime import UTC, datetime
from functools import partial

import pytest

from tests.containers.compose import ROOT, SERVICES, until

pytestmark = [pytest.mark.compose, pytest.mark.slow]
KILLED = (*SERVICES, "kafka", "postgres")
BLOCKS = re.compile(r"```(sh|python)\n(.*?)```", re.DOTALL)
SENT_MEANWHILE = 5


def readme():
    """(language, text) of what is printed to be typed."""
    return BLOCKS.findall((ROOT / "README.md").read_text())


def need(number):
    return {
        "specversion": "1.0",
        "id": f"need/{number}",
        "source": "crm",
        "type": "holdfast.need.stated.v1",
        "subject": f"shop:{number}",
        "time": datetime.now(UTC).isoformat(),
        "data": {"demand": "target", "negotiating": True},
    }


def is_planned(project, token, number):
    """Whether the customer has one file and the scheduler an open follow-up for it."""
    found = project.get("profile", "/v1/customers", token, handle=f"shop:{number}")
    if not found or not found["items"]:
        return False
    (customer,) = found["items"]
    journal = project.get("scheduler", f"/v1/customers/{customer['customer_id']}/journal", token)
    return bool(journal and journal["open"])


def test_what_the_readme_prints_is_what_happens(project, tmp_path):
    """Its shell blocks in one shell, since they hand each other variables; Python last."""
    shell, python = [], []
    for language, text in readme():
        (python if language == "python" else shell).append(project.printed(text))
    if shutil.which("kcat") is None:
        shell = [text for text in shell if "kcat" not in text]
    (tmp_path / "work.py").write_text("\n".join(python))
    script = "\n".join(("set -euo pipefail", *shell, f"python3 {tmp_path / 'work.py'}"))
    printed = project.run("bash", "-c", script, seconds=180)
    assert '"grade":"A"' in printed.replace(" ", "")
    assert "followup" in printed
    assert "completed" in printed


@pytest.mark.parametrize("victim", KILLED)
def test_a_container_that_is_killed_comes_back_and_nothing_is_lost(project, victim):
    token, first = project.token, 1_000 * (1 + KILLED.index(victim))
    numbers = range(first, first + SENT_MEANWHILE)
    until(partial(project.send, need(first - 1), token))
    project.kill(victim)
    for number in numbers:
        until(partial(project.send, need(number), token))
    until(partial(project.is_well, victim))
    for number in (first - 1, *numbers):
        until(partial(is_planned, project, token, number))


def test_what_was_there_is_there_after_down_and_up(project):
    token = project.token
    until(partial(project.send, need(1), token))
    until(partial(is_planned, project, token, 1))
    before = worklist(project, token)
    project.compose("down")
    assert project.containers() == {}
    project.up()
    assert project.token == token
    assert until(partial(worklist, project, token)) == before
    until(partial(project.send, need(2), token))
    until(partial(is_planned, project, token, 2))


def worklist(project, token):
    found = project.get("scheduler", "/v1/worklist", token, on=f"{time.strftime('%Y')}-12-31", limit=200)
    return found and [(line["due_on"], line["kind"], line["customer_id"]) for line in found["items"]]
