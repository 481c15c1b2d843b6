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
    Index(None, "case_id", "medium_id", "start", "id"),       # the list of tracks, page by page
    Index("ix_track_counted", "case_id", "run_id", "medium_id", "kind", postgresql_where=text("alias_of is null")),
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
