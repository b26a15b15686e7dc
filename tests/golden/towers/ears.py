# SPDX-License-Identifier: MIT
"""Tiny ears of Whisper's kind: the parts that hear, and the models that are told of it, both as llama.cpp's own converter writes them; and the spectrograms of their processors. See make.py.

windows.f32: of each of SOUNDS the windows of half a minute, of each the frames FRAMES, [128]. *-audio.f32: every fifth column of each of HEARD, and the last."""
import json
import pathlib
import sys

import numpy
import safetensors.torch
import torch
import transformers as t
from transformers.models.qwen3_asr import feature_extraction_qwen3_asr
from transformers.models.whisper import modeling_whisper

import parts
import qwen

RATE, BANDS, WINDOW = 16000, 128, 3000
SOUNDS = [3200, 111800, 479990, 495800]
HEARD = [3200, 111800, 495800]
MIRRORED = 128010  # of ears that hear eight seconds at once: the last frame hears beyond the end
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


def given_windows(sound):
    """Of a sound what its processor gives, but for windows behind the first, which it leaves out."""
    frames = windows(sound)
    heard = (torch.arange(len(frames) * WINDOW) < -(-len(sound) // 160)).long().view(-1, WINDOW)
    return dict(input_features=frames, feature_attention_mask=heard)


def hear_qwen2a(model, sound):
    """As its forward does it, which keeps the columns for itself."""
    given = given_windows(sound)
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
    heard = [hear_qwen2a(model, make_sound(n)) for n in HEARD]
    parts.write("qwen2a-audio.f32", *[some(value) for value in heard])
    print([len(value) for value in heard])
    parts.write("qwen2a-turn.f32", turn(model, len(heard[0]), **given_windows(make_sound(HEARD[0]))))


class Root(torch.nn.Module):
    """A norm without a mean."""

    def __init__(self, width):
        super().__init__()
        self.weight = torch.nn.Parameter(torch.ones(width))

    def forward(self, x):
        return self.weight * x * torch.rsqrt(x.square().mean(-1, keepdim=True) + 1e-6)


class Ultravox(torch.nn.Module):
    """The ears of Ultravox 0.5, which transformers does not have, as their authors describe them: Whisper's encoder over as much as there is of a window, which sees no padding; several columns side
    by side, zeros where there are none; a norm, a matrix, a gate by the second half, a norm, a matrix."""

    def __init__(self, stack, middle, width, **hearing):
        super().__init__()
        self.stack, self.width, self.hearing = stack, width, hearing
        self.audio_tower = modeling_whisper.WhisperEncoder(t.WhisperConfig(**hearing))
        wide = stack * hearing["d_model"]
        self.multi_modal_projector = torch.nn.ModuleDict({"ln_pre": Root(wide), "linear_1": torch.nn.Linear(wide, 2 * middle, bias=False), "ln_mid": Root(middle),
                                                          "linear_2": torch.nn.Linear(middle, width, bias=False)})

    def save_pretrained(self, folder):
        """As it lies on the hub, where the words are another model's."""
        folder.mkdir()
        safetensors.torch.save_file({name: value.contiguous() for name, value in self.state_dict().items()}, folder / "model.safetensors")
        (folder / "config.json").write_text(json.dumps({"architectures": ["UltravoxModel"], "model_type": "ultravox", "stack_factor": self.stack, "projector_ln_mid": True,
                                                        "text_config": {"model_type": "llama", "hidden_size": self.width}, "audio_config": dict(self.hearing, model_type="whisper")}))

    def window(self, frames, heard):
        """[bands, frames], of which so many are heard."""
        tower, gelu = self.audio_tower, torch.nn.functional.gelu
        x = gelu(tower.conv2(gelu(tower.conv1(frames[None])))).transpose(1, 2)
        x = x + tower.embed_positions.weight[:x.shape[1]]
        mask = torch.zeros(1, 1, 1, x.shape[1], dtype=x.dtype).masked_fill(torch.arange(x.shape[1]) >= -(-heard // 2), -torch.inf).expand(-1, -1, x.shape[1], -1)
        for layer in tower.layers:
            x = layer(x, mask)
            x = x[0] if isinstance(x, tuple) else x
        x = torch.nn.functional.pad(tower.layer_norm(x)[0], (0, 0, 0, -x.shape[1] % self.stack))
        parts_of = self.multi_modal_projector
        up, gate = parts_of["linear_1"](parts_of["ln_pre"](x.reshape(-1, self.stack * x.shape[-1]))).chunk(2, -1)
        return parts_of["linear_2"](parts_of["ln_mid"](torch.nn.functional.silu(gate) * up))[:-(-heard // (2 * self.stack))]

    def forward(self, sound):
        """Windows behind the first are as long as a window, with zeros, not silence, where the sound has ended."""
        frames = spectrogram(sound, padding="longest", pad_to_multiple_of=160).input_features[0].double()
        columns = []
        for first in range(0, frames.shape[1], WINDOW):
            part = frames[:, first:first + WINDOW]
            heard = part.shape[1]
            columns.append(self.window(torch.nn.functional.pad(part, (0, WINDOW - heard)) if first else part, heard))
        return torch.cat(columns)


def ultravox(stack=8, middle=24, width=64, bands=BANDS, positions=WINDOW // 2, size=32):
    return parts.randomise(Ultravox(stack, middle, width, d_model=size, encoder_ffn_dim=48, encoder_layers=LAYERS, encoder_attention_heads=2, num_mel_bins=bands, max_source_positions=positions)).eval()


def make_ultravox():
    model = ultravox()
    words = parts.randomise(t.LlamaForCausalLM(t.LlamaConfig(**WORDS, head_dim=16))).eval()
    parts.pack("ultravox-parts.gguf.gz", parts.peer_parts(model))
    parts.pack("ultravox-model.gguf.gz", qwen.words(words, pathlib.Path(sys.argv[1])))
    model, words = model.double(), words.double()
    heard = [model(make_sound(n)) for n in HEARD]
    parts.write("ultravox-audio.f32", *[some(value) for value in heard])
    print([len(value) for value in heard])
    embed = words.get_input_embeddings()
    given = torch.cat([embed(torch.tensor(parts.BEFORE)), heard[0], embed(torch.tensor(parts.AFTER))])
    parts.write("ultravox-turn.f32", words(inputs_embeds=given[None]).logits[0, -len(parts.AFTER):])


class Omni:
    """The thinker of Qwen2.5-Omni, saved as the hub has it: with a prefix, in a configuration of several models."""

    def __init__(self, model):
        self.model = model

    def save_pretrained(self, folder):
        self.model.save_pretrained(folder)
        config, path = json.loads((folder / "config.json").read_text()), folder / "model.safetensors"
        (folder / "config.json").write_text(json.dumps({"architectures": ["Qwen2_5OmniModel"], "model_type": "qwen2_5_omni", "thinker_config": config}))
        saved = safetensors.torch.load_file(path)
        safetensors.torch.save_file({name if name.startswith("thinker.") else "thinker." + name: value for name, value in saved.items()}, path)


def qwen2_5o(width=64, bands=BANDS, hearing=32, **seeing):
    seeing = dict(dict(qwen.SEEING, depth=4, window_size=112, fullatt_block_indexes=[1, 3], out_hidden_size=width), **seeing)
    config = t.Qwen2_5OmniThinkerConfig(
        text_config=dict(WORDS, hidden_size=width, rope_parameters=qwen.rope([2, 3, 3])), audio_token_index=SOUND, image_token_index=502, video_token_index=503, audio_start_token_id=504, audio_end_token_id=505,
        vision_start_token_id=506, vision_end_token_id=507, vision_config=seeing,
        audio_config=dict(d_model=hearing, encoder_ffn_dim=48, encoder_layers=LAYERS, encoder_attention_heads=2, num_mel_bins=bands, max_source_positions=WINDOW // 2, n_window=100, output_dim=width))
    return parts.randomise(t.Qwen2_5OmniThinkerForConditionalGeneration(config)).eval()


def given_at_once(sound):
    """Of a sound what its processor gives, which has room for five minutes."""
    given = t.WhisperFeatureExtractor(feature_size=BANDS, chunk_length=300)(sound, sampling_rate=RATE, return_attention_mask=True, return_tensors="pt")
    return dict(input_features=given.input_features.double(), feature_attention_mask=given.attention_mask)


def make_qwen2_5o():
    model = qwen2_5o()
    parts.pack("qwen2.5o-parts.gguf.gz", parts.peer_parts(Omni(model), image_mean=qwen.MEAN, image_std=qwen.DEVIATION))
    parts.pack("qwen2.5o-model.gguf.gz", qwen.words(Omni(model), pathlib.Path(sys.argv[1])))
    model = model.double()
    heard = [model.get_audio_features(**given_at_once(make_sound(n))).pooler_output for n in HEARD]
    parts.write("qwen2.5o-audio.f32", *[some(value) for value in heard])
    print([value.shape for value in heard])
    parts.write("qwen2.5o-vision.f32", *[qwen.see(model, picture, 4) for picture in parts.PICTURES])
    parts.write("qwen2.5o-turn.f32", turn(model, len(heard[0]), **given_at_once(make_sound(HEARD[0]))))


class Asr:
    """Qwen3-ASR, saved as the hub has what its files are made of: with a prefix, in a configuration of several models, its projector in the tower."""

    NAMES = (("model.audio_tower.", "thinker.audio_tower."), ("model.multi_modal_projector.linear_", "thinker.audio_tower.proj"), ("model.language_model.", "thinker.model."),
             ("lm_head.", "thinker.lm_head."))

    def __init__(self, model, sections):
        self.model, self.sections = model, sections

    def rename(self, name):
        return next(after + name[len(before):] for before, after in self.NAMES if name.startswith(before))

    def save_pretrained(self, folder):
        folder.mkdir()
        config = self.model.config.to_dict()
        config["text_config"]["rope_parameters"]["mrope_section"] = self.sections
        (folder / "config.json").write_text(json.dumps({"architectures": ["Qwen3ASRForConditionalGeneration"], "model_type": "qwen3_asr", "thinker_config": config}))
        safetensors.torch.save_file({self.rename(name): value.contiguous() for name, value in self.model.state_dict().items()}, folder / "model.safetensors")


def qwen3a(width=64, bands=BANDS, channels=6, hearing=32, heads=2):
    config = t.Qwen3ASRConfig(
        text_config=dict(WORDS, model_type="qwen3", hidden_size=width, head_dim=16, rope_parameters={"rope_type": "default", "rope_theta": 1e4}), audio_token_id=SOUND, tie_word_embeddings=False,
        audio_config=dict(d_model=hearing, encoder_ffn_dim=48, encoder_layers=LAYERS + 1, encoder_attention_heads=heads, num_mel_bins=bands, downsample_hidden_size=channels, output_dim=width))
    return parts.randomise(t.Qwen3ASRForConditionalGeneration(config)).eval()


def given_seconds(sound):
    """Of a sound what its processor gives: whole seconds."""
    given = feature_extraction_qwen3_asr.Qwen3ASRFeatureExtractor(feature_size=BANDS)(sound, sampling_rate=RATE, padding=True, return_attention_mask=True, return_tensors="pt")
    return dict(input_features=given["input_features"].double(), input_features_mask=given["attention_mask"])


def make_qwen3a():
    model = qwen3a()
    parts.pack("qwen3a-parts.gguf.gz", parts.peer_parts(Asr(model, [4, 2, 2])))
    parts.pack("qwen3a-model.gguf.gz", qwen.words(Asr(model, [4, 2, 2]), pathlib.Path(sys.argv[1])))
    model = model.double()
    heard = [model.get_audio_features(**given_seconds(make_sound(n))).pooler_output for n in (MIRRORED, *HEARD)]
    parts.write("qwen3a-audio.f32", *[some(value) for value in heard])
    print([len(value) for value in heard])
    parts.write("qwen3a-turn.f32", turn(model, len(heard[1]), **given_seconds(make_sound(HEARD[0]))))
    tiny = qwen3a(8, 4, 2, 8, 1)
    (parts.SEEDS / "qwen3a-parts.gguf").write_bytes(parts.peer_parts(Asr(tiny, [4, 2, 2])))
