"""``thalweg work``: a worker that takes Jobs until it is asked to stop."""

import logging
import signal
import threading

from thalweg.app.compose import Platform
from thalweg.app.following import follow
from thalweg.app.freshening import keep_checking, keep_telling
from thalweg.app.harvesting import AT_ONCE, keep_harvesting
from thalweg.app.lifeline import bind_to_parent
from thalweg.app.retention import Retention
from thalweg.app.settings import Settings


def work(settings: Settings, *, quiet: bool) -> None:
    """Run Jobs, and follow resources, until SIGTERM or SIGINT; Jobs that run then go back to the queue."""
    bind_to_parent()
    logging.basicConfig(level=logging.WARNING if quiet else logging.INFO, format="%(levelname)s %(name)s %(message)s")
    stop = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: stop.set())
    platform = Platform(settings)
    platform.migrate()
    beside = (
        threading.Thread(target=Retention.of(platform).keep_up, args=(stop,), name="retention"),
        threading.Thread(target=follow, args=(platform, stop), name="following"),
        threading.Thread(target=keep_telling, args=(platform, stop), name="telling"),
        threading.Thread(target=keep_checking, args=(platform, stop), name="checking"),
        *(threading.Thread(target=keep_harvesting, args=(platform, stop), name="harvesting") for _ in range(AT_ONCE)),
    )
    for thread in beside:
        thread.start()
    try:
        platform.worker().run(stop)
    finally:
        stop.set()
        for thread in beside:
            thread.join()
