"""The account by people: how much of what is there somebody has looked at. Never added to what machines have looked at."""
from dataclasses import dataclass

import numpy as np

from sporhund.catalogue import looked
from sporhund.catalogue.columns import ANYBODY, State
from sporhund.catalogue.conditions import Asker
from sporhund.catalogue.items import Items, Mask, Seen
from sporhund.catalogue.model import KINDS, STATES


@dataclass(frozen=True, slots=True)
class LookedAt:
    """What there is to look at in a case, and how much of it people have looked at."""

    media: int                 #: pictures, videos and sound, and what failed: somebody may have to open it elsewhere
    others: int                #: the rest: text, archives and all else in which there is nothing to look at
    media_seen: int            #: by anybody; a recording when as good as all of it played (looked.seen)
    media_seen_by_me: int
    seconds: float             #: of video that there are
    seconds_seen: float        #: of them played before anybody, each second once
    seconds_seen_by_me: float


def looked_at(state: State, asker: Asker) -> LookedAt:
    """In what failed there may be a picture that nobody here could open: nobody has seen it."""
    items, video = state.items, state.items.kind == KINDS.index("video")
    shown = (items.kind != KINDS.index("other")) | (items.state == STATES.index("failed"))
    anyone, me = state.seen[ANYBODY], state.seen[asker.person]
    return LookedAt(
        int(np.count_nonzero(shown)), int(np.count_nonzero(~shown)), _media(items, anyone, shown), _media(items, me, shown),
        float(items.duration[video].sum()), _seconds(items, anyone, video), _seconds(items, me, video))


def _media(items: Items, of: Seen, among: Mask) -> int:
    return int(np.count_nonzero(looked.seen(items, of) & among))


def _seconds(items: Items, of: Seen, among: Mask) -> float:
    return float(np.minimum(looked.played(items, of), items.duration)[among].sum())
