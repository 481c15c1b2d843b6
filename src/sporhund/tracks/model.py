"""A track: one thing seen over a time in one medium, never across a cut."""
from dataclasses import dataclass

Box = tuple[float, float, float, float]
"""x, y, width, height in pixels of the upright picture."""


@dataclass(frozen=True, slots=True)
class Observation:
    """One sighting."""

    t: float               #: presentation time, seconds
    box: Box
    score: float           #: the detector's, 0 to 1; for motion the share of the box that moves


@dataclass(frozen=True, slots=True)
class BestShot:
    """A sighting worth showing or comparing."""

    t: float
    box: Box
    score: float
    pts: int | None = None
    time_base: tuple[int, int] | None = None
    page: int = 0
    landmarks: tuple[tuple[float, float], ...] = ()  #: image-left eye, image-right eye, nose, left mouth, right mouth
    sharpness: float = 0.0  #: see faces.quality
    yaw: float = 0.0        #: -1 (left profile) to 1, from the landmarks; 0 is frontal
    quality: float = 0.0    #: 0 to 1
    turned: int = 0         #: degrees by which the whole picture was turned before this was found (a still's second look)
    fingerprint: bytes = b""  #: small grey copy of the box (tracks.fingerprint): `reproduce` compares against it
    chroma: float | None = None   #: faces: mean colourfulness (CIELAB), near 0 is grey or infrared; None: not measured
    covered: float | None = None  #: faces: how much speaks for something before eyes or mouth, 0 to 1; None: not measured
    contrast: float | None = None  #: faces: grey levels, see faces.exposure; None: not measured
    blocks: float | None = None   #: faces: steps at the borders of coding blocks, see faces.exposure; None: not measured


@dataclass(frozen=True, slots=True)
class Colour:
    """One of the colours that a part of a person's clothing or of a vehicle mostly has."""

    part: str              #: upper | lower (clothing); body (vehicle)
    lab: tuple[float, float, float]  #: OKLab times 100 (objects.names)
    share: float           #: of what was seen of that part, 0 to 1
    name: str | None       #: English, everyday; None: the picture is grey or infrared, only the lightness means something
    danish: str | None


@dataclass(frozen=True, slots=True)
class Embedding:
    """The numbers made of one aligned face by one embedder."""

    t: float
    vector: bytes          #: float32 little endian, unit length
    norm: float            #: length before normalising: for some networks a sign of quality
    weight: float          #: how much it counts in the template


@dataclass(frozen=True, slots=True)
class Track:
    """One thing over a time."""

    kind: str              #: face | person | vehicle | object | motion
    label: str | None      #: class of an object or vehicle ("bicycle"); None otherwise
    shot: int              #: index into the unit's shots
    observations: tuple[Observation, ...]   #: in this unit's span, ascending in time
    best: tuple[BestShot, ...]              #: best first, at least one
    quality: float         #: of the best, 0 to 1
    comparable: bool = False                #: faces only
    reason: str | None = None               #: why it is unsuitable for comparison
    embeddings: tuple[Embedding, ...] = ()  #: faces only, and only where the purpose allows templates
    lead: tuple[Observation, ...] = ()      #: the last sightings during warm-up, before the span: for stitching only
    page: int = 0
    colours: tuple[Colour, ...] = ()        #: persons and vehicles: most seen first
