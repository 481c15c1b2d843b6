"""What stands still, learned; what differs from it, told apart from noise, shake, flicker and shadow.

A model of our own instead of OpenCV's MOG2: MOG2 learns by frames, absorbs whoever stands still within seconds, and takes a
change of light for movement. Here everything is in seconds, a person is absorbed only when nothing in him has moved for half a
minute, and each pixel may differ by what its neighbours differ.
"""
from math import log

import cv2
import numpy as np
from numpy.typing import NDArray

from sporhund.motion.patch import Patch
from sporhund.motion.steady import SHAKEN, Picture, camera_shift, moved_back, relit, shown_by_both

Mask = NDArray[np.uint8]

LEARN_S = 8.0        #: time constant with which the background follows what stands still
NOISE_S = 4.0        #: and with which the noise of each pixel is learned
SETTLED_S = 30.0     #: what has not moved for so long belongs to the background
STEP_S = 0.4         #: what has not changed against a picture this much older (up to twice) is at rest
REST_S = 1.0         #: what has not moved for so long may be a place that something left
NOISE = 4.0          #: grey levels of noise that a pixel is taken to have before it is known
FLOOR = 7.0          #: grey levels that are no difference in any picture
SUDDEN = 0.5         #: share of the picture beyond which not something in it, but the picture itself has changed
STEADY_S = 1.0       #: after that nothing is reported for so long: a camera that is being turned goes on turning
JUMP = 0.5           #: ratio of brightness, as a logarithm, that is a light switched and no flicker
RELEARN_S = 1.5      #: after so long the changed picture is the new background


