"""What can go wrong around a Job, with the types that OGC API Processes gives them."""

import signal
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, ClassVar, NoReturn

from thalweg.core.errors import Conflict, InvalidParameter, NotFound, ThalwegError

_TYPES = "http://www.opengis.net/def/exceptions/ogcapi-processes-1/1.0/"
_INTERNAL = 500


class NoSuchProcess(NotFound):
    """There is no such Process, or who asks may not know of it."""

    type = _TYPES + "no-such-process"
    title = "No such process"


class NoSuchJob(NotFound):
    """There is no such Job, or who asks may not know of it."""

    type = _TYPES + "no-such-job"
    title = "No such job"


class ResultNotReady(NotFound):
    """The Job has not come to its end."""

    type = _TYPES + "result-not-ready"
    title = "Result not ready"


class Superseded(Conflict):
    """This attempt at the Job is no longer the current one: what it still wants to write must not be written."""

    title = "Superseded"


class JobFailed(ThalwegError):
    """The Job ended without a result, and not by its inputs' fault."""

    title = "Job failed"


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a Job failed; ``parameter`` is there where an input was to blame."""

    title: str
    detail: str
    status: int = _INTERNAL
    parameter: str | None = None

    @classmethod
    def of(cls, error: ThalwegError) -> "Failure":
        """Keep what an error says."""
        parameter = error.parameter if isinstance(error, InvalidParameter) else None
        detail = error.why if isinstance(error, InvalidParameter) else str(error)
        return cls(error.title, detail, error.status, parameter)

    @classmethod
    def read(cls, document: Mapping[str, Any]) -> "Failure":
        """Read what ``document`` wrote."""
        status, parameter = document.get("status"), document.get("parameter")
        return cls(
            title=str(document.get("title", JobFailed.title))[:200],
            detail=str(document.get("detail", ""))[:4000],
            status=status if isinstance(status, int) and 400 <= status < 600 else _INTERNAL,  # noqa: PLR2004 - HTTP's errors
            parameter=str(parameter)[:200] if parameter else None,
        )

    def document(self) -> dict[str, Any]:
        """Return it as JSON."""
        return asdict(self)

    @property
    def sentence(self) -> str:
        """Return what a person is told."""
        return f"{self.parameter}: {self.detail}" if self.parameter else self.detail

    def rise(self) -> NoReturn:
        """Raise it as the error it was."""
        if self.parameter:
            raise InvalidParameter(self.parameter, self.detail)
        raise _failed(self.status, self.title)(self.detail)


def _failed(status: int, title: str) -> type[ThalwegError]:
    return type("Failed", (JobFailed,), {"status": status, "title": title})


class Deaths:
    """Reasons that a person understands, for a child that ended by a signal or without a word."""

    _BY_SIGNAL: ClassVar[Mapping[int, str]] = {
        signal.SIGKILL: (
            "The system killed it, most likely because the machine ran out of memory: try a smaller image, or ask the"
            " operator for a larger machine."
        ),
        signal.SIGXCPU: "It used more processor time than a Job may have.",
        signal.SIGXFSZ: "It wrote a larger file than a Job may write.",
        signal.SIGSEGV: "Its program crashed (segmentation fault).",
        signal.SIGBUS: "Its program crashed (bus error), most likely because the disk is full.",
        signal.SIGABRT: "Its program gave up (abort).",
        signal.SIGTERM: "It was asked to stop from outside.",
    }

    @classmethod
    def explained(cls, exit_code: int | None) -> Failure:
        """Explain an exit code as ``multiprocessing`` gives it: negative for a signal."""
        if exit_code is not None and exit_code < 0:
            known = cls._BY_SIGNAL.get(-exit_code)
            return Failure(JobFailed.title, known or f"It was ended by the signal {-exit_code}.")
        return Failure(JobFailed.title, f"Its program ended without an answer (exit code {exit_code}).")
