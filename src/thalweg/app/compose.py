"""The blocks put together: each is built when it is first asked for, so that a role loads only what it uses."""

import os
from dataclasses import fields
from functools import cached_property
from importlib.metadata import entry_points
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from thalweg.app.settings import Settings
from thalweg.core.archives import Archive
from thalweg.core.errors import NotSupported
from thalweg.core.events import Outbox
from thalweg.core.principals import Principal

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from thalweg.access.service import Renderer
    from thalweg.automation.service import Feed
    from thalweg.blobs.blobs import Blobs
    from thalweg.catalogue.federation.asking import Federation
    from thalweg.catalogue.freshness.service import Freshnesses
    from thalweg.catalogue.harvests.periodic import Harvests
    from thalweg.catalogue.ports import ItemStore
    from thalweg.catalogue.records.following import Following
    from thalweg.catalogue.records.service import Records
    from thalweg.catalogue.service import Catalogue
    from thalweg.catalogue.snapshots import Registrar, Snapshots
    from thalweg.guard.outbound import Outbound
    from thalweg.harvest.ingest import Ingest
    from thalweg.harvest.service import Harvest
    from thalweg.identity.service import Identity
    from thalweg.processing.service import Processing
    from thalweg.processing.worker import Worker
    from thalweg.web.application import Application
    from thalweg.workspaces.files import WorkspaceFiles
    from thalweg.workspaces.service import Workspaces

_CONTROL_BLOCKS = ("sql", "workspaces", "identity", "processing", "catalogue.freshness", "catalogue.harvests")


def open_item_store(url: str) -> "ItemStore":
    """Open the Item store that the scheme of its address names.

    Raises:
        NotSupported: none speaks this scheme.
    """
    scheme = urlsplit(url).scheme
    for point in entry_points(group="thalweg.item_stores", name=scheme):
        opened: ItemStore = point.load()(url)
        return opened
    raise NotSupported(f"no Item store speaks {scheme}: the setting items takes sqlite:///PATH or postgresql://…")


