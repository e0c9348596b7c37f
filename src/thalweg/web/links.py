"""Links, as STAC and OGC API write them."""

from typing import Any


def link(rel: str, href: str, media_type: str | None = None, title: str | None = None, **more: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
    """Return a link object; what is not known is left out."""
    known = {"rel": rel, "type": media_type, "title": title, "href": href, **more}
    return {name: value for name, value in known.items() if value is not None}
