"""One process of the platform keeps the Records of its resources; another takes over where that one dies."""

import logging
import os
import socket
import threading
import time
from typing import TYPE_CHECKING

from thalweg.core.errors import ThalwegError
from thalweg.sql.leases import Lease, LeaseLost, Leases

if TYPE_CHECKING:
    from thalweg.app.compose import Platform

_NAME = "records.following"
_SECONDS, _AGAIN_SECONDS = 10.0, 1.0
_LOG = logging.getLogger(__name__)


class Hold:
    """A lease that is renewed now and then, however often it is asked for."""

    def __init__(self, leases: Leases, lease: Lease) -> None:
        self._leases = leases
        self._lease = lease
        self._renewed = time.monotonic()

    def __call__(self) -> None:
        """Renew the lease when a third of its time is over.

        Raises:
            LeaseLost: another follows instead.
        """
        if time.monotonic() - self._renewed > _SECONDS / 3:
            self._lease = self._leases.renew(self._lease, _SECONDS)
            self._renewed = time.monotonic()

    def release(self) -> None:
        """Let another follow at once."""
        self._leases.release(self._lease)


def follow(platform: "Platform", stop: threading.Event) -> None:
    """Follow, or wait to follow, until ``stop`` is set; what goes wrong is tried again."""
    while not stop.is_set():
        try:
            _follow_once(platform, stop)
        except LeaseLost:
            _LOG.info("another process keeps the Records of resources now")
        except ThalwegError as error:
            _LOG.warning("the Records of resources are behind: %s", error)
        stop.wait(_AGAIN_SECONDS)


def _follow_once(platform: "Platform", stop: threading.Event) -> None:
    leases = Leases(platform.control)
    lease = leases.acquire(_NAME, f"{socket.gethostname()}-{os.getpid()}", _SECONDS)
    if lease is None:
        return
    hold = Hold(leases, lease)
    platform.following.follow(platform.outboxes, stop, hold)
    hold.release()
