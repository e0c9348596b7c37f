"""Long work as a person sees it: what is done, how much of it, how long it will take."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from thalweg.catalogue.ports import Told

INTERRUPTED = 130
"""The code with which a command ends that was stopped from the keyboard, as shells have it."""
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
            say(self._console, line())


@contextmanager
def telling(console: Console, pulse: Pulse | None = None, advice: str = "") -> Iterator[Told]:
    """Give what long work calls with its step, how much of it is done and how much it is in all (0: not known).

    Args:
        console: where.
        pulse: says it now and then off a terminal.
        advice: what to do where the work is stopped from the keyboard; how far it came is said before, and 130 is the
            code with which it ends.
    """
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    beat, last = pulse or Pulse(console), ""
    try:
        with Progress(*columns, TimeRemainingColumn(), console=console, disable=not console.is_terminal) as progress:
            bars: dict[str, int] = {}

            def told(step: str, done: int, total: int) -> None:
                nonlocal last
                if step not in bars:
                    bars[step] = progress.add_task(step, total=total or None)
                progress.update(bars[step], completed=done, total=total or None)  # type: ignore[arg-type]
                last = f"{step}: {done:,} of {total:,}" if total else f"{step}: {done:,}"
                beat(lambda: last)

            yield told
    except KeyboardInterrupt:
        if not advice:
            raise
        say(console, f"Stopped {f'at {last}' if last else 'before anything was done'}; {advice}.")
        sys.exit(INTERRUPTED)


def counted(number: int, noun: str) -> str:
    """Return a number of things as people say it: ``1 file``, ``2 files``."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def say(console: Console, line: str) -> None:
    """Print a line as it is."""
    console.print(line, soft_wrap=True, highlight=False, markup=False)
