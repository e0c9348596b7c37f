"""The catalogues of a federation, as the operator names them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from thalweg.core.errors import InvalidParameter

if TYPE_CHECKING:
    from collections.abc import Sequence

Protocol = Literal["csw", "csw-2.0.2", "csw-3.0.0", "records"]
_LEAST_SECONDS = 0.1


@dataclass(frozen=True, slots=True)
class Federated:
    """One catalogue.

    Attributes:
        id: by which searches of OGC API Records name it.
        url: the address of its CSW; of an OGC API Records that of a collection, whose Records are at ``/items``.
        protocol: that it speaks; ``csw`` is both versions.
        seconds: for which it is waited.
    """

    id: str
    url: str
    protocol: Protocol = "csw"
    title: str = ""
    seconds: float = 20.0

    def speaks(self, protocol: Protocol) -> bool:
        """Tell whether it is asked by a protocol."""
        return self.protocol == protocol or (self.protocol == "csw" and protocol.startswith("csw"))


@dataclass(frozen=True, slots=True)
class Chosen:
    """One that a search is to go on to, by its id or address, and for how many seconds it is waited."""

    name: str
    seconds: float | None = None


def chosen_among(catalogues: Sequence[Federated], wanted: Sequence[Chosen], parameter: str) -> tuple[Federated, ...]:
    """Return those that a search names, all where it names none; none is waited for longer than the operator says.

    Raises:
        InvalidParameter: one is not of the federation: a search goes nowhere that the operator did not name.
    """
    if not wanted:
        return tuple(catalogues)
    known = {name: one for one in catalogues for name in (one.id, one.url)}
    found: dict[str, Federated] = {}
    for one in wanted:
        if one.name not in known:
            raise InvalidParameter(parameter, f"{one.name[:128]!r} is not one of {', '.join(c.id for c in catalogues)}")
        there = known[one.name]
        seconds = there.seconds if one.seconds is None else min(there.seconds, max(one.seconds, _LEAST_SECONDS))
        found[there.id] = replace(there, seconds=seconds)
    return tuple(found.values())


def read_chosen(texts: Sequence[str], parameter: str, units: float) -> tuple[Chosen, ...]:
    """Read ``name``, ``(name)`` and ``(name,timeout)``, which clients write one after the other.

    Args:
        texts: the values as they were split at their commas.
        parameter: what they are called.
        units: how many of a timeout's units are a second.

    Raises:
        InvalidParameter: a timeout is no whole number.
    """
    found: list[Chosen] = []
    for text in texts:
        one = text.strip().strip("()").strip()
        if not one:
            continue
        if one.isdecimal() and found and found[-1].seconds is None:
            if len(one) > 12:  # noqa: PLR2004 - thirty years in ms
                raise InvalidParameter(parameter, "names a timeout that is too long")
            found[-1] = replace(found[-1], seconds=int(one) / units)
        else:
            found.append(Chosen(one))
    return tuple(found)
