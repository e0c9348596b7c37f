"""Documents of metadata as many as one likes, made: the same number always gives the same bytes.

    .venv/bin/python benchmarks/catalogue/made_records.py 200000 > records.ndjson

A third are ISO 19139, the others ``csw:Record``: each with a title of its own, an abstract, keywords, a type, a box, a
span of time, a contact, a link and a time of change that no other has. They come newest first, so that a peer that
keeps them as they come and knows no order of its own hands them out in the same one. Words are chosen so that no two
of those that are searched for have one English stem: a peer that searches by stems finds the same.
"""

import argparse
import random
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from string import Template

import orjson

START = datetime(2005, 1, 1, tzinfo=UTC)
SPAN = timedelta(days=20 * 365)
KINDS = (
    "alpine", "arid", "braided", "coastal", "deep", "flooded", "forested", "frozen",
    "glacial", "muddy", "narrow", "quiet", "salt", "shallow", "steep", "tidal",
)  # fmt: skip
THINGS = (
    "river", "lake", "delta", "estuary", "reservoir", "wetland", "floodplain", "moraine", "canyon", "oxbow", "lagoon",
    "fjord", "aquifer", "headwater", "basin", "gorge", "marsh", "rapids", "spring", "dune", "glacier", "harbour",
    "island", "levee", "mangrove", "meander", "plateau", "quarry", "reef", "savanna",
)  # fmt: skip
"""The first come often, the last seldom."""
PLACES = tuple(
    f"{one}{two}{three}"
    for one in ("Bal", "Cor", "Dun", "Fel", "Gar", "Hol", "Kim", "Lor", "Mav", "Nor")
    for two in ("da", "ke", "lo", "mi", "ru")
    for three in ("nox", "vum", "zark", "tok", "gub", "pax", "rof", "wib")
)
"""One in so many Records is about each."""
TYPES = ("dataset", "series", "document", "image", "service", "map")
_OF_ISO = ("dataset", "series")
_ORGANIZATIONS = tuple(f"Agency {letter}" for letter in "ABCDEFGHJKLMNPQRSTUV")
_EVERY = 3
_SAID = (
    "What was found was written down by hand and checked twice against older papers of the archive.",
    "It goes with tables of numbers, each of them explained in a text of its own beside the pictures.",
    "Questions are answered by those who made it; what they do not know they ask of one another.",
    "Parts of it were lost and made again from copies that others had kept for many years.",
)


@dataclass(frozen=True, slots=True)
class Made:
    """One document, and what it tells."""

    id: str
    number: int
    kind: str
    thing: str
    place: str
    type: str
    box: tuple[float, float, float, float]
    is_iso: bool

    @property
    def title(self) -> str:
        """Return the title, which no other has."""
        return f"{self.kind.capitalize()} {self.thing} at {self.place}, sheet {self.number:07}"


