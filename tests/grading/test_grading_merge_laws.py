"""Taken back, a merge has never been: every history is graded as if the two had always been two."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from services.grading.domain.rules import RULES
from services.grading.store import LEDGERS
from shared.contracts.profile import CostAllocated
from tests.harness.two import ANN, BOB, Two

HAPPENED = st.tuples(
    st.sampled_from([ANN, BOB]),
    st.sampled_from(["need", "latent", "followup", "placed", "delivered", "refunded", "opened", "cost"]),
)
HISTORIES = st.lists(HAPPENED, max_size=8)


class Graded(Two):
    """Two customers with a registered file."""

    def __init__(self, facts):
        super().__init__(RULES, LEDGERS)
        self.facts = facts
        for who in (ANN, BOB):
            self.tell(who, facts.registered(), facts.instant("2025-03-01"), str(who))

    def live(self, history, day):
        for n, (who, kind) in enumerate(history):
            at = self.facts.instant(day) + timedelta(minutes=n)
            self.tell(who, self._fact(who, kind, n, day, at), at, f"{day} {n}")

    def _fact(self, who, kind, n, day, at):
        facts = self.facts
        close_on = at.date() + timedelta(days=20 * n)
        case = f"{who} {day} {n}"
        make = {
            "need": lambda: facts.need(stated_at=at, expected_close_on=close_on),
            "latent": lambda: facts.need(stated_at=at, demand="latent", source="inferred"),
            "followup": lambda: facts.followup(day, facts.case_id(case), stated_at=at, expected_close_on=close_on),
            "opened": lambda: facts.opened(day, case),
            "cost": lambda: CostAllocated(kind="service", minutes=10),
        }
        refunded = {"refunded_amount": 40} if kind == "refunded" else {}
        return make.get(kind, lambda: facts.order(kind, day, order_id=f"{who} {n % 2}", amount=100, **refunded))()


@given(before=HISTORIES)
def test_a_merge_that_is_taken_back_leaves_both_as_they_were(facts, before):
    joined, apart = Graded(facts), Graded(facts)
    for two in (joined, apart):
        two.live(before, "2025-03-02")
    joined.merge(facts.instant("2025-03-05"))
    joined.split(facts.instant("2025-03-06"))
    assert joined.end(facts.instant("2025-03-07")) == apart.end(facts.instant("2025-03-07"))


@given(before=HISTORIES, between=HISTORIES)
def test_what_came_while_they_were_one_is_graded_for_whom_it_came(facts, before, between):
    joined, apart = Graded(facts), Graded(facts)
    for two in (joined, apart):
        two.live(before, "2025-03-02")
    joined.merge(facts.instant("2025-03-03"))
    for two in (joined, apart):
        two.live(between, "2025-03-04")
    joined.split(facts.instant("2025-03-06"))
    assert joined.end(facts.instant("2025-03-07")) == apart.end(facts.instant("2025-03-07"))


def test_a_need_that_a_merge_made_known_goes_with_its_file(facts):
    joined, apart = Graded(facts), Graded(facts)
    for two in (joined, apart):
        two.live([(ANN, "latent"), (BOB, "need")], "2025-03-02")
    joined.merge(facts.instant("2025-03-03"))
    need = facts.need(stated_at=facts.instant("2025-03-02") + timedelta(minutes=1), expected_close_on="2025-03-22")
    joined.tell(ANN, need, facts.instant("2025-03-03"), "said again", home=BOB)
    joined.split(facts.instant("2025-03-04"))
    (mine, his), (mine_apart, his_apart) = (two.end(facts.instant("2025-03-05")) for two in (joined, apart))
    assert mine == mine_apart
    assert his[0].need.expected_close_on == his_apart[0].need.expected_close_on
