"""Requests that are answered later: acknowledged now, their answers sent to response handlers through the guard."""

from __future__ import annotations

import logging
from copy import deepcopy
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import anyio
import httpx
from anyio import CapacityLimiter
from lxml import etree  # type: ignore[import-untyped]
from starlette.background import BackgroundTask

from thalweg.catalogue.api.csw.versions import XSI, Version
from thalweg.core.errors import InvalidParameter, QuotaExceeded, ThalwegError
from thalweg.core.time import written
from thalweg.web.ows import report
from thalweg.web.pool import in_pool

if TYPE_CHECKING:
    from collections.abc import Callable

    from thalweg.guard.markup import Element
    from thalweg.guard.outbound import Outbound

_log = logging.getLogger("thalweg.catalogue")
_PATIENCE = 30.0
_MOST_HANDLERS = 4
_WORKING, HARVESTING = CapacityLimiter(2), CapacityLimiter(4)
"""What nobody waits for takes these threads, and no others; what waits for others holds up no search."""
_WAITING = CapacityLimiter(64)


class Acknowledging:
    """Acknowledges one request, and hands its answer over when it is there."""

    def __init__(self, outbound: Outbound, version: Version, echo: Element | str) -> None:
        self._outbound = outbound
        self._version = version
        self._echo = echo

    def document(self, request_id: str | None) -> bytes:
        """Return the ``Acknowledgement``."""
        version = self._version
        xml = version.markup()
        if isinstance(self._echo, str):
            echoed = xml.element("ows:Get", xlink__type="simple", xlink__href=self._echo)
        else:
            echoed = deepcopy(self._echo)
        whole = xml.element("csw:EchoedRequest")
        named = [xml.element("csw:RequestId", request_id)] if request_id else []
        now = written(datetime.now(UTC).replace(microsecond=0))
        root = xml.element("csw:Acknowledgement", children=[whole, *named], timeStamp=now)
        where = "cswCommon.xsd" if version.is_third else "CSW-discovery.xsd"
        root.set(f"{{{XSI}}}schemaLocation", f"{version.csw} {version.schemas}/{where}")
        etree.cleanup_namespaces(root)
        # The request's prefixes stay as they are: values of it may need them.
        whole.append(echoed)
        made: bytes = etree.tostring(root, encoding="UTF-8", xml_declaration=True)
        return made

    def check(self, handlers: tuple[str, ...]) -> None:
        """Return quietly where all handlers may be told.

        Raises:
            InvalidParameter: one is no address that may be reached, or there are too many.
        """
        if len(handlers) > _MOST_HANDLERS:
            raise InvalidParameter("ResponseHandler", f"names more than {_MOST_HANDLERS} addresses")
        for one in handlers:
            self._outbound.check_spelling(one, "ResponseHandler")
            self._outbound.check(one, "ResponseHandler")

    def handing(
        self, handlers: tuple[str, ...], work: Callable[[], bytes], among: CapacityLimiter = _WORKING
    ) -> BackgroundTask:
        """Return what does the work once the acknowledgement was sent, and sends its answer to each handler.

        Args:
            handlers: the addresses that take the answer.
            work: makes it.
            among: the threads in which it is made.

        Raises:
            InvalidParameter: a handler is no address that may be reached, or there are too many.
            QuotaExceeded: too many answers are on their way.
        """
        self.check(handlers)
        if _WAITING.available_tokens < 1:
            raise QuotaExceeded("Too many answers are on their way to response handlers.", 60)
        return BackgroundTask(self._hand, handlers, work, among)

    async def _hand(self, handlers: tuple[str, ...], work: Callable[[], bytes], among: CapacityLimiter) -> None:
        async with _WAITING:
            content = await in_pool(self._worked, work, among=among)
            for one in handlers:
                # A handler that never answers holds no thread, and is given up.
                with anyio.move_on_after(_PATIENCE):
                    await self._posted(one, content)

    def _worked(self, work: Callable[[], bytes]) -> bytes:
        try:
            return work()
        except ThalwegError as error:
            return report(error, self._version.reports)

    async def _posted(self, handler: str, content: bytes) -> None:
        try:
            async with (
                self._outbound.async_client(timeout=_PATIENCE) as client,
                client.stream("POST", handler, content=content, headers={"content-type": "application/xml"}) as answer,
            ):
                answer.raise_for_status()  # what else it says is nobody's, and is not read
        except (httpx.HTTPError, ThalwegError) as error:
            # Whoever named an address that does not take the answer cannot be told otherwise.
            _log.warning("A response handler did not take an answer: %s", type(error).__name__)
