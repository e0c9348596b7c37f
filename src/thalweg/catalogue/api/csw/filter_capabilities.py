"""What filters may say, as Filter Encoding 1.1.0 and 2.0 tell it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from thalweg.catalogue.records.writers.markup import Markup

if TYPE_CHECKING:
    from thalweg.catalogue.api.csw.versions import Version
    from thalweg.guard.markup import Element

_COMPARISONS = (
    "Between",
    "EqualTo",
    "GreaterThan",
    "GreaterThanEqualTo",
    "LessThan",
    "LessThanEqualTo",
    "Like",
    "NotEqualTo",
    "NullCheck",
)
_COMPARISONS_20 = (
    "PropertyIsBetween",
    "PropertyIsEqualTo",
    "PropertyIsGreaterThan",
    "PropertyIsGreaterThanOrEqualTo",
    "PropertyIsLessThan",
    "PropertyIsLessThanOrEqualTo",
    "PropertyIsLike",
    "PropertyIsNil",
    "PropertyIsNotEqualTo",
    "PropertyIsNull",
)
_SPATIAL = (
    "BBOX",
    "Beyond",
    "Contains",
    "Crosses",
    "Disjoint",
    "DWithin",
    "Equals",
    "Intersects",
    "Overlaps",
    "Touches",
    "Within",
)
_TEMPORAL = (
    "After",
    "Before",
    "Begins",
    "BegunBy",
    "During",
    "EndedBy",
    "Ends",
    "Meets",
    "MetBy",
    "OverlappedBy",
    "TContains",
    "TEquals",
    "TOverlaps",
)
"""AnyInteracts is answered too, but the schema has no name for it."""
_OPERANDS = (
    "Envelope",
    "Point",
    "LineString",
    "Curve",
    "Polygon",
    "Surface",
    "MultiPoint",
    "MultiCurve",
    "MultiSurface",
)
_OPERANDS_11 = ("Envelope", "Point", "LineString", "Polygon")
_CONFORMANCE = {
    "ImplementsQuery": True,
    "ImplementsAdHocQuery": True,
    "ImplementsFunctions": False,
    "ImplementsResourceId": True,
    "ImplementsMinStandardFilter": True,
    "ImplementsStandardFilter": True,
    "ImplementsMinSpatialFilter": True,
    "ImplementsSpatialFilter": True,
    "ImplementsMinTemporalFilter": True,
    "ImplementsTemporalFilter": True,
    "ImplementsVersionNav": False,
    "ImplementsSorting": True,
    "ImplementsExtendedOperators": False,
    "ImplementsMinimumXPath": False,
    "ImplementsSchemaElementFunc": False,
}


def filter_capabilities(version: Version) -> Element:
    """Return what filters of a version may say."""
    return _fes(version) if version.is_third else _filter(version)


def _filter(version: Version) -> Element:
    xml = Markup({"ogc": version.fes, "gml": "http://www.opengis.net/gml"})
    operands = [xml.element("ogc:GeometryOperand", f"gml:{name}") for name in _OPERANDS_11]
    spatial = [xml.element("ogc:SpatialOperator", name=name) for name in _SPATIAL]
    comparisons = [xml.element("ogc:ComparisonOperator", name) for name in _COMPARISONS]
    return xml.element(
        "ogc:Filter_Capabilities",
        children=[
            xml.element(
                "ogc:Spatial_Capabilities",
                children=[
                    xml.element("ogc:GeometryOperands", children=operands),
                    xml.element("ogc:SpatialOperators", children=spatial),
                ],
            ),
            xml.element(
                "ogc:Scalar_Capabilities",
                children=[
                    xml.element("ogc:LogicalOperators"),
                    xml.element("ogc:ComparisonOperators", children=comparisons),
                ],
            ),
            xml.element("ogc:Id_Capabilities", children=[xml.element("ogc:EID"), xml.element("ogc:FID")]),
        ],
    )


def _fes(version: Version) -> Element:
    xml = Markup({"fes": version.fes, "ows": "http://www.opengis.net/ows/1.1", "gml": "http://www.opengis.net/gml/3.2"})
    kept = [
        xml.element(
            "fes:Constraint",
            children=[xml.element("ows:NoValues"), xml.element("ows:DefaultValue", str(is_kept).upper())],
            name=name,
        )
        for name, is_kept in _CONFORMANCE.items()
    ]
    ids = xml.element("fes:ResourceIdentifier", name="csw:id")
    comparisons = [xml.element("fes:ComparisonOperator", name=name) for name in _COMPARISONS_20]
    scalar = [xml.element("fes:LogicalOperators"), xml.element("fes:ComparisonOperators", children=comparisons)]
    return xml.element(
        "fes:Filter_Capabilities",
        children=[
            xml.element("fes:Conformance", children=kept),
            xml.element("fes:Id_Capabilities", children=[ids]),
            xml.element("fes:Scalar_Capabilities", children=scalar),
            _operators(xml, "Spatial", "Geometry", _OPERANDS, _SPATIAL),
            _operators(xml, "Temporal", "Temporal", ("TimeInstant", "TimePeriod"), _TEMPORAL),
        ],
    )


def _operators(xml: Markup, kind: str, operand: str, operands: tuple[str, ...], operators: tuple[str, ...]) -> Element:
    taken = [xml.element(f"fes:{operand}Operand", name=f"gml:{name}") for name in operands]
    known = [xml.element(f"fes:{kind}Operator", name=name) for name in operators]
    return xml.element(
        f"fes:{kind}_Capabilities",
        children=[
            xml.element(f"fes:{operand}Operands", children=taken),
            xml.element(f"fes:{kind}Operators", children=known),
        ],
    )
