"""The rows of a stack in a form that two stacks share."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, Final

import asyncpg
import msgspec
from msgspec import Struct

from holdfast.journal.canonical import Names, names_of, renamed
from holdfast.journal.databases import Connections
from holdfast.journal.excluded import COLUMNS, FIELDS, OPEN, TABLES
from holdfast.journal.rows import Journals, load_journals

TABLE_NAMES = """
select table_name from information_schema.tables
 where table_schema = 'public' and table_type = 'BASE TABLE' order by table_name
"""
ERASED = "select id::text as id from stream where erased_at is not null"
READ = "select format('select row_to_json(t)::text as row from %I t', $1::text)"
BEGINNINGS = "select at from policy_change where state = 'active' and at is not null"
HEX = "\\x"
HISTORIES: Final = {"journal": ("id", "now", "type", "seq"), "grade": ("customer_id", "decided_at", "", "number")}
"""Table -> customer, instant, what is said, order: of one instant the last row counts."""

Group = tuple[str, str, str, str]
"""Table, customer, instant ("" where rows of all instants are compared together), what is said."""


class Held(Struct, frozen=True):
    """One row. `settled`: as it reads where the order within its instant is open; None: then it does not count."""

    rank: int
    exact: str
    settled: str | None


class Contents(Struct, frozen=True):
    """All that is compared of one stack; `met`: (customer, instant) at which facts of several writers met."""

    groups: Mapping[Group, list[Held]]
    met: frozenset[tuple[str, str]]


async def contents_of(connections: Connections) -> Contents:
    """Every table of every service, less what `excluded` names."""
    journals = await load_journals(connections)
    names = await names_of(connections, journals)
    groups: defaultdict[Group, list[Held]] = defaultdict(list)
    for service, connection in connections.items():
        erased = frozenset(row["id"] for row in await connection.fetch(ERASED))
        began = {_instant(row["at"].isoformat()) for row in await connection.fetch(BEGINNINGS)}
        for found in await connection.fetch(TABLE_NAMES):
            if (table := found["table_name"]) not in TABLES:
                for row in (r for r in await _rows(connection, table) if not _is_left_out(table, r, erased)):
                    if table == "journal" and _instant(row["now"]) in began:
                        row.pop("policy_id")  # read before or after the policy began: the order within the instant
                    group, held = held_of(table, row, names)
                    groups[(f"{service}.{table}", *group)].append(held)
    return Contents(groups, frozenset(met_at(journals, names)))


def met_at(journals: Journals, names: Names) -> Iterator[tuple[str, str]]:
    """Where facts of several writers met, at one stop of the clock."""
    writers: defaultdict[tuple[str, str, datetime], set[str]] = defaultdict(set)
    instants: defaultdict[tuple[str, str, datetime], set[str]] = defaultdict(set)
    for (service, customer), rows in journals.items():
        for row in rows:
            at = (service, names.get(str(customer), str(customer)), _stop(row.now))
            writers[at].add(row.writer or row.door)
            instants[at].add(_instant(row.now.isoformat()))
    return ((at[1], instant) for at, several in writers.items() if len(several) > 1 for instant in instants[at])


def _stop(now: datetime) -> datetime:
    """A clock moved to T reads T and a tick: what is said at T is heard then where another writer came first."""
    return now.replace(microsecond=0) if now.microsecond == 1 else now


async def _rows(connection: asyncpg.Connection, table: str) -> list[dict[str, Any]]:
    statement = await connection.fetchval(READ, table)
    return [msgspec.json.decode(row["row"]) for row in await connection.fetch(statement)]


def _is_left_out(table: str, row: Mapping[str, Any], erased: frozenset[str]) -> bool:
    """What is left of persons who were erased: their streams, and inputs whose bodies were dropped.

    And the rows of streams that an input might have touched and did not: they were locked, and that is all.
    """
    if table == "stream" and row["version"] == 0 and row["flagged"] is None:
        return True
    forgotten = table == "journal" and row["door"] != "wake" and row["body"] == HEX
    return forgotten or row.get("id") in erased or row.get("canonical") in erased


def held_of(table: str, row: Mapping[str, Any], names: Names) -> tuple[tuple[str, str, str], Held]:
    """The group that a row is compared in, and the row."""
    kept = {name: _readable(value) for name, value in row.items() if f"{table}.{name}" not in COLUMNS}
    told: dict[str, Any] = renamed(kept, names)
    exact = _text(told)
    settled = None if _is_transient(table, told) else _text(_without_open(told, f"{table}."))
    if history := HISTORIES.get(table):
        who, when, what, order = history
        return (str(told[who]), _instant(told[when]), str(told.get(what, ""))), Held(row[order], exact, settled)
    return (str(told.get("customer_id") or told.get("id")), "", ""), Held(0, exact, settled)


def _is_transient(table: str, row: Mapping[str, Any]) -> bool:
    if table == "task":
        return bool(row["status"] == "cancelled" and row["created_at"] == row["closed_at"])
    if table == "journal":  # that a follow-up of this very instant was superseded
        superseded = str(row["type"]).endswith(".followup.superseded.v1")
        return superseded and f" made {_instant(str(row['now']))} " in _instant(_text(row["body"]))
    if table == "signal":  # overdue at the very instant, or not any more: it counts in nothing
        return bool(row["kind"] == "followup" and row["status"] == "superseded")
    return table == "followup" and row["status"] == "superseded" and row["scheduled_at"] == row["closed_at"]


def _without_open(value: Any, place: str = "") -> Any:
    """`place`: what goes before the names of a row's own columns."""
    match value:
        case dict():
            return {k: _without_open(v) for k, v in value.items() if k not in OPEN and f"{place}{k}" not in OPEN}
        case list():
            return [_without_open(item) for item in value]
        case _:
            return value


def _readable(value: Any) -> Any:
    """Bytes that hold JSON as what they hold."""
    if not isinstance(value, str) or not value.startswith(HEX):
        return value
    try:
        held = msgspec.json.decode(bytes.fromhex(value.removeprefix(HEX)))
    except (msgspec.DecodeError, UnicodeDecodeError):
        return value
    return {name: said for name, said in held.items() if name not in FIELDS} if isinstance(held, dict) else held


def _instant(text: str) -> str:
    return text.replace("+00:00", "Z")


def _text(row: Any) -> str:
    return msgspec.json.encode(row, order="sorted").decode()
