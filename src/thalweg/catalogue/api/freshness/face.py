"""The routes of freshness: what is expected, there and missing; rules; assets that are dead."""

from collections.abc import Callable, Mapping
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
from thalweg.catalogue.api.freshness.html import freshness_page, rule_form
from thalweg.catalogue.api.freshness.parameters import DeadAssets, Gaps
from thalweg.catalogue.api.freshness.saying import FORM, Said, etag, filled_in, said_as_json, said_by_form
from thalweg.catalogue.api.pages import JSON_TYPE, without
from thalweg.catalogue.api.parameters import OneCollection, OneItem
from thalweg.catalogue.api.serving import Serving
from thalweg.catalogue.freshness.service import Freshness, Freshnesses, RuleTold
from thalweg.core.errors import Conflict, InvalidParameter, NotFound, PreconditionFailed, ThalwegError
from thalweg.core.workspaces import workspace_of
from thalweg.web.answers import Json, not_modified
from thalweg.web.asked import Asked
from thalweg.web.forms import HTML, JSON
from thalweg.web.links import link
from thalweg.web.pool import QUESTIONS, in_pool, in_turn
from thalweg.web.routes import Body, delete, get, post, put

_TAG = "Freshness"
_FORM_BYTES = 10_000
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
        by = await in_pool(self._freshnesses.may_say, name, asked.who)
        tag = etag(told.statement)
        return not_modified(tag, asked.headers) or Json(rule_document(told, by=by), headers={"etag": tag})

    @put(
        "/collections/{collection}/freshness/rule",
        body=Body.DOCUMENT,
        takes=_RULE,
        tag=_TAG,
        answers={412: "something else was said since"},
    )
    async def say(self, asked: Asked[OneCollection]) -> Response:
        """Confirm a rule, edited or as it is inferred, or refuse all; for who administers the workspace."""
        await in_pool(self._check_may, asked)
        told = await in_pool(self._say, asked, said_as_json(asked.document, asked.headers))
        return Json(rule_document(told, by=True), headers={"etag": etag(told.statement)})

    @post(
        "/collections/{collection}/freshness/rule",
        body=Body.BYTES,
        media=(FORM,),
        most=_FORM_BYTES,
        forms=(),
        status=303,
        tag=_TAG,
        answers={409: "no rule could be confirmed", 412: "something else was said since"},
    )
    async def fill_in(self, asked: Asked[OneCollection]) -> Response:
        """Say the same by the form of the page for people."""
        await in_pool(self._check_may, asked)
        filled = filled_in(b"".join([chunk async for chunk in asked.stream()]))
        try:
            await in_pool(self._say, asked, said_by_form(filled))
        except (InvalidParameter, Conflict, PreconditionFailed) as error:
            return await in_pool(self._page, asked, error, filled)
        address = self._serving.pages(asked).collection_address(asked.parameters.collection)
        return Response(status_code=303, headers={"location": f"{address}/freshness?f=html#rule"})

    @delete("/collections/{collection}/freshness/rule", status=204, forms=(), tag=_TAG)
    async def forget(self, asked: Asked[OneCollection]) -> Response:
        """Take back what was said of a rule; the Items tell one again."""
        await in_pool(self._check_may, asked)
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
        if asked.form is HTML:
            return self._page(asked, None, {})
        _, document, _ = self._told(asked)
        return Json(document, headers={"cache-control": "no-cache"})

    def _page(self, asked: Asked[OneCollection], fault: ThalwegError | None, filled: Mapping[str, str]) -> Response:
        found, document, may = self._told(asked)
        address = self._serving.pages(asked).collection_address(asked.parameters.collection)
        form = rule_form(found.told, fault, filled) if may else None
        return freshness_page(asked, document, found, address, form)

    def _told(self, asked: Asked[OneCollection]) -> tuple[Freshness, dict[str, Any], bool]:
        """Return what is told, as a document too, and whether the caller may say what is expected."""
        name = asked.parameters.collection
        found = self._freshnesses.freshness(name, asked.who, asked.workspace)
        tally = self._freshnesses.tally(name, asked.who, asked.workspace)
        may = self._freshnesses.may_say(name, asked.who)
        address = self._serving.pages(asked).collection_address(name)
        return found, freshness_document(name, found, tally, _links(asked, address), by=may), may

    def _say(self, asked: Asked[OneCollection], said: Said) -> RuleTold:
        name, answers = asked.parameters.collection, self._freshnesses
        # What is still being read is told before anything is said, not after.
        answers.rule(name, asked.who, asked.workspace)
        if said.state == "refused":
            answers.refuse(name, asked.who, said.version)
        elif said.state == "confirmed":
            answers.confirm(name, said.rule, asked.who, said.version)
        else:
            answers.forget(name, asked.who)
        return answers.rule(name, asked.who, asked.workspace)

    def _gaps(self, asked: Asked[Gaps]) -> Response:
        given = asked.parameters
        found = self._freshnesses.freshness(given.collection, asked.who, asked.workspace)
        address = self._serving.pages(asked).collection_address(given.collection)
        return gaps_answer(asked, found, f"{address}/freshness", self._serving.sealer)

    def _dead(self, asked: Asked[DeadAssets]) -> Response:
        given, sealer = asked.parameters, self._serving.sealer
        after = "" if given.token is None else str(sealer.unseal(given.token, given.said()))
        found, more = self._freshnesses.dead(given.collection, after, given.limit, asked.who, asked.workspace)
        links = [link("self", asked.url, JSON_TYPE)]
        if more is not None:
            token = sealer.seal(more, given.said())
            links.append(link("next", f"{without(asked.url, 'token')}token={token}", JSON_TYPE))
        address = self._serving.pages(asked)
        listed = [
            {**one, "links": [link("item", address.item_address(given.collection, one["id"]), "application/geo+json")]}
            for one in dead_documents(found)
        ]
        return Json({"collection": given.collection, "items": listed, "links": links})

    def _check_may(self, asked: Asked[OneCollection]) -> None:
        """Refuse who may not say what is expected, before anything is read of what is said."""
        name = asked.parameters.collection
        if asked.workspace is not None and workspace_of(name) != asked.workspace:
            raise NotFound(f"There is no Collection {name!r}.")
        self._freshnesses.check_may_say(name, asked.who)


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
