#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes GGUF files of Muse Spark or Muse Glimmer as their makers publish them: a folder of safetensors files with config.json and tokenizer.json.

    ./dev engine convert FOLDER TARGET.gguf [--parts TARGET.mmproj.gguf] [--keep bf16|f16|f32]

TARGET.gguf is the model, --parts what it sees and hears with. Needs Python and NumPy. One tensor at a time is in memory, of experts one expert. Matrices are kept as they are published
(bf16) unless --keep says otherwise; norms, biases, routers and what is added up are floats. Names are Muse Glimmer's in other programs, and Spark's follow them; engine/models/muse_spark.c and
engine/towers/muse_spark_audio.c tell what is folded in.
"""
import argparse
import json
import os
import pathlib
import struct
import sys

import numpy

UINT32, INT32, FLOAT, BOOL, STRING, ARRAY = 4, 5, 6, 7, 8, 9  # of GGUF
NORMAL, CONTROL, USER, UNUSED = 1, 3, 4, 5                    # kinds of tokens
ALIGNMENT = 32
KINDS = {'f32': (0, '<f4'), 'f16': (1, '<f2'), 'bf16': (30, '<u2')}
FILE_TYPES = {'f32': 0, 'f16': 1, 'bf16': 32}
MOST_HEADER = 1 << 28                                         # bytes


class ConvertError(Exception):
    """A sentence for the person."""


# ---- reading -------------------------------------------------------------------------

class Folder:
    """The configuration, and the tensors of all files: each is read when it is asked for, as floats."""

    STORED = {'F32': '<f4', 'F16': '<f2', 'BF16': '<u2'}

    def __init__(self, path):
        self.path = pathlib.Path(path)
        if not (self.path / 'config.json').is_file():
            raise ConvertError(f'{path} has no config.json: it is not the folder of a published model.')
        self.config = json.loads((self.path / 'config.json').read_text())
        self.tensors = {}
        for file in sorted(self.path.glob('*.safetensors')):
            self.open(file)
        if not self.tensors:
            raise ConvertError(f'{path} has no *.safetensors files.')

    def open(self, path):
        size = path.stat().st_size
        with open(path, 'rb') as file:
            start = file.read(8)
            length = struct.unpack('<Q', start)[0] if len(start) == 8 else size
            if length > min(size - 8, MOST_HEADER):
                raise ConvertError(f'{path} is damaged: its head is longer than the file. Fetch it again.')
            head = json.loads(file.read(length))
        for name, facts in head.items():
            if name == '__metadata__':
                continue
            begin, end = facts['data_offsets']
            if facts['dtype'] not in self.STORED:
                raise ConvertError(f'{name} of {path} is kept as {facts["dtype"]}, which is not read. F32, F16 and BF16 are.')
            width = numpy.dtype(self.STORED[facts['dtype']]).itemsize
            if not 0 <= begin <= end <= size - 8 - length or end - begin != width * count(facts['shape']):
                raise ConvertError(f'{path} is damaged: {name} does not lie in it. Fetch it again.')
            self.tensors[name] = path, facts['dtype'], tuple(facts['shape']), 8 + length + begin

    def shape(self, name):
        if name not in self.tensors:
            raise ConvertError(f'The folder has no tensor {name}. Is a file of it missing?')
        return self.tensors[name][2]

    def get(self, name, part=None):
        """Of the first axis all, or one part."""
        shape = self.shape(name)
        path, kind, _, at = self.tensors[name]
        stored = numpy.memmap(path, self.STORED[kind], 'r', at, shape)
        stored = stored if part is None else stored[part]
        if kind == 'BF16':
            return (numpy.asarray(stored).astype('<u4') << 16).view('<f4')
        return numpy.asarray(stored, '<f4')


def count(shape):
    result = 1
    for n in shape:
        result *= n
    return result


# ---- writing -------------------------------------------------------------------------

def string(text):
    data = text.encode()
    return struct.pack('<Q', len(data)) + data


def padded(n):
    return -(-n // ALIGNMENT) * ALIGNMENT


def to_bf16(values):
    """Rounded to the nearest, ties to even."""
    bits = values.view('<u4').astype('<u8')
    return ((bits + 0x7fff + (bits >> 16 & 1)) >> 16).astype('<u2')


class Target:
    """A GGUF file: all keys and the places of all tensors first, then the tensors, made one by one."""

    def __init__(self, architecture, keep):
        self.architecture, self.keep, self.keys, self.tensors = architecture, keep, [], []
        self.text('general.architecture', architecture)
        self.uint('general.file_type', FILE_TYPES[keep])

    def key(self, name, kind, value):
        name = name.replace('{arch}', self.architecture)
        self.keys.append(string(name) + struct.pack('<I', kind) + value)

    def uint(self, name, value):
        self.key(name, UINT32, struct.pack('<I', value))

    def float(self, name, value):
        self.key(name, FLOAT, struct.pack('<f', value))

    def bool(self, name, value):
        self.key(name, BOOL, struct.pack('<?', value))

    def text(self, name, value):
        self.key(name, STRING, string(value))

    def array(self, name, kind, values):
        pack = {STRING: string, BOOL: lambda value: struct.pack('<?', value), UINT32: lambda value: struct.pack('<I', value), INT32: lambda value: struct.pack('<i', value), FLOAT: lambda value: struct.pack('<f', value)}[kind]
        self.key(name, ARRAY, struct.pack('<IQ', kind, len(values)) + b''.join(pack(value) for value in values))

    def tensor(self, name, shape, make, full=False):
        """`make` yields its numbers, in as many pieces as it likes. `full`: floats whatever `keep` says."""
        self.tensors.append((name, tuple(shape), 'f32' if full or len(shape) < 2 else self.keep, make))

    def write(self, path):
        head, at = struct.pack('<4sIQQ', b'GGUF', 3, len(self.tensors), len(self.keys)) + b''.join(self.keys), 0
        for name, shape, keep, _ in self.tensors:
            head += string(name) + struct.pack(f'<I{len(shape)}Q', len(shape), *reversed(shape)) + struct.pack('<IQ', KINDS[keep][0], at)
            at += padded(count(shape) * numpy.dtype(KINDS[keep][1]).itemsize)
        # What is not whole never has the name.
        part = f'{path}.part'
        try:
            with open(part, 'wb') as file:
                file.write(head.ljust(padded(len(head)), b'\0'))
                for name, shape, keep, make in self.tensors:
                    self.write_tensor(file, name, shape, keep, make)
            os.replace(part, path)
        finally:
            if os.path.exists(part):
                os.unlink(part)

    @staticmethod
    def write_tensor(file, name, shape, keep, make):
        written = 0
        for piece in make():
            values = numpy.ascontiguousarray(piece, '<f4')
            written += values.size
            (to_bf16(values) if keep == 'bf16' else values.astype(KINDS[keep][1])).tofile(file)
        if written != count(shape):
            raise ConvertError(f'{name} has {written} numbers and not {count(shape)}.')
        file.write(b'\0' * (-file.tell() % ALIGNMENT))


# ---- words ---------------------------------------------------------------------------

def adjacent(weight, heads):
    """Rows of each head whose pairs stand side by side, not in two halves."""
    return weight.reshape(heads, 2, -1, weight.shape[-1]).swapaxes(1, 2).reshape(weight.shape)


def sigmoid(values):
    return 1 / (1 + numpy.exp(-values))


def both_sides(gate, temperature):
    """What a branch is normed with, and what x is kept by."""
    beta = sigmoid(gate / temperature)
    return beta, numpy.sqrt(numpy.maximum(sigmoid(-gate / temperature) * (1 + beta), 1e-3))


class Words:
    """The tensors of the language model. Published names have one of three fronts."""

    FRONTS = ('model.language_model.', 'language_model.', 'model.')
    SAME = {'self_attn.v_proj.weight': 'attn_v.weight', 'self_attn.o_proj.weight': 'attn_output.weight', 'self_attn.gate_proj.weight': 'attn_gate.weight'}
    CENTERED = {'input_layernorm.weight': 'attn_norm.weight', 'pre_feedforward_layernorm.weight': 'ffn_norm.weight'}

    def __init__(self, folder, target):
        self.folder, self.target, self.config = folder, target, folder.config['text_config']
        self.front = next((front for front in self.FRONTS if f'{front}embed_tokens.weight' in folder.tensors), '')

    def has(self, name):
        return self.front + name in self.folder.tensors

    def get(self, name, part=None):
        return self.folder.get(self.front + name, part)

    def shape(self, name):
        return self.folder.shape(self.front + name)

    def add(self, to, name, change=lambda values: values, full=False):
        self.target.tensor(to, self.shape(name), lambda: [change(self.get(name))], full)

    def constant(self, to, n, value):
        self.target.tensor(to, (n,), lambda: [numpy.full(n, value, '<f4')])

    def add_keys(self):
        config, target = self.config, self.target
        for key, name in (('context_length', 'max_position_embeddings'), ('embedding_length', 'hidden_size'), ('block_count', 'num_hidden_layers'), ('feed_forward_length', 'intermediate_size'),
                          ('attention.head_count', 'num_attention_heads'), ('attention.head_count_kv', 'num_key_value_heads'), ('attention.key_length', 'head_dim'), ('attention.value_length', 'head_dim'),
                          ('rope.dimension_count', 'head_dim'), ('attention.sliding_window', 'sliding_window')):
            target.uint(f'{{arch}}.{key}', config[name])
        target.float('{arch}.attention.layer_norm_rms_epsilon', config['rms_norm_eps'])
        target.float('{arch}.rope.freq_base', config['rope_parameters']['rope_theta'])
        target.float('{arch}.logit_scale', config['output_multiplier'])
        target.float('{arch}.final_logit_softcapping', config['final_logit_softcapping'])
        target.array('{arch}.attention.sliding_window_pattern', BOOL, [kind == 'sliding_attention' for kind in config['layer_types']])

    def add_attention(self, layer, to):
        config = self.config
        self.add(f'{to}attn_q.weight', f'{layer}self_attn.q_proj.weight', lambda values: adjacent(values, config['num_attention_heads']))
        self.add(f'{to}attn_k.weight', f'{layer}self_attn.k_proj.weight', lambda values: adjacent(values, config['num_key_value_heads']))
        for name, new in self.SAME.items():
            self.add(to + new, layer + name)
        for name, new in self.CENTERED.items():
            self.add(to + new, layer + name, lambda values: 1 + values)
        self.constant(f'{to}attn_q_norm.weight', config['head_dim'], config['qk_scale_factor'])
        self.constant(f'{to}attn_k_norm.weight', config['head_dim'], 1)

    def add_all(self):
        self.add_keys()
        self.add('token_embd.weight', 'embed_tokens.weight')
        self.add('output_norm.weight', 'norm.weight')
        head = next((name for name in ('lm_head.weight', 'model.lm_head.weight') if name in self.folder.tensors), None)
        if head:
            self.target.tensor('output.weight', self.folder.shape(head), lambda: [self.folder.get(head)])
        for i in range(self.config['num_hidden_layers']):
            self.add_attention(f'layers.{i}.', f'blk.{i}.')
            self.add_rest(f'layers.{i}.', f'blk.{i}.')


class Glimmer(Words):
    def add_rest(self, layer, to):
        for name in ('gate', 'up', 'down'):
            self.add(f'{to}ffn_{name}.weight', f'{layer}mlp.{name}_proj.weight')
        self.add(f'{to}post_attention_norm.weight', f'{layer}post_attention_layernorm.weight', lambda values: 1 + values)
        self.add(f'{to}post_ffw_norm.weight', f'{layer}post_feedforward_layernorm.weight', lambda values: 1 + values)


class Spark(Words):
    GATES = {'post_attention_residual_gate.gate': ('post_attention_norm', 'attn_skip'), 'post_feedforward_residual_gate.gate': ('post_ffw_norm', 'ffn_skip')}

    def add_keys(self):
        super().add_keys()
        config, target = self.config, self.target
        target.uint('{arch}.expert_count', config['num_local_experts'])
        target.uint('{arch}.expert_used_count', config['num_experts_per_tok'])
        target.uint('{arch}.expert_feed_forward_length', config['moe_intermediate_size'])
        target.uint('{arch}.expert_latent_length', config['moe_hidden_size'])

    def scaled(self, scale):
        """Rows times 1 + what the norm behind them has."""
        return lambda values: values * (1 + self.get(scale))[:, None]

    def add_rest(self, layer, to):
        temperature = self.config['residual_gate_temperature']
        for name, sides in self.GATES.items():
            for side, new in enumerate(sides):
                self.add(f'{to}{new}.weight', layer + name, lambda values, side=side: both_sides(values, temperature)[side])
        post = f'{layer}post_feedforward_layernorm.weight'
        if self.has(f'{layer}mlp.down_proj.weight'):
            for name in ('gate', 'up'):
                self.add(f'{to}ffn_{name}.weight', f'{layer}mlp.{name}_proj.weight')
            self.add(f'{to}ffn_down.weight', f'{layer}mlp.down_proj.weight', self.scaled(post))
            return
        mlp = f'{layer}mlp.'
        self.add(f'{to}ffn_gate_inp.weight', f'{mlp}gate.weight', lambda values: values * self.config['output_multiplier'], full=True)
        self.add(f'{to}exp_probs_b.bias', f'{mlp}gate.e_score_correction_bias')
        self.add(f'{to}ffn_latent_down.weight', f'{mlp}pre_expert_proj.weight')
        self.add(f'{to}ffn_latent_norm.weight', f'{mlp}pre_expert_norm.weight', lambda values: 1 + values)
        self.add(f'{to}ffn_latent_up.weight', f'{mlp}post_expert_proj.weight', self.scaled(post))
        self.add_experts(f'{mlp}experts.', to)

    def add_experts(self, experts, to):
        """All of a layer in one tensor, or each for itself, as the publisher likes."""
        n, width, latent = (self.config[name] for name in ('num_local_experts', 'moe_intermediate_size', 'moe_hidden_size'))
        together = self.has(f'{experts}gate_up_proj')

        def rows(kind):
            for e in range(n):
                if not together:
                    yield self.get(f'{experts}{e}.{kind}_proj.weight')
                elif kind == 'down':
                    yield self.get(f'{experts}down_proj', e)
                else:
                    yield numpy.split(self.get(f'{experts}gate_up_proj', e), 2)[kind == 'up']

        change = self.scaled(f'{experts}post_expert_norm.weight')
        for kind, shape in (('gate', (n, width, latent)), ('up', (n, width, latent)), ('down', (n, latent, width))):
            self.target.tensor(f'{to}ffn_{kind}_exps.weight', shape, lambda kind=kind: (change(values) if kind == 'down' else values for values in rows(kind)))


# ---- the vocabulary ------------------------------------------------------------------

# A mark of each expression that is known → its name in GGUF.
SPLITS = ((r"\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}", 'gpt-4o'), (r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}", 'llama-bpe'),
          (r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}|", 'qwen2'))


def find_split(tokenizer):
    text = json.dumps(tokenizer.get('pre_tokenizer') or {})
    for mark, name in SPLITS:
        if json.dumps(mark)[1:-1] in text:
            return name
    if '"ByteLevel"' in text and '"Split"' not in text:
        return 'gpt-2'
    raise ConvertError('The tokenizer cuts words in a way that is not known here. Its expression is in tokenizer.json, under pre_tokenizer; say so at the project’s page.')


def add_vocabulary(target, path, n_vocab):
    """From tokenizer.json, with what tokenizer_config.json and the template say beside it."""
    tokenizer = json.loads((path / 'tokenizer.json').read_text())
    beside = path / 'tokenizer_config.json'
    facts = json.loads(beside.read_text()) if beside.is_file() else {}
    if tokenizer['model'].get('type', 'BPE') != 'BPE':
        raise ConvertError(f'The tokenizer is of the kind {tokenizer["model"]["type"]}; Muse has BPE.')
    names, kinds = [f'[PAD{i}]' for i in range(n_vocab)], [UNUSED] * n_vocab
    added = {entry['id']: (entry['content'], CONTROL if entry['special'] else USER) for entry in tokenizer.get('added_tokens', [])}
    for i, (name, kind) in {**{i: (name, NORMAL) for name, i in tokenizer['model']['vocab'].items()}, **added}.items():
        if not 0 <= i < n_vocab:
            raise ConvertError(f'The tokenizer has token {i}, and the model only {n_vocab}.')
        names[i], kinds[i] = name, kind
    target.text('tokenizer.ggml.model', 'gpt2')
    target.text('tokenizer.ggml.pre', find_split(tokenizer))
    target.array('tokenizer.ggml.tokens', STRING, names)
    target.array('tokenizer.ggml.token_type', INT32, kinds)
    target.array('tokenizer.ggml.merges', STRING, [merge if isinstance(merge, str) else ' '.join(merge) for merge in tokenizer['model']['merges']])
    for key in ('bos', 'eos', 'pad'):
        token = facts.get(f'{key}_token')
        token = token.get('content') if isinstance(token, dict) else token
        if token in names:
            target.uint(f'tokenizer.ggml.{"padding" if key == "pad" else key}_token_id', names.index(token))
    if '<|eot|>' in names:
        target.uint('tokenizer.ggml.eot_token_id', names.index('<|eot|>'))
    if isinstance(facts.get('add_bos_token'), bool):
        target.bool('tokenizer.ggml.add_bos_token', facts['add_bos_token'])
    template = path / 'chat_template.jinja'
    text = template.read_text() if template.is_file() else facts.get('chat_template')
    if isinstance(text, str):
        target.text('tokenizer.chat_template', text)


# ---- eyes and ears -------------------------------------------------------------------

EYES = {'patch_embedder.position_embedding_table.': 'v.position_embd.', 'ln_pre.': 'v.pre_ln.', 'ln_post.': 'v.post_ln.'}
LAYER_OF_EYES = {'norm1.': 'ln1.', 'norm2.': 'ln2.', 'attn.q_proj.': 'attn_q.', 'attn.k_proj.': 'attn_k.', 'attn.v_proj.': 'attn_v.', 'attn.proj.': 'attn_out.', 'mlp.fc1.': 'ffn_up.',
                 'mlp.fc2.': 'ffn_down.'}
PROJECTION = {'vision_adapter.fc1.weight': 'mm.0.weight', 'vision_adapter.fc2.weight': 'mm.1.weight', 'vision_projection.weight': 'mm.2.weight'}
EARS = {'proj.weight': 'mm.a.fc.weight', 'proj.bias': 'mm.a.fc.bias', 'post_proj_norm.weight': 'mm.a.norm.weight', 'norm.weight': 'a.post_ln.weight'}
STAGE = {'patch_embedder.proj.': 'patch_embd.', 'patch_embedder.norm.': 'patch_norm.'}
BLOCK = {'conv.': 'conv.', 'norm.': 'ln.', 'mlp.fc1.': 'ffn_up.', 'mlp.fc2.': 'ffn_down.'}


def renamed(name, names):
    old = next((old for old in names if name.startswith(old)), None)
    if old is None:
        raise ConvertError(f'The folder has a tensor that is not known: {name}.')
    return names[old] + name[len(old):]


def add_eyes(folder, target, architecture):
    """What preprocessor_config.json would say of colours is what the processor has by itself."""
    vision, words = folder.config['vision_config'], folder.config['text_config']
    patch, heads = vision['patch_size'], vision['num_attention_heads']
    target.bool('clip.has_vision_encoder', True)
    target.text('clip.vision.projector_type' if architecture == 'muse-spark' else 'clip.projector_type', architecture)
    for key, value in (('block_count', vision['num_hidden_layers']), ('embedding_length', vision['hidden_size']), ('feed_forward_length', vision['intermediate_size']),
                       ('attention.head_count', heads), ('projection_dim', words['hidden_size']), ('patch_size', patch), ('image_size', vision['pos_emb_height'] * patch * vision['merge_size']),
                       ('spatial_merge_size', vision['merge_size'])):
        target.uint(f'clip.vision.{key}', value)
    target.array('clip.vision.image_mean', FLOAT, [0.5] * 3)
    target.array('clip.vision.image_std', FLOAT, [0.5] * 3)
    target.float('clip.vision.attention.layer_norm_epsilon', vision['layer_norm_eps'])
    target.float('clip.vision.projector.norm_epsilon', words['rms_norm_eps'])
    target.float('clip.vision.rope.freq_base', vision['rope_parameters']['rope_theta'])
    for name in folder.tensors:
        add_eyes_tensor(folder, target, name, vision)


def add_eyes_tensor(folder, target, name, vision):
    patch, heads, shape = vision['patch_size'], vision['num_attention_heads'], folder.shape(name)
    own = name.partition('vision_tower.')[2]
    if name.removeprefix('model.') in PROJECTION:
        target.tensor(PROJECTION[name.removeprefix('model.')], shape, lambda: [folder.get(name)])
    elif own == 'patch_embedder.patch_embedding.weight':
        kernels = (shape[0], 3, patch, patch)
        target.tensor('v.patch_embd.weight', kernels, lambda: [folder.get(name).reshape(shape[0], vision['patch_temporal'], 3, patch, patch).sum(1)], full=True)
    elif own.startswith('layers.'):
        _, layer, rest = own.split('.', 2)
        turns = 'q_proj' in rest or 'k_proj' in rest
        target.tensor(f'v.blk.{layer}.{renamed(rest, LAYER_OF_EYES)}', shape, lambda: [adjacent(folder.get(name).reshape(shape[0], -1), heads) if turns else folder.get(name)])
    elif own:
        target.tensor(renamed(own, EYES), shape, lambda: [folder.get(name)], full='position' in own)


def ears_name(name):
    if name in EARS:
        return EARS[name]
    _, stage, rest = name.split('.', 2)
    if any(rest.startswith(old) for old in STAGE):
        return f'a.stage.{stage}.{renamed(rest, STAGE)}'
    _, block, rest = rest.split('.', 2)
    return f'a.stage.{stage}.blk.{block}.{renamed(rest, BLOCK)}'


def add_ears(folder, target, architecture):
    audio, words = folder.config['audio_config'], folder.config['text_config']
    target.bool('clip.has_audio_encoder', True)
    target.text('clip.audio.projector_type', architecture)
    target.uint('clip.audio.block_count', len(audio['hidden_sizes']))
    target.uint('clip.audio.projection_dim', audio['out_hidden_size'])
    target.uint('clip.audio.sample_rate', 24000)
    target.uint('clip.audio.conv_kernel_size', audio['conv_kernel_size'])
    target.float('clip.audio.attention.layer_norm_epsilon', audio['rms_norm_eps'])
    target.float('clip.audio.projector.norm_epsilon', words['rms_norm_eps'])
    for key, values in (('patch_size', audio['patch_sizes']), ('embedding_length', audio['hidden_sizes']), ('block_count', audio['depths']),
                        ('feed_forward_length', [int(width * audio['mlp_ratio']) for width in audio['hidden_sizes']])):
        target.array(f'clip.audio.stage.{key}', INT32, list(values))
    for name in folder.tensors:
        own = name.partition('audio_tower.')[2]
        if own:
            kernels = '.conv.weight' in own
            shape = folder.shape(name)
            target.tensor(ears_name(own), (shape[0], *shape[2:]) if kernels else shape, lambda name=name: [folder.get(name)], full=kernels)


# ---- files ---------------------------------------------------------------------------

MODELS = {'muse_spark': ('muse-spark', Spark), 'muse_glimmer': ('muse-glimmer', Glimmer)}


def find_model(folder):
    kind = folder.config.get('model_type')
    if kind not in MODELS:
        raise ConvertError(f'{folder.path} holds a model of the kind “{kind}”. This makes files of Muse Spark and Muse Glimmer; other models are published as GGUF.')
    return MODELS[kind]


def make_model(folder, keep='bf16', vocabulary=add_vocabulary, name=None):
    architecture, words = find_model(folder)
    target = Target(architecture, keep)
    target.text('general.name', name or folder.path.resolve().name)
    words(folder, target).add_all()
    vocabulary(target, folder.path, folder.config['text_config']['vocab_size'])
    return target


def make_parts(folder, keep='bf16'):
    architecture, _ = find_model(folder)
    target = Target('clip', keep)
    target.text('general.type', 'mmproj')
    add_eyes(folder, target, architecture)
    if 'audio_config' in folder.config and any('audio_tower.' in name for name in folder.tensors):
        add_ears(folder, target, architecture)
    return target


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('folder')
    parser.add_argument('target')
    parser.add_argument('--parts', metavar='TARGET.mmproj.gguf')
    parser.add_argument('--keep', choices=KINDS, default='bf16')
    arguments = parser.parse_args()
    try:
        folder = Folder(arguments.folder)
        make_model(folder, arguments.keep).write(arguments.target)
        if arguments.parts:
            make_parts(folder, arguments.keep).write(arguments.parts)
    except KeyError as error:
        sys.exit(f'The model could not be converted: its files do not say {error}.')
    except (ConvertError, OSError, ValueError, struct.error) as error:
        sys.exit(f'The model could not be converted: {error}')


if __name__ == '__main__':
    main()
