"""``thalweg catalogue register | load | crawl | watch``: Items brought in on the platform's own machine."""

import hashlib
import signal
import threading
from collections import Counter
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, TextColumn, TimeRemainingColumn
from rich.progress import Progress as Bar

from thalweg.app.progress import INTERRUPTED, Pulse, counted, say
from thalweg.core.workspaces import workspace_of
from thalweg.identity.service import ADMIN

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from thalweg.app.compose import Platform
    from thalweg.harvest.checkpoints import Checkpoint
    from thalweg.harvest.loading import Progress
    from thalweg.harvest.ports import Source
    from thalweg.harvest.registering import Registered

_LONGEST = 200
_NO_COLLECTION = "There is no Collection"


def register(
    platform: "Platform", paths: tuple[Path, ...], collection: str | None, *, replacing: bool, in_place: bool
) -> int:
    """Register products, a line for each; return the exit code: 1 where one was refused."""
    into = collection or f"{platform.home_of(ADMIN)}.images"
    return _told(platform.ingest.register_files(paths, into, ADMIN, replacing=replacing, in_place=in_place), into)


def watch(platform: "Platform", folder: Path, collection: str | None, settle: float) -> int:
    """Register what is put into a folder until the process is interrupted."""
    into = collection or f"{platform.home_of(ADMIN)}.images"
    ledger = platform.settings.folder / "watched" / f"{folder.resolve().as_posix().strip('/').replace('/', '-')}.json"
    ledger.parent.mkdir(parents=True, exist_ok=True)
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    Console().print(f"Watching {folder}; Ctrl-C stops.", soft_wrap=True)
    _told(platform.ingest.watch(folder, ledger, into, ADMIN, stop, settle), into)
    return 0


def checkpoint_of(platform: "Platform", file: Path, collection: str | None) -> Path:
    """Return where it stands how far a file was loaded into this platform."""
    named = hashlib.sha256(f"{file.resolve()}\n{collection or ''}".encode()).hexdigest()[:16]
    folder = platform.settings.folder / "loads"
    folder.mkdir(parents=True, exist_ok=True)
    return folder / f"{file.name[:64]}-{named}.json"


def load(
    platform: "Platform", source: "Source", checkpoint: Path | None, collection: str | None, report: Path | None,
    *, replacing: bool, processes: int = 1,
) -> int:  # fmt: skip
    """Load a bulk source with progress; return the exit code: 1 where a document was refused, 130 where stopped."""
    from thalweg.harvest.chunks import Load  # noqa: PLC0415 - costs what only a load needs

    workspace = workspace_of(collection) if collection else platform.home_of(ADMIN)
    how = Load(workspace, collection, replacing, checkpoint, report, processes)
    console, now = Console(), None
    try:
        with _showing(console) as show:
            for now in platform.ingest.load(source, how, ADMIN):
                show(now)
    except KeyboardInterrupt:
        say(console, _stopped(now, checkpoint))
        return INTERRUPTED
    if now is not None:
        for line in _summed(now, report):
            say(console, line)
    return int(now is not None and now.at.refused > 0)


@contextmanager
def _showing(console: Console) -> "Iterator[Callable[[Progress], None]]":
    """Give what shows how far a load is: a bar on a terminal, elsewhere a line now and then."""
    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[rate]:,.0f} Items/s"))
    pulse, begun = Pulse(console), False
    with Bar(
        *columns, TimeRemainingColumn(), console=console, transient=True, disable=not console.is_terminal
    ) as progress:
        bar = progress.add_task("Items", total=None, rate=0)

        def show(now: "Progress") -> None:
            nonlocal begun
            if now.before.place and not begun:
                say(console, f"Going on behind line {now.before.place:,}.")
            begun = True
            progress.update(
                bar, completed=now.at.done, total=now.extent, rate=now.rate, description=f"{now.documents:,} Items"
            )
            left = "" if now.left is None else f", {now.left / 60:,.1f} minutes left"
            pulse(lambda: f"{now.documents:,} Items, {now.rate:,.0f} a second{left}")

        yield show


def _summed(now: "Progress", report: Path | None) -> "Iterator[str]":
    """Yield what became of a load: of this run, of all, and why documents were refused."""
    if now.before.documents:
        yield f"This run: {_counted(now.run) or 'nothing was left'}."
        yield f"With what was done before: {_counted(now.at)}"
    else:
        yield _counted(now.at) or "No Item found."
    for why, number in now.reasons:
        advice = "; --collection NAME makes one" if why.startswith(_NO_COLLECTION) else ""
        yield f"  {number:,} × {why[:_LONGEST].rstrip('.')}{advice}"
    if now.at.refused:
        yield f"Each of them, by line: {report}" if report else "Say --report FILE to see each of them, by line."


def _stopped(now: "Progress | None", checkpoint: Path | None) -> str:
    after = "goes on there" if checkpoint else "begins again, and what is there is unchanged"
    if now is None:
        return f"Stopped before anything more was done; the same command {after}."
    where = f"behind line {now.at.place:,}" if checkpoint else f"after {now.documents:,} documents"
    return f"Stopped {where} ({_counted(now.at)}); the same command {after}."


def _counted(at: "Checkpoint") -> str:
    words = ("registered", "replaced", "unchanged", "refused")
    return ", ".join(f"{getattr(at, word):,} {word}" for word in words if getattr(at, word))


def _told(registered: "Iterable[Registered]", collection: str) -> int:
    console, outcomes = Console(), Counter[str]()
    for one in registered:
        outcomes[one.outcome] += 1
        named = f"{collection}/{one.id}" if one.id else one.path.name
        console.print(f"{one.outcome:>10}  {escape(named)}", soft_wrap=True)
        if one.error is not None:
            console.print(f"            {escape(str(one.error))}", style="red", soft_wrap=True)
        if one.missing:
            verb = "is" if len(one.missing) == 1 else "are"
            console.print(f"            {counted(len(one.missing), 'file')} of it {verb} not there", style="yellow")
    return int(outcomes["refused"] > 0)
