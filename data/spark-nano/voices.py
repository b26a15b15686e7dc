# SPDX-License-Identifier: MIT
"""Spoken words, from libespeak-ng: every word in many voices, at 24,000 samples a second. The library speaks faster than a disk reads, so nothing is kept on disk."""
import ctypes
import functools

import numpy

RATE = 24000
VOICES = ("en", "en-us", "en-gb-x-rp", "en-gb-scotland", "en-us+m2", "en+m3", "en-us+m7", "en+f1", "en-us+f2", "en+f4", "en-us+Annie", "en+Andy")
SPEEDS = (140, 160, 180, 210)  # words a minute
PITCHES = (30, 45, 60, 75)     # of 0 … 99
MANNERS = tuple((voice, speed, pitch) for voice in VOICES for speed in SPEEDS for pitch in PITCHES)
UNHEARD = tuple(MANNERS[i] for i in range(5, len(MANNERS), 9))  # kept for the test: of every voice some speeds and pitches
HEARD = tuple(manner for manner in MANNERS if manner not in UNHEARD)

SYNCHRONOUS, CHARS_UTF8 = 2, 1
PARAMETER_SPEED, PARAMETER_PITCH = 1, 3
QUIET = 300  # of 32,767: what is cut from both ends


class Speaker:
    """The library holds one speaker for a process."""

    def __init__(self):
        self.library = ctypes.CDLL("libespeak-ng.so.1")
        self.parts = []
        kind = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.c_void_p)
        self.callback = kind(self.take)  # the library keeps it: it must live as long
        self.rate = self.library.espeak_Initialize(SYNCHRONOUS, 0, None, 0)
        if self.rate <= 0:
            raise RuntimeError("libespeak-ng found no data; install espeak-ng-data.")
        self.library.espeak_SetSynthCallback(self.callback)

    def take(self, samples, count, _events):
        if count > 0:
            self.parts.append(numpy.ctypeslib.as_array(samples, shape=(count,)).copy())
        return 0

    def say(self, text, voice, speed, pitch):
        """Samples in -1 … 1 at the library's own rate."""
        if self.library.espeak_SetVoiceByName(voice.encode()) != 0:
            raise RuntimeError(f"libespeak-ng has no voice “{voice}”; install espeak-ng-data.")
        self.library.espeak_SetParameter(PARAMETER_SPEED, speed, 0)
        self.library.espeak_SetParameter(PARAMETER_PITCH, pitch, 0)
        self.parts.clear()
        data = text.encode()
        self.library.espeak_Synth(data, ctypes.c_size_t(len(data) + 1), 0, 1, 0, CHARS_UTF8, None, None)
        self.library.espeak_Synchronize()
        return numpy.concatenate(self.parts).astype(numpy.float32) / 32768


speaker = functools.cache(Speaker)


def resample(samples, rate):
    """To RATE, exactly: the spectrum is cut or padded. Both rates are multiples of 50 samples a second, so whole blocks are taken."""
    block, made = rate // 150, RATE // 150
    count = -(-len(samples) // block)
    padded = numpy.zeros(count * block, numpy.float32)
    padded[:len(samples)] = samples
    return (numpy.fft.irfft(numpy.fft.rfft(padded), count * made) * (made / block)).astype(numpy.float32)


@functools.cache
def clip(word, manner):
    """The word without the silence around it."""
    samples = resample(speaker().say(word, *manner), speaker().rate)
    loud = numpy.nonzero(numpy.abs(samples) > QUIET / 32768)[0]
    return samples[loud[0]:loud[-1] + 1]


def recorded(word, manner, rng):
    """As a microphone may give it: some silence around, louder or softer, a little noise, and never the same samples twice."""
    samples = clip(word, manner)
    before, after = rng.integers(0, 2400), rng.integers(0, 1200)
    result = numpy.zeros(before + len(samples) + after, numpy.float32)
    result[before:before + len(samples)] = samples
    result *= rng.uniform(0.3, 1.2)
    result += rng.standard_normal(len(result), numpy.float32) * numpy.float32(10 ** rng.uniform(-4.5, -2.3))
    return numpy.clip(result, -1, 1)
