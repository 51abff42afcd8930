"""Ledgers: what grows with a customer lives in tables of its own, loaded by key and saved set by set."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any
from uuid import UUID

from msgspec import Struct


class Ledger(Struct, frozen=True):
    """One table of a service, its rows as frozen Structs whose fields are the columns.

    `load` takes $1 = the keys (text[] or uuid[]) and returns one column of JSON text per row (`row_to_json(t)::text`);
    None where no rule ever reads the table back. `save` takes $1 = a JSON array of rows (`json_populate_recordset`) and
    upserts them; None where other ledgers' statements write the table.
    """

    row: type[Struct]
    key: Callable[[Any], Any]
    save: str | None
    load: str | None = None
    routes: bool = False
    """Whose an input is depends on it: read before the streams are locked, and again under their lock."""
    owners: Callable[[Any], Iterable[UUID]] | None = None
    """The files that the row leads to: what these are called now is loaded with it."""
    erase: str | None = None
    """Removes what is kept of erased persons ($1 = uuid[], every id they ever had); None: `forget` does."""
    forget: str | None = None
    """Removes the rows of customers ($1 = uuid[]) whose streams were folded again, or puts them aside.

    The new fold writes others, or fewer.

    Such rows have a `customer_id`.
    """
    rebuilt: bool = False
    """With `forget`: folding again, rules read of it what that fold has written, not what is there by now."""
    apart: bool = False
    """Its save changes things within a `with`, takes locks of its own, or reads or changes what another ledger's has
    written: it runs after those, in a statement of its own."""
    things: bool = False
    """Each is a thing that one input brings and others go on about: when a merge is taken back they stay together."""
