"""Tasks, promises, care and contacts: what people get to do, by whom it is asked, and what holds it back."""

from __future__ import annotations

import pytest

from tests.acceptance.cases import case
from tests.driving.events import LATENT, target
from tests.driving.waiting import until

pytestmark = pytest.mark.kafka

DAY = "2025-03-10"
MEETING = {"cycle": "half_yearly", "theme": "ordering", "items": ["lecture", "award"]}
BIRTHDAY = {"kind": "birthday", "month": 3, "day": 15, "year": 1990, "volunteered": True}


async def of_kind(world, kind):
    return [task for task in await world.tasks() if task["kind"] == kind]


async def ordered(world, *news):
    """An order of today, and what is told of it."""
    order = {"order_id": world.name, "amount": 1000, "currency": "USD"}
    await world.say("order.placed", order)
    for what, told in news:
        await world.say(what, {"order_id": world.name, **told}, f"{world.today}T10:00:00+00:00")
    await world.settle()


async def ask(world, status=201, slug=None, **body):
    return await world.post("scheduler", "/v1/tasks", {"customer_id": world.customer, **body}, status, slug)


@case
async def test_t115_a_delivery_asks_for_a_call_and_a_visit(world):
    await world.register(DAY, LATENT)
    await ordered(world, ("order.delivered", {}))
    tasks = {task["kind"]: task["due_on"] for task in await world.tasks()}
    assert tasks == {"post_purchase_contact": "2025-03-13", "usage_visit": "2025-06-08"}
    assert [owned["order_id"] for owned in (await world.file())["owned_products"]] == [world.name]


@case
async def test_t70_a_delay_asks_for_one_contact_and_opens_no_complaint(world):
    await world.register(DAY, LATENT)
    await ordered(world, ("order.delayed", {"expected_on": "2025-03-20"}))
    (task,) = await world.tasks()
    assert (task["kind"], task["due_on"], task["role"]) == ("proactive_contact", DAY, "service")
    assert await world.cases() == []


@case
async def test_t69_a_promise_that_is_not_kept_is_broken_once(world):
    await world.register(DAY, LATENT)
    await world.say("commitment.made", {"commitment_id": world.name, "due_on": "2025-03-12"})
    await world.day("2025-03-12")
    assert await world.facts("commitment.breached") == []
    await world.day("2025-03-13")
    await world.day("2025-03-14")
    assert await world.data_of("commitment.breached", "commitment_id") == [(world.name,)]


@case
async def test_t139_a_promise_that_was_kept_while_the_scheduler_was_away_is_not_broken(world):
    """In 2024: the clock moves while the others wait."""
    await world.register("2024-05-10", LATENT)
    await world.say("commitment.made", {"commitment_id": world.name, "due_on": "2024-05-12"})
    await world.settle()
    others = ("profile", "grading", "feedback")

    async def kept() -> None:
        await world.move_clock("2024-05-11", *others)
        id = await world.say("commitment.fulfilled", {"commitment_id": world.name}, "2024-05-11T00:00:00+00:00")

        async def heard() -> bool:
            return bool((await world.fate_of(id))["outcome"] == "applied")

        await until(heard)
        await world.move_clock("2024-05-14", *others)

    await world.without("scheduler", kept)
    assert await world.facts("commitment.breached") == []


@pytest.mark.parametrize(
    ("feasible", "due"),
    [pytest.param(True, [DAY], id="T102-feasible"), pytest.param(False, [], id="T102-infeasible-is-recorded")],
)
@case
async def test_a_need_that_can_be_met_is_a_task_of_the_same_day(world, feasible, due):
    await world.register(DAY, target("2025-04-20", feasible=feasible, tags=["training"]))
    assert [task["due_on"] for task in await of_kind(world, "need")] == due
    assert (await world.file())["need"]["feasible"] is feasible


@case
async def test_ca20_a_question_is_answered_by_the_next_day(world):
    await world.register(DAY, LATENT)
    await world.say("interaction.recorded", {"channel": "email", "direction": "inbound", "question": True})
    await world.settle()
    (task,) = await of_kind(world, "reply")
    assert task["due_on"] == "2025-03-11"
    report = {"outcome": "advanced", "channel": "email"}
    done = await world.post("scheduler", f"/v1/tasks/{task['task_id']}/complete", report)
    assert done["status"] == "completed"
    await world.post("scheduler", f"/v1/tasks/{task['task_id']}/complete", report, 409, "task_closed")


@case
async def test_t100_a_promotion_is_congratulated_on_the_same_day(world):
    await world.register(DAY, LATENT)
    await world.say("life_event.recorded", {"kind": "promotion", "on": DAY, "volunteered": True})
    await world.settle()
    (task,) = await of_kind(world, "greeting")
    assert (task["due_on"], task["occasion"], task["options"]) == (DAY, "promotion", ["card", "sms", "call"])


