"""A small house for the tests of Jobs: real stores, real policy, real catalogue, put together in one folder."""

import threading
from dataclasses import dataclass, replace
from pathlib import Path
from types import SimpleNamespace

from thalweg.blobs.folder import FolderBlobs
from thalweg.catalogue.limits import Limits as CatalogueLimits
from thalweg.catalogue.service import Catalogue
from thalweg.catalogue.stores.sqlite import open_store
from thalweg.catalogue.validation import Validator
from thalweg.core.errors import InvalidParameter
from thalweg.core.principals import Principal
from thalweg.guard.outbound import Outbound
from thalweg.processing.natives import native, natives
from thalweg.processing.runners.checker import CwlChecker
from thalweg.processing.runners.orders import Bounds
from thalweg.processing.runners.remote import GuardedRemote
from thalweg.processing.service import Limits, Processing
from thalweg.processing.staging import Staging
from thalweg.processing.stores.jobs import SqlJobs
from thalweg.processing.stores.packages import SqlPackages
from thalweg.processing.stores.queue import SqlQueue
from thalweg.processing.worker import Worker, WorkerSettings
from thalweg.sql.engines import open_engine
from thalweg.sql.migrations import migrate
from thalweg.workspaces.files import WorkspaceFiles
from thalweg.workspaces.service import Workspaces
from thalweg.workspaces.stores.sql import SqlStore

ADA, BOB, ADMIN = Principal("ada", "Ada"), Principal("bob", "Bob"), Principal("admin", "Admin", admin=True)
PEOPLE = {one.id: one for one in (ADA, BOB, ADMIN)}
LANDSAT = [("B1", "blue"), ("B2", "green"), ("B3", "red"), ("B4", "nir"), ("B5", "swir16"), ("B7", "swir22")]
SETTINGS = {
    "slots": 2,
    "lease_seconds": 3.0,
    "poll_seconds": 0.02,
    "most_tries": 2,
    "wall_seconds": 60.0,
    "bounds": Bounds(),
}


@dataclass
class House:
    """Where everything is; a process builds its own from it."""

    folder: Path
    control_url: str

    def open(self):
        """Put everything together, as the composition root does."""
        engine = open_engine(self.control_url)
        policy = Workspaces(SqlStore(engine))
        files = WorkspaceFiles(FolderBlobs(self.folder / "files"), policy, 1 << 30)
        limits = CatalogueLimits()
        store = open_store(f"sqlite:///{self.folder / 'items.sqlite'}")
        guard = Outbound()
        catalogue = Catalogue(store, policy, Validator(guard.check, limits), limits)
        known = {**natives(), **{one.process.description.id: one for one in map(native, TOYS)}}
        jobs, packages = SqlJobs(engine), SqlPackages(engine)
        processing = Processing(
            jobs=jobs,
            packages=packages,
            natives=known,
            policy=policy,
            items=catalogue,
            home=lambda who: who.id,
            checker=CwlChecker(),
            limits=Limits(most_queued=20),
        )
        staging = Staging(catalogue, catalogue, files, GuardedRemote(guard))
        return SimpleNamespace(
            engine=engine,
            policy=policy,
            files=files,
            catalogue=catalogue,
            processing=processing,
            staging=staging,
            queue=SqlQueue(engine),
            packages=packages,
            natives=known,
            jobs=jobs,
        )

    def found(self):
        """Lay the foundations: tables, three people with their workspaces."""
        engine = open_engine(self.control_url)
        for block in ("sql", "workspaces", "processing"):
            migrate(engine, block)
        for one in PEOPLE.values():
            Workspaces(SqlStore(engine)).ensure(one.id, one.name, "owner", one)
        Workspaces(SqlStore(engine)).ensure("public", "Public", "anyone", ADMIN)
        engine.dispose()

    def worker(self, opened, **settings):
        """Return a worker over what is open."""
        return Worker(
            queue=opened.queue,
            packages=opened.packages,
            natives=opened.natives,
            staging=opened.staging,
            owners=owner,
            settings=replace(WorkerSettings(self.folder / "scratch"), **{**SETTINGS, **settings}),
        )


TOYS = ("toys:echo", "toys:picture", "toys:trouble")


def owner(principal_id):
    if principal_id not in PEOPLE:
        raise InvalidParameter("owner", "is gone")
    return PEOPLE[principal_id]


def add_image(opened, who, path, item_id="olinda", bands=LANDSAT):
    """Register an image of a person as the catalogue would hold it."""
    collection = f"{who.id}.images"
    opened.files.write(who.id, f"images/{item_id}.tif", [path.read_bytes()], who)
    opened.catalogue.ensure_collection(
        {
            "type": "Collection",
            "stac_version": "1.1.0",
            "id": collection,
            "description": "Images",
            "license": "other",
            "extent": {"spatial": {"bbox": [[-180, -90, 180, 90]]}, "temporal": {"interval": [[None, None]]}},
            "links": [],
        },
        who,
    )
    told = {"bands": [{"name": name, "eo:common_name": common} for name, common in bands]} if bands else {}
    item = {
        "type": "Feature",
        "stac_version": "1.1.0",
        "id": item_id,
        "collection": collection,
        "stac_extensions": ["https://stac-extensions.github.io/eo/v2.0.0/schema.json"] if bands else [],
        "geometry": {
            "type": "Polygon",
            "coordinates": [[[-34.92, -8.04], [-34.82, -8.04], [-34.82, -7.95], [-34.92, -7.95], [-34.92, -8.04]]],
        },
        "bbox": [-34.92, -8.04, -34.82, -7.95],
        "properties": {
            "datetime": None,
            "start_datetime": "1999-04-15T00:00:00Z",
            "end_datetime": "2018-01-01T00:00:00Z",
            "thalweg:date_known": False,
            "title": "Olinda",
        },
        "links": [],
        "assets": {
            "image": {
                "href": f"thalweg:/workspaces/{who.id}/files/images/{item_id}.tif",
                "type": "image/tiff; application=geotiff",
                "roles": ["data"],
                **told,
            }
        },
    }
    opened.catalogue.register([item], who)
    return f"{collection}/{item_id}"


class Working:
    """A worker in threads of this process, while the block lasts."""

    def __init__(self, house, opened, **settings):
        self._stop = threading.Event()
        self._thread = threading.Thread(target=house.worker(opened, **settings).run, args=(self._stop,))

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._stop.set()
        self._thread.join(60)
        assert not self._thread.is_alive()


def until(condition, seconds=60):
    """Wait for a condition, looking often, and fail at the deadline."""
    never = threading.Event()
    for _ in range(int(seconds / 0.02)):
        found = condition()
        if found:
            return found
        never.wait(0.02)
    raise AssertionError(f"not within {seconds} s")
