"""What is answered on freshness; loaded by the first who asks."""

from collections.abc import Mapping
from typing import Any

from starlette.responses import Response

from thalweg.catalogue.api.freshness.answering import gaps_answer
from thalweg.catalogue.api.freshness.documents import (
    dead_documents,
    freshness_document,
    health_document,
    rule_document,
)
from thalweg.catalogue.api.freshness.html import dead_page, freshness_page, rule_form
from thalweg.catalogue.api.freshness.parameters import ATOM, DeadAssets, Gaps
from thalweg.catalogue.api.freshness.saying import Said, etag, filled_in, said_as_json, said_by_form
from thalweg.catalogue.api.pages import JSON_TYPE, without
from thalweg.catalogue.api.parameters import OneCollection, OneItem
from thalweg.catalogue.api.serving import Serving
from thalweg.catalogue.freshness.choices import Choices
from thalweg.catalogue.freshness.service import Freshness, Freshnesses, RuleTold, told_by
from thalweg.core.errors import Conflict, InvalidParameter, NotFound, PreconditionFailed, ThalwegError
from thalweg.core.workspaces import workspace_of
from thalweg.web.answers import Json, not_modified
from thalweg.web.asked import Asked
from thalweg.web.forms import HTML
from thalweg.web.links import link

_NOW = {"cache-control": "no-cache"}


class Answers:
    """Answers, one method an operation; each may take a while."""

    def __init__(self, serving: Serving, freshnesses: Freshnesses) -> None:
        self._serving = serving
        self._freshnesses = freshnesses

    def freshness(self, asked: Asked[OneCollection]) -> Response:
        """Return how fresh and complete a Collection is."""
        if asked.form is HTML:
            return self._page(asked, None, {})
        _, document, _ = self._told(asked)
        return Json(document, headers=_NOW)

    def gaps(self, asked: Asked[Gaps]) -> Response:
        """Return a page of gaps."""
        given = asked.parameters
        found = self._freshnesses.freshness(given.collection, asked.who, asked.workspace)
        address = self._serving.pages(asked).collection_address(given.collection)
        return gaps_answer(asked, found, f"{address}/freshness", self._serving.sealer)

    def rule(self, asked: Asked[OneCollection]) -> Response:
        """Return the rule as it stands."""
        name = asked.parameters.collection
        told = self._freshnesses.rule(name, asked.who, asked.workspace)
        by = self._freshnesses.may_say(name, asked.who)
        tag = etag(told.statement)
        choices = self._choices(asked) if by else None
        return not_modified(tag, asked.headers) or Json(rule_document(told, choices, by=by), headers={"etag": tag})

    def say(self, asked: Asked[OneCollection]) -> Response:
        """Take what a program says of a rule."""
        self._check_may(asked)
        told = self._said(asked, said_as_json(asked.document, asked.headers))
        document = rule_document(told, self._choices(asked), by=True)
        return Json(document, headers={"etag": etag(told.statement)})

    def fill_in(self, asked: Asked[OneCollection], body: bytes) -> Response:
        """Take what a person says of it by the form; where it is wrong, show the page again."""
        self._check_may(asked)
        filled = filled_in(body)
        try:
            self._said(asked, said_by_form(filled))
        except (InvalidParameter, Conflict, PreconditionFailed) as error:
            return self._page(asked, error, filled)
        address = self._serving.pages(asked).collection_address(asked.parameters.collection)
        return Response(status_code=303, headers={"location": f"{address}/freshness?f=html#rule"})

    def forget(self, asked: Asked[OneCollection]) -> Response:
        """Take back what was said."""
        self._check_may(asked)
        self._freshnesses.forget(asked.parameters.collection, asked.who)
        return Response(status_code=204)

    def dead(self, asked: Asked[DeadAssets]) -> Response:
        """Return a page of Items with dead assets."""
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
        if asked.form is HTML:
            return dead_page(asked, listed, links, address.collection_address(given.collection))
        return Json({"collection": given.collection, "items": listed, "links": links}, headers=_NOW)

    def health(self, asked: Asked[OneItem]) -> Response:
        """Return how the assets of an Item were found."""
        given = asked.parameters
        version, found = self._freshnesses.health(given.collection, given.item, asked.who, asked.workspace)
        address = self._serving.pages(asked).item_address(given.collection, given.item)
        links = [link("self", f"{address}/health", JSON_TYPE), link("item", address, "application/geo+json")]
        shown = {"id": given.item, "collection": given.collection, **health_document(version, found), "links": links}
        return Json(shown, headers=_NOW)

    def _page(self, asked: Asked[OneCollection], fault: ThalwegError | None, filled: Mapping[str, str]) -> Response:
        found, document, may = self._told(asked)
        address = self._serving.pages(asked).collection_address(asked.parameters.collection)
        form = rule_form(found.told, self._choices(asked), fault, filled) if may else None
        return freshness_page(asked, document, found, address, form)

    def _told(self, asked: Asked[OneCollection]) -> tuple[Freshness, dict[str, Any], bool]:
        """Return what is told, as a document too, and whether the caller may say what is expected."""
        name = asked.parameters.collection
        found = self._freshnesses.freshness(name, asked.who, asked.workspace)
        tally = self._freshnesses.tally(name, asked.who, asked.workspace)
        may = self._freshnesses.may_say(name, asked.who)
        address = self._serving.pages(asked).collection_address(name)
        return found, freshness_document(name, found, tally, _links(asked, address), by=may), may

    def _said(self, asked: Asked[OneCollection], said: Said) -> RuleTold:
        name, answers = asked.parameters.collection, self._freshnesses
        # What is still being read is told before anything is said, not after: another key is read by who asks next.
        inference = answers.rule(name, asked.who, asked.workspace).inference
        if said.state == "refused":
            return told_by(answers.refuse(name, asked.who, said.version), inference)
        if said.state == "confirmed":
            return told_by(answers.confirm(name, said.rule, asked.who, said.version), inference)
        answers.forget(name, asked.who)
        return told_by(None, inference)

    def _choices(self, asked: Asked[OneCollection]) -> Choices:
        return self._freshnesses.choices(asked.parameters.collection, asked.who, asked.workspace)

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
