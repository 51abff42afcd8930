"""A change of policy and a person's override, in all services: who is decided again, and that it replays."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import httpx2
import pytest

from tests.demo.conftest import POLICY
from tests.driving.events import as_bytes, event, target
from tests.driving.local import running, state_of

START = "1996-12-31T00:00:00Z"
OTHER = "name: quick\nvalues:\n  grading.window_days: [70, 90, 180]\n  cadence.days:\n    A: 3\n"
PEOPLE = [f"shop:{n}" for n in range(8)]


class Stack:
    """Its routes, and `holdfast` for its folder."""

    def __init__(self, data: Path, holdfast: Callable) -> None:
        state = state_of(data)
        self.urls = {name: urls[0] for name, urls in state.urls().items()}
        self.http = httpx2.Client(headers={"Authorization": f"Bearer {state.token}"}, timeout=60)
        self.data, self.holdfast = data, holdfast

    def run(self, *words: object) -> str:
        done = self.holdfast(*words, "--data", self.data)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def get(self, service: str, path: str) -> dict:
        return self.http.get(self.urls[service] + path).json()

    def post(self, service: str, path: str, body: dict) -> dict:
        answer = self.http.post(self.urls[service] + path, json=body)
        assert answer.status_code < 300, answer.text
        return answer.json()

    def tell(self, type_: str, data: dict, subject: str) -> None:
        said = as_bytes(event(type_, data, START, subject=subject))
        headers = {"content-type": "application/cloudevents+json"}
        answer = self.http.post(f"{self.urls['profile']}/v1/events", content=said, headers=headers)
        assert answer.status_code < 300, answer.text

    def customer(self, handle: str) -> str:
        return self.get("profile", f"/v1/customers?handle={handle}")["items"][0]["customer_id"]

    def stands(self, handle: str) -> tuple[str, str]:
        """Letter and due date."""
        id = self.customer(handle)
        grade = self.get("grading", f"/v1/customers/{id}/grade")["grade"]
        return grade, self.get("scheduler", f"/v1/customers/{id}/journal")["open"]["due_on"]


@pytest.mark.slow
def test_a_change_of_policy_reaches_everybody_and_replays(
    tmp_path: Path, holdfast: Callable, replay_equals: Callable[[Path, Path, Path], str]
):
    file = tmp_path / "other.yaml"
    file.write_text(OTHER)
    with running(tmp_path / "first", START, None, POLICY) as data:
        stack = Stack(data, holdfast)
        for handle in PEOPLE:
            stack.tell("customer.registered", {"party": "individual"}, handle)
            stack.tell("need.stated", target("1997-03-05"), handle)
        stack.run("local", "settle")
        assert {stack.stands(handle) for handle in PEOPLE} == {("B", "1997-01-07")}

        stack.run("local", "advance", "--by", "1d")
        stack.run("policy", "activate", file)
        stack.run("local", "settle")
        assert {stack.stands(handle) for handle in PEOPLE} == {("A", "1997-01-03")}
        assert "quick" in stack.run("policy", "show")

        stack.run("local", "advance", "--by", "1d")
        path = f"/v1/customers/{stack.customer(PEOPLE[0])}/overrides"
        body = {"field": "grade", "value": "E", "reason": "asked to be left alone", "author": "ann"}
        id = stack.post("grading", path, body)["override_id"]
        stack.run("local", "settle")
        assert stack.stands(PEOPLE[0])[0] == "E"
        stack.run("local", "advance", "--by", "1d")
        assert stack.http.delete(f"{stack.urls['grading']}{path}/{id}").status_code == 204
        stack.run("local", "settle")
        assert stack.stands(PEOPLE[0])[0] == "A"
        stack.run("record", "--out", tmp_path / "recording.jsonl")

    replay_equals(tmp_path / "recording.jsonl", tmp_path / "first", tmp_path / "again")
