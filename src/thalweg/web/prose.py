"""Descriptions, which STAC writes in CommonMark, as a person reads them: the usual marks are followed or left out."""

import re

from markupsafe import Markup, escape

# Every repetition is bounded: whoever may write an Item could keep a page busy otherwise.
_LINK = re.compile(r"!?\[([^\]]{0,400})\]\((https?://[^\s()]{1,2000}(?:\([^\s()]{0,400}\))?)[^)]{0,400}\)")
_OTHER_LINK = re.compile(r"!?\[([^\]]{0,400})\]\([^)]{0,2000}\)")
_STRONG = re.compile(r"(\*\*|__)(?=\S)(.{1,400}?)(?<=\S)\1")
_STRESSED = re.compile(r"(?<![\w*])([*_])(?=[^\s*_])(.{1,400}?)(?<=[^\s*_])\1(?![\w*])")
_CODE = re.compile(r"`{1,3}([^`]{1,400})`{1,3}")
_HEADING = re.compile(r"^ {0,3}#{1,6}[ \t]{1,8}([^\n]{1,400}?)[ \t]{0,8}#{0,6}$", re.MULTILINE)
_POINT = re.compile(r"^[ \t]{0,16}[*+-][ \t]{1,8}", re.MULTILINE)
_SUMMARY = 2_000
_PARAGRAPHS = re.compile(r"\n[ \t]{0,16}\n")


def plain(text: object) -> str:
    """Return a description without its marks, on one line."""
    bare = _OTHER_LINK.sub(r"\1", _LINK.sub(r"\1", str(text)[:_SUMMARY]))
    for mark, kept in ((_HEADING, r"\1"), (_POINT, ""), (_STRONG, r"\2"), (_STRESSED, r"\2"), (_CODE, r"\1")):
        bare = mark.sub(kept, bare)
    return " ".join(bare.split())


def prose(text: object) -> Markup:
    """Return a description as paragraphs with its links and its stress; whatever else was written stays text."""
    marked = str(escape(str(text)))
    marked = _LINK.sub(r'<a href="\2">\1</a>', marked)
    for mark, kept in (
        (_OTHER_LINK, r"\1"),
        (_HEADING, r"<strong>\1</strong>"),
        (_POINT, "• "),
        (_STRONG, r"<strong>\2</strong>"),
        (_CODE, r"<code>\1</code>"),
    ):
        marked = mark.sub(kept, marked)
    paragraphs = [part.strip().replace("\n", "<br>") for part in _PARAGRAPHS.split(marked) if part.strip()]
    # All of it was escaped before a mark was followed.
    return Markup("".join(f"<p>{part}</p>" for part in paragraphs))  # noqa: S704
