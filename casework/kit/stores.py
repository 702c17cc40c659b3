"""Which store a process uses: `folder` (the data folder's media), another folder's path, or an S3 URL."""

from casework.kit.s3 import S3Storage
from casework.kit.settings import Settings
from casework.kit.storage import FolderStorage, Storage


def open_storage(settings: Settings) -> Storage:
    """The store that GRIDCALL_STORAGE names. Raises: ValueError: the URL cannot be used."""
    if settings.storage == "folder":
        return FolderStorage(settings.data / "media")
    return S3Storage(settings.storage)
