"""What OAI-PMH refuses, each by its code (OAI-PMH 2.0, 3.6)."""

from __future__ import annotations

from thalweg.core.errors import InvalidRequest

BAD_ARGUMENT, BAD_VERB, BAD_TOKEN = "badArgument", "badVerb", "badResumptionToken"
NO_FORMAT, NO_ID, NO_MATCH, NO_SETS = (
    "cannotDisseminateFormat",
    "idDoesNotExist",
    "noRecordsMatch",
    "noSetHierarchy",
)


class OaiFault(InvalidRequest):
    """A request that is answered by an error; ``code`` is one of the protocol's."""

    def __init__(self, code: str, why: str) -> None:
        super().__init__(why)
        self.code = code

    def __reduce__(self) -> tuple[type[OaiFault], tuple[str, str]]:
        return type(self), (self.code, str(self))
