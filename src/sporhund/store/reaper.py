"""Stops an embedded server when its last user has gone, however it went.

    python -m sporhund.store.reaper DATABASE_FOLDER GRACE_SECONDS

Started by whoever starts or joins a server and finds no reaper. It waits for the users' lock, which the kernel releases
even for a killed command, gives others a moment to come, and stops the server under the start lock, so that nobody
joins a server that is going down.
"""

import contextlib
import os
import sys
import time
from pathlib import Path

from sporhund.store import locks, postmaster
from sporhund.store.place import Place


def reap(place: Place, grace_s: float) -> None:
    """Return when the server of this place has been stopped, or its folder is gone."""
    while place.root.is_dir():
        with locks.exclusive(place.users):
            pass  # nobody uses it at this moment
        time.sleep(grace_s)
        if not place.root.is_dir():
            return
        with locks.exclusive(place.starting):
            last = locks.alone_now(place.users)
            if last is None:
                continue  # somebody came within the grace
            server = postmaster.find(place.data)
            postmaster.stop(place.data)
            if server:
                with contextlib.suppress(OSError):   # not empty where the server could not tidy up itself
                    server.socket_dir.rmdir()
            place.reaping.unlink(missing_ok=True)  # still under the start lock: the next starter makes a new reaper
            os.close(last)
            return


if __name__ == "__main__":
    os.chdir("/")                                    # holds no folder that somebody may want to unmount
    reap(Place(Path(sys.argv[1])), float(sys.argv[2]))
