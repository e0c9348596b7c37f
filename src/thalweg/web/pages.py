"""Pages for people, without script: templates escape all they are given."""

from functools import cache

from jinja2 import Environment, PackageLoader

from thalweg.web.prose import plain, prose


@cache
def _environment() -> Environment:
    environment = Environment(loader=PackageLoader("thalweg.web"), autoescape=True, trim_blocks=True)
    environment.filters.update(prose=prose, plain=plain)
    return environment


def render(template: str, **given: object) -> str:
    """Return a page made of one of the templates beside this file."""
    return _environment().get_template(template).render(given)
