"""Beside the worker: what goes missing is told, and assets are looked at; by one process of the platform at a time."""

import logging
import os
import socket
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from thalweg.catalogue.records.visibility import is_of_records
from thalweg.core.errors import ThalwegError
from thalweg.core.principals import EVERYTHING
from thalweg.core.queries import CollectionQuery
from thalweg.sql.leases import LeaseLost, Leases

if TYPE_CHECKING:
    from thalweg.app.compose import Platform
    from thalweg.catalogue.freshness.asking import Asker
    from thalweg.catalogue.freshness.checker import Checker
    from thalweg.catalogue.freshness.service import Freshnesses

TELLING, CHECKING = "freshness.telling", "freshness.assets"
_SECONDS, _EVERY_SECONDS, _GLANCE_SECONDS = 600.0, 300.0, 2.0
"""How long a lease is held without a sign of life, how often it is looked what is new, and whether anybody waits."""
_PAGE = 500
_LOG = logging.getLogger(__name__)
Held = Callable[[], None]


def freshnesses(platform: "Platform") -> "Freshnesses":
    """Return what answers how fresh Collections are."""
    from thalweg.catalogue.freshness.memory import Memory  # noqa: PLC0415 - only where it is asked for
    from thalweg.catalogue.freshness.service import Freshnesses  # noqa: PLC0415 - likewise
    from thalweg.catalogue.freshness.sql_rules import SqlRules  # noqa: PLC0415 - likewise
    from thalweg.catalogue.freshness.sql_states import SqlStates  # noqa: PLC0415 - likewise

    store, control = platform.item_store, platform.control
    return Freshnesses(platform.catalogue, platform.workspaces, SqlRules(control), SqlStates(control), Memory(store))


def asset_states(platform: "Platform") -> Callable[[str, str], Mapping[str, Any]]:
    """Return what tells how the assets of an Item were found, by key."""

    def told(collection: str, item_id: str) -> Mapping[str, Any]:
        from thalweg.catalogue.freshness.assets import written_states  # noqa: PLC0415 - only where it is asked for
        from thalweg.catalogue.freshness.sql_states import SqlStates  # noqa: PLC0415 - likewise

        health = SqlStates(platform.control).health(collection, item_id)
        return {} if health is None else written_states(health.assets)

    return told


def checker(platform: "Platform", *, remote: bool | None = None) -> "Checker":
    """Return what looks whether assets are there; at those of other hosts as ``remote`` or the setting says."""
    from thalweg.catalogue.freshness.checker import Checker  # noqa: PLC0415 - only where it is asked for
    from thalweg.catalogue.freshness.files import LocalFiles  # noqa: PLC0415 - likewise
    from thalweg.catalogue.freshness.sql_states import SqlStates  # noqa: PLC0415 - likewise

    asked = platform.settings.asset_checks
    asker: Asker | None = None
    if asked.remote if remote is None else remote:
        from thalweg.catalogue.freshness.asking import Hosts, Manners  # noqa: PLC0415 - loads the HTTP client

        asker = Hosts(platform.outbound, Manners(asked.seconds_a_host, asked.at_once))
    return Checker(
        platform.item_store,
        SqlStates(platform.control),
        LocalFiles(platform.blobs),
        asker,
        timedelta(days=asked.days),
    )


def keep_telling(platform: "Platform", stop: threading.Event) -> None:
    """Tell what goes missing of Collections whose rule is confirmed, until ``stop`` is set; let go of what is gone."""
    from thalweg.catalogue.freshness.sql_rules import SqlRules  # noqa: PLC0415 - only where it is asked for
    from thalweg.catalogue.freshness.sql_states import SqlStates  # noqa: PLC0415 - likewise
    from thalweg.catalogue.freshness.sweeping import Sweeping  # noqa: PLC0415 - likewise
    from thalweg.catalogue.freshness.telling import Telling  # noqa: PLC0415 - likewise

    store, rules = platform.item_store, SqlRules(platform.control)
    telling, sweeping = Telling(platform.freshnesses, rules, store), Sweeping(store, rules, SqlStates(platform.control))
    said = None

    def tell(held: Held) -> None:
        nonlocal said
        said = rules.latest()
        telling.tell(held)

    def woken() -> bool:
        sweeping.sweep()
        return rules.latest() != said

    _keep(platform, TELLING, tell, stop, woken)


def keep_checking(platform: "Platform", stop: threading.Event) -> None:
    """Look at the assets of Items that are due, until ``stop`` is set."""
    looking = checker(platform)

    def check(held: Held) -> None:
        for collection in collections(platform):
            looking.check(collection, stop, lambda _: held())

    _keep(platform, CHECKING, check, stop)


def collections(platform: "Platform") -> Iterator[str]:
    """Yield the ids of all Collections of Items."""
    after = None
    while True:
        page = platform.item_store.collections(CollectionQuery(limit=_PAGE, after=after), EVERYTHING)
        yield from (one.id for one in page.found if not is_of_records(one.visibility_class))
        if page.next is None:
            return
        after = page.next


@contextmanager
def alone(platform: "Platform", name: str) -> Iterator[Held | None]:
    """Give what keeps a lease, to be called now and then; nothing where another process holds it."""
    leases = Leases(platform.control)
    lease = leases.acquire(name, f"{socket.gethostname()}-{os.getpid()}", _SECONDS)
    if lease is None:
        yield None
        return

    def held() -> None:
        leases.renew(lease, _SECONDS)

    try:
        yield held
    finally:
        leases.release(lease)


def _keep(
    platform: "Platform",
    name: str,
    work: Callable[[Held], object],
    stop: threading.Event,
    woken: Callable[[], bool] = lambda: False,
) -> None:
    """Do work now and then, and at once when it is ``woken``; what goes wrong is tried again."""
    while not stop.is_set():
        try:
            with alone(platform, name) as held:
                if held is not None:
                    work(held)
            _pause(stop, woken)
        except LeaseLost:
            _LOG.info("another process does %s now", name)
        except ThalwegError as error:
            _LOG.warning("%s: %s", name, error)
        stop.wait(_GLANCE_SECONDS)


def _pause(stop: threading.Event, woken: Callable[[], bool]) -> None:
    until = time.monotonic() + _EVERY_SECONDS
    while time.monotonic() < until and not woken():
        if stop.wait(_GLANCE_SECONDS):
            return
