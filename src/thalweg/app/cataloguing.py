"""``thalweg catalogue``: what an operator does with the Items of a platform, on its own machine."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, cast

import click
from rich.console import Console
from rich.filesize import decimal
from rich.table import Table

from thalweg.app.progress import counted, telling
from thalweg.app.settings import read_settings
from thalweg.app.snapshotting import snapshot
from thalweg.core.errors import NotSupported

if TYPE_CHECKING:
    from thalweg.app.compose import Platform
    from thalweg.catalogue.ports import Maintained

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
F = TypeVar("F", bound=Callable[..., Any])
_EXAMPLES = """
\b
  thalweg catalogue register S2A_MSIL2A_….SAFE   a product becomes an Item, its files stored
  thalweg catalogue load items.ndjson            many Items; goes on where it was cut
  thalweg catalogue validate scene.json          what is wrong with an Item, member by member
  thalweg catalogue index demo.images eo:cloud_cover   find and sort by it at once
  thalweg catalogue check                        do documents, indexes and tallies agree
  thalweg catalogue check-assets demo.images     is what Items lead to still there
  thalweg catalogue harvests                     which sources are harvested again, and how it went
  thalweg catalogue snapshot take --help         keep a search to be cited; verify it later
  thalweg catalogue reindex --records            make the Records that follow resources again
  thalweg catalogue copy sqlite:///items.sqlite postgresql://me@host/items
