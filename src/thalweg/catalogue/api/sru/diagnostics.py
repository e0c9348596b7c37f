"""What SRU refuses, each by its number in ``info:srw/diagnostic/1`` (SRU 1.2, diagnostics list)."""

from __future__ import annotations

from thalweg.core.errors import InvalidRequest

UNAVAILABLE, OPERATION, VERSION, VALUE, MISSING, PARAMETER = 2, 4, 5, 6, 7, 8
SYNTAX, TOO_LONG, BRACKETS, QUOTES, CONTEXT, INDEX = 10, 12, 13, 14, 15, 16
RELATION, RELATION_MODIFIER, RELATION_OF_INDEX, ESCAPE, EMPTY, MASK, ANCHOR = 19, 20, 22, 26, 27, 28, 32
FORMAT, BOOLEAN, TOO_MANY_BOOLEANS, PROXIMITY, BOOLEAN_MODIFIER, FEATURE, RESULT_SETS = 36, 37, 38, 39, 46, 48, 50
OUT_OF_RANGE, SCHEMA, PACKING, XPATH, SORT, TOO_MANY_KEYS, SORT_MISSING = 61, 66, 71, 72, 80, 84, 92
STYLESHEET, SCAN_POSITION = 110, 120
_MESSAGES = {
    UNAVAILABLE: "System temporarily unavailable",
    OPERATION: "Unsupported operation",
    VERSION: "Unsupported version",
    VALUE: "Unsupported parameter value",
    MISSING: "Mandatory parameter not supplied",
    PARAMETER: "Unsupported Parameter",
    SYNTAX: "Query syntax error",
    TOO_LONG: "Too many characters in query",
    BRACKETS: "Invalid or unsupported use of parentheses",
    QUOTES: "Invalid or unsupported use of quotes",
    CONTEXT: "Unsupported context set",
    INDEX: "Unsupported index",
    RELATION: "Unsupported relation",
    RELATION_MODIFIER: "Unsupported relation modifier",
    RELATION_OF_INDEX: "Unsupported combination of relation and index",
    ESCAPE: "Non special character escaped in term",
    EMPTY: "Empty term unsupported",
    MASK: "Masking character not supported",
    ANCHOR: "Anchoring character in unsupported position",
    FORMAT: "Term in invalid format for index or relation",
    BOOLEAN: "Unsupported boolean operator",
    TOO_MANY_BOOLEANS: "Too many boolean operators in query",
    PROXIMITY: "Proximity not supported",
    BOOLEAN_MODIFIER: "Unsupported boolean modifier",
    FEATURE: "Query feature unsupported",
    RESULT_SETS: "Result sets not supported",
    OUT_OF_RANGE: "First record position out of range",
    SCHEMA: "Unknown schema for retrieval",
    PACKING: "Unsupported record packing",
    XPATH: "XPath retrieval unsupported",
    SORT: "Sort not supported",
    TOO_MANY_KEYS: "Too many sort keys to sort",
    SORT_MISSING: "Unsupported missing value action",
    STYLESHEET: "Stylesheets not supported",
    SCAN_POSITION: "Response position out of range",
}


class Diagnostic(InvalidRequest):
    """A request that is answered by a diagnostic.

    Attributes:
        number: in the list of SRU.
        details: as the list says what stands there: the name of an index, the highest version, …
    """

    def __init__(self, number: int, details: str = "") -> None:
        super().__init__(_MESSAGES[number])
        self.number = number
        self.details = details

    @property
    def uri(self) -> str:
        """Return the diagnostic's URI."""
        return f"info:srw/diagnostic/1/{self.number}"

    def __reduce__(self) -> tuple[type[Diagnostic], tuple[int, str]]:
        return type(self), (self.number, self.details)
