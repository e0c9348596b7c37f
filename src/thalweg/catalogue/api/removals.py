"""What is left to say of what was removed: when that was, and what it was like, to who might have seen it."""

from collections.abc import Callable, Sequence

from thalweg.catalogue.api.moments import address_then
from thalweg.core.errors import NotFound, NotSupported, Removed
from thalweg.core.items import Version
from thalweg.core.time import written
from thalweg.web.links import link


def removal(missing: NotFound, versions: Callable[[], Sequence[Version]], address: str, what: str) -> NotFound:
    """Return what to say of something that is not there: ``missing``, unless it was removed while it could be seen.

    Args:
        missing: what is said of what never was.
        versions: gives those that the caller may see, newest first.
        address: where it was.
        what: it is called, ``Item 'S2A'``.
    """
    try:
        listed = versions()
    except (NotFound, NotSupported):
        return missing
    if not listed or listed[0].body is not None:
        # What others still see has not gone.
        return missing
    at = listed[0].since
    said = f"The {what} was removed on {at:%Y-%m-%d} at {at:%H:%M:%S} UTC."
    last = next((one for one in listed if one.body is not None), None)
    if last is None:
        return Removed(said, written(at), ())
    then = address_then(address, last.since)
    return Removed(said, written(at), [link("predecessor-version", then, title="As it was last")])
