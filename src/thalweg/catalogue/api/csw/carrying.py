"""Harvests that CSW acknowledged, carried out by a worker: their answers go to response handlers through the guard."""

from __future__ import annotations

from typing import TYPE_CHECKING

from thalweg.catalogue.api.csw.harvesting import Telling
from thalweg.catalogue.api.csw.versions import VERSIONS
from thalweg.catalogue.harvests.harvester import Order
from thalweg.core.errors import TooLarge, Unavailable
from thalweg.guard.questions import Question, answered
from thalweg.web.ows import report

if TYPE_CHECKING:
    from collections.abc import Callable

    from thalweg.catalogue.harvests.errand import Errand
    from thalweg.catalogue.harvests.errands import Carrier, Heart
    from thalweg.catalogue.harvests.periodic import Harvests
    from thalweg.core.errors import ThalwegError
    from thalweg.core.principals import Principal
    from thalweg.guard.outbound import Outbound

_PATIENCE, _MOST_SAID = 30.0, 2**20
_WELL, _ELSEWHERE = 200, 300
_XML = {"content-type": "application/xml"}


class Carrying:
    """Speaks CSW with those who wait for the answer to a Harvest.

    Args:
        harvests: the platform's.
        guard: gives the guard of all that leaves.
    """

    def __init__(self, harvests: Harvests, guard: Callable[[], Outbound]) -> None:
        self._harvests = harvests
        self._guard = guard

    def done(self, errand: Errand, who: Principal, heart: Heart) -> str:
        """Harvest, and return the ``HarvestResponse``."""
        telling, ours = Telling(VERSIONS[errand.speaks]), (errand.ours,) if errand.ours else ()
        order = Order(errand.url, errand.catalogue, errand.kind, ours=ours)
        by = self._harvests.harvester
        if errand.interval:
            seconds = by.bounds.seconds
            _, brought = self._harvests.add(order, errand.interval, who, telling.hear, seconds, heart.beat)
        else:
            brought = by.bring(order, who, heart, telling.hear)
        return telling.response(brought).decode()

    def refused(self, errand: Errand, error: ThalwegError) -> str:
        """Return the ``ExceptionReport``."""
        return report(error, VERSIONS[errand.speaks].reports).decode()

    def send(self, handler: str, answer: str) -> None:
        """Post an answer to a handler.

        Raises:
            InvalidParameter: its address leads inside by now.
            Unavailable: it does not take it, or not within half a minute.
        """
        try:
            said = answered(self._guard(), Question(handler, answer.encode(), _XML), _MOST_SAID, _PATIENCE)
        except TooLarge:
            return  # it took the answer; what else it says is nobody's
        if not _WELL <= said.status < _ELSEWHERE:
            raise Unavailable(f"it answers with {said.status}")


if TYPE_CHECKING:
    _keeps_its_promise: type[Carrier] = Carrying
