"""The web of the platform: every root and page, over the blocks that ``compose`` puts together."""

from collections.abc import Awaitable, Callable
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from thalweg.access.api.tiles import TilesFace
from thalweg.app.discovery import Discovery
from thalweg.app.freshening import asset_states
from thalweg.app.protocols import protocols
from thalweg.automation.api.events import Events
from thalweg.catalogue.api import stac
from thalweg.catalogue.api.freshness.face import FreshnessFace
from thalweg.catalogue.api.item_links import LinkTemplate, RasterLinks
from thalweg.catalogue.api.records import records
from thalweg.catalogue.api.records.serving import RecordServing
from thalweg.catalogue.api.records.sitemap import Sitemap
from thalweg.catalogue.api.serving import Serving
from thalweg.catalogue.api.snapshots import SnapshotServing, SnapshotsFace
from thalweg.catalogue.api.snapshots import landing_links as snapshot_links
from thalweg.harvest.api.add import AddFace
from thalweg.harvest.api.register import RegisterFace
from thalweg.identity.api.bearing import Bearing
from thalweg.identity.api.login import Login
from thalweg.portal.api.pages import pages
from thalweg.processing.api.documents import landing_links as processing_links
from thalweg.processing.api.jobs import Jobs
from thalweg.processing.api.processes import Processes
from thalweg.web.answers import Json
from thalweg.web.application import Application
from thalweg.web.links import link
from thalweg.web.paging import Sealer
from thalweg.web.pool import in_pool
from thalweg.web.roots import Links, Root, mounted
from thalweg.web.routes import operations
from thalweg.web.site import Site
from thalweg.workspaces.api.files import FilesFace
from thalweg.workspaces.api.spaces import Spaces

if TYPE_CHECKING:
    from thalweg.app.compose import Platform

TILESETS = "http://www.opengis.net/def/rel/ogc/1.0/tilesets-map"
BUILT = Path(__file__).parents[1] / "portal" / "built"


def application(platform: "Platform") -> Application:
    """Return all that answers under the platform's address."""
    site = Site(
        address=platform.settings.address,
        authenticate=Bearing(platform.identity),
        most_body=platform.settings.limits.body_bytes,
    )
    outside: dict[str, list[object]] = {
        "/workspaces": [
            Spaces(platform.workspaces),
            AddFace(platform.harvest),
            RegisterFace(lambda: platform.ingest),
            FilesFace(platform.files),
        ],
        "/auth": [Login(platform.identity, platform.home_of)],
        "/events": [Events(platform.feed, Sealer(platform.identity.secret("events")), site.authenticate)],
    }
    roots = (
        imagery(platform),
        imagery_of_a_workspace(platform),
        catalogues(platform),
        catalogues_of_a_workspace(platform),
    )
    routes: list[BaseRoute] = [route for root in roots for route in root.routes(site)]
    routes += [*protocols(platform, site), *Sitemap(platform.records, site).routes(), *Discovery(site).routes()]
    for prefix, faces in outside.items():
        routes += mounted(prefix, [one for face in faces for one in operations(face)], site)
    return Application([*routes, Route("/health", _health(platform)), *pages(BUILT)])


def imagery(platform: "Platform") -> Root:
    """Return the root at ``/api``: STAC API and OGC API of the imagery."""
    serving = _serving(platform)
    return Root(
        prefix="/api",
        title="Thalweg",
        description="Earth-observation images and what is computed from them, by STAC and OGC API.",
        faces=[
            *stac.faces(serving),
            FreshnessFace(serving, lambda: platform.freshnesses),
            SnapshotsFace(_snapshots(platform)),
            TilesFace(platform.renderer),
            Processes(platform.processing, platform.settings.limits.sync_seconds),
            Jobs(platform.processing),
        ],
        version=version("thalweg"),
        landing=stac.LANDING,
        links=[stac.landing_links, processing_links, records.beside, snapshot_links, _contact(platform)],
    )


def imagery_of_a_workspace(platform: "Platform") -> Root:
    """Return the same catalogue and pictures once more, narrowed to what one workspace holds."""
    serving = _serving(platform)
    return Root(
        prefix="/workspaces/{workspace}/api",
        title="Thalweg, one workspace",
        description="The images of one workspace and what is computed from them, by STAC and OGC API.",
        faces=[
            *stac.faces(serving),
            FreshnessFace(serving, lambda: platform.freshnesses),
            SnapshotsFace(_snapshots(platform)),
            TilesFace(platform.renderer),
        ],
        version=version("thalweg"),
        landing=stac.LANDING,
        links=[stac.landing_links, records.beside, snapshot_links, _contact(platform)],
    )


def catalogues(platform: "Platform") -> Root:
    """Return the root at ``/records``: OGC API Records over resources of every kind."""
    return Root(
        prefix="/records",
        title="Thalweg, the catalogue",
        description="Whatever can be found here: images, Collections, Processes, services, files, documents.",
        faces=records.faces(_records(platform), lambda: platform.outbound, lambda: platform.harvests),
        version=version("thalweg"),
        links=[records.landing_links, records.in_other_words, _contact(platform)],
    )


def catalogues_of_a_workspace(platform: "Platform") -> Root:
    """Return the same Records once more, narrowed to those of one workspace."""
    return Root(
        prefix="/workspaces/{workspace}/records",
        title="Thalweg, the catalogue of one workspace",
        description="Whatever one workspace tells of.",
        faces=records.faces(_records(platform), lambda: platform.outbound, lambda: platform.harvests),
        version=version("thalweg"),
        links=[records.landing_links, records.in_other_words, _contact(platform)],
    )


def _contact(platform: "Platform") -> Links:
    """Return the link to whom people may ask, where the operator names one."""
    told = [link("author", f"mailto:{one}", title="Contact") for one in (platform.settings.contact,) if one]
    return lambda _: told


def _records(platform: "Platform") -> RecordServing:
    return RecordServing(platform.records, Sealer(platform.identity.secret("paging")), lambda: platform.federation)


def _snapshots(platform: "Platform") -> SnapshotServing:
    publisher = platform.settings.doi.publisher
    return SnapshotServing(_serving(platform), lambda: platform.snapshots, lambda: platform.registrar, publisher)


def _serving(platform: "Platform") -> Serving:
    sealer = Sealer(platform.identity.secret("paging"))
    return Serving(platform.catalogue, sealer, picture_links(), platform.scratch, asset_states(platform))


def picture_links() -> RasterLinks:
    """Return the links to pictures that the catalogue adds to Items with a raster."""
    return RasterLinks(
        (
            LinkTemplate("tilejson", "application/json", "tilejson.json", "TileJSON", {}),
            LinkTemplate("xyz", "image/png", "xyz/{z}/{x}/{y}.png", "Map tiles", {"templated": True}),
            LinkTemplate(TILESETS, "application/json", "map/tiles", "Tilesets", {}),
            LinkTemplate("preview", "image/png", "preview.png", "Preview", {}),
            LinkTemplate("thumbnail", "image/jpeg", "thumbnail.jpg", "Thumbnail", {}),
        )
    )


def _health(platform: "Platform") -> Callable[[Request], Awaitable[Response]]:
    async def health(_: Request) -> Response:
        await in_pool(platform.healthy)
        return Json({"status": "ok"}, headers={"cache-control": "no-store"})

    return health
