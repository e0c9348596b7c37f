"""Free text as a tree: words, phrases, and how they are joined."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words that stand beside each other; matched without regard to case and accents, words as wholes."""

    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AllOf:
    """All of them are there."""

    of: "tuple[Text, ...]"


@dataclass(frozen=True, slots=True)
class AnyOf:
    """At least one of them is there."""

    of: "tuple[Text, ...]"


@dataclass(frozen=True, slots=True)
class NoneOf:
    """None of them is there."""

    of: "tuple[Text, ...]"


Text = Phrase | AllOf | AnyOf | NoneOf
