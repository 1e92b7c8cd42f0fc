"""How near an address is: nothing that a stranger names may lead behind our own doors."""

from __future__ import annotations

from enum import IntEnum
from ipaddress import IPv4Address, IPv6Address, IPv6Network

_NAT64 = IPv6Network("64:ff9b::/96")
# Local NAT64, documentation and segment routing, which older versions of Python hold for public.
_LATER = [IPv6Network(net) for net in ("64:ff9b:1::/48", "3fff::/20", "5f00::/16")]

Address = IPv4Address | IPv6Address


class Nearness(IntEnum):
    """How near an address is: what is near trusts who is near."""

    PUBLIC = 0
    PRIVATE = 1
    LINK = 2
    LOOPBACK = 3


def near(address: Address) -> Nearness:
    """How near an address is; one that holds an IPv4 address is as near as that."""
    if isinstance(address, IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour
        if address in _NAT64:
            inner = IPv4Address(int(address) & 0xFFFFFFFF)
        if inner is not None:
            return near(inner)
    if address.is_loopback or address.is_unspecified:
        return Nearness.LOOPBACK
    if address.is_link_local:
        return Nearness.LINK
    # Neither multicast nor what nobody has assigned is a server of the public.
    odd = address.is_multicast or address.is_reserved
    if isinstance(address, IPv6Address):
        odd = odd or address.is_site_local or any(address in net for net in _LATER)
    return Nearness.PUBLIC if address.is_global and not odd else Nearness.PRIVATE
