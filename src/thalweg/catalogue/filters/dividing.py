"""A filter divided by what stores have indexes of: its words, its ids, and the rest.

``AnyText`` finds words, not runs of letters: ``*hydro*`` finds *hydro*, not *hydrology*, as free text does everywhere.
"""

from __future__ import annotations

from dataclasses import dataclass

from thalweg.catalogue.filters.terms import ALL, ANY_TEXT, RECORD_ID, mapped
from thalweg.core.errors import TooLarge
from thalweg.core.expressions import SOME, VALUE, Array, Expression, Literal, Operation, Property, parts
from thalweg.core.texts import AllOf, AnyOf, NoneOf, Phrase, Text
from thalweg.cql2.bounds import check_patterns
from thalweg.web.freetext import words_of

_LOGIC = ("and", "or", "not")
_MOST_IDS = 100
_MOST_PHRASES = 500
"""Of words, in one filter: stores join each by itself."""
_SEVERAL = 2


@dataclass(frozen=True, slots=True)
class Divided:
    """What a filter asks for; all of it must be.

    Attributes:
        rest: what is neither of the others.
        ids: of Records, any of which may be.
    """

    rest: Expression | None = None
    text: Text | None = None
    ids: tuple[str, ...] = ()


def divided(expression: Expression) -> Divided:
    """Return the parts of a filter.

    Raises:
        TooLarge: it looks for too many words, or patterns.
    """
    check_patterns(expression)
    said = (one for one in parts(expression) if isinstance(one, Operation) and one.op == ANY_TEXT)
    if sum(len(one.arguments) for one in said) > _MOST_PHRASES:
        raise TooLarge(f"Filter: more than {_MOST_PHRASES} phrases of AnyText")
    rest, texts, ids = list[Expression](), list[Text](), tuple[str, ...]()
    for one in _conjuncts(expression):
        text, named = _text(one), _ids(one)
        if text is not None:
            texts.append(text)
        elif named and not ids and len(named) <= _MOST_IDS:
            ids = named
        elif one != ALL:
            rest.append(spoken(one))
    return Divided(_all_of(rest), (AllOf(tuple(texts)) if len(texts) > 1 else texts[0]) if texts else None, ids)


def _all_of(conjuncts: list[Expression]) -> Expression | None:
    if len(conjuncts) > 1:
        return Operation("and", tuple(conjuncts))
    return conjuncts[0] if conjuncts else None


def spoken(expression: Expression) -> Expression:
    """Return an expression with its words and ids as conditions on what stores keep."""
    return mapped(expression, _within)


def _conjuncts(expression: Expression) -> tuple[Expression, ...]:
    if isinstance(expression, Operation) and expression.op == "and":
        return tuple(one for part in expression.arguments for one in _conjuncts(part))
    return (expression,)


def _text(expression: Expression) -> Text | None:
    """Return what is all about words as a text."""
    if not isinstance(expression, Operation):
        return None
    if expression.op == ANY_TEXT:
        return _phrases(expression)
    if expression.op not in _LOGIC:
        return None
    found = [_text(one) for one in expression.arguments]
    texts = tuple(one for one in found if one is not None)
    if len(texts) != len(found):
        return None
    if expression.op == "not":
        return NoneOf(texts)
    return AllOf(texts) if expression.op == "and" else AnyOf(texts)


def _phrases(expression: Operation) -> Text | None:
    said = (one.value for one in expression.arguments if isinstance(one, Literal))
    phrases = tuple(Phrase(words) for one in said if (words := words_of(str(one))))
    if not phrases:
        return None
    return phrases[0] if len(phrases) == 1 else AllOf(phrases)


def _ids(expression: Expression) -> tuple[str, ...]:
    """Return the ids that an expression asks for, if it asks for nothing else."""
    if not isinstance(expression, Operation):
        return ()
    several = expression.arguments if expression.op == "or" else (expression,)
    found = [one.arguments[0] for one in several if isinstance(one, Operation) and one.op == RECORD_ID]
    if len(found) != len(several):
        return ()
    return tuple(str(one.value) for one in found if isinstance(one, Literal))


def _within(operation: Operation) -> Expression | None:
    """Return words or an id that stand among other conditions as conditions on what a Record tells."""
    if operation.op == "or":
        return _with_one_list(operation)
    if operation.op == RECORD_ID:
        return Operation("=", (Property("id"), *operation.arguments))
    if operation.op != ANY_TEXT:
        return None
    found = tuple(_said_anywhere(str(one.value)) for one in operation.arguments if isinstance(one, Literal))
    return found[0] if len(found) == 1 else Operation("and", found)


def _with_one_list(operation: Operation) -> Operation | None:
    """Return alternatives of which several are ids with these as one list; nothing where they are not several."""
    ids, others = list[Expression](), list[Expression]()
    for one in operation.arguments:
        is_id = isinstance(one, Operation) and one.op == RECORD_ID
        (ids if is_id else others).append(one)
    if len(ids) < _SEVERAL:
        return None
    named = tuple(one.arguments[0] for one in ids if isinstance(one, Operation))
    listed = Operation("in", (Property("id"), Array(named)))
    return Operation("or", (listed, *map(spoken, others))) if others else listed


def _said_anywhere(text: str) -> Expression:
    escaped = "".join(f"\\{sign}" if sign in "\\%_" else sign for sign in text)
    pattern = _folded(Literal(f"%{escaped}%"))

    def said(of: Expression) -> Expression:
        return Operation("like", (_folded(of), pattern))

    keywords = Operation(SOME, (Property("keywords"), Array(()), said(Property(VALUE))))
    # What is null must not hide what is true: OR knows that, and NOT of it is asked of SOME alone.
    told = (Operation("isNull", (Property(name),)) for name in ("title", "description"))
    texts = (said(Property(name)) for name in ("title", "description"))
    safe = (Operation("and", (Operation("not", (null,)), text)) for null, text in zip(told, texts, strict=True))
    return Operation("or", (*safe, keywords))


def _folded(of: Expression) -> Expression:
    return Operation("casei", (Operation("accenti", (of,)),))
