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
    """Where HTTP listens."""
    secret: SecretStr = Field(min_length=16)
    """Keys the hash that makes customer ids of handles. **Never change it, never lose it**: back it up with the
    database."""
    phone_region: Annotated[str, AfterValidator(_country)] | None = None
    """The country (`CN`) whose telephone numbers come without it: `138 0013 8000` is then `+8613800138000`. Part of
    what a handle is, as the secret is of an id: **set it before the first customer, never change it**. `local up`
    reads it too."""
