"""The account by people: how much of what is there somebody has looked at. Never added to what machines have looked at."""
from dataclasses import dataclass

import numpy as np

from sporhund.catalogue.columns import ANYBODY, State
from sporhund.catalogue.conditions import Asker
from sporhund.catalogue.items import Mask, Seen, longer
from sporhund.catalogue.model import KINDS


@dataclass(frozen=True, slots=True)
class LookedAt:
    """Pictures, videos and sound of a case, and those of them that people have looked at."""

    media: int
    media_seen: int            #: by anybody
    media_seen_by_me: int
    seconds: float             #: of video that there are
    seconds_seen: float        #: of them played before anybody, each second once
    seconds_seen_by_me: float


def looked_at(state: State, asker: Asker) -> LookedAt:
    """What cannot be looked at (documents, unknown files) is not counted."""
    items = state.items
    shown, video = items.kind != KINDS.index("other"), items.kind == KINDS.index("video")
    anyone, me = state.seen[ANYBODY], state.seen[asker.person]
    return LookedAt(
        int(np.count_nonzero(shown)), _media(anyone, shown), _media(me, shown), float(items.duration[video].sum()),
        _seconds(state, anyone, video), _seconds(state, me, video))


def _media(of: Seen, among: Mask) -> int:
    return int(np.count_nonzero(of.of(len(among)) & among))


def _seconds(state: State, of: Seen, among: Mask) -> float:
    return float(np.minimum(longer(of.seconds, len(among)), state.items.duration)[among].sum())
