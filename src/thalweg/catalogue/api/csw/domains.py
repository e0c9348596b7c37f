"""GetDomain: what values parameters take, and what values the Records that a caller sees have."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Literal

from lxml import etree  # type: ignore[import-untyped]

from thalweg.catalogue.api.csw.capabilities import parameter_values
from thalweg.catalogue.api.csw.searching import query_of
from thalweg.catalogue.api.csw.versions import XSI, Version
from thalweg.catalogue.filters.queryables import Queryable, queryable_of
from thalweg.catalogue.records.kinds import ITEM, TYPE
from thalweg.core.errors import InvalidParameter
from thalweg.core.queries import Aggregated, Aggregation, Bucket

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from thalweg.catalogue.api.csw.requests import Constraint, GetDomain, ValuesOf
    from thalweg.catalogue.records.query import RecordQuery
    from thalweg.catalogue.records.service import Records
    from thalweg.catalogue.records.writers.markup import Markup
    from thalweg.core.principals import Principal
    from thalweg.guard.markup import Element

_MOST_FILTERS = 4
_ALL = 2**62
_ENDS: tuple[Literal["least"], Literal["greatest"]] = ("least", "greatest")


class Domains:
    """Tells the values of parameters and properties."""

    def __init__(self, records: Records, workspace: str | None = None) -> None:
        self._records = records
        self._workspace = workspace

    def answer(self, asked: GetDomain, who: Principal) -> bytes:
        """Return the ``GetDomainResponse``.

        Raises:
            InvalidParameter: there is no such parameter or property, or there are too many filters.
            Unavailable: it took longer than it may.
        """
        version = asked.version
        xml = version.markup()
        parameters = [_of_parameter(xml, version, name) for name in asked.parameters]
        properties = self._properties(xml, asked, who)
        root = xml.element("csw:GetDomainResponse", children=[*parameters, *properties])
        where = "cswGetDomain.xsd" if version.is_third else "CSW-discovery.xsd"
        root.set(f"{{{XSI}}}schemaLocation", f"{version.csw} {version.schemas}/{where}")
        etree.cleanup_namespaces(root)
        made: bytes = etree.tostring(root, encoding="UTF-8", xml_declaration=True)
        return made

    def _properties(self, xml: Markup, asked: GetDomain, who: Principal) -> list[Element]:
        """Return the domains of properties; those of Records that the same filter finds are asked for together."""
        told = "ValueReference" if asked.version.is_third else "PropertyName"
        known = [(one, queryable_of(one.name, told)) for one in asked.properties]
        among: list[tuple[Constraint, list[Queryable]]] = []
        for one, queryable in known:
            same = next((listed for constraint, listed in among if constraint == one.constraint), None)
            if same is None:
                among.append((one.constraint, [queryable]))
            else:
                same.append(queryable)
        if len(among) > _MOST_FILTERS:
            raise InvalidParameter("Filter", f"{_MOST_FILTERS} different ones at the most are taken at once")
        answers = [(one, self._answers(asked, one, listed, who)) for one, listed in among]
        return [
            _of_property(
                xml, asked.version, one, queryable, next(found for it, found in answers if it == one.constraint)
            )
            for one, queryable in known
        ]

    def _answers(
        self, asked: GetDomain, constraint: Constraint, queryables: Sequence[Queryable], who: Principal
    ) -> Mapping[Aggregation, Aggregated]:
        query = replace(query_of(constraint), as_of=asked.as_of)
        wanted = list(dict.fromkeys(one for queryable in queryables for one in _aggregations(queryable)))
        most = self._records.limits.buckets
        found = self._records.facets(query, wanted, who, most, self._workspace) if wanted else ()
        return {one: self._with_items(told, query, who) for one, told in zip(wanted, found, strict=True)}

    def _with_items(self, found: Aggregated, query: RecordQuery, who: Principal) -> Aggregated:
        """Return the counts of types with that of Items, whose documents do not tell theirs."""
        if found.asked.property != TYPE:
            return found
        items = self._records.count(replace(query, types=(ITEM,)), who, _ALL, self._workspace)
        return replace(found, buckets=(*found.buckets, Bucket(ITEM, items))) if items else found


def _of_parameter(xml: Markup, version: Version, name: str) -> Element:
    known = {key.lower(): (key, values) for key, values in parameter_values(version).items()}
    if name.lower() not in known:
        raise InvalidParameter("ParameterName", f"{name[:128]!r} is not one of {', '.join(parameter_values(version))}")
    key, values = known[name.lower()]
    listed = _listed(xml, [(one, "") for one in values])
    return _domain(xml, ("ParameterName", key), [listed], "possible" if version.is_third else "")


def _aggregations(queryable: Queryable) -> tuple[Aggregation, ...]:
    """Return what tells the values of a queryable; ids are each Record's own, and places and words are no values."""
    match queryable.kind:
        case "text" | "many":
            return tuple(Aggregation("values", "terms", one.name, keys=one.keys) for one in queryable.members)
        case "time" | "number":
            return tuple(Aggregation(end, end, one.name) for one in queryable.members for end in _ENDS)
        case _:
            return ()


def _of_property(
    xml: Markup, version: Version, one: ValuesOf, queryable: Queryable, answers: Mapping[Aggregation, Aggregated]
) -> Element:
    found = [answers[asked] for asked in _aggregations(queryable)]
    if queryable.kind in ("time", "number"):
        values = _range(xml, found)
    else:
        # How many Records have each is told by CSW 3 only.
        listed = [(value, str(count) if version.is_third else "") for value, count in _values(found)]
        values = [_listed(xml, listed)] if listed else []
    told = "ValueReference" if version.is_third else "PropertyName"
    return _domain(xml, (told, one.name), values, "available" if version.is_third else "")


def _values(found: Sequence[Aggregated]) -> Sequence[tuple[str, int]]:
    counts: dict[str, int] = {}
    for one in found:
        for bucket in one.buckets:
            value = str(bucket.key).lower() if isinstance(bucket.key, bool) else str(bucket.key)
            counts[value] = counts.get(value, 0) + bucket.count
    return sorted(counts.items())


def _range(xml: Markup, found: Sequence[Aggregated]) -> list[Element]:
    low, high = ([one.value for one in found if one.asked.kind == end and one.value is not None] for end in _ENDS)
    if not low or not high:
        return []
    least, greatest = min(low, key=_comparable), max(high, key=_comparable)
    children = [xml.element("csw:MinValue", str(least)), xml.element("csw:MaxValue", str(greatest))]
    return [xml.element("csw:RangeOfValues", children=children)]


def _comparable(value: float | str) -> tuple[bool, float, str]:
    return (True, 0.0, value) if isinstance(value, str) else (False, value, "")


def _domain(xml: Markup, named: tuple[str, str], values: list[Element], result_type: str) -> Element:
    kind, name = named
    children = [xml.element(f"csw:{kind}", name), *values]
    return xml.element("csw:DomainValues", children=children, type="csw:Record", resultType=result_type)


def _listed(xml: Markup, values: Sequence[tuple[str, str]]) -> Element:
    """Return values, each with how often it is, where that is told."""
    listed = [xml.element("csw:Value", value, count=count) for value, count in values]
    return xml.element("csw:ListOfValues", children=listed)
