#!/usr/bin/env python3
"""Checks an exported audit log, without Sporhund: Python's standard library (3.9 or newer) is all it needs.

    python verifier.py EXPORT.jsonl [--checkpoint FILE]

An export is one JSON document a line: a header, then the events in the order of the chain, then an end line. Every event
has a digest over its salted payload and a place in a chain, in which each head is computed from the head before and the
event. Whoever changes, removes, adds or swaps an event has to change every later head, and the last head then differs
from a checkpoint that was kept elsewhere. Where a key was destroyed (a case was erased), the payload is gone and the
chain still holds.

The form, fixed for ever (version 1; || joins bytes, numbers are 8 bytes big endian, text is UTF-8):
    canonical  JSON in ASCII, keys sorted, without spaces
    digest     SHA-256(salt || canonical(payload))
    row        SHA-256("sporhund-audit-1 row" || canonical(the event's fields named in FIELDS))
    head       SHA-256("sporhund-audit-1 head" || head before || position || row); before the first: 32 zero bytes
    case head  the same over the events of one case alone (the events of no case are a chain of their own)
"""
from __future__ import annotations

import argparse
import hashlib
import json
import sys
from collections.abc import Iterable
from typing import Any

FORM = 1
START = bytes(32)
FIELDS = ("action", "actor", "at", "case_id", "digest", "event", "key_id", "outcome", "sealed_sha256")


