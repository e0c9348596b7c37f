"""Long work as a person sees it: what is done, how much of it, how long it will take."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from thalweg.catalogue.ports import Told

_SECONDS = 30.0


class Pulse:
    """Says how far work has come now and then, where no bar can be drawn.

    Args:
        console: where; a terminal is told nothing.
        seconds: between two lines.
        clock: tells seconds.
    """

    def __init__(
        self, console: Console, seconds: float = _SECONDS, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._console = console
        self._seconds = seconds
        self._clock = clock
        self._said = clock()

    def __call__(self, line: Callable[[], str]) -> None:
        """Say a line, made only when it is time for one."""
        now = self._clock()
        if not self._console.is_terminal and now - self._said >= self._seconds:
            self._said = now
            self._console.print(line(), soft_wrap=True, highlight=False, markup=False)


@contextmanager
def telling(console: Console, pulse: Pulse | None = None) -> Iterator[Told]:
    """Give what long work calls with its step, how much of it is done and how much it is in all (0: not known)."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    beat = pulse or Pulse(console)
    with Progress(*columns, TimeRemainingColumn(), console=console, disable=not console.is_terminal) as progress:
        bars: dict[str, int] = {}

        def told(step: str, done: int, total: int) -> None:
            if step not in bars:
                bars[step] = progress.add_task(step, total=total or None)
            progress.update(bars[step], completed=done, total=total or None)  # type: ignore[arg-type]
            beat(lambda: f"{step}: {done:,} of {total:,}" if total else f"{step}: {done:,}")

        yield told
