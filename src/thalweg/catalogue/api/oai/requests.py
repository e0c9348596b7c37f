"""Reads requests of OAI-PMH: which arguments each verb takes (OAI-PMH 2.0, 4)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, get_args

from thalweg.catalogue.api.oai.faults import BAD_ARGUMENT, BAD_VERB, OaiFault

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

Verb = Literal["Identify", "ListMetadataFormats", "ListSets", "GetRecord", "ListIdentifiers", "ListRecords"]
VERBS: tuple[Verb, ...] = get_args(Verb)
TOKEN = "resumptionToken"  # noqa: S105 - the name of an argument
_LISTED = ("from", "until", "set")


@dataclass(frozen=True, slots=True)
class _Takes:
    """The arguments that a verb takes; an exclusive one stands alone."""

    required: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    exclusive: bool = False


_TAKES: Mapping[Verb, _Takes] = {
    "Identify": _Takes(),
    "ListMetadataFormats": _Takes(optional=("identifier",)),
    "ListSets": _Takes(exclusive=True),
    "GetRecord": _Takes(required=("identifier", "metadataPrefix")),
    "ListIdentifiers": _Takes(("metadataPrefix",), _LISTED, exclusive=True),
    "ListRecords": _Takes(("metadataPrefix",), _LISTED, exclusive=True),
}


@dataclass(frozen=True, slots=True)
class OaiRequest:
    """A request that was read; ``arguments`` are those beside the verb, in the order of the request."""

    verb: Verb
    arguments: Mapping[str, str] = field(default_factory=dict)

    def get(self, name: str) -> str | None:
        """Return an argument; nothing where it is not given."""
        return self.arguments.get(name)


def read(pairs: Sequence[tuple[str, str]]) -> OaiRequest:
    """Read a request.

    Raises:
        OaiFault: its verb is none, or its arguments are not those that the verb takes.
    """
    verb = _verb([value for name, value in pairs if name == "verb"])
    given = [(name, value) for name, value in pairs if name != "verb"]
    takes, arguments = _TAKES[verb], dict(given)
    if len(arguments) < len(given):
        raise OaiFault(BAD_ARGUMENT, "an argument is given twice")
    known = (*takes.required, *takes.optional, *((TOKEN,) if takes.exclusive else ()))
    for name, value in given:
        if name not in known:
            raise OaiFault(BAD_ARGUMENT, f"{verb} takes no argument {name[:64]!r}")
        if not value:
            raise OaiFault(BAD_ARGUMENT, f"{name} is empty")
    if TOKEN in arguments and len(arguments) > 1:
        raise OaiFault(BAD_ARGUMENT, f"{TOKEN} stands alone")
    absent = [] if TOKEN in arguments else [name for name in takes.required if name not in arguments]
    if absent:
        raise OaiFault(BAD_ARGUMENT, f"{verb} needs {' and '.join(absent)}")
    return OaiRequest(verb, arguments)


def _verb(given: Sequence[str]) -> Verb:
    if not given:
        raise OaiFault(BAD_VERB, f"verb is one of {', '.join(VERBS)}")
    if len(given) > 1:
        raise OaiFault(BAD_VERB, "verb is given twice")
    for verb in VERBS:
        if verb == given[0]:
            return verb
    raise OaiFault(BAD_VERB, f"{given[0][:64]!r} is not one of {', '.join(VERBS)}")
