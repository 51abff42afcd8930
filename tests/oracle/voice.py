"""What a customer says between orders and complaints, what was promised to them, and that they left."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from tests.oracle.tables import GRIEVANCE_LIMIT, LOW_SCORES


@dataclass
class Commitment:
    due_on: date
    complaint_id: str | None = None
    fulfilled: bool = False
    breached: bool = False

    @property
    def status(self) -> str:
        return "breached" if self.breached else "fulfilled" if self.fulfilled else "open"


@dataclass
class Voice:
    answers: Counter[tuple[str, int]] = field(default_factory=Counter)
    """(survey, score) -> how often."""
    grievances: Counter[str] = field(default_factory=Counter)
    """By source; nobody resolves one here, and a history is shorter than their window."""
    commitments: dict[str, Commitment] = field(default_factory=dict)
    left_on: date | None = None
    reason: str = "unknown"

    @property
    def risks(self) -> int:
        """Warned once that a complaint is near."""
        return int(self.grievances.total() >= GRIEVANCE_LIMIT)

    @property
    def low_answers(self) -> int:
        return self.grievances["survey"]

    def contact(self, data: dict[str, Any]) -> None:
        if data.get("grievance", data.get("sentiment") == "negative"):
            self.grievances["interaction"] += 1

    def answer(self, survey: str, score: int) -> None:
        self.answers[survey, score] += 1
        if score <= LOW_SCORES[survey]:
            self.grievances["survey"] += 1

    def promise(self, kind: str, data: dict[str, Any]) -> None:
        known = data["commitment_id"]
        if kind == "fulfilled":
            self.commitments[known].fulfilled = True
        elif known not in self.commitments:
            self.commitments[known] = Commitment(date.fromisoformat(data["due_on"]), data.get("complaint_id"))

    def breaches(self, today: date) -> list[Commitment]:
        """Those that the day before was the last one for, and nobody kept."""
        late = [one for one in self.commitments.values() if one.due_on < today and one.status == "open"]
        for one in late:
            one.breached = True
        return late
