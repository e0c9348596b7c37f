"""The words of a filter: where they narrow the whole of it, they become free text, which every store has an index of.

``AnyText`` finds words, not runs of letters: ``*hydro*`` finds *hydro*, not *hydrology*, as free text does everywhere.
"""

from __future__ import annotations

from thalweg.catalogue.filters.terms import ALL, ANY_TEXT, mapped
from thalweg.core.expressions import SOME, VALUE, Array, Expression, Literal, Operation, Property, both, parts
from thalweg.core.texts import AllOf, AnyOf, NoneOf, Phrase, Text
from thalweg.web.freetext import words_of

_LOGIC = ("and", "or", "not")


def divided(expression: Expression) -> tuple[Expression | None, Text | None]:
    """Return what an expression asks for apart from words, and the words."""
    rest: Expression | None = None
    texts = []
    for one in _conjuncts(expression):
        text = _text(one)
        if text is not None:
            texts.append(text)
        elif one != ALL:
            rest = both(rest, mapped(one, _within))
    if not texts:
        return rest, None
    return rest, texts[0] if len(texts) == 1 else AllOf(tuple(texts))


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


def _within(operation: Operation) -> Expression | None:
    """Return words that stand among other conditions as conditions on the texts of a Record."""
    if operation.op != ANY_TEXT:
        return None
    found = tuple(_said_anywhere(str(one.value)) for one in operation.arguments if isinstance(one, Literal))
    return found[0] if len(found) == 1 else Operation("and", found)


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


def holds_words(expression: Expression) -> bool:
    """Tell whether a filter asks for words."""
    return any(isinstance(one, Operation) and one.op == ANY_TEXT for one in parts(expression))
