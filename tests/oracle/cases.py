"""Complaints: which steps a case has, when they are due, and what closes it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from tests.oracle.tables import ACKNOWLEDGE_DAYS, REPEAT_DAYS, STEP_DAYS, days


@dataclass
class Case:
    complaint_id: str
    opened_on: date
    facts: dict[str, Any]
    repeated: bool = False
    steps: dict[str, str] = field(default_factory=dict)
    """Step -> open, done, declined, rejected."""
    late: set[str] = field(default_factory=set)
    """Steps that were added on a later day: from which day theirs count, nobody has said."""
    told: bool = False
    status: str = "open"
    acknowledged: bool = False
    assist: bool = False
    of_key: bool = False
    """Whether it is a key account's now."""

    @property
    def acknowledge_by_on(self) -> date:
        return self.opened_on + days(ACKNOWLEDGE_DAYS)

    def due_on(self, step: str) -> date:
        return self.opened_on + days(STEP_DAYS[step])

    def judge(self, today: date) -> None:
        """Add the steps that the conditions ask for; what has begun is never taken back."""
        if self.facts["fault"] in {"customer", "third_party"}:
            self.assist = True
        for step in sorted(_wanted(self) - self.steps.keys()):
            self.steps[step] = "open"
            if today > self.opened_on:
                self.late.add(step)
        self.steps = dict(sorted(self.steps.items()))

    def complete(self, step: str, result: str, told: bool, today: date) -> str | None:
        """None, or the refusal's slug."""
        self.told = self.told or (step == "R7" and told)
        if self.status != "open":
            return "case_closed"
        if self.steps[step] != "open" and step != "R7":
            return "step_done"
        self.steps[step] = result
        self.judge(today)
        return None

    def resolve(self) -> str | None:
        """Closes the case of a satisfied customer, or gives the refusal's slug."""
        if self.status != "open":
            return "case_closed"
        if "open" in self.steps.values():
            return "steps_open"
        if "R7" in self.steps and not self.told:
            return "result_not_told"
        self.status = "resolved"
        return None


def _wanted(case: Case) -> set[str]:
    facts = case.facts
    if facts["fault"] != "company":
        return set()
    supervisor = facts["severity"] == "major" or case.of_key or case.repeated or "rejected" in case.steps.values()
    return (
        {"R1", "R2", "R3", "R6"}
        | ({"R4"} if supervisor else set())
        | ({"R5"} if facts["correctable"] else set())
        | ({"R7"} if facts.get("commitment_breached") or facts.get("staff_at_fault") else set())
    )


def is_repeat(opened_on: date, earlier: list[date]) -> bool:
    return any(0 <= (opened_on - day).days <= REPEAT_DAYS for day in earlier)
