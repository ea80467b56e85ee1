"""What a user or a dependency asks for: `name`, `name=1.2`, `name>=1,<2`, `name 1.* build`, `channel::name`."""

import re
from dataclasses import dataclass

from . import version
from .errors import CondaValueError
from .record import Record


@dataclass(frozen=True)
class MatchSpec:
    text: str
    name: str
    version: str
    build: str

    @classmethod
    def parse(cls, text: str) -> "MatchSpec":
        bare = text.rpartition("::")[2].strip()
        found = re.fullmatch(r"([A-Za-z0-9_.\-]+)\s*([^\s].*)?", bare)
        if not found:
            raise CondaValueError(f"Invalid spec: {text!r}")
        name, rest = found[1].lower(), (found[2] or "").strip()
        # name=1.2=build and name==1.2=build, else `name 1.2 build`
        exact = re.fullmatch(r"(==?)([^=<>!~,|\s]+)=([^=\s]+)", rest)
        if exact:
            return cls(text, name, "==" + exact[2], exact[3])
        constraint, _, build = re.sub(r"\s*([,|<>=!~]+)\s*", r"\1", rest).partition(" ")
        return cls(text, name, constraint, build.strip() or "*")

    def matches(self, record: Record) -> bool:
        build = re.escape(self.build).replace(r"\*", ".*")
        return (
            record.name == self.name
            and version.satisfies(record.version, self.version)
            and re.fullmatch(build, record.build) is not None
        )

    @property
    def canonical(self) -> str:
        """As conda's history and records have it."""
        channel = self.text.rpartition("::")[0]
        head = f"{channel}::{self.name}" if channel else self.name
        constraint = self.version.removesuffix(".*")
        if self.build != "*":
            return f"{head}=={constraint.lstrip('=')}" + (f"[build={self.build}]" if "*" in self.build else f"={self.build}")
        if not constraint:
            return head
        if constraint[0].isalnum():
            return f"{head}{'=' if self.version != constraint else '=='}{constraint}"
        exact = re.fullmatch(r"(==?|!=|~=)[^=<>!~,|\s]+", constraint)
        return head + constraint if exact else f"{head}[version='{constraint}']"

    def __str__(self) -> str:
        return self.text
