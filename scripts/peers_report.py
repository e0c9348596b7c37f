"""Turn pytest's JUnit report of tests/protocols into a page: which client saw what, when."""

import sys
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from xml.etree import ElementTree as ET

PEERS = ("pystac-client", "rasterio")


def main(report: str) -> None:
    """Print the page."""
    root = ET.parse(report).getroot()  # noqa: S314 - our own file
    cases = list(root.iter("testcase"))
    failed = [case for case in cases if _verdict(case) != "passed"]
    print("# Real clients against a running platform\n")
    passed = len(cases) - len(failed)
    print(f"Run on {datetime.now(UTC):%Y-%m-%d} by `make test-peers`: {passed} of {len(cases)} passed.\n")
    print(f"With {', '.join(_versions())}, GDAL of Debian and of rasterio, stac-api-validator as pinned in its test.\n")
    print("| client | what was tried | verdict |\n|---|---|---|")
    for case in cases:
        client = case.attrib["classname"].rpartition(".")[2].removeprefix("test_").replace("_", " ")
        print(f"| {client} | {case.attrib['name'].removeprefix('test_').replace('_', ' ')} | {_verdict(case)} |")


def _verdict(case: ET.Element) -> str:
    return next((what for what in ("failure", "error", "skipped") if case.find(what) is not None), "passed")


def _versions() -> list[str]:
    found = []
    for name in PEERS:
        try:
            found.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            continue
    return found


if __name__ == "__main__":
    main(sys.argv[1])