"""


@click.group(epilog=_EXAMPLES)
def catalogue() -> None:
    """Bring Items in, look after them: register, load, crawl, watch, check, compact, index, copy, remove, validate."""


def _home(command: F) -> F:
    return click.option(
        "--home", type=click.Path(path_type=Path), help="Folder of the platform's data.  [THALWEG_HOME, ./thalweg-data]"
    )(command)


_collection = click.option("--collection", help="Where the Items go: WORKSPACE.NAME, made where it is not there.")
_replace = click.option("--replace/--no-replace", default=True, help="Put an Item in the place of the one of its id.")
_report = click.option(
    "--report", type=click.Path(dir_okay=False, path_type=Path), help="File that tells of each Item refused, by line."
)


@catalogue.command()
@click.argument("paths", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@_collection
@_replace
@click.option(
    "--in-place", is_flag=True, help="Leave the files where they lie, below a folder of the setting archives."
)
@_home
def register(
    paths: tuple[Path, ...], collection: str | None, home: Path | None, *, replace: bool, in_place: bool
) -> None:
    """Make Items of products: SAFE, Landsat, SWOT, GeoTIFF, NetCDF, Zarr; files, folders or zips."""
    from thalweg.app import ingesting  # noqa: PLC0415

    sys.exit(ingesting.register(_platform(home), paths, collection, replacing=replace, in_place=in_place))


@catalogue.command()
@click.argument("file", type=_FILE)
@_collection
@_report
@_replace
@click.option("--processes", type=click.IntRange(1, 64), help="How many prepare Items at once.  [all cores, at most 4]")
@_home
def load(
    file: Path,
    collection: str | None,
    report: Path | None,
    processes: int | None,
    home: Path | None,
    *,
    replace: bool,
) -> None:
    """Load many Items: JSON line by line, stac-geoparquet, an ItemCollection; goes on where it was cut."""
    from thalweg.app import ingesting  # noqa: PLC0415
    from thalweg.app.loading import usual_processes  # noqa: PLC0415
    from thalweg.harvest.sources.opening import bulk  # noqa: PLC0415

    platform = _platform(home)
    checkpoint = ingesting.checkpoint_of(platform, file, collection)
    beside = processes or usual_processes()
    sys.exit(ingesting.load(platform, bulk(file), checkpoint, collection, report, replacing=replace, processes=beside))


@catalogue.command()
@click.argument("start")
@_collection
@_report
@_replace
@_home
def crawl(start: str, collection: str | None, report: Path | None, home: Path | None, *, replace: bool) -> None:
    """Load a static STAC catalogue, a file or a URL, by following its links."""
    from thalweg.app import ingesting  # noqa: PLC0415
    from thalweg.harvest.sources.opening import catalogue as crawled  # noqa: PLC0415

    platform = _platform(home)
    source = crawled(start, platform.outbound)
    sys.exit(ingesting.load(platform, source, None, collection, report, replacing=replace))


@catalogue.command()
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@_collection
@click.option("--settle", default=5.0, show_default=True, help="Seconds for which a product must not change.")
@_home
def watch(folder: Path, collection: str | None, settle: float, home: Path | None) -> None:
    """Register what is put into a folder, each product once, until Ctrl-C."""
    from thalweg.app import ingesting  # noqa: PLC0415

    sys.exit(ingesting.watch(_platform(home), folder, collection, settle))


@catalogue.command()
@click.option("--mend", is_flag=True, help="Make again what can be made from the documents.")
@_home
def check(home: Path | None, *, mend: bool) -> None:
    """Tell what does not agree in the Item store; ends with 1 where something is wrong."""
    console, wrong = Console(), 0
    store = _maintained(_there(home))
    with telling(console) as told:
        for finding in store.check(told, mend=mend):
            wrong += not finding.mended
            console.print(f"{finding.where}: {finding.what}{' (mended)' if finding.mended else ''}", soft_wrap=True)
    console.print("Everything agrees." if not wrong else f"{wrong} findings; try: thalweg catalogue check --mend")
    sys.exit(1 if wrong else 0)


@catalogue.command()
@_home
def compact(home: Path | None) -> None:
    """Give back space: free pages, documents packed by an old dictionary, fragmented indexes."""
    from thalweg.app import tending  # noqa: PLC0415

    platform = _there(home)
    sys.exit(tending.compact(platform, _maintained(platform)))


@catalogue.command()
@click.option("--records", is_flag=True, help="Make the Records of Collections, Processes, services and files again.")
@_home
def reindex(home: Path | None, *, records: bool) -> None:
    """Make all that is derived from the documents again, while others serve."""
    console = Console()
    if records:
        for kind, number in _there(home).following.rebuild().items():
            console.print(f"{counted(number, 'Record')} of the kind {kind}")
        return
    with telling(console, advice="the same command begins again") as told:
        _maintained(_there(home)).reindex(told)
    console.print("All that is derived from the documents is made again.")


@catalogue.command("check-assets")
@click.argument("collection", required=False)
@click.option("--remote/--no-remote", default=None, help="Ask other hosts as well.  [asset_checks.remote]")
@click.option("--again", is_flag=True, help="Look at Items that are not due, too.")
@click.option("--report", type=click.Path(dir_okay=False, path_type=Path), help="File of all dead assets, by line.")
@_home
def check_assets(
    collection: str | None, report: Path | None, home: Path | None, *, remote: bool | None, again: bool
) -> None:
    """Look whether what the Items of a COLLECTION lead to, or of all, is there; ends with 1 where an asset is dead."""
    from thalweg.app import asset_checking  # noqa: PLC0415

    sys.exit(asset_checking.check_assets(_there(home), collection, report, remote=remote, again=again))


@catalogue.command()
@click.argument("harvest", required=False)
@click.option("--run", is_flag=True, help="Harvest it now, and whole.")
@click.option("--remove", is_flag=True, help="Harvest it no more; the Records that came from it stay.")
@_home
def harvests(harvest: str | None, home: Path | None, *, run: bool, remove: bool) -> None:
    """Show what is harvested again and again, or one HARVEST by its id; ends with 1 where its last run failed."""
    from thalweg.app import harvest_listing  # noqa: PLC0415

    sys.exit(harvest_listing.show_harvests(_there(home), harvest, remove=remove, run=run))


@catalogue.command()
@_home
def stats(home: Path | None) -> None:
    """Show how much the Item store holds and what takes the space."""
    held = _maintained(_there(home)).statistics()
    table = Table(box=None, padding=(0, 3, 0, 0), show_header=False)
    for noun, number in held.counts.items():
        table.add_row(noun, f"{number:,}")
    for part, size in held.bytes.items():
        table.add_row(part, decimal(size), style="dim")
    console = Console()
    console.print(table)
    for note in held.notes:
        console.print(note, soft_wrap=True)


@catalogue.command()
@click.argument("collection")
@click.argument("names", nargs=-1, required=True)
@click.option(
    "--as",
    "reach",
    type=click.Choice(["indexed", "kept", "seen"]),
    default="indexed",
    show_default=True,
    help="indexed: sorted by, rare values found at once; kept: filtered without reading documents; seen: let go.",
)
@click.option(
    "--kind",
    type=click.Choice(["string", "number", "integer", "boolean", "datetime", "array"]),
    help="What its values are, where no Item has it yet.",
)
@_home
def index(collection: str, names: tuple[str, ...], reach: str, kind: str | None, home: Path | None) -> None:
    """Make properties of a Collection's Items fast to find by, while others serve; COLLECTION may be '*' for all."""
    from thalweg.app import tending  # noqa: PLC0415
    from thalweg.core.queryables import Reach  # noqa: PLC0415

    of = None if collection == "*" else collection
    sys.exit(tending.index(_there(home), of, names, Reach[reach.upper()], cast("Any", kind)))