class Background:
    """The picture without what moves. Pictures are (h, w) uint8 of one size; another size needs another background."""

    def __init__(self, first: NDArray[np.uint8], t: float) -> None:
        start = _smooth(first)
        self._mean = start
        self._earlier, self._newer, self._newer_at = np.zeros_like(start), np.zeros_like(start), t
        self._noise = np.full_like(start, NOISE)
        self._moved_at = np.full(start.shape, -np.inf)  # seconds since the first picture
        self._t, self._began, self._samples = t, t, 1
        self._sudden_since: float | None = None
        self._steady_from = t
        self._brightness = float(np.median(start[::4, ::4])) + 8

    def patches(self, picture: NDArray[np.uint8], t: float) -> list[Patch]:
        """What moves in the picture at t; learns from it. Times ascend."""
        elapsed = max(t - self._t, 1e-3)
        self._t, self._samples = t, self._samples + 1
        raw = _smooth(picture)
        shift = camera_shift(self._mean, raw)
        if np.hypot(shift.x, shift.y) > SHAKEN * min(raw.shape) or self._light_jumped(raw):
            self._relearn(raw, t)
        if t < self._steady_from:
            self._learn(raw, raw - self._mean, np.ones(raw.shape, np.bool_), elapsed)
            return []
        now = moved_back(raw, shift) if shift.x or shift.y else raw
        lit = relit(self._mean, now)
        residual = now - lit
        mask, changed = self._differs(now, lit, residual)
        shown = np.zeros(mask.shape, np.bool_)
        shown[shown_by_both(mask.shape, shift)] = True
        mask[~shown] = 0
        if t - self._newer_at >= STEP_S:
            self._earlier, self._newer, self._newer_at = self._newer, residual, t
        if self._is_sudden(mask, now, t):
            return []
        self._moved_at[cv2.dilate(changed, _square(5)) > 0] = t - self._began
        labels, patches = self._components(mask, t)
        settled = self._settle(labels, patches, now)
        self._learn(now, residual, shown & (cv2.dilate(mask, _square(5)) == 0), elapsed)
        return [patch for number, patch in enumerate(patches, 1) if number not in settled]

    def _differs(self, now: Picture, lit: Picture, residual: Picture) -> tuple[Mask, Mask]:
        """Where the picture differs from the background, and where from the picture a moment ago."""
        general = 1.4826 * float(np.median(np.abs(residual[::2, ::2])))
        allowed = FLOOR + 2.5 * general + 2.5 * self._noise
        # A pixel may be as dark or bright as any neighbour of its place: edges tremble by a pixel in every camera.
        over = now - cv2.dilate(lit, _square(3))
        under = cv2.erode(lit, _square(3)) - now
        differs = (np.maximum(over, under) > allowed) & ~_shadow(now, lit)
        mask = np.asarray(cv2.morphologyEx(differs.astype(np.uint8), cv2.MORPH_OPEN, _square(3)), np.uint8)
        step = np.abs(residual - self._earlier)  # of what the light left over, then and now
        changed = cv2.morphologyEx((step > allowed).astype(np.uint8), cv2.MORPH_OPEN, _square(2))
        return _filled(mask), np.asarray(changed, np.uint8)

    def _is_sudden(self, mask: Mask, now: Picture, t: float) -> bool:
        """Light switched on, camera turned: nothing is reported, and if it stays so it is learned afresh."""
        if float(mask.mean()) < SUDDEN:
            self._sudden_since = None
            return False
        if self._sudden_since is None:
            self._sudden_since = t
        if t - self._sudden_since >= RELEARN_S:
            self._relearn(now, t)
        return True

    def _light_jumped(self, now: Picture) -> bool:
        """Has the whole picture become much brighter or darker since the sample before?"""
        before, self._brightness = self._brightness, float(np.median(now[::4, ::4])) + 8
        return abs(log(self._brightness / before)) > JUMP

    def _relearn(self, now: Picture, t: float) -> None:
        """Begin again with this picture, and report nothing before it has stood for a moment."""
        self._mean, self._noise, self._samples = now, np.full_like(now, NOISE), 1
        self._earlier = self._newer = np.zeros_like(now)
        self._moved_at[:] = -np.inf
        self._sudden_since = None
        self._steady_from = t + STEADY_S

    def _components(self, mask: Mask, t: float) -> tuple[NDArray[np.int32], list[Patch]]:
        """Patches and their numbers, from 1, in the picture."""
        count, labels, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
        patches = []
        for number, (x, y, w, h, pixels) in enumerate(stats[1:count].tolist(), 1):
            place = labels[y:y + h, x:x + w] == number
            rested = (t - self._began) - float(self._moved_at[y:y + h, x:x + w][place].max())
            patches.append(Patch((x, y, w, h), pixels, rested))
        return np.asarray(labels, dtype=np.int32), patches

    def _settle(self, labels: NDArray[np.int32], patches: list[Patch], now: Picture) -> set[int]:
        """Make background of the patches that rested long, or that something left; returns their numbers."""
        settled = set()
        for number, patch in enumerate(patches, 1):
            x, y, w, h = patch.box
            place = labels[y:y + h, x:x + w] == number
            left = patch.rested_s > REST_S and self._is_ghost(place, patch.box, now)
            if left or patch.rested_s > SETTLED_S:
                settled.add(number)
                self._mean[y:y + h, x:x + w][place] = now[y:y + h, x:x + w][place]
        return settled

    def _is_ghost(self, place: NDArray[np.bool_], box: tuple[int, int, int, int], now: Picture) -> bool:
        """Is the outline drawn in the background and not in the picture? Then what stood there has left."""
        x, y, w, h = box
        outline = cv2.morphologyEx(np.pad(place.astype(np.uint8), 2), cv2.MORPH_GRADIENT, _square(3))[2:-2, 2:-2] > 0
        here, before = (_edges(each[y:y + h, x:x + w])[outline] for each in (now, self._mean))
        return bool(here.size and before.mean() > 1.5 * here.mean() + 1.0)

    def _learn(self, now: Picture, residual: Picture, still: NDArray[np.bool_], elapsed: float) -> None:
        """Follow slowly what stands still; quickly while little is known."""
        rate = max(1 - np.exp(-elapsed / LEARN_S), 1 / self._samples)
        self._mean[still] += np.float32(rate) * (now - self._mean)[still]
        noise_rate = np.float32(1 - np.exp(-elapsed / NOISE_S))
        wobble = np.minimum(np.abs(residual), 30.0)
        # Where something is seen the noise is learned too, but much more slowly: leaves that swing for minutes fall silent.
        self._noise += np.where(still, noise_rate, 0.03 * noise_rate) * (wobble - self._noise)


def _smooth(picture: NDArray[np.uint8]) -> Picture:
    return np.asarray(cv2.GaussianBlur(picture.astype(np.float32), (5, 5), 1.1))


def _square(side: int) -> Mask:
    return np.ones((side, side), np.uint8)


def _edges(part: Picture) -> Picture:
    return np.abs(cv2.Sobel(part, cv2.CV_32F, 1, 0)) + np.abs(cv2.Sobel(part, cv2.CV_32F, 0, 1))


def _shadow(now: Picture, lit: Picture) -> NDArray[np.bool_]:
    """Where the background shows through, only darker: the ratio is below 1, not much, and the same all around."""
    ratio = (now + 4) / (lit + 4)
    mean = cv2.blur(ratio, (7, 7))
    spread = np.sqrt(np.maximum(cv2.blur(ratio * ratio, (7, 7)) - mean * mean, 0))
    return np.asarray((mean > 0.55) & (mean < 0.97) & (spread < 0.035))


def _filled(mask: Mask) -> Mask:
    """Nearby pieces joined: a person against a wall of nearly his own grey falls into pieces."""
    side = max(3, round(max(mask.shape) / 64)) | 1
    return np.asarray(cv2.morphologyEx(mask, cv2.MORPH_CLOSE, _square(side)))

