"""The assets of an Item as text: their hrefs apart from the rest, which thousands of Items have in common."""

from collections.abc import Mapping
from typing import Any, NamedTuple

_HREF, _NO_HREF = b'"href":"', b'"href":#'
_NUMERIC = b"0123456789+-.eE,"


class AssetText(NamedTuple):
    """The JSON of assets, divided.

    Attributes:
        hrefs: one of each asset, none of them with an escape.
        rest: what is left; it is no JSON, so that no other assets are written so.
    """

    hrefs: list[bytes]
    rest: bytes


def divided(assets: object, text: bytes) -> AssetText | None:
    """Divide the JSON of assets; nothing where one has no href, or there are others inside, or an escape.

    Where no string holds a quotation mark, ``"href":"`` is a member's name and the beginning of its value and nothing
    else. There are as many as assets that have one: so there are no others.
    """
    if type(assets) is not dict or b"\\" in text:
        return None
    first, *others = text.split(_HREF)
    if len(others) != len(assets) or not all([type(one) is dict for one in assets.values()]):  # noqa: C419 - it is faster
        return None
    if not all([type(one.get("href")) is str for one in assets.values()]):  # noqa: C419 - it is faster
        return None
    parts = [one.partition(b'"') for one in others]
    return AssetText([href for href, _, _ in parts], _NO_HREF.join([first, *[rest for _, _, rest in parts]]))


def counted(assets: Mapping[str, Mapping[str, Any]], text: bytes, member: str) -> bytes:
    """Return the text of assets with how many numbers a member holds in the place of the numbers.

    It stays as it is where there are such members elsewhere, or lists that are no numbers, or not all of one length.
    """
    name = f'"{member}":['.encode()
    first, *others = text.split(name)
    if len(others) != [type(one.get(member)) is list for one in assets.values()].count(True):
        return text
    parts = [one.partition(b"]") for one in others]
    lists = {numbers for numbers, _, _ in parts}
    counts = {numbers.count(b",") for numbers in lists}
    if len(counts) != 1 or not all(lists) or b"".join(lists).translate(None, _NUMERIC):
        return text
    return (name + b"#%d" % counts.pop()).join([first, *[rest for _, _, rest in parts]])
