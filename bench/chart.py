"""Draws the chart in README from results.

usage: chart.py RESULTS.json >CHART.svg
"""

import json
import sys
from html import escape
from pathlib import Path

# Suite, figure, heading, unit, divisor.
PANELS = [
    ("import-cold", "mount and import", "Mount and import numpy, pandas and scipy, cold", "ms", 1),
    ("importers-32", "32 imports", "32 processes import at once, cold", "s", 1000),
    ("install", "all three", "Install, update and remove numpy and pandas", "s", 1000),
    ("cycle", "all", "Create, install a package, unmount", "s", 1),
    ("pack-formats", "level 4: s", "Pack as tar.gz", "s", 1),
]
WIDTH, LABEL, BAR, LINE = 750, 290, 360, 20
STYLE = """
text { font: 13px system-ui, sans-serif; fill: #24292f } .title { font-weight: bold } .bar { fill: #afb8c1 } .ours { fill: #0969da }
@media (prefers-color-scheme: dark) { text { fill: #e6edf3 } .bar { fill: #484f58 } .ours { fill: #58a6ff } }"""


def rows(tables: list[dict], suite: str, figure: str) -> list[tuple[str, float]]:
    found = [table for table in tables if table["suite"] == suite and table["input"] == "python"]
    table = next(table for table in found if suite != "pack-formats" or table["note"].startswith("tar.gz,"))
    return [(name, figures[figure]["median"]) for name, figures in table["rows"].items()]


def main(results: Path) -> None:
    tables = json.loads(results.read_text())["tables"]
    drawn, y = [], 0
    for suite, figure, heading, unit, divisor in PANELS:
        bars = rows(tables, suite, figure)
        longest = max(value for _, value in bars)
        y += LINE + 8
        drawn.append(f'<text class="title" x="0" y="{y}">{escape(heading)}</text>')
        for name, value in bars:
            y += LINE
            kind = "ours" if name.startswith("condafuse") else "bar"
            length = BAR * value / longest
            shown = f"{value / divisor:.0f}" if value / divisor >= 100 else f"{value / divisor:.1f}"
            drawn.append(f'<text x="{LABEL - 8}" y="{y}" text-anchor="end">{escape(name)}</text>')
            drawn.append(f'<rect class="{kind}" x="{LABEL}" y="{y - 12}" width="{length:.1f}" height="14" rx="2"/>')
            drawn.append(f'<text x="{LABEL + length + 6:.1f}" y="{y}">{shown} {unit}</text>')
    print(f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {y + 10}" width="{WIDTH}" height="{y + 10}">')
    print(f"<title>{escape('Times, shorter is better')}</title><style>{STYLE}</style>", *drawn, "</svg>", sep="\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
