"""Taken back, a merge has never been: every history is graded as if the two had always been two."""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta
from itertools import count
from uuid import uuid5

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from services.grading.domain.rules import RULES
from services.grading.store import LEDGERS
from shared.contracts.policy import default_policy
from shared.contracts.profile import CostAllocated, CustomerMerged, CustomerSplit
from shared.engine.alias import ALIASES, BELONGINGS
from shared.engine.decision import Event, Rows, StreamKey
from shared.engine.fold import Fold
from shared.engine.inputs import Input
from shared.engine.settlement import settle
from shared.engine.streams import Hindsight, Stream, World
from shared.engine.waking import wake

HAPPENED = st.tuples(
    st.sampled_from(["ann", "bob"]),
    st.sampled_from(["need", "latent", "followup", "placed", "delivered", "refunded", "opened", "cost"]),
)
HISTORIES = st.lists(HAPPENED, max_size=8)


class Two:
    """Two customers, each with a registered file, folded by the engine's own fold."""

    def __init__(self, facts):
        self.facts = facts
        self.ids = {name: facts.case_id(name) for name in ("ann", "bob")}
        self.streams, self.rows, self.past = {}, Rows(), defaultdict(list)
        self.policy, self._seqs = default_policy(), count(1)
        for name in self.ids:
            self.tell(name, facts.registered(), facts.instant("2025-03-01"), name)

    def tell(self, name, data, at, id_):
        subject = str(self.ids[name])
        key = uuid5(self.ids["ann"], id_)
        event = Event(key, id_, "holdfast/test", data.TYPE, at, at, subject, data)
        for wanted in RULES.candidates(event, self.rows):
            self.streams.setdefault(wanted, Stream(wanted, RULES.states["customer"]()))
        world = World(policy=self.policy, policy_id="pol", clock=at)
        journals = {stream: self.past[stream] for stream in self.streams}
        fold = Fold(RULES, (ALIASES, BELONGINGS, *LEDGERS), world, self.streams, self.rows, Hindsight(journals))
        (outcome,) = settle(fold, [Input("kafka", at, event)], set())
        assert not fold.failures, fold.failures
        self.past.update(fold.histories)
        for stream, applied in fold.applied.items():
            self.past[stream] = [*self.past[stream], *(replace(row, seq=next(self._seqs)) for row in applied)]
        return outcome.result

    def live(self, history, day):
        for n, (name, kind) in enumerate(history):
            at = self.facts.instant(day) + timedelta(minutes=n)
            self.tell(name, self._fact(name, kind, n, day, at), at, f"{day} {n}")

    def _fact(self, name, kind, n, day, at):
        facts = self.facts
        close_on = at.date() + timedelta(days=20 * n)
        case = f"{name} {day} {n}"
        make = {
            "need": lambda: facts.need(stated_at=at, expected_close_on=close_on),
            "latent": lambda: facts.need(stated_at=at, demand="latent", source="inferred"),
            "followup": lambda: facts.followup(day, facts.case_id(case), stated_at=at, expected_close_on=close_on),
            "opened": lambda: facts.opened(day, case),
            "cost": lambda: CostAllocated(kind="service", minutes=10),
        }
        refunded = {"refunded_amount": 40} if kind == "refunded" else {}
        return make.get(kind, lambda: facts.order(kind, day, order_id=f"{name} {n % 2}", amount=100, **refunded))()

    def merge(self, day):
        word = CustomerMerged(into=self.ids["ann"], turn=1)
        assert self.tell("bob", word, self.facts.instant(day), "merge") == "applied"

    def split(self, day):
        word = CustomerSplit(from_=self.ids["ann"], into=self.ids["bob"], turn=2)
        assert self.tell("bob", word, self.facts.instant(day), "split") == "applied"

    def end(self, day):
        """Both states when a day begins, and when time alone changes them next."""
        until = self.facts.instant(day)
        world = World(policy=self.policy, policy_id="pol", clock=until)
        for stream in self.streams.values():
            wake(Fold(RULES, (ALIASES, BELONGINGS, *LEDGERS), world, self.streams, self.rows), stream, until)
        return [(self.streams[key].state, self.streams[key].wake_at) for key in self._keys()]

    def _keys(self):
        return [StreamKey("customer", id) for id in self.ids.values()]


@given(before=HISTORIES)
def test_a_merge_that_is_taken_back_leaves_both_as_they_were(facts, before):
    joined, apart = Two(facts), Two(facts)
    for two in (joined, apart):
        two.live(before, "2025-03-02")
    joined.merge("2025-03-05")
    joined.split("2025-03-06")
    assert joined.end("2025-03-07") == apart.end("2025-03-07")


@given(before=HISTORIES, between=HISTORIES)
def test_what_came_while_they_were_one_is_graded_for_whom_it_came(facts, before, between):
    joined, apart = Two(facts), Two(facts)
    for two in (joined, apart):
        two.live(before, "2025-03-02")
    joined.merge("2025-03-03")
    for two in (joined, apart):
        two.live(between, "2025-03-04")
    joined.split("2025-03-06")
    assert joined.end("2025-03-07") == apart.end("2025-03-07")
