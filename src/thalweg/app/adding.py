"""``thalweg add``: a person's own images to a running platform, with progress."""

from collections.abc import Mapping
from datetime import timedelta
from functools import partial
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

from thalweg.app.settings import read_settings
from thalweg.core.errors import NotFound
from thalweg.sdk import Platform

if TYPE_CHECKING:
    from thalweg.app.compose import Platform as Composed

_TOKEN_LIFE = timedelta(hours=1)


def add_files(
    files: tuple[Path, ...],
    url: str,
    token: str | None,
    home: Path | None,
    workspace: str | None,
    described: Mapping[str, str],
) -> None:
    """Add the files one after the other and say where each is seen.

    Raises:
        ThalwegError: the platform refused a file, or none answers; those before it are there.
    """
    console = Console()
    with Platform(url, token or token_of(url, home)) as platform:
        for file in files:
            _add(platform, file, workspace, described, console)


def _add(platform: Platform, file: Path, workspace: str | None, described: Mapping[str, str], console: Console) -> None:
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        bar = progress.add_task(file.name, total=file.stat().st_size)
        item = platform.add(file, workspace, partial(progress.advance, bar), **described)
    console.print(f"{item.collection_id}/{item.id}  {item.properties.get('title') or file.name}")
    console.print(f"  {platform.url}/#hand={item.collection_id}/{item.id}", style="dim", soft_wrap=True)


def token_of(url: str, home: Path | None) -> str | None:
    """Return a short-lived token where the platform runs on this machine and its folder may be read."""
    settings = read_settings(home=home)
    if not _is_this_machine(url) or (settings.database is None and not (settings.folder / "control.sqlite").exists()):
        return None
    from thalweg.app.compose import Platform as Composed  # noqa: PLC0415 - only on the platform's own machine

    return own_token(Composed(settings))


def own_token(platform: "Composed") -> str | None:
    """Return a short-lived token of the platform's administrator, where there is one yet."""
    from thalweg.identity.service import ADMIN  # noqa: PLC0415 - only on the platform's own machine

    try:
        platform.identity.principal(ADMIN.id)
    except NotFound:
        return None
    return platform.identity.bearer_token(ADMIN, _TOKEN_LIFE)


def _is_this_machine(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
