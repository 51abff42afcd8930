"""What profile is told by its own routes, and what one file tells another."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from pydantic import ConfigDict

from shared.contracts.data import Command, Handle, Name, Value
from shared.contracts.values import LifecycleStage


class AnnounceCustomer(Command):
    """Say once more all that others may know of this customer."""

    TYPE: ClassVar[str] = "holdfast.profile.command.announce_customer.v1"


class BeReferred(Command):
    """One customer tells another's file, named by its handle, who brought him (PR-24)."""

    TYPE: ClassVar[str] = "holdfast.profile.command.be_referred.v1"

    by: UUID


class GiveOrderUp(Command):
    """One customer's file tells another's that an order which was delivered under its handle is its own."""

    TYPE: ClassVar[str] = "holdfast.profile.command.give_order_up.v1"

    order_id: Name


class LifecycleChange(Value):
    """The body of POST /v1/customers/{id}/lifecycle. `reason`: of one who left, a code of the policy."""

    model_config = ConfigDict(extra="forbid")

    to: LifecycleStage
    reason: Name


class ChangeLifecycle(LifecycleChange, Command):
    TYPE: ClassVar[str] = "holdfast.profile.command.change_lifecycle.v1"


class SplitFile(Command):
    """POST /v1/customers/{id}/split: the file of this handle is another customer's after all."""

    TYPE: ClassVar[str] = "holdfast.profile.command.split_file.v1"

    other: Handle
