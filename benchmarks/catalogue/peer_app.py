"""The peer's application, started in the peer's own environment: all its extensions, and free text in item search."""

from fastapi import FastAPI
from stac_fastapi.extensions.free_text import FreeTextConformanceClasses
from stac_fastapi.pgstac.app import instantiate_api
from stac_fastapi.pgstac.extensions import FreeTextExtension
from stac_fastapi.pgstac.models.extensions import Extensions


def application() -> FastAPI:
    """Return the application; free text is not among the peer's defaults for Items."""
    text = FreeTextExtension(conformance_classes=[FreeTextConformanceClasses.SEARCH])
    return instantiate_api(extensions=Extensions(search_map={"free_text": text})).app
