"""What Records and catalogues can be asked for and sorted by."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

from starlette.responses import Response

from thalweg.catalogue.api.html import queryables_page
from thalweg.catalogue.api.queryables import FORMS, SCHEMA, schema_of
from thalweg.catalogue.api.records import classes
from thalweg.catalogue.api.records.facet import ALWAYS, facet_of
from thalweg.catalogue.api.records.parameters import ALL, OneCatalogue
from thalweg.catalogue.api.records.serving import RecordServing
from thalweg.catalogue.records.kinds import ITEM
from thalweg.catalogue.records.query import RecordQuery
from thalweg.catalogue.records.translation import told_as
from thalweg.core.queryables import Queryable
from thalweg.web.answers import Json
from thalweg.web.asked import Asked
from thalweg.web.forms import HTML
from thalweg.web.parameters import NoParameters
from thalweg.web.pool import in_pool
from thalweg.web.routes import get

_TAG = "Queryables"
_ANSWER = {"type": "object", "required": ["$schema", "$id", "type", "properties"]}
_CORE = (
    Queryable("id", "string"),
    Queryable("type", "string"),
    Queryable("title", "string"),
    Queryable("description", "string"),
    Queryable("keywords", "array"),
    Queryable("language", "string"),
    Queryable("organization", "string"),
    Queryable("created", "datetime"),
    Queryable("updated", "datetime"),
    Queryable("license", "string"),
    Queryable("rights", "string"),
    Queryable("geometry", "geometry"),
    Queryable("datetime", "datetime"),
)
"""The core properties that a filter may name, whether a Record here has them or not."""
_OF_CATALOGUES = (
    Queryable("id", "string"),
    Queryable("title", "string"),
    Queryable("description", "string"),
    Queryable("license", "string"),
    Queryable("keywords", "array"),
)
_UNSORTED = frozenset({"geometry", "array"})
_OWN = "thalweg:"


def known_of(serving: RecordServing, asked: Asked[Any], catalogue: str) -> Mapping[str, Queryable]:
    """Return what the Records of a catalogue can be asked for, by name."""
    of = None if catalogue == ALL else catalogue
    found = serving.records.queryables(of, asked.who, asked.workspace, getattr(asked.parameters, "as_of", None))
    known = {one.name: one for one in found}
    core = {one.name: replace(known.get(told_as(one.name), one), name=one.name) for one in _CORE}
    return {**core, **{name: one for name, one in known.items() if name not in core and not name.startswith(_OWN)}}


class Queryables:
    """Tells what there is to ask for."""

    def __init__(self, serving: RecordServing) -> None:
        self._serving = serving

    @get(
        "/collections/{catalogue}/queryables",
        forms=FORMS,
        conforms=(classes.FILTERING, *classes.SEARCHABLE_FILTERING),
        tag=_TAG,
        schema=_ANSWER,
    )
    async def of_records(self, asked: Asked[OneCatalogue]) -> Response:
        """Tell what the Records of a catalogue can be asked for."""
        known = await in_pool(self._listed, asked)
        return _told(asked, f"Queryables of {asked.parameters.catalogue}", known.values(), more=_faceted)

    def _listed(self, asked: Asked[OneCatalogue]) -> Mapping[str, Queryable]:
        catalogue, records = asked.parameters.catalogue, self._serving.records
        known = dict(known_of(self._serving, asked, catalogue))
        if catalogue != ALL or not known["type"].values:
            return known
        # Items do not say what they are, and are found by it all the same.
        found = records.search(RecordQuery(types=(ITEM,), limit=1), asked.who, asked.workspace).found
        types = {*map(str, known["type"].values), *([ITEM] if found else [])}
        known["type"] = replace(known["type"], values=tuple(sorted(types)))
        return known

    @get(
        "/collections/{catalogue}/sortables",
        forms=FORMS,
        conforms=(classes.SORTING, *classes.SEARCHABLE_SORTING),
        tag=_TAG,
        schema=_ANSWER,
    )
    async def sortables_of_records(self, asked: Asked[OneCatalogue]) -> Response:
        """Tell what the Records of a catalogue can be sorted by."""
        known = await in_pool(known_of, self._serving, asked, asked.parameters.catalogue)
        return _told(asked, f"Sortables of {asked.parameters.catalogue}", known.values(), sorting=True)

    @get("/collections-queryables", forms=FORMS, conforms=classes.LOCAL_FILTERING, tag=_TAG, schema=_ANSWER)
    async def of_catalogues(self, asked: Asked[NoParameters]) -> Response:
        """Tell what catalogues can be asked for."""
        return _told(asked, "Queryables of catalogues", _OF_CATALOGUES)

    @get("/collections-sortables", forms=FORMS, conforms=classes.LOCAL_SORTING, tag=_TAG, schema=_ANSWER)
    async def sortables_of_catalogues(self, asked: Asked[NoParameters]) -> Response:
        """Tell what catalogues can be sorted by."""
        return _told(asked, "Sortables of catalogues", _OF_CATALOGUES, sorting=True)


def _nothing(_: Queryable) -> dict[str, bool]:
    return {}


def _told(
    asked: Asked[Any],
    title: str,
    listed: Iterable[Queryable],
    *,
    sorting: bool = False,
    more: Callable[[Queryable], Mapping[str, bool]] = _nothing,
) -> Response:
    told = [one for one in listed if not sorting or one.kind not in _UNSORTED]
    if asked.form is HTML:
        return queryables_page(asked, title, told)
    document = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": asked.url.partition("?")[0],
        "type": "object",
        "title": title,
        "properties": {one.name: {**schema_of(one), **more(one)} for one in told},
        # What no Record has is null, and a filter may name it; sorted is by what stands here.
        **({} if sorting else {"additionalProperties": True}),
    }
    return Json(document, media_type=SCHEMA.media_type)


def _faceted(one: Queryable) -> dict[str, bool]:
    """Return what the draft of Part 2 has a queryable say that is a facet too."""
    always = {facet.name for facet in ALWAYS}
    return {"facet": True} if one.name in always or facet_of(one) is not None else {}
