"""What is searched in: the templates of a case's faces as one matrix."""
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float32]
IntArray = NDArray[np.int32]
Ids = NDArray[np.bytes_]


@dataclass(frozen=True, slots=True, eq=False)
class Gallery:
    """The templates of one case and pack, a row for each face track that counts and may be compared.

    All arrays have n rows in the same order, that of the tracks' ids. Ids are kept as ASCII bytes: a million of them as Python
    strings take 80 MB and half a second.
    """

    case_id: str
    pack: str              #: "base@1": never compared with another pack's
    version: str           #: new whenever a template changed, or which runs count
    tracks: Ids            #: (n,) ids of the tracks
    media: Ids             #: (m,) ids of the media
    medium_row: IntArray   #: (n,) of each track, its place in `media`
    vectors: FloatArray    #: (n, d) C-contiguous, unit length
    width_px: FloatArray   #: (n,) width of the best shot's face box, upright pixels
    sharpness: FloatArray  #: (n,) of the best shot, see faces.quality
    digest: str = ""       #: SHA-256 of ids and vectors, hexadecimal: what was searched in

    def __len__(self) -> int:
        return len(self.tracks)

    def track(self, index: int | np.integer[Any]) -> str:
        return str(self.tracks[index].decode())

    def medium(self, index: int | np.integer[Any]) -> str:
        return str(self.media[self.medium_row[index]].decode())

    def rows_of(self, tracks: list[str]) -> NDArray[np.intp]:
        """Rows of those of these tracks that are in the gallery, in their order."""
        wanted = np.array([track.encode() for track in tracks], dtype=self.tracks.dtype if len(self) else "S1")
        if not len(self) or not len(wanted):
            return np.zeros(0, np.intp)
        places = np.minimum(np.searchsorted(self.tracks, wanted), len(self) - 1)
        return np.asarray(places[self.tracks[places] == wanted], np.intp)
