"""Tokens of an issuer: what opens, and the known ways to forge one (RFC 8725, S5)."""

from __future__ import annotations

import asyncio
import base64
import json
import time
from contextlib import asynccontextmanager
from types import SimpleNamespace

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from jwt.algorithms import ECAlgorithm, OKPAlgorithm, RSAAlgorithm

from shared.web import oidc
from shared.web.oidc import Issuer, IssuerAway, Tokens, issuer_of
from shared.web.roles import Principal, Role

US = "holdfast"
RSA, OTHER = (rsa.generate_private_key(65537, 2048) for _ in range(2))
EC, ED = ec.generate_private_key(ec.SECP256R1()), ed25519.Ed25519PrivateKey.generate()
PEM = RSA.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)


def published(algorithm, private, id, **more):
    return algorithm.to_jwk(private.public_key(), as_dict=True) | {"kid": id, "use": "sig"} | more


KEYS = [published(RSAAlgorithm, RSA, "rsa"), published(ECAlgorithm, EC, "ec"), published(OKPAlgorithm, ED, "ed")]


class Server:
    """An issuer that tells its keys over HTTP."""

    def __init__(self):
        self.keys, self.asked, self.name = list(KEYS), 0, None

    async def answer(self, reader, writer):
        path = (await reader.readuntil(b"\r\n\r\n")).split()[1].decode()
        if path == "/keys":
            self.asked += 1
            body = {"keys": self.keys}
        else:
            body = {"issuer": self.name or self.url, "jwks_uri": f"{self.url}/keys"}
        text = json.dumps(body).encode()
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\nconnection: close\r\n\r\n" % len(text) + text)
        await writer.drain()
        writer.close()


@asynccontextmanager
async def serving():
    told = Server()
    server = await asyncio.start_server(told.answer, "127.0.0.1", 0)
    told.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    async with server:
        yield told


@pytest.fixture
async def issuer():
    async with serving() as server:
        yield server


def tokens_of(server, **more):
    roles = {role: role for role in Role} | {"crm-leads": Role.LEAD}
    return Tokens(Issuer(server.url, US, **({"roles": roles} | more)))


def token(server, *, key=RSA, alg="RS256", kid="rsa", headers=None, since=-300, **claims):
    """`since`: seconds since it ended."""
    told = {"iss": server.url, "aud": US, "sub": "ann", "exp": time.time() - since, "roles": ["lead"]} | claims
    kept = {name: value for name, value in told.items() if value is not None}
    return jwt.encode(kept, key, alg, {"kid": kid} | (headers or {}))


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        pytest.param({}, (Role.LEAD, ()), id="RSA"),
        pytest.param({"key": EC, "alg": "ES256", "kid": "ec"}, (Role.LEAD, ()), id="elliptic curve"),
        pytest.param({"key": ED, "alg": "EdDSA", "kid": "ed"}, (Role.LEAD, ()), id="Edwards curve"),
        pytest.param({"aud": ["other", US]}, (Role.LEAD, ()), id="for others too"),
        pytest.param({"roles": "viewer"}, (Role.VIEWER, ()), id="one word"),
        pytest.param({"roles": ["viewer", "x", "admin"]}, (Role.ADMIN, ()), id="the mightiest of several"),
        pytest.param({"roles": ["crm-leads"]}, (Role.LEAD, ()), id="a word of the company's own"),
        pytest.param({"roles": ["agent"]}, (Role.AGENT, ("ann",)), id="an agent sees own customers"),
        pytest.param({"since": 5}, (Role.LEAD, ()), id="clocks differ a little"),
    ],
)
async def test_a_token_says_who_asks(issuer, made, expected):
    found = await tokens_of(issuer).principal_of(token(issuer, **made))
    assert found == Principal("oidc:ann", expected[0], frozenset(expected[1]))


def none_of(text):
    head = base64.urlsafe_b64encode(b'{"alg":"none","kid":"rsa"}').decode().rstrip("=")
    return f"{head}.{text.split('.')[1]}."


def by_public_key(server):
    """Signed with the public key as if it were a shared secret; the library would not make one."""
    import hashlib
    import hmac

    def part(value):
        return base64.urlsafe_b64encode(value).rstrip(b"=")

    claims = {"iss": server.url, "aud": US, "sub": "ann", "exp": time.time() + 300, "roles": ["admin"]}
    text = part(b'{"alg":"HS256","kid":"rsa"}') + b"." + part(json.dumps(claims).encode())
    return (text + b"." + part(hmac.new(PEM, text, hashlib.sha256).digest())).decode()


