# SPDX-License-Identifier: GPL-3.0-or-later
"""What most families have in common: which published tensor and which entry of the configuration goes where. families.py says what is a family's own.

Every tensor of a folder has a place, is known to be of no use here, or is refused: a file that lacks a bias would answer, and wrongly.
"""
import re

import numpy

from folder import ConvertError
from target import BOOL, INT32

OF_LAYER = re.compile(r'layers\.(\d+)\.(.+)')
OF_EXPERT = re.compile(r'(?:mlp|block_sparse_moe)\.experts\.(\d+)\.(\w+)\.weight')
# Eyes, ears and what joins them to the words are files of their own; positions are computed.
SKIPPED = re.compile(r'visual\.|vision_|audio_|embed_vision\.|embed_audio\.|multi_modal_projector\.|.*rotary_emb\.inv_freq$|.*\.attention\.(masked_)?bias$')

ATTENTION = {'self_attn.q_proj': 'attn_q', 'self_attn.k_proj': 'attn_k', 'self_attn.v_proj': 'attn_v', 'self_attn.o_proj': 'attn_output'}
QK_NORMS = {'self_attn.q_norm': 'attn_q_norm', 'self_attn.k_norm': 'attn_k_norm'}
GATED = {'mlp.gate_proj': 'ffn_gate', 'mlp.up_proj': 'ffn_up', 'mlp.down_proj': 'ffn_down'}
NORMS = {'input_layernorm': 'attn_norm', 'post_attention_layernorm': 'ffn_norm'}
PLAIN = ATTENTION | GATED | NORMS
# Norms before and behind both parts of a layer.
SANDWICH = ATTENTION | GATED | {'input_layernorm': 'attn_norm', 'post_attention_layernorm': 'post_attention_norm', 'pre_feedforward_layernorm': 'ffn_norm', 'post_feedforward_layernorm': 'post_ffw_norm'}
EXPERTS = {'gate_proj': 'ffn_gate_exps', 'up_proj': 'ffn_up_exps', 'down_proj': 'ffn_down_exps'}
# Floats whatever the matrices are: small, and what is chosen by them should be what the publisher's program chooses.
ALWAYS_FLOATS = ('ffn_gate_inp', 'ffn_gate_inp_shexp', 'ssm_conv1d', 'shortconv.conv', 'position_embd', 'token_types')


def adjacent(weight, heads):
    """Rows of each head whose pairs stand side by side, not in two halves."""
    return weight.reshape(heads, 2, -1, *weight.shape[1:]).swapaxes(1, 2).reshape(weight.shape)


def one_more(values):
    return 1 + values


