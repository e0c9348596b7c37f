"""Free text as SQL over the words that stand beside an Item."""

from collections.abc import Sequence
from typing import Any

import orjson

from thalweg.catalogue.stores.pgstac.compiling import Values
from thalweg.catalogue.words import words, words_of_item
from thalweg.core.texts import AllOf, AnyOf, NoneOf, Phrase, Text


def compiled(text: Text, values: Values) -> str:
    """Compile a text; its parameters go to ``values``."""
    match text:
        case Phrase(said):
            return _phrase([word for one in said for word in words(one)], values)
        case AllOf(of):
            return _joined(" AND ", "true", [compiled(one, values) for one in of])
        case AnyOf(of):
            return _joined(" OR ", "false", [compiled(one, values) for one in of])
        case NoneOf(of):
            return f"(NOT {_joined(' OR ', 'false', [compiled(one, values) for one in of])})"


def _joined(how: str, none: str, parts: list[str]) -> str:
    return f"({how.join(parts)})" if parts else none


def _phrase(said: list[str], values: Values) -> str:
    if not said:
        return "false"
    held = f"(item.w <> '' AND string_to_array(item.w, ' ') @> {values.add(sorted(set(said)))}::text[]"
    if len(said) == 1:
        return f"{held})"
    return f"{held} AND strpos(' ' || item.w || ' ', {values.add(' ' + ' '.join(said) + ' ')}) > 0)"


def indexed(rows: Sequence[tuple[Any, ...]]) -> list[tuple[int, str]]:
    """Return the words of Items, given as number, class and properties."""
    return [(int(n), words_of_item({"properties": orjson.loads(properties)})) for n, _, properties in rows]
