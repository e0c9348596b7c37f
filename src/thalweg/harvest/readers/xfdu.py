"""What the manifests of Sentinel-1 and Sentinel-3 products say alike: they are XFDU packages of one family."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from thalweg.core.errors import InvalidParameter
from thalweg.core.time import written
from thalweg.guard.markup import Element, elements_of, number, text_of, texts_of
from thalweg.guard.paths import relative_path
from thalweg.harvest.readers.products import span, utc

_MOST_FILES = 2000
_NSSDC = re.compile(r"\d{4}-\d{3}[A-Z]+")
_MOST_ORBIT = 10_000_000
_MD5 = "d50110"
"""The multihash prefix: MD5, 16 bytes."""
Positions = list[tuple[float, float]]


@dataclass(frozen=True, slots=True)
class Part:
    """A file of the package: ``kind`` is what its manifest calls it, ``size`` is in bytes."""

    id: str
    name: str
    kind: str
    text: str
    size: int | None
    md5: str | None

    @property
    def stem(self) -> str:
        """Return its name without folder and ending."""
        return PurePosixPath(self.name).stem

    def file(self) -> dict[str, Any]:
        """Return its members of the file extension."""
        said = {"file:size": self.size, "file:checksum": _MD5 + self.md5 if self.md5 else None}
        return {name: value for name, value in said.items() if value is not None}


def parts(root: Element, name: str) -> Iterator[Part]:
    """Yield the files of the package that lie inside it.

    Raises:
        InvalidParameter: one leads out of it, or there are too many.
    """
    found = elements_of(root, "dataObjectSection/dataObject")
    if len(found) > _MOST_FILES:
        raise InvalidParameter(name, f"names more than {_MOST_FILES} files")
    for one in found:
        for place in elements_of(one, "byteStream/fileLocation"):
            href = str(place.get("href", "")).removeprefix("./")
            size = place.getparent().get("size") or ""
            sums = [text for text in texts_of(one, "checksum") if re.fullmatch(r"[0-9a-fA-F]{32}", text)]
            yield Part(
                id=str(one.get("ID", "")),
                name=relative_path(href, name),
                kind=str(one.get("repID", "")),
                text=str(place.get("textInfo", "")),
                size=int(number(size, f"{name}: size", 0, 2**50)) if size else None,
                md5=sums[0].lower() if sums else None,
            )


def period(root: Element, name: str) -> dict[str, Any]:
    """Return the times of the acquisition as members of an Item's properties."""
    start, end = (
        utc(text_of(root, f"acquisitionPeriod/{tag}", name), f"{name}: {tag}") for tag in ("startTime", "stopTime")
    )
    return span(start, end, name)


def platform(root: Element, name: str) -> dict[str, Any]:
    """Return platform, constellation and instruments as members of an Item's properties."""
    family = text_of(root, "platform/familyName", name).lower()
    number_of_it = text_of(root, "platform/number", name).lower()
    if not re.fullmatch(r"sentinel-\d", family) or not re.fullmatch(r"[a-d]", number_of_it):
        raise InvalidParameter(name, f"its platform {family[:32]!r} {number_of_it[:8]!r} is no Sentinel")
    instruments = elements_of(root, "platform/instrument/familyName")
    short = instruments[0].get("abbreviation") if instruments else None
    return {
        "platform": f"{family}{number_of_it}",
        "constellation": family,
        "instruments": [str(short).lower()] if short else None,
    }


def orbit(root: Element, name: str, state: str | None) -> dict[str, Any]:
    """Return the members of the satellite extension; what is made of many orbits says 0, or nothing, of one.

    Args:
        root: the manifest.
        name: of the manifest.
        state: ascending or descending, in any case.
    """
    designators = [text for text in texts_of(root, "platform/nssdcIdentifier") if _NSSDC.fullmatch(text)]
    nodes = texts_of(root, "orbitProperties/ascendingNodeTime")
    return {
        "sat:platform_international_designator": designators[0] if designators else None,
        "sat:orbit_state": _way(state, name),
        "sat:absolute_orbit": _count(root, name, "orbitNumber"),
        "sat:relative_orbit": _count(root, name, "relativeOrbitNumber"),
        "sat:orbit_cycle": _count(root, name, "cycleNumber"),
        "sat:anx_datetime": written(utc(nodes[0], f"{name}: ascendingNodeTime")) if nodes else None,
    }


def _way(state: str | None, name: str) -> str | None:
    if state is not None and state.lower() not in ("ascending", "descending"):
        raise InvalidParameter(name, f"its orbit is {state[:32]!r}, neither ascending nor descending")
    return state and state.lower()


def _count(root: Element, name: str, tag: str) -> int | None:
    texts = texts_of(root, f"orbitReference/{tag}")
    return int(number(texts[0], f"{name}: {tag}", 0, _MOST_ORBIT)) or None if texts else None


def processing(root: Element, name: str, level: str) -> dict[str, Any]:
    """Return the members of the processing extension: the manifest's first processing is the last that was done.

    Args:
        root: the manifest.
        name: of the manifest.
        level: the digit of the product's name; anything else is no level.
    """
    known = {"processing:level": f"L{level}"} if level.isdecimal() else {}
    found = elements_of(root, "processing")
    if not found:
        return known
    last = found[0]
    tools = last.xpath("./*[local-name()='facility']/*[local-name()='software'][@name][@version]")
    stop = last.get("stop")
    return known | {
        "processing:lineage": last.get("name"),
        "processing:facility": next((str(one) for one in last.xpath("./*[local-name()='facility']/@name")), None),
        "processing:software": {str(one.get("name")): str(one.get("version")) for one in tools} or None,
        "processing:datetime": written(utc(stop, f"{name}: processing")) if stop else None,
    }


def delivery(kind: str, category: str, within: str | None) -> dict[str, Any]:
    """Return the members of the product extension, which knows no category without a duration.

    Args:
        kind: the product's type.
        category: its timeliness as its mission calls it.
        within: the duration (ISO 8601) that the category promises.
    """
    timely = {"product:timeliness": within, "product:timeliness_category": category} if within else {}
    return {"product:type": kind, **timely}


def footprints(root: Element, tag: str, name: str) -> list[Positions]:
    """Return the rings or lines of the frame set as lists of (longitude, latitude) in degrees.

    Raises:
        InvalidParameter: there is none, or it is no list of pairs of numbers.
    """
    found = [_positions(text, name) for text in texts_of(root, f"footPrint/{tag}")]
    if not found:
        raise InvalidParameter(name, "has no footprint")
    return found


def _positions(text: str, name: str) -> Positions:
    numbers = [number(part, f"{name}: footPrint", -360, 360) for part in re.split(r"[\s,]+", text.strip())]
    if len(numbers) % 2:
        raise InvalidParameter(name, "its footprint is no list of pairs of numbers")
    return list(zip(numbers[1::2], numbers[::2], strict=True))


def joined(rings: Sequence[Positions]) -> Positions:
    """Return the positions of all rings in one list."""
    return [position for ring in rings for position in ring]
