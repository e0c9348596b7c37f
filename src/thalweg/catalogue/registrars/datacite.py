"""DOIs registered at DataCite, or at whoever speaks its REST API."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import orjson

from thalweg.core.errors import Conflict, TooLarge, Unavailable
from thalweg.guard.outbound import Outbound
from thalweg.guard.questions import Answer, Question, answered

_TYPE = "application/vnd.api+json"
_SECONDS, _MOST_BYTES = 30.0, 2**20
_MOST_SAID = 500
_REFUSES_LOGIN, _UNPROCESSABLE = (401, 403), 422
_WELL, _ELSEWHERE, _FAULT = 200, 300, 500


class DataCite:
    """One repository of a registrar.

    Args:
        outbound: the guard of all requests that leave the platform.
        url: of the API: ``https://api.datacite.org``.
        prefix: of the DOIs: ``10.5072``.
        repository: the name that the registrar knows the platform by.
        password: its password.
    """

    def __init__(self, outbound: Outbound, url: str, prefix: str, repository: str, password: str) -> None:
        self._outbound = outbound
        self._url = url.rstrip("/")
        self._prefix = prefix.strip("/")
        self._auth = (repository, password)

    def register(self, name: str, attributes: Mapping[str, Any]) -> str:
        """Register a DOI, or what is told of one that the platform registered before.

        Raises:
            Conflict: the registrar refuses what is told.
            Unavailable: it does not answer, or does not know the platform.
        """
        doi = f"{self._prefix}/{name}"
        told = {**attributes, "doi": doi, "event": "publish"}
        body = orjson.dumps({"data": {"type": "dois", "attributes": told}})
        answer = self._asked("POST", f"{self._url}/dois", body)
        if answer.status == _UNPROCESSABLE and b"taken" in answer.content:
            # It was registered, and the answer never came.
            answer = self._asked("PUT", f"{self._url}/dois/{quote(doi)}", body)
        _check(answer)
        return doi

    def _asked(self, method: str, url: str, body: bytes) -> Answer:
        question = Question(url, body, {"content-type": _TYPE}, method, self._auth)
        try:
            return answered(self._outbound, question, _MOST_BYTES, _SECONDS)
        except (TooLarge, Unavailable) as error:
            raise Unavailable("The registrar of DOIs does not answer: try again.") from error


def _check(answer: Answer) -> None:
    if answer.status in _REFUSES_LOGIN:
        raise Unavailable("The registrar of DOIs does not know the platform: doi.repository or doi.password is wrong.")
    if answer.status >= _FAULT:
        raise Unavailable("The registrar of DOIs has a fault of its own: try again.")
    if not _WELL <= answer.status < _ELSEWHERE:
        raise Conflict(f"The registrar of DOIs refuses: {_why(answer)}")


def _why(answer: Answer) -> str:
    try:
        told = orjson.loads(answer.content)
        said = "; ".join(str(one.get("title", "")) for one in told["errors"])
    except (orjson.JSONDecodeError, KeyError, TypeError, AttributeError):
        said = f"{answer.status}"
    return said[:_MOST_SAID]


if TYPE_CHECKING:
    from thalweg.catalogue.snapshots import Registrar

    _registers: type[Registrar] = DataCite
