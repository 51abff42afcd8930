"""From a line to the event it stands for, judged by the rules that profile will judge it by."""

from __future__ import annotations

from datetime import date, datetime
from hashlib import sha256
from typing import Any, Final, NamedTuple
from uuid import UUID

import msgspec
from msgspec import Struct

from holdfast.imports.columns import OF_THE_EVENT, TYPES, What, fields_of, known_columns, typed
from holdfast.imports.rows import Row
from services.profile.domain.refusals import refusal
from shared.clock import start_of_day
from shared.contracts.data import Data
from shared.contracts.envelope import MAX_BYTES, Envelope, decode, encode
from shared.contracts.ids import event_key
from shared.contracts.policy import Policy
from shared.contracts.reading import read
from shared.contracts.types import UPSTREAM
from shared.contracts.undecodable import Undecodable
from shared.engine.decision import Cause, Context, Event, Refused, Rows, StreamKey

ONCE: Final = frozenset({"placed", "delivered", "cancelled"})
"""Happens to an order once: its id alone is the event's."""
NOBODY: Final = StreamKey("customer", UUID(int=0))


class Fault(NamedTuple):
    """Why a line is not sent: a slug, and a sentence."""

    line: int
    reason: str
    detail: str


class Record(NamedTuple):
    """One upstream event as it is sent."""

    key: bytes
    value: bytes


class Judge(Struct, frozen=True):
    """The same line gives the same event id, so that a file sent twice is taken once."""

    what: What
    source: str
    policy: Policy
    now: datetime
    from_text: bool
    """The cells are text, to be read as their columns say."""

    def __call__(self, row: Row) -> Record | Fault:
        if row.cells is None:
            return Fault(row.number, "unreadable", row.fault or "cannot be read")
        try:
            return self._judged(row.number, row.cells)
        except Undecodable as error:
            return Fault(row.number, error.reason, error.detail)
        except UnicodeEncodeError:
            return Fault(row.number, "unreadable", "is no UTF-8")

    def _judged(self, number: int, cells: dict[str, Any]) -> Record | Fault:
        verbs = TYPES[self.what]
        verb = str(cells.get("type", next(iter(verbs))))
        if verb not in verbs:
            return Fault(number, "unknown_type", f"type: {verb} is none of {', '.join(verbs)}")
        model = verbs[verb]
        if wrong := self._missing(cells, model):
            return Fault(number, *wrong)
        envelope = self._envelope(verb, model, cells)
        value = encode(envelope)
        if len(value) > MAX_BYTES:
            return Fault(number, "too_large", f"the event has {len(value)} bytes; at most {MAX_BYTES} are taken")
        sound = decode(value)
        refused = self._refused(sound, read(sound, UPSTREAM))
        if refused is not None:
            return Fault(number, refused.rule, refused.detail)
        return Record((sound.subject or "").encode(), value)

    def _missing(self, cells: dict[str, Any], model: type[Data]) -> tuple[str, str] | None:
        if lacking := [name for name in ("subject", "time") if not isinstance(cells.get(name), str)]:
            return "missing", f"{', '.join(lacking)}: is missing or no text"
        if not isinstance(cells.get("id", ""), str | int):
            return "invalid_envelope", "id: must be text."
        given = {*cells} - {*OF_THE_EVENT}
        if unfit := sorted(given - fields_of(model).keys()):
            known = known_columns(self.what)
            why = "belongs to another type of event" if set(unfit) <= known else "is no field of it"
            return "unknown_field", f"{', '.join(unfit)}: {why} ({model.TYPE})"
        return None

    def _envelope(self, verb: str, model: type[Data], cells: dict[str, Any]) -> Envelope:
        kinds = fields_of(model)
        given = {name: value for name, value in cells.items() if name not in OF_THE_EVENT}
        if self.from_text:
            given = {name: typed(value, kinds[name]) for name, value in given.items()}
        data = msgspec.json.encode(given)
        return Envelope(
            specversion="1.0",
            id=str(cells["id"]) if "id" in cells else self._id(verb, cells, data),
            source=self.source,
            type=model.TYPE,
            subject=cells["subject"],
            time=self._instant(cells["time"]),
            data=msgspec.Raw(data),
        )

    def _id(self, verb: str, cells: dict[str, Any], data: bytes) -> str:
        order = cells.get("order_id")
        if verb in ONCE and isinstance(order, str):
            return _short(f"order.{verb}:{order}")
        said = f"{cells['subject']}\x00{cells['time']}\x00".encode() + data
        return f"{self.what}.{verb}:{sha256(said).hexdigest()[:32]}"

    def _instant(self, text: str) -> datetime:
        """An instant, or a day of the deployment, which means its beginning."""
        try:
            if len(text) == len("2025-03-01"):
                return start_of_day(date.fromisoformat(text), self.policy.calendar.time_zone)
            at = datetime.fromisoformat(text)
        except (ValueError, OverflowError):
            at = None
        if at is None or at.tzinfo is None:
            raise Undecodable(
                "invalid_envelope", "time: must be a day such as 2025-03-01 or an instant with its offset."
            )
        return at

    def _refused(self, envelope: Envelope, data: Data) -> Refused | None:
        """What the rules would say of it in an empty file."""
        key = event_key(envelope.source, envelope.id)
        at, subject = envelope.time, envelope.subject
        event = Event(key, envelope.id, envelope.source, envelope.type, at, self.now, subject, data)
        cause = Cause(event.id, event.type)
        context = Context(self.now, self.policy, "", NOBODY, cause, Rows())
        return refusal(event, context)


def _short(id: str) -> str:
    """At most what an id may have."""
    return id if len(id) <= 255 else f"{id[:200]}:{sha256(id.encode()).hexdigest()[:32]}"
