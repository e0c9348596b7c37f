"""How an error is told: to programs as a problem document, to people as a page."""

from typing import TYPE_CHECKING

from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import Response

from thalweg.core.errors import InvalidParameter, NotFound, ThalwegError
from thalweg.web.answers import Page, problem
from thalweg.web.entries import Entry
from thalweg.web.forms import HTML, by_weight
from thalweg.web.pages import render

if TYPE_CHECKING:
    from collections.abc import Callable

ENTRIES = "thalweg.entries"
"""Where the scope of a request keeps the fields of the form that it came from."""
OWN = "thalweg.refusal"
"""Where it keeps how the protocol that was spoken tells errors: a function of the error and of the log's reference."""


def refusal(error: ThalwegError, request: Request, reference: str | None = None) -> Response:
    """Render an error in the form that who asked can read; ``reference`` is what the log carries too."""
    own: Callable[[ThalwegError, str | None], Response] | None = request.scope.get(OWN)
    if own is not None:
        return own(error, reference)
    told = problem(error, request.url.path, reference)
    if not _is_person(request):
        return told
    if (query := _spelled_out(error, request)) is not None:
        # The address that follows is one that programs may be given too.
        return Response(status_code=303, headers={"location": f"?{query}", "cache-control": "no-store"})
    # A page has a type and a length of its own; what else the headers say holds for both.
    kept = {name: value for name, value in told.headers.items() if name not in ("content-type", "content-length")}
    return Page(_page(error, request, request.scope.get(ENTRIES, ())), error.status, kept)


def _page(error: ThalwegError, request: Request, entries: tuple[Entry, ...]) -> str:
    wrong = error.faults if isinstance(error, InvalidParameter) else ()
    above = request.url.path.rpartition("/")[0]
    return render(
        "problem.html",
        title=error.title,
        status=error.status,
        faults=wrong or (str(error),),
        wrong={fault.parameter for fault in wrong},
        entries=entries,
        left=getattr(error, "links", ())[:1],
        asked=dict(request.query_params),
        above=above if isinstance(error, NotFound) and request.scope.get("root_path") else "",
    )


def _spelled_out(error: ThalwegError, request: Request) -> str | None:
    """Return the query with its times in full, where a person wrote one shortly."""
    if not isinstance(error, InvalidParameter):
        return None
    from thalweg.web.spans import TIMES, spelled_out  # noqa: PLC0415 - only where a person is wrong

    if not any(fault.parameter in TIMES for fault in error.faults):
        return None
    return spelled_out(request.query_params.multi_items())


def _is_person(request: Request) -> bool:
    """Tell whether a page is what was asked for: by ``f``, else by what ``Accept`` names first."""
    if request.method not in ("GET", "HEAD"):
        return False
    # A program's mistake, such as a parameter given twice, is no reason to answer it with a page.
    form = QueryParams(request.scope["query_string"]).get("f")
    if form:
        return form in (HTML.name, HTML.kind)
    wanted = by_weight(request.headers.get("accept", ""))
    return bool(wanted) and wanted[0] in (HTML.kind, *HTML.also)
