"""The forms an answer can take, and the choice between them by ``f=`` and ``Accept``."""

from dataclasses import dataclass

from thalweg.core.errors import InvalidParameter, NotAcceptable


@dataclass(frozen=True, slots=True)
class Form:
    """One representation; ``also`` are media types that a client may ask for and mean this one."""

    name: str
    media_type: str
    also: tuple[str, ...] = ()

    @property
    def kind(self) -> str:
        """Return the media type without its parameters, as links name it."""
        return self.media_type.partition(";")[0]

    def answers(self, wanted: str) -> bool:
        """Tell whether a media range such as ``text/*`` asks for this form."""
        kinds = (self.kind, *self.also)
        return any(wanted in ("*/*", kind, f"{kind.partition('/')[0]}/*") for kind in kinds)


JSON = Form("json", "application/json")
GEOJSON = Form("json", "application/geo+json", ("application/json",))
HTML = Form("html", "text/html; charset=utf-8", ("application/xhtml+xml",))
OPENAPI_30 = Form("3.0", "application/vnd.oai.openapi+json;version=3.0", ("application/json",))
OPENAPI_31 = Form("3.1", "application/vnd.oai.openapi+json;version=3.1")


def choose(forms: tuple[Form, ...], asked: str | None, accept: str | None) -> Form:
    """Choose the form: ``f`` speaks first, then ``Accept`` by its weights, else the first form.

    Raises:
        InvalidParameter: ``f`` names none of them.
        NotAcceptable: ``Accept`` allows none of them.
    """
    if asked is not None:
        return _named(forms, asked)
    for wanted in by_weight(accept or "*/*"):
        for form in forms:
            if form.answers(wanted):
                return form
    raise NotAcceptable(f"this can be given as {', '.join(form.media_type for form in forms)}")


def _named(forms: tuple[Form, ...], asked: str) -> Form:
    for form in forms:
        if asked in (form.name, form.media_type):
            return form
    raise InvalidParameter("f", f"is one of {', '.join(form.name for form in forms)}")


def by_weight(accept: str) -> list[str]:
    """Return what a header such as ``Accept`` lists, in lower case, by its weights; what weighs nothing is left out."""
    weighed = []
    for place, part in enumerate(accept.split(",")[:32]):
        wanted, *settings = (piece.strip().lower() for piece in part.split(";"))
        weight = next((_weight(s[2:]) for s in settings if s.startswith("q=")), 1.0)
        if weight > 0:
            weighed.append((-weight, place, wanted))
    return [wanted for _, _, wanted in sorted(weighed)]


def _weight(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return 0.0
