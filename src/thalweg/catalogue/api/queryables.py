"""What Items and Collections can be asked for and sorted by, as JSON Schema; and the functions of filters."""

from collections.abc import Iterable
from typing import Any

from starlette.responses import Response

from thalweg.catalogue.api import classes
from thalweg.catalogue.api.html import queryables_page
from thalweg.catalogue.api.pages import SCHEMA_TYPE
from thalweg.catalogue.api.parameters import OneCollection
from thalweg.catalogue.api.serving import Serving
from thalweg.core.queryables import Queryable
from thalweg.cql2.functions import FUNCTIONS, Argument, Function
from thalweg.cql2.kinds import Kind
from thalweg.web.answers import Json
from thalweg.web.asked import Asked
from thalweg.web.forms import HTML, Form
from thalweg.web.parameters import NoParameters
from thalweg.web.pool import in_pool
from thalweg.web.routes import get

SCHEMA = Form("json", SCHEMA_TYPE, ("application/json",))
FORMS = (SCHEMA, HTML)
_TAG = "Queryables"
_ANSWER = {"type": "object", "required": ["$schema", "$id", "type", "properties"]}
_KINDS: dict[Kind, list[str]] = {
    Kind.BOOLEAN: ["boolean"],
    Kind.STRING: ["string"],
    Kind.NUMBER: ["number", "integer"],
    Kind.INSTANT: ["datetime"],
    Kind.GEOMETRY: ["geometry"],
}
_TYPES: dict[str, dict[str, Any]] = {
    "string": {"type": "string"},
    "number": {"type": "number"},
    "integer": {"type": "integer"},
    "boolean": {"type": "boolean"},
    "datetime": {"type": "string", "format": "date-time"},
    "geometry": {"format": "geometry-any"},
    "array": {"type": "array"},
}
_OF_COLLECTIONS = (
    Queryable("id", "string"),
    Queryable("title", "string"),
    Queryable("description", "string"),
    Queryable("license", "string"),
    Queryable("keywords", "array"),
)
_UNSORTED = frozenset({"geometry", "array"})


class Queryables:
    """Tells what there is to ask for."""

    def __init__(self, serving: Serving) -> None:
        self._serving = serving

    @get("/queryables", forms=FORMS, conforms=(classes.FILTER, classes.QUERYABLES), tag=_TAG, schema=_ANSWER)
    async def of_all(self, asked: Asked[NoParameters]) -> Response:
        """Tell what Items of all Collections can be asked for."""
        listed = await in_pool(self._serving.catalogue.queryables, None, asked.who, asked.workspace)
        return _told(asked, "Queryables of all Items", listed)

    @get(
        "/collections/{collection}/queryables",
        forms=FORMS,
        conforms=(classes.QUERYABLES, classes.FEATURES_FILTER),
        tag=_TAG,
        schema=_ANSWER,
    )
    async def of_one(self, asked: Asked[OneCollection]) -> Response:
        """Tell what the Items of a Collection can be asked for."""
        name = asked.parameters.collection
        listed = await in_pool(self._serving.catalogue.queryables, name, asked.who, asked.workspace)
        return _told(asked, f"Queryables of {name}", listed)

    @get("/sortables", forms=FORMS, conforms=(classes.SEARCH_SORTABLES,), tag=_TAG, schema=_ANSWER)
    async def sortables_of_all(self, asked: Asked[NoParameters]) -> Response:
        """Tell what Items of all Collections can be sorted by."""
        listed = await in_pool(self._serving.catalogue.queryables, None, asked.who, asked.workspace)
        return _told(asked, "Sortables of all Items", _sortable(listed))

    @get("/collections/{collection}/sortables", forms=FORMS, tag=_TAG, schema=_ANSWER)
    async def sortables_of_one(self, asked: Asked[OneCollection]) -> Response:
        """Tell what the Items of a Collection can be sorted by."""
        name = asked.parameters.collection
        listed = await in_pool(self._serving.catalogue.queryables, name, asked.who, asked.workspace)
        return _told(asked, f"Sortables of {name}", _sortable(listed))

    @get("/collections-queryables", forms=FORMS, tag=_TAG, schema=_ANSWER)
    async def of_collections(self, asked: Asked[NoParameters]) -> Response:
        """Tell what Collections can be asked for."""
        return _told(asked, "Queryables of Collections", _OF_COLLECTIONS)

    @get("/collections-sortables", forms=FORMS, conforms=(classes.COLLECTION_SORTABLES,), tag=_TAG, schema=_ANSWER)
    async def sortables_of_collections(self, asked: Asked[NoParameters]) -> Response:
        """Tell what Collections can be sorted by."""
        return _told(asked, "Sortables of Collections", _sortable(_OF_COLLECTIONS))

    @get("/functions", conforms=(classes.FILTER,), tag=_TAG, schema={"type": "object", "required": ["functions"]})
    async def functions(self, asked: Asked[NoParameters]) -> Response:  # noqa: ARG002 - the same for all
        """List the functions that filters may call."""
        return Json({"functions": [_function(one) for one in FUNCTIONS.values()]})


def _sortable(listed: Iterable[Queryable]) -> list[Queryable]:
    return [one for one in listed if one.kind not in _UNSORTED]


def _told(asked: Asked[Any], title: str, listed: Iterable[Queryable]) -> Response:
    return queryables_page(asked, title, list(listed)) if asked.form is HTML else _schema(asked, title, listed)


def _schema(asked: Asked[Any], title: str, listed: Iterable[Queryable]) -> Json:
    document = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": asked.url.partition("?")[0],
        "type": "object",
        "title": title,
        "properties": {one.name: schema_of(one) for one in listed},
        # What no Item has is null: a filter may name it.
        "additionalProperties": True,
    }
    return Json(document, media_type=SCHEMA.media_type)


def schema_of(queryable: Queryable) -> dict[str, Any]:
    """Return what a value of a queryable is, as JSON Schema."""
    said: dict[str, Any] = {"title": _title(queryable.name), **_TYPES[queryable.kind]}
    if queryable.kind in ("number", "integer"):
        bounds = {"minimum": queryable.least, "maximum": queryable.greatest}
        said |= {name: bound for name, bound in bounds.items() if bound is not None}
    if queryable.values and queryable.kind in ("string", "number", "integer"):
        said["enum"] = list(queryable.values)
    return said


def _title(name: str) -> str:
    return name.rpartition(":")[2].replace("_", " ").capitalize() or name


def _function(one: Function) -> dict[str, Any]:
    return {
        "name": one.name,
        "description": one.description,
        "arguments": [_argument(argument) for argument in one.arguments],
        "returns": _KINDS.get(one.returns) or ["string", "number", "integer", "datetime"],
    }


def _argument(argument: Argument) -> dict[str, Any]:
    return {"title": argument.title, "type": sorted({kind for one in argument.kinds for kind in _KINDS[one]})}
