#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Towers at full shape: how long a picture and a sound take to become columns, here and in llama.cpp, or in transformers where llama.cpp has no such tower. Prints Markdown.

    ./dev bench towers [--kept F16|Q8_0] [NAME…]

Weights are random, kept as half floats or in eight bits, and the same on both sides: a model of that shape is saved by transformers and converted by llama.cpp's own converter (Spark's by ours). Ours are timed
from the picture's pixels and the sound's samples; llama.cpp's only while they are encoded, tile by tile where a picture has tiles. Both have two threads and are warm; they take turns.
"""
import argparse
import json
import os
import re
import statistics
import subprocess
import sys

import machine

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
WIDTH, HEIGHT, SECONDS, THREADS = 1024, 768, 10, 2
PACKAGES = ('torch==2.15.0', 'transformers==5.23.0', 'safetensors', 'numpy', 'pillow', 'sentencepiece', 'protobuf')


# ---- models, in a Python that has transformers ------------------------------------------


def smolvlm(t):
    """SmolVLM-256M's eyes."""
    return t.SmolVLMForConditionalGeneration(t.SmolVLMConfig(
        text_config=dict(model_type='llama', vocab_size=512, hidden_size=576, intermediate_size=96, num_hidden_layers=1, num_attention_heads=9, num_key_value_heads=3, pad_token_id=0),
        vision_config=dict(hidden_size=768, intermediate_size=3072, num_hidden_layers=12, num_attention_heads=12, image_size=512, patch_size=16), scale_factor=4, image_token_id=501))


WORDS = dict(vocab_size=512, intermediate_size=96, num_hidden_layers=1, num_attention_heads=4, num_key_value_heads=2, head_dim=16)


def qwen3vl(t):
    """Qwen3-VL-2B's eyes."""
    return t.Qwen3VLForConditionalGeneration(t.Qwen3VLConfig(
        text_config=dict(WORDS, hidden_size=2048, rope_parameters={'rope_type': 'default', 'rope_theta': 1e4, 'mrope_section': [4, 2, 2]}),
        vision_config=dict(depth=24, hidden_size=1024, intermediate_size=4096, num_heads=16, patch_size=16, spatial_merge_size=2, temporal_patch_size=2, out_hidden_size=2048,
                           num_position_embeddings=2304, deepstack_visual_indexes=[5, 11, 17]), image_token_id=501, vision_start_token_id=502, vision_end_token_id=503))


def glimmer(t):
    """Two layers of Muse's eyes."""
    config = t.MuseGlimmerConfig(text_config=dict(WORDS, hidden_size=64))
    config.vision_config.num_hidden_layers, config.vision_config.layer_types = 2, config.vision_config.layer_types[:2]
    return t.MuseGlimmerForConditionalGeneration(config)


def spark(t):
    """Muse Spark's ears."""
    config = t.MuseSparkConfig(text_config=dict(WORDS, hidden_size=8192, moe_hidden_size=48, moe_intermediate_size=32, num_local_experts=4, num_experts_per_tok=2))
    config.vision_config.num_hidden_layers, config.vision_config.layer_types = 2, config.vision_config.layer_types[:2]
    return t.MuseSparkForConditionalGeneration(config)


def gemma4(t):
    """Gemma 4 E2B's eyes and ears, with the widths that transformers gives them when it is not told any."""
    import torch
    config = t.Gemma4Config(text_config=dict(WORDS, hidden_size=1536, global_head_dim=32, layer_types=['full_attention'], num_kv_shared_layers=0, hidden_size_per_layer_input=16,
                                             vocab_size_per_layer_input=512),
                            vision_config=dict(use_clipped_linears=True, standardize=True), audio_config=dict(use_clipped_linears=True),
                            image_token_id=501, boi_token_id=502, eoi_token_id=503, audio_token_id=500)
    model = t.Gemma4ForConditionalGeneration(config)
    for name, value in model.named_buffers():  # what is not set is whatever was in memory
        if name.endswith(('_min', '_max')):
            value.data = torch.full_like(value, -100.0 if name.endswith('_min') else 100.0)
        elif name.endswith(('std_scale', 'std_bias')):
            value.data = torch.full_like(value, 1.0 if name.endswith('std_scale') else 0.0)
    return model


