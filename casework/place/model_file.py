"""A model as bytes 模型文件: arrays and a card, with a digest over all; nothing in it can be executed.

numpy's npz, read with pickles forbidden. A file of another kind, of a later format, or with a changed byte is refused.
"""

import hashlib
import io
import json
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from casework.place.model import Class, Model

FORMAT = "gridcall-category-model/1"
_ZIP = b"PK\x03\x04"
_ARRAYS = {"kept": "<u4", "rarity": "<f2", "weights": "<f2", "bias": "<f4", "of_lexicon": "<f4"}


class ModelUnusable(Exception):
    """A model file that cannot be used. `code`: FOREIGN, DAMAGED or NEWER."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def to_bytes(model: Model) -> bytes:
    """The model's file; the same model gives a file with the same digest."""
    arrays = {name: np.ascontiguousarray(getattr(model, name), dtype=kind) for name, kind in _ARRAYS.items()}
    head = {
        "format": FORMAT,
        "card": dict(model.card),
        "classes": [[one.name, list(one.categories)] for one in model.classes],
    }
    written = json.dumps(head, ensure_ascii=False, sort_keys=True)
    file = io.BytesIO()
    np.savez_compressed(
        file,
        head=np.frombuffer(written.encode(), dtype=np.uint8),
        digest=np.frombuffer(_digest(written, arrays), dtype=np.uint8),
        **arrays,  # type: ignore[arg-type]
    )
    return file.getvalue()


def from_bytes(content: bytes) -> Model:
    """The model of a file. Raises: ModelUnusable: it is none of ours, of a later format, or damaged."""
    try:
        with np.load(io.BytesIO(content), allow_pickle=False) as file:
            found = {name: file[name] for name in ("head", "digest", *_ARRAYS)}
        written = found["head"].tobytes().decode()
        head = json.loads(written)
        kind = str(head["format"])
    except Exception as error:  # whatever a reader of zip files makes of foreign bytes
        raise ModelUnusable("DAMAGED" if content.startswith(_ZIP) else "FOREIGN") from error
    if kind != FORMAT:
        raise ModelUnusable("NEWER" if kind.startswith("gridcall-category-model/") else "FOREIGN")
    arrays = {name: found[name] for name in _ARRAYS}
    if found["digest"].tobytes() != _digest(written, arrays) or not _fits(head, arrays):
        raise ModelUnusable("DAMAGED")
    return Model(
        card=head["card"],
        classes=tuple(Class(name, tuple(categories)) for name, categories in head["classes"]),
        kept=arrays["kept"],
        rarity=arrays["rarity"].astype(np.float32),
        weights=arrays["weights"],
        bias=arrays["bias"],
        of_lexicon=arrays["of_lexicon"],
    )


def _digest(head: str, arrays: Mapping[str, NDArray[Any]]) -> bytes:
    total = hashlib.sha256(head.encode())
    for name in _ARRAYS:
        total.update(f"{name}{arrays[name].shape}{arrays[name].dtype.str}".encode())
        total.update(np.ascontiguousarray(arrays[name]).tobytes())
    return total.digest()


def _fits(head: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]]) -> bool:
    """Whether the shapes belong together; the digest says who made it whole, not that it was made right."""
    runs, classes = len(arrays["kept"]), len(head["classes"])
    shapes = {"kept": (runs,), "rarity": (runs,), "weights": (runs, classes), "bias": (classes,)}
    return all(arrays[name].shape == shape for name, shape in shapes.items()) and arrays["of_lexicon"].shape == (
        classes,
        classes,
    )
