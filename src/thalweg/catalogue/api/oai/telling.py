"""From the pairs of a request to the document that answers it, whatever comes of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from thalweg.catalogue.api.oai.answering import Answers
from thalweg.catalogue.api.oai.documents import refused
from thalweg.catalogue.api.oai.faults import BAD_ARGUMENT, BAD_VERB, OaiFault
from thalweg.catalogue.api.oai.requests import read

if TYPE_CHECKING:
    from collections.abc import Sequence

    from thalweg.catalogue.api.oai.offering import Caller, OaiOffer

_UNTOLD = frozenset({BAD_VERB, BAD_ARGUMENT})
"""Codes of requests that were not understood, and so are not told in their answer."""


def told(offer: OaiOffer, pairs: Sequence[tuple[str, str]], caller: Caller) -> bytes:
    """Return the answer.

    Raises:
        Unavailable: it took longer than it may.
    """
    asked: dict[str, str] = {}
    try:
        request = read(pairs)
        asked = {"verb": request.verb, **request.arguments}
        return Answers(offer, caller).to(request)
    except OaiFault as fault:
        return refused(caller.address, {} if fault.code in _UNTOLD else asked, fault)
