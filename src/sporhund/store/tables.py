"""The whole schema. Tables that hold a case's content are partitioned by case, so that a case can be dropped whole.

After a change here write its migration: `python -m sporhund.store.revise "What is new"`; a test compares the two.
"""
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    Double,
    ForeignKey,
    ForeignKeyConstraint,
    Identity,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

metadata = MetaData(naming_convention={
    "pk": "pk_%(table_name)s", "fk": "fk_%(table_name)s_%(column_0_N_name)s", "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s", "ck": "ck_%(table_name)s_%(constraint_name)s",
})

NAMED = "left(lower(regexp_replace(encode(path, 'escape'), '^.*(/|\\\\000)', '') collate \"C\"), 1000)"
"""The name of an occurrence's file, for finding it by its beginning: bytes beyond ASCII as `\\ooo`, ASCII in small letters."""

CONTENT: list[str] = []
"""Names of the tables partitioned by case, in the order in which they depend on each other."""


def _moment(name: str, **options: Any) -> Column[Any]:
    return Column(name, DateTime(timezone=True), **options)


def _content(name: str, *columns: Any, key: tuple[str, ...] = ("id",)) -> Table:
    """A table of case content: partitioned by `case_id`, which leads its key."""
    CONTENT.append(name)
    return Table(
        name, metadata, Column("case_id", Text, nullable=False), *columns,
        PrimaryKeyConstraint("case_id", *key), postgresql_partition_by="LIST (case_id)",
    )


case = Table(
    "case", metadata,
    Column("id", Text, primary_key=True),
    Column("name", Text, nullable=False, unique=True),       # what people type: the J number
    Column("title", Text, nullable=False),
    Column("purpose", Text, nullable=False),
    Column("unit", Text, nullable=False),                     # of the force
    Column("ends", Date),                                     # when keeping it must be reviewed
    _moment("created_at", nullable=False),
    Column("created_by", Text, nullable=False),
    Column("state", Text, nullable=False),
    CheckConstraint("state in ('open', 'erased')", name="state"),
)

hold = Table(
    "hold", metadata,                                         # a charge, trial or appeal: nothing may be deleted
    Column("id", Text, primary_key=True),
    Column("case_id", Text, ForeignKey("case.id"), nullable=False),
    Column("reason", Text, nullable=False),
    Column("placed_by", Text, nullable=False),
    _moment("placed_at", nullable=False),
    Column("lifted_by", Text),
    _moment("lifted_at"),
)

purpose = Table(
    "purpose", metadata,                                      # switched on for a unit; a row is never changed but ended
    Column("id", Text, primary_key=True),
    Column("unit", Text, nullable=False),
    Column("purpose", Text, nullable=False),
    Column("assessment", Text, nullable=False),               # the impact assessment's id
    Column("assessed_on", Date, nullable=False),
    Column("until", Date),
    Column("enabled_by", Text, nullable=False),
    _moment("enabled_at", nullable=False),
    Column("disabled_by", Text),
    _moment("disabled_at"),
)

user_account = Table(
    "user_account", metadata,
    Column("id", Text, primary_key=True),
    Column("name", Text, nullable=False, unique=True),        # what is typed to sign in
    Column("full_name", Text, nullable=False),
    Column("password", Text, nullable=False),                 # Argon2id, with its parameters and salt
    Column("roles", JSONB, nullable=False),                   # list of access.model.Role values
    Column("unit", Text, nullable=False),
    Column("district", Text),
    Column("created_by", Text),                               # user_account.id; None: the first one, made on the machine itself
    _moment("created_at", nullable=False),
    _moment("disabled_at"),
    Column("failures", Integer, nullable=False),              # wrong passwords in a row
    _moment("locked_until"),
)

account_act = Table(
    "account_act", metadata,                                  # who administered an account: nobody decides twice through one
    Column("id", Text, primary_key=True),
    Column("user_id", Text, ForeignKey("user_account.id"), nullable=False),
    Column("what", Text, nullable=False),                     # created | password | roles | disabled | enabled
    Column("by", Text),                                       # user_account.id; None: on the machine itself
    _moment("at", nullable=False),
    Index(None, "user_id"),
    Index(None, "by"),
)

session = Table(
    "session", metadata,
    Column("digest", LargeBinary, primary_key=True),          # SHA-256 of the token; the token itself is kept nowhere here
    Column("user_id", Text, ForeignKey("user_account.id"), nullable=False),
    Column("host", Text, nullable=False),
    _moment("started_at", nullable=False),
    _moment("seen_at", nullable=False),
    _moment("ended_at"),
    Index(None, "user_id"),
)

member = Table(
    "member", metadata,                                       # a case that has members is opened by them alone
    Column("id", Text, primary_key=True),
    Column("case_id", Text, ForeignKey("case.id"), nullable=False),
    Column("user_id", Text, ForeignKey("user_account.id"), nullable=False),
    Column("added_by", Text, nullable=False),
    _moment("added_at", nullable=False),
    Column("removed_by", Text),
    _moment("removed_at"),
    Index("uq_member_now", "case_id", "user_id", unique=True, postgresql_where=text("removed_at is null")),
    Index(None, "user_id"),
)

