"""Strings without case and without accents, and patterns of LIKE."""

import re
import unicodedata
from functools import lru_cache

_VOICING = frozenset("\u3099\u309a")
"""Dakuten and handakuten: without them a Japanese word is another word (the standard's recommendation)."""
_TOKEN = re.compile(r"\\(.)|(%)|(_)|([^\\%_]+|\\)", re.DOTALL)


def folded(text: str) -> str:
    """Return the text without case, by full case folding: ``Straße`` and ``STRASSE`` are equal."""
    return text.casefold()


def unaccented(text: str) -> str:
    """Return the text without its nonspacing marks, composed again."""
    if text.isascii():
        return text
    parts = unicodedata.normalize("NFD", text)
    kept = "".join(one for one in parts if unicodedata.category(one) != "Mn" or one in _VOICING)
    return unicodedata.normalize("NFC", kept)


@lru_cache(maxsize=512)
def pattern_of(like: str) -> re.Pattern[str]:
    """Compile a pattern of LIKE, matched against whole strings.

    Each run between two ``%`` is matched at its first place and never tried again, so that no pattern takes more than
    length times length.
    """
    runs = _runs(like)
    first, last = runs[0], runs[-1]
    if len(runs) == 1:
        return re.compile(rf"{first}\Z", re.DOTALL)
    middle = "".join(f"(?>.*?{run})" for run in runs[1:-1] if run)
    return re.compile(rf"{first}{middle}.*{last}\Z", re.DOTALL)


def _runs(like: str) -> list[str]:
    runs = [""]
    for token in _TOKEN.finditer(like):
        escaped, many, one, plain = token.groups()
        if many:
            runs.append("")
        elif one:
            runs[-1] += "."
        else:
            runs[-1] += re.escape(escaped or plain)
    return runs
