"""How much a filter may ask."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Bounds:
    """The bounds of one filter; each is a setting.

    Attributes:
        size: bytes of its text, in UTF-8.
        depth: how deep its parts may stand in each other: the parser is recursive, and so is every compiler.
        operators: signs and words of a text that may nest without a bracket, such as ``NOT NOT`` and ``1+1+1``.
        nodes: operators, functions, properties and literals in all.
        members: of one list or array.
        positions: of all its geometries.
        characters: of one string.
    """

    size: int = 2**20
    depth: int = 64
    operators: int = 500
    nodes: int = 10_000
    members: int = 5_000
    positions: int = 20_000
    characters: int = 10_000


USUAL = Bounds()
