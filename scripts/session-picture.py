"""Runs commands on a terminal and draws what is seen there as an SVG, whose lines appear one after the other.

usage: session-picture.py COMMANDS >PICTURE.svg

COMMANDS is a file with a command a line. scripts/session-picture prepares a home and calls this.
"""

import os
import re
import sys
from html import escape
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests/EndToEnd"))
from console_examples import HOME, Session  # noqa: E402

WIDTH, LINE, CHARACTER, MARGIN = 90, 18, 7.8, 14
TYPING, READING = 0.6, 1.2  # seconds for a command, and after its output
COLOURS = {31: "red", 32: "green", 33: "yellow", 34: "blue", 35: "magenta", 36: "cyan", 90: "dim"}
STYLE = """
text { font: 13px ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace; fill: #24292f; white-space: pre }
rect { fill: #f6f8fa; stroke: #d0d7de }
.bold { font-weight: bold } .prompt, .dim { fill: #6e7781 }
.red { fill: #cf222e } .green { fill: #116329 } .yellow { fill: #7d4e00 } .blue { fill: #0969da } .magenta { fill: #8250df } .cyan { fill: #1b7c83 }
g { animation-name: hide }
@keyframes hide { from, to { opacity: 0 } }
@media (prefers-reduced-motion: reduce) { g { animation-name: none } }
@media (prefers-color-scheme: dark) {
text { fill: #e6edf3 } rect { fill: #161b22; stroke: #30363d } .prompt, .dim { fill: #8b949e }
.red { fill: #ff7b72 } .green { fill: #7ee787 } .yellow { fill: #e3b341 } .blue { fill: #79c0ff } .magenta { fill: #d2a8ff } .cyan { fill: #76e3ea }
}"""


def spans(line: str) -> str:
    """A line with SGR sequences, as SVG."""
    drawn, classes = [], set()
    for part in re.split(r"(\x1b\[[0-9;]*m)", line):
        if part.startswith("\x1b["):
            for code in [int(word or 0) for word in part[2:-1].split(";")]:
                classes = set() if code == 0 else classes | {"bold" if code == 1 else "dim" if code == 2 else COLOURS.get(code, "")}
        elif part:
            names = " ".join(sorted(classes - {""}))
            drawn.append(f'<tspan class="{names}">{escape(part)}</tspan>' if names else escape(part))
    return "".join(drawn)


def main(commands: Path) -> None:
    session = Session(Path(os.environ["TMPDIR"]))
    rows, time = [], 0.0
    for command in commands.read_text().splitlines():
        prompt = session.run('printf %s "${CONDA_PROMPT_MODIFIER-}"')[0] + "$ "
        output = session.run(command)[0].replace(os.environ["HOME"], HOME).splitlines()
        # What conda itself prints is its own affair.
        created = next((index for index, line in enumerate(output) if "created '" in line), 0)
        rows.append((time, f'<tspan class="prompt">{escape(prompt)}</tspan><tspan class="bold">{escape(command)}</tspan>'))
        time += TYPING
        rows += [(time, spans(line)) for line in output[created:]]
        time += READING
    session.end()
    width, height = WIDTH * CHARACTER + 2 * MARGIN, len(rows) * LINE + 2 * MARGIN
    print(f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height}" width="{width:.0f}" height="{height}">')
    print(f"<title>A session with CondaFuse</title><style>{STYLE}</style>")
    print(f'<rect x="0.5" y="0.5" width="{width - 1:.0f}" height="{height - 1}" rx="6"/>')
    for number, (start, text) in enumerate(rows):
        y = MARGIN + (number + 1) * LINE - 5
        print(f'<g style="animation-duration:{start:.1f}s"><text x="{MARGIN}" y="{y}" xml:space="preserve">{text}</text></g>')
    print("</svg>")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
