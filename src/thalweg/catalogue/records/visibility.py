"""Whose Records are seen: the class of what a workspace shows by a rule has a twin for its Records."""

from thalweg.core.principals import Visibility

_RECORDS = "/records"


def class_of_records(visibility_class: str) -> str:
    """Return the class that Records carry where Items carry this one: ``demo/anyone`` → ``demo/anyone/records``."""
    return visibility_class + _RECORDS


def is_of_records(visibility_class: str) -> bool:
    """Tell whether what carries this class is a Record."""
    return visibility_class.endswith(_RECORDS)


def class_of_items(visibility_class: str) -> str:
    """Return the class that a Record's twin carries, which is the one that people and events know."""
    return visibility_class.removesuffix(_RECORDS)


def of_records(seen: Visibility) -> Visibility:
    """Return what a caller sees of Records alone."""
    return Visibility(frozenset(map(class_of_records, seen.classes)), seen.everything)


def of_both(seen: Visibility) -> Visibility:
    """Return what a caller sees of Items and of Records."""
    return Visibility(seen.classes | frozenset(map(class_of_records, seen.classes)), seen.everything)


def within(seen: Visibility, workspace: str) -> Visibility:
    """Return what a caller sees of one workspace: its classes bear its name."""
    return Visibility(frozenset(name for name in seen.classes if name.partition("/")[0] == workspace))
