"""``thalweg catalogue snapshot``: searches kept as of a time under a name that stays, and verified."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import IO, TYPE_CHECKING, TypeVar

import click
import orjson
from rich.console import Console

from thalweg.app.progress import counted, say
from thalweg.app.settings import read_settings
from thalweg.catalogue.snapshots import Registrar, Snapshot, Snapshots, Wanted
from thalweg.core.errors import InvalidParameter
from thalweg.core.time import instant, written
from thalweg.identity.service import ADMIN

if TYPE_CHECKING:
    from thalweg.app.compose import Platform

F = TypeVar("F", bound=Callable[..., object])
_LISTED = 1000
_EXAMPLES = """
\b
  echo '{"collections": ["demo.images"]}' | thalweg catalogue snapshot take "All of demo" --in demo
  thalweg catalogue snapshot list
  thalweg catalogue snapshot verify 0f3a…   ends with 1 where the checksum is another
"""


def snapshots_of(platform: "Platform") -> Snapshots:
    """Return what takes and shows a platform's snapshots."""
    from thalweg.catalogue.api.snapshots import read_search  # noqa: PLC0415 - the faces load slowly

    return Snapshots(platform.item_store, platform.workspaces, platform.catalogue.limits, read_search)


def registrar_of(platform: "Platform") -> Registrar | None:
    """Return who gives DOIs; nothing where none is configured."""
    said = platform.settings.doi
    if said.url is None or said.password is None:
        return None
    from thalweg.catalogue.registrars.datacite import DataCite  # noqa: PLC0415 - the HTTP client loads slowly

    password = said.password.get_secret_value()
    return DataCite(platform.outbound, said.url, said.prefix, said.repository, password)


def _home(command: F) -> F:
    return click.option(
        "--home", type=click.Path(path_type=Path), help="Folder of the platform's data.  [THALWEG_HOME, ./thalweg-data]"
    )(command)


@click.group(epilog=_EXAMPLES)
def snapshot() -> None:
    """Keep searches as of a time under a name that stays: take, list, show, verify."""


@snapshot.command()
@click.argument("title")
@click.option("--search", type=click.File("rb"), default="-", help="The body of an item search, as JSON.  [stdin]")
@click.option("--in", "workspace", default="public", show_default=True, help="Workspace: who sees that sees it.")
@click.option("--description", default="", help="What it is of, in sentences.")
@click.option("--creator", "creators", multiple=True, help="Who is cited; may be given several times.")
@click.option("--as-of", "as_of", help="The moment, RFC 3339.  [now]")
@_home
def take(
    title: str,
    search: IO[bytes],
    workspace: str,
    description: str,
    creators: tuple[str, ...],
    as_of: str | None,
    home: Path | None,
) -> None:
    """Keep a search as of a time, or now."""
    at = None if as_of is None else instant(as_of, "as-of")
    wanted = Wanted(_read(search), workspace, title, description, creators, at)
    _show(_snapshots(home).take(wanted, ADMIN))


def _read(file: IO[bytes]) -> dict[str, object]:
    try:
        found = orjson.loads(file.read())
    except orjson.JSONDecodeError as error:
        raise InvalidParameter("search", "is not JSON that can be read") from error
    if not isinstance(found, dict):
        raise InvalidParameter("search", "is a JSON object")
    return found


@snapshot.command("list")
@_home
def listed(home: Path | None) -> None:
    """List the snapshots, the last taken first."""
    console = Console()
    for one in _snapshots(home).snapshots(ADMIN, _LISTED):
        say(console, f"{one.id}  {written(one.as_of)}  {counted(one.sum.number, 'Item')}  {one.title}")


@snapshot.command()
@click.argument("snapshot_id")
@_home
def show(snapshot_id: str, home: Path | None) -> None:
    """Show one snapshot."""
    _show(_snapshots(home).snapshot(snapshot_id, ADMIN))


@snapshot.command()
@click.argument("snapshot_id")
@_home
def verify(snapshot_id: str, home: Path | None) -> None:
    """Compute the checksum of a snapshot again; ends with 1 where it is another."""
    console, snapshots = Console(), _snapshots(home)
    one = snapshots.snapshot(snapshot_id, ADMIN)
    found = snapshots.verify(one)
    if found == one.sum:
        say(console, f"{counted(found.number, 'Item')}, {found.checksum}: as it was taken.")
        return
    say(console, f"taken: {counted(one.sum.number, 'Item')}, {one.sum.checksum}")
    say(console, f"now:   {counted(found.number, 'Item')}, {found.checksum}")
    sys.exit(1)


def _show(one: Snapshot) -> None:
    console = Console()
    told = {
        "id": one.id,
        "title": one.title,
        "as of": written(one.as_of),
        "Items": f"{one.sum.number:,}",
        "checksum": one.sum.checksum,
        "DOI": one.doi or "none",
        "address": f"/api/snapshots/{one.id}",
        "search": orjson.dumps(one.search).decode(),
    }
    for name, value in told.items():
        say(console, f"{name:9} {value}")


def _snapshots(home: Path | None) -> Snapshots:
    from thalweg.app.compose import Platform  # noqa: PLC0415
    from thalweg.app.preparing import check_there, furnish  # noqa: PLC0415

    settings = read_settings(home=home)
    check_there(settings)
    platform = Platform(settings)
    platform.migrate()
    furnish(platform)
    return snapshots_of(platform)
