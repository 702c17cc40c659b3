"""Where each catalogue file is read from: the city's own folder first, else the file that ships 缺省目录."""

import hashlib
from pathlib import Path

from casework.catalog.faults import Faults

SHIPPED = Path(__file__).with_name("data")
FILES = (
    "areas.csv",
    "areas.toml",
    "calendars.toml",
    "catalog.toml",
    "categories.csv",
    "classifier.toml",
    "departments.csv",
    "dispatch.csv",
    "documents.toml",
    "duties.csv",
    "evidence.csv",
    "follow_up.toml",
    "former_names.csv",
    "grids.toml",
    "lexicon.csv",
    "limits.csv",
    "mediation.toml",
    "owners.csv",
    "place_types.csv",
    "privacy.toml",
    "rates.toml",
    "reasons.toml",
    "response.toml",
    "schemes.csv",
    "service_ratings.toml",
    "signs.csv",
    "trace.toml",
    "turns.toml",
    "urban.csv",
    "urban_areas.csv",
    "why.toml",
    "zones.csv",
)


class Sources:
    """The files of one catalogue; `own` is the city's folder, or None for the shipped one alone."""

    def __init__(self, own: Path | None) -> None:
        self._own = own

    def path(self, name: str) -> Path:
        if self._own and (self._own / name).is_file():
            return self._own / name
        return SHIPPED / name

    def check_names(self, faults: Faults) -> None:
        """A misspelt file would be passed over in silence, so it is a fault; so is a folder that is not there."""
        if self._own is None:
            return
        if not self._own.is_dir():
            faults.add("not_found", str(self._own))
            return
        for path in sorted(self._own.iterdir()):
            if path.suffix in (".csv", ".toml") and path.name not in FILES:
                faults.add("unknown_file", path.name, known=", ".join(FILES))

    def digest(self) -> str:
        """The first 12 hex digits of SHA-256 over all files, so that two catalogues of one name can be told apart."""
        total = hashlib.sha256()
        for name in FILES:
            path = self.path(name)
            content = path.read_bytes() if path.is_file() else b""
            total.update(f"{name}:{len(content)}:".encode())
            total.update(content)
        return total.hexdigest()[:12]
