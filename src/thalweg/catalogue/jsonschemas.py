"""Items, Collections and Catalogs against the JSON Schemas of STAC and of its extensions."""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import islice

from thalweg.catalogue.asset_texts import Form
from thalweg.catalogue.asset_verdicts import verdicts
from thalweg.catalogue.vendored import VERSIONS, compiled, core, extensions, name_of
from thalweg.catalogue.wording import innermost, place, words
from thalweg.core.errors import Fault, InvalidParameter
from thalweg.core.items import Document

MOST_TOLD = 50
"""Faults that are told of one document."""


def check(
    kind: str, document: Document, *, extended: bool = True, form: Form | None = None, is_plain: bool = False
) -> None:
    """Check a document against the core schema of its version and, if wanted, the extensions that are carried here.

    Args:
        kind: Feature, Collection or Catalog: what the document has to be.
        document: is looked at.
        extended: whether the extensions that it names speak too.
        form: of the text of an Item's assets, where their hrefs are known to be addresses.
        is_plain: whether an Item's geometry is known to be one of GeoJSON, with its type and coordinates alone.

    Raises:
        InvalidParameter: a member breaks a rule; the other faults follow the one that lies deepest.
    """
    addresses = schemas_of(kind, document, extended=extended)
    known = verdicts(addresses) if kind == "Feature" else None
    if (known is not None and known.keeps(document, form, is_plain=is_plain)) or compiled(*addresses).is_valid(
        document
    ):
        return
    found = sorted(_faults(addresses, document), key=lambda fault: -fault.parameter.count("."))
    first, *others = found or [Fault("document", "breaks a rule of its schemas")]
    raise InvalidParameter(first.parameter, first.why, others)


def schemas_of(kind: str, document: Document, *, extended: bool) -> tuple[str, ...]:
    """Return the addresses of the schemas that speak of a document.

    Raises:
        InvalidParameter: it is of a version of STAC that is not known here.
    """
    version = document.get("stac_version")
    if version not in VERSIONS:
        raise InvalidParameter("stac_version", f"must be one of {', '.join(VERSIONS)}")
    return _schemas_of(kind, version, tuple(_named(document)) if extended else ())


@lru_cache(maxsize=1024)
def _schemas_of(kind: str, version: str, named: tuple[str, ...]) -> tuple[str, ...]:
    return (core(kind, version), *sorted(extensions().intersection(named)))


def unchecked(document: Document) -> tuple[str, ...]:
    """Return the extensions that a document names and that are not carried here."""
    return tuple(name for name in dict.fromkeys(_named(document)) if name not in extensions())


def _named(document: Document) -> Sequence[str]:
    named = document.get("stac_extensions")
    return [name for name in named if isinstance(name, str)] if isinstance(named, list) else []


def _faults(addresses: Sequence[str], document: Document) -> Iterator[Fault]:
    """Yield what is wrong, each member once for each schema, no more than a person reads."""
    told: set[tuple[str, str]] = set()
    for address in addresses:
        rule = name_of(address)
        for error in islice(innermost(compiled(address).iter_errors(document)), MOST_TOLD):
            fault = Fault(place(error), f"{words(error)} ({rule})")
            if (fault.parameter, rule) not in told and len(told) < MOST_TOLD:
                told.add((fault.parameter, rule))
                yield fault
