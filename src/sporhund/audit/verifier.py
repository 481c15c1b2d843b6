#!/usr/bin/env python3
"""Checks an exported audit log, without Sporhund: Python's standard library is all it needs.

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
import argparse
import hashlib
import json
import sys

FORM = 1
START = bytes(32)
FIELDS = ("action", "actor", "at", "case_id", "digest", "event", "key_id", "outcome", "sealed_sha256")


def canonical(value):  # type: (object) -> bytes
    """The one way to write a value as bytes."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False).encode("ascii")


def payload_digest(salt, payload):  # type: (bytes, bytes) -> bytes
    """Digest of a canonical payload; without the salt (32 random bytes) nobody can try out what was in it."""
    return hashlib.sha256(salt + payload).digest()


def row_digest(event):  # type: (dict[str, object]) -> bytes
    """Digest of one event. Bytes stand in hexadecimal, the time in ISO 8601 with microseconds and +00:00."""
    return hashlib.sha256(b"sporhund-audit-1 row" + canonical({name: event[name] for name in FIELDS})).digest()


def next_head(before, position, row):  # type: (bytes, int, bytes) -> bytes
    """The head of a chain after one more event."""
    return hashlib.sha256(b"sporhund-audit-1 head" + before + position.to_bytes(8, "big") + row).digest()


class Chain:
    """Follows one chain and says where it breaks; goes on behind a break with what is written there."""

    def __init__(self, name):  # type: (str) -> None
        self.name, self.position, self.head = name, 0, START

    def follow(self, position, head, row):  # type: (int, bytes, bytes) -> list[str]
        """The problems with the next link; none if it fits."""
        problems = []
        if position != self.position + 1:
            problems.append("%s: position %d follows %d: events are missing or out of order" % (self.name, position, self.position))
        elif next_head(self.head, position, row) != head:
            problems.append("%s: the event at position %d, or the head before it, was changed" % (self.name, position))
        self.position, self.head = position, head
        return problems


def check(lines, checkpoint=None):  # type: (object, dict[str, object] | None) -> tuple[list[str], dict[str, int]]
    """Problems (a sentence each) and counts of an export, line by line."""
    counts = {"events": 0, "opened": 0, "erased": 0}
    problems = []  # type: list[str]
    documents = (json.loads(line) for line in lines if line.strip())
    header = next(documents, {})
    if header.get("sporhund-audit") != FORM:
        return ["this is no audit export of form %d" % FORM], counts
    one_case = header.get("scope") == "case"
    overall, cases, end, seen = Chain("chain"), {}, None, {}
    for event in documents:
        if "end" in event:
            end = event
            continue
        if end is not None:
            problems.append("events stand behind the end line")
            end = None
        counts["events"] += 1
        row = row_digest(event)
        case = event["case_id"] or ""
        chain = cases.setdefault(case, Chain("case " + case if case else "events of no case"))
        problems += chain.follow(event["case_position"], bytes.fromhex(event["case_head"]), row)
        if not one_case:
            problems += overall.follow(event["position"], bytes.fromhex(event["head"]), row)
        elif case != (header.get("case_id") or ""):
            problems.append("position %d belongs to another case" % event["case_position"])
        problems += _payload(event, counts)
        seen[event["case_position" if one_case else "position"]] = event["case_head" if one_case else "head"]
    last = next(iter(cases.values()), Chain("")) if one_case else overall
    if end is None or end["end"] != last.position or end["head"] != last.head.hex():
        problems.append("the export does not end where it says it ends: its tail was cut")
    if checkpoint is not None:
        problems += _against(checkpoint, seen, header)
    return problems, counts


def _payload(event, counts):  # type: (dict[str, object], dict[str, int]) -> list[str]
    if event.get("payload") is None:
        counts["erased"] += 1
        return []
    counts["opened"] += 1
    if payload_digest(bytes.fromhex(event["salt"]), canonical(event["payload"])).hex() == event["digest"]:
        return []
    return ["the payload of event %s does not belong to its digest" % event["event"]]


def _against(checkpoint, seen, header):  # type: (dict[str, object], dict[int, str], dict[str, object]) -> list[str]
    """What the checkpoint says against the export. seen: position -> head."""
    scope = header.get("case_id") if header.get("scope") == "case" else None
    if (checkpoint.get("case_id") or None) != (scope or None):
        return ["the checkpoint is of another chain than the export"]
    position = checkpoint["position"]
    if position and position not in seen:
        return ["the checkpoint knows %d events; the export ends before: its tail was cut" % position]
    if position and seen[position] != checkpoint["head"]:
        return ["the head at position %d is not the checkpoint's: the chain was rebuilt" % position]
    return []


def main():  # type: () -> int
    """Exit code 0: everything fits; 1: it does not; 2: wrong usage."""
    parser = argparse.ArgumentParser(description="Check an exported audit log.")
    parser.add_argument("export")
    parser.add_argument("--checkpoint", help="a file with the JSON that `sporhund audit checkpoint` printed")
    given = parser.parse_args()
    checkpoint = None
    if given.checkpoint:
        with open(given.checkpoint, encoding="utf-8") as file:
            checkpoint = json.load(file)
    with open(given.export, encoding="utf-8") as file:
        try:
            problems, counts = check(file, checkpoint)
        except (ValueError, KeyError, TypeError, AttributeError) as fault:
            problems, counts = ["the export is damaged: %r" % fault], {}
    for problem in problems:
        print("PROBLEM: " + problem)
    print(", ".join("%d %s" % (number, name) for name, number in counts.items()))
    print("NOT VERIFIED" if problems else "VERIFIED" + ("" if checkpoint else " (without a checkpoint: a cut or rebuilt log cannot be told)"))
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
