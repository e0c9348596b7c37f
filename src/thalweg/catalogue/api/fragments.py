"""Documents that stand within others as they are, to the byte."""

import re

_ROOT = re.compile(rb"\s*(?:<!--.*?-->\s*|<\?.*?\?>\s*)*<([^\s/>:]+)(?=[\s/>])([^>]*)>", re.DOTALL)
_OWN = re.compile(rb"\sxmlns\s*=")


def standing_alone(fragment: bytes) -> bytes:
    """Return a document that keeps its namespace where it stands: one of none says so, or it would be of the outer."""
    match = _ROOT.match(fragment)
    if match is None or _OWN.search(match[2]):
        return fragment
    return fragment[: match.end(1)] + b' xmlns=""' + fragment[match.end(1) :]
