# SPDX-License-Identifier: GPL-3.0-or-later
"""The words of Muse Spark and Muse Glimmer. Names are Muse Glimmer's in other programs, and Spark's follow them; engine/models/muse_spark.c tells what is folded in."""
import numpy

from decoder import adjacent
from target import BOOL


def sigmoid(values):
    return 1 / (1 + numpy.exp(-values))


def both_sides(gate, temperature):
    """What a branch is normed with, and what x is kept by."""
    beta = sigmoid(gate / temperature)
    return beta, numpy.sqrt(numpy.maximum(sigmoid(-gate / temperature) * (1 + beta), 1e-3))


class Words:
    """The tensors of the language model. Published names have one of three fronts."""

    VOCABULARY = None
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
    ARCHITECTURE = 'muse-glimmer'

    def add_rest(self, layer, to):
        for name in ('gate', 'up', 'down'):
            self.add(f'{to}ffn_{name}.weight', f'{layer}mlp.{name}_proj.weight')
        self.add(f'{to}post_attention_norm.weight', f'{layer}post_attention_layernorm.weight', lambda values: 1 + values)
        self.add(f'{to}post_ffw_norm.weight', f'{layer}post_feedforward_layernorm.weight', lambda values: 1 + values)


class Spark(Words):
    ARCHITECTURE = 'muse-spark'
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
