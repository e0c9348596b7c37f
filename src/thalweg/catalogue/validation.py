"""What an Item and a Collection must be before the catalogue keeps them: STAC's schemas, and the rules beyond them."""

import re
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from typing import Any

from thalweg.catalogue import jsonschemas
from thalweg.catalogue.asset_texts import AssetTexts, Form
from thalweg.catalogue.documents import Link, own_links, stored, stored_item
from thalweg.catalogue.footprints import Footprint, footprint_of, plain_footprint
from thalweg.catalogue.hrefs import Hrefs
from thalweg.catalogue.limits import Limits
from thalweg.catalogue.ports import HrefGuard, NewCollection, NewItem
from thalweg.catalogue.strictness import USUAL, Rules, Strictness, rules_of
from thalweg.catalogue.times import Times, times_of
from thalweg.core.errors import Fault, InvalidParameter, ThalwegError, TooLarge
from thalweg.core.geometry import BBox
from thalweg.core.items import Document
from thalweg.core.time import instant

_ID = re.compile(r"(?!\.{1,2}$)[\w.~:@+=()-]+")
_IN_COLLECTION: Link = {"rel": "collection", "href": "./collection"}
"""Stands in for the link that the façade adds: STAC wants it wherever ``collection`` is named."""
_BRACES = str.maketrans("", "", "{}")
_TOGETHER = 50
Wanted = tuple[Document, str, Rules]
"""A document, the visibility class that the Item gets, and what its Collection asks of it."""
Steps = Generator[None, None, NewItem]
"""The check of one Item: it stops after each step."""


class Validator:
    """Turns documents into what a store takes, or says which members are wrong and why."""

    def __init__(self, guard: HrefGuard, limits: Limits) -> None:
        self._hrefs = Hrefs(guard)
        self._texts = AssetTexts()
        self._limits = limits

    def item(self, document: Document, visibility_class: str, rules: Rules = USUAL) -> NewItem:
        """Check an Item by what its Collection asks.

        Raises:
            InvalidParameter: a member is wrong; the parameter is its path, ``properties.datetime``, and ``others`` tell
                what else is.
            TooLarge: a bound was hit.
        """
        (item,) = self.items([(document, visibility_class, rules)])
        if isinstance(item, NewItem):
            return item
        raise item

    def items(self, wanted: Sequence[Wanted]) -> Iterator[NewItem | ThalwegError]:
        """Yield for each document the Item that it is, or what is wrong with it, as ``item`` raises it."""
        for start in range(0, len(wanted), _TOGETHER):
            several = wanted[start : start + _TOGETHER]
            found: list[NewItem | ThalwegError | None] = [None] * len(several)
            # Step by step, for what a step needs of code and tables is then at hand for the next Item too.
            running = [(place, self._steps(*one)) for place, one in enumerate(several)]
            while running:
                running = [(place, steps) for place, steps in running if self._goes_on(steps, place, several, found)]
            yield from (one for one in found if one is not None)

    def _goes_on(
        self, steps: Steps, place: int, several: Sequence[Wanted], found: list[NewItem | ThalwegError | None]
    ) -> bool:
        """Take a step with one of several documents; note what it is once that is known."""
        try:
            next(steps)
        except StopIteration as last:
            found[place] = last.value
        except InvalidParameter as error:
            document, _, rules = several[place]
            found[place] = self._with_others(error, document, self._checks(document, rules))
        except ThalwegError as error:
            found[place] = error
        return found[place] is None

    def collection(self, document: Document, visibility_class: str) -> NewCollection:
        """Check a Collection, and what it asks of its Items.

        Raises:
            InvalidParameter: a member is wrong; the parameter is its path, ``extent.spatial.bbox.0``, and ``others``
                tell what else is.
            TooLarge: a bound was hit.
        """
        try:
            return self._collection(document, visibility_class)
        except InvalidParameter as error:
            raise self._with_others(error, document, self._checks_of_collection(document)) from None

    def _steps(self, document: Document, visibility_class: str, rules: Rules) -> Steps:
        if document.get("type") != "Feature":
            raise InvalidParameter("type", 'an Item is a "Feature"')
        item_id, collection = self._id(document, "id"), self._id(document, "collection")
        links = own_links(document)
        body, written = stored_item(document, links, self._limits.document)
        yield
        times, (footprint, is_plain) = _times(document), self._footprint(document)
        yield
        apart = self._texts.apart(document.get("assets"), written)
        known = apart if apart is not None and self._hrefs.are_plain(apart.hrefs) else None
        yield
        form = known and known.form
        _check_schemas("Feature", document, [*links, _IN_COLLECTION], rules.strictness, form, is_plain=is_plain)
        yield
        if known is None:
            self._hrefs.check(document, links, body, collection)
        else:
            self._hrefs.check_links(links)
        _check_house(document, rules)
        return NewItem(collection, item_id, body, times, footprint, visibility_class, document)

    def _collection(self, document: Document, visibility_class: str) -> NewCollection:
        if document.get("type") != "Collection":
            raise InvalidParameter("type", 'a Collection is a "Collection"')
        collection_id = self._id(document, "id")
        links = own_links(document)
        body = stored(document, links, self._limits.document)
        rules = rules_of(document)
        _check_schemas("Collection", document, links, _at_least_core(rules.strictness))
        _check_extent(document["extent"])
        self._hrefs.check(document, links, body, collection_id)
        return NewCollection(collection_id, body, visibility_class)

    def _checks(self, document: Document, rules: Rules) -> Iterator[Callable[[], object]]:
        """Yield the checks of an Item that was refused, each of which can be made without the others.

        The rules of the house are not among them: a filter is asked of what is known to be an Item only.
        """
        yield lambda: self._id(document, "id")
        yield lambda: self._id(document, "collection")
        yield lambda: _times(document)
        yield lambda: self._footprint(document)
        yield lambda: _check_schemas("Feature", document, [*own_links(document), _IN_COLLECTION], rules.strictness)
        yield lambda: self._check_hrefs(document, "collection")

    def _checks_of_collection(self, document: Document) -> Iterator[Callable[[], object]]:
        yield lambda: self._id(document, "id")
        yield lambda: rules_of(document)
        yield lambda: _check_schemas("Collection", document, own_links(document), Strictness.EXTENSIONS)
        yield lambda: self._check_hrefs(document, "id")

    def _with_others(
        self, first: InvalidParameter, document: Document, checks: Iterator[Callable[[], object]]
    ) -> InvalidParameter:
        """Return what was found wrong first, with what else is: one fault a member, no more than a person reads."""
        try:
            stored(document, (), self._limits.document)
        except (InvalidParameter, TooLarge):
            return first  # too deep or too large to be looked at any further
        told = {first.parameter}
        others: list[Fault] = []
        for fault in (*first.others, *(fault for check in checks for fault in _faults(check))):
            if fault.parameter not in told and len(others) < jsonschemas.MOST_TOLD:
                told.add(fault.parameter)
                others.append(fault)
        return InvalidParameter(first.parameter, first.why, others)

    def _check_hrefs(self, document: Document, named: str) -> None:
        links = own_links(document)
        self._hrefs.check(document, links, stored(document, links, self._limits.document), self._id(document, named))

    def _id(self, document: Document, member: str) -> str:
        value = document.get(member)
        if not isinstance(value, str):
            raise InvalidParameter(member, "is required" if value is None else "is not a string")
        if len(value) > self._limits.id:
            raise InvalidParameter(member, f"has more than {self._limits.id} characters (limits.id)")
        if not _ID.fullmatch(value):
            raise InvalidParameter(member, "is made of letters, digits and _ - . ~ : @ + = ( )")
        return value

    def _footprint(self, document: Document) -> tuple[Footprint | None, bool]:
        """Return where an Item lies, and whether its geometry is as nearly all are."""
        geometry, bbox = document.get("geometry"), document.get("bbox")
        if geometry is None:
            return None, False
        if not isinstance(geometry, Mapping):
            raise InvalidParameter("geometry", "is not a GeoJSON geometry")
        if geometry.get("type") == "GeometryCollection":
            raise InvalidParameter("geometry", "is a GeometryCollection, which STAC does not take for an Item")
        if not isinstance(bbox, list) or not all(_is_number(number) for number in bbox):
            raise InvalidParameter("bbox", "is required with a geometry: 4 or 6 numbers")
        plain = plain_footprint(geometry, bbox, self._limits.positions)
        if plain is not None:
            return plain, True
        return footprint_of(geometry, bbox, self._limits.positions), False