def main() -> None:
    """Write the documents as lines."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("count", type=int)
    for line in lines(parser.parse_args().count):
        sys.stdout.buffer.write(line)


def lines(count: int) -> Iterator[bytes]:
    """Yield each document as a line of JSON, the newest first."""
    for number in range(count - 1, -1, -1):
        one = made(number)
        yield orjson.dumps({"id": one.id, "xml": _written(one, count)}) + b"\n"


def made(number: int) -> Made:
    """Return what the document of a number tells."""
    chance = random.Random(f"record {number}")  # noqa: S311 - made data
    is_iso = number % _EVERY == 0
    west, south = chance.uniform(-175, 170), chance.uniform(-80, 75)
    box = (west, south, west + chance.uniform(0.1, 4), south + chance.uniform(0.1, 4))
    return Made(
        id=f"record-{number:07}-{chance.getrandbits(48):012x}",
        number=number,
        kind=chance.choice(KINDS),
        thing=THINGS[int(len(THINGS) * chance.random() ** 2)],
        place=chance.choice(PLACES),
        type=chance.choice(_OF_ISO if is_iso else TYPES),
        box=tuple(round(side, 3) for side in box),  # type: ignore[arg-type]
        is_iso=is_iso,
    )


def changed(number: int, count: int) -> datetime:
    """Return when a document changed: each at a second of its own, the first number first."""
    return START + timedelta(seconds=int(SPAN.total_seconds() / count * number))


def _written(one: Made, count: int) -> str:
    at = changed(one.number, count)
    west, south, east, north = one.box
    told = {
        "id": one.id,
        "title": one.title,
        "type": one.type,
        "abstract": _abstract(one),
        "kind": one.kind,
        "thing": one.thing,
        "place": one.place,
        "organization": _ORGANIZATIONS[one.number % len(_ORGANIZATIONS)],
        "west": west,
        "south": south,
        "east": east,
        "north": north,
        "begin": f"{at:%Y-%m-%dT%H:%M:%SZ}",
        "end": f"{at + timedelta(hours=one.number % 500):%Y-%m-%dT%H:%M:%SZ}",
        "modified": f"{at:%Y-%m-%dT%H:%M:%SZ}",
        "day": f"{at:%Y-%m-%d}",
    }
    return (_ISO if one.is_iso else _DUBLIN_CORE).substitute(told)


def _abstract(one: Made) -> str:
    turned = _SAID[one.number % len(_SAID) :] + _SAID[: one.number % len(_SAID)]
    return f"Papers about the {one.kind} {one.thing} at {one.place}. {' '.join(turned)}"


_DUBLIN_CORE = Template("""\
<csw:Record xmlns:csw="http://www.opengis.net/cat/csw/2.0.2" xmlns:dc="http://purl.org/dc/elements/1.1/" \
xmlns:dct="http://purl.org/dc/terms/" xmlns:ows="http://www.opengis.net/ows">
  <dc:identifier>$id</dc:identifier>
  <dc:title>$title</dc:title>
  <dc:type>$type</dc:type>
  <dc:subject>$kind</dc:subject>
  <dc:subject>$thing</dc:subject>
  <dc:subject>$place</dc:subject>
  <dc:format>application/zip</dc:format>
  <dct:modified>$modified</dct:modified>
  <dct:abstract>$abstract</dct:abstract>
  <dc:publisher>$organization</dc:publisher>
  <dc:date>$day</dc:date>
  <dc:language>en</dc:language>
  <dct:temporal>start=$begin; end=$end; scheme=W3C-DTF</dct:temporal>
  <dct:references scheme="WWW:LINK">https://example.org/papers/$id.zip</dct:references>
  <ows:BoundingBox crs="urn:x-ogc:def:crs:EPSG:6.11:4326" dimensions="2">
    <ows:LowerCorner>$south $west</ows:LowerCorner>
    <ows:UpperCorner>$north $east</ows:UpperCorner>
  </ows:BoundingBox>
</csw:Record>
""")
_PARTY = """\
<gmd:CI_ResponsibleParty>
      <gmd:organisationName><gco:CharacterString>$organization</gco:CharacterString></gmd:organisationName>
      <gmd:contactInfo><gmd:CI_Contact><gmd:address><gmd:CI_Address>
        <gmd:electronicMailAddress><gco:CharacterString>papers@example.org</gco:CharacterString>\
</gmd:electronicMailAddress>
      </gmd:CI_Address></gmd:address></gmd:CI_Contact></gmd:contactInfo>
      <gmd:role><gmd:CI_RoleCode codeList="http://www.isotc211.org/2005/resources/codeList.xml#CI_RoleCode" \
codeListValue="pointOfContact">pointOfContact</gmd:CI_RoleCode></gmd:role>
    </gmd:CI_ResponsibleParty>"""
_CODES = "http://www.isotc211.org/2005/resources/codeList.xml"
_ISO = Template(f"""\
<gmd:MD_Metadata xmlns:gmd="http://www.isotc211.org/2005/gmd" xmlns:gco="http://www.isotc211.org/2005/gco" \
xmlns:gml="http://www.opengis.net/gml/3.2">
  <gmd:fileIdentifier><gco:CharacterString>$id</gco:CharacterString></gmd:fileIdentifier>
  <gmd:language><gmd:LanguageCode codeList="{_CODES}#LanguageCode" codeListValue="eng">eng</gmd:LanguageCode>\
</gmd:language>
  <gmd:characterSet><gmd:MD_CharacterSetCode codeList="{_CODES}#MD_CharacterSetCode" codeListValue="utf8">utf8\
</gmd:MD_CharacterSetCode></gmd:characterSet>
  <gmd:hierarchyLevel><gmd:MD_ScopeCode codeList="{_CODES}#MD_ScopeCode" codeListValue="$type">$type\
</gmd:MD_ScopeCode></gmd:hierarchyLevel>
  <gmd:contact>{_PARTY}</gmd:contact>
  <gmd:dateStamp><gco:DateTime>$modified</gco:DateTime></gmd:dateStamp>
  <gmd:metadataStandardName><gco:CharacterString>ISO 19115</gco:CharacterString></gmd:metadataStandardName>
  <gmd:metadataStandardVersion><gco:CharacterString>2003</gco:CharacterString></gmd:metadataStandardVersion>
  <gmd:referenceSystemInfo><gmd:MD_ReferenceSystem><gmd:referenceSystemIdentifier><gmd:RS_Identifier>
    <gmd:code><gco:CharacterString>4326</gco:CharacterString></gmd:code>
  </gmd:RS_Identifier></gmd:referenceSystemIdentifier></gmd:MD_ReferenceSystem></gmd:referenceSystemInfo>
  <gmd:identificationInfo><gmd:MD_DataIdentification>
    <gmd:citation><gmd:CI_Citation>
      <gmd:title><gco:CharacterString>$title</gco:CharacterString></gmd:title>
      <gmd:date><gmd:CI_Date>
        <gmd:date><gco:Date>$day</gco:Date></gmd:date>
        <gmd:dateType><gmd:CI_DateTypeCode codeList="{_CODES}#CI_DateTypeCode" codeListValue="publication">publication\
