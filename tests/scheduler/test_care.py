"""The care calendar: whom we greet on which day, and how (CA-01 to CA-09)."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.scheduler.domain.commands import OfferProduct
from shared.contracts import profile
from shared.contracts.policy import default_policy, overlay
from shared.contracts.values import OccasionDate
from tests.scheduler.desk import TICK, day
from tests.scheduler.telling import Teller

BIRTHDAY = OccasionDate(kind="birthday", month=3, day=15, year=1990, volunteered=True)


def customer(tier: str = "key", *dates: OccasionDate, teller: Teller | None = None, **more: Any) -> Teller:
    teller = teller or Teller()
    teller.known("2025-01-02", "E", owner="ann", dates=dates, **more)
    teller.tiered(tier, "2025-01-02")
    return teller


def greetings(teller: Teller) -> list[tuple[str, str, str]]:
    found = [t for t in teller.tasks() if t.because == "occasion"]
    return sorted((t.due_on.isoformat(), t.kind, t.occasion) for t in found)


def test_t97_a_birthday_is_one_greeting_on_the_preferred_channel_and_a_gift():
    teller = customer("key", BIRTHDAY, preferred_channel="wechat")
    for _ in range(2):
        teller.tick("2025-03-15")
    (greeting,) = [t for t in teller.tasks("greeting") if t.occasion == "birthday"]
    assert (greeting.channel, greeting.options, greeting.due_on) == ("wechat", ("cake", "flowers"), date(2025, 3, 15))
    assert greeting.status == "open"
    assert [gift.options for gift in teller.tasks("gift") if gift.occasion == "birthday"] == [("cake", "flowers")]
    assert len([place for place in teller.state.places if place.key.startswith("birthday")]) == 1


def test_t99_key_accounts_are_greeted_and_given_something_on_the_folk_festivals():
    teller = customer("key")
    teller.tick("2026-12-31")
    festivals = [g for g in greetings(teller) if g[2] in ("lantern", "dragon_boat", "mid_autumn")]
    expected = [
        ("2025-02-12", "lantern"), ("2025-05-31", "dragon_boat"), ("2025-10-06", "mid_autumn"),
        ("2026-03-03", "lantern"), ("2026-06-19", "dragon_boat"), ("2026-09-25", "mid_autumn"),
    ]  # fmt: skip
    assert festivals == [(on, kind, name) for on, name in expected for kind in ("gift", "greeting")]


def test_a_small_customer_is_greeted_without_a_gift_and_not_at_all_where_the_policy_leaves_the_tier_out(new_teller):
    small = customer("small", BIRTHDAY)
    small.tick("2025-03-15")
    assert ("2025-03-15", "greeting", "birthday") in greetings(small)
    assert small.tasks("gift") == []
    left_out = customer("small", BIRTHDAY, teller=new_teller(**{"care.greeted_tiers": ["key"]}))
    left_out.tick("2025-12-31")
    assert greetings(left_out) == []


@pytest.mark.parametrize(
    ("region", "occasion", "on"),
    [
        pytest.param("DE", "easter_sunday", "2025-04-20", id="easter-in-Germany"),
        pytest.param("DE-BY", "christmas_day", "2025-12-25", id="a-part-of-a-country"),
        pytest.param("US-CA", "thanksgiving_day", "2025-11-27", id="the-fourth-Thursday"),
        pytest.param("IN", "diwali", "2025-10-20", id="by-the-library-of-public-holidays"),
        pytest.param("ZZ", "mid_autumn", "2025-10-06", id="unknown-regions-have-the-default"),
    ],
)
def test_holidays_are_those_of_the_customers_region(region, occasion, on):
    teller = customer("regular", region=region)
    teller.tick("2025-12-31")
    assert (on, "greeting", occasion) in greetings(teller)
    assert region == "ZZ" or not [g for g in greetings(teller) if g[2] == "mid_autumn"]


def test_a_region_may_have_no_festivals_at_all(new_teller):
    teller = customer("regular", teller=new_teller(**{"care.festivals": {"FR": [], "DE-BY": []}}), region="FR")
    other = customer("regular", teller=new_teller(**{"care.festivals": {"FR": [], "DE-BY": []}}), region="DE-BY")
    for one in (teller, other):
        one.tick("2025-12-31")
        assert greetings(one) == []


def test_the_policys_table_stands_in_place_of_the_computed_day_of_its_year(new_teller):
    teller = customer("regular", teller=new_teller(**{"care.holidays": {"mid_autumn": ["2025-10-07"]}}))
    teller.tick("2026-12-31")
    assert [on for on, _, name in greetings(teller) if name == "mid_autumn"] == ["2025-10-07", "2026-09-25"]


@pytest.mark.parametrize(
    ("told", "days"),
    [
        pytest.param({"month": 2, "day": 29, "year": 1992}, ["2025-02-28", "2026-02-28"], id="29-February"),
        pytest.param({"month": 9, "day": 1}, ["2025-09-01", "2026-09-01"], id="year-unknown"),
        pytest.param({"month": 8, "day": 15, "lunar": True}, ["2025-10-06", "2026-09-25"], id="lunar"),
        pytest.param({"month": 12, "day": 30, "lunar": True}, ["2025-01-28", "2026-02-16"], id="lunar-new-years-eve"),
    ],
)  # fmt: skip
def test_birthdays_of_all_kinds(told, days):
    teller = customer("regular", OccasionDate(kind="birthday", volunteered=True, **told))
    teller.tick("2026-12-31")
    assert [on for on, kind, name in greetings(teller) if (kind, name) == ("greeting", "birthday")] == days


def test_29_february_may_be_kept_on_1_march(new_teller):
    born = OccasionDate(kind="birthday", month=2, day=29, volunteered=True)
    teller = customer("regular", born, teller=new_teller(**{"care.feb29": "mar_1"}))
    teller.tick("2028-03-02")
    days = [on for on, _, name in greetings(teller) if name == "birthday"]
    assert days == ["2025-03-01", "2026-03-01", "2027-03-01", "2028-02-29"]


def test_the_year_in_which_it_began_is_no_anniversary_and_a_date_nobody_volunteered_is_none():
    dates = (
        OccasionDate(kind="wedding", month=6, day=1, year=2025, volunteered=True),
        OccasionDate(kind="founding", month=6, day=2, volunteered=False),
    )
    teller = customer("regular", *dates)
    teller.tick("2026-12-31")
    assert [g for g in greetings(teller) if g[2] in ("wedding", "founding")] == [("2026-06-01", "greeting", "wedding")]


def test_a_birthday_that_is_told_on_its_day_is_met_on_that_day_and_one_of_yesterday_is_not():
    teller = customer("regular")
    teller.updated("2025-03-15", dates=(BIRTHDAY, BIRTHDAY.model_copy(update={"kind": "wedding", "day": 14})))
    teller.tick("2025-03-16")
    assert [g[2] for g in greetings(teller) if g[0].startswith("2025-03")] == ["birthday"]


def test_a_day_is_the_customers():
    teller = customer("regular", BIRTHDAY, time_zone="Asia/Shanghai")
    teller.tick("2025-03-14")
    assert "birthday" not in {g[2] for g in greetings(teller)}
    teller.wake(day("2025-03-14").replace(hour=16) + TICK)
    assert "birthday" in {g[2] for g in greetings(teller)}


@pytest.mark.parametrize("first", ["tier", "time"])
def test_the_gifts_of_a_day_are_those_of_the_tier_that_its_first_instant_ends_in(first):
    teller = customer("regular", BIRTHDAY)
    if first == "time":
        teller.tick("2025-03-15")
    teller.tiered("key", "2025-03-15")
    teller.tick("2025-03-15")
    assert [gift.occasion for gift in teller.tasks("gift", "open")] == ["birthday"]


def test_t100_a_promotion_is_congratulated_on_the_same_day_by_card_sms_or_call():
    teller = customer("regular")
    teller.lived("2025-03-10", "promotion")
    (task,) = [t for t in teller.tasks() if t.occasion == "promotion"]
    assert (task.kind, task.due_on, task.options) == ("greeting", date(2025, 3, 10), ("card", "sms", "call"))


@pytest.mark.parametrize(("welcome", "kinds"), [(False, ["concern"]), (True, ["concern", "private_help"])])
def test_ca06_a_difficulty_is_met_with_concern_and_with_help_where_it_is_welcome(welcome, kinds):
    teller = customer("regular")
    if welcome:
        teller.consented("2025-03-01", granted=True, purpose="private_help")
    teller.lived("2025-03-10", "illness")
    assert [t.kind for t in teller.tasks() if t.occasion == "illness"] == kinds


def offer(teller: Teller, on: str, *, pilot: bool | None, tags: tuple[str, ...] = ("training",)) -> None:
    teller.fold(OfferProduct(product="p-1", tags=tags, pilot=pilot), day(on) + TICK)


@pytest.mark.parametrize(
    ("tier", "wave_1", "wave_2"),
    [("key", 1, 1), ("regular", 0, 1)],
    ids=["T47-key", "T47-others"],
)
def test_t47_a_pilot_goes_to_key_accounts_and_the_rest_comes_after_it(tier, wave_1, wave_2):
    teller = customer(tier, interests=("training",))
    offer(teller, "2025-03-10", pilot=True)
    assert len(teller.tasks("product_offer")) == wave_1
    offer(teller, "2025-05-10", pilot=False)
    assert len(teller.tasks("product_offer")) == wave_2, "nobody is offered it twice"


@pytest.mark.parametrize(
    ("file", "fits"),
    [
        pytest.param({"interests": ("training",)}, True, id="T114-it-is-among-the-interests"),
        pytest.param({"interests": ("music",)}, False, id="T114-it-is-not"),
        pytest.param({"interests": ("training", "video"), "dislikes": ("video",)}, False, id="part-of-it-is-disliked"),
    ],
)
def test_t114_a_product_goes_to_whom_it_fits(file, fits):
    teller = customer("regular", **file)
    offer(teller, "2025-03-10", pilot=None, tags=("training", "video"))
    assert len(teller.tasks("product_offer")) == fits


def test_t114_what_was_asked_for_counts_as_well():
    teller = customer("regular")
    teller.needs("2025-03-01", tags=("training",))
    offer(teller, "2025-03-10", pilot=None)
    assert len(teller.tasks("product_offer")) == 1


def test_sc15_gold_accounts_are_visited_every_quarter_and_nothing_piles_up():
    teller = customer("key")
    teller.tick("2025-04-01")
    assert teller.tasks("visit") == []
    teller.tick("2025-04-02")
    assert [t.due_on for t in teller.tasks("visit", "open")] == [date(2025, 4, 2)]
    teller.tick("2025-07-01")
    assert len(teller.tasks("visit")) == 1, "the last one waits still"


@pytest.mark.parametrize(
    ("segments", "loyalty", "kind", "first_on", "purpose"),
    [
        pytest.param(("gold",), "none", "call", "2025-02-01", "regular_call", id="SC-14-gold-accounts-are-called"),
        pytest.param(("gold",), "none", "message", "2025-03-03", "regular_message", id="SC-16-and-written-to"),
        pytest.param(("gold",), "none", "invitation", "2026-01-02", "company_visit", id="CA-14-and-invited"),
        pytest.param(("long_standing",), "none", "call", "2025-07-01", "regular_call", id="SC-14-long-standing"),
        pytest.param(("long_standing",), "none", "visit", "2026-01-02", "regular_visit", id="SC-15-long-standing"),
        pytest.param(("premium",), "none", "message", "2025-07-01", "regular_message", id="SC-16-premium"),
        pytest.param((), "none", "message", "2026-01-02", "regular_information", id="CA-16-everybody-is-informed"),
        pytest.param((), "loyal", "promotion", "2025-04-02", "loyal_customers", id="LO-05-the-loyal-are-offered"),
        pytest.param((), "repeat_only", "promotion", None, None, id="LO-05-others-are-not"),
    ],
)
def test_what_comes_round_by_itself(segments, loyalty, kind, first_on, purpose):
    teller = Teller(overlay(default_policy(), {"values": {"care.cap_per_7_days": 50}}))
    teller.known("2025-01-02", "E", owner="ann", interests=("chess", "tea"))
    teller.segmented("2025-01-02", "key" if "gold" in segments else "regular", *segments)
    teller.loyal("2025-01-02", loyalty)
    teller.tick("2026-01-02")
    found = sorted(teller.tasks(kind), key=lambda task: task.created_at)[:1]
    assert [(task.due_on.isoformat(), task.purpose) for task in found] == ([(first_on, purpose)] if first_on else [])
    if kind == "message":
        assert found[0].options == ("chess",), "about what interests (CA-07)"


def test_a_routine_ends_with_its_segment_and_leaves_a_place_for_what_cannot_wait(new_teller):
    routines = {
        "care.routines": {"gold_message": {"kind": "message", "every_days": 4, "segments": ["gold"], "purpose": "p"}}
    }
    teller = customer("key", BIRTHDAY, teller=new_teller(**routines))
    teller.tick("2025-03-15")
    assert all(task.status == "open" for task in teller.tasks("greeting") if task.occasion == "birthday")
    assert len(teller.tasks("message")) > 3
    teller.tiered("regular", "2025-03-16")
    count = len(teller.tasks("message"))
    teller.tick("2025-05-01")
    assert len(teller.tasks("message")) == count


@pytest.mark.parametrize("cap", [0, 1])
def test_where_no_place_is_ever_left_free_a_routine_is_not_asked_for_day_by_day(new_teller, cap):
    teller = customer("regular", teller=new_teller(**{"care.cap_per_7_days": cap, "care.greeted_tiers": []}))
    teller.tick("2026-06-01")
    assert teller.tasks("message") == []
    assert teller.state.routines == {"information": date(2027, 1, 2)}


@given(off=st.sets(st.sampled_from(["visit", "call", "message", "invitation", "promotion"])))
def test_a_wake_up_brings_something_or_the_last_of_its_routine_waits(off: set[str]):
    values = {f"tasks.catalogue.{kind}": "off" for kind in sorted(off)} | {"care.cap_per_7_days": 50}
    teller = customer("key", BIRTHDAY, teller=Teller(overlay(default_policy(), {"values": values})))
    while teller.wake_at is not None and teller.wake_at < day("2026-03-01"):
        facts, rows = len(teller.facts), {table: dict(held) for table, held in teller.tables.items()}
        waits = any(task.because.startswith("routine.") for task in teller.state.tasks)
        teller.wake(teller.wake_at + TICK)
        assert waits or len(teller.facts) > facts or teller.tables != rows


def test_a_life_event_is_met_once_however_often_it_is_told(new_teller):
    teller = new_teller()
    teller.known("2025-03-01", "D")
    teller.lived("2025-03-10", "promotion")
    teller.complete_task(teller.one("greeting"), "2025-03-10")
    said = profile.LifeEventRecorded(kind="promotion", on=date(2025, 3, 10), volunteered=True)
    assert teller.hear(said, "2025-03-12").because == "this was told before"
    assert teller.one("greeting").status == "completed"


@pytest.mark.parametrize(
    ("kind", "told", "made"),
    [
        pytest.param("promotion", "2025-03-17", ["greeting"], id="a week late"),
        pytest.param("promotion", "2025-03-18", [], id="too late for congratulations"),
        pytest.param("illness", "2025-03-18", ["concern"], id="not too late for concern"),
        pytest.param("illness", "2026-03-18", [], id="too late for concern"),
    ],
)
def test_what_was_long_ago_is_not_brought_up_again(new_teller, kind, told, made):
    teller = new_teller()
    teller.known("2025-03-01", "D")
    teller.hear(profile.LifeEventRecorded(kind=kind, on=date(2025, 3, 10), volunteered=True), told)
    assert teller.kinds("open") == made
