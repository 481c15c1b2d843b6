"""Media whose copies lie in further exhibits: whoever asks for an exhibit gets all that is in it, wherever else it lies."""
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from sporhund.catalogue.items import Index, Items, Mask
from sporhund.catalogue.packed import Columns


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """Pairs of a medium and an exhibit that holds a copy of it, other than the exhibit of its original."""

    medium: Index
    exhibit: NDArray[np.uint64]        #: its token

    @classmethod
    def of(cls, columns: Columns, items: Items) -> Self:
        medium = items.find(columns["medium"])
        known = medium >= 0
        return cls(medium[known], columns["exhibit"][known])

    def with_media(self, media: Index, columns: Columns, items: Items) -> Self:
        """These pairs, and those of some media anew."""
        keep, new = ~np.isin(self.medium, media), type(self).of(columns, items)
        return type(self)(np.concatenate([self.medium[keep], new.medium]), np.concatenate([self.exhibit[keep], new.exhibit]))

    def within(self, exhibit: int) -> Index:
        """Places of the media of which this exhibit holds a copy."""
        return np.asarray(self.medium[self.exhibit == np.uint64(exhibit)])

    def counts(self, inside: Mask) -> dict[int, int]:
        """Per exhibit how many of these media it holds a copy of."""
        tokens, counts = np.unique(self.exhibit[inside[self.medium]], return_counts=True)
        return dict(zip(tokens.tolist(), counts.tolist(), strict=True))
