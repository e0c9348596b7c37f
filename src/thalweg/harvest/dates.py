"""When an image was taken: as somebody says, as the file says, as its name says without doubt, or honestly unknown."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from thalweg.core.errors import InvalidParameter
from thalweg.core.time import Interval, instant, written

FIRST_IMAGE = datetime(1972, 7, 23, tzinfo=UTC)
"""Launch of Landsat 1: where nothing better is known, no civil satellite image is older."""

LAUNCHES: Mapping[str, datetime] = {
    name: datetime.fromisoformat(day).replace(tzinfo=UTC)
    for name, day in {
        "landsat-4": "1982-07-16",
        "landsat-5": "1984-03-01",
        "landsat-7": "1999-04-15",
        "landsat-8": "2013-02-11",
        "landsat-9": "2021-09-27",
        "terra": "1999-12-18",
        "aqua": "2002-05-04",
        "sentinel-1a": "2014-04-03",
        "sentinel-1b": "2016-04-25",
        "sentinel-1c": "2024-12-05",
        "sentinel-2a": "2015-06-23",
        "sentinel-2b": "2017-03-07",
        "sentinel-2c": "2024-09-05",
        "sentinel-3a": "2016-02-16",
        "sentinel-3b": "2018-04-25",
        "swot": "2022-12-16",
    }.items()
}
"""Days of launch, by STAC's ``platform``: before it, the platform took no image."""

_ACQUIRED = ("ACQUISITIONDATETIME", "ACQUISITION_DATETIME", "ACQUISITION_DATE", "DATE_ACQUIRED", "DATE_OBS")
_WRITTEN = "TIFFTAG_DATETIME"
_STAMP = re.compile(r"(?<!\d)(\d{4})([-_]?)(\d{2})\2(\d{2})(?:[T_]?(\d{2}):?(\d{2}):?(\d{2}))?(?!\d)")
_TAG_TIME = re.compile(r"(\d{4})[:-](\d\d)[:-](\d\d)[ T](\d\d):(\d\d):(\d\d)(?:\.\d+)?Z?")
_KNOWN_NAMES = (
    re.compile(r"L[A-Z]\d\d_[A-Z0-9]{4}_\d{6}_(?P<day>\d{8})_\d{8}_\d\d_(?:T1|T2|RT)"),
    re.compile(r"S2[A-D]_(?:MSI)?L[12][AC]_(?P<time>\d{8}T\d{6})"),
    re.compile(r"S2[A-D]_\d\d[A-Z]{3}_(?P<day>\d{8})_\d_L[12][AC]"),
)


@dataclass(frozen=True, slots=True)
class Taken:
    """When an image was taken: at an instant, or somewhere in an interval; ``known`` says whether that is its date."""

    start: datetime
    end: datetime
    known: bool

    def properties(self) -> dict[str, Any]:
        """Return the members of an Item's properties."""
        if self.known and self.start == self.end:
            return {"datetime": written(self.start), "thalweg:date_known": True}
        return {
            "datetime": None,
            "start_datetime": written(self.start),
            "end_datetime": written(self.end),
            "thalweg:date_known": self.known,
        }


def taken(
    told: Interval | None,
    tags: Mapping[str, str],
    name: str,
    platform: str | None,
    now: datetime,
    *,
    known: bool | None,
) -> Taken:
    """Say when an image was taken.

    In this order: what the person says, the tags of its acquisition, a date in its name that leaves no doubt. Else the
    interval from the launch of its platform (or ``FIRST_IMAGE``) to the time its file was written (or ``now``): the
    TIFF tag of that name is the file's date, often that of processing, so that it only bounds the image's.

    Raises:
        InvalidParameter: what the person says has an open start, or ends in the future.
    """
    if told is not None:
        return _told(told, now, known=known)
    earliest = LAUNCHES.get((platform or "").lower(), FIRST_IMAGE)
    found = _from_tags(tags) or _from_name(name)
    if found is not None and earliest <= found.end and found.start <= now:
        return found
    made = _tag_time(tags.get(_WRITTEN, ""))
    latest = made if made is not None and earliest < made < now else now
    return Taken(earliest, latest, known=False)


def _told(told: Interval, now: datetime, *, known: bool | None) -> Taken:
    end = told.end or now
    if told.start is None:
        raise InvalidParameter("datetime", "needs a start: the earliest time at which the image can have been taken")
    if told.start > now:
        raise InvalidParameter("datetime", "lies in the future")
    return Taken(told.start, end, known=known is not False)


def _from_tags(tags: Mapping[str, str]) -> Taken | None:
    for tag in _ACQUIRED:
        text = tags.get(tag, "").strip()
        at = _tag_time(text)
        if at is not None:
            return Taken(at, at, known=True)
        day = _day(re.sub(r"\D", "", text[:10]))
        if day is not None:
            return day
    return None


def _from_name(name: str) -> Taken | None:
    """Return the one date of a name; two dates (taken, processed) are one only where the convention is known."""
    for convention in _KNOWN_NAMES:
        if match := convention.search(name):
            text = match.groupdict()
            return _moment(text["time"]) if text.get("time") else _day(text["day"])
    days, moments = set(), set()
    for match in _STAMP.finditer(name):
        day = _day(match[1] + match[3] + match[4])
        if day is not None:
            days.add(day)
            moments.add(_moment(f"{match[1]}{match[3]}{match[4]}T{match[5]}{match[6]}{match[7]}") if match[5] else day)
    if len(days) != 1:
        return None
    only = moments if len(moments) == 1 else days
    return only.pop()


def _day(digits: str) -> Taken | None:
    try:
        start = datetime.strptime(digits, "%Y%m%d").replace(tzinfo=UTC)
    except ValueError:
        return None
    return Taken(start, start + timedelta(days=1, seconds=-1), known=True) if start >= FIRST_IMAGE else None


def _moment(text: str) -> Taken | None:
    try:
        at = datetime.strptime(text, "%Y%m%dT%H%M%S").replace(tzinfo=UTC)
    except ValueError:
        return None
    return Taken(at, at, known=True)


def _tag_time(text: str) -> datetime | None:
    match = _TAG_TIME.fullmatch(text.strip())
    if match is None:
        return None
    try:
        return instant("{}-{}-{}T{}:{}:{}Z".format(*match.groups()))
    except InvalidParameter:
        return None
