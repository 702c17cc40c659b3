"""Disputes: their parties, sessions, clocks, handovers and events.

Revision ID: 20261123_disputes
Revises: 20261123_whistles
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "20261123_disputes"
down_revision = "20261123_whistles"
branch_labels = None
depends_on = None

# A dispute's status may not change without its event, as a case's (the spine).
_GUARDS = (
    """
CREATE FUNCTION dispute_has_event() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (
    SELECT 1 FROM dispute_event WHERE dispute_id = NEW.id AND version = NEW.version AND to_status = NEW.status
  ) THEN
    RAISE EXCEPTION 'dispute % became % at version % without an event', NEW.dispute_no, NEW.status, NEW.version
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NULL;
END $$
""",
    """
CREATE CONSTRAINT TRIGGER dispute_made_with_event AFTER INSERT ON dispute
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION dispute_has_event()
""",
    """
CREATE CONSTRAINT TRIGGER dispute_moved_with_event AFTER UPDATE OF status ON dispute
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (OLD.status IS DISTINCT FROM NEW.status)
  EXECUTE FUNCTION dispute_has_event()
""",
    """
CREATE TRIGGER dispute_event_append_only BEFORE UPDATE OR DELETE ON dispute_event
  FOR EACH ROW EXECUTE FUNCTION append_only()
