"""How long what only grows is kept: the logs of Jobs that have ended, and the events of both databases."""

import logging
import threading
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from thalweg.core.errors import ThalwegError

if TYPE_CHECKING:
    from thalweg.app.compose import Platform

_LOG = logging.getLogger(__name__)
_EVERY_SECONDS = 3600.0
_BETWEEN_SECONDS = 0.1
"""Writers have their turn between two steps."""
Prune = Callable[[datetime], int]
"""Forgets a bounded number of what is from before a time, and returns how many."""


class Retention:
    """Forgets, step by step, what is older than its setting says; several processes may do so at once."""

    def __init__(self, kept: Sequence[tuple[timedelta, Prune]]) -> None:
        self._kept = kept

    @classmethod
    def of(cls, platform: "Platform") -> "Retention":
        """Return what a platform forgets; a database that is only read forgets nothing."""
        from thalweg.processing.stores.jobs import SqlJobs  # noqa: PLC0415 - loaded by who works
        from thalweg.sql.outbox import SqlOutbox  # noqa: PLC0415 - likewise

        limits = platform.settings.limits
        events = timedelta(days=limits.event_days)
        outboxes = [one for one in platform.outboxes if isinstance(one, SqlOutbox)]
        logs = (timedelta(days=limits.log_days), SqlJobs(platform.control).prune_logs)
        return cls([logs, *((events, outbox.prune) for outbox in outboxes)])

    def keep_up(self, stop: threading.Event) -> None:
        """Forget what is too old now, and again each hour until ``stop`` is set."""
        while not stop.is_set():
            try:
                self.prune(stop)
            except ThalwegError as error:
                _LOG.warning("what is too old is still there: %s", error)
            stop.wait(_EVERY_SECONDS)

    def prune(self, stop: threading.Event) -> None:
        """Forget what is too old now."""
        now = datetime.now(UTC)
        for life, prune in self._kept:
            while prune(now - life) and not stop.wait(_BETWEEN_SECONDS):
                pass