preference = Table(
    "preference", metadata,                                   # how a person wants the desk: language, theme, veil, keys, sizes
    Column("user_id", Text, ForeignKey("user_account.id"), primary_key=True),
    Column("choices", JSONB, nullable=False),                 # viewing.model.Choices
)

exposure = Table(
    "exposure", metadata,                                     # how much a person has looked at: measured to protect them
    Column("user_id", Text, ForeignKey("user_account.id"), nullable=False),
    Column("day", Date, nullable=False),                      # of the desk's time zone
    Column("case_id", Text, ForeignKey("case.id"), nullable=False),
    Column("seen_s", Double, nullable=False),                 # seconds before pictures, veiled or not
    Column("clear_s", Double, nullable=False),                # of them with the veil off
    Column("media", Integer, nullable=False),                 # media seen for the first time by this person
    _moment("counted_to", nullable=False),                    # no report of a browser counts for more than since then
    PrimaryKeyConstraint("user_id", "day", "case_id"),
    Index(None, "case_id", "day"),
)

audit = Table(
    "audit", metadata,                                        # append-only: role and trigger
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("event", Text, nullable=False, unique=True),
    Column("case_id", Text),                                  # None: not of one case
    _moment("at", nullable=False),
    Column("actor", Text, nullable=False),
    Column("action", Text, nullable=False),                   # "analyse", "track view", "export", ...
    Column("outcome", Text, nullable=False),                  # done | refused | failed
    Column("digest", LargeBinary, nullable=False),            # SHA-256(salt + canonical payload)
    Column("sealed", LargeBinary, nullable=False),            # salt and payload, encrypted with the case's key
    Column("key_id", Text, nullable=False),                   # which key file opens it
    CheckConstraint("outcome in ('done', 'refused', 'failed')", name="outcome"),
    Index(None, "case_id", "id"),                             # the log of a case, of a person, of one kind of act: newest first
    Index(None, "actor", "id"),
    Index(None, "action", "id"),
    Index(None, "at"),
    Index("ix_audit_not_done", "outcome", "id", postgresql_where=text("outcome <> 'done'")),
)

audit_waiting = Table(
    "audit_waiting", metadata,                                # events that wait for the sequencer: found without a search
    Column("audit_id", BigInteger, ForeignKey("audit.id"), primary_key=True, autoincrement=False),
)

audit_chain = Table(
    "audit_chain", metadata,                                  # written by the sequencer alone, append-only
    Column("position", BigInteger, primary_key=True, autoincrement=False),  # 1, 2, 3, ... without a gap
    Column("audit_id", BigInteger, ForeignKey("audit.id"), nullable=False, unique=True),
    Column("head", LargeBinary, nullable=False),              # SHA-256(head before + row)
    Column("case_id", Text, nullable=False),                  # "": not of one case
    Column("case_position", BigInteger, nullable=False),      # 1, 2, 3, ... within the case
    Column("case_head", LargeBinary, nullable=False),
    UniqueConstraint("case_id", "case_position"),
)

exhibit = _content(
    "exhibit",                                                # Danish: koster
    Column("id", Text, nullable=False),
    Column("label", Text, nullable=False),                    # its number
    _moment("created_at", nullable=False),
    UniqueConstraint("case_id", "label"),
)

