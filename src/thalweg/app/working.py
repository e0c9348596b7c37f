"""``thalweg work``: a worker that takes Jobs until it is asked to stop."""

import logging
import signal
import threading

from thalweg.app.compose import Platform
from thalweg.app.lifeline import bind_to_parent
from thalweg.app.retention import Retention
from thalweg.app.settings import Settings


def work(settings: Settings, *, quiet: bool) -> None:
    """Run Jobs until SIGTERM or SIGINT; those that run then go back to the queue."""
    bind_to_parent()
    logging.basicConfig(level=logging.WARNING if quiet else logging.INFO, format="%(levelname)s %(name)s %(message)s")
    stop = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: stop.set())
    platform = Platform(settings)
    platform.migrate()
    retaining = threading.Thread(target=Retention.of(platform).keep_up, args=(stop,), name="retention")
    retaining.start()
    try:
        platform.worker().run(stop)
    finally:
        stop.set()
        retaining.join()
