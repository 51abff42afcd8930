"""Whose an event is: by the handle that it came under, or by the id that a fact or a command names."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from msgspec import Struct

from services.profile.domain.benefits import Membership
from services.profile.domain.candidates import OfCandidate
from services.profile.domain.commands import SplitFile
from services.profile.domain.commitments import Commitment
from services.profile.domain.decide import UPSTREAM
from services.profile.domain.handles import normal_handle, print_of
from services.profile.domain.handover import is_light, reached
from services.profile.domain.holders import TICK, files_of, holders
from services.profile.domain.identity import survivor
from services.profile.domain.ids import FileIds
from services.profile.domain.ledgers import Complaint, Handle, HandleWords, Order
from shared.contracts import feedback, scheduler, upstream
from shared.contracts.data import Data
from shared.contracts.ids import derived
from shared.contracts.values import FeedbackKind
from shared.engine.decision import Event, RowKey, Rows, StreamKey
from shared.engine.routing import canonical_of, home_of, only_its_customer

# A table by type answers at once; asking for class after class is slow where the classes are pydantic's.
CLAIMS: Final[Set[type[Data]]] = frozenset(
    (upstream.CustomerRegistered, upstream.CustomerUpdated, upstream.ContactStated)
)
RELEASES_AND_MERGES: Final[Set[type[Data]]] = frozenset((upstream.HandleReleased, upstream.CustomersMerged))
SAYING: Final = CLAIMS | RELEASES_AND_MERGES
"""Events that say whose handles are."""
OF_HANDLES: Final = SAYING | set(UPSTREAM)
NAMED: Final[Mapping[type[Data], Callable[[Any], Iterable[str]]]] = {
    upstream.CustomerRegistered: lambda said: said.handles or (),
    upstream.CustomerUpdated: lambda said: said.handles or (),
    upstream.ContactStated: lambda said: said.handles or (),
    upstream.ReferralRecorded: lambda said: (said.referred,),
    upstream.CustomersMerged: lambda said: (said.other,),
    upstream.HandleReleased: lambda said: (said.handle,),
    SplitFile: lambda said: (said.other,),
}
"""The handles in an event's body that lead to files."""
THINGS: Final[Mapping[type[Data], tuple[type[Struct], str]]] = {
    upstream.OrderPlaced: (Order, "order_id"),
    upstream.OrderDelivered: (Order, "order_id"),
    upstream.OrderDelayed: (Order, "order_id"),
    upstream.OrderRefunded: (Order, "order_id"),
    upstream.OrderCancelled: (Order, "order_id"),
    upstream.ComplaintReported: (Complaint, "complaint_id"),
    upstream.ComplaintUpdated: (Complaint, "complaint_id"),
    upstream.ComplaintWithdrawn: (Complaint, "complaint_id"),
    upstream.CommitmentMade: (Commitment, "commitment_id"),
    upstream.CommitmentFulfilled: (Commitment, "commitment_id"),
    upstream.MembershipGranted: (Membership, "membership_id"),
    upstream.BenefitRecorded: (Membership, "membership_id"),
}
"""What an event may be about besides its customer: the ledger, and the field that has the key."""


class Whose:
    """The routing of one deployment."""

    def __init__(self, ids: FileIds) -> None:
        self.ids = ids

    def home(self, event: Event, rows: Rows) -> UUID:
        """The file that the event came to."""
        if isinstance(event.data, upstream.SocialMentioned) or is_upstream(event):
            return self.ids.home(called(event)[0], came_at(event), rows)
        return home_of(event, rows)

    def route(self, event: Event, rows: Rows) -> StreamKey:
        """The stream of the file that has that one now."""
        if of_nobody := self._nobody(event, rows):
            return of_nobody
        if isinstance(event.data, upstream.CustomersMerged):
            return StreamKey("customer", survivor(event, rows, self.ids))
        return StreamKey("customer", canonical_of(self.home(event, rows), rows))

    def candidates(self, event: Event, rows: Rows) -> Iterable[StreamKey]:
        """Every stream that the event may touch."""
        if of_nobody := self._nobody(event, rows):
            return (of_nobody,)
        if is_upstream(event) or isinstance(event.data, upstream.SocialMentioned):
            ids = self._files(called(event), event, rows) | set(joined(event, rows))
        else:
            known = (rows.get(Handle, normal_handle(text) or text) for text in named(event.data))
            ids = {key.id for key in only_its_customer(event, rows)}
            ids |= {held.customer_id for row in known if row for held in holders(row)}  # a command has no time yet
            if isinstance(event.data, SplitFile):
                ids |= set(self._reached((normal_handle(text) or text for text in named(event.data)), rows))
            if isinstance(event.data, OfCandidate):
                ids.add(event.data.other)
        return tuple(StreamKey("customer", id) for id in {*ids, *(canonical_of(id, rows) for id in ids)})

    def _nobody(self, event: Event, rows: Rows) -> StreamKey | None:
        """The stream of a launch, of a mention by somebody unknown. None for all other events.

        Mentions under a handle are together, so that they are found with the person when one is known by it.
        """
        match event.data:
            case upstream.ProductLaunched(product=product):
                return StreamKey("launch", derived("product", product))
            case upstream.SocialMentioned(handle=None):
                return StreamKey("mention", event.key)
            case upstream.SocialMentioned():
                [handle] = called(event)
                known = rows.get(Handle, handle)
                return None if known else StreamKey("mention", print_of(self.ids.secret, handle))
            case _:
                return None

    def _files(self, handles: Sequence[str], event: Event, rows: Rows) -> set[UUID]:
        kind, at = type(event.data), came_at(event)
        opening = handles[:1] if kind in CLAIMS else handles
        found = {self.ids.home(handle, at, rows) for handle in handles if handle in opening or rows.get(Handle, handle)}
        if kind is upstream.HandleReleased:
            found |= {self.ids.of(handle, event.time, rows) for handle in handles}
        if kind in RELEASES_AND_MERGES or (kind in CLAIMS and not _is_light(handles, event, rows)):
            found |= set(self._reached(handles, rows))
        return found

    def _reached(self, handles: Iterable[str], rows: Rows) -> Iterator[UUID]:
        """All who may be concerned by what is said of these."""
        for handle, known in reached(handles, rows).items():
            yield self.ids.of(handle, None, rows)
            yield from files_of(known)
            row = rows.get(Handle, handle)
            yield from (held.customer_id for held in holders(row)) if row else ()


