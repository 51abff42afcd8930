"""Tokens of an issuer (OpenID Connect): signed by a key that it publishes, for us, with a role in a claim."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

import structlog
from msgspec import Struct

from shared.engine.settings import EngineSettings
from shared.web.roles import FOR_KEYS, Principal, Role

if TYPE_CHECKING:
    from jwt import PyJWK

log = structlog.get_logger(__name__)

ALGORITHMS: Final = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
"""By a public key alone (RFC 8725): `none` and shared secrets are not among them."""
LONGEST: Final = 8_192
LEEWAY_SECONDS: Final = 30
FRESH_SECONDS: Final = 600
"""After so long the issuer's keys are asked for again: one that it took back opens nothing from then on."""
STALE_SECONDS: Final = 3_600
"""For so long they hold while the issuer does not answer."""
PAUSE_SECONDS: Final = 30
"""Between two questions: a token with an unknown key may come from anybody, as often as they like."""
TIMEOUT_SECONDS: Final = 5
MIGHTIEST: Final = (Role.ADMIN, Role.PRIVACY_OFFICER, Role.LEAD, Role.AGENT, Role.SERVICE, Role.VIEWER)
"""Where a claim has several roles, the first of these counts."""


class IssuerAway(Exception):
    """It does not tell its keys: nobody can say whether a token is good."""


class Issuer(Struct, frozen=True):
    """Whose tokens are good, and how their claims are read. `roles`: word of the claim -> role."""

    url: str
    audience: str
    roles_claim: str = "roles"
    roles: Mapping[str, Role] = MappingProxyType({})
    agents_claim: str = "sub"


def issuer_of(settings: EngineSettings) -> Issuer | None:
    """As it is set. Raises ValueError."""
    if settings.oidc_issuer is None:
        return None
    if settings.oidc_audience is None:
        raise ValueError("HOLDFAST_OIDC_AUDIENCE: say whom the issuer's tokens are for, or those for others open too")
    roles = dict(_mapped(settings.oidc_roles))
    return Issuer(
        settings.oidc_issuer, settings.oidc_audience, settings.oidc_roles_claim, roles, settings.oidc_agents_claim
    )


def _mapped(told: str) -> Iterator[tuple[str, Role]]:
    yield from ((role, role) for role in FOR_KEYS)
    for pair in filter(None, map(str.strip, told.split(","))):
        word, _, role = pair.rpartition("=")
        if not word or role not in FOR_KEYS:
            raise ValueError(f"HOLDFAST_OIDC_ROLES: {pair}: write word=role, with one of {', '.join(FOR_KEYS)}")
        yield word.strip(), Role(role)


class Tokens:
    """Knows the tokens of one issuer."""

    def __init__(self, issuer: Issuer) -> None:
        self._issuer = issuer
        self._keys = _Keys(issuer.url)

    async def principal_of(self, given: str) -> Principal | None:
        """Whose token this is; None for any doubt. Raises IssuerAway."""
        import jwt  # noqa: PLC0415 - services without an issuer start without it

        if given.count(".") != 2 or len(given) > LONGEST:
            return None
        try:
            header = jwt.get_unverified_header(given)
            if header.get("alg") not in ALGORITHMS or (key := await self._keys.get(header.get("kid"))) is None:
                return None
            claims = jwt.decode(
                given,
                key,
                algorithms=ALGORITHMS,
                audience=self._issuer.audience,
                issuer=self._issuer.url,
                leeway=LEEWAY_SECONDS,
                options={"require": ["exp", "iss", "aud", "sub"]},
            )
        except jwt.PyJWTError:
            return None
        return self._principal(claims)

    def _principal(self, claims: Mapping[str, Any]) -> Principal | None:
        words = _words(claims, self._issuer.roles_claim)
        roles = {self._issuer.roles[word] for word in words if word in self._issuer.roles}
        role = next((each for each in MIGHTIEST if each in roles), None)
        agents = frozenset(_words(claims, self._issuer.agents_claim)) if role is Role.AGENT else frozenset()
        if role is None or (role is Role.AGENT and not agents):
            return None
        return Principal(f"oidc:{claims['sub'][:200]}", role, agents)


def _words(claims: Mapping[str, Any], name: str) -> Sequence[str]:
    """Of a claim, which may lie within others: `realm_access.roles`."""
    found: Any = claims.get(name)
    if found is None:
        found = claims
        for part in name.split("."):
            found = found.get(part) if isinstance(found, Mapping) else None
    if isinstance(found, str):
        return [found]
    return [each for each in found if isinstance(each, str)] if isinstance(found, list) else []


class _Keys:
    """The keys that the issuer publishes, by their id."""

    def __init__(self, issuer: str) -> None:
        self._issuer = issuer
        self._keys: dict[str | None, PyJWK] = {}
        self._told_at = self._asked_at = float("-inf")
        self._turn = asyncio.Lock()

    async def get(self, id: Any) -> PyJWK | None:
        """Raises IssuerAway where none are known, or too old ones."""
        if self._wants(id):
            async with self._turn:
                if self._wants(id):
                    await self._ask()
        if time.monotonic() - self._told_at > STALE_SECONDS:
            raise IssuerAway(self._issuer)
        if id is None and len(self._keys) == 1:
            return next(iter(self._keys.values()))
        return self._keys.get(id) if isinstance(id, str) else None

    def _wants(self, id: Any) -> bool:
        now = time.monotonic()
        if now - self._asked_at < PAUSE_SECONDS:
            return False
        return now - self._told_at > FRESH_SECONDS or (isinstance(id, str) and id not in self._keys)

    async def _ask(self) -> None:
        import httpx2  # noqa: PLC0415
        import jwt  # noqa: PLC0415

        try:
            async with httpx2.AsyncClient(timeout=TIMEOUT_SECONDS, trust_env=False) as client:
                found = jwt.PyJWKSet.from_dict(await self._published(client))
        except (httpx2.HTTPError, httpx2.InvalidURL, OSError, ValueError, jwt.PyJWTError) as error:
            log.warning("oidc_keys_unknown", issuer=self._issuer, error=str(error))
            return
        finally:
            self._asked_at = time.monotonic()  # whoever waits for the answer meanwhile does not ask again
        self._keys = {key.key_id: key for key in found.keys if key.public_key_use in (None, "sig")}
        self._told_at = self._asked_at
        log.info("oidc_keys_read", keys=len(self._keys))

    async def _published(self, client: Any) -> dict[str, Any]:
        told = await self._json(client, f"{self._issuer.rstrip('/')}/.well-known/openid-configuration")
        if told.get("issuer") != self._issuer:
            raise ValueError(f"it calls itself {told.get('issuer')}")
        return await self._json(client, str(told.get("jwks_uri")))

    async def _json(self, client: Any, url: str) -> dict[str, Any]:
        if url.startswith("https://") or self._issuer.startswith("http://"):
            answer = await client.get(url)
            answer.raise_for_status()
            told = answer.json()
            if isinstance(told, dict):
                return told
        raise ValueError(f"{url} tells nothing that can be trusted")
