"""OpenAPI schemas that FastAPI does not make by itself: their inner models are put where refs find them."""

from typing import Any

from pydantic import BaseModel

_COMPONENTS = "#/components/schemas/{model}"


def whole_schema(model: type[BaseModel]) -> dict[str, Any]:
    """The model's schema, with its inner models under `$defs` until `settle_inner` moves them."""
    return model.model_json_schema(ref_template=_COMPONENTS)


def settle_inner(document: dict[str, Any]) -> None:
    """Move the `$defs` of every request body's schema to the document's components, where their refs point."""
    components = document.setdefault("components", {}).setdefault("schemas", {})
    for path in document["paths"].values():
        for operation in path.values():
            for media in operation.get("requestBody", {}).get("content", {}).values():
                components.update(media.get("schema", {}).pop("$defs", {}))
