"""The names of places and rivers, mended where their source lost its accents or took another's name."""

import re
import unicodedata
from collections.abc import Iterable, Mapping

PLACES = {"Jaboatao": "Jaboatão dos Guararapes"}
"""Places whose own letters stand nowhere in the source."""

BRAZILIAN = {
    "Andre": "André",
    "Antonio": "Antônio",
    "Belem": "Belém",
    "Braganca": "Bragança",
    "Brasilia": "Brasília",
    "Conceicao": "Conceição",
    "Cuiaba": "Cuiabá",
    "Florianopolis": "Florianópolis",
    "Goiania": "Goiânia",
    "Goncalo": "Gonçalo",
    "Joao": "João",
    "Jose": "José",
    "Jundiai": "Jundiaí",
    "Luis": "Luís",
    "Macapa": "Macapá",
    "Maceio": "Maceió",
    "Niteroi": "Niterói",
    "Sao": "São",
    "Vitoria": "Vitória",
}
"""Words of Brazil's places that the source always writes bare, as the country writes them."""

RIVERS = {"Rhne": "Rhône", "Jiparan?": "Ji-Paraná", "Indals?lven": "Indalsälven"}
"""River names that the source spoilt beyond a question mark, or that only it holds."""

RIVERS_BY_KEY = {"303River": "Garonne", "303Thjrs": "Þjórsá"}
"""Rivers that carry the name of another (the Drau): the source's key tells them apart."""


def folded(name: str) -> str:
    """Return a name as it is compared: no accents, no case, no punctuation."""
    bare = "".join(letter for letter in unicodedata.normalize("NFKD", name) if not unicodedata.combining(letter))
    return re.sub(r"[^a-z0-9]+", " ", bare.translate(_LETTERS).lower()).strip()


_LETTERS = str.maketrans(
    {
        "ø": "o",
        "Ø": "O",
        "ł": "l",
        "Ł": "L",
        "đ": "d",
        "\N{LATIN SMALL LETTER DOTLESS I}": "i",
        "æ": "ae",
        "ß": "ss",
        "ð": "d",
        "þ": "th",
    }
)


def place_name(name: str, others: str | None, country: str) -> str:
    """Return the accented spelling among the other names when it is the same name, else the name itself."""
    if name in PLACES:
        return PLACES[name]
    for other in (others or "").split("|"):
        if other != name and not other.isascii() and folded(other) == folded(name):
            return other.strip()
    return " ".join(BRAZILIAN.get(word, word) for word in name.split(" ")) if country == "Brazil" else name


def river_name(name: str | None, key: str, well_known: Iterable[str]) -> str | None:
    """Return a river's name, or None where letters are lost and no well-known name fits the rest."""
    if key in RIVERS_BY_KEY:
        return RIVERS_BY_KEY[key]
    plain = re.sub(r"\s+", " ", name or "").strip()
    mended = RIVERS.get(plain, plain)
    if "?" not in mended:
        return mended or None
    pattern = re.compile(re.escape(mended).replace(r"\?", "."))
    return next((other for other in well_known if pattern.fullmatch(other)), None)


def other_spellings(row: Mapping[str, object], name: str) -> list[str]:
    """Return the further names of a place that a person may type, each once, by their folded form."""
    written = [str(row[key] or "") for key in ("name", "nameascii", "namealt", "namepar", "ls_name")]
    seen = {folded(name), ""}
    return [
        other
        for other in dict.fromkeys(part.strip() for text in written for part in text.split("|"))
        if not (folded(other) in seen or seen.add(folded(other)))
    ]
