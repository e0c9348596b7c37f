"""Resumption tokens: the whole of a list and a place in it, sealed, and nothing is kept of who harvests."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from thalweg.catalogue.api.oai.faults import BAD_TOKEN, OaiFault
from thalweg.core.errors import InvalidParameter
from thalweg.core.queries import Token

if TYPE_CHECKING:
    from collections.abc import Callable

    from thalweg.web.paging import Sealer

_DAY = 86_400.0


@dataclass(frozen=True, slots=True)
class Listed:
    """A list, and a place in it.

    Attributes:
        prefix, spec, since, until: the arguments of the request that began it.
        cursor: how many were told before the place.
        after: where the part before ended.
    """

    prefix: str = ""
    spec: str | None = None
    since: str | None = None
    until: str | None = None
    cursor: int = 0
    after: Token | None = None

    def further(self, told: int, after: Token | None) -> Listed:
        """Return the same list at the place after a part of it."""
        return replace(self, cursor=self.cursor + told, after=after)


@dataclass(frozen=True, slots=True)
class Resuming:
    """Makes and reads tokens; one holds for a day, for one verb, at one address."""

    sealer: Sealer
    seconds: float = _DAY
    clock: Callable[[], float] = time.time

    def seal(self, listed: Listed, verb: str, address: str) -> tuple[str, datetime]:
        """Return the token of a place, and until when it holds."""
        until = int(self.clock() + self.seconds)
        keys = [] if listed.after is None else list(listed.after.keys)
        place = [until, listed.prefix, listed.spec, listed.since, listed.until, listed.cursor, keys]
        return self.sealer.seal(place, ["oai", verb, address]), datetime.fromtimestamp(until, UTC)

    def unseal(self, token: str, verb: str, address: str) -> Listed:
        """Return the place of a token.

        Raises:
            OaiFault: it was not made here for this verb, or holds no longer.
        """
        try:
            held = self.sealer.unseal(token, ["oai", verb, address])
        except InvalidParameter as error:
            raise OaiFault(BAD_TOKEN, f"resumptionToken was not given out here for {verb}") from error
        until, prefix, spec, since, end, cursor, keys = held
        if self.clock() > until:
            raise OaiFault(BAD_TOKEN, "resumptionToken has expired: begin again with from")
        return Listed(prefix, spec, since, end, cursor, Token(tuple(keys)))
