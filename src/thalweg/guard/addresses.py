"""Which internet addresses are public: what is not plainly public is not.

Python's ``is_global`` calls NAT64, 6to4, Teredo and multicast addresses global, so that the question is answered here
from the IANA special-purpose registries (RFC 6890 and its successors).
"""

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

_V4_REFUSED = tuple(
    IPv4Network(text)
    for text in (
        "0.0.0.0/8",  # this network
        "10.0.0.0/8",  # private
        "100.64.0.0/10",  # carrier-grade NAT
        "127.0.0.0/8",  # loopback
        "169.254.0.0/16",  # link-local, and every cloud's metadata service
        "172.16.0.0/12",  # private
        "192.0.0.0/24",  # protocol assignments
        "192.0.2.0/24",  # documentation
        "192.88.99.0/24",  # 6to4 relays
        "192.168.0.0/16",  # private
        "198.18.0.0/15",  # benchmarks
        "198.51.100.0/24",  # documentation
        "203.0.113.0/24",  # documentation
        "224.0.0.0/4",  # multicast
        "240.0.0.0/4",  # reserved, broadcast
    )
)
_V6_PUBLIC = IPv6Network("2000::/3")
_V6_REFUSED = tuple(
    IPv6Network(text)
    for text in (
        "2001::/23",  # protocol assignments, Teredo among them
        "2001:db8::/32",  # documentation
        "2002::/16",  # 6to4 carries any IPv4 address
        "3fff::/20",  # documentation
    )
)


def is_public(address: Address) -> bool:
    """Tell whether an address is plain global unicast.

    Mapped, NAT64, 6to4 and Teredo addresses carry another address inside and are refused whatever they carry.
    """
    if isinstance(address, IPv4Address):
        return not any(address in network for network in _V4_REFUSED)
    if address.scope_id is not None or address not in _V6_PUBLIC:
        return False
    return not any(address in network for network in _V6_REFUSED)


def literal(host: str) -> Address | None:
    """Return the address that a host name spells, or ``None`` for a name that must be resolved.

    A host whose last label is a number is an address in every client's eyes (2130706433, 0x7f.1, 127.1 are loopback
    to the C library), so that only its one canonical spelling is read.

    Raises:
        ValueError: it is an address in another spelling.
    """
    if ":" in host or host.startswith("["):
        return ip_address(host.strip("[]"))
    last = host.rpartition(".")[2]
    if last.isdigit() or last[:2].lower() == "0x":
        return IPv4Address(host)
    return None


def network(text: str) -> Network | None:
    """Return the network or single address that a setting names, ``None`` where it names a host."""
    try:
        return ip_network(text)
    except ValueError:
        return None
