"""A worker as a process of its own, that a test may kill at a named point of a Job's way.

``worker_program.py FOLDER CONTROL_URL POINT``: the process kills itself with SIGKILL when its worker first comes to
the point; ``never`` lets it work until SIGTERM.
"""

import os
import signal
import sys
import threading
from pathlib import Path

from house import House

POINTS = (
    "taken",
    "files brought",
    "child started",
    "first file written",
    "files written",
    "result staged",
    "collection ensured",
    "items registered",
    "log written",
    "closed",
)


class Deadly:
    """Stands before something real and kills the process before or after a call of it that did something."""

    def __init__(self, real, method, when, calls=1):
        self._real, self._method, self._when, self._left = real, method, when, calls

    def __getattr__(self, name):
        real = getattr(self._real, name)
        return real if name != self._method else self._deadly(real)

    def _deadly(self, real):
        def deadly(*arguments, **named):
            if self._when == "before":
                os.kill(os.getpid(), signal.SIGKILL)
            answer = real(*arguments, **named)
            self._left -= answer is not None or self._method in _SILENT
            if self._left == 0:
                os.kill(os.getpid(), signal.SIGKILL)
            return answer

        return deadly


_SILENT = ("stage", "close", "tell")


def doom(opened, point):
    """Put what is deadly in its place."""
    if point in ("taken", "result staged", "closed"):
        method = {"taken": "take", "result staged": "stage", "closed": "close"}[point]
        opened.queue = Deadly(opened.queue, method, "after")
    elif point in ("first file written", "log written"):
        object.__setattr__(opened.staging, "files", Deadly(opened.staging.files, "write", "after", _WRITES[point]))
    elif point in ("collection ensured", "items registered"):
        method = {"collection ensured": "ensure_collection", "items registered": "register_once"}[point]
        object.__setattr__(opened.staging, "registry", Deadly(opened.staging.registry, method, "after"))
    elif point == "files written":
        opened.queue = Deadly(opened.queue, "stage", "before")
    elif point == "files brought":
        object.__setattr__(opened.staging, "files", Deadly(opened.staging.files, "local", "after"))
    elif point == "child started":
        opened.queue = Deadly(opened.queue, "tell", "after", 2)


_WRITES = {"first file written": 1, "log written": 3}


def main(folder, control_url, point):
    house = House(Path(folder), control_url)
    opened = house.open()
    doom(opened, point)
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    house.worker(opened).run(stop)
    opened.engine.dispose()


if __name__ == "__main__":
    main(*sys.argv[1:])
