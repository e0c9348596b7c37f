"""Paging tokens that cannot be made up, nor carried to another query."""

import base64
import hashlib
import hmac
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import orjson

from thalweg.core.errors import InvalidParameter, NotFound
from thalweg.core.queries import Token

_SEAL = 16
_LONGEST = 32 * 1024
"""Characters: a place tells the values by which a list is sorted, and one may be a whole description; an address that
holds it is still shorter than servers take."""

_LONGEST_KEY = 2_000


class Sealer:
    """Seals a place in a list with the platform's secret and the query it belongs to."""

    def __init__(self, secret: bytes) -> None:
        self._secret = secret

    def seal(self, place: object, query: object) -> str:
        """Return the opaque token of a place (JSON) in the list that the query (JSON) gives."""
        raw = orjson.dumps(place)
        mac = self._mac(raw, query)
        return base64.urlsafe_b64encode(mac + self._veiled(mac, raw)).rstrip(b"=").decode()

    def unseal(self, token: str, query: object, parameter: str = "token") -> Any:  # noqa: ANN401 - JSON
        """Return the place.

        Raises:
            InvalidParameter: the token was not made here, or for another query.
        """
        wrong = InvalidParameter(parameter, "is not a token of this query; begin again without it")
        if len(token) > _LONGEST:
            raise wrong
        try:
            sealed = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
        except ValueError as error:
            raise wrong from error
        mac, raw = sealed[:_SEAL], self._veiled(sealed[:_SEAL], sealed[_SEAL:])
        if not hmac.compare_digest(mac, self._mac(raw, query)):
            raise wrong
        return orjson.loads(raw)

    def place(self, token: str | None, query: object, again: Callable[..., bytes] | None = None) -> Token | None:
        """Return where a page begins that is sealed as its keys, its direction and the entry before it.

        Args:
            token: as it was sealed.
            query: to which it belongs.
            again: reads the document of that entry once more, where long keys are told by their digests.

        Raises:
            InvalidParameter: the token is not of this query, or of an entry that is gone or has changed.
        """
        if token is None:
            return None
        keys, backwards, *ended = self.unseal(token, query)
        if not ended or again is None:
            return Token(tuple(keys), backwards)
        try:
            document = again(*ended)
        except NotFound as error:
            raise InvalidParameter("token", "ended with an entry that is gone: begin again without it") from error
        return Token(tuple(restored(keys, orjson.loads(document))), backwards)

    def _veiled(self, mac: bytes, raw: bytes) -> bytes:
        """Hide, or show again, what a place says: a store's own numbers tell how much it holds of others."""
        stream = hashlib.shake_256(b"veil" + self._secret + mac).digest(len(raw))
        return bytes(a ^ b for a, b in zip(raw, stream, strict=True))

    def _mac(self, raw: bytes, query: object) -> bytes:
        bound = hashlib.sha256(orjson.dumps(query, option=orjson.OPT_SORT_KEYS)).digest()
        return hmac.digest(self._secret, bound + raw, "sha256")[:_SEAL]


def shortened(keys: Sequence[object]) -> list[object]:
    """Return the keys of a place with the digest of each text that is too long for an address; see ``restored``."""
    return [{"of": _digest(key)} if isinstance(key, str) and _is_long(key) else key for key in keys]


def restored(keys: Sequence[Any], document: object, parameter: str = "token") -> list[Any]:
    """Return the keys of a place as they were, from the document of the entry at which the page ended.

    Raises:
        InvalidParameter: the document holds them no longer, so that nobody knows where the page ended.
    """
    texts = {_digest(text): text for text in _texts(document) if _is_long(text)}
    try:
        return [texts[key["of"]] if isinstance(key, dict) else key for key in keys]
    except KeyError as error:
        raise InvalidParameter(
            parameter, "ended with an entry that has changed since: begin again without it"
        ) from error


def _is_long(text: str) -> bool:
    return len(orjson.dumps(text)) > _LONGEST_KEY


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _texts(document: object) -> Iterator[str]:
    ahead = [document]
    while ahead:
        found = ahead.pop()
        if isinstance(found, str):
            yield found
        elif isinstance(found, dict):
            ahead += found.values()
        elif isinstance(found, list):
            ahead += found
