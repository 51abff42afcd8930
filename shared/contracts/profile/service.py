"""What profile says of itself."""

from __future__ import annotations

from typing import ClassVar

from shared.contracts import service


class PolicyActivated(service.PolicyActivated):
    __doc__ = service.PolicyActivated.__doc__

    TYPE: ClassVar[str] = "holdfast.profile.policy.activated.v1"


class ErasureCompleted(service.ErasureCompleted):
    __doc__ = service.ErasureCompleted.__doc__

    TYPE: ClassVar[str] = "holdfast.profile.erasure.completed.v1"
