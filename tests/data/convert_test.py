#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tests data/convert with small folders of every family: each key and each tensor must be what llama.cpp's converter makes of the same folder, and each vocabulary must cut texts as the published
tokenizer does (tests/golden/convert). The engine, named by the environment's MELETE_ENGINE, runs what comes out. Says the result in TAP."""
import glob
import hashlib
import json
import os
import random
import subprocess
import sys
import tempfile
import unittest

import numpy

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
GOLDEN = os.path.join(ROOT, 'tests/golden/convert')
sys.path[:0] = [os.path.join(ROOT, 'tests'), GOLDEN]
import tap  # noqa: E402
from folders import Gguf, numbers, write_folder, write_json  # noqa: E402

CONVERTER, ENGINE = os.path.join(ROOT, 'data/convert'), os.environ['MELETE_ENGINE']
CASES = sorted(os.path.basename(path).removesuffix('.json') for path in glob.glob(os.path.join(GOLDEN, '*.json')))
ENCODERS = ('bert', 'nomic-bert')
N_VOCAB = 512
# Said by us where llama.cpp leaves it to its loader.
MORE_KEYS = ('vocab_size', 'rope.freq_base_swa', 'rope.scaling.type', 'rope.scaling.factor', 'attention.key_length', 'attention.value_length', 'rope.dimension_sections', 'rope.freq_base')


def golden(name):
    with open(os.path.join(GOLDEN, f'{name}.json'), encoding='utf-8') as file:
        return json.load(file)


def byte_letters():
    plain = [*range(33, 127), *range(161, 173), *range(174, 256)]
    others = [n for n in range(256) if n not in plain]
    return {chr(n): n for n in plain} | {chr(256 + i): n for i, n in enumerate(others)}


def write_words(folder, pieces):
    """The bytes, and an end; for families that have them, as pieces."""
    tokens = {f'<0x{n:02X}>': n for n in range(256)} | {'▁': 256, 'a': 257} if pieces else byte_letters()
    model = {'type': 'BPE', 'vocab': tokens, 'merges': [['▁', 'a']] if pieces else [], 'byte_fallback': pieces}
    if pieces:
        tokens['▁a'] = 258
    end = [{'id': N_VOCAB - 1, 'content': '<|end|>', 'special': True}]
    write_json(os.path.join(folder, 'tokenizer.json'), {'model': model, 'pre_tokenizer': None if pieces else {'type': 'ByteLevel'}, 'added_tokens': end})
    write_json(os.path.join(folder, 'tokenizer_config.json'), {'eos_token': '<|end|>', 'bos_token': '<|end|>'})


def write_wordpieces(folder):
    """And how vectors are pooled, which stands beside models that make them."""
    tokens = {text: i for i, text in enumerate(['[PAD]', '[UNK]', '[CLS]', '[SEP]', 'cab', 'c', '##ab'])}
    added = [{'id': i, 'content': text, 'special': True} for text, i in tokens.items() if text.startswith('[')]
    write_json(os.path.join(folder, 'tokenizer.json'), {'model': {'type': 'WordPiece', 'vocab': tokens}, 'normalizer': {'type': 'BertNormalizer', 'lowercase': True}, 'added_tokens': added})
    write_json(os.path.join(folder, 'tokenizer_config.json'), {'cls_token': '[CLS]', 'sep_token': '[SEP]', 'unk_token': '[UNK]', 'pad_token': '[PAD]'})
    write_json(os.path.join(folder, 'modules.json'), [{'type': 'sentence_transformers.models.Pooling', 'path': '1_Pooling'}])
    os.makedirs(os.path.join(folder, '1_Pooling'), exist_ok=True)
    write_json(os.path.join(folder, '1_Pooling/config.json'), {'pooling_mode_mean_tokens': True})


def run(*command, text=None):
    return subprocess.run(command, capture_output=True, text=True, input=text)


