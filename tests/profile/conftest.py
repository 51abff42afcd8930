"""Several customers' files, folded by the engine's own fold without a database: what is said and kept is all here."""

from __future__ import annotations

import json
from collections import defaultdict
from datetime import UTC, datetime
from itertools import count
from types import SimpleNamespace

import msgspec
import pytest
from msgspec.structs import replace

from services.profile.api import router
from services.profile.domain.handles import normal_handle
from services.profile.domain.ledgers import Handle, NeedEntry, TimelineEntry
from services.profile.domain.rules import rules
from services.profile.store import LEDGERS
from services.profile.subscriptions import SUBSCRIPTIONS
from shared.contracts.envelope import Envelope, encode
from shared.contracts.ids import event_key
from shared.contracts.policy import default_policy, overlay
from shared.contracts.types import ALL
from shared.engine.alias import ALIASES, BELONGINGS
from shared.engine.decision import Event, Rows, StreamKey
from shared.engine.fold import Fold
from shared.engine.inputs import Input
from shared.engine.refold import as_recorded
from shared.engine.routing import canonical_of
from shared.engine.settlement import settle
from shared.engine.streams import Hindsight, Stream, World
from shared.engine.waking import wake
from tests.harness.engines import routes

ALL_LEDGERS = (ALIASES, BELONGINGS, *LEDGERS)
SECRET = b"a secret of sixteen bytes"


def at_nine(text):
    """`2025-03-01`, which means nine in the morning, or an instant with its time; in UTC where it says no zone."""
    at = datetime.fromisoformat(text if len(text) > 10 else f"{text}T09:00:00")
    return at if at.tzinfo else at.replace(tzinfo=UTC)


class Files:
    """All files of one deployment. `said`: the facts in sequence; `tables`: ledger row type -> key -> row."""

    def __init__(self, values=None, region=None):
        self.rules = rules(SECRET, region)
        self.policy = overlay(default_policy(), {"values": values or {}})
        self.streams, self.past = {}, defaultdict(list)
        self.rows, self.tables = Rows(), defaultdict(dict)
        self.said = []
        self._ids, self._seqs = count(1), count(1)

    def tell(self, name, subject, at, /, *, id=None, sender="shop", now=None, **data):
        """One event, recorded when it happened unless `now` says when; the outcome of the fold."""
        type_ = name if name in ALL else f"holdfast.{name}.v1"
        model = ALL[type_].model_validate_json(json.dumps(data))
        id = id or f"e{next(self._ids)}"
        time = at_nine(at)
        event = Event(event_key(sender, id), id, sender, type_, time, at_nine(now) if now else time, subject, model)
        return self.fold(event)

    def told_by(self, writer, name, customer, at, /, **data):
        """A fact of another service."""
        return self.tell(f"holdfast.{writer}.{name}.v1", str(customer), at, sender=f"holdfast/{writer}", **data)

    def fold(self, event):
        wanted = list(self.rules.candidates(event, self.rows))
        for key in wanted:
            self.streams.setdefault(key, Stream(key, self.rules.states[key.kind]()))
        world = World(policy=self.policy, policy_id="pol", clock=event.recordedtime)
        journals = {key: self.past[key] for key in self.streams}
        fold = Fold(self.rules, ALL_LEDGERS, world, self.streams, self.rows, Hindsight(journals))
        (outcome,) = settle(fold, [Input("kafka", event.recordedtime, event)], set())
        assert not fold.failures, fold.failures
        self._keep(fold)
        return outcome

    def folded_again(self, handle):
        """The state that the file's inputs give while the ledgers hold what they hold now."""
        key = StreamKey("customer", self.id_of(handle))
        world = World(policy=self.policy, policy_id="pol", clock=at_nine("2025-04-01"))
        return as_recorded(Fold(self.rules, ALL_LEDGERS, world, {}, self.rows), key, self.past[key]).state

    def wake(self, handle, until):
        """All that time alone does to this file before an instant."""
        world = World(policy=self.policy, policy_id="pol", clock=until)
        fold = Fold(self.rules, ALL_LEDGERS, world, self.streams, self.rows)
        wake(fold, self.streams[StreamKey("customer", self.id_of(handle))], until)
        self._keep(fold)

    def _keep(self, fold):
        for key, history in fold.histories.items():
            self.past[key] = history
        for key, applied in fold.applied.items():
            self.past[key] = [*self.past[key], *(replace(row, seq=next(self._seqs)) for row in applied)]
        again = {key.id for key in fold.folded_again}
        for ledger in ALL_LEDGERS:
            if again and ledger.forget:
                kept = {key: row for key, row in self.tables[ledger.row].items() if row.customer_id not in again}
                self.tables[ledger.row] = kept
        for table, rows in fold.saved.items():
            self.tables[table].update(rows)
        for row in fold.outbox:
            fact = json.loads(row.payload)
            name = fact["type"].removeprefix("holdfast.profile.").removesuffix(".v1")
            told = {key: fact.get(key) for key in ("subject", "homeid", "time", "causationid", "data")}
            self.said.append(SimpleNamespace(name=name, **told))

    def facts(self, name, subject=None):
        """The data of all facts of this name, about this customer where one is given."""
        return [f.data for f in self.said if f.name == name and subject in (None, f.subject)]

    def id_of(self, handle):
        """Whose the handle is."""
        return canonical_of(self.tables[Handle][normal_handle(handle)].customer_id, self.rows)

    def now(self, file):
        """Which customer a file is by now."""
        return canonical_of(file, self.rows)

    def state(self, handle):
        return self.streams[StreamKey("customer", self.id_of(handle))].state

    def needs(self, handle):
        """Versions of the customer, oldest first."""
        mine = [row for row in self.tables[NeedEntry].values() if row.customer_id == self.id_of(handle)]
        return sorted(mine, key=lambda row: row.version)

    def timeline(self, handle):
        """Entries of the customer by occurrence."""
        mine = [row for row in self.tables[TimelineEntry].values() if row.customer_id == self.id_of(handle)]
        return sorted(mine, key=lambda row: (row.at, row.entry_id))


