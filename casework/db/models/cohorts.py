"""When a case falls into a period, as the figures' cohorts ask for it (rules/rates: Standing.at).

A query finds its index only where both say the same, so each expression is said once.
"""

from sqlalchemy import Index, func

from casework.db.models.cases import Case

fell_due = func.coalesce(Case.finish_due, Case.created_at)
"""By deadline; a case that never had one falls where it came in."""
came_in = func.coalesce(Case.accepted_at, Case.created_at)
"""By acceptance; a case that was not accepted falls where it came in."""

Index("ix_cases_due", fell_due, Case.area_code, postgresql_ops={"area_code": "text_pattern_ops"})
Index("ix_cases_accepted", came_in)