class Decoder:
    ARCHITECTURE = None
    ADJACENT = False   # whether pairs of rotary positions stand side by side in the file
    CENTERED = False   # whether norms are published as what they are more than 1
    REQUIRED = 'attn_norm'  # of every layer: without it a file of the folder is missing
    TIED = False       # whether the output matrix is the embedding where the configuration does not say
    ACTIVATIONS = ('silu', 'swish', None)
    DENSE = True       # whether it has a feed-forward that is no expert's
    DEFAULTS = {}      # what a configuration of this family may leave out
    ENDS = {'embed_tokens': 'token_embd', 'norm': 'output_norm', 'lm_head': 'output'}
    NAMES = PLAIN      # in a layer: published name → new name, without .weight and .bias
    WHOLE = {}         # the same for what ends otherwise
    BIASED = ('attn_q', 'attn_k', 'attn_v', 'attn_output')
    VOCABULARY = None  # of vocabulary.py, where the tokenizer's files do not tell

    def __init__(self, folder, target):
        self.folder, self.target = folder, target
        self.config = folder.config | (folder.config.get('text_config') or {})
        self.n_layers, self.experts = self.find('num_hidden_layers'), {}

    # ---- the configuration

    def find(self, *names, optional=False):
        for name in names:
            if self.config.get(name) is not None:
                return self.config[name]
        for name in names:
            if name in self.DEFAULTS:
                return self.DEFAULTS[name]
        if optional:
            return None
        raise KeyError(names[0])

    @property
    def n_heads(self):
        return self.find('num_attention_heads')

    @property
    def n_kv_heads(self):
        return self.find('num_key_value_heads', optional=True) or self.n_heads

    @property
    def head_dim(self):
        return self.find('head_dim', optional=True) or self.find('hidden_size') // self.n_heads

    def rope(self, kind='full_attention'):
        """Of all layers, or of those of a kind. It was rope_scaling, and its base beside it, before."""
        rope = dict(self.config.get('rope_parameters') or self.config.get('rope_scaling') or {})
        rope = dict(rope.get(kind) or {}) if 'full_attention' in rope or 'sliding_attention' in rope else rope
        for name in ('rope_theta', 'partial_rotary_factor', 'original_max_position_embeddings'):
            if rope.get(name) is None and self.find(name, optional=True) is not None:
                rope[name] = self.find(name)
        rope['rope_type'] = rope.get('rope_type') or rope.get('type') or 'default'
        return rope

    # ---- keys

    def check(self):
        activation = self.find('hidden_activation', 'hidden_act', optional=True)
        if activation not in self.ACTIVATIONS:
            raise ConvertError(f'The model’s activation is {activation}, which the engine does not have for models of this kind.')
        quantised = self.config.get('quantization_config')
        if quantised and quantised.get('quant_method') != 'mxfp4':
            raise ConvertError(f'The folder’s weights are quantised ({quantised.get("quant_method")}). Take the folder of the model that was not.')

    def uint(self, key, value):
        self.target.uint('{arch}.' + key, value)

    def float(self, key, value):
        self.target.float('{arch}.' + key, value)

    def maybe(self, key, add, *names):
        value = self.find(*names, optional=True)
        if value is not None:
            add(key, value)

    def add_keys(self):
        self.uint('block_count', self.n_layers)
        self.uint('context_length', self.find('max_position_embeddings'))
        self.uint('embedding_length', self.find('hidden_size'))
        if self.DENSE or self.find('intermediate_size', optional=True):
            self.uint('feed_forward_length', self.find('intermediate_size'))
        self.uint('attention.head_count', self.n_heads)
        self.uint('attention.head_count_kv', self.n_kv_heads)
        self.float('attention.layer_norm_rms_epsilon', self.find('rms_norm_eps', 'norm_eps'))
        self.uint('vocab_size', self.find('vocab_size'))
        if self.find('head_dim', optional=True):
            self.uint('attention.key_length', self.head_dim)
            self.uint('attention.value_length', self.head_dim)
        self.maybe('expert_count', self.uint, 'num_local_experts', 'num_experts')
        self.maybe('expert_used_count', self.uint, 'num_experts_per_tok', 'num_experts_per_token', 'top_k_experts')
        self.add_rope(self.rope())

    def add_rope(self, rope):
        self.float('rope.freq_base', rope.get('rope_theta', 1e4))
        kind = rope['rope_type']
        if kind in ('linear', 'yarn') and rope.get('factor') is not None:
            self.target.text('{arch}.rope.scaling.type', kind)
            self.float('rope.scaling.factor', rope['factor'])
        if kind == 'yarn':
            self.uint('rope.scaling.original_context_length', rope['original_max_position_embeddings'])
            for key, names in (('yarn_ext_factor', ('extrapolation_factor',)), ('yarn_attn_factor', ('attention_factor', 'attn_factor')), ('yarn_beta_fast', ('beta_fast',)), ('yarn_beta_slow', ('beta_slow',))):
                value = next((rope[name] for name in names if rope.get(name) is not None), None)
                if value is not None:
                    self.float(f'rope.scaling.{key}', value)
        elif kind in ('su', 'longrope'):
            self.target.text('{arch}.rope.scaling.type', 'longrope')
        elif kind not in ('default', 'linear', 'llama3', 'proportional'):
            raise ConvertError(f'The model’s positions are scaled by “{kind}”, which the engine does not have.')
        if rope.get('mrope_section'):
            self.target.array('{arch}.rope.dimension_sections', INT32, (list(rope['mrope_section']) + [0] * 4)[:4])

    def windows(self):
        return [kind == 'sliding_attention' for kind in self.find('layer_types')]

    def add_windows(self):
        self.uint('attention.sliding_window', self.find('sliding_window'))

    def add_pattern(self):
        self.target.array('{arch}.attention.sliding_window_pattern', BOOL, self.windows())

    # ---- tensors

    def add(self, to, name, change=None, shape=None, kept=None):
        """Changed as a whole, or as it is, in pieces."""
        make = (lambda: [change(self.folder.get(name))]) if change else lambda: self.folder.pieces(name)
        stem = to.removesuffix('.weight').split('.', 2)[-1]
        full = stem in ALWAYS_FLOATS or stem.endswith('_norm') or not to.endswith('.weight')
        self.target.tensor(to, shape or self.folder.shape(name), make, full, kept)

    def constant(self, to, values):
        self.target.tensor(to, (len(values),), lambda: [numpy.array(values, '<f4')])

    def change(self, new):
        """What is done to a tensor of this new name, or None."""
        if self.ADJACENT and new in ('attn_q', 'attn_k'):
            heads = self.n_heads if new == 'attn_q' else self.n_kv_heads
            return lambda values: adjacent(values, heads)
        return one_more if self.CENTERED and new.endswith('norm') else None

    def own_name(self, name):
        """Without what stands in front of all names of the words, which differs."""
        return name.removeprefix('model.').replace('language_model.', '', 1).removeprefix('model.')

    def skips(self, own):
        tied = own == 'lm_head.weight' and self.find('tie_word_embeddings', optional=True) in (True, None if self.TIED else True)
        return tied or SKIPPED.match(own)

    def new_name(self, own):
        """(name, stem), or None."""
        layer = OF_LAYER.fullmatch(own)
        front, rest = (f'blk.{layer[1]}.', layer[2]) if layer else ('', own)
        if rest in self.WHOLE:
            return front + self.WHOLE[rest], self.WHOLE[rest]
        stem, _, kind = rest.rpartition('.')
        new = (self.NAMES if layer else self.ENDS).get(stem)
        if not new or kind not in ('weight', 'bias') or (kind == 'bias' and new not in self.BIASED):
            return None
        return f'{front}{new}.{kind}', new

    def take(self, own, name):
        """Gives a tensor its place; False when it has none."""
        layer = OF_LAYER.fullmatch(own)
        expert = OF_EXPERT.fullmatch(layer[2]) if layer else None
        if expert and expert[2] in EXPERTS:
            self.experts.setdefault((int(layer[1]), expert[2]), {})[int(expert[1])] = name
            return True
        if layer and layer[2] == 'mlp.experts.gate_up_proj':
            return self.take_pair(f'blk.{layer[1]}.', name)
        new = self.new_name(own)
        if new:
            self.add(new[0], name, self.change(new[1]))
        return bool(new)

    def take_pair(self, to, name):
        """Gates and ups of all experts in one, gates first."""
        n, rows, width = self.folder.shape(name)
        for part, new in enumerate(('ffn_gate_exps', 'ffn_up_exps')):
            self.target.tensor(f'{to}{new}.weight', (n, rows // 2, width),
                               lambda part=part: (self.folder.get(name, e)[part * rows // 2:(part + 1) * rows // 2] for e in range(n)))
        return True

    def add_experts(self):
        n = self.find('num_local_experts', 'num_experts', optional=True)
        for (layer, kind), names in sorted(self.experts.items()):
            if sorted(names) != list(range(n)):
                raise ConvertError(f'Layer {layer} has {len(names)} of its {n} experts. Is a file of the folder missing?')
            self.target.tensor(f'blk.{layer}.{EXPERTS[kind]}.weight', (n, *self.folder.shape(names[0])), lambda names=names: (self.folder.get(names[e]) for e in range(n)))

    def add_all(self):
        self.check()
        self.add_keys()
        for name in self.folder.tensors:
            own = self.own_name(name)
            if not self.skips(own) and not self.take(own, name):
                raise ConvertError(f'The folder has a tensor that is not known: {name}.')
        self.add_experts()
        made = {name for name, *_ in self.target.tensors}
        for name in ('token_embd.weight', *(f'blk.{i}.{self.REQUIRED}.weight' for i in range(self.n_layers))):
            if name not in made:
                raise ConvertError(f'The folder has no {name}, as it is called in GGUF. Is a file of it missing?')
