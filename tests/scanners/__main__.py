"""Scan every template with every scanner and write `docs/scanners.md`.

python -m tests.scanners            installs what is missing, scans, prints the counts, writes the page
python -m tests.scanners --check    compares instead of writing
python -m tests.scanners --fresh    scans nothing: says whether the page was made from the templates as they are

Exit status 1 for a finding without a reason, a reason without a finding, or a page that is not current.
"""

from __future__ import annotations

import sys

from tests.scanners import document, waivers
from tests.scanners.run import scan_all
from tests.scanners.subjects import subjects
from tests.scanners.toolbox import ToolError

NOT_CURRENT = f"docs/{document.FILE.name} is not current; run: {document.COMMAND}"


def main(arguments: list[str]) -> int:
    if arguments not in ([], ["--check"], ["--fresh"]):
        print(__doc__.strip(), file=sys.stderr)
        return 2
    if arguments == ["--fresh"]:
        return 0 if document.is_fresh() else _fail(NOT_CURRENT)
    waived = waivers.read(waivers.FILE.read_text("utf-8"))
    try:
        result = scan_all(subjects())
    except ToolError as error:
        return _fail(str(error))
    print("\n".join(document.told(result, waived)))
    problems = [*waivers.unexplained(result.findings, waived), *waivers.stale(result.findings, waived)]
    problems += waivers.twice(waived)
    text = document.page(result, waived)
    if not arguments:
        document.FILE.write_text(text, "utf-8")
    elif not document.FILE.is_file() or document.FILE.read_text("utf-8") != text:
        problems.append(NOT_CURRENT)
    return _fail(*problems) if problems else 0


def _fail(*problems: str) -> int:
    for problem in problems:
        print(problem, file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