# Name → how it is made, what of the processor the converter wants (None: ours writes it), and what is timed: a picture or a sound, what it is called, and what llama.cpp is given of it: the size of a tile or of
# the picture as its processor has it, and how many; the frames and bands of a spectrogram (None: transformers is the peer).
TOWERS = {
    'smolvlm': (smolvlm, dict(size=dict(longest_edge=2048)), [('picture', 'SmolVLM-256M, picture', (512, 512), 13)]),
    'qwen3vl': (qwen3vl, {}, [('picture', 'Qwen3-VL-2B, picture', (1024, 768), 1)]),
    'gemma4': (gemma4, dict(image_mean=[0.0] * 3, image_std=[1.0] * 3), [('picture', 'Gemma 4 E2B, picture', (912, 672), 1), ('sound', 'Gemma 4 E2B, sound', None, 1)]),
    'muse': (glimmer, {}, [('picture', 'Muse, two layers, picture', (1008, 756), 1)]),
    'spark': (spark, None, [('sound', 'Muse Spark, sound', None, 1)]),
}


def make(name, source, target, kept):
    import pathlib
    import tempfile
    import torch
    import transformers
    build, preprocessor, tasks = TOWERS[name]
    sys.path[:0] = [source, os.path.join(source, 'gguf-py'), os.path.join(ROOT, 'tests/golden/models'), os.path.join(ROOT, 'tests/golden/towers')]
    import parts
    with torch.no_grad(), tempfile.TemporaryDirectory(dir=os.path.dirname(target)) as scratch:
        model = parts.randomise(build(transformers)).eval()
        folder, path = pathlib.Path(scratch) / 'model', pathlib.Path(scratch) / 'parts.gguf'
        model.save_pretrained(folder)
        if preprocessor is None:
            import spark as converter
            converter.convert_parts(folder, path)
            os.replace(folder, target + '.model')
        else:
            import gguf
            from conversion import ModelType, get_model_architecture, get_model_class
            from conversion.base import ModelBase
            # The converter asks a tokenizer for its words.
            (folder / 'tokenizer.json').write_text(json.dumps(dict(model=dict(vocab={str(i): i for i in range(512)}), added_tokens=[])))
            (folder / 'preprocessor_config.json').write_text(json.dumps(dict(image_mean=[0.5] * 3, image_std=[0.5] * 3) | preprocessor))
            kind = get_model_class(get_model_architecture(ModelBase.load_hparams(folder, False), ModelType.MMPROJ), mmproj=True)
            kind(folder, getattr(gguf.LlamaFileType, 'MOSTLY_' + kept), path).write()
            if any(size is None for _, _, size, _ in tasks):
                os.replace(folder, target + '.model')
        os.replace(path, target)


def listen(folder, times):
    """transformers' time for the sound, in milliseconds, one line each."""
    import time
    import torch
    import transformers
    torch.set_num_threads(THREADS)
    with open(os.path.join(folder, 'config.json')) as file:
        is_gemma = json.load(file)['model_type'] == 'gemma4'
    if is_gemma:
        model = transformers.Gemma4ForConditionalGeneration.from_pretrained(folder, dtype=torch.float32).eval()
        given = dict(input_features=torch.rand(1, SECONDS * 100, 128), input_features_mask=torch.ones(1, SECONDS * 100, dtype=torch.bool))
    else:
        model = transformers.MuseSparkForConditionalGeneration.from_pretrained(folder, dtype=torch.float32).eval()
        n = SECONDS * 24000
        n += -n % model.config.audio_config.samples_per_token
        given = dict(input_values=torch.rand(1, n) * 2 - 1)
    with torch.inference_mode():
        for i in range(times + 1):
            began = time.perf_counter()
            heard = model.model.get_audio_features(**given).pooler_output
            if i:
                print(heard.shape[-2], (time.perf_counter() - began) * 1e3, flush=True)


# ---- measuring --------------------------------------------------------------------------


def python_of(peers):
    folder = os.path.join(peers, 'towers')
    python, stamp = os.path.join(folder, 'bin/python3'), os.path.join(folder, '.complete')
    if not os.path.exists(stamp):
        print('Fetching transformers, which makes the models (700 MB)', file=sys.stderr, flush=True)
        subprocess.run([sys.executable, '-m', 'venv', '--clear', folder], check=True)
        subprocess.run([python, '-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', *PACKAGES], check=True)
        open(stamp, 'w').close()
    return python