def canonical(value: object) -> bytes:
    """The one way to write a value as bytes."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False).encode("ascii")


def payload_digest(salt: bytes, payload: bytes) -> bytes:
    """Digest of a canonical payload; without the salt (32 random bytes) nobody can try out what was in it."""
    return hashlib.sha256(salt + payload).digest()


def row_digest(event: dict[str, Any]) -> bytes:
    """Digest of one event. Bytes stand in hexadecimal, the time in ISO 8601 with microseconds and +00:00."""
    return hashlib.sha256(b"sporhund-audit-1 row" + canonical({name: event[name] for name in FIELDS})).digest()


def next_head(before: bytes, position: int, row: bytes) -> bytes:
    """The head of a chain after one more event."""
    return hashlib.sha256(b"sporhund-audit-1 head" + before + position.to_bytes(8, "big") + row).digest()


class Chain:
    """Follows one chain and says where it breaks; goes on behind a break with what is written there."""

    def __init__(self, name: str) -> None:
        self.name, self.position, self.head = name, 0, START

    def follow(self, position: int, head: bytes, row: bytes) -> list[str]:
        """The problems with the next link; none if it fits."""
        problems = []
        if position != self.position + 1:
            problems.append(f"{self.name}: position {position} follows {self.position}: events are missing or out of order")
        elif next_head(self.head, position, row) != head:
            problems.append(f"{self.name}: the event at position {position}, or the head before it, was changed")
        self.position, self.head = position, head
        return problems


def chain_name(case_id: str) -> str:
    """What a chain is called in a problem; "": the events of no case."""
    return f"case {case_id}" if case_id else "events of no case"


class Export:
    """Walks through one export."""

    def __init__(self, header: dict[str, Any]) -> None:
        self.case_id = header.get("case_id") or ""
        self.one_case = header.get("scope") == "case"
        self.events = self.opened = self.erased = self.withheld = 0
        self.problems: list[str] = []
        self._chain = Chain("chain")
        self._cases: dict[str, Chain] = {}
        self._end: dict[str, Any] | None = None
        self._heads: dict[int, str] = {0: START.hex()}

    def read(self, line: dict[str, Any]) -> None:
        """Check the next line."""
        if self._end is not None:
            self.problems.append("something stands behind the end line")
        if "end" in line:
            self._end = line
        elif line.get("missing"):
            self.problems.append(f"the event at position {line['position']} was missing when the log was exported")
        else:
            self._event(line)

    def _event(self, event: dict[str, Any]) -> None:
        self.events += 1
        row, case = row_digest(event), event["case_id"] or ""
        chain = self._cases.setdefault(case, Chain(chain_name(case)))
        self.problems += chain.follow(event["case_position"], bytes.fromhex(event["case_head"]), row)
        if not self.one_case:
            self.problems += self._chain.follow(event["position"], bytes.fromhex(event["head"]), row)
        elif case != self.case_id:
            self.problems.append(f"event {event['event']} belongs to another case")
        last = chain if self.one_case else self._chain
        self._heads[last.position] = last.head.hex()
        self._payload(event)

    def _payload(self, event: dict[str, Any]) -> None:
        if event.get("withheld"):
            self.withheld += 1          # whoever exported it may not read it yet; its digest is in the chain
        elif event.get("payload") is None:
            self.erased += 1
        elif payload_digest(bytes.fromhex(event["salt"]), canonical(event["payload"])).hex() == event["digest"]:
            self.opened += 1
        else:
            self.problems.append(f"the payload of event {event['event']} does not belong to its digest")

    def finish(self, checkpoint: dict[str, Any] | None) -> None:
        """Check the end, and the whole against a checkpoint."""
        last = self._cases.get(self.case_id, Chain("")) if self.one_case else self._chain
        if self._end is None or self._end["end"] != last.position or self._end["head"] != last.head.hex():
            self.problems.append("the export does not end where it says it ends: its tail was cut")
        if checkpoint is None:
            return
        position = checkpoint["position"]
        if (checkpoint.get("case_id") or "") != (self.case_id if self.one_case else ""):
            self.problems.append("the checkpoint is of another chain than the export")
        elif position not in self._heads:
            self.problems.append(f"the checkpoint knows {position} events; the export ends before: its tail was cut")
        elif self._heads[position] != checkpoint["head"]:
            self.problems.append(f"the head at position {position} is not the checkpoint's: the chain was rebuilt")


def check(lines: Iterable[str], checkpoint: dict[str, Any] | None = None) -> Export:
    """An export after the walk: its counts and problems. Raises ValueError, KeyError or TypeError where it is damaged."""
    documents = (json.loads(line) for line in lines if line.strip())
    header: dict[str, Any] = next(documents, {})
    export = Export(header)
    if header.get("sporhund-audit") != FORM:
        export.problems.append(f"this is no audit export of form {FORM}")
        return export
    for document in documents:
        export.read(document)
    export.finish(checkpoint)
    return export


def main() -> int:
    """Exit code 0: everything fits; 1: it does not; 2: wrong usage."""
    parser = argparse.ArgumentParser(description="Check an exported audit log.")
    parser.add_argument("export")
    parser.add_argument("--checkpoint", help="a file with the JSON that `sporhund audit checkpoint` printed")
    given = parser.parse_args()
    try:
        checkpoint = None
        if given.checkpoint:
            with open(given.checkpoint, encoding="utf-8") as file:
                kept = json.load(file)
            checkpoint = kept.get("data", kept)         # the command's whole JSON document, or its data alone
        with open(given.export, encoding="utf-8") as file:
            export = check(file, checkpoint)
    except OSError as fault:
        print(f"{fault.filename} cannot be read: {fault.strerror}", file=sys.stderr)
        return 2
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError) as fault:
        print(f"PROBLEM: the export or the checkpoint is damaged: {repr(fault)[:200]}\nNOT VERIFIED")
        return 1
    for problem in export.problems:
        print("PROBLEM: " + problem)
    print(f"{export.events} events, {export.opened} opened, {export.erased} erased"
          + (f", {export.withheld} withheld from whoever exported them" if export.withheld else ""))
    if export.problems:
        print("NOT VERIFIED")
        return 1
    print("VERIFIED" + ("" if checkpoint else " (without a checkpoint: a cut or rebuilt log cannot be told)"))
    return 0


if __name__ == "__main__":
    sys.exit(main())