@catalogue.command()
@click.argument("collection")
@click.option("--with-items", is_flag=True, help="Remove the Items that it holds before; what they were is kept.")
@click.option("--yes", is_flag=True, help="Do not ask whether they shall really go.")
@_home
def remove(collection: str, home: Path | None, *, with_items: bool, yes: bool) -> None:
    """Remove a Collection; with its Items, each told of as an event, a few hundred at a time, while others serve."""
    from thalweg.app import tending  # noqa: PLC0415

    sys.exit(tending.remove(_there(home), collection, with_items=with_items, sure=yes))


@catalogue.command()
@click.argument("files", nargs=-1, required=True)
@click.option(
    "--strictness", type=click.Choice(["off", "core", "extensions"]), help="Which schemas speak.  [extensions]"
)
@click.option("--rules", type=_FILE, help="Rules of the house, as JSON.")
@click.option("--collection", type=_FILE, help="Judge by this Collection.")
@click.option("--format", "form", type=click.Choice(["table", "jsonl"]), default="table", show_default=True)
def validate(
    files: tuple[str, ...], strictness: str | None, rules: Path | None, collection: Path | None, form: str
) -> None:
    """Say what is wrong with Items and Collections: FILES of JSON, of one document a line, of stac-geoparquet; folders.

    Ends with 1 where something is wrong.
    """
    from thalweg.app.validating import validate_files  # noqa: PLC0415

    asked = {"strictness": strictness, "rules": rules, "collection": collection}
    sys.exit(validate_files(files, as_json=form == "jsonl", **cast("Any", asked)))


catalogue.add_command(snapshot)


@catalogue.command()
@click.argument("source")
@click.argument("target")
def copy(source: str, target: str) -> None:
    """Copy all Collections and Items between stores: sqlite:///PATH, postgresql://…; begins again where it stopped.

    Items come with their versions, where both stores keep them; Items that were removed, and events, stay behind.
    """
    from thalweg.app import copying  # noqa: PLC0415

    sys.exit(copying.copy(source, target))


def _platform(home: Path | None) -> "Platform":
    from thalweg.app.compose import Platform  # noqa: PLC0415
    from thalweg.app.preparing import furnish  # noqa: PLC0415

    platform = Platform(read_settings(home=home))
    platform.migrate()
    furnish(platform)
    return platform


def _there(home: Path | None) -> "Platform":
    """Return the platform that there is: who looks after one makes none."""
    from thalweg.app.preparing import check_there  # noqa: PLC0415

    check_there(read_settings(home=home))
    return _platform(home)


def _maintained(platform: "Platform") -> "Maintained":
    store = platform.item_store
    if not all(hasattr(store, name) for name in ("check", "compact", "reindex", "statistics")):
        raise NotSupported("this Item store is looked after by its own tools")
    return cast("Maintained", store)
