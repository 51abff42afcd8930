"""E-mail addresses: one spelling of each."""

from __future__ import annotations

import unicodedata

import idna


def normal_email(text: str) -> str:
    """Without case; the domain as it is asked for on the wire, `xn--…` for letters outside ASCII.

    A domain that no registry would have stands as it came, without case.
    """
    local, at, domain = text.rpartition("@")
    return f"{_folded(local)}{at}{_domain(domain)}"


def _domain(text: str) -> str:
    folded = _folded(text)
    if folded.isascii():
        return folded
    try:
        return idna.encode(folded, uts46=True).decode("ascii")
    except idna.IDNAError:
        return folded


def _folded(text: str) -> str:
    """Composed and without case; folded twice it is the same."""
    return text if text.isascii() and text.islower() else unicodedata.normalize("NFC", _caseless(text))


def _caseless(text: str) -> str:
    return unicodedata.normalize("NFD", unicodedata.normalize("NFD", text).casefold())
