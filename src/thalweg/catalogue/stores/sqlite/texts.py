"""Free text as FTS5 takes it, and as SQL where FTS5 cannot say it alone."""
# ruff: noqa: S608 - statements are put together of parts of ours, values are bound

from collections.abc import Callable, Sequence

from thalweg.catalogue.stores.sqlite.filters import Bound
from thalweg.catalogue.words import words
from thalweg.core.texts import AllOf, AnyOf, NoneOf, Phrase, Text


def match_of(text: Text) -> str | None:
    """Return an expression of FTS5 for a text; nothing where it asks only for what is not there."""
    match text:
        case Phrase(said):
            found = [word for one in said for word in words(one)]
            return f'"{" ".join(found)}"' if found else None
        case AllOf(of):
            return _all_of(of)
        case AnyOf(of):
            return _put(of, " OR ")
        case NoneOf():
            return None


def _put(of: Sequence[Text], by: str) -> str | None:
    """Return the expressions of several texts as one; nothing where one of them has none."""
    each = [match_of(one) for one in of]
    found = [one for one in each if one]
    return f"({by.join(found)})" if found and len(found) == len(each) else None


def _all_of(of: Sequence[Text]) -> str | None:
    wanted = _put([one for one in of if not isinstance(one, NoneOf)], " AND ")
    unwanted = [one for none in of if isinstance(none, NoneOf) for one in none.of]
    if wanted is None or not unwanted:
        return wanted
    without = _put(unwanted, " OR ")
    return None if without is None else f"({wanted} NOT {without})"


def condition_of(text: Text, rowid: str, table: str, bound: Bound) -> str:
    """Return a condition of SQL for a text.

    Args:
        text: what is asked.
        rowid: the column that tells of which row.
        table: of FTS5.
        bound: takes the values.
    """
    said = match_of(text)
    if said is not None:
        return f"{rowid} IN (SELECT rowid FROM {table} WHERE {table} MATCH {bound(said)})"
    match text:
        case Phrase():
            return "1"  # nothing but marks: it asks for no word
        case AllOf(of):
            return _joined(of, " AND ", rowid, table, bound)
        case AnyOf(of):
            return _joined(of, " OR ", rowid, table, bound)
        case NoneOf(of):
            return f"NOT {_joined(of, ' OR ', rowid, table, bound)}"


def _joined(of: Sequence[Text], by: str, rowid: str, table: str, bound: Bound) -> str:
    return f"({by.join(condition_of(one, rowid, table, bound) for one in of) or '1'})"


def said_by(text: Text) -> Callable[[str], bool]:
    """Return the same as a test of words, spelled with a space between them."""
    match text:
        case Phrase(said):
            phrase = f" {' '.join(word for one in said for word in words(one))} "
            return lambda spoken: not phrase.strip() or phrase in f" {spoken} "
        case AllOf(of):
            parts = [said_by(one) for one in of]
            return lambda spoken: all(part(spoken) for part in parts)
        case AnyOf(of):
            parts = [said_by(one) for one in of]
            return lambda spoken: not parts or any(part(spoken) for part in parts)
        case NoneOf(of):
            parts = [said_by(one) for one in of]
            return lambda spoken: bool(parts) and not any(part(spoken) for part in parts)
