"""What Records follow beside Collections: Processes, the platform's own services, published files."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING
from urllib.parse import quote

from thalweg.blobs.blobs import Blob, Blobs
from thalweg.catalogue.records.following import Resource
from thalweg.catalogue.records.record import Format, Link, Record, Service
from thalweg.core.errors import NotFound
from thalweg.core.events import Event
from thalweg.core.files import PRIVATE
from thalweg.core.items import LOCAL
from thalweg.core.principals import EVERYTHING, visibility_class
from thalweg.core.processes import ProcessDescription
from thalweg.core.workspaces import PUBLIC, Policy, workspace_of

if TYPE_CHECKING:
    from thalweg.catalogue.records.following import Resources
    from thalweg.processing.natives import Native
    from thalweg.processing.ports import PackageStore

_PROCESS, _SERVICE, _FILE = "process", "service", "file"
_OPEN = visibility_class(PUBLIC, "anyone")
_MOST_FILES, _PAGE = 10_000, 1_000
_TYPES = {
    ".pdf": ("document", "application/pdf"),
    ".md": ("document", "text/markdown"),
    ".txt": ("document", "text/plain"),
    ".html": ("document", "text/html"),
    ".docx": ("document", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    ".geojson": ("dataset", "application/geo+json"),
    ".csv": ("dataset", "text/csv"),
    ".parquet": ("dataset", "application/vnd.apache.parquet"),
    ".gpkg": ("dataset", "application/geopackage+sqlite3"),
    ".cwl": ("application", "application/cwl+yaml"),
    ".ipynb": ("application", "application/x-ipynb+json"),
}
"""The files of which Records tell, by how their names end: images are Items."""


class Processes:
    """Native Processes and deployed Application Packages."""

    kind = _PROCESS
    heard = True

    def __init__(self, natives: Callable[[], "Mapping[str, Native]"], packages: "PackageStore") -> None:
        self._natives = natives
        self._packages = packages

    def named_by(self, event: Event) -> tuple[str, str] | None:
        """Return the workspace and the Record's id of the Process that an event is about."""
        if event.kind not in ("process.deployed", "process.undeployed"):
            return None
        return workspace_of(event.subject), f"{_PROCESS}:{event.subject}"

    def one(self, workspace: str, record_id: str) -> Resource | None:  # noqa: ARG002 - the id says it
        """Return one Process as it is now."""
        name = record_id.partition(":")[2]
        package = self._packages.package(name, EVERYTHING)
        return None if package is None else _process(package.description, package.visibility_class)

    def all(self) -> Iterator[Resource]:
        """Yield all Processes."""
        for native in self._natives().values():
            yield _process(native.process.description, _OPEN)
        for package in self._packages.packages(EVERYTHING):
            yield _process(package.description, package.visibility_class)


def _process(told: ProcessDescription, shown: str) -> Resource:
    there = f"{LOCAL}/api/processes/{quote(told.id)}"
    record = Record(
        id=f"{_PROCESS}:{told.id}",
        type=_PROCESS,
        title=told.title or told.id,
        description=told.description,
        keywords=tuple(told.keywords),
        links=(
            Link(there, "describes", "application/json", "The Process"),
            Link(f"{there}/execution", "http://www.opengis.net/def/rel/ogc/1.0/execute", "", "Execute it, by POST"),
        ),
        service=Service("OGC API Processes", told.version, coupling="loose"),
    )
    return Resource(record, workspace_of(told.id), shown)


class Services:
    """The platform's own services: they change with the program, so no event names one."""

    kind = _SERVICE
    heard = True

    def __init__(self, listed: Sequence[tuple[str, str, str, str, str]]) -> None:
        self._listed = tuple(listed)

    def named_by(self, event: Event) -> None:
        """Return nothing: no event is about a service."""

    def one(self, workspace: str, record_id: str) -> Resource | None:
        """Return one service."""
        return next((one for one in self.all() if (one.workspace, one.record.id) == (workspace, record_id)), None)

    def all(self) -> Iterator[Resource]:
        """Yield all services."""
        for name, title, description, kind, path in self._listed:
            link = Link(f"{LOCAL}{path}", "describes", "", title, protocol=kind)
            told = Record(
                id=f"{_SERVICE}:{name}",
                type=_SERVICE,
                title=title,
                description=description,
                language="en",
                links=(link,),
                service=Service(kind, coupling="loose"),
            )
            yield Resource(told, PUBLIC, _OPEN)


SERVICES = (
    ("stac", "STAC API", "Items and Collections of images.", "STAC API", "/api/"),
    ("features", "OGC API Features", "Footprints of images, as features.", "OGC API Features", "/api/collections"),
    ("tiles", "OGC API Tiles", "Images as map tiles.", "OGC API Tiles", "/api/"),
    ("processes", "OGC API Processes", "Processes and their Jobs.", "OGC API Processes", "/api/processes"),
    ("records", "OGC API Records", "Records of whatever can be found.", "OGC API Records", "/records/"),
    ("csw", "CSW", "Records by CSW 2.0.2 and 3.0.", "CSW", "/csw"),
    ("oai-pmh", "OAI-PMH", "Records for who harvests them.", "OAI-PMH", "/oai?verb=Identify"),
    ("sru", "SRU", "Records, searched as libraries do.", "SRU", "/sru"),
    ("opensearch", "OpenSearch", "Records, searched by a template.", "OpenSearch", "/opensearch"),
    ("events", "Events", "What happens, as it happens.", "Server-sent events", "/events"),
)
"""What this platform offers: id, title, description, kind, path."""


class Published:
    """Files of workspaces, but for images, which are Items, and for what is private."""

    kind = _FILE
    heard = False

    def __init__(self, blobs: Blobs, policy: Policy, workspaces: Callable[[], Sequence[str]]) -> None:
        self._blobs = blobs
        self._policy = policy
        self._workspaces = workspaces

    def named_by(self, event: Event) -> None:
        """Return nothing: files come and go without an event."""

    def one(self, workspace: str, record_id: str) -> Resource | None:
        """Return one file as it is now."""
        path = record_id.partition(":")[2]
        try:
            return self._file(workspace, self._blobs.head(f"{workspace}/{path}"))
        except NotFound:
            return None

    def all(self) -> Iterator[Resource]:
        """Yield the files of all workspaces, of each so many."""
        for workspace in self._workspaces():
            for blob in self._listed(workspace):
                found = self._file(workspace, blob)
                if found is not None:
                    yield found

    def _listed(self, workspace: str) -> Iterator[Blob]:
        after, left = "", _MOST_FILES
        while left > 0 and (page := self._blobs.list(f"{workspace}/", after, min(_PAGE, left))):
            yield from page
            after, left = page[-1].key, left - len(page)

    def _file(self, workspace: str, blob: Blob) -> Resource | None:
        path = blob.key.partition("/")[2]
        ending = f".{path.rpartition('.')[2].lower()}"
        if path.partition("/")[0] == PRIVATE or ending not in _TYPES:
            return None
        kind, media_type = _TYPES[ending]
        there = f"{LOCAL}/workspaces/{workspace}/files/{quote(path)}"
        record = Record(
            id=f"{_FILE}:{path}",
            type=kind,
            title=path.rpartition("/")[2],
            updated=blob.modified.replace(microsecond=0),
            formats=(Format(media_type=media_type),),
            links=(Link(there, "enclosure", media_type, path, length=blob.size),),
        )
        return Resource(record, workspace, self._policy.class_of(workspace))


if TYPE_CHECKING:
    _processes: type[Resources] = Processes
    _services: type[Resources] = Services
    _published: type[Resources] = Published
