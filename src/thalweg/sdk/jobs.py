"""A Job as its owner follows it."""

import time
from collections.abc import Callable
from typing import Any

import pystac

from thalweg.core.errors import Conflict, Unavailable
from thalweg.sdk.wire import Wire

_FIRST_PAUSE, _LONGEST_PAUSE = 0.1, 2.0
_ENDED = frozenset({"successful", "failed", "dismissed"})


class Job:
    """One execution of a Process; ``status`` is what the platform last said of it."""

    def __init__(self, wire: Wire, status: dict[str, Any]) -> None:
        self._wire = wire
        self.status = status

    @property
    def id(self) -> str:
        """Return the Job's id."""
        return str(self.status["jobID"])

    @property
    def ended(self) -> bool:
        """Tell whether the Job will not change any more."""
        return self.status["status"] in _ENDED

    def refresh(self) -> "Job":
        """Ask the platform how the Job is."""
        self.status = self._wire.json("GET", f"/api/jobs/{self.id}")
        return self

    def wait(self, seconds: float = 3600.0, progress: Callable[[float, str], None] | None = None) -> "Job":
        """Wait until the Job has ended.

        Args:
            seconds: how long, at the most.
            progress: called with percent and message whenever the platform was asked.

        Raises:
            Unavailable: the Job has not ended in time; it goes on.
            Conflict: the Job failed or was dismissed; the message says why.
        """
        deadline = time.monotonic() + seconds
        pause = _FIRST_PAUSE
        while not self.refresh().ended:
            if progress is not None:
                progress(float(self.status.get("progress") or 0), str(self.status.get("message") or ""))
            if time.monotonic() > deadline:
                raise Unavailable(f"the Job {self.id} still runs after {seconds:.0f} s")
            time.sleep(pause)
            pause = min(pause * 1.5, _LONGEST_PAUSE)
        if self.status["status"] != "successful":
            raise Conflict(f"the Job {self.id} {self.status['status']}: {self.status.get('message', '')}")
        return self

    def results(self) -> dict[str, Any]:
        """Return the results: values as they are, Items as links."""
        return dict(self._wire.json("GET", f"/api/jobs/{self.id}/results"))

    def item(self, name: str = "item") -> pystac.Item | None:
        """Return the Item that came out, or none where the Process found nothing to show."""
        link = self.results().get(name)
        return pystac.Item.from_dict(self._wire.json("GET", link["href"])) if link else None

    def logs(self, after: int = 0) -> list[str]:
        """Return the lines of the Job's log after a sequence number."""
        return [line["text"] for line in self._wire.json("GET", f"/api/jobs/{self.id}/logs?after={after}")["lines"]]

    def dismiss(self) -> None:
        """Stop the Job."""
        self._wire.ask("DELETE", f"/api/jobs/{self.id}")
