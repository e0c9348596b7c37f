"""How an Item's properties are called: by their own names, unless the Item has a member of that name itself."""

MEMBERS = frozenset({"id", "collection", "geometry"})
"""What an Item is asked for outside its properties."""
_PREFIX = "properties."


def plain(name: str) -> str:
    """Return a property's own name; what must not be taken for a member of the Item keeps its prefix."""
    short = name.removeprefix(_PREFIX)
    return name if short in MEMBERS else short


def full(property_name: str) -> str:
    """Return by which name a member of ``properties`` is asked for."""
    return f"{_PREFIX}{property_name}" if property_name in MEMBERS else property_name
