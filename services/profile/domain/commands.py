"""What profile is told by its own routes, and what one file tells another."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from shared.contracts.data import Command


class BeReferred(Command):
    """One customer tells another's file, named by its handle, who brought him (PR-24)."""

    TYPE: ClassVar[str] = "holdfast.profile.command.be_referred.v1"

    by: UUID