def _faults(check: Callable[[], object]) -> tuple[Fault, ...]:
    try:
        check()
    except InvalidParameter as error:
        return error.faults
    except TooLarge:
        pass
    return ()


def _times(document: Document) -> Times:
    properties = document.get("properties")
    if not isinstance(properties, Mapping):
        raise InvalidParameter("properties", "is required" if properties is None else "is not an object")
    return times_of(properties)


def _at_least_core(strictness: Strictness) -> Strictness:
    """Return how strictly a Collection itself is checked: without its core members nobody finds its Items."""
    return Strictness.CORE if strictness is Strictness.OFF else strictness


def _check_schemas(
    kind: str,
    document: Document,
    links: Sequence[Link],
    strictness: Strictness,
    form: Form | None = None,
    *,
    is_plain: bool = False,
) -> None:
    if strictness is not Strictness.OFF:
        extended = strictness is Strictness.EXTENSIONS
        seen = {**document, "links": _untemplated(links)}
        jsonschemas.check(kind, seen, extended=extended, form=form, is_plain=is_plain)


def _check_house(document: Document, rules: Rules) -> None:
    if rules.house and (broken := list(rules.broken(document))):
        raise InvalidParameter(broken[0].parameter, broken[0].why, broken[1:])


def _untemplated(links: Sequence[Link]) -> list[Link]:
    """Return the links without the braces of templates such as ``{z}``, which STAC's schema takes for no IRI."""
    return [
        {**link, "href": href.translate(_BRACES)} if isinstance(href := link.get("href"), str) and "{" in href else link
        for link in links
    ]


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _check_extent(extent: Mapping[str, Any]) -> None:
    for place, bbox in enumerate(extent["spatial"]["bbox"]):
        BBox.of(bbox, f"extent.spatial.bbox.{place}")
    for place, interval in enumerate(extent["temporal"]["interval"]):
        _check_interval(interval, f"extent.temporal.interval.{place}")


def _check_interval(interval: Sequence[str | None], place: str) -> None:
    start, end = (None if text is None else instant(text, place) for text in interval)
    if start is not None and end is not None and end < start:
        raise InvalidParameter(place, "ends before it starts")
