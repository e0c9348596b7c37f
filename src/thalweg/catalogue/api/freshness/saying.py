"""What an operator says of a rule: as JSON by programs, by a form from the page; and which version it answers to."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import parse_qsl

from starlette.datastructures import Headers

from thalweg.catalogue.freshness.ports import Statement
from thalweg.catalogue.freshness.rule import Rule, read_rule
from thalweg.core.errors import InvalidParameter, InvalidRequest, PreconditionFailed

FIELDS = (
    "kind", "key", "step_days", "tolerance_days", "number", "unit", "delay_days", "patience", "least_sun_elevation",
    "since", "until",
)  # fmt: skip
"""Of a rule, as the form has them."""
_NUMBERS = frozenset({"step_days", "tolerance_days", "delay_days", "least_sun_elevation", "patience"})
_OTHERS = {"calendar": ("step_days", "tolerance_days", "number"), "revisit": ("unit", "number"), "cycle": ("unit",)}
"""Fields that only rules of another kind have."""
_MOST_FIELDS = 20
State = Literal["confirmed", "refused", "forgotten"]


@dataclass(frozen=True, slots=True)
class Said:
    """What is said: ``rule`` is the one confirmed, ``None`` for the one inferred; ``version`` of what was before."""

    state: State
    rule: Rule | None = None
    version: int | None = None


def said_as_json(document: object, headers: Headers) -> Said:
    """Return what a JSON body says.

    Raises:
        InvalidParameter: a member is unknown or wrong.
        PreconditionFailed: ``If-Match`` names no version of a rule.
    """
    if not isinstance(document, dict):
        raise InvalidRequest("the body must be a JSON object")
    unknown = next((name for name in document if name not in ("state", "rule")), None)
    if unknown is not None:
        raise InvalidParameter(str(unknown)[:64], "is not known; known are state and rule")
    state = document.get("state", "confirmed")
    if state not in ("confirmed", "refused"):
        raise InvalidParameter("state", "is confirmed or refused")
    rule = None if document.get("rule") is None else read_rule(document["rule"])
    if state == "refused" and rule is not None:
        raise InvalidParameter("rule", "is not given where rules are refused")
    return Said(state, rule, _expected(headers))


def filled_in(body: bytes) -> dict[str, str]:
    """Return the fields of a form that say something.

    Raises:
        InvalidRequest: it is no form.
    """
    try:
        pairs = parse_qsl(body.decode(), max_num_fields=_MOST_FIELDS)
    except ValueError as error:
        raise InvalidRequest("the body is no form that the page has") from error
    return {name: value.strip() for name, value in pairs if value.strip()}


def said_by_form(filled: Mapping[str, str]) -> Said:
    """Return what a form says.

    Raises:
        InvalidParameter: a field is unknown or wrong.
    """
    state = filled.get("state")
    unknown = next((name for name in filled if name not in (*FIELDS, "state", "version")), None)
    if unknown is not None:
        raise InvalidParameter(unknown[:64], "is not known")
    version = _whole(filled["version"]) if "version" in filled else None
    if state in ("refused", "forgotten"):
        return Said("refused" if state == "refused" else "forgotten", None, version)
    if state != "confirmed":
        raise InvalidParameter("state", "is confirmed, refused or forgotten")
    return Said("confirmed", read_rule(_document(filled)), version)


def _document(filled: Mapping[str, str]) -> dict[str, Any]:
    """Return a rule as JSON; of what other kinds have, nothing is taken."""
    kind = filled.get("kind")
    idle = _OTHERS.get(kind or "", ())
    said: dict[str, Any] = {name: filled[name] for name in FIELDS if name in filled and name not in idle}
    said["key"] = filled.get("key", "").replace(",", " ").split()
    said |= {name: _number(said[name]) for name in _NUMBERS & said.keys()}
    return said


def _number(text: str) -> float | int | str:
    """Return the number that a text is, else the text, of which the rule says that it is none."""
    try:
        number = float(text)
    except ValueError:
        return text
    return int(number) if number.is_integer() else number


def _whole(text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise InvalidParameter("version", "is no whole number") from None


def etag(said: Statement | None) -> str:
    """Return the entity tag of a rule as it stands."""
    return f'"rule-{0 if said is None else said.version:x}"'


def _expected(headers: Headers) -> int | None:
    """Return the version that ``If-Match`` names, ``None`` where any will do; that nothing was said is version 0."""
    named = headers.get("if-match")
    if headers.get("if-none-match", "").strip() == "*":
        return 0
    if named is None or named.strip() == "*":
        return None
    version = named.strip().removeprefix('"rule-').removesuffix('"')
    try:
        return int(version, 16)
    except ValueError:
        raise PreconditionFailed("The rule has changed since this version: read it again.") from None
