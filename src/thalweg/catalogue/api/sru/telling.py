"""From the pairs of a request to the document that answers it, whatever comes of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from thalweg.catalogue.api.sru.answering import Answers
from thalweg.catalogue.api.sru.diagnostics import FEATURE, FORMAT, UNAVAILABLE, Diagnostic
from thalweg.catalogue.api.sru.documents import refused
from thalweg.catalogue.api.sru.requests import read, spoken
from thalweg.core.errors import InvalidParameter, NotSupported, TooLarge, Unavailable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from thalweg.catalogue.api.sru.offering import Caller, SruOffer


def told(offer: SruOffer, pairs: Sequence[tuple[str, str]], caller: Caller) -> bytes:
    """Return the answer."""
    answers = Answers(offer, caller, dict(pairs))
    try:
        return answers.to(read(pairs))
    except Diagnostic as diagnostic:
        found = diagnostic
    except (InvalidParameter, TooLarge) as error:
        found = Diagnostic(FORMAT, str(error))
    except Unavailable as error:
        found = Diagnostic(UNAVAILABLE, str(error))
    except NotSupported as error:
        found = Diagnostic(FEATURE, str(error))
    return _refused(answers, pairs, found)


def away(offer: SruOffer, pairs: Sequence[tuple[str, str]], caller: Caller, error: Unavailable) -> bytes:
    """Return the answer where it cannot be found out who asks."""
    return _refused(Answers(offer, caller, dict(pairs)), pairs, Diagnostic(UNAVAILABLE, str(error)))


def _refused(answers: Answers, pairs: Sequence[tuple[str, str]], found: Diagnostic) -> bytes:
    how = spoken(pairs)
    described = answers.described(how.version) if how.operation == "explain" else ""
    return refused(how, dict(pairs), found, described)
