# SPDX-License-Identifier: MIT
"""Tiny ears of Whisper's kind: the parts that hear, and the models that are told of it, both as llama.cpp's own converter writes them; and the spectrograms of their processors. See make.py.

windows.f32: of each of SOUNDS the windows of half a minute, of each the frames FRAMES, [128]. *-audio.f32: every fifth column of each of HEARD, and the last."""
import pathlib
import sys

import numpy
import torch
import transformers as t

import parts
import qwen

RATE, BANDS, WINDOW = 16000, 128, 3000
SOUNDS = [3200, 111800, 479990, 495800]
HEARD = [3200, 111800, 495800]
LAYERS = 3  # the least that the converter takes: it counts the convolutions as it counts layers
FRAMES = [0, 1, 2, *range(97, 2996, 97), 2997, 2998, 2999]
STEP = 5
SOUND = 501
WORDS = dict(qwen.WORDS, num_hidden_layers=2)


def make_sound(n):
    """Noise with pauses, loud after half a minute. tests/engine/towers/towers.c makes it too."""
    state, samples = 1, numpy.zeros(n, numpy.float32)
    for i in range(n):
        state = (state * 1103515245 + 12345) % 2**31
        if i // 4000 % 4 != 1:
            samples[i] = ((state >> 8 & 0xFFFF) / 32768 - 1) / (1 if i >= 480000 else 16)
    return samples


def spectrogram(sound, **how):
    """[bands, frames], as the processor of Whisper has it."""
    return t.WhisperFeatureExtractor(feature_size=BANDS)(sound, sampling_rate=RATE, truncation=False, return_tensors="pt", **how)


def windows(sound):
    """[windows, bands, frames]: filled with silence up to the half minute, of which there may be several."""
    frames = spectrogram(sound, padding=True, pad_to_multiple_of=WINDOW * 160).input_features[0]
    return frames.reshape(BANDS, -1, WINDOW).transpose(0, 1).double()


def some(columns):
    return torch.cat([columns[::STEP], columns[-1:]])


def turn(model, n, **given):
    """The logits of the words behind a sound of n columns that stands between words."""
    tokens = torch.tensor([[*parts.BEFORE, *[SOUND] * n, *parts.AFTER]])
    return model(input_ids=tokens, attention_mask=torch.ones_like(tokens), **given).logits[0, -len(parts.AFTER):]


def voxtral(width=64, bands=BANDS, positions=WINDOW // 2, **hearing):
    hearing = dict(dict(hidden_size=32, intermediate_size=128, num_hidden_layers=LAYERS, num_attention_heads=2), **hearing)
    config = t.VoxtralConfig(text_config=dict(WORDS, model_type="llama", hidden_size=width, head_dim=16), projector_hidden_act="gelu", audio_token_id=SOUND,
                             audio_config=dict(hearing, num_mel_bins=bands, max_source_positions=positions))
    return parts.randomise(t.VoxtralForConditionalGeneration(config)).eval()


def make_windows():
    parts.write("windows.f32", *[windows(make_sound(n)).transpose(1, 2)[:, FRAMES] for n in SOUNDS])


def make_voxtral():
    model = voxtral()
    parts.pack("voxtral-parts.gguf.gz", parts.peer_parts(model))
    parts.pack("voxtral-model.gguf.gz", qwen.words(model, pathlib.Path(sys.argv[1])))
    model = model.double()
    parts.write("voxtral-audio.f32", *[some(model.get_audio_features(windows(make_sound(n))).pooler_output) for n in HEARD])
    frames = windows(make_sound(HEARD[0]))
    parts.write("voxtral-turn.f32", turn(model, WINDOW // 8, input_features=frames))
    tiny = voxtral(8, 4, 4, hidden_size=8, intermediate_size=32)
    (parts.SEEDS / "voxtral-parts.gguf").write_bytes(parts.peer_parts(tiny))
