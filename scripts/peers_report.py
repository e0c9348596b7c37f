"""Turn pytest's JUnit report of tests/protocols, and verdicts of public suites, into a page: who saw what, when.

    scripts/peers_report.py JUNIT [VERDICT …]

A verdict is the ``testng-results.xml`` of a suite that was run by hand against a running platform; the name of its
file, without the ending, is the suite's.
"""

import re
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from xml.etree import ElementTree as ET

PEERS = ("pystac-client", "stac-geoparquet", "schemathesis", "rasterio", "pyogrio")
_PINS = re.compile(r'^ +(?!#)\S+\) echo "([^"]+)"', re.MULTILINE)
_STORE = re.compile(r"\[(sqlite|postgresql)(?:-(.*))?\]$")


def main(report: str, verdicts: list[str]) -> None:
    """Print the page."""
    cases = list(_read(report).iter("testcase"))
    passed = sum(_verdict(case) == "passed" for case in cases)
    print("# Real clients against a running platform\n")
    print(f"Run on {datetime.now(UTC):%Y-%m-%d} by `make test-peers`: {passed} of {len(cases)} passed.\n")
    print(f"With {', '.join(_versions())}; QGIS and GDAL of Debian.\n")
    _print_suites(verdicts)
    print("## Clients\n")
    print("| client | what was tried | on | verdict |\n|---|---|---|---|")
    for client, tried, stores, verdict in _rows(cases):
        print(f"| {client} | {tried} | {stores} | {verdict} |")


def _read(file: str) -> ET.Element:
    return ET.parse(file).getroot()  # noqa: S314 - our own file


def _rows(cases: list[ET.Element]) -> Iterator[tuple[str, str, str, str]]:
    """Yield one row for each thing tried, the stores it was tried on beside each other, as long as they agree."""
    rows: dict[tuple[str, str, str], list[str]] = {}
    for case in cases:
        client = case.attrib["classname"].rpartition(".")[2].removeprefix("test_").replace("_", " ")
        name = case.attrib["name"]
        where = _STORE.search(name)
        tried = name if where is None else name[: where.start()] + (f"[{where[2]}]" if where[2] else "")
        tried = tried.removeprefix("test_").replace("_", " ").replace("|", "/")
        rows.setdefault((client, tried, _verdict(case)), []).append(where[1] if where else "")
    for (client, tried, verdict), stores in rows.items():
        yield client, tried, ", ".join(filter(None, stores)), verdict


def _verdict(case: ET.Element) -> str:
    return next((what for what in ("failure", "error", "skipped") if case.find(what) is not None), "passed")


def _print_suites(verdicts: list[str]) -> None:
    print("## Public suites\n")
    if not verdicts:
        print("No verdict of a public suite was given to this run.\n")
        return
    print("| suite | run on | passed | failed | skipped |\n|---|---|---|---|---|")
    faults: list[str] = []
    for file in verdicts:
        root, name = _read(file), Path(file).stem
        methods = [one for one in root.iter("test-method") if one.get("is-config") != "true"]
        told = Counter(one.get("status") for one in methods)
        day = (next(root.iter("suite")).get("started-at") or "")[:10]
        print(f"| {name} | {day} | {told['PASS']} | {told['FAIL']} | {told['SKIP']} |")
        faults += [line for one in methods if (line := _fault(name, one))]
    for fault, times in Counter(faults).items():
        print(f"\n- {fault}{f' ({times} times)' if times > 1 else ''}", end="")
    print("\n")


def _fault(suite: str, method: ET.Element) -> str:
    """Return what a suite found wrong or could not try, in one line; nothing where it passed."""
    if method.get("status") == "PASS":
        return ""
    message = method.find(".//message")
    said = " ".join((message.text or "").split())[:160] if message is not None else ""
    what = "failed" if method.get("status") == "FAIL" else "skipped"
    return f"{suite}: {method.get('name')} {what}: {said}"


def _versions() -> list[str]:
    found = []
    for name in PEERS:
        try:
            found.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            continue
    pins = _PINS.findall((Path(__file__).parent / "peers").read_text(encoding="utf-8"))
    return found + [pin.split()[0].replace("==", " ").lstrip("@").replace("@", " ") for pin in pins]


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
