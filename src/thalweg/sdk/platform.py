"""One platform, by its address."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO, Self

import httpx
import pystac

from thalweg.core.errors import Unauthenticated
from thalweg.sdk.jobs import Job
from thalweg.sdk.wire import Wire

_CHUNK = 1 << 20
_UPLOAD_SECONDS = 3600.0


class Platform:
    """Speaks STAC and OGC API Processes to a platform.

    Args:
        url: its address.
        token: a bearer token; without one only what anyone may see is seen.
    """

    def __init__(
        self,
        url: str = "http://127.0.0.1:8000",
        token: str | None = None,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        self._wire = Wire(url, token, transport)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def url(self) -> str:
        """Return the platform's address."""
        return self._wire.url

    def close(self) -> None:
        """Close the connections to the platform."""
        self._wire.close()

    def search(
        self,
        *,
        collections: Sequence[str] = (),
        bbox: Sequence[float] | None = None,
        datetime: str | None = None,
        intersects: Mapping[str, Any] | None = None,
        ids: Sequence[str] = (),
        page: int = 100,
    ) -> Iterator[pystac.Item]:
        """Yield the Items that match, newest first; pages are fetched as they are needed.

        Args:
            collections: ids of Collections.
            bbox: west, south, east, north in degrees.
            datetime: an RFC 3339 time or an interval with ``/``.
            intersects: a GeoJSON geometry.
            ids: ids of Items.
            page: Items a request.
        """
        asked: dict[str, Any] = {"limit": page}
        given: dict[str, Any] = {"collections": list(collections), "bbox": bbox and list(bbox), "datetime": datetime}
        given |= {"intersects": intersects, "ids": list(ids)}
        asked |= {name: value for name, value in given.items() if value}
        for found in self._wire.pages("POST", "/api/search", json=asked):
            yield from (pystac.Item.from_dict(feature) for feature in found["features"])

    def item(self, collection: str, item_id: str) -> pystac.Item:
        """Return one Item."""
        return pystac.Item.from_dict(self._wire.json("GET", f"/api/collections/{collection}/items/{item_id}"))

    def add(
        self,
        path: Path,
        workspace: str | None = None,
        sent: Callable[[int], None] | None = None,
        **described: str,
    ) -> pystac.Item:
        """Add an image to a workspace.

        Args:
            path: the image's file.
            workspace: one's own unless another is named.
            sent: called with the bytes of each chunk that is on its way.
            described: what the file does not say: ``title``, ``collection``, ``datetime``, ``bands`` …
        """
        where = workspace or self._home()
        parameters = {"name": path.name, **described}
        with path.open("rb") as file:
            answer = self._wire.json(
                "POST",
                f"/workspaces/{where}/add",
                params=parameters,
                content=_chunks(file, sent),
                headers={"content-type": "application/octet-stream", "content-length": str(path.stat().st_size)},
                timeout=_UPLOAD_SECONDS,
            )
        return pystac.Item.from_dict(answer)

    def processes(self) -> list[dict[str, Any]]:
        """Return the summaries of the Processes there are."""
        return [one for page in self._wire.pages("GET", "/api/processes") for one in page["processes"]]

    def process(self, process: str) -> dict[str, Any]:
        """Return the description of one Process."""
        return dict(self._wire.json("GET", f"/api/processes/{process}"))

    def deploy(self, package: Path) -> dict[str, Any]:
        """Deploy an Application Package written in CWL."""
        headers = {"content-type": "application/cwl+yaml"}
        return dict(self._wire.json("POST", "/api/processes", content=package.read_bytes(), headers=headers))

    def execute(self, process: str, **inputs: Any) -> Job:  # noqa: ANN401 - whatever the Process takes
        """Start a Process; an Item is given as it is, or as ``collection/id``."""
        given = {name: _given(value) for name, value in inputs.items()}
        status = self._wire.json(
            "POST",
            f"/api/processes/{process}/execution",
            json={"inputs": given},
            headers={"prefer": "respond-async"},
        )
        return Job(self._wire, status)

    def job(self, job: str) -> Job:
        """Return one Job."""
        return Job(self._wire, self._wire.json("GET", f"/api/jobs/{job}"))

    def jobs(self) -> Iterator[Job]:
        """Yield the Jobs that one may see, newest first."""
        for page in self._wire.pages("GET", "/api/jobs"):
            yield from (Job(self._wire, status) for status in page["jobs"])

    @contextmanager
    def open(self, asset: pystac.Asset) -> Iterator[Any]:
        """Open a raster asset with rasterio, reading only the parts that are looked at."""
        import rasterio  # noqa: PLC0415 - GDAL is only loaded by who looks at pixels

        ours = self._wire.ours(asset.href)
        headers = (
            {"GDAL_HTTP_HEADERS": f"Authorization: Bearer {self._wire.token}"} if ours and self._wire.token else {}
        )
        with (
            rasterio.Env(GDAL_DISABLE_READDIR_ON_OPEN="EMPTY_DIR", **headers),
            rasterio.open(f"/vsicurl/{asset.href}") as dataset,
        ):
            yield dataset

    def _home(self) -> str:
        workspace = self._wire.json("GET", "/auth/me")["workspace"]
        if workspace is None:
            raise Unauthenticated("a token is needed to add an image: Platform(url, token=…)")
        return str(workspace)


def _chunks(file: BinaryIO, sent: Callable[[int], None] | None) -> Iterator[bytes]:
    while chunk := file.read(_CHUNK):
        yield chunk
        if sent is not None:
            sent(len(chunk))


def _given(value: object) -> object:
    return f"{value.collection_id}/{value.id}" if isinstance(value, pystac.Item) else value
