"""``thalweg catalogue register | load | crawl | watch``: Items brought in on the platform's own machine."""

import hashlib
import signal
import threading
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from thalweg.core.workspaces import workspace_of
from thalweg.identity.service import ADMIN

if TYPE_CHECKING:
    from collections.abc import Iterable

    from thalweg.app.compose import Platform
    from thalweg.harvest.ports import Source
    from thalweg.harvest.registering import Registered


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
    """Load a bulk source with progress; return the exit code: 1 where a document was refused."""
    from thalweg.harvest.chunks import Load  # noqa: PLC0415 - costs what only a load needs

    workspace = workspace_of(collection) if collection else platform.home_of(ADMIN)
    how = Load(workspace, collection, replacing, checkpoint, report, processes)
    console, at = Console(), None
    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[rate]:,.0f} Items/s"))
    with Progress(
        *columns, TimeRemainingColumn(), console=console, transient=True, disable=not console.is_terminal
    ) as progress:
        bar = progress.add_task("Items", total=None, rate=0)
        for now in platform.ingest.load(source, how, ADMIN):
            at = now.at
            progress.update(
                bar, completed=at.done, total=now.extent, rate=now.rate, description=f"{now.documents:,} Items"
            )
    if at is None:
        console.print("Nothing is left to load.")
        return 0
    words = ("registered", "replaced", "unchanged", "refused")
    console.print(", ".join(f"{getattr(at, word):,} {word}" for word in words if getattr(at, word)) or "No Item found.")
    if at.refused:
        console.print(f"What was refused, and why: {report}" if report else "Say --report FILE to see why.")
    return int(bool(at.refused))


def _told(registered: "Iterable[Registered]", collection: str) -> int:
    console, outcomes = Console(), Counter[str]()
    for one in registered:
        outcomes[one.outcome] += 1
        named = f"{collection}/{one.id}" if one.id else one.path.name
        console.print(f"{one.outcome:>10}  {escape(named)}", soft_wrap=True)
        if one.error is not None:
            console.print(f"            {escape(str(one.error))}", style="red", soft_wrap=True)
        if one.missing:
            console.print(f"            {len(one.missing)} files of it are not there", style="yellow")
    return int(outcomes["refused"] > 0)
