"""Let people decide who is on the pictures."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "age_statement",
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("track_id", sa.Text(), nullable=False),
        sa.Column("child", sa.Boolean(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("case_id", "id", name=op.f("pk_age_statement")),
        postgresql_partition_by="LIST (case_id)",
    )
    op.create_index(op.f("ix_age_statement_case_id_track_id"), "age_statement", ["case_id", "track_id"], unique=False)
    op.create_table(
        "basis",
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("offence", sa.Text(), nullable=False),
        sa.Column("journal", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("necessity", sa.Text(), nullable=False),
        sa.Column("proportionality", sa.Text(), nullable=False),
        sa.Column("scope", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("valid_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("valid_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("granted_by", sa.Text(), nullable=False),
        sa.Column("policy", sa.Text(), nullable=False),
        sa.Column("authorisation", sa.Text(), nullable=False),
        sa.Column("authorise_before", sa.DateTime(timezone=True), nullable=True),
        sa.Column("continues", sa.Text(), nullable=True),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("assurance", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by", sa.Text(), nullable=True),
        sa.Column("ended_why", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "authorisation in ('none', 'requested', 'granted', 'refused')", name=op.f("ck_basis_authorisation")
        ),
        sa.PrimaryKeyConstraint("case_id", "id", name=op.f("pk_basis")),
        postgresql_partition_by="LIST (case_id)",
    )
    op.create_table(
        "cluster",
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("pack", sa.Text(), nullable=False),
        sa.Column("born_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("merged_into", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("case_id", "id", name=op.f("pk_cluster")),
        postgresql_partition_by="LIST (case_id)",
    )
    op.create_table(
        "cluster_member",
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("track_id", sa.Text(), nullable=False),
        sa.Column("pack", sa.Text(), nullable=False),
        sa.Column("cluster_id", sa.Text(), nullable=True),
        sa.Column("why", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.PrimaryKeyConstraint("case_id", "track_id", "pack", name=op.f("pk_cluster_member")),
        postgresql_partition_by="LIST (case_id)",
    )
    op.create_index(
        op.f("ix_cluster_member_case_id_cluster_id"), "cluster_member", ["case_id", "cluster_id"], unique=False
    )
    op.create_table(
        "constraint",
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("verb", sa.Text(), nullable=False),
        sa.Column("because", sa.Text(), nullable=True),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("undone_by", sa.Text(), nullable=True),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("kind in ('same', 'not-same')", name=op.f("ck_constraint_kind")),
        sa.PrimaryKeyConstraint("case_id", "id", name=op.f("pk_constraint")),
        postgresql_partition_by="LIST (case_id)",
    )
    op.create_table(
        "deletion",
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("basis_id", sa.Text(), nullable=True),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided", sa.Text(), nullable=True),
        sa.Column("decided_by", sa.Text(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_why", sa.Text(), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("case_id", "id", name=op.f("pk_deletion")),
        postgresql_partition_by="LIST (case_id)",
    )
    op.create_table(
        "ground",
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("authority", sa.Text(), nullable=False),
        sa.Column("officer", sa.Text(), nullable=False),
        sa.Column("dated", sa.Date(), nullable=False),
        sa.Column("tracks", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("case_id", "id", name=op.f("pk_ground")),
        postgresql_partition_by="LIST (case_id)",
    )
    op.create_table(
        "known_hit",
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("known_case", sa.Text(), nullable=False),
        sa.Column("known_id", sa.Text(), nullable=False),
        sa.Column("track_id", sa.Text(), nullable=False),
        sa.Column("score", sa.Double(), nullable=False),
        sa.Column("chance", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("chance_reason", sa.Text(), nullable=True),
        sa.Column("warnings", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("case_id", "id", name=op.f("pk_known_hit")),
        sa.UniqueConstraint("case_id", "known_id", "track_id", name=op.f("uq_known_hit_case_id_known_id_track_id")),
        postgresql_partition_by="LIST (case_id)",
    )
    op.create_table(
        "subject",
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("case_id", "id", name=op.f("pk_subject")),
        sa.UniqueConstraint("case_id", "label", name=op.f("uq_subject_case_id_label")),
        postgresql_partition_by="LIST (case_id)",
    )
    op.create_table(
        "user_account",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("full_name", sa.Text(), nullable=False),
        sa.Column("password", sa.Text(), nullable=False),
        sa.Column("roles", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("district", sa.Text(), nullable=True),
        sa.Column("created_by", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("disabled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("locked_until", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user_account")),
        sa.UniqueConstraint("name", name=op.f("uq_user_account_name")),
    )
    op.create_table(
        "account_act",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Text(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_account_act_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account_act")),
    )
    op.create_index(op.f("ix_account_act_by"), "account_act", ["by"], unique=False)
    op.create_index(op.f("ix_account_act_user_id"), "account_act", ["user_id"], unique=False)
    op.create_table(
        "authorisation",
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("basis_id", sa.Text(), nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("authority", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id", "basis_id"], ["basis.case_id", "basis.id"], name=op.f("fk_authorisation_case_id_basis_id")
        ),
        sa.PrimaryKeyConstraint("case_id", "id", name=op.f("pk_authorisation")),
        postgresql_partition_by="LIST (case_id)",
    )
    op.create_table(
        "constraint_track",
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("constraint_id", sa.Text(), nullable=False),
        sa.Column("side", sa.Integer(), nullable=False),
        sa.Column("track_id", sa.Text(), nullable=False),
        sa.Column("anchor", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id", "constraint_id"],
            ["constraint.case_id", "constraint.id"],
            name=op.f("fk_constraint_track_case_id_constraint_id"),
        ),
        sa.PrimaryKeyConstraint("case_id", "constraint_id", "side", "track_id", name=op.f("pk_constraint_track")),
        postgresql_partition_by="LIST (case_id)",
    )
    op.create_index(
        op.f("ix_constraint_track_case_id_track_id"), "constraint_track", ["case_id", "track_id"], unique=False
    )
    op.create_table(
        "member",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Text(), nullable=False),
        sa.Column("added_by", sa.Text(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("removed_by", sa.Text(), nullable=True),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_member_case_id")),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_member_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_member")),
    )
    op.create_index(op.f("ix_member_user_id"), "member", ["user_id"], unique=False)
    op.create_index(
        "uq_member_now", "member", ["case_id", "user_id"], unique=True, postgresql_where=sa.text("removed_at is null")
    )
    op.create_table(
        "search",
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("basis_id", sa.Text(), nullable=False),
        sa.Column("pack", sa.Text(), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("gallery", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("settings", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("outcome in ('done', 'unsuitable', 'refused')", name=op.f("ck_search_outcome")),
        sa.ForeignKeyConstraint(
            ["case_id", "basis_id"], ["basis.case_id", "basis.id"], name=op.f("fk_search_case_id_basis_id")
        ),
        sa.PrimaryKeyConstraint("case_id", "id", name=op.f("pk_search")),
        postgresql_partition_by="LIST (case_id)",
    )
    op.create_table(
        "session",
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("user_id", sa.Text(), nullable=False),
        sa.Column("host", sa.Text(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_session_user_id")),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_session")),
    )
    op.create_index(op.f("ix_session_user_id"), "session", ["user_id"], unique=False)
    op.create_table(
        "subject_track",
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Text(), nullable=False),
        sa.Column("track_id", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("removed_by", sa.Text(), nullable=True),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["case_id", "subject_id"],
            ["subject.case_id", "subject.id"],
            name=op.f("fk_subject_track_case_id_subject_id"),
        ),
        sa.PrimaryKeyConstraint("case_id", "id", name=op.f("pk_subject_track")),
        postgresql_partition_by="LIST (case_id)",
    )
    op.create_index(
        op.f("ix_subject_track_case_id_subject_id"), "subject_track", ["case_id", "subject_id"], unique=False
    )
    op.create_table(
        "candidate",
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("search_id", sa.Text(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("track_case", sa.Text(), nullable=False),
        sa.Column("track_id", sa.Text(), nullable=False),
        sa.Column("medium_id", sa.Text(), nullable=False),
        sa.Column("t", sa.Double(), nullable=False),
        sa.Column("box", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("score", sa.Double(), nullable=False),
        sa.Column("chance", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("chance_reason", sa.Text(), nullable=True),
        sa.Column("cluster_id", sa.Text(), nullable=True),
        sa.Column("also", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("warnings", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id", "search_id"], ["search.case_id", "search.id"], name=op.f("fk_candidate_case_id_search_id")
        ),
        sa.PrimaryKeyConstraint("case_id", "id", name=op.f("pk_candidate")),
        postgresql_partition_by="LIST (case_id)",
    )
    op.create_index(
        op.f("ix_candidate_case_id_search_id_rank"), "candidate", ["case_id", "search_id", "rank"], unique=False
    )
    op.create_index(op.f("ix_candidate_track_case"), "candidate", ["track_case"], unique=False)
    op.create_table(
        "probe",
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("search_id", sa.Text(), nullable=False),
        sa.Column("path", sa.LargeBinary(), nullable=False),
        sa.Column("sha256", sa.LargeBinary(), nullable=False),
        sa.Column("picture", sa.LargeBinary(), nullable=False),
        sa.Column("shot", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("vector", sa.LargeBinary(), nullable=True),
        sa.Column("norm", sa.Double(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["case_id", "search_id"], ["search.case_id", "search.id"], name=op.f("fk_probe_case_id_search_id")
        ),
        sa.PrimaryKeyConstraint("case_id", "id", name=op.f("pk_probe")),
        postgresql_partition_by="LIST (case_id)",
    )
    op.create_index(op.f("ix_probe_case_id_search_id"), "probe", ["case_id", "search_id"], unique=False)
    op.create_index(op.f("ix_probe_sha256"), "probe", ["sha256"], unique=False)
    op.create_table(
        "score_view",
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("search_id", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("act", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id", "search_id"], ["search.case_id", "search.id"], name=op.f("fk_score_view_case_id_search_id")
        ),
        sa.PrimaryKeyConstraint("case_id", "search_id", "by", name=op.f("pk_score_view")),
        postgresql_partition_by="LIST (case_id)",
    )
    op.create_table(
        "decision",
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("candidate_id", sa.Text(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("examiner", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("meaning", sa.Text(), nullable=False),
        sa.Column("scale", sa.Text(), nullable=False),
        sa.Column("checklist", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "meaning in ('same', 'not-same', 'inconclusive', 'unsuitable')", name=op.f("ck_decision_meaning")
        ),
        sa.CheckConstraint("place in (1, 2, 3)", name=op.f("ck_decision_place")),
        sa.ForeignKeyConstraint(
            ["case_id", "candidate_id"],
            ["candidate.case_id", "candidate.id"],
            name=op.f("fk_decision_case_id_candidate_id"),
        ),
        sa.PrimaryKeyConstraint("case_id", "id", name=op.f("pk_decision")),
        sa.UniqueConstraint(
            "case_id", "candidate_id", "examiner", name=op.f("uq_decision_case_id_candidate_id_examiner")
        ),
        sa.UniqueConstraint("case_id", "candidate_id", "place", name=op.f("uq_decision_case_id_candidate_id_place")),
        postgresql_partition_by="LIST (case_id)",
    )
    op.create_table(
        "link",
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("candidate_id", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id", "candidate_id"],
            ["candidate.case_id", "candidate.id"],
            name=op.f("fk_link_case_id_candidate_id"),
        ),
        sa.PrimaryKeyConstraint("case_id", "id", name=op.f("pk_link")),
        sa.UniqueConstraint("case_id", "candidate_id", name=op.f("uq_link_case_id_candidate_id")),
        postgresql_partition_by="LIST (case_id)",
    )
    op.create_table(
        "identity",
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("link_id", sa.Text(), nullable=True),
        sa.Column("ground_id", sa.Text(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("stage", sa.Text(), nullable=True),
        sa.Column("stage_date", sa.Date(), nullable=True),
        sa.Column("certainty", sa.Text(), nullable=False),
        sa.Column("basis_id", sa.Text(), nullable=False),
        sa.Column("entered_by", sa.Text(), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_by", sa.Text(), nullable=True),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_by", sa.Text(), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_why", sa.Text(), nullable=True),
        sa.CheckConstraint("(link_id is null) <> (ground_id is null)", name=op.f("ck_identity_stands_on_one")),
        sa.CheckConstraint("confirmed_by <> entered_by", name=op.f("ck_identity_two_people")),
        sa.ForeignKeyConstraint(
            ["case_id", "basis_id"], ["basis.case_id", "basis.id"], name=op.f("fk_identity_case_id_basis_id")
        ),
        sa.ForeignKeyConstraint(
            ["case_id", "ground_id"], ["ground.case_id", "ground.id"], name=op.f("fk_identity_case_id_ground_id")
        ),
        sa.ForeignKeyConstraint(
            ["case_id", "link_id"], ["link.case_id", "link.id"], name=op.f("fk_identity_case_id_link_id")
        ),
        sa.PrimaryKeyConstraint("case_id", "id", name=op.f("pk_identity")),
        postgresql_partition_by="LIST (case_id)",
    )
    op.create_table(
        "known_person",
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("link_id", sa.Text(), nullable=True),
        sa.Column("basis_id", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("removed_by", sa.Text(), nullable=True),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["case_id", "basis_id"], ["basis.case_id", "basis.id"], name=op.f("fk_known_person_case_id_basis_id")
        ),
        sa.ForeignKeyConstraint(
            ["case_id", "link_id"], ["link.case_id", "link.id"], name=op.f("fk_known_person_case_id_link_id")
        ),
        sa.PrimaryKeyConstraint("case_id", "id", name=op.f("pk_known_person")),
        postgresql_partition_by="LIST (case_id)",
    )
    op.create_table(
        "known_template",
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("known_id", sa.Text(), nullable=False),
        sa.Column("pack", sa.Text(), nullable=False),
        sa.Column("vector", sa.LargeBinary(), nullable=False),
        sa.Column("shot", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id", "known_id"],
            ["known_person.case_id", "known_person.id"],
            name=op.f("fk_known_template_case_id_known_id"),
        ),
        sa.PrimaryKeyConstraint("case_id", "id", name=op.f("pk_known_template")),
        postgresql_partition_by="LIST (case_id)",
    )
    op.create_index(op.f("ix_known_template_case_id_pack"), "known_template", ["case_id", "pack"], unique=False)
    op.create_table(
        "gallery_change",
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("made", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("case_id", "id", name=op.f("pk_gallery_change")),
        postgresql_partition_by="LIST (case_id)",
    )
    op.add_column("track", sa.Column("colours", postgresql.JSONB(astext_type=sa.Text()), nullable=True))
    op.create_index(
        "ix_track_unfit",
        "track",
        ["case_id", "run_id", "medium_id"],
        unique=False,
        postgresql_where=sa.text("kind = 'face' and alias_of is null and not comparable"),
    )
