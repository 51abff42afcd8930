"""What profile says of itself."""

from __future__ import annotations

from typing import ClassVar

from shared.contracts.data import Data, Name


class PolicyActivated(Data):
    """The service decides by this policy from now on."""

    TYPE: ClassVar[str] = "holdfast.profile.policy.activated.v1"
    ABOUT_CUSTOMER: ClassVar[bool] = False

    policy_id: Name


class ErasureCompleted(Data):
    """The service holds nothing personal of this customer any more."""

    TYPE: ClassVar[str] = "holdfast.profile.erasure.completed.v1"
