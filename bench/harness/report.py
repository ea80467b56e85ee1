"""Results as a table for people and as JSON for programs."""

import json
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from .measure import Summary


@dataclass(frozen=True)
class Table:
    suite: str
    input: str
    note: str
    unit: str  # ms, MB, s, or 1 for a count
    reference: str  # the contender that ratios refer to
    rows: dict[str, dict[str, Summary]]  # contender, figure
    commit: str = ""  # the measured commit

    @property
    def key(self) -> tuple[str, str, str]:
        return self.suite, self.input, self.note

    @staticmethod
    def of(value: dict) -> "Table":
        rows = {c: {f: Summary(**v) for f, v in figures.items()} for c, figures in value["rows"].items()}
        return Table(**{**value, "rows": rows})

    def text(self) -> str:
        lines = [f"{self.suite}, {self.input}: {self.note}", ""]
        lines.append(f"| contender | figure | median {self.unit} | low to high | against {self.reference} | runs |")
        lines.append("|---|---|--:|--:|--:|--:|")
        for contender, figures in self.rows.items():
            for figure, value in figures.items():
                base = self.rows.get(self.reference, {}).get(figure)
                ratio = f"{value.median / base.median:.2f}" if base and base.median else ""
                spread = f"{_short(value.low)} to {_short(value.high)}"
                lines.append(f"| {contender} | {figure} | {_short(value.median)} | {spread} | {ratio} | {value.runs} |")
        return "\n".join(lines) + "\n"

    def value(self) -> dict:
        rows = {c: {f: asdict(v) for f, v in figures.items()} for c, figures in self.rows.items()}
        head = {"suite": self.suite, "input": self.input, "note": self.note, "unit": self.unit, "reference": self.reference}
        return {**head, "commit": self.commit, "rows": rows}


def write(measured: list[Table], versions: dict[str, str], text: Path, data: Path) -> None:
    """Existing tables in the files are kept, except for those that were measured again."""
    versions = dict(versions)
    commit = versions.pop("commit", "")
    tables = {t.key: t for t in map(Table.of, json.loads(data.read_text())["tables"])} if data.exists() else {}
    tables |= {t.key: replace(t, commit=commit) for t in measured}
    tables = [tables[key] for key in sorted(tables)]
    data.write_text(json.dumps({"schema": 1, "versions": versions, "tables": [t.value() for t in tables]}, indent=2) + "\n")
    listed = "".join(f"- {name}: {version}\n" for name, version in versions.items())
    text.write_text("# Results\n\n" + listed + "\n" + "\n".join(f"## {t.suite} ({t.input}), commit {t.commit}\n\n{t.text()}" for t in tables))


def _short(value: float) -> str:
    return f"{value:.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"
