"""Bands' common names: only where the file itself says them, never by their order."""

import re

from thalweg.core.coverages import COMMON_NAMES

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
        found = word if word in COMMON_NAMES else _SYNONYMS.get(word)
        if found:
            return found
    return None