def build_peer(peers, folder):
    source, libraries, program = os.path.join(peers, 'source'), os.path.join(peers, 'build/bin'), os.path.join(folder, 'towers_peer')
    includes = [f'-I{os.path.join(source, name)}' for name in ('tools/mtmd', 'include', 'ggml/include', 'common', 'vendor')]
    subprocess.run(['g++', '-O2', '-std=c++17', *includes, os.path.join(HERE, 'towers_peer.cpp'), '-o', program, f'-L{libraries}', f'-Wl,-rpath,{libraries}', '-lmtmd', '-lllama', '-lggml', '-lggml-base'],
                   check=True)
    return program


def ours(engine, path, *options):
    result = subprocess.run([engine, 'encode', path, '--json', '--threads', str(THREADS), '--repeat', '3', *options], capture_output=True, text=True, check=True)
    return json.loads(result.stdout)


def peer(program, path, sense, width, height):
    result = subprocess.run([program, path, sense, str(width), str(height), str(THREADS), '3'], capture_output=True, text=True, check=True)
    rows = [line.split() for line in result.stdout.splitlines() if re.fullmatch(r'\d+ [\d.]+', line)]
    return int(rows[0][0]), statistics.median(float(ms) for _, ms in rows)


def peer_listens(python, folder):
    result = subprocess.run([python, os.path.abspath(__file__), '--listen', folder], capture_output=True, text=True, check=True)
    rows = [line.split() for line in result.stdout.splitlines()]
    return int(rows[0][0]), statistics.median(float(ms) for _, ms in rows)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--build')
    parser.add_argument('--peers')
    parser.add_argument('--rounds', type=int, default=3)
    parser.add_argument('--kept', choices=('F16', 'Q8_0'), action='append', help='how the weights are kept (both; Spark always as its converter writes them)')
    parser.add_argument('--make', nargs=4, metavar=('NAME', 'SOURCE', 'TARGET', 'KEPT'), help=argparse.SUPPRESS)
    parser.add_argument('--listen', metavar='FOLDER', help=argparse.SUPPRESS)
    parser.add_argument('names', nargs='*')
    arguments = parser.parse_args()
    if arguments.make:
        return make(*arguments.make)
    if arguments.listen:
        return listen(arguments.listen, 3)

    folder, engine = os.path.join(arguments.build, 'bench/towers'), os.path.join(arguments.build, 'engine/tool/melete-engine')
    os.makedirs(folder, exist_ok=True)
    python, program = python_of(arguments.peers), build_peer(arguments.peers, folder)
    rows = []
    every = [(name, kept) for name in arguments.names or TOWERS for kept in (arguments.kept or ('F16', 'Q8_0') if TOWERS[name][1] is not None else ('BF16',))]
    for name, kept in every:
        path = os.path.join(folder, f'{name}-{kept}.gguf')
        if not os.path.exists(path):
            subprocess.run([python, os.path.abspath(__file__), '--make', name, os.path.join(arguments.peers, 'source'), path, kept], check=True)
        for sense, what, size, n_tiles in TOWERS[name][2]:
            mine, theirs = [], []
            for _ in range(arguments.rounds):
                result = ours(engine, path, *(('--image', f'{WIDTH}x{HEIGHT}') if sense == 'picture' else ('--audio', str(SECONDS))))
                columns, ms = result[f'{sense}_columns'], result[f'{sense}_ms']
                there, other = peer(program, path, sense, *size) if size is not None else peer_listens(python, path + '.model')
                mine.append(ms)
                theirs.append(other * n_tiles)
            rows.append([f'{what}, {kept}', columns, there * n_tiles, f'{statistics.median(mine):.0f}', f'{statistics.median(theirs):.0f}',
                         f'{statistics.median(b / a for a, b in zip(mine, theirs)):.2f}'])
            print(*rows[-1], sep=' | ', file=sys.stderr, flush=True)
        if name == 'spark':
            both = [ours(engine, path, '--image', f'{WIDTH}x{HEIGHT}', '--audio', str(SECONDS), '--together') for _ in range(arguments.rounds)]
            share = statistics.median(result['together_ms'] / (result['picture_ms'] + result['sound_ms']) for result in both)
            rows.append(['Muse Spark, picture and sound at once, of the sum of both', '', '', f'{statistics.median(result["together_ms"] for result in both):.0f}', '', f'{share:.3f}'])
    print(f'{machine.describe()}; {machine.version()}')
    print(machine.table(['', 'columns', "peer's columns", 'ms', "peer's ms", 'times as fast'], rows))
    if machine.busy():
        print(machine.busy())
    return 0


if __name__ == '__main__':
    sys.exit(main())
