"""Which inputs of one instant came after others had had their effect."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

from holdfast.journal.rows import Journals, Row

Input = tuple[str, UUID]
"""(service, event key) of what came from outside."""


class Phases:
    """Counts, for an input, the rests that a driver has to make before it within its instant.

    An input goes one phase after each input of the same instant whose effect its stream had seen before it.
    """

    def __init__(self, journals: Journals) -> None:
        self.journals = journals
        self._rows = {(row.service, row.customer, row.event.id): row for rows in journals.values() for row in rows}
        self._origins: dict[Input, Row | None] = {}
        self._known: dict[Input, int] = {}

    def of(self, row: Row) -> int:
        """0 for the first inputs of an instant."""
        name = (row.service, row.key)
        if name not in self._known:
            self._known[name] = 0  # itself is no reason to wait
            self._known[name] = max((self._after(earlier, row) for earlier in self._before(row)), default=0)
        return self._known[name]

    def _before(self, row: Row) -> Iterator[Row]:
        """The inputs of its stream and instant that were folded before it."""
        for other in self.journals[row.service, row.customer]:
            if other.seq >= row.seq:
                return
            if other.now == row.now:
                yield other

    def _after(self, earlier: Row, row: Row) -> int:
        origin = self.origin(earlier)
        if origin is None or origin.key == row.key:
            return 0
        same_way = origin is earlier and (origin.door, origin.event.subject) == (row.door, row.event.subject)
        return self.of(origin) + (0 if same_way else 1)

    def origin(self, row: Row) -> Row | None:
        """The input from outside that a row of the same instant follows from; None where time alone made it."""
        name = (row.service, row.key)
        if name not in self._origins:
            self._origins[name] = self._find_origin(row)
        return self._origins[name]

    def _find_origin(self, row: Row) -> Row | None:
        while not row.is_external:
            cause = self._rows.get((row.writer or "", row.customer, row.event.causationid or ""))
            if cause is None or cause.now != row.now:
                return None
            row = cause
        return row
