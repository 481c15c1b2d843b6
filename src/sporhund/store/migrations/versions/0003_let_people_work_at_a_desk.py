"""Let people work at a desk."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "item",
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("medium_id", sa.Text(), nullable=False),
        sa.Column("changed", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("exhibit_id", sa.Text(), nullable=True),
        sa.Column("folder", sa.Text(), nullable=False),
        sa.Column("camera_id", sa.Text(), nullable=True),
        sa.Column("copies", sa.Integer(), nullable=False),
        sa.Column("at", sa.Double(), nullable=True),
        sa.Column("until", sa.Double(), nullable=True),
        sa.Column("zoned", sa.Boolean(), nullable=False),
        sa.Column("uncertainty_s", sa.Double(), nullable=False),
        sa.Column("origin", sa.Text(), nullable=True),
        sa.Column("start", sa.Double(), nullable=False),
        sa.Column("duration", sa.Double(), nullable=False),
        sa.Column("unread_s", sa.Double(), nullable=False),
        sa.Column("latitude", sa.Double(), nullable=True),
        sa.Column("longitude", sa.Double(), nullable=True),
        sa.Column("faces", sa.Integer(), nullable=False),
        sa.Column("persons", sa.Integer(), nullable=False),
        sa.Column("vehicles", sa.Integer(), nullable=False),
        sa.Column("objects", sa.Integer(), nullable=False),
        sa.Column("motions", sa.Integer(), nullable=False),
        sa.Column("unrecognised", sa.Integer(), nullable=False),
        sa.Column("face_px", sa.Double(), nullable=False),
        sa.Column("colours", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.PrimaryKeyConstraint("case_id", "medium_id", name=op.f("pk_item")),
        postgresql_partition_by="LIST (case_id)",
    )
    op.create_index(op.f("ix_item_case_id_changed"), "item", ["case_id", "changed"], unique=False)
    op.create_index(
        "ix_item_placed", "item", ["case_id", "camera_id"], unique=False,
        postgresql_where=sa.text("camera_id is not null and latitude is not null"),
    )
    op.create_table(
        "mark",
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("act", sa.Text(), nullable=False),
        sa.Column("thing", sa.Text(), nullable=False),
        sa.Column("medium_id", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("changed", sa.BigInteger(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("undone_by", sa.Text(), nullable=True),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("case_id", "id", name=op.f("pk_mark")),
        postgresql_partition_by="LIST (case_id)",
    )
    op.create_index(op.f("ix_mark_case_id_act"), "mark", ["case_id", "act"], unique=False)
    op.create_index(op.f("ix_mark_case_id_by_at"), "mark", ["case_id", "by", "at"], unique=False)
    op.create_index(op.f("ix_mark_case_id_changed"), "mark", ["case_id", "changed"], unique=False)
    op.create_index(op.f("ix_mark_case_id_thing"), "mark", ["case_id", "thing"], unique=False)
    op.create_index(
        "ix_mark_later", "mark", ["case_id", "by", "at"], unique=False,
        postgresql_where=sa.text("value = 'later' and undone_at is null"),
    )
    op.create_table(
        "reservation",
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("medium_id", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("case_id", "medium_id", name=op.f("pk_reservation")),
        postgresql_partition_by="LIST (case_id)",
    )
    op.create_index(op.f("ix_reservation_case_id_by"), "reservation", ["case_id", "by"], unique=False)
    op.create_table(
        "seen",
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("thing", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("medium_id", sa.Text(), nullable=False),
        sa.Column("changed", sa.BigInteger(), nullable=False),
        sa.Column("first_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("spans", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("seconds", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("case_id", "thing", "by", name=op.f("pk_seen")),
        postgresql_partition_by="LIST (case_id)",
    )
    op.create_index(op.f("ix_seen_case_id_by_changed"), "seen", ["case_id", "by", "changed"], unique=False)
    op.create_table(
        "standing",
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("value", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("case_id", "name", name=op.f("pk_standing")),
        postgresql_partition_by="LIST (case_id)",
    )
    op.create_table(
        "upload",
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("batch", sa.Text(), nullable=False),
        sa.Column("name", sa.LargeBinary(), nullable=False),
        sa.Column("bytes", sa.BigInteger(), nullable=False),
        sa.Column("received", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.LargeBinary(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("state in ('receiving', 'whole', 'broken')", name=op.f("ck_upload_state")),
        sa.PrimaryKeyConstraint("case_id", "id", name=op.f("pk_upload")),
        postgresql_partition_by="LIST (case_id)",
    )
    op.create_index(op.f("ix_upload_case_id_batch"), "upload", ["case_id", "batch"], unique=False)
    op.create_table(
        "work",
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("asked", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("wish", sa.Text(), nullable=True),
        sa.Column("claim", sa.BigInteger(), nullable=True),
        sa.Column("place", sa.Double(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("actor", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("progress", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("outcome", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("code", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "state in ('waiting', 'running', 'paused', 'cancelled', 'done', 'failed')", name=op.f("ck_work_state")
        ),
        sa.CheckConstraint("wish in ('pause', 'cancel')", name=op.f("ck_work_wish")),
        sa.PrimaryKeyConstraint("case_id", "id", name=op.f("pk_work")),
        postgresql_partition_by="LIST (case_id)",
    )
    op.create_index(op.f("ix_work_case_id_state_place"), "work", ["case_id", "state", "place"], unique=False)
    op.create_table(
        "exposure",
        sa.Column("user_id", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("seen_s", sa.Double(), nullable=False),
        sa.Column("clear_s", sa.Double(), nullable=False),
        sa.Column("media", sa.Integer(), nullable=False),
        sa.Column("counted_to", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_exposure_case_id")),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_exposure_user_id")),
        sa.PrimaryKeyConstraint("user_id", "day", "case_id", name=op.f("pk_exposure")),
    )
    op.create_index(op.f("ix_exposure_case_id_day"), "exposure", ["case_id", "day"], unique=False)
    op.create_table(
        "preference",
        sa.Column("user_id", sa.Text(), nullable=False),
        sa.Column("choices", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_preference_user_id")),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_preference")),
    )
    op.create_table(
        "securing",
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("camera_id", sa.Text(), nullable=False),
        sa.Column("track_id", sa.Text(), nullable=True),
        sa.Column("wanted_from", sa.Text(), nullable=False),
        sa.Column("wanted_to", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_by", sa.Text(), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["case_id", "camera_id"], ["camera.case_id", "camera.id"], name=op.f("fk_securing_case_id_camera_id")
        ),
        sa.PrimaryKeyConstraint("case_id", "id", name=op.f("pk_securing")),
        postgresql_partition_by="LIST (case_id)",
    )
    op.create_index(op.f("ix_audit_action_id"), "audit", ["action", "id"], unique=False)
    op.create_index(op.f("ix_audit_actor_id"), "audit", ["actor", "id"], unique=False)
    op.create_index(op.f("ix_audit_case_id_id"), "audit", ["case_id", "id"], unique=False)
    op.create_index(op.f("ix_audit_at"), "audit", ["at"], unique=False)
    op.create_index(op.f("ix_search_by"), "search", ["by"], unique=False)
    op.create_index(op.f("ix_score_view_by"), "score_view", ["by"], unique=False)
    op.create_index(
        "ix_audit_not_done", "audit", ["outcome", "id"], unique=False, postgresql_where=sa.text("outcome <> 'done'")
    )
    op.create_index(
        op.f("ix_occurrence_case_id_camera_id"), "occurrence", ["case_id", "camera_id"], unique=False,
        postgresql_where=sa.text("camera_id is not null"),
    )
    op.create_index(
        "ix_occurrence_named", "occurrence", ["case_id", sa.text(
            "left(lower(regexp_replace(encode(path, 'escape'), '^.*(/|\\\\000)', '') collate \"C\"), 1000)")], unique=False,
    )
    op.create_index(
        "ix_medium_trouble",
        "medium",
        ["case_id", "state"],
        unique=False,
        postgresql_where=sa.text("state in ('partly', 'failed')"),
    )
    op.create_index(
        "ix_occurrence_trouble",
        "occurrence",
        ["case_id", "state"],
        unique=False,
        postgresql_where=sa.text("state is not null"),
    )
    op.add_column("camera", sa.Column("asked_on", sa.Date(), nullable=True))
    op.add_column("camera", sa.Column("received_on", sa.Date(), nullable=True))
