"""Pages for people, without script: templates escape all they are given."""

from functools import cache

from jinja2 import Environment, PackageLoader


@cache
def _environment() -> Environment:
    return Environment(loader=PackageLoader("thalweg.web"), autoescape=True, trim_blocks=True)


def render(template: str, **given: object) -> str:
    """Return a page made of one of the templates beside this file."""
    return _environment().get_template(template).render(given)
