"""One change of an environment, from plan to history: either all of it happens or none."""

from dataclasses import dataclass
from pathlib import Path

from . import cache, link, prefix as environment, unlink
from .context import Context, first_writable
from .matchspec import MatchSpec
from .record import Record
from .ui import Ui


@dataclass(frozen=True)
class Plan:
    prefix: Path
    remove: list[Record]
    add: list[Record]  # dependencies first
    kept: list[Record]
    specs: list[str]
    action: str = "update"

    @property
    def empty(self) -> bool:
        return not self.remove and not self.add

    def actions(self) -> dict:
        """As in conda's JSON."""
        return {"FETCH": [], "LINK": [dist(r) for r in self.add], "PREFIX": str(self.prefix), "UNLINK": [dist(r) for r in self.remove]}


def between(prefix: Path, before: list[Record], after: list[Record], specs: list[str], action: str = "update") -> Plan:
    old, new = {r.stem for r in before}, {r.stem for r in after}
    remove = [r for r in before if r.stem not in new]
    kept = [r for r in after if r.stem in old]
    return Plan(prefix, remove, [r for r in after if r.stem not in old], kept, specs, action)


def show(plan: Plan, ui: Ui) -> None:
    ui.say(f"\n## Package Plan ##\n\n  environment location: {plan.prefix}\n")
    if plan.specs:
        ui.say("  added / updated specs:" if plan.action == "update" else "  removed specs:")
        ui.say("".join(f"    - {spec}\n" for spec in plan.specs))
    for title, records in (("NEW packages will be INSTALLED", plan.add), ("packages will be REMOVED", plan.remove)):
        if records:
            ui.say(f"\nThe following {title}:\n")
            for record in sorted(records, key=lambda r: r.name):
                ui.say(f"  {record.name:<18} {record.full_name}")
    ui.say("\n")


def execute(plan: Plan, context: Context, ui: Ui, link_type: int = link.HARDLINK) -> None:
    """Fetches, unlinks, links. Fails with the environment as it was."""
    existed = plan.prefix.exists()
    environment.check_writable(plan.prefix)
    writable = first_writable(context.pkgs_dirs)
    ui.say("\nDownloading and Extracting Packages:")
    packages = [(record, cache.extracted(record, context.pkgs_dirs, writable)) for record in plan.add]
    ui.progress("Preparing transaction")
    ui.progress("Verifying transaction")
    renamed: list[str] = []
    new_files: list[str] = []
    try:
        unlink.rename_away(plan.prefix, [f for record in plan.remove for f in _files(record)], renamed)
        for record, package in packages:
            linked = link.Linked([], [])
            try:
                link.link_package(package, plan.prefix, _python(plan), link_type, linked)
            finally:
                new_files += linked.files
            environment.remember(plan.prefix, record, package, linked, _requested(plan, record))
            new_files.append(environment.meta_file(record))
    except BaseException:
        _take_back(plan.prefix, new_files, renamed, existed)
        raise
    unlink.empty_trash(plan.prefix, renamed)
    environment.write_history(plan.prefix, plan.remove, plan.add, plan.specs, plan.action)
    ui.progress("Executing transaction")


def _take_back(prefix: Path, new_files: list[str], renamed: list[str], existed: bool) -> None:
    for path in new_files:
        (prefix / path).unlink(missing_ok=True)
    unlink.bring_back(prefix, renamed)
    unlink.remove_empty(prefix, new_files)
    if not existed:
        (prefix / "conda-meta" / "history").unlink(missing_ok=True)
        unlink.remove_empty(prefix.parent, [f"{prefix.name}/conda-meta/history"])


def _files(record: Record) -> list[str]:
    return [*record.raw["files"], environment.meta_file(record)]


def _requested(plan: Plan, record: Record) -> str | None:
    return next((spec.canonical for spec in map(MatchSpec.parse, plan.specs) if spec.name == record.name), None)


def _python(plan: Plan) -> str | None:
    """python3.N of the environment after the change."""
    for record in plan.add + plan.kept:
        if record.name == "python":
            return "python" + ".".join(record.version.split(".")[:2])
    return None


def dist(record: Record) -> dict:
    return {
        "base_url": record.channel,
        "build_number": record.build_number,
        "build_string": record.build,
        "channel": record.channel.rpartition("/")[2],
        "dist_name": record.stem,
        "name": record.name,
        "platform": record.subdir,
        "version": record.version,
    }
