"""GetDomain: what values parameters take, and what values the Records that a caller sees have."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lxml import etree  # type: ignore[import-untyped]

from thalweg.catalogue.api.csw.capabilities import parameter_values
from thalweg.catalogue.api.csw.versions import XSI, Version
from thalweg.catalogue.filters.queryables import queryable_of
from thalweg.catalogue.records.query import RecordQuery
from thalweg.core.errors import InvalidParameter
from thalweg.core.queries import Aggregation

if TYPE_CHECKING:
    from collections.abc import Sequence

    from thalweg.catalogue.api.csw.requests import GetDomain
    from thalweg.catalogue.records.service import Records
    from thalweg.catalogue.records.writers.markup import Markup
    from thalweg.core.principals import Principal
    from thalweg.guard.markup import Element


class Domains:
    """Tells the values of parameters and properties."""

    def __init__(self, records: Records, workspace: str | None = None) -> None:
        self._records = records
        self._workspace = workspace

    def answer(self, asked: GetDomain, who: Principal) -> bytes:
        """Return the ``GetDomainResponse``.

        Raises:
            InvalidParameter: there is no such parameter or property.
        """
        version = asked.version
        xml = version.markup()
        parameters = [self._of_parameter(xml, version, name) for name in asked.parameters]
        properties = [self._of_property(xml, asked, name, who) for name in asked.properties]
        root = xml.element("csw:GetDomainResponse", children=[*parameters, *properties])
        where = "cswGetDomain.xsd" if version.is_third else "CSW-discovery.xsd"
        root.set(f"{{{XSI}}}schemaLocation", f"{version.csw} {version.schemas}/{where}")
        etree.cleanup_namespaces(root)
        made: bytes = etree.tostring(root, encoding="UTF-8", xml_declaration=True)
        return made

    @staticmethod
    def _of_parameter(xml: Markup, version: Version, name: str) -> Element:
        known = {key.lower(): (key, values) for key, values in parameter_values(version).items()}
        if name.lower() not in known:
            raise InvalidParameter(
                "ParameterName", f"{name[:128]!r} is not one of {', '.join(parameter_values(version))}"
            )
        key, values = known[name.lower()]
        listed = _listed(xml, [(one, "") for one in values])
        return _domain(xml, ("ParameterName", key), [listed], "possible" if version.is_third else "")

    def _of_property(self, xml: Markup, asked: GetDomain, name: str, who: Principal) -> Element:
        version, of = asked.version, RecordQuery(as_of=asked.as_of)
        told = "ValueReference" if version.is_third else "PropertyName"
        queryable = queryable_of(name, told)
        values: list[Element] = []
        if queryable.kind == "text":
            found = self._values(queryable.members[0].name, of, who)
            # How many Records have each is told by CSW 3 only.
            listed = [(value, str(count) if version.is_third else "") for value, count in found]
            values = [_listed(xml, listed)] if listed else []
        elif queryable.kind in ("time", "number"):
            values = self._range(xml, queryable.members[0].name, of, who)
        # What a Record may tell several times, or is each Record's own, is not told one by one.
        return _domain(xml, (told, name), values, "available" if version.is_third else "")

    def _values(self, name: str, of: RecordQuery, who: Principal) -> Sequence[tuple[str, int]]:
        most = self._records.limits.buckets
        (found,) = self._records.facets(of, [Aggregation("values", "terms", name)], who, most, self._workspace)
        return [(str(bucket.key), bucket.count) for bucket in found.buckets]

    def _range(self, xml: Markup, name: str, of: RecordQuery, who: Principal) -> list[Element]:
        ends = [Aggregation("least", "least", name), Aggregation("greatest", "greatest", name)]
        found = self._records.facets(of, ends, who, 1, self._workspace)
        if any(one.value is None for one in found):
            return []
        low, high = (str(one.value) for one in found)
        children = [xml.element("csw:MinValue", low), xml.element("csw:MaxValue", high)]
        return [xml.element("csw:RangeOfValues", children=children)]


def _domain(xml: Markup, named: tuple[str, str], values: list[Element], result_type: str) -> Element:
    kind, name = named
    children = [xml.element(f"csw:{kind}", name), *values]
    return xml.element("csw:DomainValues", children=children, type="csw:Record", resultType=result_type)


def _listed(xml: Markup, values: Sequence[tuple[str, str]]) -> Element:
    """Return values, each with how often it is, where that is told."""
    listed = [xml.element("csw:Value", value, count=count) for value, count in values]
    return xml.element("csw:ListOfValues", children=listed)
