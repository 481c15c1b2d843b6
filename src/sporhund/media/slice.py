"""A part of a file that reads like a file of its own: the clip behind a picture."""
import io
from typing import BinaryIO, cast


class _Window(io.RawIOBase):
    def __init__(self, file: BinaryIO, offset: int, length: int) -> None:
        super().__init__()
        self._file, self._offset, self._length, self._at = file, offset, length, 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._length}[whence]
        if base + offset < 0:
            raise OSError("seek before the beginning")
        self._at = base + offset
        return self._at

    def tell(self) -> int:
        return self._at

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        wanted = max(0, min(len(buffer), self._length - self._at))
        self._file.seek(self._offset + self._at)
        data = self._file.read(wanted)
        buffer[:len(data)] = data
        self._at += len(data)
        return len(data)


def Slice(
    file: BinaryIO, offset: int, length: int) -> BinaryIO:
    """`length` bytes of `file` from `offset` (0: to its end), as a seekable binary file. `file` stays open."""
    if length == 0:
        length = max(0, file.seek(0, io.SEEK_END) - offset)
    return cast(BinaryIO, io.BufferedReader(_Window(file, offset, length), 1 << 16))
