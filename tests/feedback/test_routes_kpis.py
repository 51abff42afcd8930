"""Figures counted from the ledgers of a real database, when asked for and at the end of their period."""

from __future__ import annotations

from datetime import date
from uuid import UUID, uuid5

from services.feedback.domain.kpis import KPIS
from shared.contracts import grading, profile, scheduler
from tests.feedback.database import ANN, BOB, CID, SPACE

MARCH = {"from_on": "2025-03-01", "to_on": "2025-03-31"}
FOLLOWUP = UUID(int=5)


async def kpi(stack, name, **query):
    ((item),) = (await stack.get("/kpis", kpi=name, **MARCH | query))["items"]
    return item


async def contact(stack, number, customer=ANN, **more):
    usual = {"channel": "hotline", "direction": "inbound", "human": True, "grievance": False, "question": False}
    told = usual | {"objection": False, "consent_purpose": "service", "interaction_id": f"i{number}"} | more
    await stack.tell(profile.InteractionRecorded(**told), customer)


async def answer(stack, number, survey, score, customer=ANN, **more):
    await stack.tell(profile.SurveyAnswered(answer_id=f"a{number}", survey=survey, score=score, **more), customer)


async def known(stack, customer, on="2025-01-01"):
    on = date.fromisoformat(on)
    await stack.tell(profile.CustomerRegistered(party="individual", kind="consumer", registered_on=on), customer)


async def test_complaints_stand_beside_contacts_and_what_nobody_heard(stack):
    for number in range(4):
        await contact(stack, number, grievance=number == 0)
    await contact(stack, 9, channel="email")
    await stack.complain("c1", channel="hotline")
    await stack.complain("c2", channel="email")
    found = await kpi(stack, "complaint_rate")
    assert (found["value"], found["n"], found["channel"], found["details"]["eligible"]) == (25.0, 4, "hotline", False)
    assert ((await kpi(stack, "complaint_rate", channel="email"))["value"]) == 100.0
    assert (await kpi(stack, "unheard_grievances"))["details"]["estimated_total"] == 10
    assert (await kpi(stack, "complaint_rate", to_on="2025-03-09"))["value"] is None


async def test_scores_are_counted_once_and_told_with_n(stack):
    for number, score in enumerate([10, 9, 9, 8, 7, 6, 3, 10, 0, 9]):
        await answer(stack, number, "nps", score, element="service_quality" if number < 2 else None)
    await answer(stack, 0, "nps", 10)
    found = await kpi(stack, "nps")
    assert (found["value"], found["n"], found["unit"]) == (20.0, 10, "points")
    assert (await kpi(stack, "nps", element="service_quality"))["value"] == 100.0
    assert (await kpi(stack, "csat"))["value"] is None
    assert [each["kpi"] for each in (await stack.get("/kpis", element="service_quality"))["items"]] == [
        "nps",
        "csat",
        "ces",
    ]
    await stack.get("/kpis", 422, kpi="happiness")


async def test_kp02_satisfaction_is_that_of_who_served_last(stack):
    await contact(stack, 1, agent="ann")
    await answer(stack, 1, "csat", 5)
    await contact(stack, 2, agent="bob")
    await answer(stack, 2, "csat", 1)
    await answer(stack, 3, "csat", 1, BOB)
    assert [(await kpi(stack, "staff_satisfaction", agent=name))["value"] for name in ("ann", "bob")] == [100.0, 0.0]
    assert (await kpi(stack, "staff_satisfaction"))["n"] == 2


async def test_kp03_retention_counts_who_was_there_at_the_beginning(stack):
    late = uuid5(SPACE, "late")
    for customer in (ANN, BOB, CID):
        await known(stack, customer)
    await known(stack, late, "2025-03-05")
    await stack.left(ANN)
    await stack.left(BOB)
    await stack.tell(profile.CustomerWonBack(on=date(2025, 3, 20)), BOB)
    await stack.tell(profile.CustomerExited(on=date(2025, 3, 11)), CID)
    found = await kpi(stack, "churn_rate")
    assert (found["n"], round(found["value"], 4), found["details"]["worse"]) == (3, 66.6667, True)
    assert (await kpi(stack, "retention_rate", from_on="2025-04-01", to_on="2025-04-30"))["n"] == 2


