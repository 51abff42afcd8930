"""What every service says of itself: each registers it under its own name."""

from __future__ import annotations

from typing import ClassVar

from shared.contracts.data import Data, Name


class PolicyActivated(Data):
    """The service decides by this policy from now on."""

    ABOUT_CUSTOMER: ClassVar[bool] = False

    policy_id: Name


class ErasureCompleted(Data):
    """The service holds nothing personal of this customer any more."""
