"""What profile is told from outside."""

from __future__ import annotations

from typing import Annotated

import phonenumbers
from pydantic import AfterValidator, Field, SecretStr

from shared.engine.settings import EngineSettings


def _country(code: str) -> str:
    if code not in phonenumbers.SUPPORTED_REGIONS:
        raise ValueError("is no country's code: give two letters, for example CN")
    return code


class Settings(EngineSettings):
    """Environment variables with the prefix `HOLDFAST_`."""

    port: int = Field(default=8101, ge=1, le=65535)
    secret: SecretStr = Field(min_length=16)
    """Keys the hash that makes customer ids of handles: never change it once customers exist."""
    phone_region: Annotated[str, AfterValidator(_country)] | None = None
    """The country whose telephone numbers come without it, `CN`: never change it once customers exist."""
