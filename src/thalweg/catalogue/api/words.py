"""Free text, as ``q`` gives it."""

import re
from collections.abc import Sequence

from thalweg.core.texts import Text
from thalweg.web.freetext import read_advanced, read_basic

_OPERATORS = re.compile(r'["()]|(?:^|\s)[+-]\S|(?:^|\s)(?:AND|OR)(?:\s|$)')


def text_of(words: str | Sequence[str]) -> Text:
    """Return what free text asks for.

    An array, or terms joined by commas, is the basic form: one of them must be there. Quotes, brackets, signs and words
    in capitals, or several words without a comma, are the advanced one.

    Raises:
        InvalidParameter: it cannot be read.
    """
    if not isinstance(words, str):
        return read_basic(words)
    if _OPERATORS.search(words) or "," not in words:
        return read_advanced(words)
    return read_basic(words.split(","))
