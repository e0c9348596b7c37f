"""DOIs registered at DataCite, or at whoever speaks its REST API."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import httpx
import orjson

from thalweg.core.errors import Conflict, Unavailable
from thalweg.guard.outbound import Outbound

_TYPE = "application/vnd.api+json"
_SECONDS = 30.0
_MOST_SAID = 500


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
        if answer.status_code == httpx.codes.UNPROCESSABLE_ENTITY and "taken" in answer.text:
            # It was registered, and the answer never came.
            answer = self._asked("PUT", f"{self._url}/dois/{quote(doi)}", body)
        _check(answer)
        return doi

    def _asked(self, method: str, url: str, body: bytes) -> httpx.Response:
        try:
            with self._outbound.client(timeout=_SECONDS) as client:
                return client.request(method, url, content=body, headers={"content-type": _TYPE}, auth=self._auth)
        except httpx.HTTPError as error:
            raise Unavailable("The registrar of DOIs does not answer: try again.") from error


def _check(answer: httpx.Response) -> None:
    if answer.status_code in (httpx.codes.UNAUTHORIZED, httpx.codes.FORBIDDEN):
        raise Unavailable("The registrar of DOIs does not know the platform: doi.repository or doi.password is wrong.")
    if answer.is_server_error:
        raise Unavailable("The registrar of DOIs has a fault of its own: try again.")
    if not answer.is_success:
        raise Conflict(f"The registrar of DOIs refuses: {_why(answer)}")


def _why(answer: httpx.Response) -> str:
    try:
        told = orjson.loads(answer.content)
        said = "; ".join(str(one.get("title", "")) for one in told["errors"])
    except (orjson.JSONDecodeError, KeyError, TypeError, AttributeError):
        said = f"{answer.status_code}"
    return said[:_MOST_SAID]


if TYPE_CHECKING:
    from thalweg.catalogue.snapshots import Registrar

    _registers: type[Registrar] = DataCite
