"""What other services say about the customer of a desk, in one line each."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from shared.contracts import feedback, grading, profile
from shared.contracts.scheduler import RefreshedNeed
from shared.engine.decision import Decision
from tests.scheduler.desk import TICK, Desk, day

REVIEW = UUID("e81c0000-0000-4000-8000-000000000001")


class Teller(Desk):
    """A desk that hears all that the scheduler reads."""

    def known(self, on: str, grade: str = "C", **more: Any) -> None:
        """Registered and graded."""
        self.registered(on, **more)
        self.graded(grade, on)

    def hear(self, data: Any, on: str, hour: int = 9) -> Decision:
        """A fact of that day, at that hour."""
        return self.fold(data, day(on) + timedelta(hours=hour) + TICK, time=day(on) + timedelta(hours=hour))

    def bought(self, on: str, kind: str = "delivered", order: str = "o-1", **more: Any) -> None:
        said = profile.PurchaseRecorded(order_id=order, kind=kind, ordered_on=date.fromisoformat(on), **more)
        self.hear(said, on)

    def browsed(self, on: str, category: str) -> None:
        self.hear(profile.BrowseRecorded(category=category), on)

    def needs(self, on: str, version: int = 1, hour: int = 9, **need: Any) -> None:
        stated = day(on) + timedelta(hours=hour)
        said = profile.NeedChanged(**({"demand": "target"} | need), stated_at=stated, version=version, source="stated")
        self.hear(said, on, hour)

    def consented(self, on: str, granted: bool, hour: int = 9, **about: Any) -> None:
        self.hear(profile.ConsentChanged(granted=granted, **about), on, hour)

    def lived(self, on: str, kind: str) -> None:
        self.hear(profile.LifeEventRecorded(kind=kind, on=date.fromisoformat(on), volunteered=True), on)

    def promised(self, on: str, due_on: str, id: str = "p-1") -> None:
        self.hear(profile.CommitmentMade(commitment_id=id, due_on=date.fromisoformat(due_on)), on)

    def kept(self, on: str, id: str = "p-1") -> None:
        self.hear(profile.CommitmentFulfilled(commitment_id=id), on)

    def churned(self, on: str, reason: str = "price") -> None:
        self.hear(profile.CustomerChurned(kind="abnormal", reason=reason), on)

    def scored(self, on: str, score: int, survey: str = "nps", hour: int = 9, heard_on: str | None = None) -> None:
        at = day(on) + timedelta(hours=hour)
        said = feedback.SurveyScored(answer_id=f"a-{on}-{score}", survey=survey, score=score, answered_at=at)
        self.hear(said, heard_on or on, hour)

    def loyal(self, on: str, loyalty: str = "loyal") -> None:
        self.hear(grading.LoyaltyAssigned(loyalty=loyalty), on)

    def segmented(self, on: str, tier: str, *segments: str) -> None:
        self.hear(grading.TierAssigned(tier=tier, basis="computed", supply_priority=False, segments=segments), on)

    def reviewed(self, on: str) -> None:
        self.hear(grading.ExitReviewRequested(review_id=REVIEW, profit=-5, currency="USD"), on)

    def asked(self, on: str, **more: Any) -> None:
        said = {"interaction_id": f"i-{on}", "channel": "email", "direction": "inbound", "human": False}
        said |= {"grievance": False, "question": True, "objection": False, "consent_purpose": "service"} | more
        self.hear(profile.InteractionRecorded(**said), on)

    def kinds(self, status: str | None = None) -> list[str]:
        return sorted(task.kind for task in self.tasks(status=status))

    def one(self, kind: str):
        """The only task of this kind that was ever made."""
        (task,) = self.tasks(kind)
        return task


def refreshed(on: str) -> RefreshedNeed:
    return RefreshedNeed(demand="latent", stated_at=day(on))
