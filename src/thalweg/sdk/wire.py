"""Requests to a platform; a refusal comes back as the class of error that the platform raised."""

from collections.abc import Iterator, Mapping
from typing import Any

import httpx

from thalweg.core import errors
from thalweg.core.errors import (
    Fault,
    InvalidParameter,
    InvalidRequest,
    QuotaExceeded,
    Removed,
    ThalwegError,
    Unavailable,
)

_BY_STATUS: dict[int, type[ThalwegError]] = {
    kind.status: kind
    for kind in vars(errors).values()
    if isinstance(kind, type) and issubclass(kind, ThalwegError) and kind not in (InvalidParameter, Removed)
}
_PATIENCE = httpx.Timeout(60.0, connect=5.0)


class Wire:
    """One platform's address, and a token that says who asks."""

    def __init__(self, url: str, token: str | None, transport: httpx.BaseTransport | None = None) -> None:
        self.url = url.rstrip("/")
        self.token = token
        self._http = httpx.Client(base_url=self.url, timeout=_PATIENCE, transport=transport)

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def ours(self, address: str) -> bool:
        """Tell whether an address lies on the platform: only there is the token shown."""
        return address.startswith(("/", f"{self.url}/"))

    def ask(self, method: str, address: str, **more: Any) -> httpx.Response:  # noqa: ANN401 - httpx's arguments
        """Send one request and return the answer.

        Raises:
            ThalwegError: the platform refused, by the class of its refusal.
            Unavailable: nobody answers at the platform's address.
        """
        headers = dict(more.pop("headers", {}))
        if self.token and self.ours(address):
            headers["authorization"] = f"Bearer {self.token}"
        try:
            answer = self._http.request(method, address, headers=headers, **more)
        except httpx.TransportError as error:
            raise Unavailable(f"no platform answers at {self.url}: {error}") from error
        if answer.is_error:
            raise refusal(answer.status_code, _problem(answer))
        return answer

    def json(self, method: str, address: str, **more: Any) -> Any:  # noqa: ANN401 - JSON
        """Send one request and return the JSON of the answer."""
        return self.ask(method, address, **more).json()

    def pages(self, method: str, address: str, **more: Any) -> Iterator[dict[str, Any]]:  # noqa: ANN401 - httpx's
        """Yield the pages of a list, following its ``next`` links."""
        page = self.json(method, address, **more)
        while True:
            yield page
            following = next((link for link in page.get("links", ()) if link.get("rel") == "next"), None)
            if following is None:
                return
            body = {"json": following["body"]} if following.get("body") else {}
            page = self.json(following.get("method", "GET"), following["href"], **body)


def refusal(status: int, problem: Mapping[str, Any]) -> ThalwegError:
    """Return the error that a problem document tells of."""
    detail = str(problem.get("detail") or problem.get("title") or f"the platform answered {status}")
    parameter = problem.get("parameter")
    if parameter is not None:
        others = [Fault(str(one.get("parameter")), str(one.get("detail"))) for one in problem.get("errors", ())[1:]]
        return InvalidParameter(str(parameter), detail.removeprefix(f"{parameter}: "), others)
    if problem.get("removed"):
        return Removed(detail, str(problem["removed"]), problem.get("links", ()))
    if status == QuotaExceeded.status:
        return QuotaExceeded(detail)
    return _BY_STATUS.get(status, InvalidRequest if status < 500 else ThalwegError)(detail)  # noqa: PLR2004 - HTTP


def _problem(answer: httpx.Response) -> Mapping[str, Any]:
    try:
        document = answer.json()
    except ValueError:
        return {}
    return document if isinstance(document, dict) else {}
