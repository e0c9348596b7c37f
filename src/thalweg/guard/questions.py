"""One question to a host, and its whole answer: of so many bytes and within so many seconds, however it comes.

A client's own timeout begins anew with each byte, so that an answer that comes drop by drop would hold a thread for as
long as its host likes; only in an event loop can it be cut off.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from thalweg.core.errors import TooLarge, Unavailable

if TYPE_CHECKING:
    from collections.abc import Mapping

    from thalweg.guard.outbound import Outbound


@dataclass(frozen=True, slots=True)
class Answer:
    """What a host answered."""

    status: int
    content: bytes


@dataclass(frozen=True, slots=True)
class Question:
    """What a host is asked; it is a POST where ``content`` is given and ``method`` is not.

    Attributes:
        login: name and password, for a host that the operator names.
    """

    url: str
    content: bytes | None = None
    headers: Mapping[str, str] | None = None
    method: str = ""
    login: tuple[str, str] | None = None


def answered(outbound: Outbound, question: Question, most: int, seconds: float) -> Answer:
    """Return what a host answers; a redirect is an answer.

    Args:
        outbound: the guard.
        question: what it is asked.
        most: bytes of its answer, unpacked.
        seconds: that it may take in all.

    Raises:
        InvalidParameter: the address leads inside.
        TooLarge: the answer is longer.
        Unavailable: there is none, or it comes too slowly.
    """
    import anyio  # noqa: PLC0415 - as the next: slow to load, and not where nobody is asked
    import httpx  # noqa: PLC0415

    try:
        return anyio.run(_answered, outbound, question, most, seconds)
    except TimeoutError as error:
        raise Unavailable(f"there is no answer within {seconds:.1f} s") from error
    except (httpx.HTTPError, httpx.InvalidURL, UnicodeError) as error:
        raise Unavailable(f"there is no answer: {type(error).__name__}") from error


async def _answered(outbound: Outbound, question: Question, most: int, seconds: float) -> Answer:
    import anyio  # noqa: PLC0415 - loaded before

    method = question.method or ("GET" if question.content is None else "POST")
    content = bytearray()
    with anyio.fail_after(seconds):
        async with (
            outbound.async_client(timeout=seconds) as client,
            client.stream(
                method, question.url, content=question.content, headers=question.headers, auth=question.login
            ) as answer,
        ):
            async for piece in answer.aiter_bytes():
                content += piece
                if len(content) > most:
                    raise TooLarge(f"there is an answer of more than {most} bytes")
    return Answer(answer.status_code, bytes(content))