class ConvertTest(unittest.TestCase):
    def setUp(self):
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.folder, self.model = os.path.join(scratch.name, 'Tiny'), os.path.join(scratch.name, 'model.gguf')

    def convert(self, *options):
        result = run(sys.executable, CONVERTER, self.folder, self.model, *options)
        self.assertEqual(result.returncode, 0, result.stderr)
        return Gguf(self.model)

    def write(self, name, case, n_files=1, **changes):
        write_folder(self.folder, case['config'] | changes, case['tensors'], n_files=n_files)
        if name in ENCODERS:
            write_wordpieces(self.folder)
        else:
            write_words(self.folder, name.startswith('gemma'))

    def compare(self, case, file):
        self.assertEqual(sorted(file.tensors), sorted(case['made']))
        for name, wanted in case['made'].items():
            kind, shape, data = file.tensors[name]
            self.assertEqual((name, kind, shape), (name, wanted['type'], wanted['shape']))
            if 'values' in wanted:
                numpy.testing.assert_allclose(numpy.frombuffer(data, '<f4'), numpy.array(wanted['values'], '<f4'), rtol=1e-6, err_msg=name)
            else:
                self.assertEqual(hashlib.sha256(data).hexdigest(), wanted['sha256'], name)
        own = {name: value for name, value in file.keys.items() if not name.startswith(('general.', 'tokenizer.')) or name == 'general.architecture'}
        for name, value in case['keys'].items():
            self.assertEqual((name, own.pop(name, None)), (name, value))
        self.assertEqual([name for name in own if name.split('.', 1)[1] not in MORE_KEYS], [])

    def answer(self, encoder=False):
        result = run(ENGINE, 'embed', self.model, text='cab') if encoder else run(ENGINE, 'generate', self.model, '--prompt', 'cab', '--max', '4', '--temp', '0')
        self.assertEqual(result.returncode, 0, result.stderr)

    def test_families(self):
        """Every tensor and every key, kept as floats; and the engine runs the file."""
        self.assertGreater(len(CASES), 20)
        for name in CASES:
            with self.subTest(name):
                case = golden(name)
                self.write(name, case)
                self.compare(case, self.convert('--keep', 'f32'))
                self.answer(name in ENCODERS)

    def test_kept(self):
        """As published, in several files, or in another type: the same numbers, since these fit in all."""
        case = golden('llama')
        self.write('llama', case, n_files=3)
        floats = self.convert('--keep', 'f32').tensors
        for option, kind in (('published', 30), ('bf16', 30), ('f16', 1)):
            tensors = self.convert('--keep', option).tensors
            self.assertEqual(tensors['blk.0.attn_q.weight'][0], kind)
            self.assertEqual(tensors['output_norm.weight'], floats['output_norm.weight'])
            data = numpy.frombuffer(tensors['blk.0.attn_q.weight'][2], '<u2')
            values = (data.astype('<u4') << 16).view('<f4') if kind == 30 else data.view('<f2').astype('<f4')
            self.assertEqual(values.tobytes(), floats['blk.0.attn_q.weight'][2])
            self.answer()

    def test_experts_together(self):
        """Published each for itself, as in the golden folder, or all of a layer in one tensor, gates above ups."""
        case = golden('qwen3moe')
        shapes = {name: shape for name, shape in case['tensors'].items() if '.experts.' not in name}
        for i in range(2):
            shapes |= {f'model.layers.{i}.mlp.experts.gate_up_proj': [8, 64, 64], f'model.layers.{i}.mlp.experts.down_proj': [8, 64, 32]}
        self.write('qwen3moe', case | {'tensors': shapes})
        tensors = self.convert('--keep', 'f32').tensors
        self.assertEqual({name: shape for name, (_, shape, _) in tensors.items()}, {name: made['shape'] for name, made in case['made'].items()})
        both = numbers('model.layers.1.mlp.experts.gate_up_proj', [8, 64, 64])
        self.assertEqual(tensors['blk.1.ffn_gate_exps.weight'][2], both[:, :32].tobytes())
        self.assertEqual(tensors['blk.1.ffn_up_exps.weight'][2], both[:, 32:].tobytes())
        self.assertEqual(tensors['blk.1.ffn_down_exps.weight'][2], numbers('model.layers.1.mlp.experts.down_proj', [8, 64, 32]).tobytes())
        self.answer()

    def test_older_configuration(self):
        """What transformers wrote before its version 5, and what published files leave out."""
        case = golden('gemma3')
        config = {key: value for key, value in case['config'].items() if key not in ('rope_parameters', 'rms_norm_eps')}
        case['config'] = config | {'rope_theta': 1e6, 'rope_scaling': {'rope_type': 'linear', 'factor': 8.0}, 'rope_local_base_freq': 1e4}
        self.write('gemma3', case)
        self.compare(case, self.convert('--keep', 'f32'))
        case = golden('llama-3')
        rope = case['config'].pop('rope_parameters')
        self.write('llama-3', case, rope_theta=rope.pop('rope_theta'), rope_scaling=rope)
        self.compare(case, self.convert('--keep', 'f32'))

    def test_words(self):
        """Texts become the tokens that they become in the published tokenizer."""
        with open(os.path.join(GOLDEN, 'words/expected.json'), encoding='utf-8') as file:
            expected = json.load(file)
        with open(os.path.join(GOLDEN, 'words/text.txt'), encoding='utf-8') as file:
            lines = file.read().splitlines()
        self.assertEqual(len(expected), 9)
        for name, ids in expected.items():
            case = golden('bert' if name == 'wordpiece' else 'llama')
            write_folder(self.folder, case['config'], case['tensors'])
            if name == 'wordpiece':
                write_wordpieces(self.folder)
            source = os.path.join(GOLDEN, 'words', 'tokenizer.model' if name == 'pieces' else f'{name}.json')
            with open(source, 'rb') as file, open(os.path.join(self.folder, 'tokenizer.model' if name == 'pieces' else 'tokenizer.json'), 'wb') as copy:
                copy.write(file.read())
            if name == 'pieces':
                os.unlink(os.path.join(self.folder, 'tokenizer.json'))
            keys = self.convert().keys
            self.assertEqual(keys['tokenizer.ggml.model'], {'pieces': 'llama', 'wordpiece': 'bert'}.get(name, 'gpt2'))
            if keys['tokenizer.ggml.model'] == 'gpt2':
                self.assertEqual(keys['tokenizer.ggml.pre'], name)
            for line, wanted in list(zip(lines, ids)):
                found = run(ENGINE, 'tokenize', self.model, text=line)
                self.assertEqual((name, line, json.loads(found.stdout or 'null')), (name, line, wanted), found.stderr)

    def test_special(self):
        """What begins and ends texts and turns, from all the files that say something of it."""
        case = golden('llama')
        self.write('llama', case)
        added = [{'id': 500 + i, 'content': text, 'special': True} for i, text in enumerate(('<s>', '</s>', '<|eot|>', '<|eom|>'))]
        single = [{'SpecialToken': {'id': '<s>'}}, {'Sequence': {'id': 'A'}}]
        write_json(os.path.join(self.folder, 'tokenizer.json'), {
            'model': {'type': 'BPE', 'vocab': byte_letters(), 'merges': []}, 'pre_tokenizer': {'type': 'ByteLevel'}, 'added_tokens': added,
            'post_processor': {'type': 'Sequence', 'processors': [{'type': 'ByteLevel'}, {'type': 'TemplateProcessing', 'single': single}]}})
        write_json(os.path.join(self.folder, 'tokenizer_config.json'), {'bos_token': '<s>', 'eos_token': {'content': '</s>'}, 'add_bos_token': False, 'chat_template': [{'name': 'tools', 'template': 'b'}, {'name': 'default', 'template': 'a'}]})
        write_json(os.path.join(self.folder, 'generation_config.json'), {'eos_token_id': [501, 503]})
        keys = self.convert().keys
        found = {name: keys.get(f'tokenizer.ggml.{name}') for name in ('bos_token_id', 'eos_token_id', 'eot_token_id', 'eom_token_id', 'add_bos_token', 'add_eos_token')}
        self.assertEqual(found, {'bos_token_id': 500, 'eos_token_id': 501, 'eot_token_id': 503, 'eom_token_id': 502, 'add_bos_token': True, 'add_eos_token': False})
        self.assertEqual(keys['tokenizer.chat_template'], 'a')
        self.assertEqual((keys['tokenizer.ggml.token_type'][300], keys['tokenizer.ggml.token_type'][500], keys['tokenizer.ggml.tokens'][300]), (5, 3, '[PAD300]'))

    def refuse(self, *words):
        result = run(sys.executable, CONVERTER, self.folder, self.model)
        self.assertNotEqual(result.returncode, 0)
        self.assertTrue(result.stderr.startswith('The model could not be converted: '), result.stderr)
        for word in words:
            self.assertIn(word, result.stderr)
        self.assertNotIn('Traceback', result.stderr)
        self.assertFalse(os.path.exists(self.model) or os.path.exists(self.model + '.part'))

    def test_refused(self):
        """What would make a model that answers wrongly, each with what is the matter."""
        case = golden('qwen2')
        shapes = case['tensors']

        def again(config={}, tensors=shapes):
            write_folder(self.folder, case['config'] | config, tensors)
            write_words(self.folder, False)

        for config, word in (({'model_type': 'mamba3'}, 'mamba3'), ({'hidden_act': 'relu'}, 'relu'), ({'quantization_config': {'quant_method': 'gptq'}}, 'gptq'), ({'num_hidden_layers': None}, 'num_hidden_layers'),
                             ({'rope_parameters': {'rope_type': 'dynamic', 'rope_theta': 1e4}}, 'dynamic')):
            again(config)
            self.refuse(word)
        again(tensors=shapes | {'model.layers.0.mlp.up_proj.bias': [96]})
        self.refuse('mlp.up_proj.bias')
        again(tensors={name: shape for name, shape in shapes.items() if not name.startswith('model.layers.1.')})
        self.refuse('blk.1.')
        again()
        with open(os.path.join(self.folder, 'tokenizer.json'), 'w', encoding='utf-8') as file:
            json.dump({'model': {'type': 'BPE', 'vocab': {}, 'merges': []}, 'pre_tokenizer': {'type': 'Sequence', 'pretokenizers': [
                {'type': 'Split', 'pattern': {'Regex': 'else'}}, {'type': 'ByteLevel', 'use_regex': False}]}}, file)
        self.refuse('--pre')
        again()
        write_json(os.path.join(self.folder, 'model.safetensors.index.json'), {'weight_map': {'a': 'model-00001-of-00001.safetensors'}})
        self.refuse('model-00001-of-00001.safetensors')
        for data in (b'', b'\x0a', b'\x0a\x7f', b'\x0a\x05\x0a\x03ab', b'\x0a\x02\x15\x00', b'\xff' * 40, b'{}'):
            os.unlink(os.path.join(self.folder, 'model.safetensors.index.json')) if os.path.exists(os.path.join(self.folder, 'model.safetensors.index.json')) else None
            os.unlink(os.path.join(self.folder, 'tokenizer.json')) if os.path.exists(os.path.join(self.folder, 'tokenizer.json')) else None
            with open(os.path.join(self.folder, 'tokenizer.model'), 'wb') as file:
                file.write(data)
            self.refuse('tokenizer.model')

    def test_broken(self):
        """Bytes changed at random: a model, or a sentence; never another end, and no file that is not whole."""
        sys.path.insert(0, CONVERTER)
        import runpy
        made = runpy.run_path(CONVERTER, run_name='converter')
        seed = random.randrange(1 << 32)
        print(f'# seed {seed}')
        draw = random.Random(seed)
        self.write('qwen3moe', golden('qwen3moe'))
        expected, n_refused = (KeyError, OSError, made['ConvertError'], *made['DAMAGED']), 0
        for turn in range(90):
            path = os.path.join(self.folder, ('config.json', 'tokenizer.json', 'model.safetensors')[turn % 3])
            with open(path, 'rb') as file:
                whole = file.read()
            head = bytearray(whole[:12000])
            for _ in range(draw.choice((1, 3, 20))):
                head[draw.randrange(len(head))] = draw.choice(b'0129{}[]",:eE-\x00\xff')
            with open(path, 'wb') as file:
                file.write(head + whole[12000:] if draw.random() < 0.9 else head[:draw.randrange(len(head))])
            try:
                made['make_model'](made['Folder'](self.folder), 'f32').write(self.model)
            except expected:
                n_refused += 1
                self.assertFalse(os.path.exists(self.model + '.part'))
            with open(path, 'wb') as file:
                file.write(whole)
        self.assertGreater(n_refused, 30)


if __name__ == '__main__':
    sys.exit(tap.main(ConvertTest))
