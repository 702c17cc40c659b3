"""The privacy notice 个人信息处理告知: its text, its version, and the purpose of each field that is asked for."""

import tomllib
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from casework.catalog.problems import CatalogError


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


class NoticeText(Strict):
    """The whole text in both languages."""

    zh: str = Field(min_length=20)
    en: str = Field(min_length=20)


class Purpose(Strict):
    """Why a field is asked for, and how many days it is kept after the case is archived."""

    field: str = Field(min_length=1)
    zh: str = Field(min_length=4)
    en: str = Field(min_length=4)
    kept_days: int = Field(gt=0)


class PrivacyNotice(Strict):
    """告知书; `version` is what a request keeps."""

    version: str = Field(min_length=1, max_length=40)
    text: NoticeText
    purposes: tuple[Purpose, ...] = Field(min_length=1)


def load_privacy(path: Path) -> PrivacyNotice:
    """Read the notice. Raises CatalogError with one line for each fault."""
    try:
        return PrivacyNotice.model_validate(tomllib.loads(path.read_text("utf-8")))
    except tomllib.TOMLDecodeError as error:
        raise CatalogError([f"{path.name}: {error}"]) from None
    except ValidationError as error:
        faults = [f"{path.name}: {'.'.join(map(str, fault['loc']))}: {fault['msg']}" for fault in error.errors()]
        raise CatalogError(faults) from None
