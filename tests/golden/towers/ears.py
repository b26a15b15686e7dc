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


def qwen2a(width=64, bands=BANDS, positions=WINDOW // 2, **hearing):
    hearing = dict(dict(d_model=32, encoder_ffn_dim=48, encoder_layers=LAYERS, encoder_attention_heads=2), **hearing)
    config = t.Qwen2AudioConfig(text_config=dict(WORDS, model_type="qwen2", hidden_size=width), audio_token_index=SOUND,
                                audio_config=dict(hearing, num_mel_bins=bands, max_source_positions=positions))
    return parts.randomise(t.Qwen2AudioForConditionalGeneration(config)).eval()


def given_windows(n):
    """Of a sound of n samples what its processor gives, but for windows behind the first, which it leaves out."""
    frames = windows(make_sound(n))
    heard = (torch.arange(len(frames) * WINDOW) < -(-n // 160)).long().view(-1, WINDOW)
    return dict(input_features=frames, feature_attention_mask=heard)


def hear_qwen2a(model, n):
    """As its forward does it, which keeps the columns for itself."""
    given = given_windows(n)
    seen = (given["feature_attention_mask"].sum(-1) - 1) // 2 + 1
    mask = torch.zeros(len(seen), 1, 1, WINDOW // 2, dtype=torch.float64)
    mask.masked_fill_(torch.arange(WINDOW // 2) >= seen[:, None, None, None], -torch.inf)
    columns = model.model.multi_modal_projector(model.model.audio_tower(given["input_features"], attention_mask=mask.expand(-1, 1, WINDOW // 2, -1)).last_hidden_state)
    return torch.cat([part[:count] for part, count in zip(columns, (seen - 2) // 2 + 1)])


def make_qwen2a():
    model = qwen2a()
    parts.pack("qwen2a-parts.gguf.gz", parts.peer_parts(model))
    parts.pack("qwen2a-model.gguf.gz", qwen.words(model, pathlib.Path(sys.argv[1])))
    model = model.double()
    heard = [hear_qwen2a(model, n) for n in HEARD]
    parts.write("qwen2a-audio.f32", *[some(value) for value in heard])
    print([len(value) for value in heard])
    parts.write("qwen2a-turn.f32", turn(model, len(heard[0]), **given_windows(HEARD[0])))
