"""What probes look at: an Item that the caller sees, and its addresses."""

from collections.abc import Mapping
from typing import Any

from thalweg.web.verification import Inside, NotApplicableError, check

Document = Mapping[str, Any]


async def some_item(inside: Inside) -> Document:
    """Return the newest Item that the caller sees."""
    features: list[Document] = (await inside.get("/search", limit=1)).json()["features"]
    if not features:
        raise NotApplicableError("no Item can be seen by who asks")
    return features[0]


def linked(document: Document, rel: str) -> str:
    """Return where a document's first link of a relation leads; that it has none disproves."""
    found = [str(one["href"]) for one in document["links"] if one["rel"] == rel]
    check(bool(found), f"{document['id']} links to no {rel}")
    return found[0]
