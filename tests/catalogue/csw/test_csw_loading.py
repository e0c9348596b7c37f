"""What CSW needs is loaded when it is first asked: a platform that starts does not wait for it."""

import subprocess
import sys

LATE = ("lxml", "pyproj", "shapely", "httpx", "cql2", "thalweg.catalogue.filters", "thalweg.catalogue.records.schemas")


def test_what_is_mounted_loads_nothing_heavy():
    program = (
        "import sys; import thalweg.catalogue.api.csw.face; import thalweg.catalogue.api.csw.offering;"
        f"print([name for name in {LATE!r} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
