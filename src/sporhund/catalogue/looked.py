"""When a medium or a track counts as seen: the one rule, for tiles, filters, the counts beside them, what is known of a track and
the account by people. What has not played was not seen. Pure."""
import numpy as np

from sporhund.catalogue.items import Ids, Index, Items, Mask, Numbers, Seen, longer
from sporhund.catalogue.model import KINDS

WHOLE = 0.95
"""Of the readable seconds of a recording that have to have played. Not all of them: a player ends a few frames before the end,
and between two frames that were told of nothing is added up."""
Places = Index | slice
EVERY = slice(None)
_PLAYS = [KINDS.index("video"), KINDS.index("audio")]


def seen(items: Items, of: Seen, at: Places = EVERY) -> Mask:
    """Which of these media were looked at: of a recording as good as all that can be played of it, of all else the thing itself.

    Of one in which nothing could be read all of it, should it play elsewhere. One whose length nobody knows is never claimed.
    """
    readable = items.duration[at] - items.unread_s[at]
    least = np.where(readable > 0, readable, items.duration[at]) * WHOLE
    return np.asarray(_touched(items, of, at) & (~_plays(items, at) | ((least > 0) & (played(items, of, at) >= least))))


def partly(items: Items, of: Seen, at: Places = EVERY) -> Mask:
    """Which recordings played in part: not seen, and not unseen either."""
    return np.asarray(_touched(items, of, at) & _plays(items, at) & ~seen(items, of, at))


def tracks(ids: Ids, medium: Index, start: Numbers, end: Numbers, still: Mask, of: Seen) -> Mask:
    """Which of these tracks were looked at: its own picture was shown, or the still that it is in, or it has played
    (Played.covers says when).

    medium: places by which `of` knows media.   start, end: in the medium.   still: which of them are in one.
    """
    shown = longer(of.media, int(medium.max(initial=-1)) + 1)[medium]
    return np.asarray(of.has(ids) | still & shown | of.parts.covers(medium, start, end))


def played(items: Items, of: Seen, at: Places = EVERY) -> Numbers:
    """Seconds of each medium that played, each second once."""
    return np.asarray(longer(of.seconds, len(items))[at])


def _touched(items: Items, of: Seen, at: Places) -> Mask:
    return of.of(len(items))[at]


def _plays(items: Items, at: Places) -> Mask:
    return np.isin(items.kind[at], _PLAYS)