FORGED = {
    "no signature": lambda server: none_of(token(server)),
    "the public key as a secret": by_public_key,
    "another key": lambda server: token(server, key=OTHER),
    "a key of its own in the header": lambda server: token(
        server, key=OTHER, headers={"jwk": published(RSAAlgorithm, OTHER, "rsa"), "jku": f"{server.url}/evil"}
    ),
    "an unknown key": lambda server: token(server, kid="other"),
    "a path as the key": lambda server: token(server, kid="../../dev/null"),
    "no key named, of several": lambda server: jwt.encode({"sub": "x"}, RSA, "RS256"),
    "the algorithm of another key": lambda server: token(server, key=EC, alg="ES256", kid="rsa"),
    "for somebody else": lambda server: token(server, aud="shop"),
    "for nobody": lambda server: token(server, aud=None),
    "of another issuer": lambda server: token(server, iss="https://evil.example"),
    "of no issuer": lambda server: token(server, iss=None),
    "over": lambda server: token(server, since=60),
    "for ever": lambda server: token(server, exp=None),
    "not yet": lambda server: token(server, nbf=time.time() + 120),
    "of nobody": lambda server: token(server, sub=None),
    "a number for a name": lambda server: token(server, sub=None) + "x",
    "without a role": lambda server: token(server, roles=None),
    "with a role that there is not": lambda server: token(server, roles=["king"]),
    "with a role that is none's": lambda server: token(server, roles={"lead": True}),
    "huge": lambda server: token(server, filler="x" * 10_000),
    "cut": lambda server: token(server)[:-4],
    "no token": lambda server: "a.b.c",
}


@pytest.mark.parametrize("forge", FORGED.values(), ids=FORGED.keys())
async def test_a_forged_token_opens_nothing(issuer, forge):
    assert await tokens_of(issuer).principal_of(forge(issuer)) is None


async def test_claims_may_lie_within_others_and_name_several_agents(issuer):
    known = tokens_of(issuer, roles_claim="realm_access.roles", agents_claim="https://acme/agents")
    made = token(issuer, roles=None, realm_access={"roles": ["agent"]}, **{"https://acme/agents": ["ann", "bob"]})
    assert (await known.principal_of(made)).agents == {"ann", "bob"}
    assert await known.principal_of(token(issuer, roles=None, realm_access={"roles": ["agent"]})) is None


async def test_keys_are_asked_for_once_and_again_for_a_new_one(issuer, monkeypatch):
    known = tokens_of(issuer)
    await asyncio.gather(*(known.principal_of(token(issuer)) for _ in range(10)))
    issuer.keys = [published(RSAAlgorithm, OTHER, "new")]
    rotated = token(issuer, key=OTHER, kid="new")
    assert (await known.principal_of(rotated), issuer.asked) == (None, 1), "not more often than every half minute"
    monkeypatch.setattr(oidc, "PAUSE_SECONDS", 0)
    assert (await known.principal_of(rotated)).id == "oidc:ann"
    assert await known.principal_of(token(issuer)) is None, "a key that was taken back"


async def test_an_issuer_that_is_away_is_waited_for_and_its_keys_hold_meanwhile(monkeypatch):
    async with serving() as server:
        known, good = tokens_of(server), token(server)
        server.name = "https://evil.example"
        with pytest.raises(IssuerAway):
            await known.principal_of(good)
        server.name = None
        monkeypatch.setattr(oidc, "PAUSE_SECONDS", 0)
        assert (await known.principal_of(good)).id == "oidc:ann"
    monkeypatch.setattr(oidc, "FRESH_SECONDS", 0)
    assert (await known.principal_of(good)).id == "oidc:ann"
    monkeypatch.setattr(oidc, "STALE_SECONDS", 0)
    with pytest.raises(IssuerAway):
        await known.principal_of(good)


def settings(**told):
    return SimpleNamespace(
        oidc_issuer="https://id.example", oidc_audience=US, oidc_roles_claim="roles", oidc_agents_claim="sub",
        **({"oidc_roles": ""} | told),
    )  # fmt: skip


def test_words_of_the_claim_are_roles_by_the_settings():
    assert issuer_of(settings(oidc_roles="crm=leads=lead, dpo=privacy_officer")).roles["crm=leads"] is Role.LEAD
    for wrong in ("x=king", "lead", "=lead", "x=staff_program"):
        with pytest.raises(ValueError, match="HOLDFAST_OIDC_ROLES"):
            issuer_of(settings(oidc_roles=wrong))
