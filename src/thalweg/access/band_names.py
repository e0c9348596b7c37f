"""Bands' common names: only where the file itself says them, never by their order."""

import re

COMMON = frozenset(
    {
        "pan",
        "coastal",
        "blue",
        "green",
        "green05",
        "yellow",
        "red",
        "rededge",
        "rededge071",
        "rededge075",
        "rededge078",
        "nir",
        "nir08",
        "nir09",
        "cirrus",
        "swir16",
        "swir22",
        "lwir",
        "lwir11",
        "lwir12",
    }
)
"""What STAC's ``eo:common_name`` may say (EO extension 2.0)."""

_SYNONYMS = {
    "swir1": "swir16",
    "swir2": "swir22",
    "shortwaveinfrared1": "swir16",
    "shortwaveinfrared2": "swir22",
    "nearinfrared": "nir",
    "panchromatic": "pan",
    "coastalaerosol": "coastal",
}


def common_name(*said: str | None) -> str | None:
    """Return the common name that one of a band's own words is, or ``None``."""
    for words in said:
        word = re.sub(r"[\s_-]", "", words or "").lower()
        found = word if word in COMMON else _SYNONYMS.get(word)
        if found:
            return found
    return None