camera = _content(
    "camera",
    Column("id", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("place", Text),
    Column("owner", Text),
    Column("overwritten_on", Date),                           # after this day the recorder has lost it
    Column("files", Text),                                    # folder or name pattern, as in "cam3/*" below an exhibit
    Column("asked_on", Date),                                 # when its owner was asked for the recordings
    Column("received_on", Date),                              # when they came; files of it say so too
    UniqueConstraint("case_id", "name"),
)

clock_anchor = _content(
    "clock_anchor",                                           # "at t = 312.4 the picture shows 22:14:05"
    Column("id", Text, nullable=False),
    Column("camera_id", Text, nullable=False),
    Column("medium_id", Text),                                # None: of every medium of the camera
    Column("t", Double, nullable=False),                      # presentation time, seconds
    Column("shows", Text, nullable=False),                    # ISO 8601, as on the screen
    Column("zone", Text, nullable=False),                     # "unknown" unless stated
    Column("true_time", DateTime(timezone=True)),             # what a known clock said at that moment, if anybody looked
    Column("uncertainty_s", Double, nullable=False),
    Column("by", Text, nullable=False),
    ForeignKeyConstraint(["case_id", "camera_id"], ["camera.case_id", "camera.id"]),
)

intake = _content(
    "intake",                                                 # chain of custody: who took in what, when, from where
    Column("id", Text, nullable=False),
    Column("exhibit_id", Text, nullable=False),
    _moment("at", nullable=False),
    Column("by", Text, nullable=False),
    Column("assurance", Text, nullable=False),                # local | signed-in
    Column("host", Text, nullable=False),
    Column("source", LargeBinary, nullable=False),            # the path given, any bytes
    ForeignKeyConstraint(["case_id", "exhibit_id"], ["exhibit.case_id", "exhibit.id"]),
)

medium = _content(
    "medium",                                                 # one content, however often it occurs
    Column("id", Text, nullable=False),
    Column("sha256", LargeBinary, nullable=False),
    Column("sha1", LargeBinary, nullable=False),
    Column("md5", LargeBinary, nullable=False),
    Column("bytes", BigInteger, nullable=False),
    Column("kind", Text, nullable=False),                     # still | video | audio | archive | other | unknown
    Column("type", Text),
    Column("facts", JSONB),                                   # media.model.Facts; None until probed
    Column("state", Text, nullable=False),
    Column("code", Text),
    Column("reason", Text),
    Column("derived_from", Text),                             # the original that this is a conversion of
    UniqueConstraint("case_id", "sha256"),
    Index("ix_medium_trouble", "case_id", "state", postgresql_where=text("state in ('partly', 'failed')")),   # few
    CheckConstraint("state in ('waiting', 'analysed', 'partly', 'failed', 'skipped')", name="state"),
)

occurrence = _content(
    "occurrence",                                             # a path in an exhibit; what became of every file seen
    Column("id", Text, nullable=False),
    Column("exhibit_id", Text, nullable=False),
    Column("intake_id", Text, nullable=False),                # the intake that saw it first
    Column("path", LargeBinary, nullable=False),              # bytes, below the intake's source; members as archive\0member
    Column("location", LargeBinary, nullable=False),          # where the bytes are: absolute path of the file or archive
    Column("member_of", Text),                                # occurrence of the archive
    Column("member", Integer),                                # index in the archive
    Column("bytes", BigInteger),
    Column("modified_ns", BigInteger),                        # as the file system says
    Column("medium_id", Text),                                # None: never hashed (special file, unreadable, sparse)
    Column("original", Boolean, nullable=False),              # the first of its content in the case; others are duplicates
    Column("camera_id", Text),
    Column("state", Text),                                    # set only where there is no medium, or it changed while read
    Column("code", Text),
    Column("reason", Text),
    Column("stated", JSONB, nullable=False),                  # file-name and file-system times: list of media.model.Stated
    # By digest: an index entry holds some 2,700 bytes, and a location and a path may have 4,096 each.
    Index("uq_occurrence_place", "case_id", "exhibit_id", text("sha256(location)"), text("sha256(path)"), unique=True),
    ForeignKeyConstraint(["case_id", "exhibit_id"], ["exhibit.case_id", "exhibit.id"]),
    ForeignKeyConstraint(["case_id", "medium_id"], ["medium.case_id", "medium.id"]),
    Index(None, "case_id", "medium_id"),
    Index("ix_occurrence_listed", "case_id", "exhibit_id", text("substring(path, 1, 1000)"), "id"),  # the account, file by file
    Index(None, "case_id", "member_of", "member", postgresql_where=text("member_of is not null")),
    Index("ix_occurrence_trouble", "case_id", "state", postgresql_where=text("state is not null")),
    Index(None, "case_id", "camera_id", postgresql_where=text("camera_id is not null")),
    Index("ix_occurrence_named", "case_id", text(NAMED)),     # by the beginning of a file's name
)

run = _content(
    "run",                                                    # another mode or pack adds a run; it deletes none
    Column("id", Text, nullable=False),
    Column("mode", Text, nullable=False),
    Column("looks", JSONB, nullable=False),
    Column("pack", Text, nullable=False),
    Column("templates", Boolean, nullable=False),
    Column("settings", JSONB, nullable=False),                # code version, pack digests, runtime, precision, sandbox
    Column("signature", Text, nullable=False),                # digest of what makes findings comparable: same = resumed
    _moment("started_at", nullable=False),
    Column("by", Text, nullable=False),
    UniqueConstraint("case_id", "signature"),
)

unit = _content(
    "unit",
    Column("id", Text, nullable=False),
    Column("run_id", Text, nullable=False),
    Column("medium_id", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("stream", Integer, nullable=False),
    Column("start", Double, nullable=False),
    Column("end", Double, nullable=False),                    # infinity for the last span
    Column("plan", JSONB, nullable=False),                    # review.model.Unit
    Column("state", Text, nullable=False),                    # waiting | running | done | failed | split
    Column("attempts", Integer, nullable=False),              # counted before an attempt starts
    Column("claim", BigInteger),                              # advisory lock held by the process that works on it
    Column("code", Text),
    Column("reason", Text),
    Column("coverage", JSONB),
    ForeignKeyConstraint(["case_id", "run_id"], ["run.case_id", "run.id"]),
    ForeignKeyConstraint(["case_id", "medium_id"], ["medium.case_id", "medium.id"]),
    Index(None, "case_id", "medium_id", "run_id"),            # what became of these media, in any run or in one
    Index(None, "case_id", "run_id", "state", "start", "id"),  # the queue
    CheckConstraint("state in ('waiting', 'running', 'done', 'failed', 'split')", name="state"),
)

look = _content(
    "look",                                                   # per medium and look one run is current
    Column("run_id", Text, nullable=False),
    Column("medium_id", Text, nullable=False),
    Column("look", Text, nullable=False),
    Column("pack", Text, nullable=False),
    Column("state", Text, nullable=False),                    # found | nothing | failed | skipped | not-yet
    Column("reason", Text),
    Column("current", Boolean, nullable=False),
    Index(None, "case_id", "medium_id", "look"),              # the key leads with the run
    key=("run_id", "medium_id", "look"),
)

shot = _content(
    "shot",
    Column("id", Text, nullable=False),
    Column("run_id", Text, nullable=False),
    Column("unit_id", Text, nullable=False),
    Column("continues", Boolean, nullable=False),             # it began before its unit
    Column("medium_id", Text, nullable=False),
    Column("stream", Integer, nullable=False),
    Column("start", Double, nullable=False),
    Column("end", Double, nullable=False),
    Column("alias_of", Text),                                 # joined over the joint of two spans
    Index(None, "case_id", "unit_id"),
    Index(None, "case_id", "alias_of", postgresql_where=text("alias_of is not null")),
)

track = _content(
    "track",
    Column("id", Text, nullable=False),
    Column("run_id", Text, nullable=False),
    Column("unit_id", Text, nullable=False),
    Column("medium_id", Text, nullable=False),
    Column("stream", Integer, nullable=False),
    Column("page", Integer, nullable=False),
    Column("kind", Text, nullable=False),
    Column("class", Text),
    Column("look", Text, nullable=False),
    Column("shot_id", Text, nullable=False),
    Column("start", Double, nullable=False),
    Column("end", Double, nullable=False),
    Column("observations", Integer, nullable=False),
    Column("best", JSONB, nullable=False),                    # list of tracks.model.BestShot, best first
    Column("quality", Double, nullable=False),
    Column("comparable", Boolean, nullable=False),
    Column("reason", Text),
    Column("alias_of", Text),                                 # it went on over a joint: the other id is the one that counts
    Column("colours", JSONB),                                 # of clothing and vehicles: list of tracks.model.Colour
    Index(None, "case_id", "medium_id", "start", "id"),       # the list of tracks, page by page
    Index("ix_track_counted", "case_id", "run_id", "medium_id", "kind", postgresql_where=text("alias_of is null")),
    Index("ix_track_unfit", "case_id", "run_id", "medium_id",  # what a search says it does not answer for
          postgresql_where=text("kind = 'face' and alias_of is null and not comparable")),
    Index(None, "case_id", "unit_id"),                        # this one and the next two: joining over the joint of two spans
    Index(None, "case_id", "shot_id"),
    Index(None, "case_id", "alias_of", postgresql_where=text("alias_of is not null")),
)

observation = _content(
    "observation",                                            # one row a track: (n, 6) float64 t, x, y, w, h, score
    Column("track_id", Text, nullable=False),
    Column("path", LargeBinary, nullable=False),
    Column("lead", LargeBinary, nullable=False),              # the warm-up's last sightings, for stitching
    key=("track_id",),
)

template = _content(
    "template",
    Column("track_id", Text, nullable=False),
    Column("pack", Text, nullable=False),
    Column("vector", LargeBinary, nullable=False),            # float32 little endian, unit length
    Column("norm", Double, nullable=False),                   # raw norm, weighted mean over the shots
    Column("parts", JSONB, nullable=False),                   # the embeddings it is the mean of (t, norm, weight, base64)
    key=("track_id", "pack"),
)

gallery_change = _content(
    "gallery_change",                                         # templates, or which runs count, changed since the last matrix:
    Column("id", Text, nullable=False),                       # a row for every statement that did (guards); a matrix that is
    Column("made", Boolean, nullable=False),                  # made takes all away and leaves its own, whose id is its version
)

# ------------------------------------------------------------------ legal bases

basis = _content(
    "basis",                                                  # why faces may be clustered and searched; never changed but ended
    Column("id", Text, nullable=False),
    Column("purpose", Text, nullable=False),
    Column("offence", Text, nullable=False),                  # code of the dated list
    Column("journal", Text, nullable=False),                  # journal number
    Column("reason", Text, nullable=False),
    Column("necessity", Text, nullable=False),
    Column("proportionality", Text, nullable=False),
    Column("scope", JSONB, nullable=False),                   # access.model.Scope: cases, period, places, persons
    _moment("valid_from", nullable=False),
    _moment("valid_until", nullable=False),
    Column("granted_by", Text, nullable=False),               # who outside or above stands for it, in words
    Column("policy", Text, nullable=False),                   # "dk" | "eu" | the agency's own, with its digest
    Column("authorisation", Text, nullable=False),            # none | requested | granted | refused
    _moment("authorise_before"),                              # the policy's clock; after it an open request has lapsed
    Column("continues", Text),                                # the basis whose results it takes over
    Column("by", Text, nullable=False),                       # user id, or the local account's name
    Column("assurance", Text, nullable=False),
    _moment("at", nullable=False),
    _moment("ended_at"),
    Column("ended_by", Text),
    Column("ended_why", Text),
    CheckConstraint("authorisation in ('none', 'requested', 'granted', 'refused')", name="authorisation"),
)

authorisation = _content(
    "authorisation",                                          # each step: requested, granted, refused
    Column("id", Text, nullable=False),
    Column("basis_id", Text, nullable=False),
    Column("step", Text, nullable=False),
    Column("authority", Text, nullable=False),                # the court or prosecutor, in words
    Column("note", Text, nullable=False),
    Column("by", Text, nullable=False),
    _moment("at", nullable=False),
    ForeignKeyConstraint(["case_id", "basis_id"], ["basis.case_id", "basis.id"]),
)

# ------------------------------------------------------------------ clusters

cluster = _content(
    "cluster",                                                # tracks of probably one person: a proposal, never an identity
    Column("id", Text, nullable=False),
    Column("pack", Text, nullable=False),
    _moment("born_at", nullable=False),
    Column("merged_into", Text),                              # its tracks went there; its name still leads there
)

cluster_member = _content(
    "cluster_member",
    Column("track_id", Text, nullable=False),
    Column("pack", Text, nullable=False),
    Column("cluster_id", Text),                               # None: looked at, and alone
    Column("why", JSONB, nullable=False),                     # clusters.model.Why: nearest track, scores, who said so
    Index(None, "case_id", "cluster_id"),
    key=("track_id", "pack"),
)

constraint = _content(
    "constraint",                                             # a person's "same" or "not the same"; one act, undone as one
    Column("id", Text, nullable=False),
    Column("kind", Text, nullable=False),                     # same | not-same
    Column("verb", Text, nullable=False),                     # same | not-same | split | merge: the act, for undo and the log
    Column("because", Text),                                  # mirror | poster | screen | collage: one person twice in a frame
    Column("by", Text, nullable=False),
    _moment("at", nullable=False),
    Column("undone_by", Text),
    _moment("undone_at"),
    CheckConstraint("kind in ('same', 'not-same')", name="kind"),
)

constraint_track = _content(
    "constraint_track",                                       # same: all of both sides; not-same: each of one against the other
    Column("constraint_id", Text, nullable=False),
    Column("side", Integer, nullable=False),                  # 0 | 1
    Column("track_id", Text, nullable=False),
    Column("anchor", JSONB, nullable=False),                  # clusters.model.Anchor: where and when, to find it in another run
    ForeignKeyConstraint(["case_id", "constraint_id"], ["constraint.case_id", "constraint.id"]),
    Index(None, "case_id", "track_id"),
    key=("constraint_id", "side", "track_id"),
)

# ------------------------------------------------------------------ search

search = _content(
    "search",                                                 # asked under a basis; kept as it was seen
    Column("id", Text, nullable=False),
    Column("basis_id", Text, nullable=False),
    Column("pack", Text, nullable=False),
    Column("scope", Text, nullable=False),                    # case | all
    Column("outcome", Text, nullable=False),                  # done | unsuitable | refused
    Column("gallery", JSONB, nullable=False),                 # templates, people, version, cases
    Column("settings", JSONB, nullable=False),                # top, max_chance, version, pack digest, calibration digest
    Column("by", Text, nullable=False),                       # user id, or the local account's name
    _moment("at", nullable=False),
    _moment("deleted_at"),                                    # its candidates were deleted by a named decision; the row stays
    ForeignKeyConstraint(["case_id", "basis_id"], ["basis.case_id", "basis.id"]),
    Index(None, "by"),                                        # what somebody searched for, in any case
    CheckConstraint("outcome in ('done', 'unsuitable', 'refused')", name="outcome"),
)

probe = _content(
    "probe",                                                  # a picture that was searched with, kept
    Column("id", Text, nullable=False),
    Column("search_id", Text, nullable=False),
    Column("path", LargeBinary, nullable=False),
    Column("sha256", LargeBinary, nullable=False),
    Column("picture", LargeBinary, nullable=False),           # the bytes, sealed with the case's key
    Column("shot", JSONB),                                    # tracks.model.BestShot of the face that was chosen
    Column("vector", LargeBinary),                            # float32 little endian, unit length
    Column("norm", Double),
    Column("reason", Text),                                   # why it was not compared
    ForeignKeyConstraint(["case_id", "search_id"], ["search.case_id", "search.id"]),
    Index(None, "case_id", "search_id"),
    Index(None, "sha256"),                                    # the same picture in other searches, of any case
)

candidate = _content(
    "candidate",                                              # one proposed answer, with everything that was shown beside it
    Column("id", Text, nullable=False),
    Column("search_id", Text, nullable=False),
    Column("rank", Integer, nullable=False),
    Column("track_case", Text, nullable=False),               # the case in which the track lies
    Column("track_id", Text, nullable=False),
    Column("medium_id", Text, nullable=False),
    Column("t", Double, nullable=False),
    Column("box", JSONB, nullable=False),
    Column("score", Double, nullable=False),
    Column("chance", JSONB),                                  # faces.chance.Chance; None: no number may be given
    Column("chance_reason", Text),
    Column("cluster_id", Text),
    Column("also", JSONB, nullable=False),                    # other tracks of that cluster: [track, score]
    Column("warnings", JSONB, nullable=False),
    ForeignKeyConstraint(["case_id", "search_id"], ["search.case_id", "search.id"]),
    Index(None, "case_id", "search_id", "rank"),
    Index(None, "track_case"),                                # what other cases found in this one
)

score_view = _content(
    "score_view",                                             # who has seen what a search came to: never blind to it again
    Column("search_id", Text, nullable=False),
    Column("by", Text, nullable=False),                       # user id, or the local account's name
    Column("act", Text, nullable=False),                      # how: "candidates show", "export", ...
    _moment("at", nullable=False),
    ForeignKeyConstraint(["case_id", "search_id"], ["search.case_id", "search.id"]),
    Index(None, "by"),                                        # what somebody has seen, in any case
    key=("search_id", "by"),
)

age_statement = _content(
    "age_statement",                                          # an examiner says that a face is an adult's, or a child's
    Column("id", Text, nullable=False),
    Column("track_id", Text, nullable=False),
    Column("child", Boolean, nullable=False),
    Column("by", Text, nullable=False),
    _moment("at", nullable=False),
    Index(None, "case_id", "track_id"),
)

# ------------------------------------------------------------------ what people decide

decision = _content(
    "decision",
    Column("id", Text, nullable=False),
    Column("candidate_id", Text, nullable=False),
    Column("place", Integer, nullable=False),                 # 1, 2: blind and separate; 3: where they differ
    Column("examiner", Text, nullable=False),                 # user id
    Column("value", Text, nullable=False),                    # of the agency's scale
    Column("meaning", Text, nullable=False),                  # same | not-same | inconclusive | unsuitable
    Column("scale", Text, nullable=False),                    # which scale, with its digest
    Column("checklist", JSONB, nullable=False),
    Column("note", Text, nullable=False),
    _moment("at", nullable=False),
    ForeignKeyConstraint(["case_id", "candidate_id"], ["candidate.case_id", "candidate.id"]),
    UniqueConstraint("case_id", "candidate_id", "examiner"),
    UniqueConstraint("case_id", "candidate_id", "place"),
    CheckConstraint("meaning in ('same', 'not-same', 'inconclusive', 'unsuitable')", name="meaning"),
    CheckConstraint("place in (1, 2, 3)", name="place"),
)

link = _content(
    "link",                                                   # two examiners said "same"
    Column("id", Text, nullable=False),
    Column("candidate_id", Text, nullable=False),
    _moment("at", nullable=False),
    ForeignKeyConstraint(["case_id", "candidate_id"], ["candidate.case_id", "candidate.id"]),
    UniqueConstraint("case_id", "candidate_id"),
)

ground = _content(
    "ground",                                                 # identified outside: a document, an authority, an officer
    Column("id", Text, nullable=False),
    Column("document", Text, nullable=False),
    Column("authority", Text, nullable=False),
    Column("officer", Text, nullable=False),
    Column("dated", Date, nullable=False),
    Column("tracks", JSONB, nullable=False),                  # of the person, as the officer says
    Column("by", Text, nullable=False),                       # user id
    _moment("at", nullable=False),
)

identity = _content(
    "identity",                                               # on a link or an outside ground alone, by two people
    Column("id", Text, nullable=False),
    Column("link_id", Text),
    Column("ground_id", Text),
    Column("name", Text, nullable=False),
    Column("role", Text, nullable=False),                     # victim | witness | suspect | unknown
    Column("stage", Text),                                    # of a suspect: the legal stage
    Column("stage_date", Date),
    Column("certainty", Text, nullable=False),                # fact | assessment
    Column("basis_id", Text, nullable=False),                 # alive when it was entered
    Column("entered_by", Text, nullable=False),               # user id
    _moment("entered_at", nullable=False),
    Column("confirmed_by", Text),                             # another user's id; None: it does not count yet
    _moment("confirmed_at"),
    Column("withdrawn_by", Text),
    _moment("withdrawn_at"),
    Column("withdrawn_why", Text),
    ForeignKeyConstraint(["case_id", "link_id"], ["link.case_id", "link.id"]),
    ForeignKeyConstraint(["case_id", "ground_id"], ["ground.case_id", "ground.id"]),
    ForeignKeyConstraint(["case_id", "basis_id"], ["basis.case_id", "basis.id"]),
    CheckConstraint("(link_id is null) <> (ground_id is null)", name="stands_on_one"),
    CheckConstraint("confirmed_by <> entered_by", name="two_people"),
)

subject = _content(
    "subject",                                                # "Ukendt 1": an officer's assertion over cameras, no identity
    Column("id", Text, nullable=False),
    Column("label", Text, nullable=False),
    Column("by", Text, nullable=False),
    _moment("at", nullable=False),
    UniqueConstraint("case_id", "label"),
)

subject_track = _content(
    "subject_track",
    Column("id", Text, nullable=False),
    Column("subject_id", Text, nullable=False),
    Column("track_id", Text, nullable=False),
    Column("note", Text, nullable=False),
    Column("by", Text, nullable=False),
    _moment("at", nullable=False),
    Column("removed_by", Text),
    _moment("removed_at"),
    ForeignKeyConstraint(["case_id", "subject_id"], ["subject.case_id", "subject.id"]),
    Index(None, "case_id", "subject_id"),
)

known_person = _content(
    "known_person",                                           # enrolled from a link, or with a basis of its own
    Column("id", Text, nullable=False),
    Column("label", Text, nullable=False),
    Column("link_id", Text),
    Column("basis_id", Text, nullable=False),
    Column("by", Text, nullable=False),                       # user id: whom to ask
    _moment("at", nullable=False),
    Column("removed_by", Text),
    _moment("removed_at"),
    ForeignKeyConstraint(["case_id", "link_id"], ["link.case_id", "link.id"]),
    ForeignKeyConstraint(["case_id", "basis_id"], ["basis.case_id", "basis.id"]),
)

known_template = _content(
    "known_template",
    Column("id", Text, nullable=False),
    Column("known_id", Text, nullable=False),
    Column("pack", Text, nullable=False),
    Column("vector", LargeBinary, nullable=False),            # float32 little endian, unit length
    Column("shot", JSONB, nullable=False),
    ForeignKeyConstraint(["case_id", "known_id"], ["known_person.case_id", "known_person.id"]),
    Index(None, "case_id", "pack"),
)

known_hit = _content(
    "known_hit",                                              # new material looks like a known person: for whoever may know
    Column("id", Text, nullable=False),
    Column("known_case", Text, nullable=False),               # case and id of the known person
    Column("known_id", Text, nullable=False),
    Column("track_id", Text, nullable=False),
    Column("score", Double, nullable=False),
    Column("chance", JSONB),
    Column("chance_reason", Text),
    Column("warnings", JSONB, nullable=False),
    _moment("at", nullable=False),
    UniqueConstraint("case_id", "known_id", "track_id"),
)

deletion = _content(
    "deletion",                                               # proposed by a rule, decided by a named person, waits for holds
    Column("id", Text, nullable=False),
    Column("what", Text, nullable=False),                     # results | templates | case
    Column("basis_id", Text),                                 # whose results
    Column("why", Text, nullable=False),
    _moment("proposed_at", nullable=False),
    Column("decided", Text),                                  # delete | keep
    Column("decided_by", Text),
    _moment("decided_at"),
    Column("decided_why", Text),
    _moment("done_at"),                                       # None while a hold stands
)

# ------------------------------------------------------------------ the desk: what is there, at a glance

item = _content(
    "item",                                                   # a medium with what was found in it, in one row: derived, made anew
    Column("medium_id", Text, nullable=False),                # whenever its medium is settled, its files or its camera change
    Column("changed", BigInteger, nullable=False),            # number of the transaction: who holds items asks for what is newer
    Column("kind", Text, nullable=False),                     # still | video | audio | other
    Column("state", Text, nullable=False),                    # of the medium
    Column("exhibit_id", Text),                               # of its first file
    Column("folder", Text, nullable=False),                   # the topmost one that this file lies in; '' without one
    Column("camera_id", Text),
    Column("copies", Integer, nullable=False),                # files with exactly this content
    Column("at", Double),                                     # first moment: seconds since 1970, of UTC if zoned, else of the
    Column("until", Double),                                  # clock on the wall; None: nobody knows. until: the last moment
    Column("zoned", Boolean, nullable=False),
    Column("uncertainty_s", Double, nullable=False),
    Column("origin", Text),                                   # what that time rests on: evidence.model.WorldTime
    Column("start", Double, nullable=False),                  # presentation time of the first frame, seconds
    Column("duration", Double, nullable=False),
    Column("unread_s", Double, nullable=False),               # seconds of it that no machine could read
    Column("latitude", Double),
    Column("longitude", Double),
    Column("faces", Integer, nullable=False),                 # tracks of current runs
    Column("persons", Integer, nullable=False),
    Column("vehicles", Integer, nullable=False),
    Column("objects", Integer, nullable=False),
    Column("motions", Integer, nullable=False),
    Column("unrecognised", Integer, nullable=False),          # movement in which nothing was recognised
    Column("face_px", Double, nullable=False),                # shorter side of the largest face
    Column("colours", JSONB, nullable=False),                 # of clothing and vehicles: [[L, a, b, share, name], ...]
    Index(None, "case_id", "changed"),
    Index("ix_item_placed", "case_id", "camera_id",           # where a camera hangs, as its own recordings say
          postgresql_where=text("camera_id is not null and latitude is not null")),
    key=("medium_id",),
)

standing = _content(
    "standing",                                               # counts of a case, kept by whoever changed it: the account, tracks
    Column("name", Text, nullable=False),                     # files | video | tracks
    Column("value", JSONB, nullable=False),
    _moment("at", nullable=False),
    key=("name",),
)

# ------------------------------------------------------------------ the desk: what people saw and said

seen = _content(
    "seen",                                                   # a person has looked at a medium or a track
    Column("thing", Text, nullable=False),                    # medium or track id
    Column("by", Text, nullable=False),                       # user id; '': anybody, kept beside the others
    Column("medium_id", Text, nullable=False),
    Column("changed", BigInteger, nullable=False),            # as in item
    _moment("first_at", nullable=False),
    _moment("last_at", nullable=False),
    Column("spans", JSONB, nullable=False),                   # of a video: [[from, to], ...] that played, joined
    Column("seconds", Double, nullable=False),                # their length
    Index(None, "case_id", "by", "changed"),
    key=("thing", "by"),
)

mark = _content(
    "mark",                                                   # a person's word on a medium or a track; taken back, never deleted
    Column("id", Text, nullable=False),
    Column("act", Text, nullable=False),                      # marks set with one key press, taken back together
    Column("thing", Text, nullable=False),
    Column("medium_id", Text, nullable=False),
    Column("value", Text, nullable=False),                    # relevant | not-relevant | later | the agency's own
    Column("changed", BigInteger, nullable=False),
    Column("by", Text, nullable=False),                       # user id
    _moment("at", nullable=False),
    Column("undone_by", Text),
    _moment("undone_at"),
    Index(None, "case_id", "thing"),
    Index(None, "case_id", "act"),
    Index(None, "case_id", "by", "at"),
    Index(None, "case_id", "changed"),
    Index("ix_mark_later", "case_id", "by", "at", postgresql_where=text("value = 'later' and undone_at is null")),
)

reservation = _content(
    "reservation",                                            # somebody works on this now: two people do not do the same work
    Column("medium_id", Text, nullable=False),
    Column("by", Text, nullable=False),
    _moment("at", nullable=False),
    _moment("until", nullable=False),
    Index(None, "case_id", "by"),
    key=("medium_id",),
)

securing = _content(
    "securing",                                               # "secure more": recordings to be fetched before they are lost
    Column("id", Text, nullable=False),
    Column("camera_id", Text, nullable=False),
    Column("track_id", Text),                                 # the sighting it follows from
    Column("wanted_from", Text, nullable=False),              # ISO 8601; without a zone: as on the wall
    Column("wanted_to", Text, nullable=False),
    Column("note", Text, nullable=False),
    Column("by", Text, nullable=False),
    _moment("at", nullable=False),
    Column("done_by", Text),
    _moment("done_at"),
    ForeignKeyConstraint(["case_id", "camera_id"], ["camera.case_id", "camera.id"]),
)

# ------------------------------------------------------------------ the desk: work that goes on in the background

upload = _content(
    "upload",                                                 # a file that came through the browser; its bytes lie in the home
    Column("id", Text, nullable=False),
    Column("batch", Text, nullable=False),                    # sent together, taken in as one folder
    Column("name", LargeBinary, nullable=False),              # path as the browser said it
    Column("bytes", BigInteger, nullable=False),              # announced
    Column("received", BigInteger, nullable=False),
    Column("sha256", LargeBinary),                            # of what came; None: not whole yet
    Column("state", Text, nullable=False),                    # receiving | whole | broken
    Column("by", Text, nullable=False),
    _moment("at", nullable=False),
    Index(None, "case_id", "batch"),
    CheckConstraint("state in ('receiving', 'whole', 'broken')", name="state"),
)

work = _content(
    "work",                                                   # an analysis that was asked for at the desk
    Column("id", Text, nullable=False),
    Column("asked", JSONB, nullable=False),                   # work.model.Asked: paths, exhibit, mode, kinds, pack, camera, focus
    Column("state", Text, nullable=False),                    # waiting | running | paused | cancelled | done | failed
    Column("wish", Text),                                     # pause | cancel: what a person wants of a running one
    Column("claim", BigInteger),                              # of a running one: advisory lock that its runner holds
    Column("place", Double, nullable=False),                  # order among those that wait, least first
    Column("by", Text, nullable=False),                       # user id
    Column("actor", JSONB, nullable=False),                   # actor.Actor of whoever asked: what it does is theirs in the log
    _moment("at", nullable=False),
    _moment("started_at"),
    _moment("ended_at"),
    Column("progress", JSONB),                                # review.progress.Progress, as last told
    Column("outcome", JSONB),                                 # what `analyse` answers, without its lists
    Column("code", Text),                                     # why it failed
    Column("reason", Text),
    Index(None, "case_id", "state", "place"),
    CheckConstraint("state in ('waiting', 'running', 'paused', 'cancelled', 'done', 'failed')", name="state"),
    CheckConstraint("wish in ('pause', 'cancel')", name="wish"),
)
