"""Start-up is a budget: what is loaded before the first answer is bounded."""

import json
import os
import subprocess
import sys

MODULES = """
import json, sys
from thalweg.app.serving import application
application()
print(json.dumps(sorted(sys.modules)))
"""
NOT_YET = {"alembic", "cwltool", "schema_salad", "scipy", "httpx", "pystac", "psycopg", "rich", "asyncpg"}
MOST = 1_250


def test_little_is_loaded_before_the_first_answer(platform):
    environment = {**os.environ, "THALWEG_HOME": str(platform.home)}
    ran = subprocess.run(
        [sys.executable, "-c", MODULES], env=environment, capture_output=True, text=True, check=True, timeout=60
    )
    loaded = json.loads(ran.stdout)
    assert not NOT_YET & {name.partition(".")[0] for name in loaded}
    assert len([name for name in loaded if not name.startswith(("boto", "s3transfer"))]) < MOST
