"""The two encodings of ISO 19115 as dialects of one language: the same classes and properties in other namespaces.

In ISO 19139 nearly all stand in ``gmd``; in ISO 19115-3 each class stands in the namespace of its package, and its
properties with it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from thalweg.catalogue.records.writers.nodes import XLINK, Names, Node, grown, sayable

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from thalweg.guard.markup import Element

GML = "http://www.opengis.net/gml/3.2"


class Missing:
    """What a standard demands and nobody told: the property is there and says that it is ``missing``."""


MISSING = Missing()


@dataclass(frozen=True, slots=True)
class Linked:
    """A property that points elsewhere by attributes, ``xlink:href`` or ``uuidref``; it may hold a value too."""

    value: Node | None
    attributes: Mapping[str, str]


@dataclass(frozen=True)
class Dialect:
    """How one encoding names things.

    Attributes:
        namespaces: by prefix.
        usual: the prefix of a class that is not in ``packages``.
        packages: the prefix of a class's package, by the class's name.
        code_lists: where the code lists are; the name of the list follows.
        anchors: the prefix of ``Anchor`` and ``MimeFileType``.
    """

    namespaces: Mapping[str | None, str]
    usual: str
    code_lists: str
    anchors: str
    packages: Mapping[str, str] = field(default_factory=dict)
    _names: Names = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_names", Names(self.namespaces))

    def made(self, class_name: str, **properties: object) -> Node:
        """Return an object of a class with its properties, in order.

        Args:
            class_name: ``CI_Citation``.
            properties: a text, a node, a list of either, ``MISSING``, or nothing.
        """
        prefix = self.packages.get(class_name, self.usual)
        return self.told(Node(self._names[f"{prefix}:{class_name}"]), class_name, **properties)

    def told(self, node: Node, class_name: str, **properties: object) -> Node:
        """Add properties that a class declares to an object of it, or of a class derived from it."""
        prefix = self.packages.get(class_name, self.usual)
        for name, value in properties.items():
            for one in value if isinstance(value, list | tuple) else (value,):
                self._property(node, f"{prefix}:{name}", one)
        return node

    def _property(self, node: Node, name: str, value: object) -> None:
        if value is None or (isinstance(value, str) and not sayable(value).strip()):
            return
        added = Node(self._names[name])
        node.children.append(added)
        if isinstance(value, Missing):
            added.attributes[self._names["gco:nilReason"]] = "missing"
        elif isinstance(value, str):
            added.children.append(self.primitive("CharacterString", value))
        elif isinstance(value, Linked):
            added.attributes = self._names.attributes(value.attributes)
            added.children += [] if value.value is None else [value.value]
        elif isinstance(value, Node):
            added.children.append(value)

    def primitive(self, kind: str, text: str, **attributes: str) -> Node:
        """Return a value of a simple type of ``gco``."""
        return self.leaf(f"gco:{kind}", text, **attributes)

    def leaf(self, name: str, text: str, **attributes: str) -> Node:
        """Return a node with a text."""
        told = {key.replace("__", ":"): value for key, value in attributes.items()}
        return Node(self._names[name], sayable(text), self._names.attributes(told))

    def code(self, code_list: str, value: str) -> Node | None:
        """Return a word of a code list; nothing for no word."""
        if not value:
            return None
        prefix = self.packages.get(code_list, self.usual)
        return self.leaf(f"{prefix}:{code_list}", value, codeList=f"{self.code_lists}{code_list}", codeListValue=value)

    def codes(self, code_list: str, values: Iterable[str]) -> list[Node]:
        """Return words of a code list."""
        return [made for value in values if (made := self.code(code_list, value)) is not None]

    def anchor(self, text: str, href: str) -> Node:
        """Return a text that points elsewhere; a plain one for no address."""
        if not href:
            return self.primitive("CharacterString", text)
        return self.leaf(f"{self.anchors}:Anchor", text, xlink__href=href)

    def grown(self, node: Node) -> Element:
        """Return the element that a node tells of, with its namespaces."""
        return grown(node, self.namespaces)


ISO_19139 = Dialect(
    namespaces={
        "gmd": "http://www.isotc211.org/2005/gmd",
        "gmi": "http://www.isotc211.org/2005/gmi",
        "gco": "http://www.isotc211.org/2005/gco",
        "gmx": "http://www.isotc211.org/2005/gmx",
        "srv": "http://www.isotc211.org/2005/srv",
        "gts": "http://www.isotc211.org/2005/gts",
        "gml": GML,
        "xlink": XLINK,
    },
    usual="gmd",
    code_lists="http://standards.iso.org/iso/19139/resources/gmxCodelists.xml#",
    anchors="gmx",
    packages={
        "MI_Metadata": "gmi",
        "MI_AcquisitionInformation": "gmi",
        "MI_Platform": "gmi",
        "MI_Instrument": "gmi",
        "SV_ServiceIdentification": "srv",
        "SV_OperationMetadata": "srv",
        "SV_CouplingType": "srv",
        "SV_CoupledResource": "srv",
        "DCPList": "srv",
    },
)
_NEW = "http://standards.iso.org/iso/19115/-3/"
_PACKAGES = {
    "mdb": "MD_Metadata MD_MetadataScope",
    "mcc": "MD_Identifier MD_BrowseGraphic MD_ScopeCode MD_Scope MD_SpatialRepresentationTypeCode MD_ProgressCode",
    "cit": "CI_Citation CI_Responsibility CI_Organisation CI_Individual CI_Contact CI_Telephone CI_Address CI_Date "
    "CI_OnlineResource CI_RoleCode CI_DateTypeCode CI_OnLineFunctionCode CI_TelephoneTypeCode",
    "lan": "PT_Locale LanguageCode MD_CharacterSetCode",
    "mrs": "MD_ReferenceSystem",
    "mri": "MD_Identification MD_DataIdentification MD_Resolution MD_RepresentativeFraction MD_Keywords "
    "MD_KeywordTypeCode MD_TopicCategoryCode MD_AssociatedResource DS_AssociationTypeCode DS_InitiativeTypeCode",
    "gex": "EX_Extent EX_GeographicBoundingBox EX_BoundingPolygon EX_GeographicDescription EX_TemporalExtent",
    "mmi": "MD_MaintenanceInformation MD_MaintenanceFrequencyCode",
    "mco": "MD_LegalConstraints MD_RestrictionCode MD_SecurityConstraints MD_ClassificationCode",
    "mrc": "MD_ImageDescription MD_AttributeGroup MD_CoverageContentTypeCode",
    "mrd": "MD_Distribution MD_Format MD_DigitalTransferOptions",
    "mrl": "LI_Lineage",
    "mdq": "DQ_DataQuality DQ_DomainConsistency DQ_ConformanceResult",
    "mac": "MI_AcquisitionInformation MI_Platform MI_Instrument",
    "srv": "SV_ServiceIdentification SV_OperationMetadata SV_CouplingType SV_CoupledResource DCPList",
}
_VERSIONS = {"mdb": "2.0", "cit": "2.0", "mrc": "2.0", "mrl": "2.0", "mac": "2.0", "srv": "2.1"}
ISO_19115_3 = Dialect(
    namespaces={
        **{prefix: f"{_NEW}{prefix}/{_VERSIONS.get(prefix, '1.0')}" for prefix in (*_PACKAGES, "gco", "gcx")},
        "mdq": "http://standards.iso.org/iso/19157/-2/mdq/1.0",
        "gml": GML,
        "xlink": XLINK,
    },
    usual="mcc",
    code_lists="https://standards.iso.org/iso/19115/resources/Codelists/cat/codelists.xml#",
    anchors="gcx",
    packages={name: prefix for prefix, names in _PACKAGES.items() for name in names.split()},
)
