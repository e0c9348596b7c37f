"""Pages for people, without script: templates escape all they are given."""

from functools import cache

import orjson
from jinja2 import Environment, PackageLoader

from thalweg.web.prose import plain, prose


@cache
def _environment() -> Environment:
    from thalweg.web.spans import shortly  # noqa: PLC0415 - where the first page is asked for

    environment = Environment(loader=PackageLoader("thalweg.web"), autoescape=True, trim_blocks=True)
    environment.filters.update(prose=prose, plain=plain, json=_json, shortly=shortly)
    return environment


def _json(given: object) -> str:
    # Jinja's own writes < and & for scripts, as escapes that people would read.
    return orjson.dumps(given).decode()


def render(template: str, **given: object) -> str:
    """Return a page made of one of the templates beside this file."""
    return _environment().get_template(template).render(given)
