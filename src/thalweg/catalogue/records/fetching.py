"""Documents fetched from where others keep them, as far as the outbound guard lets."""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpx

from thalweg.core.errors import TooLarge, Unavailable

if TYPE_CHECKING:
    from thalweg.guard.outbound import Outbound

_CHUNK = 1 << 16
_ACCEPT = (
    "application/geo+json, application/vnd.iso.19139+xml, application/xml;q=0.9, application/json;q=0.8, */*;q=0.1"
)


def fetched(outbound: Outbound, url: str, most: int) -> bytes:
    """Return what an address holds.

    Raises:
        InvalidParameter: the address may not be asked.
        TooLarge: it holds more than ``most`` bytes.
        Unavailable: it does not answer now, or not with a document.
    """
    outbound.check(url, "source")
    try:
        with (
            outbound.client(follow_redirects=True) as client,
            client.stream("GET", url, headers={"accept": _ACCEPT}) as answer,
        ):
            answer.raise_for_status()
            return _read(answer, most)
    except httpx.HTTPError as error:
        raise Unavailable(f"{httpx.URL(url).host} did not give the document: {type(error).__name__}") from error


def _read(answer: httpx.Response, most: int) -> bytes:
    content = b""
    for chunk in answer.iter_bytes(_CHUNK):
        content += chunk
        if len(content) > most:
            raise TooLarge(f"the source has more than {most} bytes")
    return content
