"""``thalweg catalogue harvests``: what is harvested again and again, and how it went."""

from typing import TYPE_CHECKING

from rich.console import Console

from thalweg.app.progress import say
from thalweg.core.time import written

if TYPE_CHECKING:
    from collections.abc import Sequence

    from thalweg.app.compose import Platform
    from thalweg.catalogue.harvests.source import Source


def show_harvests(platform: "Platform", harvest: str | None, *, remove: bool, run: bool) -> int:
    """Show the sources that are harvested again and again, or one of them, which may be removed or harvested now.

    Raises:
        NotFound: there is no such source.
    """
    from thalweg.catalogue.harvests.sql_sources import SqlSources  # noqa: PLC0415 - only where it is asked for

    console, sources = Console(), SqlSources(platform.control)
    if harvest is None:
        _list(console, sources.of(None))
        return 0
    found = sources.source(harvest)
    if remove:
        platform.harvests.forget(found)
        say(console, f"{found.url} is harvested no more; the Records that came from it stay.")
        return 0
    if run:
        found = platform.harvests.run(found)
    _show(console, found)
    return 1 if found.state == "failed" else 0


def _list(console: Console, sources: "Sequence[Source]") -> None:
    if not sources:
        say(console, "Nothing is harvested again and again.")
        return
    # Lines and no table: an id is copied, so it stands whole however narrow the terminal is.
    for one in sources:
        due = written(one.due.replace(microsecond=0))
        say(console, f"{one.id}  {one.state}, {one.interval}, next {due}  {one.catalogue}  {one.url}")


def _show(console: Console, source: "Source") -> None:
    told = {name: value for name, value in source.told.items() if name != "faults"}
    lines = {
        "source": source.url,
        "into": source.catalogue,
        "every": source.interval,
        "by the rights of": source.owner,
        "state": source.state,
        "error": source.error,
        "next": written(source.due),
        **told,
    }
    for name, value in lines.items():
        if value != "":
            say(console, f"{name}: {value}")
    for fault in source.told.get("faults", ()):
        say(console, f"  refused: {fault}")
