"""Catalogues of others, harvested again and again beside the worker."""

import logging
import threading
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from thalweg.core.errors import ThalwegError

if TYPE_CHECKING:
    from thalweg.app.compose import Platform
    from thalweg.catalogue.harvests.periodic import Harvests

AT_ONCE = 2
"""Sources that one worker harvests at the same time: one that is slow leaves room for the others."""
_GLANCE_SECONDS = 5.0
_LOG = logging.getLogger(__name__)


def harvests_of(platform: "Platform") -> "Harvests":
    """Return what harvests the sources of a platform."""
    from thalweg.catalogue.harvests.errands import Errands  # noqa: PLC0415 - likewise
    from thalweg.catalogue.harvests.harvester import Bounds, Harvester  # noqa: PLC0415 - loads the HTTP client
    from thalweg.catalogue.harvests.periodic import Frequency, Harvests  # noqa: PLC0415 - likewise
    from thalweg.catalogue.harvests.sql_errands import SqlErrands  # noqa: PLC0415 - likewise
    from thalweg.catalogue.harvests.sql_sources import SqlSources  # noqa: PLC0415 - likewise

    asked = platform.settings.harvests
    bounds = Bounds(asked.records, asked.document_bytes, asked.all_bytes, asked.hours * 3600)
    harvester = Harvester(platform.records, lambda: platform.outbound, bounds, platform.scratch)
    frequency = Frequency(asked.sources, timedelta(minutes=asked.shortest_minutes))
    principals = platform.identity.principal
    errands = Errands(SqlErrands(platform.control), principals)
    sources = SqlSources(platform.control)
    return Harvests(sources, harvester, platform.records, principals, frequency, errands=errands)


def keep_harvesting(platform: "Platform", stop: threading.Event) -> None:
    """Harvest the sources that are due and carry out what was acknowledged, in turn, until ``stop`` is set."""
    from thalweg.catalogue.harvests.sql_errands import SqlErrands  # noqa: PLC0415 - only where there is a worker
    from thalweg.catalogue.harvests.sql_sources import SqlSources  # noqa: PLC0415 - likewise

    sources, errands = SqlSources(platform.control), SqlErrands(platform.control)
    while not stop.is_set():
        try:
            # A worker of which nobody wants a harvest loads nothing of it.
            was_due = sources.waits(datetime.now(UTC)) and platform.harvests.run_due(stop)
            was_due |= errands.waits(datetime.now(UTC)) and carry_out(platform, stop)
            if was_due:
                continue
        except ThalwegError as error:
            _LOG.warning("harvests: %s", error)
        stop.wait(_GLANCE_SECONDS)


def carry_out(platform: "Platform", stop: threading.Event) -> bool:
    """Carry out the harvest that was acknowledged first, or tell those who wait for it; tell whether there was one."""
    from thalweg.catalogue.api.csw.carrying import Carrying  # noqa: PLC0415 - only where one is asked for

    errands, carrier = platform.harvests.errands, Carrying(platform.harvests, lambda: platform.outbound)
    return errands is not None and errands.run_due(carrier, stop)
