"""One Record over HTTP, in every form."""

from datetime import datetime
from functools import partial

from starlette.responses import Response

from thalweg.catalogue.api.moments import moment_of, remembered
from thalweg.catalogue.api.records import classes
from thalweg.catalogue.api.records.atom import entry_of
from thalweg.catalogue.api.records.documents import Documents
from thalweg.catalogue.api.records.forms import ATOM, OF_RECORD, written
from thalweg.catalogue.api.records.parameters import OneRecordThen
from thalweg.catalogue.api.records.searching import TAG
from thalweg.catalogue.api.records.serving import RecordServing
from thalweg.catalogue.records.entries import Entry
from thalweg.core.errors import NotFound
from thalweg.web.answers import GeoJson, not_modified
from thalweg.web.asked import Asked
from thalweg.web.forms import GEOJSON, HTML
from thalweg.web.routes import get

ONE = "/collections/{catalogue}/items/{record:path}"
"""Where a Record is; its id may hold whatever an ISO identifier holds, slashes too."""
_FEATURE = {"type": "object", "required": ["id", "type", "geometry", "properties", "links"]}


class Reading:
    """Shows one Record."""

    def __init__(self, serving: RecordServing) -> None:
        self._serving = serving

    @get(
        ONE,
        forms=OF_RECORD,
        conforms=(classes.RECORD_CORE, classes.RECORDS_API, classes.JSON, classes.HTML),
        tag=TAG,
        schema=_FEATURE,
        answers={304: "unchanged"},
    )
    async def record(self, asked: Asked[OneRecordThen]) -> Response:
        """Show one Record, as it is or as it was."""
        found, at = await self._serving.read(self._found, asked)
        given, documents = asked.parameters, self._serving.documents(asked, at)
        shown = not_modified(found.item.etag, asked.headers) or self._shown(asked, found, documents)
        return remembered(shown, documents.record_address(given.catalogue, found.id), at)

    def _found(self, asked: Asked[OneRecordThen]) -> tuple[Entry, datetime | None]:
        given, serving = asked.parameters, self._serving
        at = moment_of(given.as_of, asked.headers)
        if at is None:
            return self._now(asked), None
        if given.as_of is not None:
            return serving.entry(asked, given.catalogue, given.record, at), at
        return serving.entry_then(asked, given.catalogue, given.record, at)

    def _now(self, asked: Asked[OneRecordThen]) -> Entry:
        given, serving = asked.parameters, self._serving
        try:
            return serving.entry(asked, given.catalogue, given.record)
        except NotFound as missing:
            from thalweg.catalogue.api.removals import removal  # noqa: PLC0415 - only where something is missing

            address = serving.documents(asked).record_address(given.catalogue, given.record)
            versions = partial(serving.versions, asked, given.catalogue, given.record)
            raise removal(missing, versions, address, f"Record {given.record[:256]!r}") from None

    @staticmethod
    def _shown(asked: Asked[OneRecordThen], found: Entry, documents: Documents) -> Response:
        given, etag = asked.parameters, found.item.etag
        if asked.form is GEOJSON:
            return GeoJson(documents.record(found, given.catalogue), headers={"etag": etag})
        # Each form is a representation of its own.
        headers = {"etag": f"W/{etag}"}
        if asked.form is ATOM:
            return entry_of(documents.standing(found, given.catalogue), headers)
        if asked.form is HTML:
            from thalweg.catalogue.api.records.record_html import record_page  # noqa: PLC0415 - where a page is asked for

            return record_page(asked, found, documents)
        address = documents.when(documents.record_address(found.catalogue, found.id))
        return Response(
            written(documents.told(found), asked.form, address), headers=headers, media_type=asked.form.media_type
        )
