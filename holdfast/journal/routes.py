"""By which route a recorded command goes in."""

from __future__ import annotations

from typing import Any, Final, NamedTuple


class Route(NamedTuple):
    """`path` names fields of the command; the others are the body."""

    service: str
    path: str
    fields: tuple[str, ...]
    method: str = "POST"

    def request(self, data: dict[str, Any]) -> tuple[str, dict[str, Any]]:
        """The path and the body for this command."""
        body = {name: value for name, value in data.items() if name not in self.fields}
        return self.path.format(**data), body


ROUTES: Final = {
    "holdfast.profile.command.change_lifecycle.v1": Route(
        "profile", "/v1/customers/{customer_id}/lifecycle", ("customer_id",)
    ),
    "holdfast.grading.command.set_override.v1": Route(
        "grading", "/v1/customers/{customer_id}/overrides", ("customer_id",)
    ),
    "holdfast.grading.command.remove_override.v1": Route(
        "grading",
        "/v1/customers/{customer_id}/overrides/{override_id}",
        ("customer_id", "override_id"),
        "DELETE",
    ),
    "holdfast.profile.command.split_file.v1": Route("profile", "/v1/customers/{customer_id}/split", ("customer_id",)),
    "holdfast.profile.command.accept_candidate.v1": Route(
        "profile", "/v1/candidates/{candidate_id}/accept", ("candidate_id", "other", "shared", "handle")
    ),
    "holdfast.profile.command.reject_candidate.v1": Route(
        "profile", "/v1/candidates/{candidate_id}/reject", ("candidate_id", "other", "shared", "handle")
    ),
    "holdfast.scheduler.command.complete_followup.v1": Route(
        "scheduler", "/v1/followups/{followup_id}/complete", ("followup_id",)
    ),
    "holdfast.scheduler.command.complete_task.v1": Route("scheduler", "/v1/tasks/{task_id}/complete", ("task_id",)),
    "holdfast.scheduler.command.create_task.v1": Route("scheduler", "/v1/tasks", ()),
    "holdfast.scheduler.command.approve_task.v1": Route("scheduler", "/v1/tasks/{task_id}/approve", ("task_id",)),
    "holdfast.scheduler.command.assign_task.v1": Route("scheduler", "/v1/tasks/{task_id}/assign", ("task_id",)),
    "holdfast.scheduler.command.cancel_task.v1": Route("scheduler", "/v1/tasks/{task_id}/cancel", ("task_id",)),
    "holdfast.scheduler.command.snooze_task.v1": Route("scheduler", "/v1/tasks/{task_id}/snooze", ("task_id",)),
    "holdfast.scheduler.command.describe_agent.v1": Route("scheduler", "/v1/agents", ()),
    "holdfast.scheduler.command.return.v1": Route("scheduler", "/v1/agents/{agent_id}/returns", ("agent_id",)),
    "holdfast.scheduler.command.stand_in.v1": Route("scheduler", "/v1/agents/{agent_id}/absences", ("agent_id",)),
    "holdfast.scheduler.command.hand_over.v1": Route("scheduler", "/v1/agents/{agent_id}/leave", ("agent_id",)),
    "holdfast.scheduler.command.decide_exit.v1": Route(
        "scheduler", "/v1/exit-reviews/{review_id}/decide", ("review_id",)
    ),
    "holdfast.feedback.command.complete_step.v1": Route(
        "feedback", "/v1/cases/{case_id}/steps/{step}/complete", ("case_id", "step")
    ),
    "holdfast.feedback.command.resolve_case.v1": Route("feedback", "/v1/cases/{case_id}/resolve", ("case_id",)),
    "holdfast.feedback.command.change_case.v1": Route(
        "feedback", "/v1/cases/{case_id}/{action}", ("case_id", "action")
    ),
    "holdfast.feedback.command.find_cause.v1": Route("feedback", "/v1/cases/{case_id}/cause", ("case_id",)),
    "holdfast.feedback.command.tag_feedback.v1": Route("feedback", "/v1/feedback/{feedback_id}/tag", ("feedback_id",)),
    "holdfast.feedback.command.plan_feedback.v1": Route(
        "feedback", "/v1/feedback/{feedback_id}/plan", ("feedback_id",)
    ),
    "holdfast.feedback.command.complete_plan.v1": Route(
        "feedback", "/v1/feedback/{feedback_id}/plan/complete", ("feedback_id",)
    ),
    "holdfast.feedback.command.open_improvement.v1": Route("feedback", "/v1/improvements", ("item_id",)),
    "holdfast.feedback.command.rate_improvement.v1": Route("feedback", "/v1/improvements/{item_id}/rate", ("item_id",)),
    "holdfast.feedback.command.decide_solution.v1": Route(
        "feedback", "/v1/improvements/{item_id}/solution", ("item_id",)
    ),
    "holdfast.feedback.command.complete_improvement.v1": Route(
        "feedback", "/v1/improvements/{item_id}/steps/{step}/complete", ("item_id", "step", "measured")
    ),
    "holdfast.feedback.command.open_promise.v1": Route("feedback", "/v1/promises", ("promise_id",)),
    "holdfast.feedback.command.confirm_promise.v1": Route(
        "feedback", "/v1/promises/{promise_id}/confirm", ("promise_id",)
    ),
    "holdfast.feedback.command.import_figure.v1": Route("feedback", "/v1/kpis/{kpi}/imports", ("kpi", "figure_id")),
    "holdfast.feedback.command.activate_promise.v1": Route(
        "feedback", "/v1/promises/{promise_id}/activate", ("promise_id",)
    ),
}
"""Type of the command -> its route.

Ids of tasks and cases follow from the complaint's, those of overrides from the command's: they are the same everywhere.
"""
