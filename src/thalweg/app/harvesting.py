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
    from thalweg.catalogue.harvests.harvester import Bounds, Harvester  # noqa: PLC0415 - loads the HTTP client
    from thalweg.catalogue.harvests.periodic import Frequency, Harvests  # noqa: PLC0415 - likewise
    from thalweg.catalogue.harvests.sql_sources import SqlSources  # noqa: PLC0415 - likewise

    asked = platform.settings.harvests
    bounds = Bounds(asked.records, asked.document_bytes, asked.all_bytes, asked.hours * 3600)
    harvester = Harvester(platform.records, lambda: platform.outbound, bounds, platform.scratch)
    frequency = Frequency(asked.sources, timedelta(minutes=asked.shortest_minutes))
    return Harvests(SqlSources(platform.control), harvester, platform.records, platform.identity.principal, frequency)


def keep_harvesting(platform: "Platform", stop: threading.Event) -> None:
    """Harvest the sources that are due, until ``stop`` is set."""
    from thalweg.catalogue.harvests.sql_sources import SqlSources  # noqa: PLC0415 - only where there is a worker

    sources = SqlSources(platform.control)
    while not stop.is_set():
        try:
            # A worker of which nobody wants a harvest loads nothing of it.
            if sources.waits(datetime.now(UTC)) and platform.harvests.run_due(stop):
                continue
        except ThalwegError as error:
            _LOG.warning("harvests: %s", error)
        stop.wait(_GLANCE_SECONDS)
