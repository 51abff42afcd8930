"""One budget of attention per customer: consent, cap, quiet hours, exit; judged when the contact is due (CA-18)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from services.scheduler.domain.commands import ApproveTask, CancelTask, CreateTask, SnoozeTask
from services.scheduler.domain.memory import Place
from services.scheduler.domain.rows import Contact, Customer, Task
from services.scheduler.domain.rules import RULES
from shared.contracts import profile
from shared.contracts.policy import default_policy, overlay
from shared.engine.decision import Cause, Refused
from tests.scheduler.desk import ID, TICK, Desk, day
from tests.scheduler.telling import Teller

DAY = "2025-03-10"
MEETING = {"cycle": "half_yearly", "theme": "ordering", "items": ("lecture", "award")}
NO_AWARD = MEETING | {"items": ("lecture",)}


@pytest.fixture
def teller() -> Teller:
    teller = Teller()
    teller.known("2025-03-01", owner="ann", preferred_channel="email")
    return teller


def ask(teller: Desk, on: str = DAY, hour: int = 0, **body: object) -> Task | Refused:
    """The task that POST /v1/tasks makes, or why it makes none."""
    before = {task.task_id for task in teller.tasks()}
    answer = teller.fold(CreateTask(**({"kind": "promotion"} | body)), day(on) + timedelta(hours=hour) + TICK)
    if isinstance(answer, Refused):
        return answer
    (task,) = [task for task in teller.tasks() if task.task_id not in before]
    return task


def now(teller: Desk, task: Task) -> Task:
    return teller.tables[Task][task.task_id]


def contact(teller: Desk, task: Task) -> Contact:
    (found,) = [row for row in teller.tables[Contact].values() if row.task_id == task.task_id]
    return found


def test_ca18_the_third_contact_of_seven_days_is_held_back_until_the_first_has_left_the_window(teller):
    first, second = ask(teller, "2025-03-10"), ask(teller, "2025-03-12")
    third = ask(teller, "2025-03-16")
    assert (first.status, second.status, third.status) == ("open", "open", "suppressed")
    assert (third.rule, third.until) == ("attention_cap", day("2025-03-17"))
    assert [(fact.task_id, fact.rule, fact.until) for fact in teller.said("contact.suppressed")] == [
        (third.task_id, "attention_cap", day("2025-03-17"))
    ]
    teller.tick("2025-03-17")
    assert (now(teller, third).status, now(teller, third).let_through_on.isoformat()) == ("open", "2025-03-17")
    assert contact(teller, third).status == "planned"


def test_a_contact_is_judged_on_its_day_and_holds_its_place_from_then_on(teller):
    later = ask(teller, due_on="2025-03-20")
    for _ in range(2):
        ask(teller, "2025-03-18")
    assert now(teller, later).let_through_on is None
    teller.tick("2025-03-20")
    assert (now(teller, later).status, now(teller, later).until) == ("suppressed", day("2025-03-25"))
    teller.tick("2025-03-25")
    assert now(teller, later).status == "open"
    assert len(teller.said("contact.suppressed")) == 1


def test_what_is_done_holds_its_place_and_what_is_cancelled_gives_it_back(teller):
    done, cancelled = ask(teller), ask(teller)
    teller.complete_task(done, DAY, channel="email")
    teller.fold(CancelTask(task_id=cancelled.task_id, reason="not now"), day(DAY) + TICK)
    assert ask(teller).status == "open"
    assert ask(teller).status == "suppressed"
    assert [contact(teller, task).status for task in (done, cancelled)] == ["made", "given_back"]


@pytest.mark.parametrize("kind", ["call", "visit", "acknowledge", "appointment", "compensation"])
def test_t107_service_passes_whatever_is_used_up_or_withdrawn(teller, kind):
    teller.consented("2025-03-02", granted=False)
    assert ask(teller).rule == "consent"
    assert (ask(teller, kind=kind).status, teller.open.status) == ("open", "scheduled")


def test_t107_marketing_is_held_back_without_its_consent_and_goes_when_it_is_given(teller):
    teller.consented("2025-03-02", granted=False, purpose="marketing")
    held = ask(teller)
    assert (held.status, held.rule, held.until) == ("suppressed", "consent", None)
    assert ask(teller, kind="survey_ask").status == "open", "another purpose"
    teller.consented(DAY, granted=True, purpose="marketing")
    assert now(teller, held).status == "open"


def test_what_was_let_through_is_held_back_when_its_consent_is_taken(teller):
    task = ask(teller)
    teller.consented(DAY, granted=False, purpose="marketing")
    assert (now(teller, task).status, now(teller, task).rule) == ("suppressed", "consent")
    assert teller.state.places == ()


@pytest.mark.parametrize(
    ("words", "channel"),
    [
        pytest.param([(False, {"channel": "email"}), (True, {"channel": "sms"})], "sms", id="granted-by-name"),
        pytest.param([(False, {}), (True, {"channel": "letter", "purpose": "marketing"})], "letter", id="only-letters"),
        pytest.param([(True, {"channel": "sms"}), (False, {})], None, id="the-last-word-counts"),
        pytest.param([(False, {"channel": "sms"})], "email", id="another-channel"),
    ],
)
def test_ca02_the_preferred_channel_else_one_that_was_granted(teller, words, channel):
    for hour, (granted, about) in enumerate(words, 9):
        teller.consented("2025-03-02", granted, hour, **about)
    task = ask(teller)
    assert (task.channel, task.status) == (channel, "open" if channel else "suppressed")


def test_consents_in_any_order_of_arrival_end_in_one_state():
    words = [(9, True, {}), (10, False, {"channel": "email"}), (11, True, {"purpose": "marketing"}), (12, False, {})]
    states = set()
    for order in ((0, 1, 2, 3), (3, 2, 1, 0), (2, 0, 3, 1)):
        teller = Teller()
        teller.known("2025-03-01")
        for n in order:
            hour, granted, about = words[n]
            teller.fold(
                profile.ConsentChanged(granted=granted, **about),
                day("2025-03-03") + TICK,
                time=day("2025-03-02") + timedelta(hours=hour),
            )
        states.add(teller.state.consents)
    assert len(states) == 1
    assert len(states.pop()) == 1, "the last word covers all before it"


def test_private_help_needs_to_be_welcome(teller):
    assert ask(teller, kind="private_help").rule == "consent"
    teller.consented(DAY, granted=True, purpose="private_help")
    assert ask(teller, kind="private_help", channel="phone").status == "open"


def test_an_outbound_contact_that_another_system_made_takes_a_place_too(teller):
    for n in range(2):
        teller.asked(DAY, interaction_id=f"sms-{n}", direction="outbound", question=False, consent_purpose="marketing")
    assert ask(teller).rule == "attention_cap"


@pytest.mark.parametrize(
    ("hour", "status", "until"),
    [
        pytest.param(7, "suppressed", 8, id="before-its-end"),
        pytest.param(8, "open", None, id="at-its-end"),
        pytest.param(20, "open", None, id="in-the-evening"),
        pytest.param(21, "suppressed", 32, id="until-the-next-morning"),
    ],
)
def test_quiet_hours_hold_back_until_the_morning(new_teller, hour, status, until):
    teller = new_teller(**{"contact.quiet_hours": {"begin": "21:00", "end": "08:00"}})
    teller.known("2025-03-01")
    task = ask(teller, hour=hour)
    assert task.status == status
    if until:
        assert (task.rule, task.until) == ("quiet_hours", day(DAY) + timedelta(hours=until))
        teller.wake(task.until + TICK)
        assert (now(teller, task).status, len(teller.said("contact.suppressed"))) == ("open", 1)


def test_with_quiet_hours_what_is_due_later_is_judged_in_the_morning_of_its_day(new_teller):
    teller = new_teller(**{"contact.quiet_hours": {"begin": "21:00", "end": "08:00"}})
    teller.known("2025-03-01", time_zone="Asia/Shanghai")
    task = ask(teller, due_on="2025-03-12")
    teller.wake(day("2025-03-12") + TICK)
    assert (now(teller, task).status, now(teller, task).let_through_on.isoformat()) == ("open", "2025-03-12")
    assert teller.said("contact.suppressed") == []


@pytest.mark.parametrize(
    ("body", "slug", "status"),
    [
        pytest.param({"kind": "dinner"}, "meeting_required", 422, id="T103-dinner-without-meeting"),
        pytest.param({"kind": "dinner", "meeting": NO_AWARD}, "meeting_required", 422, id="dinner-without-award"),
        pytest.param({"kind": "tour"}, "meeting_required", 422, id="T104-tour-without-meeting"),
        pytest.param({"kind": "party"}, "kind_unknown", 422, id="kind-unknown"),
        pytest.param({"channel": "line"}, "channel_unknown", 422, id="T123-channel-unknown"),
        pytest.param({"approvers": ("a", "b")}, "too_many_approvers", 422, id="SC-20-two-approvers"),
        pytest.param({"kind": "gift", "amount": 1, "currency": "XAU"}, "invalid_body", 422, id="no-rate"),
    ],
)  # fmt: skip
def test_what_is_refused(teller, body, slug, status):
    answer = ask(teller, **body)
    assert (answer.rule, answer.status) == (slug, status)


@pytest.mark.parametrize("kind", ["call", "contact", "recommendation", "uplift", "refund"])
def test_what_is_asked_for_without_a_day_is_due_today_whatever_its_kind_is_given_otherwise(teller, kind):
    assert ask(teller, kind=kind).due_on == date(2025, 3, 10)


@pytest.mark.parametrize(
    ("purpose", "made"), [(None, False), ("spring_order", True)], ids=["T118-without-purpose", "with-purpose"]
)
def test_t118_a_call_to_a_gold_account_says_what_it_is_for(teller, purpose, made):
    teller.tiered("key", "2025-03-02")
    answer = ask(teller, kind="call", purpose=purpose)
    assert isinstance(answer, Task) == made
    assert made or answer.rule == "purpose_required"


@pytest.mark.parametrize(
    ("body", "status"),
    [
        pytest.param({"kind": "gift", "amount": 15_000}, "open", id="T105-150"),
        pytest.param({"kind": "gift", "amount": 20_000}, "open", id="the-cap-itself"),
        pytest.param({"kind": "gift", "amount": 50_000}, "awaiting_approval", id="T105-500"),
        pytest.param({"kind": "dinner", "meeting": MEETING}, "open", id="T103-dinner-with-its-meeting"),
        pytest.param({"kind": "tour", "meeting": MEETING | {"items": ()}}, "open", id="T104-tour-with-meeting"),
        pytest.param({"approvers": ("boss",)}, "awaiting_approval", id="SC-20-one-approver"),
        pytest.param({"approvers": ("a", "b"), "special": True}, "awaiting_approval", id="SC-20-special-case"),
    ],
)
def test_what_is_accepted(teller, body, status):
    assert ask(teller, **body).status == status


def test_t105_a_gift_above_the_cap_needs_one_approval(teller):
    gift = ask(teller, kind="gift", amount=50_000)
    assert teller.complete_task(gift, DAY).rule == "approval_missing"
    teller.fold(ApproveTask(task_id=gift.task_id, approver="boss"), day(DAY) + TICK)
    assert (now(teller, gift).status, now(teller, gift).approved_by) == ("open", ("boss",))
    again = teller.fold(ApproveTask(task_id=gift.task_id, approver="boss"), day(DAY) + TICK)
    assert again.rule == "no_approval_needed"
    teller.complete_task(gift, DAY)
    assert now(teller, gift).status == "completed"


def test_all_approvers_of_a_special_case_are_needed_and_one_no_ends_it(teller):
    task = ask(teller, approvers=("a", "b"), special=True)
    teller.fold(ApproveTask(task_id=task.task_id, approver="a"), day(DAY) + TICK)
    assert now(teller, task).status == "awaiting_approval"
    assert teller.fold(ApproveTask(task_id=task.task_id, approver="c"), day(DAY) + TICK).rule == "no_approval_needed"
    teller.fold(ApproveTask(task_id=task.task_id, approver="b", approved=False), day(DAY) + TICK)
    assert now(teller, task).status == "cancelled"
    assert teller.fold(ApproveTask(task_id=task.task_id, approver="b"), day(DAY) + TICK).rule == "task_closed"


def test_a_task_is_put_off_with_a_reason_and_judged_again_on_its_new_day(teller):
    task = ask(teller)
    teller.fold(SnoozeTask(task_id=task.task_id, until_on=date(2025, 3, 14), reason="on holiday"), day(DAY) + TICK)
    later = now(teller, task)
    assert (later.due_on, later.snoozed_because, later.let_through_on) == (date(2025, 3, 14), "on holiday", None)
    assert teller.state.places == ()
    teller.tick("2025-03-14")
    assert now(teller, task).let_through_on == date(2025, 3, 14)


@pytest.mark.parametrize("on", ["2025-03-10", "2025-04-10"], ids=["not-later", "too-far"])
def test_a_task_is_put_off_for_thirty_days_at_most(teller, on):
    task = ask(teller)
    asked = SnoozeTask(task_id=task.task_id, until_on=date.fromisoformat(on), reason="x")
    assert teller.fold(asked, day(DAY) + TICK).rule == "invalid_body"


@pytest.mark.parametrize("reason", ["", " \t"], ids=["empty", "blank"])
def test_nothing_is_put_off_or_cancelled_without_a_reason(teller, reason):
    task = ask(teller)
    for asked in (
        SnoozeTask(task_id=task.task_id, until_on=date(2025, 3, 14), reason=reason),
        CancelTask(task_id=task.task_id, reason=reason),
    ):
        assert teller.fold(asked, day(DAY) + TICK).rule == "reason_required"
    assert now(teller, task).status == "open"


def test_what_a_case_is_owed_is_not_put_off(teller):
    teller.complained(DAY)
    (task,) = teller.tasks("acknowledge")
    asked = SnoozeTask(task_id=task.task_id, until_on=date(2025, 3, 11), reason="x")
    assert teller.fold(asked, day(DAY) + TICK).rule == "not_snoozable"


def test_what_is_held_back_is_not_done(teller):
    teller.consented("2025-03-02", granted=False)
    assert teller.complete_task(ask(teller), DAY).rule == "task_closed"


def test_every_contact_is_in_the_ledger_and_a_desk_review_is_none(teller):
    teller.asked(DAY)
    teller.complete(DAY)
    teller.complete("2025-03-11", mode="desk_review", channel=None)
    rows = [(row.direction, row.channel, row.status) for row in teller.tables[Contact].values() if row.task_id is None]
    assert sorted(rows) == [("inbound", "email", "made"), ("outbound", "phone", "made")]


@pytest.mark.parametrize(
    "act",
    [
        lambda task: CancelTask(task_id=task, reason="no"),
        lambda task: SnoozeTask(task_id=task, until_on=date(2025, 3, 25), reason="on holiday"),
    ],
    ids=["cancelled", "put off"],
)
def test_a_place_that_is_given_back_is_taken_at_once_and_who_still_waits_learns_until_when(teller, act):
    first, _second = ask(teller, "2025-03-10"), ask(teller, "2025-03-12")
    waiting = [ask(teller, "2025-03-13"), ask(teller, "2025-03-13")]
    assert [now(teller, task).until for task in waiting] == [day("2025-03-17")] * 2
    teller.fold(act(first.task_id), day("2025-03-13") + timedelta(hours=1))
    found = [now(teller, task) for task in waiting]
    assert sorted((task.status, task.rule, task.until) for task in found) == [
        ("open", None, None),
        ("suppressed", "attention_cap", day("2025-03-19")),
    ]
    assert len(teller.said("contact.suppressed")) == 2


def test_another_cap_holds_for_what_waits(teller):
    ask(teller), ask(teller)
    waiting = ask(teller)
    teller.policy = overlay(default_policy(), {"values": {"care.cap_per_7_days": 3}})
    decision = RULES.redecide(teller.state, teller.context(day("2025-03-11"), Cause("activation", "policy.activated")))
    (row,) = [row for row in decision.rows if isinstance(row, Task)]
    assert (row.task_id, row.status, row.let_through_on) == (waiting.task_id, "open", date(2025, 3, 11))


def test_with_the_consent_the_preferred_channel_comes_back(teller):
    task = ask(teller)
    teller.consented("2025-03-11", granted=False)
    assert (now(teller, task).rule, now(teller, task).channel) == ("consent", None)
    teller.consented("2025-03-12", granted=True)
    assert (now(teller, task).status, now(teller, task).channel) == ("open", "email")


QUIET = {"contact.quiet_hours": {"begin": "21:00", "end": "08:00"}}


def test_who_moves_west_while_a_contact_waits_for_the_morning_is_contacted_on_its_day_there(new_teller):
    """When it may go is still the day before there: it waits on, and nothing spins."""
    teller = new_teller(**QUIET)
    teller.known("2025-03-01", time_zone="Pacific/Auckland")
    task = ask(teller, "2025-03-14", hour=12)
    assert (task.due_on, task.until) == (date(2025, 3, 15), day("2025-03-14") + timedelta(hours=19))
    moved = profile.CustomerUpdated(fields=("time_zone",), time_zone="America/Los_Angeles")
    teller.fold(moved, day("2025-03-14") + timedelta(hours=13))
    teller.wake(day("2025-03-15") + timedelta(hours=15) + TICK)
    assert (now(teller, task).status, now(teller, task).let_through_on) == ("open", date(2025, 3, 15))


def test_a_kind_that_is_made_no_more_is_judged_no_more(new_teller):
    teller = new_teller()
    teller.known("2025-03-01")
    waiting = [ask(teller) for _ in range(3)][-1]
    assert now(teller, waiting).status == "suppressed"
    teller.policy = overlay(default_policy(), {"values": {"tasks.catalogue.promotion": "off"}})
    teller.tick("2025-03-25")
    assert teller.open.status == "overdue"


def test_what_the_cap_holds_back_may_go_when_nobody_is_disturbed(new_teller):
    teller = new_teller(**QUIET)
    teller.known("2025-03-01", time_zone="Europe/Berlin")
    waiting = [ask(teller, "2025-03-24", hour=10) for _ in range(3)][-1]
    assert (waiting.rule, waiting.until) == ("attention_cap", day("2025-03-31") + timedelta(hours=6))
    teller.wake(day("2025-03-31") + timedelta(hours=6) + TICK)
    assert (now(teller, waiting).status, now(teller, waiting).let_through_on) == ("open", date(2025, 3, 31))
    assert len(teller.said("contact.suppressed")) == 1


def test_a_contact_that_is_made_before_its_day_takes_its_place_as_it_is_made(teller):
    early = [ask(teller, due_on="2025-03-20") for _ in range(3)]
    answers = [teller.complete_task(task, DAY, channel="email") for task in early]
    assert [getattr(answer, "rule", None) for answer in answers] == [None, None, "task_closed"]
    assert [now(teller, task).status for task in early] == ["completed", "completed", "open"]
    assert [contact(teller, task).place_on for task in early] == [date(2025, 3, 10), date(2025, 3, 10), None]
    assert ask(teller).rule == "attention_cap"


def test_a_contact_is_not_made_before_its_day_over_a_channel_without_consent(teller):
    task = ask(teller, due_on="2025-03-20")
    teller.consented(DAY, granted=False, purpose="marketing", channel="sms")
    assert teller.complete_task(task, "2025-03-11", channel="sms").rule == "task_closed"
    assert teller.complete_task(task, "2025-03-11").facts, "nobody was contacted"
    assert teller.state.places == ()


@pytest.mark.parametrize("granted", [False, True], ids=["opt in", "opt out"])
def test_another_default_of_consent_holds_for_what_waits(new_teller, granted):
    values = {"consent.default": {"marketing": not granted}}
    teller = new_teller(**values)
    teller.known("2025-03-01")
    task = ask(teller)
    assert task.status == ("suppressed" if granted else "open")
    teller.policy = overlay(default_policy(), {"values": {"consent.default": {"marketing": granted}}})
    decision = RULES.redecide(teller.state, teller.context(day("2025-03-11"), Cause("activation", "policy.activated")))
    row = [row for row in decision.rows if isinstance(row, Task)][-1]
    assert (row.task_id, row.status) == (task.task_id, "open" if granted else "suppressed")
    assert decision.state.places == ((Place(f"promotion|{task.key}", date(2025, 3, 11)),) if granted else ())


def test_whose_consent_is_taken_before_the_day_has_come_where_they_moved_is_judged_on_it(teller):
    teller.updated("2025-03-02", time_zone="Pacific/Auckland")
    task = ask(teller, "2025-03-14", hour=12)
    assert task.let_through_on == date(2025, 3, 15)
    moved = profile.CustomerUpdated(fields=("time_zone",), time_zone="America/Los_Angeles")
    teller.fold(moved, day("2025-03-14") + timedelta(hours=13))
    teller.consented("2025-03-14", granted=False, hour=14)
    assert (now(teller, task).status, now(teller, task).let_through_on) == ("open", None)
    assert (contact(teller, task).status, contact(teller, task).place_on) == ("planned", None)
    teller.wake(day("2025-03-15") + timedelta(hours=7) + TICK)
    assert (now(teller, task).status, now(teller, task).rule) == ("suppressed", "consent")


@pytest.mark.parametrize(
    ("words", "channel"),
    [
        pytest.param([], "email", id="the preferred one"),
        pytest.param([(False, {"channel": "email"})], None, id="not where it is forbidden"),
        pytest.param([(False, {"purpose": "marketing"})], "email", id="another purpose"),
        pytest.param([(False, {}), (True, {"channel": "sms"})], "sms", id="the only one that is granted"),
    ],
)
def test_work_lists_name_no_channel_that_the_customer_has_forbidden(teller, words, channel):
    for hour, (granted, about) in enumerate(words, 9):
        teller.consented("2025-03-02", granted, hour, **about)
    assert teller.tables[Customer][ID].preferred_channel == channel


def test_service_goes_on_over_another_channel_when_one_is_forbidden(teller):
    task = ask(teller, kind="appointment")
    assert task.channel == "email"
    teller.consented(DAY, granted=False, channel="email")
    assert (now(teller, task).status, now(teller, task).channel, contact(teller, task).channel) == ("open", None, None)
    teller.consented(DAY, granted=True, hour=10, channel="sms")
    teller.consented(DAY, granted=False, hour=11)
    assert now(teller, task).status == "open"


def test_what_waits_goes_over_the_channel_that_is_preferred_by_then(teller):
    kept, chosen = ask(teller, kind="appointment"), ask(teller, kind="appointment", channel="visit")
    later, held = ask(teller, due_on="2025-03-20"), [ask(teller) for _ in range(3)][-1]
    teller.updated("2025-03-11", preferred_channel="wechat")
    found = [now(teller, task).channel for task in (kept, chosen, later, held)]
    assert found == ["wechat", "visit", "wechat", "wechat"]
    assert (contact(teller, kept).channel, contact(teller, kept).status) == ("wechat", "planned")
    assert (contact(teller, held).channel, contact(teller, held).status) == ("wechat", "suppressed")
    teller.consented("2025-03-12", granted=False, purpose="marketing", channel="letter")
    teller.updated("2025-03-12", preferred_channel="letter")
    assert [now(teller, task).channel for task in (kept, later)] == ["letter", None]
