"""Application Packages run by cwltool as a library, in the child."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from cwltool.context import LoadingContext, RuntimeContext
from cwltool.errors import UnsupportedRequirement, WorkflowException
from cwltool.factory import Factory, WorkflowStatus
from schema_salad.exceptions import ValidationException

from thalweg.core.errors import ThalwegError
from thalweg.core.items import Document
from thalweg.core.processes import Outcome, Progress, StagedItem
from thalweg.processing.packages import CATALOGUE, workflow_of
from thalweg.processing.runners.stac_folder import read_catalogue, write_catalogue

_PACKAGE = "package.cwl"
_OUTPUT = "out"


class PackageFailed(ThalwegError):
    """The package could not be run, or one of its tools failed; the log tells more."""

    title = "The Application Package failed"


def run_package(document: Document, inputs: Mapping[str, Any], folder: Path, progress: Progress) -> Outcome:
    """Run a package: Items go in as catalogues, what comes out is read back from one.

    Raises:
        PackageFailed: it is not valid, asks for what is not here, or a tool of it failed.
        BadCatalogue: what it wrote cannot be staged out.
    """
    given = {name: _given(name, value, folder) for name, value in inputs.items()}
    progress(0.02, "loading the package")
    made = _made(document, folder)
    progress(0.05, "running the package")
    try:
        told = made(**given)
    except WorkflowStatus as failed:
        raise PackageFailed("a tool of the package failed; the Job's log tells which and why") from failed
    except (WorkflowException, UnsupportedRequirement, ValidationException) as error:
        raise PackageFailed(str(error)[-2000:]) from error
    if not isinstance(told, Mapping):
        raise PackageFailed("the package ended without outputs")
    progress(0.95, "reading the catalogue")
    return _outcome(told, folder)


def load(document: Document, folder: Path) -> None:
    """Load a package as cwltool would run it; for the check at deployment.

    Raises:
        PackageFailed: it cannot be run.
    """
    _made(document, folder)


def _made(document: Document, folder: Path) -> Any:  # noqa: ANN401 - cwltool's own callable
    package = folder / _PACKAGE
    package.write_text(json.dumps(document))
    (folder / _OUTPUT).mkdir()
    main = str(workflow_of(document)["id"]).removeprefix("#")
    loading = LoadingContext({"do_validate": True, "strict": False})
    running = RuntimeContext(
        {
            "use_container": False,
            "outdir": str(folder / _OUTPUT),
            "basedir": str(folder),
            "tmpdir_prefix": str(folder / "tmp-"),
            "tmp_outdir_prefix": str(folder / "step-"),
            "move_outputs": "move",
            "rm_tmpdir": True,
        }
    )
    try:
        return Factory(loading_context=loading, runtime_context=running).make(f"{package.as_uri()}#{main}")
    except (WorkflowException, UnsupportedRequirement, ValidationException) as error:
        raise PackageFailed(str(error)[-2000:].replace(str(folder), "")) from error


def _given(name: str, value: Any, folder: Path) -> Any:  # noqa: ANN401 - JSON
    if not isinstance(value, StagedItem):
        return value
    return {"class": CATALOGUE, "location": write_catalogue(value, folder / "in" / name).as_uri()}


def _outcome(told: Mapping[str, Any], folder: Path) -> Outcome:
    values: dict[str, Any] = {}
    items: list[Document] = []
    for name, value in told.items():
        kind = value.get("class") if isinstance(value, Mapping) else None
        if kind == CATALOGUE:
            items += read_catalogue(Path(unquote(urlsplit(value["location"]).path)), folder)
        elif kind is None:
            values[name] = value
    return Outcome(values, tuple(items))
