"""Add an image over HTTP: its bytes are the body, what is known of it stands in the query."""

from pydantic import Field
from starlette.responses import Response

from thalweg.harvest.describing import Told
from thalweg.harvest.service import MOST_BYTES, Harvest
from thalweg.web.answers import GeoJson
from thalweg.web.asked import Asked
from thalweg.web.parameters import DatetimeText, Names, Parameters
from thalweg.web.pool import UPLOADS, chunks, in_pool
from thalweg.web.routes import Body, post


class Addition(Parameters):
    """An image, and what its bringer says of it."""

    workspace: str
    name: str = Field(description="of the file: title and id are made of it", min_length=1, max_length=255)
    title: str | None = Field(None, max_length=255)
    collection: str | None = Field(None, description="{workspace}.NAME; {workspace}.images where it is not given")
    datetime: DatetimeText | None = Field(None, description="when it was taken, or between when and when")
    date_known: bool | None = Field(None, description="false where the interval only bounds the date")
    bands: Names = Field((), description="names in the file's order; common names such as green or nir are known")
    platform: str | None = Field(None, max_length=64)
    instruments: Names = ()
    provider: str | None = Field(None, max_length=255)
    license: str | None = Field(None, description="SPDX, or other", max_length=64, pattern=r"^[\w.+-]+$")
    attribution: str | None = Field(None, description="the credit its pictures carry", max_length=255)

    def told(self) -> Told:
        """Return what is said of the image."""
        return Told(**self.model_dump(exclude={"workspace", "name", "datetime"}), datetime=self.datetime)


class AddFace:
    """Takes images."""

    def __init__(self, harvest: Harvest, items_root: str = "/api") -> None:
        self._harvest = harvest
        self._items_root = items_root

    @post(
        "/{workspace}/add",
        body=Body.BYTES,
        media=(),
        most=MOST_BYTES,
        status=201,
        tag="Files",
        answers={415: "no image that is read here", 413: "too large"},
    )
    async def add(self, asked: Asked[Addition]) -> Response:
        """Add an image to a workspace."""
        said = asked.parameters
        upload = chunks(asked.stream())
        item = await in_pool(
            self._harvest.add, said.name, upload, said.workspace, said.told(), asked.who, among=UPLOADS
        )
        address = f"{asked.base}{self._items_root}/collections/{item.collection}/items/{item.id}"
        body = item.body.replace(b'"thalweg:/', f'"{asked.base}/'.encode())
        return GeoJson(body, 201, headers={"location": address, "etag": item.etag})
