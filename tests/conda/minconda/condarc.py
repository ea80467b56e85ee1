"""The part of YAML that .condarc files use: `key: value` and lists of `- value`."""

from pathlib import Path

Value = str | list[str]


def read(path: Path) -> dict[str, Value]:
    try:
        text = path.read_text()
    except FileNotFoundError:
        return {}
    return parse(text)


def parse(text: str) -> dict[str, Value]:
    values: dict[str, Value] = {}
    key = ""
    for line in text.splitlines():
        stripped = line.strip()
        if not stripped or stripped.startswith("#"):
            continue
        if stripped.startswith("- "):
            values[key] = [*(values[key] or []), _scalar(stripped[2:])]
        else:
            key, _, rest = stripped.partition(":")
            values[key] = _scalar(rest)
    return values


def write(path: Path, values: dict[str, Value]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = []
    for key, value in values.items():
        if isinstance(value, list):
            lines += [f"{key}:", *(f"  - {item}" for item in value)]
        else:
            lines.append(f"{key}: {value}")
    path.write_text("".join(line + "\n" for line in lines))


def _scalar(text: str) -> str:
    text = text.strip()
    if len(text) >= 2 and text[0] == text[-1] and text[0] in "'\"":
        return text[1:-1]
    return text


def truth(value: Value) -> bool:
    return isinstance(value, str) and value.lower() in ("1", "true", "yes", "on")
