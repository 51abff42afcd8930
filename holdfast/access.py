"""`docs/access.md`, from the tables of access: `python -m holdfast.access` writes it, `--check` only looks."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

from shared.contracts.topics import WRITERS
from shared.web import common, policies
from shared.web.access import PROBES, Access, Table
from shared.web.roles import FOR_KEYS, RIGHTS, May, Role

FILE = Path(__file__).parents[1] / "docs" / "access.md"
HEAD = """# Who gets through which route

Made from the tables of the services by `python -m holdfast.access`; a service with a route that is in no table does not
start. Roles and credentials: [security](security.md).

For an agent *own* says what of the request has to be theirs: a customer, a task, themselves; a filter that is named has
to be given. *Personal*: shows or changes names, handles, addresses or words.

| Right | Roles | The two tokens |
|---|---|---|
"""
OF_ALL = """
## Every service
"""
OF_ONE = """
## {Service}
"""
TABLE = """
| Route | Right | Roles besides admin | Personal |
|---|---|---|---|
"""
TOKENS = {Role.ADMIN: "`HOLDFAST_TOKEN`", Role.STAFF_PROGRAM: "`HOLDFAST_AGENT_TOKEN`"}


def text() -> str:
    """The whole page."""
    own = {service: import_module(f"services.{service}.access").ACCESS for service in WRITERS}
    parts = [HEAD, *_rights(), OF_ALL, _table({**PROBES, **common.ACCESS, **policies.ACCESS})]
    for service, table in own.items():
        parts += [OF_ONE.format(Service=service.capitalize()), _table(table)]
    return "".join(parts)


def _rights() -> Iterator[str]:
    for right in May:
        having = [role for role in Role if right in RIGHTS[role]]
        roles = ", ".join(role for role in having if role is not Role.STAFF_PROGRAM)
        yield f"| {right} | {roles} | {', '.join(TOKENS[role] for role in having if role in TOKENS)} |\n"


def _table(table: Table) -> str:
    return TABLE + "".join(
        f"| `{route}` | {access.may or 'none'} | {_roles(access)} | {'yes' if access.personal else ''} |\n"
        for route, access in table.items()
    )


def _roles(access: Access) -> str:
    if access.may is None:
        return "whoever reaches the port"
    having = [role for role in FOR_KEYS if access.may in RIGHTS[role] and role is not Role.ADMIN]
    if access.of_many:
        having = [role for role in having if role is not Role.AGENT]
    return ", ".join(f"agent ({_own(access)})" if role is Role.AGENT and access.whose else role for role in having)


def _own(access: Access) -> str:
    told = [f"`{whose.names[0]}=`" if whose.at == "query" else whose.thing for whose in access.whose]
    return f"own: {' or '.join(told)}"


def main() -> None:
    if "--check" not in sys.argv:
        FILE.write_text(text())
    elif FILE.read_text() != text():
        sys.exit(f"{FILE.name} is not as the code says; run `python -m holdfast.access`")


if __name__ == "__main__":
    main()
