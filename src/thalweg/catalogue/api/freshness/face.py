"""The routes of freshness: what is expected, there and missing; rules; assets that are dead."""

from collections.abc import Callable
from typing import Any

from starlette.responses import Response

from thalweg.catalogue.api.freshness.answering import gaps_answer
from thalweg.catalogue.api.freshness.atom import ATOM
from thalweg.catalogue.api.freshness.documents import (
    dead_documents,
    freshness_document,
    health_document,
    rule_document,
)
from thalweg.catalogue.api.freshness.html import freshness_page
from thalweg.catalogue.api.freshness.parameters import DeadAssets, Gaps
from thalweg.catalogue.api.pages import JSON_TYPE, without
from thalweg.catalogue.api.parameters import OneCollection, OneItem
from thalweg.catalogue.api.serving import Serving
from thalweg.catalogue.freshness.ports import Statement
from thalweg.catalogue.freshness.rule import Rule, read_rule
from thalweg.catalogue.freshness.service import Freshnesses
from thalweg.core.errors import InvalidParameter, InvalidRequest, NotFound, PreconditionFailed
from thalweg.core.workspaces import workspace_of
from thalweg.web.answers import Json, not_modified
from thalweg.web.asked import Asked
from thalweg.web.forms import HTML, JSON
from thalweg.web.links import link
from thalweg.web.pool import QUESTIONS, in_pool, in_turn
from thalweg.web.routes import Body, delete, get, put

_TAG = "Freshness"
_LINKED = {"type": "object", "required": ["links"]}
_RULE = {
    "type": "object",
    "properties": {
        "state": {"type": "string", "enum": ["confirmed", "refused"]},
        "rule": {"type": "object", "description": "the rule that GET shows, edited; left out, it is the inferred one"},
    },
}


class FreshnessFace:
    """Tells how fresh and complete Collections are."""

    def __init__(self, serving: Serving, freshnesses: Callable[[], Freshnesses]) -> None:
        self._serving = serving
        self._given = freshnesses

    @property
    def _freshnesses(self) -> Freshnesses:
        """Return what answers, put together by the first who asks: a platform starts without it."""
        return self._given()

    @get("/collections/{collection}/freshness", forms=(JSON, HTML), tag=_TAG, schema=_LINKED)
    async def freshness(self, asked: Asked[OneCollection]) -> Response:
        """Say how fresh and complete a Collection is: expected against present, of the Items the caller may see."""
        return await in_turn(self._freshness, asked, among=QUESTIONS, caller=asked.who.id)

    @get("/collections/{collection}/freshness/gaps", forms=(JSON, ATOM, HTML), tag=_TAG, schema=_LINKED)
    async def gaps(self, asked: Asked[Gaps]) -> Response:
        """List the Items that are missing, newest first, each with when it was expected."""
        return await in_turn(self._gaps, asked, among=QUESTIONS, caller=asked.who.id)

    @get("/collections/{collection}/freshness/rule", tag=_TAG, answers={304: "unchanged"})
    async def rule(self, asked: Asked[OneCollection]) -> Response:
        """Show the rule by which Items are expected, and what the Items tell of one."""
        name = asked.parameters.collection
        ask = self._freshnesses.rule
        told = await in_turn(ask, name, asked.who, asked.workspace, among=QUESTIONS, caller=asked.who.id)
        etag = _etag(told.statement)
        return not_modified(etag, asked.headers) or Json(rule_document(told), headers={"etag": etag})

    @put(
        "/collections/{collection}/freshness/rule",
        body=Body.DOCUMENT,
        takes=_RULE,
        tag=_TAG,
        answers={412: "something else was said since"},
    )
    async def say(self, asked: Asked[OneCollection]) -> Response:
        """Confirm a rule, edited or as it is inferred, or refuse all; for who administers the workspace."""
        state, rule = _said(asked.document)
        self._check_bound(asked)
        name, version = asked.parameters.collection, _expected(asked)
        # What is still being read is told before anything is said, not after.
        await in_pool(self._freshnesses.rule, name, asked.who, asked.workspace)
        if state == "refused":
            said = await in_pool(self._freshnesses.refuse, name, asked.who, version)
        else:
            said = await in_pool(self._freshnesses.confirm, name, rule, asked.who, version)
        told = await in_pool(self._freshnesses.rule, name, asked.who, asked.workspace)
        return Json(rule_document(told), headers={"etag": _etag(said)})

    @delete("/collections/{collection}/freshness/rule", status=204, forms=(), tag=_TAG)
    async def forget(self, asked: Asked[OneCollection]) -> Response:
        """Take back what was said of a rule; the Items tell one again."""
        self._check_bound(asked)
        await in_pool(self._freshnesses.forget, asked.parameters.collection, asked.who)
        return Response(status_code=204)

    @get("/collections/{collection}/freshness/dead-assets", tag=_TAG, schema=_LINKED)
    async def dead(self, asked: Asked[DeadAssets]) -> Response:
        """List Items with assets that are dead, as they were found when they were checked last."""
        return await in_pool(self._dead, asked)

    @get("/collections/{collection}/items/{item}/health", tag=_TAG, schema=_LINKED)
    async def health(self, asked: Asked[OneItem]) -> Response:
        """Say whether the assets of an Item were there when they were checked last."""
        given = asked.parameters
        version, found = await in_pool(
            self._freshnesses.health, given.collection, given.item, asked.who, asked.workspace
        )
        address = self._serving.pages(asked).item_address(given.collection, given.item)
        links = [link("self", f"{address}/health", JSON_TYPE), link("item", address, "application/geo+json")]
        shown = {"id": given.item, "collection": given.collection, **health_document(version, found), "links": links}
        return Json(shown, headers={"cache-control": "no-cache"})

    def _freshness(self, asked: Asked[OneCollection]) -> Response:
        name = asked.parameters.collection
        found = self._freshnesses.freshness(name, asked.who, asked.workspace)
        tally = self._freshnesses.tally(name, asked.who, asked.workspace)
        address = self._serving.pages(asked).collection_address(name)
        document = freshness_document(name, found, tally, _links(asked, address))
        if asked.form is HTML:
            return freshness_page(asked, document, found, address)
        return Json(document, headers={"cache-control": "no-cache"})

    def _gaps(self, asked: Asked[Gaps]) -> Response:
        given = asked.parameters
        found = self._freshnesses.freshness(given.collection, asked.who, asked.workspace)
        address = self._serving.pages(asked).collection_address(given.collection)
        return gaps_answer(asked, found, f"{address}/freshness", self._serving.sealer)

    def _dead(self, asked: Asked[DeadAssets]) -> Response:
        given, sealer = asked.parameters, self._serving.sealer
        after = "" if given.token is None else str(sealer.unseal(given.token, given.said()))
        found = self._freshnesses.dead(given.collection, after, given.limit + 1, asked.who, asked.workspace)
        page = found[: given.limit]
        links = [link("self", asked.url, JSON_TYPE)]
        if len(found) > given.limit:
            token = sealer.seal(page[-1][0], given.said())
            links.append(link("next", f"{without(asked.url, 'token')}token={token}", JSON_TYPE))
        address = self._serving.pages(asked)
        listed = [
            {**one, "links": [link("item", address.item_address(given.collection, one["id"]), "application/geo+json")]}
            for one in dead_documents(page)
        ]
        return Json({"collection": given.collection, "items": listed, "links": links})

    @staticmethod
    def _check_bound(asked: Asked[OneCollection]) -> None:
        if asked.workspace is not None and workspace_of(asked.parameters.collection) != asked.workspace:
            raise NotFound(f"There is no Collection {asked.parameters.collection!r}.")