async def test_kp10_an_overdue_follow_up_counts_until_it_is_done_or_superseded(stack):
    overdue = {"due_on": date(2025, 3, 9), "journal": "weekly", "days": 1}
    await stack.tell(scheduler.FollowupOverdue(followup_id=FOLLOWUP, **overdue))
    assert (await kpi(stack, "followup_on_time_rate", grade="B"))["details"]["overdue"] == 1
    done = {"mode": "contact", "outcome": "advanced", "agent": "ann", "journal": "weekly", "due_on": date(2025, 3, 9)}
    need = {"demand": "latent", "stated_at": "2025-03-10T09:00:00Z"}
    await stack.tell(scheduler.FollowupCompleted(followup_id=FOLLOWUP, need=need, on_time=False, **done))
    await stack.tell(scheduler.FollowupOverdue(followup_id=UUID(int=6), **overdue))
    await stack.tell(scheduler.FollowupSuperseded(followup_id=UUID(int=6), because="grade"))
    found = await kpi(stack, "followup_on_time_rate")
    assert (found["value"], found["n"], found["details"]["late"]) == (0.0, 1, 1)
    assert (await kpi(stack, "followup_on_time_rate", agent="bob"))["value"] is None


async def test_purchases_profit_and_win_backs(stack):
    for customer, profit, tier in ((ANN, 800, "key"), (BOB, 200, "regular")):
        await known(stack, customer, "2025-03-02")
        await stack.tell(
            grading.ValueComputed(clv=1, historic=1, future=0, profit_12m=profit, currency="USD"), customer
        )
        await stack.tier(tier, customer)
    lost = grading.ValueComputed(clv=1, historic=1, future=0, profit_12m=-900, currency="USD")
    await stack.tell(lost, CID)
    for number, customer in enumerate((ANN, ANN, CID)):
        bought = {"kind": "placed", "ordered_on": date(2025, 3, 10), "amount": 100, "currency": "USD"}
        await stack.tell(profile.PurchaseRecorded(order_id=f"o{number}", **bought), customer)
    assert (await kpi(stack, "key_profit_share"))["value"] == 80.0
    assert (await kpi(stack, "repurchase_rate"))["value"] == 50.0
    assert (await kpi(stack, "conversion_rate"))["value"] == 50.0
    await stack.left(ANN)
    assert (await kpi(stack, "winback_rate"))["details"] == {"won": 0, "lost": 0, "open": 1}


async def spend(stack, customer=ANN, at=None, **more):
    await stack.tell(profile.CostAllocated(kind="service", **more), customer, at)


