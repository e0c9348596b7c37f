"""Answers of strangers, unpacked piece by piece: a kilobyte may hold gigabytes, and who counts must see them come."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING

import httpx

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

ACCEPTED = "gzip, deflate"
"""What hosts are asked for; an answer that is packed otherwise, or more than once, is not read."""
_PIECE = 64 * 1024
_MOST_SILENT = 2**18
"""So many bytes may hold nothing: what follows the end, or is packed of nothing, is never counted by who reads."""
_PLAIN = frozenset({"", "identity"})
_GZIP = frozenset({"gzip", "x-gzip"})
_OF_PACKED = ("content-encoding", "content-length")
_ZLIB_MARK = 8


def unpacked(answer: httpx.Response) -> httpx.Response:
    """Return an answer whose body comes unpacked, in pieces of at most 64 KiB where it was packed.

    A redirect is only followed, so that its body is none: the client would read all of it.
    """
    packing = answer.headers.get("content-encoding", "").strip().lower()
    if answer.has_redirect_location:
        return _without_packing(answer, _Nothing(answer))
    if packing in _PLAIN:
        return answer
    return _without_packing(answer, _Unpacking(answer, packing))


def _without_packing(answer: httpx.Response, stream: _Stream) -> httpx.Response:
    headers = [(name, value) for name, value in answer.headers.multi_items() if name.lower() not in _OF_PACKED]
    return httpx.Response(answer.status_code, headers=headers, stream=stream, extensions=answer.extensions)


class _Stream(httpx.SyncByteStream, httpx.AsyncByteStream):
    """The body of an answer, for clients of either kind."""

    def __init__(self, answer: httpx.Response) -> None:
        self._answer = answer

    def close(self) -> None:
        self._answer.close()

    async def aclose(self) -> None:
        await self._answer.aclose()


class _Nothing(_Stream):
    """What nobody reads."""

    def __iter__(self) -> Iterator[bytes]:
        yield b""

    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield b""


class _Unpacking(_Stream):
    """What was packed once."""

    def __init__(self, answer: httpx.Response, packing: str) -> None:
        super().__init__(answer)
        self._unpacker = _Unpacker(packing)

    def __iter__(self) -> Iterator[bytes]:
        for chunk in self._answer.iter_raw():
            yield from self._unpacker.pieces(chunk)
        self._unpacker.check_end()

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for chunk in self._answer.aiter_raw():
            for piece in self._unpacker.pieces(chunk):
                yield piece
        self._unpacker.check_end()


class _Unpacker:
    """Unpacks one body; what follows its end is left."""

    def __init__(self, packing: str) -> None:
        self._packing = packing
        self._inflating: zlib._Decompress | None = None
        self._silent = 0

    def pieces(self, chunk: bytes) -> Iterator[bytes]:
        """Yield what a chunk holds.

        Raises:
            httpx.DecodingError: it is broken, packed in a way that is not read here, or goes on and holds nothing.
        """
        if not chunk:
            return
        if self._inflating is None:
            self._inflating = self._begun(chunk)
        self._silent += len(chunk)
        for piece in _inflated(self._inflating, chunk):
            self._silent = 0
            yield piece
        if self._silent > _MOST_SILENT:
            raise httpx.DecodingError("the answer goes on and holds nothing")

    def check_end(self) -> None:
        """Return quietly where the body came to its end.

        Raises:
            httpx.DecodingError: it was cut off.
        """
        if self._inflating is not None and not self._inflating.eof:
            raise httpx.DecodingError("the answer is cut off")

    def _begun(self, chunk: bytes) -> zlib._Decompress:
        if self._packing in _GZIP:
            return zlib.decompressobj(zlib.MAX_WBITS | 16)
        if self._packing == "deflate":
            # By the standard it is zlib's format; servers are known to send it without its first two bytes.
            return zlib.decompressobj(zlib.MAX_WBITS if chunk[0] & 15 == _ZLIB_MARK else -zlib.MAX_WBITS)
        raise httpx.DecodingError("the answer is packed in a way that was not asked for")


def _inflated(inflating: zlib._Decompress, chunk: bytes) -> Iterator[bytes]:
    rest = chunk
    while True:
        try:
            piece = inflating.decompress(rest, _PIECE)
        except zlib.error as error:
            raise httpx.DecodingError(str(error)) from error
        if piece:
            yield piece
        rest = inflating.unconsumed_tail
        if inflating.eof or (not rest and len(piece) < _PIECE):
            return
