"""Files brought from outside, through the outbound guard."""

from pathlib import Path
from typing import TYPE_CHECKING

import httpx

from thalweg.core.errors import TooLarge, Unavailable
from thalweg.guard.outbound import Outbound

if TYPE_CHECKING:
    from thalweg.processing.ports import Remote

_CHUNK = 1 << 20


class GuardedRemote:
    """Fetches by HTTP what the guard lets through."""

    def __init__(self, outbound: Outbound) -> None:
        self._outbound = outbound

    def fetch(self, url: str, target: Path, most: int) -> None:
        """Write what the address holds to a file.

        Raises:
            InvalidParameter: the address is not allowed.
            TooLarge: it holds more than ``most`` bytes.
            Unavailable: it does not answer now, or with anything but the file.
        """
        self._outbound.check(url)
        try:
            with self._outbound.client(follow_redirects=True) as client, client.stream("GET", url) as answer:
                answer.raise_for_status()
                _write(answer, target, most)
        except httpx.HTTPError as error:
            raise Unavailable(f"{httpx.URL(url).host} did not give the file: {type(error).__name__}") from error


def _write(answer: httpx.Response, target: Path, most: int) -> None:
    written = 0
    with target.open("wb") as file:
        for chunk in answer.iter_bytes(_CHUNK):
            written += len(chunk)
            if written > most:
                raise TooLarge(f"an asset has more than {most} bytes (THALWEG_LIMITS__FILE_BYTES)")
            file.write(chunk)


if TYPE_CHECKING:
    _keeps_its_promise: type[Remote] = GuardedRemote