</gmd:CI_DateTypeCode></gmd:dateType>
      </gmd:CI_Date></gmd:date>
    </gmd:CI_Citation></gmd:citation>
    <gmd:abstract><gco:CharacterString>$abstract</gco:CharacterString></gmd:abstract>
    <gmd:pointOfContact>{_PARTY}</gmd:pointOfContact>
    <gmd:descriptiveKeywords><gmd:MD_Keywords>
      <gmd:keyword><gco:CharacterString>$kind</gco:CharacterString></gmd:keyword>
      <gmd:keyword><gco:CharacterString>$thing</gco:CharacterString></gmd:keyword>
      <gmd:keyword><gco:CharacterString>$place</gco:CharacterString></gmd:keyword>
      <gmd:type><gmd:MD_KeywordTypeCode codeList="{_CODES}#MD_KeywordTypeCode" codeListValue="theme">theme\
</gmd:MD_KeywordTypeCode></gmd:type>
    </gmd:MD_Keywords></gmd:descriptiveKeywords>
    <gmd:resourceConstraints><gmd:MD_LegalConstraints>
      <gmd:useLimitation><gco:CharacterString>Free of charge; name the source.</gco:CharacterString></gmd:useLimitation>
    </gmd:MD_LegalConstraints></gmd:resourceConstraints>
    <gmd:language><gmd:LanguageCode codeList="{_CODES}#LanguageCode" codeListValue="eng">eng</gmd:LanguageCode>\
</gmd:language>
    <gmd:topicCategory><gmd:MD_TopicCategoryCode>environment</gmd:MD_TopicCategoryCode></gmd:topicCategory>
    <gmd:extent><gmd:EX_Extent>
      <gmd:geographicElement><gmd:EX_GeographicBoundingBox>
        <gmd:westBoundLongitude><gco:Decimal>$west</gco:Decimal></gmd:westBoundLongitude>
        <gmd:eastBoundLongitude><gco:Decimal>$east</gco:Decimal></gmd:eastBoundLongitude>
        <gmd:southBoundLatitude><gco:Decimal>$south</gco:Decimal></gmd:southBoundLatitude>
        <gmd:northBoundLatitude><gco:Decimal>$north</gco:Decimal></gmd:northBoundLatitude>
      </gmd:EX_GeographicBoundingBox></gmd:geographicElement>
      <gmd:temporalElement><gmd:EX_TemporalExtent><gmd:extent><gml:TimePeriod gml:id="t1">
        <gml:beginPosition>$begin</gml:beginPosition><gml:endPosition>$end</gml:endPosition>
      </gml:TimePeriod></gmd:extent></gmd:EX_TemporalExtent></gmd:temporalElement>
    </gmd:EX_Extent></gmd:extent>
  </gmd:MD_DataIdentification></gmd:identificationInfo>
  <gmd:distributionInfo><gmd:MD_Distribution><gmd:transferOptions><gmd:MD_DigitalTransferOptions>
    <gmd:onLine><gmd:CI_OnlineResource>
      <gmd:linkage><gmd:URL>https://example.org/papers/$id.zip</gmd:URL></gmd:linkage>
      <gmd:protocol><gco:CharacterString>WWW:LINK</gco:CharacterString></gmd:protocol>
    </gmd:CI_OnlineResource></gmd:onLine>
  </gmd:MD_DigitalTransferOptions></gmd:transferOptions></gmd:MD_Distribution></gmd:distributionInfo>
  <gmd:dataQualityInfo><gmd:DQ_DataQuality>
    <gmd:scope><gmd:DQ_Scope><gmd:level><gmd:MD_ScopeCode codeList="{_CODES}#MD_ScopeCode" codeListValue="$type">$type\
</gmd:MD_ScopeCode></gmd:level></gmd:DQ_Scope></gmd:scope>
    <gmd:lineage><gmd:LI_Lineage><gmd:statement><gco:CharacterString>Drawn by hand from older sheets.\
</gco:CharacterString></gmd:statement></gmd:LI_Lineage></gmd:lineage>
  </gmd:DQ_DataQuality></gmd:dataQualityInfo>
</gmd:MD_Metadata>
""")


if __name__ == "__main__":
    main()
