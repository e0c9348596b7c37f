"""What a person fills in on a page: the fields of its form."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Entry:
    """One field; ``name`` is the parameter it fills, ``example`` stands in it while it is empty."""

    name: str
    label: str
    example: str = ""
