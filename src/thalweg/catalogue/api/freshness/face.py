"""The routes of freshness: what is expected, there and missing; rules; assets that are dead."""

from typing import TYPE_CHECKING

from starlette.responses import Response

from thalweg.catalogue.api.freshness.parameters import ATOM, FORM, DeadAssets, Gaps
from thalweg.catalogue.api.parameters import OneCollection, OneItem
from thalweg.catalogue.api.serving import Serving
from thalweg.web.asked import Asked
from thalweg.web.forms import HTML, JSON
from thalweg.web.pool import QUESTIONS, in_pool, in_turn
from thalweg.web.routes import Body, delete, get, post, put

if TYPE_CHECKING:
    from collections.abc import Callable

    from thalweg.catalogue.api.freshness.answers import Answers
    from thalweg.catalogue.freshness.service import Freshnesses

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

    def __init__(self, serving: Serving, freshnesses: "Callable[[], Freshnesses]") -> None:
        self._serving = serving
        self._freshnesses = freshnesses

    def _answers(self) -> "Answers":
        """Return what answers, loaded and put together by the first who asks: a platform starts without it."""
        from thalweg.catalogue.api.freshness.answers import Answers  # noqa: PLC0415 - only where it is asked for

        return Answers(self._serving, self._freshnesses())

    @get("/collections/{collection}/freshness", forms=(JSON, HTML), tag=_TAG, schema=_LINKED)
    async def freshness(self, asked: Asked[OneCollection]) -> Response:
        """Say how fresh and complete a Collection is: expected against present, of the Items the caller may see."""
        return await in_turn(lambda: self._answers().freshness(asked), among=QUESTIONS, caller=asked.who.id)

    @get("/collections/{collection}/freshness/gaps", forms=(JSON, ATOM, HTML), tag=_TAG, schema=_LINKED)
    async def gaps(self, asked: Asked[Gaps]) -> Response:
        """List the Items that are missing, newest first, each with when it was expected."""
        return await in_turn(lambda: self._answers().gaps(asked), among=QUESTIONS, caller=asked.who.id)

    @get("/collections/{collection}/freshness/rule", tag=_TAG, answers={304: "unchanged"})
    async def rule(self, asked: Asked[OneCollection]) -> Response:
        """Show the rule by which Items are expected, and what the Items tell of one."""
        return await in_turn(lambda: self._answers().rule(asked), among=QUESTIONS, caller=asked.who.id)

    @put(
        "/collections/{collection}/freshness/rule",
        body=Body.DOCUMENT,
        takes=_RULE,
        tag=_TAG,
        answers={409: "no rule could be confirmed", 412: "something else was said since"},
    )
    async def say(self, asked: Asked[OneCollection]) -> Response:
        """Confirm a rule, edited or as it is inferred, or refuse all; for who administers the workspace."""
        return await in_turn(lambda: self._answers().say(asked), among=QUESTIONS, caller=asked.who.id)

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
        body = b"".join([chunk async for chunk in asked.stream()])
        return await in_turn(lambda: self._answers().fill_in(asked, body), among=QUESTIONS, caller=asked.who.id)

    @delete("/collections/{collection}/freshness/rule", status=204, forms=(), tag=_TAG)
    async def forget(self, asked: Asked[OneCollection]) -> Response:
        """Take back what was said of a rule; the Items tell one again."""
        return await in_pool(lambda: self._answers().forget(asked))

    @get("/collections/{collection}/freshness/dead-assets", forms=(JSON, HTML), tag=_TAG, schema=_LINKED)
    async def dead(self, asked: Asked[DeadAssets]) -> Response:
        """List Items with assets that are dead, as they were found when they were checked last."""
        return await in_pool(lambda: self._answers().dead(asked))

    @get("/collections/{collection}/items/{item}/health", tag=_TAG, schema=_LINKED)
    async def health(self, asked: Asked[OneItem]) -> Response:
        """Say whether the assets of an Item were there when they were checked last."""
        return await in_pool(lambda: self._answers().health(asked))
