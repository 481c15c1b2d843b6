"""What lies in the demo exhibit and what has to become of it: the planted truth that the known-answer test asks for.

A phone (K1) and a surveillance recorder (K2), laid out as a seizure looks. How each file is made: `material.py`.
"""
from dataclasses import dataclass
from pathlib import Path

from sporhund.training.clips import NIGHT_WALK_S, pan_left_px

Box = tuple[float, float, float, float]
"""x, y, width, height in pixels of the upright picture."""


@dataclass(frozen=True, slots=True)
class Sight:
    """Something that can be seen in a file and must be found."""

    kind: str                   #: face, person, vehicle or motion
    who: str | None = None      #: the same word in two sights: the same person
    from_s: float = 0.0         #: seen from here to `to_s`; both 0 in a still
    to_s: float = 0.0
    at_s: float = 0.0           #: the moment that `box` is given for
    box: Box | None = None      #: about where, if it was measured


@dataclass(frozen=True, slots=True)
class PlantedFile:
    """One file of the exhibit and what has to become of it."""

    path: bytes                         #: within the exhibit; a member of an archive: the archive's path, a slash, its own
    state: str                          #: analysed, partly, duplicate, skipped or failed
    why: str                            #: what it is there for, in one sentence
    code: str | None = None             #: the reason's code, where the contract fixes it
    sights: tuple[Sight, ...] = ()
    near: bytes | None = None           #: path of the picture that this one is a changed copy of
    same_bytes_as: bytes | None = None  #: path of the file that this one is identical to


@dataclass(frozen=True, slots=True)
class Exhibit:
    """The made exhibit."""

    folder: Path
    files: tuple[PlantedFile, ...]
    probe: Path                 #: a photograph of `wanted`, outside the exhibit, to search with
    wanted: str                 #: who is on the probe

    def showing(self, who: str) -> tuple[PlantedFile, ...]:
        """The files in which this person's face must be found."""
        return tuple(file for file in self.files if any(sight.who == who and sight.kind == "face" for sight in file.sights))


_DCIM, _GOT = b"K1-telefon/DCIM/100DEMO/", b"K1-telefon/Hentet/"
_CAM1, _CAM2 = "K2-overvågning/cam1/".encode(), "K2-overvågning/cam2/".encode()
_COLLINS = Sight("face", "collins", box=(182, 60, 88, 120))
_HOPPER = Sight("face", "hopper", box=(172, 126, 185, 208))

PLANTED = (
    # the phone
    PlantedFile(_DCIM + b"IMG_0001.JPG", "analysed", "The phone's time and place stand in its EXIF.", sights=(_COLLINS,)),
    PlantedFile(_DCIM + b"IMG_0002.JPG", "analysed", "Stored lying, turned upright by its EXIF.", sights=(_HOPPER,)),
    PlantedFile(_DCIM + b"IMG_0003.HEIC", "analysed", "The same person as on the first, closer, as HEIC.",
                sights=(Sight("face", "collins", box=(164, 80, 176, 240)),)),
    PlantedFile(_DCIM + b"IMG_0004.JPG", "analysed", "A cat: not a face that anything is compared with."),
    PlantedFile(_DCIM + b"IMG_0005.JPG", "analysed", "Nobody on it."),
    PlantedFile(_DCIM + b"MOV_0006.MP4", "analysed", "Held upright; moves over a photograph until a face is in it.",
                sights=(Sight("face", "collins", 3.2, 8.0, 6.0, (364.0 - pan_left_px(6.0), 120, 176, 240)),)),
    PlantedFile(_GOT + b"kopi af IMG_0001.jpg", "duplicate", "The first photograph again, bit by bit.",
                same_bytes_as=_DCIM + b"IMG_0001.JPG"),
    PlantedFile(_GOT + b"profil.jpg", "analysed", "The first photograph at half the size, saved badly.",
                near=_DCIM + b"IMG_0001.JPG", sights=(Sight("face", "collins", box=(91, 30, 44, 60)),)),
    PlantedFile(_GOT + "Ærø blåbærgrød.png".encode(), "analysed", "A grey picture under a Danish name.", sights=(_HOPPER,)),
    PlantedFile(_GOT + b"m\xf8de.jpg", "analysed", "A name in Latin-1: bytes that are no UTF-8."),
    PlantedFile(_GOT + b"kvittering.txt", "analysed", "A photograph that calls itself a text."),
    PlantedFile(_GOT + "ødelagt.jpg".encode(), "failed", "The first 400 bytes of a photograph: no picture is in them."),
    PlantedFile(_GOT + b"billeder.zip", "analysed", "An archive; its members count for themselves."),
    PlantedFile(_GOT + b"billeder.zip/opsendelse.jpg", "duplicate", "Lies beside the archive too, under another name.",
                same_bytes_as=_GOT + b"kvittering.txt"),
    PlantedFile(_GOT + "billeder.zip/portræt.jpg".encode(), "analysed", "A portrait that is nowhere else in this size.",
                near=_DCIM + b"IMG_0002.JPG", sights=(Sight("face", "hopper", box=(137, 101, 148, 166)),)),
    PlantedFile(b"K1-telefon/Noter/huskeliste.txt", "skipped", "A text.", "not-media"),
    # the recorder
    PlantedFile(_CAM1 + b"cam1_20260114_220000.mp4", "analysed", "A street: cars, a taxi, a cyclist who waits; cuts.",
                sights=(Sight("vehicle", None, 3.2, 7.4), Sight("person", None, 4.3, 5.4), Sight("motion", None, 2.7, 5.4))),
    PlantedFile(_CAM1 + b"cam1_20260114_221000.mp4", "analysed", "A man speaks in a car; 176 × 144.",
                sights=(Sight("face", "carphone", 0.0, 4.0),)),
    PlantedFile(_CAM1 + b"cam1_20260114_222000.mp4", "partly", "Cut off in the middle; its index is whole.", "truncated"),
    PlantedFile(_CAM1 + b"cam1_20260114_223000.mp4", "failed", "Cut off before its index: nothing can be decoded."),
    PlantedFile(_CAM1 + b"optagelse_0007.dvx", "failed", "A recorder's own format; nobody here reads it.", "unknown-format"),
    PlantedFile(_CAM2 + b"cam2_nat.mp4", "analysed", "A still night in which somebody walks through once.",
                sights=(Sight("motion", None, *NIGHT_WALK_S),)),
    PlantedFile(_CAM2 + "skærmbillede.png".encode(), "analysed", "The first picture of the other camera's second clip.",
                sights=(Sight("face", "carphone", box=(66, 37, 46, 58)),)),
)
