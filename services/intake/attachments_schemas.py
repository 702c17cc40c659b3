"""What is said and shown of attachments 附件."""

from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from casework.db.models import Attachment, AttachmentUse
from casework.journey.declaring import MOST_FILES, Declaration
from casework.rules.evidence import Demand
from casework.rules.words import KnownFrom, Media, Moment, Purpose

PIECE = 512 * 1024
"""Bytes of a piece that we advise: ten seconds of a bad connection. A piece may have 1 MiB at most."""
Key = Annotated[str, StringConstraints(min_length=8, max_length=100, pattern=r"^[\x21-\x7e]+$")]
AttachmentId = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{32}$")]
Filled = Annotated[str, StringConstraints(strip_whitespace=True, min_length=2, max_length=200)]


class SaidPlace(BaseModel):
    """地点 as the device measured it or a person gave it, with its coordinate system."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)

    lon: Annotated[float, Field(ge=-180, le=180)]
    lat: Annotated[float, Field(ge=-90, le=90)]
    crs: Literal["WGS84", "CGCS2000", "GCJ02", "BD09"] | None = None
    known_from: Literal[KnownFrom.DEVICE, KnownFrom.MANUAL] = KnownFrom.DEVICE


class DeclareForm(BaseModel):
    """申报附件. `case_no`, or `record_key`: the Idempotency-Key under which the record will be sent. `sha256` in hex.

    `public`: a result's picture that its citizen may see. `place` and `taken_at` count where the photo says nothing.
    """

    model_config = ConfigDict(extra="forbid")

    name: Annotated[str, StringConstraints(max_length=1000)] = ""
    size: Annotated[int, Field(examples=[1_500_000])]
    sha256: Annotated[str, StringConstraints(pattern=r"^[0-9a-fA-F]{64}$")] | None = None
    purpose: Purpose
    case_no: Annotated[str, StringConstraints(max_length=40)] | None = None
    record_key: Key | None = None
    moment: Moment | None = None
    public: bool = False
    place: SaidPlace | None = None
    taken_at: AwareDatetime | None = None
    taken_from: Literal[KnownFrom.DEVICE, KnownFrom.MANUAL] = KnownFrom.DEVICE

    def declaration(self) -> Declaration:
        """As the journey takes it."""
        said: dict[str, Any] = {}
        if self.place is not None:
            said["place"] = self.place.model_dump(mode="json")
        if self.taken_at is not None:
            said |= {"taken_at": self.taken_at.astimezone(UTC).isoformat(), "taken_from": self.taken_from.value}
        return Declaration(
            name=self.name,
            size=self.size,
            purpose=self.purpose,
            case_no=self.case_no,
            record_key=self.record_key,
            digest=bytes.fromhex(self.sha256) if self.sha256 else None,
            moment=self.moment,
            public=self.public,
            said=said,
        )


class UploadView(BaseModel):
    """上传: where the bytes go next. Send them with PATCH from `offset` on, in pieces of `piece_size`; then finish."""

    id: str
    offset: int
    size: int
    piece_size: int = PIECE


class AttachmentView(BaseModel):
    """附件. `lon`, `lat`: WGS-84, with where they are known from; times UTC; digests in hex (SHA-256, SM3).

    `flags`: SEEN_BEFORE (the same bytes came before), PLACE_UNSURE (told in a system that is not known).
    """

    id: str
    label: str
    purpose: Purpose
    moment: Moment | None
    public: bool
    media: Media
    media_type: str
    size: int
    sha256: str
    sm3: str
    width: int | None
    height: int | None
    lon: float | None
    lat: float | None
    place_from: KnownFrom | None
    taken_at: datetime | None
    taken_from: KnownFrom | None
    created_at: datetime
    flags: list[str]
    used_for: str | None = None
    version: int | None = None

    @classmethod
    def of(cls, row: Attachment, use: AttachmentUse | None = None) -> "AttachmentView":
        """A finished file; `use`: the act of the case that it belongs to, and the version that this made."""
        assert row.digest is not None, "a finished file was digested"
        assert row.digest_sm3 is not None, "a finished file was digested"
        shown = {name: getattr(row, name) for name in cls.model_fields if hasattr(row, name)}
        shown |= {"sha256": row.digest.hex(), "sm3": row.digest_sm3.hex()}
        shown |= {"used_for": use.action if use else None, "version": use.version if use else None}
        return cls.model_validate(shown)


class AttachmentList(BaseModel):
    """附件 of a case, in the order of use."""

    attachments: list[AttachmentView]


class OriginalAsk(BaseModel):
    """查看原件: for what purpose; every one is logged."""

    purpose: Filled


class DemandView(BaseModel):
    """证据要求 of an action: photos, one before and one after, metres from the spot, how a call ended."""

    photos: int
    before_after: bool
    within_m: int | None
    call_outcome: bool
    most_files: int = MOST_FILES

    @classmethod
    def of(cls, demand: Demand) -> "DemandView":
        """What the catalogue demands."""
        return cls(
            photos=demand.photos,
            before_after=demand.before_after,
            within_m=demand.within_m,
            call_outcome=demand.call_outcome,
        )