def _links(asked: Asked[Any], address: str) -> list[dict[str, Any]]:
    below = f"{address}/freshness"
    return [
        link("self", below, JSON_TYPE, "This"),
        link("alternate", f"{below}?f=html", "text/html", "This for people"),
        link("root", f"{asked.root}/", JSON_TYPE, "The platform"),
        link("collection", address, JSON_TYPE, "The Collection"),
        link("gaps", f"{below}/gaps", JSON_TYPE, "The Items that are missing"),
        link("gaps", f"{below}/gaps?f=atom", ATOM.media_type, "The same as a feed"),
        link("rule", f"{below}/rule", JSON_TYPE, "The rule by which Items are expected"),
        link("dead-assets", f"{below}/dead-assets", JSON_TYPE, "Items whose assets are dead"),
    ]


def _said(document: object) -> tuple[str, Rule | None]:
    if not isinstance(document, dict):
        raise InvalidRequest("the body must be a JSON object")
    unknown = next((name for name in document if name not in ("state", "rule")), None)
    if unknown is not None:
        raise InvalidParameter(str(unknown)[:64], "is not known; known are state and rule")
    state = document.get("state", "confirmed")
    if state not in ("confirmed", "refused"):
        raise InvalidParameter("state", "is confirmed or refused")
    rule = None if document.get("rule") is None else read_rule(document["rule"])
    if state == "refused" and rule is not None:
        raise InvalidParameter("rule", "is not given where rules are refused")
    return state, rule


def _etag(said: Statement | None) -> str:
    return f'"rule-{0 if said is None else said.version:x}"'


def _expected(asked: Asked[Any]) -> int | None:
    """Return the version that ``If-Match`` names, ``None`` where any will do; that nothing was said is version 0."""
    named = asked.headers.get("if-match")
    if asked.headers.get("if-none-match", "").strip() == "*":
        return 0
    if named is None or named.strip() == "*":
        return None
    version = named.strip().removeprefix('"rule-').removesuffix('"')
    try:
        return int(version, 16)
    except ValueError:
        raise PreconditionFailed("The rule has changed since this version: read it again.") from None
