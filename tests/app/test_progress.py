"""Long work that nobody watches on a terminal says now and then how far it is."""

import io
import itertools

import pytest
from rich.console import Console

from thalweg.app.progress import INTERRUPTED, Pulse, telling


def test_off_a_terminal_a_line_is_said_now_and_then():
    out = io.StringIO()
    console = Console(file=out)
    seconds = itertools.chain([0, 10, 31, 40], itertools.repeat(62))
    with telling(console, Pulse(console, clock=lambda: next(seconds))) as told:
        for done in (1000, 2000, 3000):
            told("documents of naip", done, 25_000)
        told("reading the source", 1234, 0)
    assert out.getvalue().splitlines() == ["documents of naip: 2,000 of 25,000", "reading the source: 1,234"]


def test_on_a_terminal_bars_say_enough():
    out = io.StringIO()
    pulse = Pulse(Console(file=out, force_terminal=True), seconds=0)
    pulse(lambda: "a line")
    assert out.getvalue() == ""


def test_who_stops_long_work_is_told_how_far_it_came():
    out = io.StringIO()

    def stopped():
        with telling(Console(file=out), advice="the same command goes on there") as told:
            told("copying naip", 12_000, 25_000)
            raise KeyboardInterrupt

    with pytest.raises(SystemExit) as ended:
        stopped()
    assert ended.value.code == INTERRUPTED
    assert out.getvalue() == "Stopped at copying naip: 12,000 of 25,000; the same command goes on there.\n"
