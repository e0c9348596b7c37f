"""The one path resolver: what a caller may call a file, and where it lies below a root."""

import re
import unicodedata
from pathlib import Path

from thalweg.core.errors import InvalidParameter

LONGEST_PATH = 1024
"""Bytes of UTF-8; what S3 allows for a key."""
LONGEST_NAME = 200
"""Bytes of UTF-8 between two slashes; below the 255 of file systems, so that a suffix can be added while writing."""

_NOT_IN_A_NAME = frozenset({"Cc", "Cs", "Cn", "Zl", "Zp"})
_BIDI = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_PART = re.compile(r".*#\d+", re.DOTALL)


def relative_path(text: str, parameter: str = "path") -> str:
    """Return a relative POSIX path in its one spelling (Unicode NFC).

    Percent signs are ordinary characters here: decoding is done once, by the façade, before.

    Raises:
        InvalidParameter: it is empty, absolute, too long, has an empty segment, ``.`` or ``..``, a backslash, a
            control or bidirectional character, or a name that begins or ends with a space or ends with ``#`` and
            digits.
    """
    path = unicodedata.normalize("NFC", text)
    if not path or _size(path, parameter) > LONGEST_PATH:
        raise InvalidParameter(parameter, f"is a relative path of 1 to {LONGEST_PATH} bytes")
    if path.startswith("/"):
        raise InvalidParameter(parameter, "is relative: it does not begin with a slash")
    for name in path.split("/"):
        _check_name(name, parameter)
    return path


def _check_name(name: str, parameter: str) -> None:
    if name in ("", ".", ".."):
        raise InvalidParameter(parameter, "has no empty segment, no . and no ..")
    if _size(name, parameter) > LONGEST_NAME:
        raise InvalidParameter(parameter, f"a name has at most {LONGEST_NAME} bytes")
    if "\\" in name or any(unicodedata.category(c) in _NOT_IN_A_NAME or c in _BIDI for c in name):
        raise InvalidParameter(parameter, "has a character that no file name should have")
    if name != name.strip() or _PART.fullmatch(name):
        raise InvalidParameter(parameter, "a name does not begin or end with a space, nor end with # and digits")


def _size(text: str, parameter: str) -> int:
    try:
        return len(text.encode())
    except UnicodeEncodeError as error:
        raise InvalidParameter(parameter, "has a character that no file name should have") from error


def below(root: Path, path: str, parameter: str = "path") -> Path:
    """Return the place of a relative path below a root, whether or not anything is there yet.

    Raises:
        InvalidParameter: the path is none, or a symbolic link on its way leads out of the root.
    """
    place = root / relative_path(path, parameter)
    if not place.resolve().is_relative_to(root.resolve()):
        raise InvalidParameter(parameter, "leads out of its root")
    return place
