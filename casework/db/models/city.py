"""The versions of the city's data."""

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from casework.db.models.base import Base, time_now


class CatalogVersion(Base):
    """目录版本: each version of the city's data ever loaded, whole, so that an old deadline stays explained."""

    __tablename__ = "catalog_version"
    part: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[str] = mapped_column(primary_key=True)
    loaded_at: Mapped[datetime] = time_now()
    content: Mapped[str]
