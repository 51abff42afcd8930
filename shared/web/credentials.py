"""From the header `Authorization` to who asks."""

from __future__ import annotations

from hmac import compare_digest
from typing import Protocol

from shared.engine.settings import EngineSettings
from shared.web.keys import BadKeys, KeysFile
from shared.web.oidc import Tokens, issuer_of
from shared.web.roles import Principal, Role


class Source(Protocol):
    """Knows some credentials: a file of keys, an issuer of tokens."""

    async def principal_of(self, given: str) -> Principal | None:
        """Who has this one; None where it is none of these, is over or was revoked."""
        ...


class Credentials:
    """The deployment's own tokens first, then each source."""

    def __init__(self, token: str, agent_token: str | None = None, sources: tuple[Source, ...] = ()) -> None:
        built_in = {Role.ADMIN: token, Role.STAFF_PROGRAM: agent_token}
        names = {Role.ADMIN: "token", Role.STAFF_PROGRAM: "agent-token"}
        self._built_in = [
            (given.encode(), Principal(names[role], role, personal=False)) for role, given in built_in.items() if given
        ]
        self._sources = sources

    async def principal_of(self, told: bytes) -> Principal | None:
        """`told`: the header's value. Raises IssuerAway."""
        given = told.removeprefix(b"Bearer ")
        if given == told:
            return None
        for expected, principal in self._built_in:
            if compare_digest(given, expected):
                return principal
        for source in self._sources:
            if (found := await source.principal_of(given.decode("latin-1"))) is not None:
                return found
        return None


class CredentialsUnusable(Exception):
    """What is set about them cannot be used; says which setting."""


def credentials_of(settings: EngineSettings, service: str) -> Credentials:
    """Those of a deployment. Raises CredentialsUnusable."""
    agent = settings.agent_token.get_secret_value() if settings.agent_token else None
    sources: list[Source] = []
    if settings.keys_file is not None:
        try:
            sources.append(KeysFile(settings.keys_file, service))
        except (OSError, BadKeys) as error:
            raise CredentialsUnusable(f"HOLDFAST_KEYS_FILE: {settings.keys_file}: {error}") from None
    try:
        issuer = issuer_of(settings)
    except ValueError as error:
        raise CredentialsUnusable(str(error)) from None
    if issuer is not None:
        sources.append(Tokens(issuer))
    return Credentials(settings.token.get_secret_value(), agent, tuple(sources))