@pytest.fixture
def files():
    return Files()


@pytest.fixture(scope="session")
def make_files():
    """Files under a policy of one's own: `make_files({"key": value})`."""
    return Files


@pytest.fixture
def instant():
    return at_nine


@pytest.fixture
async def engine(engine_of):
    return await engine_of(rules(b"a secret of sixteen bytes"), LEDGERS, SUBSCRIPTIONS, "2025-04-01T00:00:00+00:00")


@pytest.fixture
async def get(engine):
    async with routes(engine, router) as client:

        async def answer(path, expect=200, **query):
            got = await client.get("/v1" + path, params=query)
            assert got.status_code == expect, got.text
            return got.json()

        yield answer


@pytest.fixture
def tell(engine, instant):
    number = count(1)

    async def told(name, subject, at, /, sender="shop", **data):
        type_, source, id = f"holdfast.{name}.v1", sender, f"e{next(number)}"
        body, time = json.dumps(data).encode(), instant(at)
        envelope = Envelope(
            specversion="1.0",
            id=id,
            source=source,
            type=type_,
            subject=subject,
            time=time,
            recordedtime=time,
            data=msgspec.Raw(body),
        )
        model = ALL[type_].model_validate_json(body)
        event = Event(event_key(source, id), id, source, type_, time, time, subject, model)
        applied = await engine.apply([Input("kafka", time, event, body=encode(envelope))])
        assert not applied.failures, applied.failures
        return applied.outcomes[0].result

    return told


@pytest.fixture
def told_by(tell):
    """A fact of another service."""

    async def told(writer, name, customer, at, /, **data):
        return await tell(f"{writer}.{name}", str(customer), at, sender=f"holdfast/{writer}", **data)

    return told