def _is_light(handles: Sequence[str], event: Event, rows: Rows) -> bool:
    """Nobody else is asked about claims that move nothing."""
    own = None if isinstance(event.data, upstream.ContactStated) else handles[0]
    return all(is_light(handle, event.time, rows, handle == own) for handle in handles)


def is_upstream(event: Event) -> bool:
    """Whether the event names its customer by a handle; all others name one of our ids."""
    return type(event.data) in OF_HANDLES


def came_at(event: Event) -> datetime:
    """The instant whose holder it came to: who lets a handle go has it until then."""
    return event.time - TICK if isinstance(event.data, upstream.HandleReleased) else event.time


def called(event: Event) -> list[str]:
    """The handles by which it names its customer; none in what names one of our ids, or nobody."""
    if isinstance(event.data, upstream.SocialMentioned) and event.data.handle:
        return [normal_handle(event.data.handle) or event.data.handle]
    return handles(event) if is_upstream(event) else []


def handles(event: Event) -> list[str]:
    """The handles that an upstream event names, normal, its subject first; text that is none stands as it came.

    Raises ValueError without a subject: the decoder has made a dead letter of such an event.
    """
    if event.subject is None:
        raise ValueError("no subject")
    return [normal_handle(text) or text for text in (event.subject, *named(event.data))]


def words(event: Event) -> Iterator[RowKey]:
    """What was said before of the handles of which it says something, where that bears on a claim of its instant."""
    if type(event.data) in CLAIMS:
        yield from (RowKey(HandleWords, f"{event.time.isoformat()} {handle}") for handle in handles(event))
    elif type(event.data) in SAYING:
        yield from (all_words(handle) for handle in handles(event))


def all_words(handle: str) -> RowKey:
    """What was said before of a handle, and of all that this joins it with."""
    return RowKey(HandleWords, f"-infinity {handle}")


def named(data: Data) -> Iterable[str]:
    names = NAMED.get(type(data))
    return names(data) if names else ()


def thing(event: Event) -> RowKey | None:
    """The order, the complaint, the commitment or the membership that the event is about."""
    if isinstance(event.data, upstream.FeedbackSubmitted):
        return RowKey(Complaint, str(event.key)) if event.data.kind is FeedbackKind.COMPLAINT else None
    if (named := THINGS.get(type(event.data))) is None:
        return None
    table, field = named
    key = getattr(event.data, field)
    return RowKey(table, key) if key is not None else None


def brought(event: Event) -> Iterator[str]:
    """The complaint or the promise that other services go on about."""
    match event.data:
        case upstream.ComplaintReported(complaint_id=complaint_id):
            yield f"complaint {complaint_id}"
        case upstream.FeedbackSubmitted(kind=FeedbackKind.COMPLAINT):
            yield f"complaint {event.key}"
        case upstream.CommitmentMade(commitment_id=commitment_id):
            yield f"commitment {commitment_id}"


def gone_on_about(event: Event) -> Iterator[str]:
    """The names by which they do: a case is its complaint's."""
    match event.data:
        case feedback.ComplaintOpened(case_id=case_id, complaint_id=complaint_id):
            yield from (f"complaint {complaint_id}", f"case {case_id}")
        case feedback.ComplaintResolved(case_id=case_id) | feedback.ComplaintReopened(case_id=case_id):
            yield f"case {case_id}"
        case scheduler.CommitmentBreached(commitment_id=commitment_id):
            yield f"commitment {commitment_id}"


def joined(event: Event, rows: Rows) -> Iterator[UUID]:
    """Whose that thing is: another customer's row is changed under that customer's lock too."""
    key = thing(event)
    row = rows.get(key.table, key.key) if key else None
    if isinstance(row, Order | Complaint | Commitment | Membership):
        yield row.customer_id
