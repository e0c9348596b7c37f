"""Words of ISO 19115 that its reader and its writers share."""

from __future__ import annotations

import re

TOPIC_CATEGORIES = "https://standards.iso.org/iso/19115/resources/Codelists/gml/MD_TopicCategoryCode.xml"
"""The scheme of ISO 19115's topic categories."""
TOPICS = frozenset(
    [
        "farming",
        "biota",
        "boundaries",
        "climatologyMeteorologyAtmosphere",
        "economy",
        "elevation",
        "environment",
        "geoscientificInformation",
        "health",
        "imageryBaseMapsEarthCover",
        "intelligenceMilitary",
        "inlandWaters",
        "location",
        "oceans",
        "planningCadastre",
        "society",
        "structure",
        "transportation",
        "utilitiesCommunication",
    ]
)
"""The topic categories, which are a closed list."""
FUNCTION_RELATIONS = {"download": "enclosure", "information": "about", "search": "search", "order": "about"}
"""The relation of a link, by what it is for."""
PICTURES = ("preview", "icon")
"""The relations of links that ISO 19115 tells as browse graphics."""
ASSIGNED_RELATIONS = "http://www.iana.org/assignments/relation/"
"""Where the relations of links are registered: what an arc role begins with."""
MEDIA_TYPES = "https://www.iana.org/assignments/media-types/"
"""Where media types are registered."""
MEDIA_TYPE = re.compile(r"(application|audio|font|image|message|model|multipart|text|video)/[\w.+-]+(\s*;.*)?")
KINDS = {"item": "dataset", "collection": "series", "process": "software", "document": "nonGeographicDataset"}
"""The words of ISO 19139's scope codes for our own types, which stand as the name of the level."""
UNNAMED_LICENSES = frozenset({"other", "proprietary", "various"})
"""Words that stand where no license of SPDX can."""
_LICENSE = re.compile(r"\(?[A-Za-z0-9][A-Za-z0-9.+:-]*\)?( (AND|OR|WITH) \(?[A-Za-z0-9.+:-]+\)?)*")
_LONGEST_LICENSE = 256


def is_license(text: str) -> bool:
    """Tell whether a text has the form of an SPDX expression, or is a word such as ``other``."""
    return len(text) <= _LONGEST_LICENSE and _LICENSE.fullmatch(text) is not None
