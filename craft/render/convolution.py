"""A sound in a room: fast convolution with an impulse response, piece by piece, and the tail that goes on."""

from __future__ import annotations

import numpy as np

from craft.render.rooms import Impulse
from craft.render.wav import Samples

SMALLEST = 1 << 14


class Convolver:
    """Takes pieces of a sound and gives back as many samples of it in its room; `rest` is what rings on.

    `wet` turns at constant power from the bare sound (0) to only the room (1).
    """

    def __init__(self, response: Impulse, wet: float) -> None:
        self._length = response.shape[2]
        self._size = max(SMALLEST, 1 << (2 * self._length - 1).bit_length())
        self._block = self._size - self._length + 1
        self._dry = np.float32(np.cos(wet * np.pi / 2))
        self._spectra = np.fft.rfft(response * np.float32(np.sin(wet * np.pi / 2)), self._size)
        self._ringing = np.zeros((self._length - 1, 2), np.float32)

    def take(self, piece: Samples) -> Samples:
        """The next samples as they sound in the room, shape (n, 2) as they came."""
        heard = np.empty_like(piece)
        for start in range(0, len(piece), self._block):
            part = piece[start : start + self._block]
            heard[start : start + len(part)] = self._convolved(part)
        return heard

    def rest(self) -> Samples:
        """What is still heard after the last sample."""
        return self._ringing

    def _convolved(self, part: Samples) -> Samples:
        spectrum = np.fft.rfft(np.ascontiguousarray(part.T), self._size)
        rooms = np.fft.irfft(np.einsum("oif,if->of", self._spectra, spectrum), self._size)
        whole = rooms[:, : len(part) + self._length - 1].T.astype(np.float32)
        whole[: len(self._ringing)] += self._ringing
        self._ringing = whole[len(part) :].copy()
        return whole[: len(part)] + self._dry * part
