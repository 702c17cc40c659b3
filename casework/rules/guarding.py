"""举报保密: which requests are guarded, so that nobody learns who reported, least of all the reported [domain.md §1.8].

Guarded is what is a report by its kind, or by its category (涉密, catalogue); what was guarded once stays so.
"""

from casework.rules.words import Kind


def is_guarded(kind: Kind | None, confidential: bool) -> bool:
    """`confidential`: the category says so."""
    return kind is Kind.REPORT or confidential
