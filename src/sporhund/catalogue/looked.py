"""When a medium counts as seen: the one rule, for tiles, filters, the counts beside them and the account by people. Pure."""
import numpy as np

from sporhund.catalogue.items import Items, Mask, Numbers, Seen, longer
from sporhund.catalogue.model import KINDS

WHOLE = 0.95
"""Of the readable seconds of a recording that have to have played. Not all of them: a player ends a few frames before the end,
and between two frames that were told of nothing is added up."""
_PLAYS = [KINDS.index("video"), KINDS.index("audio")]


def seen(items: Items, of: Seen) -> Mask:
    """Which media were looked at: of a recording as good as all that can be played of it, of all else the thing itself.

    Of one in which nothing could be read all of it, should it play elsewhere. One whose length nobody knows is never claimed.
    """
    readable = items.duration - items.unread_s
    least = np.where(readable > 0, readable, items.duration) * WHOLE
    return np.asarray(_touched(items, of) & (~_plays(items) | ((least > 0) & (played(items, of) >= least))))


def partly(items: Items, of: Seen) -> Mask:
    """Which recordings played in part: not seen, and not unseen either."""
    return np.asarray(_touched(items, of) & _plays(items) & ~seen(items, of))


def played(items: Items, of: Seen) -> Numbers:
    """Seconds of each medium that played, each second once."""
    return np.asarray(longer(of.seconds, len(items)))


def _touched(items: Items, of: Seen) -> Mask:
    return of.of(len(items))


def _plays(items: Items) -> Mask:
    return np.isin(items.kind, _PLAYS)
