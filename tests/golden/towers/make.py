#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Makes the tiny towers *-parts.gguf.gz in this folder, the columns *.f32 that transformers gives for them, seeds of tests/fuzz/fuzz_gguf.c,
and a model that sees and hears with them, muse-spark-model.gguf.gz, with the logits of a turn of words, a picture, words, a sound, and words.

Made at development time, never by a test:

    ./dev peers
    pip install pillow torch transformers==5.23.0 gguf safetensors
    python3 tests/golden/towers/make.py SOURCE_OF_LLAMA_CPP [NAME…]

Random weights, numbers of bfloat16 kept as F32. Glimmer's parts are converted by llama.cpp's own converter. Sound and pictures are the noise that tests/engine/towers makes too.
"""
import pathlib
import sys
import tempfile

import numpy
import torch
import transformers as t
from PIL import Image

HERE = pathlib.Path(__file__).parent
sys.path.insert(0, str(HERE.parent / "models"))
sys.path.insert(0, str(HERE.parent / "prep"))
import convert  # noqa: E402
import ears  # noqa: E402
import gemma3  # noqa: E402
import gemma4  # noqa: E402
import make as prep  # noqa: E402
import internvl  # noqa: E402
import lfm2  # noqa: E402
import pixtral  # noqa: E402
import qwen  # noqa: E402
import shapes  # noqa: E402
import spark  # noqa: E402
from parts import AFTER, BEFORE, BETWEEN, PICTURES, SEEDS, opaque, pack, peer_parts, randomise, write  # noqa: E402

SAMPLES = 24 * 45 + 17
PATCH, MERGE = 4, 2
SEEING = dict(patch_size=PATCH, pos_emb_height=8, pos_emb_width=8, num_attention_heads=2, num_hidden_layers=5, hidden_size=32, intermediate_size=48,
              rope_parameters={"rope_type": "axial", "rope_theta": 1e4})
HEARING = dict(patch_sizes=[4, 3, 2], hidden_sizes=[16, 24, 40], depths=[2, 1, 2], num_hidden_layers=3, out_hidden_size=64)
WORDS = dict(vocab_size=512, hidden_size=64, intermediate_size=96, num_hidden_layers=2, num_attention_heads=4, num_key_value_heads=2, head_dim=16, sliding_window=32, rms_norm_eps=1e-5,
             qk_scale_factor=1.5, output_multiplier=0.5, final_logit_softcapping=5.0, bos_token_id=509, eos_token_id=511, pad_token_id=509)
PROJECTION = dict(out_hidden_size=128, projector_hidden_size=48, image_token_id=501, video_token_id=502)


def spark_configuration(audio, vision=SEEING):
    return t.MuseSparkConfig(text_config=dict(WORDS, moe_hidden_size=48, moe_intermediate_size=32, num_local_experts=4, num_experts_per_tok=2), vision_config=vision, audio_config=audio,
                             audio_token_id=500, **PROJECTION)


def sound_noise(n):
    """Sixteen bits of a linear congruential generator for each sample."""
    state, samples = 1, []
    for _ in range(n):
        state = (state * 1103515245 + 12345) % 2**31
        samples.append((state >> 8 & 0xFFFF) / 32768 - 1)
    return torch.tensor(samples, dtype=torch.float64)


def patches(picture, most):
    """As the processor of both Muses has it, whose own code wants more than is installed here."""
    image = opaque(picture)
    high, wide = prep.smart_resize("muse_glimmer")(image.height, image.width, PATCH * MERGE, most)
    pixels = torch.tensor(numpy.asarray(prep.resize(image, (wide, high), Image.Resampling.LANCZOS))).permute(2, 0, 1).double()
    rows, columns = high // PATCH, wide // PATCH
    cut = ((pixels / 255 - 0.5) / 0.5).view(3, rows, PATCH, columns, PATCH).permute(1, 3, 0, 2, 4).reshape(rows * columns, 1, -1)
    return cut.expand(-1, 2, -1).reshape(rows * columns, -1), torch.tensor([[1, rows, columns]])


def see(model, picture):
    pixels, grid = patches(picture, picture[3])
    return torch.cat(model.model.get_image_features(pixels, grid).pooler_output)


def spark_files(config):
    """A random model, the file of its parts, and its own."""
    model = randomise(t.MuseSparkForConditionalGeneration(config)).eval()
    with tempfile.TemporaryDirectory() as scratch:
        folder = pathlib.Path(scratch) / "model"
        model.save_pretrained(folder)
        spark.convert_parts(folder, pathlib.Path(scratch) / "parts.gguf")
        spark.convert(folder, pathlib.Path(scratch) / "model.gguf", convert.dummy_vocabulary)
        return model, (pathlib.Path(scratch) / "parts.gguf").read_bytes(), (pathlib.Path(scratch) / "model.gguf").read_bytes()


def make_spark():
    config = spark_configuration(HEARING)
    model, parts, words = spark_files(config)
    pack("muse-spark-parts.gguf.gz", parts)
    pack("muse-spark-model.gguf.gz", words)
    sound = sound_noise(SAMPLES)
    padded = torch.cat([sound, torch.zeros(-SAMPLES % config.audio_config.samples_per_token, dtype=torch.float64)])
    model.set_experts_implementation("eager")
    model = model.double()
    heard, seen = model.model.get_audio_features(padded[None]).pooler_output, [see(model, picture) for picture in PICTURES]
    tokens = [*BEFORE, *[config.image_token_id] * len(seen[0]), *BETWEEN, *[config.audio_token_id] * len(heard), *AFTER]
    pixels, grid = patches(PICTURES[0], PICTURES[0][3])
    logits = model(input_ids=torch.tensor([tokens]), input_values=padded[None], pixel_values=pixels, image_grid_thw=grid).logits[0]
    write("muse-spark-audio.f32", heard)
    write("muse-spark-vision.f32", *seen)
    write("muse-spark-turn.f32", logits[-len(AFTER):])


def glimmer():
    return randomise(t.MuseGlimmerForConditionalGeneration(t.MuseGlimmerConfig(text_config=WORDS, vision_config=SEEING, **PROJECTION))).eval()


def make_glimmer():
    model = glimmer()
    pack("muse-glimmer-parts.gguf.gz", peer_parts(model))
    model = model.double()
    write("muse-glimmer-vision.f32", *[see(model, picture) for picture in PICTURES])


TILE, LONGEST = 24, 60


def tiles(picture):
    """As the processor of Idefics3 and SmolVLM has it: the longer side, whole tiles, the tiles and the whole once more; fewer tiles where there is less room."""
    width, height, _, most = picture
    image = opaque(picture)
    longest = LONGEST
    while True:
        ratio = width / height
        if width >= height:
            first = longest, int(longest / ratio)
            first = first[0], max(first[1] + first[1] % 2, 1)
            second = -(-first[0] // TILE) * TILE
            second = second, -(-int(second / (first[0] / first[1])) // TILE) * TILE
        else:
            first = int(longest * ratio), longest
            first = max(first[0] + first[0] % 2, 1), first[1]
            second = -(-first[1] // TILE) * TILE
            second = -(-int(second * (first[0] / first[1])) // TILE) * TILE, second
        across, down = second[0] // TILE, second[1] // TILE
        count = across * down + (across * down > 1)
        if count * 9 <= most or longest <= TILE:
            break
        longest = max(longest - TILE, TILE)
    kind = Image.Resampling.LANCZOS
    whole = prep.resize(prep.resize(image, first, kind), second, kind)
    cut = [whole.crop((x * TILE, y * TILE, (x + 1) * TILE, (y + 1) * TILE)) for y in range(down) for x in range(across)]
    if len(cut) > 1:
        cut.append(prep.resize(whole, (TILE, TILE), kind))
    return torch.stack([(torch.tensor(numpy.asarray(tile)).permute(2, 0, 1).double() / 255 - 0.5) / 0.5 for tile in cut])[None]


def idefics3(width, **vision):
    config = t.SmolVLMConfig(
        text_config=dict(model_type="llama", vocab_size=512, hidden_size=width, intermediate_size=96, num_hidden_layers=1, num_attention_heads=4, num_key_value_heads=2, pad_token_id=0),
        vision_config=vision, scale_factor=2, image_token_id=501)
    return randomise(t.SmolVLMForConditionalGeneration(config)).eval()


SEEING_TILES = dict(hidden_size=32, intermediate_size=48, num_hidden_layers=3, num_attention_heads=2, image_size=TILE, patch_size=4)


def make_idefics3():
    model = idefics3(64, **SEEING_TILES)
    pack("idefics3-parts.gguf.gz", peer_parts(model, size=dict(longest_edge=LONGEST)))
    model = model.double()
    seen = [model.model.get_image_features(tiles(picture)).pooler_output for picture in PICTURES]
    write("idefics3-vision.f32", *[torch.cat(list(value)) for value in seen])


def make_sizes():
    """sizes.txt: width and height, the columns that a picture becomes, and the runs that they stand in, between words."""
    with open(HERE / "sizes.txt", "w") as out:
        for name, tower in (("gemma4", gemma4), ("internvl", internvl), ("lfm2", lfm2), ("mistral3", pixtral)):
            for width, height in [picture for picture in [*prep.PICTURES, *prep.TILED] if max(picture) <= 32768 and all(tower.size(*picture))]:
                print(name, width, height, *tower.size(width, height), file=out)


def make_shapes():
    """*-shapes.f32 and *-lengths.f32, see shapes.py; ears of Spark that make as few columns of a sound as the published ones, with the words of the other."""
    model = randomise(t.MuseSparkForConditionalGeneration(spark_configuration(HEARING))).eval()
    config = spark_configuration(dict(HEARING, patch_sizes=[40, 8, 6]))
    listener = randomise(t.MuseSparkForConditionalGeneration(config)).eval()
    listener.model.language_model.load_state_dict(model.model.language_model.state_dict())
    listener.lm_head.load_state_dict(model.lm_head.state_dict())
    with tempfile.TemporaryDirectory() as scratch:
        folder = pathlib.Path(scratch) / "model"
        listener.save_pretrained(folder)
        spark.convert_parts(folder, pathlib.Path(scratch) / "parts.gguf")
        pack("muse-spark-long-parts.gguf.gz", (pathlib.Path(scratch) / "parts.gguf").read_bytes())
    for one in (model, listener):
        one.set_experts_implementation("eager")

    def see_spark(model, picture):
        pixels, grid = patches(picture, picture[3])
        tokens = torch.tensor([[*BEFORE, *[config.image_token_id] * (int(grid.prod()) // MERGE ** 2), *AFTER]])
        return model(input_ids=tokens, pixel_values=pixels, image_grid_thw=grid).logits[0]

    def hear_spark(model, sound):
        padded = torch.cat([torch.tensor(sound).double(), torch.zeros(-len(sound) % config.audio_config.samples_per_token, dtype=torch.float64)])[None]
        heard = model.model.get_audio_features(padded).pooler_output
        tokens = torch.tensor([[*BEFORE, *[config.audio_token_id] * len(heard), *AFTER]])
        return heard, model(input_ids=tokens, input_values=padded).logits[0]

    shapes.make_palette()
    shapes.write_shapes("spark", model.double(), see, see_spark)
    shapes.write_shapes("glimmer", glimmer().double(), see)
    shapes.write_shapes("idefics3", idefics3(64, **SEEING_TILES).double(), lambda model, picture: torch.cat(list(model.model.get_image_features(tiles(picture)).pooler_output)))
    shapes.write_lengths("spark", listener.double(), hear_spark, 24000)
    shapes.make()


def make_seeds():
    small = dict(SEEING, patch_size=2, pos_emb_height=2, pos_emb_width=2, num_hidden_layers=1, hidden_size=8, intermediate_size=4)
    config = spark_configuration(dict(patch_sizes=[2, 2], hidden_sizes=[4, 4], depths=[1, 1], num_hidden_layers=2, out_hidden_size=64), small)
    config.out_hidden_size, config.projector_hidden_size = 32, 8
    (SEEDS / "idefics3-parts.gguf").write_bytes(
        peer_parts(idefics3(8, hidden_size=8, intermediate_size=4, num_hidden_layers=1, num_attention_heads=2, image_size=8, patch_size=2), size=dict(longest_edge=20)))
    (SEEDS / "muse-spark-parts.gguf").write_bytes(spark_files(config)[1])


MAKERS = {
    "spark": make_spark, "glimmer": make_glimmer, "gemma3": gemma3.make, "gemma4": gemma4.make, "idefics3": make_idefics3, "internvl": internvl.make, "lfm2": lfm2.make, "pixtral": pixtral.make, "qwen": qwen.make, "windows": ears.make_windows,
    "voxtral": ears.make_voxtral, "qwen2a": ears.make_qwen2a, "ultravox": ears.make_ultravox, "omni": ears.make_qwen2_5o, "qwen3a": ears.make_qwen3a, "sizes": make_sizes, "shapes": make_shapes, "seeds": make_seeds,
}


def main():
    sys.path[:0] = [sys.argv[1], str(pathlib.Path(sys.argv[1]) / "gguf-py")]
    with torch.no_grad():
        for name in sys.argv[2:] or MAKERS:
            MAKERS[name]()


if __name__ == "__main__":
    main()
