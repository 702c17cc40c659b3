"""Chance 随机: always seeded, so that the same town comes out again. Never for secrets."""

from random import Random


def chance(*parts: object) -> Random:
    """The chance of that name; the same name draws the same."""
    return Random(":".join(map(str, parts)))  # noqa: S311
