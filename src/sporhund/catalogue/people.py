"""The account by people: how much of what is there somebody has looked at. Never added to what machines have looked at."""
from dataclasses import dataclass

import numpy as np

from sporhund.catalogue import looked
from sporhund.catalogue.columns import ANYBODY, State
from sporhund.catalogue.model import KINDS, STATES


@dataclass(frozen=True, slots=True)
class LookedAt:
    """What there is to look at in a case, and how much of it people have looked at."""

    media: int                 #: pictures, videos and sound, and what failed: somebody may have to open it elsewhere
    others: int                #: the rest: text, archives and all else in which there is nothing to look at
    media_seen: int            #: by anybody; a recording when as good as all of it played (looked.seen)
    seconds: float             #: of video that there are
    seconds_seen: float        #: of them played before anybody, each second once


def looked_at(state: State) -> LookedAt:
    """In what failed there may be a picture that nobody here could open: nobody has seen it."""
    items, video = state.items, state.items.kind == KINDS.index("video")
    shown = (items.kind != KINDS.index("other")) | (items.state == STATES.index("failed"))
    anyone = state.seen[ANYBODY]
    return LookedAt(
        int(np.count_nonzero(shown)), int(np.count_nonzero(~shown)), int(np.count_nonzero(looked.seen(items, anyone) & shown)),
        float(items.duration[video].sum()), float(np.minimum(looked.played(items, anyone), items.duration)[video].sum()))
