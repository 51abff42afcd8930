"""Roles, what each may do, and who is asking."""

from __future__ import annotations

from enum import StrEnum
from types import MappingProxyType
from typing import Final

from msgspec import Struct


class May(StrEnum):
    """What a route asks for."""

    ASK = "ask"
    """What any credential may: how the service stands."""
    READ = "read"
    """Customers, work, figures, the policy."""
    HANDLE = "handle"
    """Do the work: complete, create, say what was found."""
    LEAD = "lead"
    """Decide about the work of others: approve, assign, override, merge, part from a customer."""
    STAFF = "staff"
    """What is done about staff: step R7 and its words (CP-11, K-14)."""
    TELL = "tell"
    """Events and figures of other systems, and what became of them."""
    OPERATE = "operate"
    """Policies, backtests, webhooks."""
    RAW = "raw"
    """Dead letters: they hold whatever was sent."""
    PROTECT = "protect"
    """A person's rights: export and erasure; and who has seen what."""


class Role(StrEnum):
    """One for each kind of work."""

    VIEWER = "viewer"
    AGENT = "agent"
    """Sees and handles own customers alone."""
    LEAD = "lead"
    PRIVACY_OFFICER = "privacy_officer"
    SERVICE = "service"
    """Another system."""
    STAFF_PROGRAM = "staff_program"
    """`HOLDFAST_AGENT_TOKEN` (ADR 16): for programs that tell people apart themselves."""
    ADMIN = "admin"


_WORK: Final = frozenset({May.ASK, May.READ, May.HANDLE})

RIGHTS: Final = MappingProxyType(
    {
        Role.VIEWER: frozenset({May.ASK, May.READ}),
        Role.AGENT: _WORK,
        Role.LEAD: _WORK | {May.LEAD, May.STAFF},
        Role.PRIVACY_OFFICER: frozenset({May.ASK, May.READ, May.PROTECT}),
        Role.SERVICE: frozenset({May.ASK, May.TELL}),
        Role.STAFF_PROGRAM: frozenset(May) - {May.STAFF, May.RAW},
        Role.ADMIN: frozenset(May),
    }
)
FOR_KEYS: Final = tuple(role for role in Role if role is not Role.STAFF_PROGRAM)
"""Roles that keys and tokens of an issuer may have."""


class Principal(Struct, frozen=True):
    """Who asks. `agents`: of an agent, whose customers are theirs; more than one where somebody stands in."""

    id: str
    role: Role
    agents: frozenset[str] = frozenset()
    personal: bool = True
    """Whether one person or system is known by it; the deployment's own tokens are everybody's."""

    def may(self, right: May) -> bool:
        """By the role."""
        return right in RIGHTS[self.role]

    @property
    def sees_all(self) -> bool:
        """Whether other customers than the own ones are shown."""
        return self.role is not Role.AGENT
