"""One package as a channel offers it, or as conda-meta remembers it."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Record:
    name: str
    version: str
    build: str
    build_number: int
    depends: tuple[str, ...]
    subdir: str
    channel: str
    file_name: str
    raw: dict = field(compare=False, hash=False, repr=False)

    @classmethod
    def from_json(cls, raw: dict, channel: str, file_name: str) -> "Record":
        fields = (raw["name"], raw["version"], raw["build"], raw["build_number"])
        return cls(*fields, tuple(raw.get("depends", ())), raw["subdir"], channel, file_name, raw)

    @property
    def stem(self) -> str:
        return f"{self.name}-{self.version}-{self.build}"

    @property
    def url(self) -> str:
        return f"{self.channel}/{self.subdir}/{self.file_name}"

    @property
    def full_name(self) -> str:
        """As conda shows it."""
        return f"{self.channel.rstrip('/').rpartition('/')[2]}/{self.subdir}::{self.stem}"

    @property
    def dist(self) -> str:
        """As conda's history has it."""
        return f"{self.channel}/{self.subdir}::{self.stem}"
