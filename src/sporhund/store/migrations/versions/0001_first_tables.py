"""First tables."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "audit",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("case_id", sa.Text(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("key_id", sa.Text(), nullable=False),
        sa.CheckConstraint("outcome in ('done', 'refused', 'failed')", name=op.f("ck_audit_outcome")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit")),
        sa.UniqueConstraint("event", name=op.f("uq_audit_event")),
    )
    op.create_table(
        "camera",
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=True),
        sa.Column("owner", sa.Text(), nullable=True),
        sa.Column("overwritten_on", sa.Date(), nullable=True),
        sa.Column("files", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("case_id", "id", name=op.f("pk_camera")),
        sa.UniqueConstraint("case_id", "name", name=op.f("uq_camera_case_id_name")),
        postgresql_partition_by="LIST (case_id)",
    )
    op.create_table(
        "case",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("ends", sa.Date(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.CheckConstraint("state in ('open', 'erased')", name=op.f("ck_case_state")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case")),
        sa.UniqueConstraint("name", name=op.f("uq_case_name")),
    )
    op.create_table(
        "exhibit",
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("case_id", "id", name=op.f("pk_exhibit")),
        sa.UniqueConstraint("case_id", "label", name=op.f("uq_exhibit_case_id_label")),
        postgresql_partition_by="LIST (case_id)",
    )
    op.create_table(
        "look",
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.Column("medium_id", sa.Text(), nullable=False),
        sa.Column("look", sa.Text(), nullable=False),
        sa.Column("pack", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("current", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("case_id", "run_id", "medium_id", "look", name=op.f("pk_look")),
        postgresql_partition_by="LIST (case_id)",
    )
    op.create_index(op.f("ix_look_case_id_medium_id_look"), "look", ["case_id", "medium_id", "look"], unique=False)
    op.create_table(
        "medium",
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("sha256", sa.LargeBinary(), nullable=False),
        sa.Column("sha1", sa.LargeBinary(), nullable=False),
        sa.Column("md5", sa.LargeBinary(), nullable=False),
        sa.Column("bytes", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("type", sa.Text(), nullable=True),
        sa.Column("facts", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("derived_from", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "state in ('waiting', 'analysed', 'partly', 'failed', 'skipped')", name=op.f("ck_medium_state")
        ),
        sa.PrimaryKeyConstraint("case_id", "id", name=op.f("pk_medium")),
        sa.UniqueConstraint("case_id", "sha256", name=op.f("uq_medium_case_id_sha256")),
        postgresql_partition_by="LIST (case_id)",
    )
    op.create_table(
        "observation",
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("track_id", sa.Text(), nullable=False),
        sa.Column("path", sa.LargeBinary(), nullable=False),
        sa.Column("lead", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("case_id", "track_id", name=op.f("pk_observation")),
        postgresql_partition_by="LIST (case_id)",
    )
    op.create_table(
        "purpose",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("assessment", sa.Text(), nullable=False),
        sa.Column("assessed_on", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("enabled_by", sa.Text(), nullable=False),
        sa.Column("enabled_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("disabled_by", sa.Text(), nullable=True),
        sa.Column("disabled_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_purpose")),
    )
    op.create_table(
        "run",
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("mode", sa.Text(), nullable=False),
        sa.Column("looks", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("pack", sa.Text(), nullable=False),
        sa.Column("templates", sa.Boolean(), nullable=False),
        sa.Column("settings", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("signature", sa.Text(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("case_id", "id", name=op.f("pk_run")),
        sa.UniqueConstraint("case_id", "signature", name=op.f("uq_run_case_id_signature")),
        postgresql_partition_by="LIST (case_id)",
    )
    op.create_table(
        "shot",
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.Column("unit_id", sa.Text(), nullable=False),
        sa.Column("continues", sa.Boolean(), nullable=False),
        sa.Column("medium_id", sa.Text(), nullable=False),
        sa.Column("stream", sa.Integer(), nullable=False),
        sa.Column("start", sa.Double(), nullable=False),
        sa.Column("end", sa.Double(), nullable=False),
        sa.Column("alias_of", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("case_id", "id", name=op.f("pk_shot")),
        postgresql_partition_by="LIST (case_id)",
    )
    op.create_index(
        op.f("ix_shot_case_id_alias_of"), "shot", ["case_id", "alias_of"], unique=False,
        postgresql_where=sa.text("alias_of is not null"),
    )
    op.create_index(op.f("ix_shot_case_id_unit_id"), "shot", ["case_id", "unit_id"], unique=False)
    op.create_table(
        "template",
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("track_id", sa.Text(), nullable=False),
        sa.Column("pack", sa.Text(), nullable=False),
        sa.Column("vector", sa.LargeBinary(), nullable=False),
        sa.Column("norm", sa.Double(), nullable=False),
        sa.Column("parts", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.PrimaryKeyConstraint("case_id", "track_id", "pack", name=op.f("pk_template")),
        postgresql_partition_by="LIST (case_id)",
    )
    op.create_table(
        "track",
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.Column("unit_id", sa.Text(), nullable=False),
        sa.Column("medium_id", sa.Text(), nullable=False),
        sa.Column("stream", sa.Integer(), nullable=False),
        sa.Column("page", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("class", sa.Text(), nullable=True),
        sa.Column("look", sa.Text(), nullable=False),
        sa.Column("shot_id", sa.Text(), nullable=False),
        sa.Column("start", sa.Double(), nullable=False),
        sa.Column("end", sa.Double(), nullable=False),
        sa.Column("observations", sa.Integer(), nullable=False),
        sa.Column("best", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("quality", sa.Double(), nullable=False),
        sa.Column("comparable", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("alias_of", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("case_id", "id", name=op.f("pk_track")),
        postgresql_partition_by="LIST (case_id)",
    )
    op.create_index(
        op.f("ix_track_case_id_alias_of"), "track", ["case_id", "alias_of"], unique=False,
        postgresql_where=sa.text("alias_of is not null"),
    )
    op.create_index(op.f("ix_track_case_id_medium_id_start_id"), "track", ["case_id", "medium_id", "start", "id"], unique=False)
    op.create_index(op.f("ix_track_case_id_shot_id"), "track", ["case_id", "shot_id"], unique=False)
    op.create_index(op.f("ix_track_case_id_unit_id"), "track", ["case_id", "unit_id"], unique=False)
    op.create_index(
        "ix_track_counted", "track", ["case_id", "run_id", "medium_id", "kind"], unique=False,
        postgresql_where=sa.text("alias_of is null"),
    )
    op.create_table(
        "audit_chain",
        sa.Column("position", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("audit_id", sa.BigInteger(), nullable=False),
        sa.Column("head", sa.LargeBinary(), nullable=False),
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("case_position", sa.BigInteger(), nullable=False),
        sa.Column("case_head", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["audit_id"], ["audit.id"], name=op.f("fk_audit_chain_audit_id")),
        sa.PrimaryKeyConstraint("position", name=op.f("pk_audit_chain")),
        sa.UniqueConstraint("audit_id", name=op.f("uq_audit_chain_audit_id")),
        sa.UniqueConstraint("case_id", "case_position", name=op.f("uq_audit_chain_case_id_case_position")),
    )
    op.create_table(
        "audit_waiting",
        sa.Column("audit_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(["audit_id"], ["audit.id"], name=op.f("fk_audit_waiting_audit_id")),
        sa.PrimaryKeyConstraint("audit_id", name=op.f("pk_audit_waiting")),
    )
    op.create_table(
        "clock_anchor",
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("camera_id", sa.Text(), nullable=False),
        sa.Column("medium_id", sa.Text(), nullable=True),
        sa.Column("t", sa.Double(), nullable=False),
        sa.Column("shows", sa.Text(), nullable=False),
        sa.Column("zone", sa.Text(), nullable=False),
        sa.Column("true_time", sa.DateTime(timezone=True), nullable=True),
        sa.Column("uncertainty_s", sa.Double(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id", "camera_id"], ["camera.case_id", "camera.id"], name=op.f("fk_clock_anchor_case_id_camera_id")
        ),
        sa.PrimaryKeyConstraint("case_id", "id", name=op.f("pk_clock_anchor")),
        postgresql_partition_by="LIST (case_id)",
    )
    op.create_table(
        "hold",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("placed_by", sa.Text(), nullable=False),
        sa.Column("placed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lifted_by", sa.Text(), nullable=True),
        sa.Column("lifted_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_hold_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hold")),
    )
    op.create_table(
        "intake",
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("exhibit_id", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("assurance", sa.Text(), nullable=False),
        sa.Column("host", sa.Text(), nullable=False),
        sa.Column("source", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id", "exhibit_id"], ["exhibit.case_id", "exhibit.id"], name=op.f("fk_intake_case_id_exhibit_id")
        ),
        sa.PrimaryKeyConstraint("case_id", "id", name=op.f("pk_intake")),
        postgresql_partition_by="LIST (case_id)",
    )
    op.create_table(
        "occurrence",
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("exhibit_id", sa.Text(), nullable=False),
        sa.Column("intake_id", sa.Text(), nullable=False),
        sa.Column("path", sa.LargeBinary(), nullable=False),
        sa.Column("location", sa.LargeBinary(), nullable=False),
        sa.Column("member_of", sa.Text(), nullable=True),
        sa.Column("member", sa.Integer(), nullable=True),
        sa.Column("bytes", sa.BigInteger(), nullable=True),
        sa.Column("modified_ns", sa.BigInteger(), nullable=True),
        sa.Column("medium_id", sa.Text(), nullable=True),
        sa.Column("original", sa.Boolean(), nullable=False),
        sa.Column("camera_id", sa.Text(), nullable=True),
        sa.Column("state", sa.Text(), nullable=True),
        sa.Column("code", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("stated", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id", "exhibit_id"], ["exhibit.case_id", "exhibit.id"], name=op.f("fk_occurrence_case_id_exhibit_id")
        ),
        sa.ForeignKeyConstraint(
            ["case_id", "medium_id"], ["medium.case_id", "medium.id"], name=op.f("fk_occurrence_case_id_medium_id")
        ),
        sa.PrimaryKeyConstraint("case_id", "id", name=op.f("pk_occurrence")),
        postgresql_partition_by="LIST (case_id)",
    )
    op.create_index(
        "uq_occurrence_place", "occurrence",
        ["case_id", "exhibit_id", sa.text("sha256(location)"), sa.text("sha256(path)")], unique=True,
    )
    op.create_index(
        "ix_occurrence_listed", "occurrence", ["case_id", "exhibit_id", sa.text("substring(path, 1, 1000)"), "id"], unique=False
    )
    op.create_index(op.f("ix_occurrence_case_id_medium_id"), "occurrence", ["case_id", "medium_id"], unique=False)
    op.create_index(
        op.f("ix_occurrence_case_id_member_of_member"), "occurrence", ["case_id", "member_of", "member"], unique=False,
        postgresql_where=sa.text("member_of is not null"),
    )
    op.create_table(
        "unit",
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.Column("medium_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("stream", sa.Integer(), nullable=False),
        sa.Column("start", sa.Double(), nullable=False),
        sa.Column("end", sa.Double(), nullable=False),
        sa.Column("plan", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("claim", sa.BigInteger(), nullable=True),
        sa.Column("code", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("coverage", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.CheckConstraint("state in ('waiting', 'running', 'done', 'failed', 'split')", name=op.f("ck_unit_state")),
        sa.ForeignKeyConstraint(
            ["case_id", "medium_id"], ["medium.case_id", "medium.id"], name=op.f("fk_unit_case_id_medium_id")
        ),
        sa.ForeignKeyConstraint(["case_id", "run_id"], ["run.case_id", "run.id"], name=op.f("fk_unit_case_id_run_id")),
        sa.PrimaryKeyConstraint("case_id", "id", name=op.f("pk_unit")),
        postgresql_partition_by="LIST (case_id)",
    )
    op.create_index(op.f("ix_unit_case_id_medium_id_run_id"), "unit", ["case_id", "medium_id", "run_id"], unique=False)
    op.create_index(
        op.f("ix_unit_case_id_run_id_state_start_id"), "unit", ["case_id", "run_id", "state", "start", "id"], unique=False
    )
