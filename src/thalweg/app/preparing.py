"""What must be there before a person comes: tables, the administrator, the demo's images."""

from collections.abc import Iterator
from pathlib import Path

import orjson

from thalweg.app.compose import Platform
from thalweg.app.settings import Settings
from thalweg.blobs.scratch import sweep
from thalweg.core.errors import NotFound
from thalweg.core.queries import ItemQuery
from thalweg.core.workspaces import PUBLIC
from thalweg.identity.service import ADMIN

DEMO = Path(__file__).parent / "demo"
_WORKSPACE = "demo"
_CHUNK = 1 << 20


def prepare(settings: Settings, *, demo: bool) -> dict[str, str | None]:
    """Bring the stores up to date and let the administrator in.

    Returns:
        ``login``: a new one-time token; ``token``: a bearer token where there was none before, else ``None``;
        ``image``: an Item to find water in, of the demo, where it is there.
    """
    platform = Platform(settings)
    platform.migrate()
    sweep(platform.scratch)
    given = settings.admin_token.get_secret_value() if settings.admin_token else None
    token = platform.identity.admit_admin(given)
    furnish(platform)
    if demo:
        bring_demo(platform)
    images = platform.catalogue.search(ItemQuery(collections=(f"{_WORKSPACE}.images",), limit=1), ADMIN).found
    image = images[0].id if images else None
    return {"login": platform.identity.login_token(ADMIN), "token": token, "image": image}


def check_there(settings: Settings) -> None:
    """Raise ``NotFound`` where the settings lead to no platform: who only reads makes none."""
    if settings.database is None and not (settings.folder / "control.sqlite").exists():
        raise NotFound(f"there is no platform in {settings.folder}: thalweg up makes one, --home names another folder")


def furnish(platform: Platform) -> None:
    """Give the platform the workspaces that are always there."""
    platform.workspaces.ensure(PUBLIC, "Public", "anyone", ADMIN)
    platform.workspaces.personal(ADMIN)


def bring_demo(platform: Platform, folder: Path = DEMO) -> None:
    """Add the demo's images to a workspace that anyone may read, as a person would add theirs.

    An image is a file with a ``.json`` of the same name beside it, which says what ``thalweg add`` takes as options.
    """
    platform.workspaces.ensure(_WORKSPACE, "Demo", "anyone", ADMIN)
    if platform.catalogue.search(ItemQuery(limit=1), ADMIN, _WORKSPACE).found:
        return
    from thalweg.harvest.api.add import Addition  # noqa: PLC0415 - GDAL is loaded by who looks at images

    for image in sorted(folder.glob("*.tif")):
        said = orjson.loads(image.with_suffix(".json").read_bytes())
        told = Addition.model_validate({"workspace": _WORKSPACE, "name": image.name, **said}).told()
        platform.harvest.add(image.name, _chunks(image), _WORKSPACE, told, ADMIN)


def login_link(settings: Settings) -> str:
    """Return a new one-time link by which the administrator signs in."""
    platform = Platform(settings)
    platform.migrate()
    platform.identity.admit_admin(None)
    address = settings.address or f"http://{settings.host}:{settings.port}"
    return f"{address}/auth/login?token={platform.identity.login_token(ADMIN)}"


def _chunks(file: Path) -> Iterator[bytes]:
    with file.open("rb") as opened:
        while chunk := opened.read(_CHUNK):
            yield chunk
