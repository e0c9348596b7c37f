"""How much a filter may ask."""

from dataclasses import dataclass

from thalweg.core.errors import TooLarge
from thalweg.core.expressions import Expression, Operation, parts


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
        patterns: of LIKE, each of which is sought in each text by itself.
    """

    size: int = 2**20
    depth: int = 64
    operators: int = 500
    nodes: int = 10_000
    members: int = 5_000
    positions: int = 20_000
    characters: int = 10_000
    patterns: int = 500


USUAL = Bounds()


def check_patterns(expression: Expression, most: Bounds = USUAL) -> None:
    """Return quietly where an expression has no more patterns than are sought at once.

    Raises:
        TooLarge: it has.
    """
    if sum(isinstance(one, Operation) and one.op == "like" for one in parts(expression)) > most.patterns:
        raise TooLarge(f"filter: more than {most.patterns} patterns of LIKE; ask in several questions")
