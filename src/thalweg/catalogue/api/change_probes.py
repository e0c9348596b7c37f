"""What proves the classes of changes without one: what is offered, and what is refused to nobody in particular.

What is sent could not be kept even if nobody refused it: it is no Item and no Collection.
"""

from collections.abc import Mapping
from typing import Any

from thalweg.catalogue.api.classes import (
    CHANGED_FEATURES,
    CREATE_REPLACE_DELETE,
    LOCKING,
    STAC_COLLECTION_TRANSACTION,
    STAC_TRANSACTION,
    UPDATE,
)
from thalweg.catalogue.api.samples import linked, some_item
from thalweg.web.verification import Answer, DisprovedError, Inside, Probe, check

_NOTHING: Mapping[str, object] = {}
_UNTRIED = "no change was tried on running data"


async def _items_changed(inside: Inside) -> str:
    item = await some_item(inside)
    listed, one = f"{linked(item, 'collection')}/items", linked(item, "self")
    await _offers(inside, listed, "POST")
    await _offers(inside, one, "PUT", "PATCH", "DELETE")
    status = await _refused(inside, one)
    return f"POST, PUT, PATCH and DELETE are offered; PUT by nobody is refused by {status}; {_UNTRIED}"


async def _item_updated(inside: Inside) -> str:
    one = linked(await some_item(inside), "self")
    await _offers(inside, one, "PATCH")
    operations = _described(await inside.get("/openapi", f="3.0"), "/collections/{collection}/items/{item}")
    _takes(operations["patch"], "application/merge-patch+json")
    return f"PATCH is offered, and described to take a merge patch; {_UNTRIED}"


async def _as_features(inside: Inside) -> str:
    described = await inside.get("/openapi", f="3.0")
    _takes(_described(described, "/collections/{collection}/items")["post"], "application/geo+json")
    _takes(_described(described, "/collections/{collection}/items/{item}")["put"], "application/geo+json")
    return f"POST and PUT are described to take application/geo+json; {_UNTRIED}"


async def _collections_changed(inside: Inside) -> str:
    where = linked(await some_item(inside), "collection")
    await _offers(inside, "/collections", "POST")
    await _offers(inside, where, "PUT", "PATCH", "DELETE")
    status = await _refused(inside, where)
    return f"POST, PUT, PATCH and DELETE are offered; PUT by nobody is refused by {status}; {_UNTRIED}"


async def _locked(inside: Inside) -> str:
    item = await some_item(inside)
    one = linked(item, "self")
    etag = (await inside.get(one)).headers["etag"]
    check(etag.startswith('"'), f"the entity tag {etag} is no strong one")
    await inside.saying(if_none_match=etag).get(one, 304)
    nobody = inside.as_nobody()
    if await _shown(nobody, one):
        await nobody.saying(if_match='"of-no-version"').put(one, _NOTHING, 412)
        return (
            f"{item['id']} has the entity tag {etag}; If-None-Match answers 304, If-Match with another 412; {_UNTRIED}"
        )
    return f"{item['id']} has the entity tag {etag}, and If-None-Match answers 304; {_UNTRIED}"


async def _refused(inside: Inside, where: str) -> int:
    """Return how a change by nobody in particular is refused; what they may not see is not there."""
    nobody = inside.as_nobody()
    status = 401 if await _shown(nobody, where) else 404
    await nobody.put(where, _NOTHING, status)
    return status


async def _shown(inside: Inside, where: str) -> bool:
    try:
        await inside.get(where)
    except DisprovedError:
        return False
    return True


async def _offers(inside: Inside, where: str, *wanted: str) -> None:
    told = await inside.methods(where)
    check(told.issuperset(wanted), f"{where} takes only {', '.join(sorted(told))}")


def _described(answer: Answer, path: str) -> Mapping[str, Any]:
    paths: Mapping[str, Mapping[str, Any]] = answer.json()["paths"]
    return paths[path]


def _takes(operation: Mapping[str, Any], media: str) -> None:
    taken = operation["requestBody"]["content"]
    check(media in taken, f"{operation['summary']} takes only {', '.join(taken)}")


PROBES: Mapping[str, Probe] = {
    STAC_TRANSACTION: _items_changed,
    CREATE_REPLACE_DELETE: _items_changed,
    CHANGED_FEATURES: _as_features,
    UPDATE: _item_updated,
    LOCKING: _locked,
    STAC_COLLECTION_TRANSACTION: _collections_changed,
}
