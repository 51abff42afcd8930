"""What makes a task, once per cause, and what takes it away (events.md, the catalogue)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from services.scheduler.domain.commands import DecideExit
from shared.contracts import feedback, grading, profile
from shared.contracts.policy import default_policy
from shared.engine.decision import Refused
from tests.scheduler.desk import CASE, TICK, day
from tests.scheduler.telling import REVIEW, Teller

DAY = "2025-03-10"


@pytest.fixture
def teller() -> Teller:
    teller = Teller()
    teller.known("2025-03-01", owner="ann")
    return teller


def churn_risk(level: str) -> grading.ChurnRiskRaised:
    return grading.ChurnRiskRaised(level=level)


def test_t115_a_delivery_asks_for_a_call_after_three_days_and_a_visit_after_ninety(teller):
    teller.bought(DAY)
    teller.bought(DAY)
    made = {(task.kind, task.due_on.isoformat()) for task in teller.tasks()}
    assert made == {("post_purchase_contact", "2025-03-13"), ("usage_visit", "2025-06-08")}


@pytest.mark.parametrize(
    ("happened", "kind", "made"),
    [
        pytest.param(
            "2025-03-07", "delivered", {"post_purchase_contact": DAY, "usage_visit": "2025-06-05"}, id="in time"
        ),
        pytest.param(
            "2025-03-01",
            "delivered",
            {"post_purchase_contact": DAY, "usage_visit": "2025-05-30"},
            id="days late: today",
        ),
        pytest.param("2024-12-10", "delivered", {"usage_visit": DAY}, id="a visit is due today"),
        pytest.param("2024-12-09", "delivered", {"usage_visit": "2025-06-07"}, id="a visit is missed: the next one"),
        pytest.param("1997-01-04", "delivered", {"usage_visit": "2025-05-07"}, id="history: no call, the next visit"),
        pytest.param("2025-03-09", "delayed", {"proactive_contact": DAY}, id="a delay of yesterday"),
        pytest.param("1997-01-04", "delayed", {}, id="a delay of long ago"),
    ],
)
def test_what_is_heard_of_late_plans_no_contact_in_the_past(teller, happened, kind, made):
    said = profile.PurchaseRecorded(order_id="o-1", kind=kind, ordered_on=date.fromisoformat(happened))
    teller.fold(said, day(DAY) + TICK, time=day(happened))
    assert {task.kind: task.due_on.isoformat() for task in teller.tasks()} == made


def test_sc10_the_next_visit_is_planned_when_the_last_one_was_made_and_covers_all_that_is_owned(teller):
    teller.bought(DAY)
    teller.bought("2025-03-20", order="o-2")
    visit = teller.one("usage_visit")
    teller.complete_task(visit, "2025-06-10", channel="visit")
    assert [task.due_on for task in teller.tasks("usage_visit", "open")] == [date(2025, 9, 8)]


def test_t70_a_delay_asks_for_one_contact_until_the_goods_arrive(teller):
    teller.bought(DAY, "delayed", expected_on=date(2025, 3, 20))
    task = teller.one("proactive_contact")
    assert (task.due_on.isoformat(), task.status) == (DAY, "open")
    teller.bought("2025-03-12")
    assert teller.one("proactive_contact").reason == "delivered"


def test_t70_an_order_that_is_late_again_asks_for_one_contact_about_the_new_day(teller):
    teller.bought(DAY, "delayed", expected_on=date(2025, 3, 20))
    teller.bought(DAY, "delayed", order="o-2", expected_on=date(2025, 3, 20))
    teller.bought("2025-03-12", "delayed", expected_on=date(2025, 3, 27))
    waiting = {task.key: task.due_on.isoformat() for task in teller.tasks("proactive_contact", "open")}
    assert waiting == {"o-1|2025-03-27": "2025-03-12", "o-2|2025-03-20": DAY}


@pytest.mark.parametrize("end", ["delivered", "cancelled", "refunded"])
def test_a_delay_that_is_heard_of_after_the_end_of_the_order_is_no_news(teller, end):
    teller.bought("2025-03-12", end)
    teller.bought("2025-03-13", "delayed", expected_on=date(2025, 3, 11))
    assert teller.tasks("proactive_contact") == []


@pytest.mark.parametrize("order", [(0, 1), (1, 0)], ids=["delivered first", "paid back first"])
def test_what_is_paid_back_is_asked_about_no_more_and_used_no_more(teller, order):
    news = [{"kind": "delivered"}, {"kind": "refunded", "amount": 100, "refunded_amount": 100}]
    for n in order:
        teller.bought("2025-03-12", **news[n])
    assert teller.kinds("open") == []
    teller.bought("2025-03-13", order="o-2")
    teller.bought("2025-03-14", order="o-3")
    teller.bought("2025-03-15", "cancelled", order="o-2")
    assert [(task.kind, task.key) for task in teller.tasks(status="open")] == [
        ("post_purchase_contact", "o-3"), ("usage_visit", "2025-06-11"),
    ], "one thing is owned still"  # fmt: skip
    teller.bought("2025-03-16", "refunded", order="o-3", amount=100, refunded_amount=40)
    assert len(teller.kinds("open")) == 2, "paid back in part"
    teller.bought("2025-03-17", "refunded", order="o-3", amount=100, refunded_amount=100)
    assert teller.kinds("open") == []


@pytest.mark.parametrize(
    ("said", "due_on"),
    [
        pytest.param({"feasible": True, "tags": ("training",)}, DAY, id="T102-feasible-due-the-same-day"),
        pytest.param({"feasible": False}, None, id="T102-infeasible-is-recorded-alone"),
        pytest.param({}, None, id="nobody-has-said-that-it-can-be-done"),
        pytest.param({"feasible": True, "demand": "none"}, None, id="no-need-at-all"),
    ],
)
def test_a_need_that_can_be_met_is_a_task_at_once(teller, said, due_on):
    teller.needs(DAY, **said)
    assert [task.due_on.isoformat() for task in teller.tasks("need")] == ([due_on] if due_on else [])


def test_the_same_need_again_is_no_second_task_and_one_that_is_gone_takes_it_away(teller):
    for version, hour in ((1, 9), (2, 10)):
        teller.needs(DAY, version, hour, feasible=True, tags=("training",))
    assert teller.one("need").status == "open"
    teller.needs("2025-03-11", 3, demand="none")
    assert teller.one("need").reason == "need_gone"
    teller.needs(DAY, 4, 8, feasible=True)
    assert teller.kinds("open") == [], "an older need stated late changes nothing"


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        pytest.param({"tags": ("pump", "scent")}, ("pump",), id="what-is-needed-now-less-what-is-disliked"),
        pytest.param({"tags": ("scent",)}, None, id="nothing-but-what-is-disliked"),
        pytest.param({}, None, id="nobody-knows-what"),
        pytest.param({"tags": ("pump",), "demand": "latent"}, None, id="not-needed-now"),
        pytest.param({"tags": ("pump",), "deal_possible": False}, None, id="no-chance-of-a-deal"),
        pytest.param({"tags": ("pump",), "feasible": True}, None, id="a-task-of-its-own"),
        pytest.param({"tags": ("pump",), "feasible": False}, None, id="cannot-be-met"),
    ],
)
def test_sc13_what_is_needed_now_is_recommended(said, shown):
    teller = Teller()
    teller.known("2025-03-01", dislikes=("scent",))
    teller.needs(DAY, **said)
    assert [task.options for task in teller.tasks("recommendation")] == ([shown] if shown else [])


def test_sc13_once_in_the_policys_days_and_while_it_is_needed(teller):
    for version, hour in ((1, 9), (2, 10)):
        teller.needs(DAY, version, hour, tags=("pump",))
    assert teller.one("recommendation").due_on == date(2025, 3, 11)
    teller.needs("2025-03-11", 3, demand="none")
    assert teller.one("recommendation").reason == "need_gone"
    teller.needs("2025-03-12", 4, tags=("pump", "hose"))
    assert [task.options for task in teller.tasks("recommendation", "open")] == [("hose",)]


def test_sc13_a_need_of_long_ago_recommends_nothing(teller):
    stated = day("2025-01-01")
    teller.hear(
        profile.NeedChanged(demand="target", tags=("pump",), stated_at=stated, version=1, source="stated"), "2025-04-01"
    )
    assert teller.tasks("recommendation") == []


@pytest.mark.parametrize(
    ("tell", "because"),
    [
        pytest.param(lambda teller: teller.asked(DAY), "question", id="CA-20-question"),
        pytest.param(lambda teller: teller.asked(DAY, question=False, objection=True), "objection", id="objection"),
        pytest.param(
            lambda teller: teller.hear(
                profile.FeedbackReceived(feedback_id="f-1", kind="suggestion", source="direct"), DAY
            ),
            "suggestion",
            id="T91-suggestion",
        ),
    ],
)
def test_ca20_what_was_asked_is_answered_by_the_next_day(teller, tell: Callable[[Teller], None], because):
    tell(teller)
    task = teller.one("reply")
    assert (task.because, task.due_on.isoformat()) == (because, "2025-03-11")


@pytest.mark.parametrize(
    ("survey", "score", "calls"),
    [
        pytest.param("nps", 3, 1, id="T131-nps-3"),
        pytest.param("nps", 6, 1, id="nps-6-is-low"),
        pytest.param("nps", 7, 0, id="T131-nps-7"),
        pytest.param("csat", 2, 1, id="csat-2-is-low"),
        pytest.param("csat", 3, 0, id="csat-3-is-not"),
        pytest.param("ces", 1, 0, id="a-survey-without-a-low-score"),
    ],
)
def test_fb19_a_low_score_asks_for_a_call(teller, survey, score, calls):
    teller.scored(DAY, score, survey)
    assert len(teller.tasks("call")) == calls


def test_t63_grievances_that_pile_up_ask_for_one_call(teller):
    teller.hear(feedback.ComplaintRiskRaised(grievances=3, window_days=30), "2025-03-20")
    assert (teller.one("call").purpose, teller.one("call").due_on) == ("complaint_risk", date(2025, 3, 20))


@pytest.mark.parametrize("loyal_first", [True, False], ids=["loyal-first", "answer-first"])
@pytest.mark.parametrize(("score", "asks"), [(9, 1), (6, 0)], ids=["T46-promoter", "T46-detractor"])
def test_t46_a_loyal_promoter_is_asked_for_a_referral(teller, loyal_first, score, asks):
    tellings = [lambda: teller.loyal(DAY), lambda: teller.scored(DAY, score)]
    for tell in tellings if loyal_first else tellings[::-1]:
        tell()
    assert len(teller.tasks("referral_ask")) == asks
    teller.loyal("2025-03-11")
    assert len(teller.tasks("referral_ask")) == asks, "once for an answer"


@pytest.mark.parametrize("heard", [("2025-03-07", "2025-03-08"), ("2025-03-08", "2025-03-07")], ids=str)
@pytest.mark.parametrize(("last", "asks"), [(4, []), (10, ["open"])], ids=["detractor", "promoter"])
def test_lo04_the_last_word_is_that_which_was_given_last(teller, heard, last, asks):
    teller.loyal("2025-03-05")
    scores = {"2025-03-07": 9 if last == 4 else 3, "2025-03-08": last}
    for given_on in heard:
        teller.scored(given_on, scores[given_on], heard_on=DAY)
    assert [task.status for task in teller.tasks("referral_ask", "open")] == asks


def test_t49_a_key_account_without_an_owner_gets_one_task_and_with_one_none():
    orphan = Teller()
    orphan.known("2025-03-01")
    orphan.tiered("key", DAY)
    orphan.tiered("key", "2025-03-11")
    assert orphan.one("assign_owner").status == "open"
    orphan.updated("2025-03-12", owner="ann")
    assert orphan.one("assign_owner").reason == "not_needed"


def test_t49_none_if_the_owner_exists(teller):
    teller.tiered("key", DAY)
    assert teller.tasks("assign_owner") == []


def test_t119_the_owner_of_a_key_account_gets_one_notice_per_change(teller):
    teller.tiered("key", "2025-03-02")
    teller.updated(DAY, "handles")
    teller.graded("A", DAY)
    teller.complained(DAY)
    teller.graded("A", DAY, urgency="urgent")
    assert sorted(task.purpose for task in teller.tasks("owner_notice")) == ["complaint", "customer", "grade"]
    teller.updated(DAY, "handles")
    assert len(teller.tasks("owner_notice")) == 4, "two changes of one day are two"


@pytest.mark.parametrize(("kind", "told"), [("news", ["news"]), ("mention", [])])
def test_ka03_news_of_a_key_account_reach_its_owner(teller, kind, told):
    teller.tiered("key", "2025-03-02")
    teller.hear(profile.MentionMatched(mention_id="m-1", sentiment="neutral", network="weibo", kind=kind), DAY)
    assert [task.purpose for task in teller.tasks("owner_notice")] == told


def test_ka05_changes_of_other_customers_reach_nobody(teller):
    teller.updated(DAY, "handles")
    teller.complained(DAY)
    assert teller.tasks("owner_notice") == []


def test_uplift_and_churn_risk_are_one_task_each_until_their_reason_is_gone(teller):
    for _ in range(2):
        teller.hear(grading.UpliftSuggested(from_="regular", to="key"), DAY)
    teller.hear(churn_risk("at_risk"), DAY)
    teller.hear(churn_risk("suspected_churn"), "2025-03-20")
    assert teller.kinds("open") == ["contact", "uplift"]
    teller.tiered("key", "2025-03-21")
    teller.bought("2025-03-21", "placed")
    assert {task.kind: task.reason for task in teller.tasks(status="cancelled")} == {
        "uplift": "tier_reached",
        "contact": "bought_again",
    }


def test_t79_a_departure_without_a_reason_is_investigated_until_it_is_known(teller):
    teller.churned(DAY, "unknown")
    assert teller.one("investigate_churn").status == "open"
    teller.churned("2025-03-12", "price")
    assert teller.one("investigate_churn").reason == "reason_known"


def test_a_winbacks_steps_are_tasks_and_one_that_nobody_may_do_is_a_decision(teller):
    steps = tuple(
        feedback.PlannedWinbackStep(step=f"W{n}", due_on=date(2025, 3, 9 + n), channels=("phone",) if n == 2 else None)
        for n in range(1, 6)
    )
    teller.hear(feedback.WinbackStarted(case_id=CASE, steps=steps), DAY)
    teller.hear(feedback.WinbackStepBlocked(case_id=CASE, step="W2", because="no_channel"), DAY)
    assert teller.kinds() == ["case_step"] * 5 + ["decision"]
    teller.hear(
        feedback.WinbackStepCompleted(case_id=CASE, step="W2", result="done", channel="phone", outcome="advanced"), DAY
    )
    assert {(task.kind, task.step, task.status) for task in teller.tasks() if task.status != "open"} == {
        ("case_step", "W2", "completed"),
        ("decision", "W2", "cancelled"),
    }
    teller.hear(feedback.WinbackClosed(case_id=CASE, won=False), "2025-03-12")
    assert teller.kinds("open") == []


def test_a_customer_who_is_back_leaves_the_measure_to_be_taken_alone(teller):
    steps = tuple(feedback.PlannedWinbackStep(step=f"W{n}", due_on=date(2025, 3, 9 + n)) for n in range(1, 6))
    teller.hear(feedback.WinbackStarted(case_id=CASE, steps=steps), DAY)
    teller.hear(profile.CustomerWonBack(on=date(2025, 3, 11)), "2025-03-11")
    assert [task.step for task in teller.tasks() if task.status == "open"] == ["W5"]


def test_t130_what_was_bought_and_looked_at_is_recommended_and_nothing_that_is_disliked(teller):
    teller.updated("2025-03-02", dislikes=("scents",))
    for category in ("filters", "scents"):
        teller.bought(DAY, "placed", order=category, categories=(category,))
        teller.browsed("2025-03-11", category)
    teller.browsed("2025-03-11", "pans")
    assert teller.one("recommendation").options == ("filters",)
    teller.browsed("2025-03-12", "filters")
    assert len(teller.tasks("recommendation")) == 1


def test_surveys_and_plans_become_tasks(teller):
    for _ in range(2):
        teller.hear(feedback.SurveyRequested(survey="csat", trigger="resolved", due_on=date(2025, 3, 11)), DAY)
    teller.hear(feedback.FeedbackFlagged(feedback_id="f-1", flag="no_plan"), DAY)
    assert teller.kinds() == ["action_plan", "survey_ask"]


def test_t41_an_exit_review_that_nobody_decides_changes_nothing(teller):
    teller.reviewed(DAY)
    teller.tick("2025-06-01")
    assert teller.one("exit_review").status == "open"
    assert teller.said("exit.decided") == []


def decide(teller: Teller, *, approved: bool) -> object:
    asked = DecideExit(review_id=REVIEW, approved=approved, by="boss", reason="no profit")
    return teller.fold(asked, day("2025-03-12") + TICK)


def test_t42_an_approved_exit_parts_properly_and_ends_everything_else(teller):
    teller.bought(DAY)
    teller.reviewed(DAY)
    decide(teller, approved=True)
    assert isinstance(decide(teller, approved=False), Refused), "409 already_decided"
    assert [fact.approved for fact in teller.said("exit.decided")] == [True]
    teller.hear(profile.CustomerExited(on=date(2025, 3, 13)), "2025-03-13")
    assert teller.kinds("open") == ["end_membership", "refund", "suggest_supplier"]
    assert (teller.state.open, [fact.because for fact in teller.said("followup.superseded")]) == (None, ["exited"])
    teller.lived("2025-04-01", "promotion")
    (held,) = teller.tasks("greeting")
    assert (held.status, held.rule) == ("suppressed", "exited")
    teller.hear(churn_risk("at_risk"), "2025-04-02")
    assert teller.tasks("contact") == []


def test_a_declined_exit_makes_nothing(teller):
    teller.reviewed(DAY)
    decide(teller, approved=False)
    assert teller.kinds("open") == []


@pytest.mark.parametrize(("kept_on", "broken"), [("2025-03-12", 0), (None, 1)], ids=["kept-on-its-day", "T69-not-kept"])
def test_t69_a_promise_is_broken_once_the_day_after_its_own(teller, kept_on, broken):
    teller.promised(DAY, "2025-03-12")
    teller.tick("2025-03-12")
    assert teller.said("commitment.breached") == []
    if kept_on:
        teller.kept(kept_on)
    for on in ("2025-03-13", "2025-03-14"):
        teller.tick(on)
    assert teller.at("commitment.breached") == ["2025-03-13T00:00:00+00:00"] * broken


def test_a_promise_that_was_kept_before_it_was_heard_of_is_never_broken(teller):
    teller.kept(DAY)
    teller.promised("2025-03-11", DAY)
    teller.tick("2025-04-01")
    assert teller.said("commitment.breached") == []


def test_a_promise_that_is_heard_of_too_late_is_broken_by_time_alone(teller):
    """All that was recorded by then is heard first: that it was kept may be among it."""
    for id in ("p-1", "p-2"):
        teller.promised("2025-03-15", DAY, id)
    teller.kept("2025-03-15", "p-1")
    assert teller.said("commitment.breached") == []
    teller.tick("2025-03-16")
    assert [fact.commitment_id for fact in teller.said("commitment.breached")] == ["p-2"]
    assert teller.at("commitment.breached") == ["2025-03-15T09:00:00.000001+00:00"]


def test_what_nobody_does_loses_its_point_by_the_policys_day(teller):
    teller.bought(DAY)
    teller.tick("2025-04-12")
    assert teller.one("post_purchase_contact").status == "open"
    teller.tick("2025-04-13")
    assert teller.one("post_purchase_contact").reason == "expired"
    assert len(teller.said("task.overdue")) == 1


def test_an_erased_customers_tasks_end(teller):
    teller.bought(DAY)
    decision = teller.hear(profile.CustomerErased(on=date(2025, 3, 11)), "2025-03-11")
    assert decision.erases
    assert sorted(fact.kind for fact in teller.said("task.cancelled")) == ["post_purchase_contact", "usage_visit"]


def test_every_kind_of_the_contract_is_in_the_catalogue_with_a_role_and_a_checklist():
    kinds = (
        "acknowledge assist case_step call visit message contact proactive_contact post_purchase_contact usage_visit "
        "appointment need recommendation product_offer promotion greeting gift concern private_help dinner tour "
        "invitation compensation assign_owner uplift referral_ask reply survey_ask investigate_churn decision "
        "exit_review end_membership refund suggest_supplier action_plan owner_notice"
    )
    tasks = default_policy().tasks
    assert tasks.kinds == sorted(kinds.split())
    assert all(tasks.play(kind).role and tasks.play(kind).checklist for kind in tasks.kinds)


def test_a_kind_that_the_policy_turns_off_is_not_made(new_teller):
    teller = new_teller(**{"tasks.catalogue.usage_visit": "off"})
    teller.known("2025-03-01")
    teller.bought(DAY)
    assert teller.kinds() == ["post_purchase_contact"]


def test_a_delay_that_is_told_again_asks_for_nothing_more(teller):
    late = {"kind": "delayed", "expected_on": date(2025, 3, 20)}
    teller.bought(DAY, **late)
    teller.complete_task(teller.one("proactive_contact"), DAY)
    teller.bought("2025-03-12", **late)
    assert teller.one("proactive_contact").status == "completed"
    teller.bought("2025-03-13", **late | {"expected_on": date(2025, 3, 25)})
    assert [task.status for task in teller.tasks("proactive_contact")] == ["completed", "open"]


PLAN = {
    "cause": "tier.assigned", "role": "account_manager", "consent_purpose": "service",
    "checklist": ["plan_its_promotions", "agree_on_its_rewards"], "due_days": 7, "contact": False,
}  # fmt: skip


def test_ka04_each_key_account_has_a_plan_of_its_own_once_while_it_is_one(new_teller):
    teller = new_teller(**{"tasks.catalogue": {"account_plan": PLAN}})
    teller.known("2025-03-01")
    teller.tiered("key", "2025-03-02")
    assert teller.tasks("account_plan") == [], "without an owner nobody could plan"
    teller.updated("2025-03-03", owner="ann")
    teller.updated("2025-03-04", owner="bob")
    assert [(t.due_on.isoformat(), t.status) for t in teller.tasks("account_plan")] == [("2025-03-10", "open")]
    teller.tiered("regular", "2025-03-05")
    assert teller.one("account_plan").status == "cancelled"
    teller.tiered("key", "2025-04-05")
    assert sorted(t.status for t in teller.tasks("account_plan")) == ["cancelled", "open"]


def test_ka04_no_plan_is_asked_for_where_the_policy_has_none(teller):
    teller.known("2025-03-01", owner="ann")
    teller.tiered("key", "2025-03-02")
    assert teller.tasks("account_plan") == []
