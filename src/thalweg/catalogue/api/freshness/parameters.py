"""What can be asked of freshness."""

from typing import Annotated, Any

from pydantic import Field

from thalweg.catalogue.api.parameters import OneCollection, PageToken
from thalweg.web.forms import Form
from thalweg.web.parameters import DatetimeText

ATOM = Form("atom", "application/atom+xml")
FORM = "application/x-www-form-urlencoded"
Limit = Annotated[int, Field(ge=1, le=1000, description="how many a page holds")]


class Gaps(OneCollection):
    """Which gaps of which Collection."""

    key: Annotated[
        str | None,
        Field(max_length=256, description="a value of the key, or all of them joined by / in the rule's order"),
    ] = None
    datetime: Annotated[DatetimeText | None, Field(description="when the missing Items were expected")] = None
    limit: Limit = 100
    token: PageToken = None

    def said(self) -> dict[str, Any]:
        """Return what a page's token belongs to."""
        interval = self.datetime
        ends = None if interval is None else [str(interval.start), str(interval.end)]
        return {"gaps": self.collection, "key": self.key, "datetime": ends}


class DeadAssets(OneCollection):
    """Dead assets of which Collection."""

    limit: Limit = 100
    token: PageToken = None

    def said(self) -> dict[str, Any]:
        """Return what a page's token belongs to."""
        return {"dead": self.collection}
