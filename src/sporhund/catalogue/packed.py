"""Rows read as columns: each column comes as one value of bytes, which NumPy takes as it is.

400,000 rows of 25 columns as Python objects took 9 s to read; as bytes it is the database's work alone (benchmarks/desk_case.py).
"""
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, Integer, LargeBinary, Select, SmallInteger, cast, func, literal, literal_column
from sqlalchemy import Text as SqlText
from sqlalchemy.dialects.postgresql import ARRAY, TEXT

ID_BYTES = 32
"""Room for an id (store.ids makes 28 characters); shorter ones are filled up with zero bytes."""
Columns = dict[str, NDArray[Any]]
_NOTHING = literal_column("''::bytea", LargeBinary)


class Packed:
    """One column: how it is written as bytes in the database, and how they are read here."""

    def __init__(self, written: Any, form: str) -> None:
        self.written, self.form = written, np.dtype(form)


def number(column: Any) -> Packed:
    """float64; what is not known is NaN."""
    return Packed(func.float8send(func.coalesce(column, float("nan"))), ">f8")


def integer(column: Any) -> Packed:
    return Packed(func.int4send(column), ">i4")


def large(column: Any) -> Packed:
    return Packed(func.int8send(column), ">i8")


def small(column: Any, words: tuple[str, ...]) -> Packed:
    """The place of a word among those that there are; -1 for another."""
    place = func.array_position(literal(list(words), ARRAY(TEXT)), column)
    return Packed(func.int2send(cast(func.coalesce(place, 0) - 1, SmallInteger)), ">i2")


def flag(column: Any) -> Packed:
    return Packed(func.int2send(cast(func.coalesce(cast(column, Integer), 0), SmallInteger)), ">i2")


def key(column: Any) -> Packed:
    """Ids of equal width."""
    padded = func.convert_to(column, "UTF8").op("||")(literal_column(f"'\\x{'00' * ID_BYTES}'::bytea", LargeBinary))
    return Packed(func.substring(padded, 1, ID_BYTES), f"S{ID_BYTES}")


def token(column: Any) -> Packed:
    """Eight bytes that stand for a text: the beginning of its SHA-256. `token_of` gives the same here."""
    digest = func.sha256(func.convert_to(cast(column, SqlText), "UTF8"))
    return Packed(func.substring(digest, 1, 8), ">u8")


def token_of(text: str) -> int:
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big")


def keys(ids: Any) -> NDArray[np.bytes_]:
    """Ids as the columns hold them."""
    return np.array([one.encode() for one in ids], f"S{ID_BYTES}")


@dataclass(frozen=True, slots=True)
class Reading:
    """Columns to be read, written once: putting it together takes longer than the database takes where little is new."""

    asked: Select[Any]
    forms: Mapping[str, np.dtype[Any]]


def reading(wanted: Mapping[str, Packed], select_from: Select[Any]) -> Reading:
    """The columns of what `select_from` finds; all in the same order, whichever that is."""
    each = [func.string_agg(cast(packed.written, LargeBinary), _NOTHING).label(name) for name, packed in wanted.items()]
    return Reading(select_from.with_only_columns(*each), {name: packed.form for name, packed in wanted.items()})


def read(rows: Connection, reading: Reading, values: Mapping[str, Any] | None = None) -> Columns:
    """values: of the parameters of what is asked, by name."""
    row = rows.execute(reading.asked, values or {}).one()
    return {name: np.frombuffer(getattr(row, name) or b"", form).astype(form.newbyteorder("="))
            for name, form in reading.forms.items()}
