"""The desk's keys: one table of what can be done with one key, which a person may change for themselves. Pure."""
from collections.abc import Mapping
from dataclasses import dataclass

from sporhund.errors import WrongUsage


@dataclass(frozen=True, slots=True)
class KeyAct:
    """What one key does."""

    act: str
    key: str                   #: as it comes: one character, letters in upper case, or a named key ("Enter")
    words: str                 #: for people, in English
    where: str                 #: everywhere | pictures | video
    fixed: bool = False        #: it cannot be moved to another key


ACTS: tuple[KeyAct, ...] = (
    KeyAct("help", "?", "All keys", "everywhere", fixed=True),
    KeyAct("search", "/", "Search", "everywhere", fixed=True),
    KeyAct("veil", "B", "Veil on and off", "everywhere"),
    KeyAct("undo", "Z", "Take back my last marks", "everywhere"),
    KeyAct("next", "J", "Next", "pictures"),
    KeyAct("previous", "K", "Previous", "pictures"),
    KeyAct("open", "Enter", "Open", "pictures", fixed=True),
    KeyAct("close", "Escape", "Back", "pictures", fixed=True),
    KeyAct("relevant", "R", "Relevant", "pictures"),
    KeyAct("not-relevant", "N", "Not relevant", "pictures"),
    KeyAct("later", "L", "Later", "pictures"),
    *(KeyAct(f"own-mark-{place}", str(place), f"My own mark {place}", "pictures", fixed=True) for place in range(1, 10)),
    KeyAct("choose", "X", "Choose, or choose no longer", "pictures"),
    KeyAct("choose-all", "A", "Choose all that are shown", "pictures"),
    KeyAct("reserve", "H", "Reserve for me", "pictures"),
    KeyAct("face", "F", "Same face", "pictures"),
    KeyAct("subject", "U", "To the subject", "pictures"),
    KeyAct("secure", "S", "Secure more", "pictures"),
    KeyAct("clear-one", "G", "Clear the veil of one picture", "pictures"),
    KeyAct("zoom-in", "+", "Zoom in", "pictures"),
    KeyAct("zoom-out", "-", "Zoom out", "pictures"),
    KeyAct("fit", "0", "The whole picture", "pictures"),
    KeyAct("rotate", "O", "Turn by a quarter", "pictures"),
    KeyAct("adjust", "I", "Brightness and contrast", "pictures"),
    KeyAct("as-it-is", "E", "As it is: take all adjustments back", "pictures"),
    KeyAct("boxes", "V", "Boxes on and off", "pictures"),
    KeyAct("facts", "D", "What is known of it", "pictures"),
    KeyAct("play", " ", "Play and stop", "video", fixed=True),
    KeyAct("frame-back", ",", "One frame back", "video"),
    KeyAct("frame-on", ".", "One frame on", "video"),
    KeyAct("slower", "Q", "Slower", "video"),
    KeyAct("faster", "W", "Faster", "video"),
    KeyAct("track-next", "T", "Next track", "video"),
    KeyAct("track-previous", "Y", "Track before", "video"),
    KeyAct("mute", "M", "Sound on and off", "video"),
)
"""Every act of the desk that has a key, in the order in which the list of keys shows them."""

_BY_NAME = {one.act: one for one in ACTS}
RESERVED = frozenset(one.key for one in ACTS if one.fixed)
"""Keys that always do the same for everybody."""


def effective(own: Mapping[str, str]) -> dict[str, str]:
    """Act → key, with a person's own keys in place of the table's."""
    return {one.act: own.get(one.act, one.key) for one in ACTS}


def check_keys(own: Mapping[str, str]) -> dict[str, str]:
    """A person's own keys, letters in upper case, without those that are the table's anyway.

    Raises WrongUsage `bad-choice`: no such act, no single character, a reserved key, or a key that would do two things.
    """
    kept: dict[str, str] = {}
    for act, said in own.items():
        known, key = _BY_NAME.get(act), said.upper() if isinstance(said, str) else ""
        if known is None or known.fixed:
            raise WrongUsage("bad-choice", "There is no such act, or its key cannot be moved.", "See the list of keys: ?")
        if len(key) != 1 or not key.isprintable() or key.isspace() or key in RESERVED:
            raise WrongUsage("bad-choice", f"'{known.words}' cannot lie on that key.",
                             f"One character that is none of: {' '.join(sorted(RESERVED - {' '}))} or space.")
        if key != known.key:
            kept[act] = key
    taken: dict[str, str] = {}
    for act, key in effective(kept).items():
        if key in taken:
            raise WrongUsage("bad-choice", f"The key {key} would do two things: "
                             f"'{_BY_NAME[taken[key]].words}' and '{_BY_NAME[act].words}'.", "Give one of them another key.")
        taken[key] = act
    return kept
