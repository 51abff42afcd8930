"""What follows inputs that turn out to be another file's: by its cause, or by the thing it is about. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from uuid import UUID

from msgspec import Struct

from shared.engine.decision import Event, Rules
from shared.engine.ledger import Ledger
from shared.engine.routing import thing

Ledgers = Mapping[type[Struct], Ledger]


def homes_of(events: Iterable[Event], causes: Mapping[str, UUID], rules: Rules, ledgers: Ledgers) -> dict[UUID, UUID]:
    """Key of an input -> its file, for all that lead back to one of `causes` (id -> file), whatever came first."""
    left, found = list(events), dict[UUID, UUID]()
    homes, things = dict(causes), dict[str, UUID]()
    kept_together = {row for row, ledger in ledgers.items() if ledger.things}
    is_news = True
    while is_news:
        is_news, waiting, left = False, left, []
        for event in waiting:
            named = [thing(table, key) for table, key in rules.names(event) if table in kept_together]
            home = homes.get(event.causationid or "") or next((things[name] for name in named if name in things), None)
            if home is None:
                left.append(event)
                continue
            found[event.key] = homes[event.id] = home
            things |= dict.fromkeys(named, home)
            is_news = True
    return found


def kept_together(events: Iterable[Event], homes: Mapping[UUID, UUID], rules: Rules) -> dict[UUID, UUID]:
    """Key of an input -> its file, for all that go on about what another one has brought. `homes`: of every input."""
    left, found = list(events), dict[UUID, UUID]()
    things = {name: homes[event.key] for event in left for name in rules.brings(event)}
    is_news = bool(things)
    while is_news:
        is_news, waiting, left = False, left, []
        for event in waiting:
            called = tuple(rules.about(event))
            home = next((things[name] for name in called if name in things), None)
            if home is None:
                left.append(event)
                continue
            found[event.key] = home
            things |= dict.fromkeys(called, home)
            is_news = True
    return found
