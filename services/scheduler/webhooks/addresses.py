"""Where a webhook may go: to public addresses over TLS, and never where a name leads to inside (SSRF)."""

from __future__ import annotations

import asyncio
import socket
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from urllib.parse import SplitResult, urlsplit

Address = IPv4Address | IPv6Address

TUNNELS = tuple(map(ip_network, ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32")))
"""IPv6 addresses that stand for IPv4 ones, which may be private."""
PORTS = {"https": 443, "http": 80}
LONGEST = 2_000


class AddressRefused(ValueError):
    """The sentence says what is wrong with it."""


def checked(url: str, *, private: bool) -> SplitResult:
    """The parts of an address that may be called as far as can be told without asking for its name.

    `private`: receivers of the own network may be called too, without TLS. Raises AddressRefused.
    """
    if len(url) > LONGEST or not url.isascii() or any(sign <= " " for sign in url):
        raise AddressRefused(f"Give an address of at most {LONGEST} plain characters.")
    try:
        parts = urlsplit(url)
        named = parts.hostname, parts.port
    except ValueError:
        raise AddressRefused("Give an address like https://host/path.") from None
    if parts.scheme not in (("https", "http") if private else ("https",)) or not named[0]:
        raise AddressRefused("Give an address that begins with https:// and names a host.")
    if parts.username is not None or parts.password is not None or parts.fragment or named[1] == 0:
        raise AddressRefused("Leave user, password and fragment out of the address: calls are signed.")
    literal = _literal(named[0])
    if literal is not None and not is_allowed(literal, private=private):
        raise AddressRefused(f"{literal} is no public address.")
    return parts


def is_allowed(address: Address, *, private: bool) -> bool:
    """Whether this is an address of the public network, or, where those may be called, of a private one."""
    inner = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    if inner is not None:
        return is_allowed(inner, private=private)
    if address.is_multicast or address.is_unspecified or address.is_link_local or address.is_reserved:
        return False
    return private or (
        address.is_global and not any(address in net for net in TUNNELS if net.version == address.version)
    )


async def resolved(parts: SplitResult, *, private: bool) -> Address:
    """An address that the name leads to; it is the one to connect to, a second look might lead elsewhere.

    Raises AddressRefused where any of them may not be called, OSError where there is none.
    """
    host, port = parts.hostname or "", parts.port or PORTS[parts.scheme]
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    addresses = [ip_address(str(entry[4][0]).partition("%")[0]) for entry in found]
    for address in addresses:
        if not is_allowed(address, private=private):
            raise AddressRefused(f"{host} leads to {address}, which is no public address.")
    return addresses[0]


def _literal(host: str) -> Address | None:
    """Of a host that is a number, however it is spelt: inet_aton takes 127.1, 0x7f000001 and 2130706433 too."""
    try:
        return ip_address(host)
    except ValueError:
        pass
    try:
        return ip_address(socket.inet_aton(host))
    except OSError:
        return None
