"""The parameters of a search: what each is called in a request, in a template, and among the properties of Items."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["text", "number", "time", "many"]


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter; ``wanted`` is how a template names it: ``geo:box``."""

    name: str
    wanted: str
    title: str
    pattern: str = ""


@dataclass(frozen=True, slots=True)
class EoParameter(Parameter):
    """One of the Earth Observation extension.

    Attributes:
        kind: what its values are; ``many``: an Item has several.
        properties: of Items; one of them has the value.
        told: the values of a Collection's Items are listed in its description.
    """

    kind: Kind = "text"
    properties: tuple[str, ...] = ()
    told: bool = False


_INTERVAL = r"(\[|\])?-?[0-9.]+(,-?[0-9.]+)?(\[|\])?|\{-?[0-9.]+(,-?[0-9.]+)*\}"
_MOMENTS = r"(\[|\])?[0-9T:.Z+-]+(,[0-9T:.Z+-]+)?(\[|\])?"
GENERAL: tuple[Parameter, ...] = (
    Parameter("q", "searchTerms", "Words of the title, the description or the keywords; phrases in quotation marks"),
    Parameter("count", "count", "How many a page holds"),
    Parameter("startIndex", "startIndex", "The first that is shown, from 1"),
    Parameter("startPage", "startPage", "The page that is shown, from 1"),
    Parameter("language", "language", "The language of what is told, RFC 5646"),
)
PLACE_AND_TIME: tuple[Parameter, ...] = (
    Parameter("bbox", "geo:box", "West, south, east, north in degrees"),
    Parameter("geometry", "geo:geometry", "A geometry as WKT, longitude first"),
    Parameter("lat", "geo:lat", "Latitude in degrees"),
    Parameter("lon", "geo:lon", "Longitude in degrees"),
    Parameter("radius", "geo:radius", "Metres around lat and lon"),
    Parameter("relation", "geo:relation", "How a resource lies to the place"),
    Parameter("uid", "geo:uid", "The identifier of a resource"),
    Parameter("start", "time:start", "The beginning of the time, RFC 3339 or a day"),
    Parameter("end", "time:end", "The end of the time, RFC 3339 or a day"),
)
TYPE = Parameter("type", "dc:type", "The type of resource: item, collection, process, service, …")
PARENT = Parameter("parentIdentifier", "eo:parentIdentifier", "The Collection")
RELATIONS = {"intersects": "s_intersects", "contains": "s_contains", "disjoint": "s_disjoint"}


def _eo(name: str, title: str, kind: Kind, *properties: str, told: bool = False) -> EoParameter:
    pattern = {"number": _INTERVAL, "time": _MOMENTS}.get(kind, "")
    return EoParameter(name, f"eo:{name}", title, pattern, kind, properties, told)


EARTH_OBSERVATION: tuple[EoParameter, ...] = (
    _eo("platform", "The platform", "text", "platform", told=True),
    _eo("instrument", "The instrument", "many", "instruments"),
    _eo("sensorMode", "The mode of the sensor", "text", "sar:instrument_mode", told=True),
    _eo("productType", "The type of product", "text", "product:type", "sar:product_type", told=True),
    _eo("processingLevel", "The level of processing", "text", "processing:level", told=True),
    _eo("processorName", "The facility that processed it", "text", "processing:facility"),
    _eo("orbitNumber", "The absolute orbit", "number", "sat:absolute_orbit"),
    _eo("track", "The relative orbit", "number", "sat:relative_orbit"),
    _eo("orbitDirection", "ASCENDING or DESCENDING", "text", "sat:orbit_state"),
    _eo("cloudCover", "Percent covered by cloud", "number", "eo:cloud_cover"),
    _eo("snowCover", "Percent covered by snow", "number", "eo:snow_cover"),
    _eo("resolution", "Metres on the ground", "number", "gsd"),
    _eo("polarisationChannels", "Polarisations", "many", "sar:polarizations"),
    _eo("antennaLookDirection", "LEFT or RIGHT", "text", "sar:observation_direction"),
    _eo("illuminationAzimuthAngle", "Degrees from north to the sun", "number", "view:sun_azimuth"),
    _eo("illuminationElevationAngle", "Degrees of the sun above the horizon", "number", "view:sun_elevation"),
    _eo("incidenceAngle", "Degrees of incidence", "number", "view:incidence_angle"),
    _eo("creationDate", "When its record was made", "time", "created"),
    _eo("modificationDate", "When its record was changed", "time", "updated"),
    _eo("processingDate", "When it was processed", "time", "processing:datetime"),
)
"""Names of 13-026r9 (Tables 4 to 6) that the properties of Items, core and of STAC's extensions, answer."""
AS_OF = Parameter("asOf", "thalweg:asOf", "As of when: what was found then, RFC 3339")
ALL: tuple[Parameter, ...] = (*GENERAL, *PLACE_AND_TIME, AS_OF, TYPE, PARENT, *EARTH_OBSERVATION)
KNOWN = frozenset(one.name for one in ALL)
