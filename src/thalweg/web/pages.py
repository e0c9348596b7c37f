"""Pages for people, without script: templates escape all they are given."""

import re
from functools import cache

import orjson
from jinja2 import Environment, PackageLoader

from thalweg.web.prose import plain, prose

_CODE, _HUMP = re.compile(r"[a-z]+(?:[A-Z][a-z]+)+"), re.compile(r"[A-Z]")


@cache
def _environment() -> Environment:
    from thalweg.web.spans import shortly  # noqa: PLC0415 - where the first page is asked for

    environment = Environment(loader=PackageLoader("thalweg.web"), autoescape=True, trim_blocks=True)
    environment.filters.update(prose=prose, plain=plain, json=_json, shortly=shortly, spoken=_spoken)
    return environment


def _spoken(code: str) -> str:
    """Return a code of a standard's list as words, ``pointOfContact``; other texts stay as they are."""
    return _HUMP.sub(lambda hump: f" {hump[0].lower()}", code) if _CODE.fullmatch(code) else code


def _json(given: object) -> str:
    # Jinja's own writes < and & for scripts, as escapes that people would read.
    return orjson.dumps(given).decode()


def render(template: str, **given: object) -> str:
    """Return a page made of one of the templates beside this file."""
    return _environment().get_template(template).render(given)
