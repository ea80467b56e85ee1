"""What a person or a program sees: progress on stdout, failures on stderr, or one JSON value for either."""

import json
import sys
from dataclasses import dataclass

from .errors import CondaError, CondaSystemExit, DryRunExit


@dataclass(frozen=True)
class Ui:
    as_json: bool = False
    quiet: bool = False
    yes: bool = False
    dry_run: bool = False

    def say(self, text: str = "", end: str = "\n") -> None:
        if not self.as_json:
            print(text, end=end, flush=True)

    def progress(self, step: str) -> None:
        if not self.quiet:
            self.say(f"{step}: done")

    def result(self, value: object) -> None:
        if self.as_json:
            print(json.dumps(value, indent=2, sort_keys=True))

    def confirm_plan(self) -> None:
        """`Proceed ([y]/n)?`; a dry run ends here."""
        if self.dry_run:
            raise DryRunExit
        self.confirm("Proceed", default="yes")

    def confirm(self, message: str, default: str) -> None:
        if self.yes or self.as_json:
            return
        options = "[y]/n" if default == "yes" else "y/[n]"
        answers = {"y": "yes", "yes": "yes", "n": "no", "no": "no", "": default}
        while True:
            self.say(f"{message} ({options})? ", end="")
            answer = sys.stdin.readline().strip().lower()
            if answer in answers:
                break
            self.say(f"Invalid choice: {answer}")
        self.say()
        if answers[answer] == "no":
            raise CondaSystemExit

    def failed(self, error: CondaError) -> int:
        kind = type(error).__name__
        if self.as_json and isinstance(error, DryRunExit):
            return 0  # its result was printed
        if self.as_json:
            self.result({"caused_by": "None", "error": f"{kind}: {error}", "exception_name": kind, "message": str(error)})
        else:
            print(f"\n{kind}: {error}\n", file=sys.stderr)
        return error.return_code
