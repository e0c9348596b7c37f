"""What other catalogues answer, brought into the version that the search came by."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from lxml import etree  # type: ignore[import-untyped]

from thalweg.catalogue.api.csw.searching import Elsewhere
from thalweg.catalogue.api.csw.versions import DCT, V2, V3, Version
from thalweg.core.errors import Unavailable
from thalweg.guard.markup import parsed

if TYPE_CHECKING:
    from thalweg.guard.markup import Element

_COUNT = re.compile(r"[0-9]{1,15}")
_PERIOD = f"{{{DCT}}}temporal"
_OTHER = {(V2.csw, V3.csw): {V2.csw: V3.csw, V2.ows: V3.ows}, (V3.csw, V2.csw): {V3.csw: V2.csw, V3.ows: V2.ows}}


def read_results(url: str, content: bytes, version: Version) -> Elsewhere:
    """Read the answer of the catalogue at an address, of either version.

    Raises:
        InvalidParameter: it is no XML that is read here.
        Unavailable: it tells of no results.
    """
    answer = parsed(content, url)
    results = next((part for part in answer.iter() if str(part.tag).endswith("}SearchResults")), None)
    if results is None:
        raise Unavailable(f"{url} answers with no SearchResults")
    spaces = _OTHER.get((str(results.tag)[1:].partition("}")[0], version.csw))
    matched = _matched(results)
    if spaces is None:
        # What it found in turn at others stays apart, as it told it.
        records = tuple(etree.tostring(part, encoding="UTF-8", with_tail=False) for part in results)
        return Elsewhere(url, len(records) if matched is None else matched, records)
    found = _Found(spaces)
    for part in results:
        found.take(part)
    total = (len(found.records) if matched is None else matched) + found.beyond
    return Elsewhere(url, total, tuple(found.records), why="; ".join(found.failed))


def _matched(results: Element) -> int | None:
    text = results.get("numberOfRecordsMatched") or "0"
    return int(text) if _COUNT.fullmatch(text) else None


@dataclass(slots=True)
class _Found:
    """Records of one version on their way into the other.

    Attributes:
        beyond: how many the other found in turn at others, which version 2.0.2 counts among its own.
        failed: what went wrong with those.
    """

    spaces: dict[str, str]
    records: list[bytes] = field(default_factory=list)
    beyond: int = 0
    failed: list[str] = field(default_factory=list)

    def take(self, part: Element) -> None:
        name = str(part.tag).rpartition("}")[2]
        if name == "FederatedSearchResult":
            for results in part:
                self.beyond += _matched(results) or 0
                for one in results:
                    self.take(one)
        elif name == "FederatedException":
            self.failed.append(f"{part.get('catalogueURL') or 'a catalogue beyond'} gives no answer")
        else:
            self.records.append(etree.tostring(self._moved(part), encoding="UTF-8", with_tail=False))

    def _moved(self, part: Element) -> Element:
        for extent in part.findall(f"{{{V3.csw}}}TemporalExtent"):
            _tell_as_period(part, extent)
        version = V3 if V3.csw in self.spaces.values() else V2
        usual = {"csw": version.csw, "ows": version.ows}
        others = {prefix: space for prefix, space in part.nsmap.items() if prefix not in usual}
        made = etree.Element(part.tag, part.attrib, nsmap=usual | others)
        made.extend(list(part))
        for one in made.iter(etree.Element):
            space, sign, name = str(one.tag)[1:].partition("}")
            if sign and space in self.spaces:
                one.tag = f"{{{self.spaces[space]}}}{name}"
        etree.cleanup_namespaces(made)
        return made


def _tell_as_period(record: Element, extent: Element) -> None:
    """Put what version 2.0.2 has for the times of CSW 3 in their place: a DCMI Period in full records."""
    record.remove(extent)
    told = {str(one.tag).rpartition("}")[2]: (one.text or "").strip() for one in extent}
    parts = [f"{name}={told[key]}" for key, name in (("begin", "start"), ("end", "end")) if told.get(key)]
    if not parts or record.tag != f"{{{V3.csw}}}Record" or record.find(_PERIOD) is not None:
        return
    period = etree.Element(_PERIOD)
    period.text = "; ".join(parts)
    behind = (place for place, one in enumerate(record) if str(one.tag).startswith((f"{{{V3.csw}}}", f"{{{V3.ows}}}")))
    record.insert(next(behind, len(record)), period)
