"""Two customers in one service, folded by the engine's own fold without a database, joined and parted."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from itertools import count
from typing import Any
from uuid import UUID, uuid5

from msgspec.structs import replace

from shared.contracts.data import Data
from shared.contracts.policy import default_policy
from shared.contracts.profile import CustomerMerged, CustomerSplit
from shared.engine.alias import ALIASES, BELONGINGS
from shared.engine.decision import Event, Rows, Rules, StreamKey
from shared.engine.fold import Fold
from shared.engine.inputs import Input
from shared.engine.ledger import Ledger
from shared.engine.settlement import settle
from shared.engine.streams import Hindsight, Past, Stream, World
from shared.engine.waking import wake

ANN, BOB = UUID(int=0xA11), UUID(int=0xB0B)


class Two:
    """`tell` folds one input at its instant; `end` is how both stand."""

    def __init__(self, rules: Rules, ledgers: Sequence[Ledger]) -> None:
        self.rules, self.ledgers = rules, (ALIASES, BELONGINGS, *ledgers)
        self.streams: dict[StreamKey, Stream] = {}
        self.past: defaultdict[StreamKey, list[Past]] = defaultdict(list)
        self.rows, self.policy, self._seqs = Rows(), default_policy(), count(1)

    def tell(
        self, customer: UUID, data: Data, at: datetime, id: str, home: UUID | None = None, cause: str | None = None
    ) -> str:
        event = Event(uuid5(ANN, id), id, "holdfast/test", data.TYPE, at, at, str(customer), data, cause, home)
        for wanted in self.rules.candidates(event, self.rows):
            self.streams.setdefault(wanted, Stream(wanted, self.rules.states[wanted.kind]()))
        journals = {stream: self.past[stream] for stream in self.streams}
        fold = self._fold(at, Hindsight(journals))
        (outcome,) = settle(fold, [Input("kafka", at, event)], set())
        assert not fold.failures, fold.failures
        self._keep(fold)
        return outcome.result

    def merge(self, at: datetime) -> None:
        assert self.tell(BOB, CustomerMerged(into=ANN, turn=1), at, "merge") == "applied"

    def split(self, at: datetime) -> None:
        assert self.tell(BOB, CustomerSplit(from_=ANN, into=BOB, turn=2), at, "split") == "applied"

    def end(self, at: datetime) -> list[Any]:
        """Both states at this instant, and when time alone changes them next."""
        for stream in self.streams.values():
            fold = self._fold(at)
            wake(fold, stream, at)
            self._keep(fold)
        stood = [self.streams.get(StreamKey("customer", id)) for id in (ANN, BOB)]
        return [(stream.state, stream.wake_at) if stream else None for stream in stood]

    def _fold(self, at: datetime, hindsight: Hindsight | None = None) -> Fold:
        world = World(policy=self.policy, policy_id="pol", clock=at)
        return Fold(self.rules, self.ledgers, world, self.streams, self.rows, hindsight)

    def _keep(self, fold: Fold) -> None:
        self.past.update(fold.histories)
        for stream, applied in fold.applied.items():
            self.past[stream] = [*self.past[stream], *(replace(row, seq=next(self._seqs)) for row in applied)]
