"""The API's page 接口说明页: an OpenAPI document as one HTML page without scripts or outside files."""

import base64
import hashlib
from collections.abc import Iterator, Mapping
from html import escape
from typing import Any

from casework.kit.texts import Lang, t

_STYLE = """
body{font:16px/1.6 system-ui,"Noto Sans CJK SC","Microsoft YaHei",sans-serif}
body{max-width:60rem;margin:2rem auto;padding:0 1rem}
details{border:1px solid #ccd;border-radius:6px;margin:.5rem 0;padding:.4rem .8rem}
summary{cursor:pointer}
code{font:14px/1.5 ui-monospace,monospace}
.verb{display:inline-block;min-width:4.5rem;font-weight:700}
table{border-collapse:collapse;width:100%}
th,td{text-align:left;border-bottom:1px solid #e4e4ee;padding:.2rem .6rem;vertical-align:top}
"""
_STYLE_HASH = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
DOCS_POLICY = f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; base-uri 'none'; frame-ancestors 'none'"


def docs_page(document: Mapping[str, Any], lang: Lang) -> str:
    """The page in one language; names and descriptions stay as the document has them."""
    title = escape(document["info"]["title"])
    operations = "".join(
        _operation(path, verb, operation, lang)
        for path, verbs in document["paths"].items()
        for verb, operation in verbs.items()
    )
    schemas = document.get("components", {}).get("schemas", {})
    shapes = "".join(_shape(name, schema, lang) for name, schema in schemas.items())
    return (
        f'<!doctype html><html lang="{lang}"><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width"><title>{title}</title><style>{_STYLE}</style>'
        f'<h1>{title}</h1><p><a href="openapi.json">openapi.json</a></p>'
        f"<h2>{escape(t('docs.operations', lang))}</h2>{operations}"
        f"<h2>{escape(t('docs.shapes', lang))}</h2>{shapes}</html>"
    )


def _operation(path: str, verb: str, operation: Mapping[str, Any], lang: Lang) -> str:
    head = f'<span class="verb">{escape(verb.upper())}</span> <code>{escape(path)}</code>'
    body = operation.get("requestBody", {}).get("content", {})
    rows = [
        *(
            (f"{part['name']} ({part['in']})", _shape_name(part.get("schema", {})), part.get("description", ""))
            for part in operation.get("parameters", ())
        ),
        *((t("docs.body", lang), _shape_name(content.get("schema", {})), kind) for kind, content in body.items()),
        *(
            (f"{t('docs.answer', lang)} {status}", ", ".join(_answer_shapes(answer)), answer.get("description", ""))
            for status, answer in operation.get("responses", {}).items()
        ),
    ]
    return (
        f"<details><summary>{head} {escape(operation.get('summary', ''))}</summary>"
        f"<p>{escape(operation.get('description', ''))}</p>{_table(rows)}</details>"
    )


def _answer_shapes(answer: Mapping[str, Any]) -> Iterator[str]:
    for content in answer.get("content", {}).values():
        yield _shape_name(content.get("schema", {}))


def _shape(name: str, schema: Mapping[str, Any], lang: Lang) -> str:
    required = schema.get("required", ())
    rows = [
        (field + ("" if field in required else f" ({t('docs.optional', lang)})"), _shape_name(part), _told(part))
        for field, part in schema.get("properties", {}).items()
    ] or [("", _shape_name(schema), "")]
    return (
        f'<details id="{escape(name)}"><summary><code>{escape(name)}</code></summary>'
        f"<p>{escape(schema.get('description', ''))}</p>{_table(rows)}</details>"
    )


def _told(part: Mapping[str, Any]) -> str:
    limits = (
        f"{key} {part[key]}" for key in ("minLength", "maxLength", "minimum", "maximum", "pattern") if key in part
    )
    return "; ".join(filter(None, (str(part.get("description", "")), *limits)))


def _shape_name(schema: Mapping[str, Any]) -> str:
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    if "enum" in schema:
        return " | ".join(map(str, schema["enum"]))
    if parts := schema.get("anyOf") or schema.get("oneOf") or schema.get("allOf"):
        return " | ".join(_shape_name(part) for part in parts)
    if schema.get("type") == "array":
        return f"[{_shape_name(schema.get('items', {}))}]"
    return " ".join(str(schema[key]) for key in ("type", "format", "const") if key in schema)


def _table(rows: list[tuple[str, str, str]]) -> str:
    lines = ("".join(f"<td>{escape(cell)}</td>" for cell in row) for row in rows)
    return f"<table>{''.join(f'<tr>{line}</tr>' for line in lines)}</table>"