class Platform:
    """One platform, made of its settings."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings

    # Stores

    @cached_property
    def control(self) -> "Engine":
        """Return the control database: everything but Items and files."""
        from thalweg.sql.engines import open_engine

        return open_engine(self.settings.control_url)

    @cached_property
    def item_store(self) -> "ItemStore":
        """Return the Item store that the scheme of its address names; its tables are brought up to date."""
        self.settings.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        return open_item_store(self.settings.items_url)

    @cached_property
    def blobs(self) -> "Blobs":
        """Return the object store, with the archives beside it."""
        from thalweg.blobs.archives import ArchivedBlobs
        from thalweg.blobs.opening import open_blobs
        from thalweg.blobs.s3 import S3Access

        s3 = self.settings.s3
        secret = s3.secret_access_key.get_secret_value() if s3.secret_access_key else None
        store = open_blobs(self.settings.blobs_url, S3Access(s3.endpoint, s3.region, s3.access_key_id, secret))
        return ArchivedBlobs(store, self.archives)

    @property
    def archives(self) -> tuple[Archive, ...]:
        """Return the folders of this machine that are read where they lie."""
        return tuple(Archive(one.name, one.root, one.workspaces) for one in self.settings.archives)

    def migrate(self) -> None:
        """Bring the tables of every block up to date; any number of processes may do so at once."""
        from thalweg.sql.migrations import migrate

        self.settings.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        for block in _CONTROL_BLOCKS:
            migrate(self.control, block)
        _ = self.item_store

    # People and their spaces

    @cached_property
    def identity(self) -> "Identity":
        """Return who may get in."""
        from thalweg.identity.service import Identity
        from thalweg.identity.stores.sql import SqlStore

        return Identity(SqlStore(self.control))

    @cached_property
    def workspaces(self) -> "Workspaces":
        """Return the workspaces, which are the policy."""
        from thalweg.workspaces.service import Workspaces
        from thalweg.workspaces.stores.sql import SqlStore

        return Workspaces(SqlStore(self.control), most_owned=self.settings.limits.workspaces)

    @cached_property
    def files(self) -> "WorkspaceFiles":
        """Return the files of the workspaces."""
        from thalweg.workspaces.files import WorkspaceFiles

        return WorkspaceFiles(self.blobs, self.workspaces, self.settings.limits.file_bytes)

    def home_of(self, who: Principal) -> str:
        """Return the id of a principal's own workspace."""
        return self.workspaces.personal(who).id

    @property
    def scratch(self) -> Path:
        """Return the folder for what is only there for a while: beside the data, where there is room for it."""
        folder = self.settings.folder / "scratch"
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        return folder

    # What the platform is for

    @cached_property
    def outbound(self) -> "Outbound":
        """Return the guard of all requests that leave the platform."""
        from thalweg.guard.outbound import Outbound

        return Outbound(self.settings.allowed_hosts)

    @cached_property
    def federation(self) -> "Federation":
        """Return the other catalogues that searches go on to, and what asks them."""
        from thalweg.catalogue.federation.asking import Federation
        from thalweg.catalogue.federation.catalogues import Federated

        named = (Federated(**one.model_dump()) for one in self.settings.federated)
        return Federation(tuple(named), lambda: self.outbound)

    @cached_property
    def catalogue(self) -> "Catalogue":
        """Return Items and Collections."""
        from thalweg.catalogue.limits import Limits
        from thalweg.catalogue.service import Catalogue
        from thalweg.catalogue.validation import Validator

        bounds = self.settings.limits
        limits = Limits(**{one.name: getattr(bounds, one.name) for one in fields(Limits)})
        # The guard, and the HTTP client with it, is loaded by the first href that needs it.
        validator = Validator(lambda href, where: self.outbound.check_spelling(href, where), limits)  # noqa: PLW0108
        return Catalogue(self.item_store, self.workspaces, validator, limits)

    @cached_property
    def records(self) -> "Records":
        """Return Records of whatever can be found, Items and Collections among them."""
        from thalweg.catalogue.records.service import Records

        return Records(self.item_store, self.workspaces, self.catalogue.limits)

    @cached_property
    def harvests(self) -> "Harvests":
        """Return what brings Records in from elsewhere, again and again."""
        from thalweg.app.harvesting import harvests_of

        return harvests_of(self)

    @cached_property
    def freshnesses(self) -> "Freshnesses":
        """Return how fresh and complete Collections are."""
        from thalweg.app.freshening import freshnesses

        return freshnesses(self)

    @cached_property
    def snapshots(self) -> "Snapshots":
        """Return searches that are kept as of a time."""
        from thalweg.app.snapshotting import snapshots_of

        return snapshots_of(self)

    @cached_property
    def registrar(self) -> "Registrar | None":
        """Return who gives DOIs; nothing where none is configured."""
        from thalweg.app.snapshotting import registrar_of

        return registrar_of(self)

    @cached_property
    def following(self) -> "Following":
        """Return what keeps Records of Collections, Processes, services and files."""
        from thalweg.app.resources import SERVICES, Processes, Published, Services
        from thalweg.catalogue.records.followed import Collections
        from thalweg.catalogue.records.following import Following
        from thalweg.processing.natives import natives
        from thalweg.processing.stores.packages import SqlPackages
        from thalweg.workspaces.stores.sql import SqlStore

        spaces = SqlStore(self.control).ids
        kinds = (
            Collections(self.item_store),
            Processes(natives, SqlPackages(self.control)),
            Services(SERVICES),
            Published(self.blobs, self.workspaces, spaces),
        )
        return Following(self.item_store, self.workspaces, self.catalogue.limits, kinds, spaces)

    @cached_property
    def renderer(self) -> "Renderer":
        """Return what draws Items."""
        from thalweg.access.readers.workspace_rasters import WorkspaceRasters
        from thalweg.access.service import Renderer

        return Renderer(self.catalogue, WorkspaceRasters(self.files), self.settings.limits.image_side)

    @cached_property
    def harvest(self) -> "Harvest":
        """Return what brings images in."""
        from thalweg.access.readers.describer import GdalDescriber
        from thalweg.harvest.service import Harvest

        return Harvest(
            self.files,
            self.catalogue,
            self.workspaces,
            GdalDescriber(),
            most_bytes=self.settings.limits.file_bytes,
            scratch=self.scratch,
        )

    @cached_property
    def ingest(self) -> "Ingest":
        """Return what brings in products, bulk files, catalogues and folders."""
        from thalweg.access.readers.describer import GdalDescriber
        from thalweg.app.loading import CatalogueOfChild
        from thalweg.harvest.archives import Archives
        from thalweg.harvest.crew import Crew
        from thalweg.harvest.ingest import Ingest
        from thalweg.harvest.readers.installed import Readers

        return Ingest(
            self.files,
            self.catalogue,
            self.workspaces,
            Readers.installed(GdalDescriber()),
            most_bytes=self.settings.limits.file_bytes,
            scratch=self.scratch,
            crew=Crew(CatalogueOfChild(self.settings, os.getpid())),
            archives=Archives(self.archives),
        )

    @cached_property
    def processing(self) -> "Processing":
        """Return Processes and Jobs."""
        from thalweg.processing.natives import natives
        from thalweg.processing.runners.checker import CwlChecker
        from thalweg.processing.service import Limits, Processing
        from thalweg.processing.stores.jobs import SqlJobs
        from thalweg.processing.stores.packages import SqlPackages

        return Processing(
            jobs=SqlJobs(self.control),
            packages=SqlPackages(self.control),
            natives=natives(),
            policy=self.workspaces,
            items=self.catalogue,
            home=self.home_of,
            checker=CwlChecker(),
            limits=Limits(most_queued=self.settings.limits.jobs_waiting),
        )

    @cached_property
    def outboxes(self) -> tuple[Outbox, ...]:
        """Return the logs of what happened, the Item store's first."""
        from thalweg.sql.outbox import SqlOutbox

        return self.item_store.outbox, SqlOutbox(self.control, "control")

    @cached_property
    def feed(self) -> "Feed":
        """Return what tells followers what happens."""
        from thalweg.automation.service import Feed

        return Feed(self.outboxes, self.workspaces)

    # Roles

    def web(self) -> "Application":
        """Return what answers requests."""
        from thalweg.app.faces import application

        return application(self)

    def worker(self) -> "Worker":
        """Return what runs Jobs."""
        from thalweg.processing.natives import natives
        from thalweg.processing.runners.remote import GuardedRemote
        from thalweg.processing.staging import Staging
        from thalweg.processing.stores.packages import SqlPackages
        from thalweg.processing.stores.queue import SqlQueue
        from thalweg.processing.worker import Worker, WorkerSettings

        return Worker(
            queue=SqlQueue(self.control),
            packages=SqlPackages(self.control),
            natives=natives(),
            staging=Staging(self.catalogue, self.catalogue, self.files, GuardedRemote(self.outbound)),
            owners=self.identity.principal,
            settings=WorkerSettings(
                scratch=self.scratch,
                slots=self.settings.jobs_at_once,
                wall_seconds=self.settings.limits.job_seconds,
            ),
        )

    def healthy(self) -> None:
        """Return quietly while the stores answer; raise ``Unavailable`` where one does not."""
        for outbox in self.outboxes:
            outbox.last()