""",
)
_TABLES = ("dispute_event", "dispute_link", "dispute_timer", "dispute_session", "dispute_party", "dispute")


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '2s'")
    _create_dispute()
    _create_dispute_party()
    _create_dispute_session()
    _create_dispute_timer()
    _create_dispute_link()
    _create_dispute_event()
    for statement in _GUARDS:
        op.execute(statement)


def _create_dispute() -> None:
    op.create_table(
        "dispute",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("dispute_no", sa.Text(), nullable=False),
        sa.Column("case_id", sa.BigInteger(), nullable=True),
        sa.Column("earlier_id", sa.BigInteger(), nullable=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("area_code", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=True),
        sa.Column("track", sa.Text(), server_default=sa.text("'PEOPLE'"), nullable=False),
        sa.Column("risk", sa.Text(), nullable=True),
        sa.Column("people", sa.Integer(), server_default=sa.text("2"), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("claim_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("working_claim", sa.Text(), nullable=False),
        sa.Column("reported_by", sa.BigInteger(), nullable=True),
        sa.Column("request_key", sa.Text(), nullable=True),
        sa.Column("mediator_id", sa.BigInteger(), nullable=True),
        sa.Column("recused", sa.ARRAY(sa.BigInteger()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("form", sa.Text(), nullable=True),
        sa.Column("working_terms", sa.Text(), nullable=True),
        sa.Column("perform_by", sa.Date(), nullable=True),
        sa.Column("confirmation", sa.Text(), nullable=True),
        sa.Column("court_no", sa.Text(), nullable=True),
        sa.Column("reason_code", sa.Text(), nullable=True),
        sa.Column("settled", sa.Boolean(), nullable=True),
        sa.Column("warned", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("criminal", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("registered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("agreed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("in_force_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("concluded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("performed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("(form IS NULL) = (agreed_at IS NULL)", name=op.f("ck_dispute_agreed")),
        sa.CheckConstraint("in_force_at IS NULL OR agreed_at IS NOT NULL", name=op.f("ck_dispute_in_force")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_dispute_case_id")),
        sa.ForeignKeyConstraint(["earlier_id"], ["dispute.id"], name=op.f("fk_dispute_earlier_id")),
        sa.ForeignKeyConstraint(["mediator_id"], ["account.id"], name=op.f("fk_dispute_mediator_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dispute")),
        sa.UniqueConstraint("dispute_no", name=op.f("uq_dispute_dispute_no")),
    )
    op.create_index(
        "ix_dispute_area",
        "dispute",
        ["area_code", "id"],
        unique=False,
        postgresql_ops={"area_code": "text_pattern_ops"},
    )
    op.create_index(op.f("ix_dispute_case_id"), "dispute", ["case_id"], unique=False)
    op.create_index(
        "ix_dispute_earlier",
        "dispute",
        ["earlier_id"],
        unique=False,
        postgresql_where=sa.text("earlier_id IS NOT NULL"),
    )
    op.create_index(
        "uq_dispute_request",
        "dispute",
        ["reported_by", "request_key"],
        unique=True,
        postgresql_where=sa.text("request_key IS NOT NULL"),
    )


def _create_dispute_party() -> None:
    op.create_table(
        "dispute_party",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("dispute_id", sa.BigInteger(), nullable=False),
        sa.Column("no", sa.Integer(), nullable=False),
        sa.Column("side", sa.Text(), nullable=False),
        sa.Column("name_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("phone_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("phone_index", sa.LargeBinary(), nullable=True),
        sa.Column("id_no_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("id_no_index", sa.LargeBinary(), nullable=True),
        sa.Column("address_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("shown_name", sa.Text(), nullable=False),
        sa.Column("shown_phone", sa.Text(), nullable=True),
        sa.Column("willing", sa.Boolean(), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["dispute_id"], ["dispute.id"], name=op.f("fk_dispute_party_dispute_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dispute_party")),
        sa.UniqueConstraint("dispute_id", "no", name=op.f("uq_dispute_party_dispute_id_no")),
    )
    op.create_index(
        "ix_dispute_party_id_no",
        "dispute_party",
        ["id_no_index"],
        unique=False,
        postgresql_where=sa.text("id_no_index IS NOT NULL"),
    )
    op.create_index(
        "ix_dispute_party_phone",
        "dispute_party",
        ["phone_index"],
        unique=False,
        postgresql_where=sa.text("phone_index IS NOT NULL"),
    )


def _create_dispute_session() -> None:
    op.create_table(
        "dispute_session",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("dispute_id", sa.BigInteger(), nullable=False),
        sa.Column("no", sa.Integer(), nullable=False),
        sa.Column("held_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("place", sa.Text(), nullable=True),
        sa.Column("present", sa.ARRAY(sa.Integer()), nullable=False),
        sa.Column("working_record", sa.Text(), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["dispute_id"], ["dispute.id"], name=op.f("fk_dispute_session_dispute_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dispute_session")),
        sa.UniqueConstraint("dispute_id", "no", name=op.f("uq_dispute_session_dispute_id_no")),
    )


def _create_dispute_timer() -> None:
    op.create_table(
        "dispute_timer",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("dispute_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("cycle", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), server_default=sa.text("'RUNNING'"), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("limit_text", sa.Text(), nullable=False),
        sa.Column("limit_source", sa.Text(), nullable=False),
        sa.Column("stopped_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("breached_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("state IN ('RUNNING', 'STOPPED', 'CANCELLED')", name=op.f("ck_dispute_timer_state")),
        sa.ForeignKeyConstraint(["dispute_id"], ["dispute.id"], name=op.f("fk_dispute_timer_dispute_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dispute_timer")),
        sa.UniqueConstraint("dispute_id", "name", "cycle", name=op.f("uq_dispute_timer_dispute_id_name_cycle")),
    )
    op.create_index(
        "ix_dispute_timer_due",
        "dispute_timer",
        ["due_at"],
        unique=False,
        postgresql_where=sa.text("state = 'RUNNING' AND breached_at IS NULL"),
    )
    op.create_index(
        "uq_dispute_timer_running",
        "dispute_timer",
        ["dispute_id", "name"],
        unique=True,
        postgresql_where=sa.text("state = 'RUNNING'"),
    )


def _create_dispute_link() -> None:
    op.create_table(
        "dispute_link",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("dispute_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("way", sa.Text(), nullable=False),
        sa.Column("organ", sa.Text(), nullable=False),
        sa.Column("number", sa.Text(), nullable=True),
        sa.Column("objects", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("handed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("handed_by", sa.BigInteger(), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("limit_text", sa.Text(), nullable=False),
        sa.Column("limit_source", sa.Text(), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["dispute_id"], ["dispute.id"], name=op.f("fk_dispute_link_dispute_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dispute_link")),
    )
    op.create_index(op.f("ix_dispute_link_dispute_id"), "dispute_link", ["dispute_id"], unique=False)
    op.create_index(
        "uq_dispute_link_open",
        "dispute_link",
        ["dispute_id", "kind"],
        unique=True,
        postgresql_where=sa.text("answered_at IS NULL"),
    )


def _create_dispute_event() -> None:
    op.create_table(
        "dispute_event",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("dispute_id", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=True),
        sa.Column("from_status", sa.Text(), nullable=True),
        sa.Column("to_status", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=True),
        sa.Column("data", postgresql.JSONB(), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("words_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("request_key", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["dispute_id"], ["dispute.id"], name=op.f("fk_dispute_event_dispute_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dispute_event")),
    )
    op.create_index("ix_dispute_event_dispute", "dispute_event", ["dispute_id", "id"], unique=False)
    op.create_index(
        "uq_dispute_event_request",
        "dispute_event",
        ["dispute_id", "request_key"],
        unique=True,
        postgresql_where=sa.text("request_key IS NOT NULL"),
    )
    op.create_index(
        "uq_dispute_event_version",
        "dispute_event",
        ["dispute_id", "version"],
        unique=True,
        postgresql_where=sa.text("version IS NOT NULL"),
    )


def downgrade() -> None:
    for table in _TABLES:
        op.drop_table(table)
    op.execute("DROP FUNCTION dispute_has_event()")
