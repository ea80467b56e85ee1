#!/usr/bin/env bats
# docs/parity.md names the test that proves each row.

set -o pipefail

@test "every test that docs/parity.md names is there, and every row has one or says why not" {
  /usr/bin/python3 - "${BATS_TEST_DIRNAME}/../.." <<'PYTHON'
import re
import sys
from pathlib import Path

root = Path(sys.argv[1])
wrong, named = [], 0
for line in (root / "docs/parity.md").read_text().splitlines():
    if not line.startswith("| ") or line.startswith("| conda-pack |") or line.startswith("| the script |"):
        continue
    ours, proof = line.split(" | ")[-2:]
    found = re.findall(r"`([\w-]+\.bats|\w+Tests)`((?:: \*[^*]+\*(?:, \*[^*]+\*)*)?)", proof)
    if not found and "*out of scope*" not in line:
        wrong.append(f"no test: {line}")
    for file, names in found:
        named += 1
        paths = list((root / "tests").rglob(file if file.endswith(".bats") else f"{file}.cs"))
        titles = "\n".join(title for path in paths for title in re.findall(r'@test "(.*)"|public void (\w+)\(', path.read_text()) for title in title)
        wrong += [] if paths else [f"there is no {file}: {line}"]
        wrong += [f"{file} has no '{name}': {line}" for name in re.findall(r"\*([^*]+)\*", names) if name not in titles and name.replace(" ", "_") not in titles]
print("\n".join(wrong))
sys.exit(1 if wrong or named < 40 else 0)
PYTHON
}