@case
async def test_t97_a_birthday_is_one_greeting_on_the_preferred_channel(world):
    await world.register(DAY, LATENT, dates=[BIRTHDAY], preferred_channel="wechat")
    await world.day("2025-03-15")
    await world.settle()
    (task,) = await of_kind(world, "greeting")
    assert (task["due_on"], task["channel"], task["options"]) == ("2025-03-15", "wechat", ["cake", "flowers"])
    assert task["cause"]["type"] == "time.passed"
    assert len(await world.facts("task.created")) == 1


@case
async def test_t99_a_festival_is_greeted_on_its_day(world):
    await world.register("2025-05-30", LATENT)
    await world.day("2025-05-31")
    (task,) = await of_kind(world, "greeting")
    assert (task["occasion"], task["due_on"], task["options"]) == ("dragon_boat", "2025-05-31", ["general_gift"])


@case
async def test_t107_without_consent_care_is_held_back_and_the_journal_goes_on(world):
    await world.register(DAY, LATENT, dates=[BIRTHDAY])
    await world.say("consent.changed", {"purpose": "marketing", "granted": False})
    await world.day("2025-03-15")
    (task,) = await of_kind(world, "greeting")
    assert (task["status"], task["rule"]) == ("suppressed", "consent")
    assert await world.data_of("contact.suppressed", "task_id", "rule") == [(task["task_id"], "consent")]
    assert (await world.journal())["open"]["status"] == "scheduled"
    case_id = await world.complain()
    assert [step["status"] for step in (await world.client.get("feedback", f"/v1/cases/{case_id}"))["steps"]]
    steps = [task for task in await world.tasks() if task["kind"] in ("acknowledge", "case_step")]
    assert {task["status"] for task in steps} == {"open"}


@case
async def test_ca18_the_third_contact_of_a_week_waits_until_the_first_has_left_the_window(world):
    await world.register(DAY, LATENT)
    made = [await ask(world, kind="promotion") for _ in range(3)]
    assert [task["status"] for task in made] == ["open", "open", "suppressed"]
    assert (made[2]["rule"], made[2]["until"][:10]) == ("attention_cap", "2025-03-17")
    contacts = await world.client.get("scheduler", f"/v1/customers/{world.customer}/contacts")
    assert contacts["cap"] == {"used": 2, "limit": 2, "days": 7}
    await world.day("2025-03-17")
    assert [task["status"] for task in await of_kind(world, "promotion")] == ["open"] * 3


@case
async def test_t103_t105_t118_what_people_ask_for_keeps_to_the_rules(world):
    await world.register(DAY, LATENT)
    await ask(world, 422, "meeting_required", kind="dinner")
    assert (await ask(world, kind="dinner", meeting=MEETING))["status"] == "open"
    assert (await ask(world, kind="gift", amount=15_000, currency="USD"))["status"] == "open"
    gift = await ask(world, kind="gift", amount=50_000, currency="USD", due_on="2025-04-10")
    assert gift["status"] == "awaiting_approval"
    path = f"/v1/tasks/{gift['task_id']}"
    await world.post("scheduler", f"{path}/complete", {"outcome": "advanced"}, 409, "approval_missing")
    assert (await world.post("scheduler", f"{path}/approve", {"approver": "boss"}))["status"] == "open"
    await ask(world, 422, "too_many_approvers", kind="appointment", approvers=["a", "b"])
    await ask(world, 422, "kind_unknown", kind="party")


@case
async def test_t114_a_launch_reaches_whom_it_fits(world):
    await world.register(DAY, LATENT, interests=[f"training {world.name}"])
    launched = {"product": world.name, "tags": [f"training {world.name}"]}
    await world.say("product.launched", launched, subject=...)
    await world.settle()
    (task,) = await of_kind(world, "product_offer")
    assert (task["occasion"], task["status"]) == ("new_product", "open")


@case
async def test_t79_a_departure_without_a_reason_is_investigated(world):
    await world.register(DAY, LATENT)
    await world.say("customer.left", {"avoidable": True})
    await world.settle()
    (task,) = await of_kind(world, "investigate_churn")
    assert (task["status"], task["role"]) == ("open", "account_manager")


@pytest.mark.parametrize(("score", "calls"), [pytest.param(3, 1, id="T131-nps-3"), pytest.param(7, 0, id="T131-nps-7")])
@case
async def test_a_low_score_asks_for_a_call(world, score, calls):
    await world.register(DAY, LATENT)
    await world.say("survey.answered", {"survey": "nps", "score": score})
    await world.settle()
    assert len(await of_kind(world, "call")) == calls


@case
async def test_t130_what_was_bought_and_looked_at_is_recommended_but_nothing_disliked(world):
    await world.register(DAY, LATENT, dislikes=["scents"])
    lines = [{"sku": name, "category": name, "quantity": 1, "amount": 500} for name in ("filters", "scents")]
    order = {"order_id": world.name, "amount": 1000, "currency": "USD", "lines": lines}
    await world.say("order.placed", order)
    for category in ("filters", "scents"):
        await world.say("browse.recorded", {"category": category})
    await world.settle()
    assert [task["options"] for task in await of_kind(world, "recommendation")] == [["filters"]]
