#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Makes the tiny towers *.gguf.gz in this folder, the columns *.f32 that transformers gives for them, the seed of tests/fuzz/fuzz_gguf.c,
and a model that hears with them, muse-spark-hears.gguf.gz, with the logits of a turn of words, that sound, and words.

Made at development time, never by a test:

    pip install torch transformers==5.23.0 gguf safetensors
    python3 tests/golden/towers/make.py

Random weights, numbers of bfloat16 kept as F32. The sound is the noise that tests/engine/towers/ears.c makes too.
"""
import gzip
import pathlib
import sys
import tempfile

import torch
import transformers as t

HERE = pathlib.Path(__file__).parent
sys.path.insert(0, str(HERE.parent / "models"))
import convert  # noqa: E402
import spark  # noqa: E402

SAMPLES = 24 * 45 + 17
BEFORE, AFTER = [(i * 37 + 11) % 500 for i in range(10)], [(i * 53 + 7) % 500 for i in range(9)]
SEED = HERE.parent.parent / "fuzz/corpus/gguf/muse-spark-audio.gguf"


def configuration(audio):
    return t.MuseSparkConfig(
        text_config=dict(vocab_size=512, hidden_size=64, intermediate_size=96, num_hidden_layers=2, num_attention_heads=4, num_key_value_heads=2, head_dim=16,
                         moe_hidden_size=48, moe_intermediate_size=32, num_local_experts=4, num_experts_per_tok=2, sliding_window=32, rms_norm_eps=1e-5, qk_scale_factor=1.5, output_multiplier=0.5,
                         final_logit_softcapping=5.0, bos_token_id=509, eos_token_id=511, pad_token_id=509),
        vision_config=dict(patch_size=4, pos_emb_height=8, pos_emb_width=8, num_attention_heads=2, num_hidden_layers=1, hidden_size=32, intermediate_size=48,
                           rope_parameters={"rope_type": "axial", "rope_theta": 1e4}),
        out_hidden_size=128, projector_hidden_size=48, audio_config=audio, audio_token_id=500, image_token_id=501, video_token_id=502)


def noise(n):
    """Sixteen bits of a linear congruential generator for each sample."""
    state, samples = 1, []
    for _ in range(n):
        state = (state * 1103515245 + 12345) % 2**31
        samples.append((state >> 8 & 0xFFFF) / 32768 - 1)
    return torch.tensor(samples, dtype=torch.float64)


def randomise(model):
    torch.manual_seed(11)
    for name, value in model.named_parameters():
        if value.dim() == 1:
            value.data = torch.randn(value.shape) * 0.2 + (1.0 if "norm" in name and name.endswith("weight") else 0.0)
        else:
            value.data = torch.randn(value.shape) / value[0].numel() ** 0.5
        value.data = value.data.to(torch.bfloat16).to(torch.float32)
    return model


def ears(config):
    """A random model, the file of its ears, and its own."""
    model = randomise(t.MuseSparkForConditionalGeneration(config)).eval()
    with tempfile.TemporaryDirectory() as scratch:
        folder = pathlib.Path(scratch) / "model"
        model.save_pretrained(folder)
        spark.convert_ears(folder, pathlib.Path(scratch) / "ears.gguf")
        spark.convert(folder, pathlib.Path(scratch) / "model.gguf", convert.dummy_vocabulary)
        return model, (pathlib.Path(scratch) / "ears.gguf").read_bytes(), (pathlib.Path(scratch) / "model.gguf").read_bytes()


def pack(name, data):
    with open(HERE / name, "wb") as out, gzip.GzipFile(fileobj=out, mode="wb", mtime=0, filename="") as packed:
        packed.write(data)


def main():
    config = configuration(dict(patch_sizes=[4, 3, 2], hidden_sizes=[16, 24, 40], depths=[2, 1, 2], num_hidden_layers=3, out_hidden_size=64))
    model, data, words = ears(config)
    SEED.write_bytes(ears(configuration(dict(patch_sizes=[2, 2], hidden_sizes=[4, 4], depths=[1, 1], num_hidden_layers=2, out_hidden_size=64)))[1])
    per_token = config.audio_config.samples_per_token
    sound = noise(SAMPLES)
    padded = torch.cat([sound, torch.zeros(-SAMPLES % per_token, dtype=torch.float64)])
    with torch.no_grad():
        model.set_experts_implementation("eager")
        columns = model.double().model.get_audio_features(padded[None]).pooler_output
        tokens = [*BEFORE, *[config.audio_token_id] * len(columns), *AFTER]
        logits = model(input_ids=torch.tensor([tokens]), input_values=padded[None]).logits[0]
    pack("muse-spark-audio.gguf.gz", data)
    pack("muse-spark-hears.gguf.gz", words)
    logits[-len(AFTER):].float().numpy().astype("<f4").tofile(HERE / "muse-spark-hears.f32")
    columns.float().numpy().astype("<f4").tofile(HERE / "muse-spark-audio.f32")
    print(columns.shape, len(data), columns.flatten()[:4].tolist())


if __name__ == "__main__":
    main()
