#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tests data/convert with small random folders as their makers publish them: the files that come out are run by the engine, named by the environment's MELETE_ENGINE. Says the result
in TAP. That the numbers are right is tested with the goldens, whose files this converter makes (tests/golden/models/spark.py)."""
import json
import os
import struct
import subprocess
import sys
import tempfile
import unittest

import numpy

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(ROOT, 'tests'))
import tap  # noqa: E402

CONVERTER, ENGINE = os.path.join(ROOT, 'data/convert'), os.environ['MELETE_ENGINE']
WIDTH, VOCABULARY, HEADS, HEAD, EXPERTS = 64, 300, 4, 16, 4
TEXT = dict(vocab_size=VOCABULARY, hidden_size=WIDTH, intermediate_size=96, num_hidden_layers=2, num_attention_heads=HEADS, num_key_value_heads=2, head_dim=HEAD, sliding_window=32, rms_norm_eps=1e-5,
            qk_scale_factor=1.5, output_multiplier=0.5, final_logit_softcapping=5.0, max_position_embeddings=2048, rope_parameters={'rope_theta': 5e5}, layer_types=['sliding_attention', 'full_attention'])
SPARSE = dict(residual_gate_temperature=0.3, num_local_experts=EXPERTS, num_experts_per_tok=2, moe_hidden_size=48, moe_intermediate_size=32)
SEEING = dict(hidden_size=32, intermediate_size=48, num_attention_heads=2, num_hidden_layers=2, patch_size=4, patch_temporal=2, merge_size=2, pos_emb_height=8, pos_emb_width=8, layer_norm_eps=1e-5,
              rope_parameters={'rope_theta': 1e4})
HEARING = dict(patch_sizes=[4, 3], hidden_sizes=[16, 24], depths=[1, 1], mlp_ratio=4.0, conv_kernel_size=7, out_hidden_size=64, rms_norm_eps=1e-6)


def attention_shapes(front):
    return {f'{front}self_attn.{name}_proj.weight': shape for name, shape in (('q', (64, 64)), ('k', (32, 64)), ('v', (32, 64)), ('o', (64, 64)), ('gate', (64, 64)))}


def text_shapes(sparse, apart):
    front = 'model.language_model.'
    shapes = {f'{front}embed_tokens.weight': (VOCABULARY, WIDTH), f'{front}norm.weight': (WIDTH,), 'lm_head.weight': (VOCABULARY, WIDTH)}
    for i in range(2):
        layer = f'{front}layers.{i}.'
        shapes |= attention_shapes(layer)
        shapes |= {f'{layer}{name}_layernorm.weight': (WIDTH,) for name in ('input', 'pre_feedforward', 'post_feedforward')}
        if not sparse:
            shapes |= {f'{layer}mlp.{name}_proj.weight': (64, 96) if name == 'down' else (96, 64) for name in ('gate', 'up', 'down')}
            shapes[f'{layer}post_attention_layernorm.weight'] = (WIDTH,)
            continue
        shapes |= {f'{layer}post_{name}_residual_gate.gate': (WIDTH,) for name in ('attention', 'feedforward')}
        mlp = f'{layer}mlp.'
        shapes |= {f'{mlp}gate.weight': (EXPERTS, WIDTH), f'{mlp}gate.e_score_correction_bias': (EXPERTS,), f'{mlp}pre_expert_proj.weight': (48, WIDTH), f'{mlp}pre_expert_norm.weight': (48,),
                   f'{mlp}post_expert_proj.weight': (WIDTH, 48), f'{mlp}experts.post_expert_norm.weight': (48,)}
        if apart:
            shapes |= {f'{mlp}experts.{e}.{name}_proj.weight': (48, 32) if name == 'down' else (32, 48) for e in range(EXPERTS) for name in ('gate', 'up', 'down')}
        else:
            shapes |= {f'{mlp}experts.gate_up_proj': (EXPERTS, 64, 48), f'{mlp}experts.down_proj': (EXPERTS, 48, 32)}
    return shapes


def eyes_shapes():
    tower = 'model.vision_tower.'
    shapes = {'model.vision_adapter.fc1.weight': (48, 128), 'model.vision_adapter.fc2.weight': (48, 48), 'model.vision_projection.weight': (WIDTH, 48),
              f'{tower}patch_embedder.patch_embedding.weight': (32, 96), f'{tower}patch_embedder.position_embedding_table.weight': (64, 32)}
    shapes |= {f'{tower}{name}.{kind}': (32,) for name in ('ln_pre', 'ln_post') for kind in ('weight', 'bias')}
    for i in range(2):
        for name, rows, columns in (('attn.q_proj', 32, 32), ('attn.k_proj', 32, 32), ('attn.v_proj', 32, 32), ('attn.proj', 32, 32), ('mlp.fc1', 48, 32), ('mlp.fc2', 32, 48)):
            shapes |= {f'{tower}layers.{i}.{name}.weight': (rows, columns), f'{tower}layers.{i}.{name}.bias': (rows,)}
        shapes |= {f'{tower}layers.{i}.{name}.{kind}': (32,) for name in ('norm1', 'norm2') for kind in ('weight', 'bias')}
    return shapes


def ears_shapes():
    tower, before = 'model.audio_tower.', 1
    shapes = {f'{tower}norm.weight': (24,), f'{tower}post_proj_norm.weight': (64,), f'{tower}proj.weight': (64, 24), f'{tower}proj.bias': (64,)}
    for i, (patch, width) in enumerate(zip(HEARING['patch_sizes'], HEARING['hidden_sizes'])):
        stage, block = f'{tower}layers.{i}.', f'{tower}layers.{i}.conv_blocks.0.'
        shapes |= {f'{stage}patch_embedder.proj.weight': (width, patch * before), f'{stage}patch_embedder.proj.bias': (width,), f'{stage}patch_embedder.norm.weight': (width,),
                   f'{block}conv.weight': (width, 1, 7), f'{block}conv.bias': (width,), f'{block}norm.weight': (width,), f'{block}mlp.fc1.weight': (4 * width, width), f'{block}mlp.fc1.bias': (4 * width,),
                   f'{block}mlp.fc2.weight': (width, 4 * width), f'{block}mlp.fc2.bias': (width,)}
        before = width
    return shapes


def write_safetensors(path, shapes, stored, seed):
    random, head, data = numpy.random.default_rng(seed), {}, b''
    for name, shape in shapes.items():
        values = (random.standard_normal(shape) / 8).astype('<f4')
        made = (values.view('<u4') >> 16).astype('<u2').tobytes() if stored == 'BF16' else values.astype('<f2' if stored == 'F16' else '<f4').tobytes()
        head[name] = {'dtype': stored, 'shape': list(shape), 'data_offsets': [len(data), len(data) + len(made)]}
        data += made
    text = json.dumps(head).encode()
    with open(path, 'wb') as file:
        file.write(struct.pack('<Q', len(text)) + text + data)


def byte_tokens():
    """The characters that stand for bytes in tokenizers of this kind."""
    plain = [*range(33, 127), *range(161, 173), *range(174, 256)]
    others = [n for n in range(256) if n not in plain]
    return {chr(n): n for n in plain} | {chr(256 + i): n for i, n in enumerate(others)}


def write_folder(folder, kind, stored='BF16', apart=False):
    sparse = kind == 'muse_spark'
    config = dict(model_type=kind, text_config=TEXT | (SPARSE if sparse else {}), vision_config=SEEING)
    shapes = text_shapes(sparse, apart)
    # In several files, as large models are.
    write_safetensors(os.path.join(folder, 'model-00001-of-00002.safetensors'), shapes, stored, 1)
    parts = eyes_shapes()
    if sparse:
        config['audio_config'] = HEARING
        parts |= ears_shapes()
    write_safetensors(os.path.join(folder, 'model-00002-of-00002.safetensors'), parts, stored, 2)
    tokenizer = {'model': {'type': 'BPE', 'vocab': byte_tokens() | {'ab': 256}, 'merges': [['a', 'b']]}, 'pre_tokenizer': {'type': 'ByteLevel'},
                 'added_tokens': [{'id': 298, 'content': '<|begin_of_text|>', 'special': True}, {'id': 299, 'content': '<|eot|>', 'special': True}]}
    for name, content in (('config', config), ('tokenizer', tokenizer), ('tokenizer_config', {'bos_token': '<|begin_of_text|>', 'eos_token': {'content': '<|eot|>'}, 'add_bos_token': True})):
        with open(os.path.join(folder, f'{name}.json'), 'w') as file:
            json.dump(content, file)
    with open(os.path.join(folder, 'chat_template.jinja'), 'w') as file:
        file.write("{% for m in messages %}{{ m.content }}{% endfor %}")


def convert(*arguments):
    return subprocess.run([sys.executable, CONVERTER, *arguments], capture_output=True, text=True)


def run_engine(*arguments):
    return subprocess.run([ENGINE, *arguments], capture_output=True, text=True)


class ConvertTest(unittest.TestCase):
    def setUp(self):
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.folder, self.model, self.parts = os.path.join(scratch.name, 'Muse-Tiny'), os.path.join(scratch.name, 'model.gguf'), os.path.join(scratch.name, 'model.mmproj.gguf')
        os.mkdir(self.folder)

    def make(self, *options):
        result = convert(self.folder, self.model, '--parts', self.parts, *options)
        self.assertEqual(result.returncode, 0, result.stderr)

    def answer(self, *options):
        result = run_engine('generate', self.model, '--prompt', 'cab', '--max', '6', '--temp', '0', *options)
        self.assertEqual(result.returncode, 0, result.stderr)
        return result.stdout

    def test_runs(self):
        """Both, in all three ways of keeping them, with their eyes and ears."""
        for kind in ('muse_spark', 'muse_glimmer'):
            write_folder(self.folder, kind)
            for keep in ('bf16', 'f16', 'f32'):
                with self.subTest(kind=kind, keep=keep):
                    self.make('--keep', keep)
                    facts = run_engine('info', self.model)
                    self.assertIn(kind.replace('_', '-'), facts.stdout)
                    self.assertIn('Muse-Tiny', facts.stdout)
                    self.assertIn('300 tokens', facts.stdout)
                    self.answer()
                    encode = run_engine('encode', self.parts, '--image', '64x48', *(['--audio', '1'] if kind == 'muse_spark' else []))
                    self.assertEqual(encode.returncode, 0, encode.stderr)
            os.unlink(os.path.join(self.folder, 'model-00001-of-00002.safetensors'))

    def test_experts_apart(self):
        """All experts of a layer in one tensor, or each for itself: the model has all its weights either way."""
        write_folder(self.folder, 'muse_spark', apart=True)
        self.make()
        self.answer()

    def test_bits_stay(self):
        """What is kept as it was published is the same bits."""
        write_folder(self.folder, 'muse_glimmer')
        self.make()
        with open(os.path.join(self.folder, 'model-00001-of-00002.safetensors'), 'rb') as file:
            n = struct.unpack('<Q', file.read(8))[0]
            head = json.loads(file.read(n))
            begin, end = head['model.language_model.embed_tokens.weight']['data_offsets']
            file.seek(8 + n + begin)
            published = file.read(end - begin)
        with open(self.model, 'rb') as file:
            self.assertIn(published, file.read())

    def refuse(self, *words):
        result = convert(self.folder, self.model)
        self.assertNotEqual(result.returncode, 0)
        self.assertTrue(result.stderr.startswith('The model could not be converted: '), result.stderr)
        for word in words:
            self.assertIn(word, result.stderr)
        self.assertNotIn('Traceback', result.stderr)
        self.assertFalse(os.path.exists(self.model) or os.path.exists(self.model + '.part'))

    def test_refused(self):
        self.refuse('config.json')
        write_folder(self.folder, 'muse_glimmer')
        first = os.path.join(self.folder, 'model-00001-of-00002.safetensors')
        with open(first, 'rb') as file:
            whole = file.read()
        for n in (0, 5, 100, len(whole) - 50):
            with open(first, 'wb') as file:
                file.write(whole[:n])
            self.refuse('damaged')
        os.unlink(first)
        self.refuse('embed_tokens.weight')
        with open(first, 'wb') as file:
            file.write(whole)
        with open(os.path.join(self.folder, 'config.json'), 'w') as file:
            json.dump({'model_type': 'mamba3'}, file)
        self.refuse('mamba3')
        with open(os.path.join(self.folder, 'config.json'), 'w') as file:
            json.dump({'model_type': 'muse_glimmer', 'text_config': {key: value for key, value in TEXT.items() if key != 'head_dim'}}, file)
        self.refuse('head_dim')

    def test_unknown_tokenizer(self):
        write_folder(self.folder, 'muse_glimmer')
        path = os.path.join(self.folder, 'tokenizer.json')
        with open(path) as file:
            tokenizer = json.load(file)
        tokenizer['pre_tokenizer'] = {'type': 'Split', 'pattern': {'Regex': 'something else'}}
        with open(path, 'w') as file:
            json.dump(tokenizer, file)
        self.refuse('tokenizer')


if __name__ == '__main__':
    sys.exit(tap.main(ConvertTest))
