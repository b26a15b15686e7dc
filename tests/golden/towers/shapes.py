# SPDX-License-Identifier: MIT
"""What pictures of six shapes and sounds of four lengths become: see make.py.

NAME-shapes.f32: of each of SHAPES six of the columns, and, where there is a model that is told of them, every second of the logits of the last word behind a picture that stands between words.
NAME-lengths.f32: the same of each of the sounds. stereo-RATE.f32: every fortieth sample of the last sound, which is a file of two channels, at another rate.
palette.png: a picture of numbered colours, some of which are transparent."""
import types
import unittest.mock

import numpy
import soxr
import torch
import transformers as t
from PIL import Image

import ears
import gemma3
import gemma4
import internvl
import lfm2
import parts
import pixtral
import qwen

MOST = 250  # of which no two grids of 4:3 are as near
SHAPES = [(1, 1, 3), (3000, 20, 3), (224, 224, 3), (1080, 1920, 3), (4000, 3000, 3), (97, 61, "palette.png")]
SECONDS = [0.2, 6.9875, 30.9875]
STEREO_RATE, STEREO_FRAMES = 44100, 101430
COLUMNS, KEPT = 6, 40


def make_palette():
    """Sixteen colours in stripes and noise, from opaque to clear."""
    width, height, _ = SHAPES[-1]
    noise = numpy.random.default_rng(3)
    places = (numpy.arange(width)[None] // 7 + numpy.arange(height)[:, None] // 5 + noise.integers(0, 3, (height, width))) % 16
    image = Image.frombytes("P", (width, height), places.astype(numpy.uint8).tobytes())
    image.putpalette(noise.integers(0, 256, 48).astype(numpy.uint8).tobytes())
    image.save(parts.HERE / "palette.png", transparency=bytes(i * 17 for i in range(16)), bits=4)


def stereo():
    """[frames, 2] of sixteen bits. tests/engine/towers/shapes.c makes it too."""
    state, samples = 1, numpy.zeros(2 * STEREO_FRAMES, numpy.int16)
    for i in range(len(samples)):
        state = (state * 1103515245 + 12345) % 2**31
        samples[i] = ((state >> 8 & 0xFFFF) - 32768) // (4 if i // 20000 % 3 else 32)
    return samples.reshape(-1, 2)


def sounds(rate):
    """As processors are given them: files with another rate and with two channels are brought to one channel of theirs before."""
    mixed = soxr.resample((stereo().astype(numpy.float32) / 32768).mean(1), STEREO_RATE, rate, quality="HQ").astype(numpy.float32)
    parts.write(f"stereo-{rate}.f32", torch.tensor(mixed[::KEPT]))
    return [*[ears.make_sound(round(seconds * rate)) for seconds in SECONDS], mixed]


def some(columns):
    return torch.cat([columns[i * (len(columns) - 1) // (COLUMNS - 1)][None] for i in range(COLUMNS)])


def write_shapes(name, model, see, turn=None, most=MOST, size=None):
    values = []
    for shape in [shape for shape in SHAPES if not size or all(size(*shape[:2]))]:  # those that its processor does not refuse
        picture, seen = (*shape, most), see(model, (*shape, most))
        print(name, shape, len(seen), flush=True)
        values.append(some(seen))
        if turn:
            values.append(turn(model, picture)[-1, ::2])
    parts.write(f"{name}-shapes.f32", *values)


def write_lengths(name, model, hear, rate=ears.RATE):
    """`hear` gives the columns of a sound, and the logits behind it."""
    values = []
    for sound in sounds(rate):
        heard, logits = hear(model, sound)
        print(name, len(sound), len(heard), flush=True)
        values += [some(heard), logits[-1, ::2]]
    parts.write(f"{name}-lengths.f32", *values)


def ask_pixtral(model, picture):
    """With what see () gives, where get_image_features takes a picture of one column for one without."""
    given = types.SimpleNamespace(pooler_output=[pixtral.see(model, picture)])
    with unittest.mock.patch.object(model.model, "get_image_features", lambda *_, **__: given):
        return pixtral.turn(model, picture)


def hear_gemma4(model, sound):
    """All of the sound, of which the processor would take half a minute."""
    heard = gemma4.hear(model, sound)
    given = types.SimpleNamespace(pooler_output=heard[None], attention_mask=torch.ones(1, len(heard), dtype=torch.bool))
    tokens = torch.tensor([[*parts.BEFORE, *[gemma4.SOUND] * len(heard), *parts.AFTER]])
    with unittest.mock.patch.object(model.model, "get_audio_features", lambda *_, **__: given):
        return heard, model(input_ids=tokens, mm_token_type_ids=torch.zeros_like(tokens), **gemma4.frames(sound[:gemma4.LONGEST])).logits[0]


def hear_ultravox(models, sound):
    heard, embed = models[0](sound), models[1].get_input_embeddings()
    given = torch.cat([embed(torch.tensor(parts.BEFORE)), heard, embed(torch.tensor(parts.AFTER))])
    return heard, models[1](inputs_embeds=given[None]).logits[0]


def hear_by(features, give):
    """Of a model that `features` gives the columns of, and that takes what `give` makes of a sound."""
    def hear(model, sound):
        heard = features(model, sound)
        return heard, ears.turn(model, len(heard), **give(sound))
    return hear


def make_lengths():
    def pooled(give):
        return lambda model, sound: model.get_audio_features(**give(sound)).pooler_output

    def frames(sound):
        return dict(input_features=ears.windows(sound))

    write_lengths("voxtral", ears.voxtral().double(), hear_by(pooled(frames), frames))
    write_lengths("qwen2a", ears.qwen2a().double(), hear_by(ears.hear_qwen2a, ears.given_windows))
    write_lengths("qwen2.5o", ears.qwen2_5o().double(), hear_by(pooled(ears.given_at_once), ears.given_at_once))
    write_lengths("qwen3a", ears.qwen3a().double(), hear_by(pooled(ears.given_seconds), ears.given_seconds))
    model = ears.ultravox()
    words = parts.randomise(t.LlamaForCausalLM(t.LlamaConfig(**ears.WORDS, head_dim=16))).eval()
    write_lengths("ultravox", (model.double(), words.double()), hear_ultravox)


def make():
    write_shapes("gemma3", gemma3.gemma3().double(), gemma3.see, gemma3.turn)
    for name, model in (("internvl", internvl.internvl(internvl.SEEING)), ("internvl-large", internvl.internvl(internvl.SEEING | internvl.LARGE))):
        write_shapes(name, model.double(), internvl.see, internvl.turn if name == "internvl" else None)
    for name, model in (("lfm2", lfm2.lfm2()), ("lfm2-plain", lfm2.lfm2(projector_use_layernorm=False, projector_bias=False))):
        write_shapes(name, model.double(), lfm2.see, lfm2.turn if name == "lfm2" else None, most=4096)
    for name, model in (("pixtral", pixtral.pixtral()), ("mistral3", pixtral.mistral3())):
        write_shapes(name, model.double(), pixtral.see, ask_pixtral, size=pixtral.size)
    for name, model, least in (("qwen2.5vl", qwen.qwen2_5vl(), 4), ("qwen3vl", qwen.qwen3vl(), 64), ("qwen3.5", qwen.qwen3_5(), 64)):
        write_shapes(name, model.double(), lambda model, picture: qwen.see(model, picture, least), lambda model, picture: qwen.turn(model, picture, least))
    write_shapes("qwen2.5o", ears.qwen2_5o().double(), lambda model, picture: qwen.see(model, picture, 4))
    with unittest.mock.patch.object(torch.Tensor, "float", torch.Tensor.double):
        small, large = gemma4.gemma4(**gemma4.SMALL), gemma4.gemma4(audio=None, **gemma4.LARGE)
        for part in ("vision_tower", "embed_vision"):
            getattr(large.model, part).load_state_dict(getattr(small.model, part).state_dict())
        small, large = small.double(), large.double()
        write_shapes("gemma4", small, gemma4.see, gemma4.turn)
        write_shapes("gemma4-large", large, gemma4.see, gemma4.turn)
        write_lengths("gemma4", small, hear_gemma4)
    make_lengths()