async def test_wb08_costs_lie_with_the_case_or_with_the_win_back_of_their_day(stack):
    await spend(stack, minutes=60, complaint_id="c1")
    await contact(stack, 1, minutes=30, complaint_id="c1")
    await spend(stack, at="2025-03-09", minutes=600)  # neither away nor complaining
    await stack.left(ANN)
    await contact(stack, 2, minutes=30)
    await spend(stack, BOB, amount=700, currency="USD")
    await stack.to("2025-03-12")
    await spend(stack, amount=500, currency="USD")
    await stack.tell(profile.CustomerWonBack(on=date(2025, 3, 12)))
    await stack.to("2025-03-13")
    await contact(stack, 3, minutes=600)  # back again
    assert ((found := await kpi(stack, "remediation_cost"))["value"], found["n"], found["unit"]) == (7500, 1, "money")
    found = await kpi(stack, "winback_cost")
    assert (found["value"], found["n"], found["details"]["returned"]) == (30 * 5000 // 60 + 500, 1, 1)


async def test_kp05_sales_referrals_and_what_was_imported(stack):
    for number, kind in enumerate(("placed", "cancelled")):
        bought = {"kind": kind, "ordered_on": date(2025, 3, 10), "amount": 900, "currency": "USD"}
        await stack.tell(profile.PurchaseRecorded(order_id=f"o{number}", **bought))
    await stack.tell(profile.ReferralRecorded(referred_customer_id=BOB))
    assert [(await kpi(stack, name))["value"] for name in ("sales", "referral_count", "market_share")] == [900, 1, None]
    told = {"from_on": "2025-03-01", "to_on": "2025-03-31", "value": 12.0, "source": "panel"}
    for value in (12.0, 12.5):
        answer = await stack.post("/kpis/market_share/imports", told | {"value": value}, 201)
        assert (answer["value"], answer["kpi"]) == (value, "market_share")
    assert ((await kpi(stack, "market_share"))["value"]) == 12.5
    assert (await kpi(stack, "market_share", to_on="2025-03-30"))["value"] is None
    await stack.post("/kpis/nps/imports", told, 422, "kpi_unknown")
    await stack.post("/kpis/market_share/imports", told | {"from_on": "2025-04-01"}, 422, "invalid_body")


async def test_kp08_steps_count_for_who_ended_them(stack):
    await stack.complain()
    ((case),) = (await stack.get("/cases"))["items"]
    for step, agent in (("R1", "ann"), ("R2", "bob")):
        path = f"/cases/{case['case_id']}/steps/{step}/complete"
        await stack.post(path, {"result": "done", "agent": agent})
        await stack.to("2025-03-20")
    assert [(await kpi(stack, "staff_solving", agent=name))["value"] for name in ("ann", "bob")] == [100.0, 0.0]
    assert (await kpi(stack, "staff_solving"))["n"] == 2


async def test_kpis_are_said_once_at_the_end_of_the_period(stack):
    await known(stack, ANN)
    await known(stack, BOB)
    await answer(stack, 1, "csat", 5)
    await stack.to("2025-03-31")
    assert await stack.said("kpi.computed") == []
    await stack.to("2025-05-20")
    said = {fact["kpi"]: fact for fact in await stack.said("kpi.computed")}
    assert len(said) == len(await stack.said("kpi.computed")) == len(KPIS)
    assert said["csat"] == {"kpi": "csat", "value": 100.0, "n": 1, **MARCH}
    assert said["nps"] == {"kpi": "nps", "value": None, "n": 0, **MARCH}
    assert said["churn_rate"]["n"] == 2


async def test_kp09_tables_are_exported_without_formulas(stack):
    await stack.tell(profile.CustomerChurned(kind="normal", reason="=cmd"))
    rows = (await stack.get("/exports/churns", **MARCH))["items"]
    assert [row["reason"] for row in rows] == ["=cmd"]
    answer = await stack.client.get("/exports/churns", params=MARCH | {"format": "csv"})
    header, line = answer.text.splitlines()
    assert (answer.headers["content-type"], line.split(",")[header.split(",").index("reason")]) == (
        "text/csv; charset=utf-8",
        "'=cmd",
    )
    for table in ("kpis", "cases", "winbacks", "feedback", "improvements"):
        assert "items" in await stack.get(f"/exports/{table}")


async def test_an_erased_persons_part_in_the_figures_stays_and_leads_to_nobody(stack):
    """Not in those that are counted by persons, nor in costs."""
    for customer in (ANN, BOB):
        await known(stack, customer)
        await contact(stack, customer, customer, agent="ann", grievance=True, touchpoint="hotline")
        for survey in ("nps", "csat"):
            await answer(
                stack, f"{customer}{survey}", survey, 4, customer, element="service_quality", touchpoint="shop"
            )
        await stack.complain(f"c-{customer}", customer, channel="hotline")
        order = {"order_id": f"o-{customer}", "kind": "placed", "ordered_on": date(2025, 3, 2), "amount": 700}
        await stack.tell(profile.PurchaseRecorded(**order), customer)
        await stack.tell(profile.ReferralRecorded(referred_customer_id=uuid5(SPACE, str(customer))), customer)
    by_persons = {"retention_rate", "churn_rate", "repurchase_rate", "conversion_rate", "key_profit_share"}

    async def figures():
        told = (await stack.get("/kpis", **MARCH))["items"]
        told += [await kpi(stack, "staff_satisfaction", agent="ann"), await stack.get("/elements", **MARCH)]
        return [item for item in told if item.get("kpi") not in by_persons]

    before = await figures()
    await stack.tell(profile.CustomerErased(on=date(2025, 3, 10)), ANN)
    assert await figures() == before
    left = await stack.engine.pool.fetch("select to_jsonb(s)::text as row from signal s where customer_id is null")
    assert len(left) == 8
    assert not [row for row in left if str(ANN) in row["row"]]
    ids = await stack.engine.pool.fetch("select signal_id from signal where customer_id is null")
    assert {str(row["signal_id"])[14] for row in ids} == {"4"}, "random, of nothing"


async def test_an_overdue_followup_goes_with_who_is_erased(stack):
    await known(stack, ANN)
    late = scheduler.FollowupOverdue(followup_id=FOLLOWUP, journal="weekly", due_on=date(2025, 3, 8), days=1)
    await stack.tell(late)
    assert (await kpi(stack, "followup_on_time_rate"))["n"] == 1
    await stack.tell(profile.CustomerErased(on=date(2025, 3, 10)))
    assert (await kpi(stack, "followup_on_time_rate"))["n"] == 0
