# SPDX-License-Identifier: GPL-3.0-or-later
"""Every family of models that can be converted: one line in FAMILIES at the end, and where it differs from its like a small class. Architectures are those of engine/models.def."""
import math

import numpy

import vocabulary
from decoder import ATTENTION, GATED, NORMS, PLAIN, QK_NORMS, SANDWICH, Decoder, one_more
from encoders import Bert, NomicBert
from folder import ConvertError
from muse import Glimmer, Spark
from target import BOOL, INT32


class Llama(Decoder):
    ARCHITECTURE, ADJACENT = 'llama', True
    DEFAULTS = {'rope_theta': 1e4, 'max_position_embeddings': 2048}

    def add_keys(self):
        super().add_keys()
        self.uint('rope.dimension_count', self.head_dim)

    def add_all(self):
        super().add_all()
        if self.rope()['rope_type'] == 'llama3':
            self.constant('rope_freqs.weight', self.divisors(self.rope()))

    def divisors(self, rope):
        """By what each pair's frequency is divided: long waves by the factor, short ones not, between them a mixture."""
        factor, low, high = rope.get('factor', 8.0), rope.get('low_freq_factor', 1.0), rope.get('high_freq_factor', 4.0)
        before = rope.get('original_max_position_embeddings', 8192)
        freqs = 1 / (numpy.float32(rope['rope_theta']) ** (numpy.arange(0, self.head_dim, 2, dtype='<f4') / numpy.float32(self.head_dim)))
        result = []
        for freq in freqs:
            wave = 2 * math.pi / freq
            share = (before / wave - low) / (high - low)
            result.append(1 if wave < before / high else factor if wave > before / low else 1 / ((1 - share) / factor + share))
        return result


class Smollm3(Llama):
    """Which layers have no positions, the engine knows: every fourth."""
    ARCHITECTURE, TIED = 'smollm3', True

    def check(self):
        super().check()
        pattern = self.find('no_rope_layers', optional=True)
        if pattern and pattern != [(i + 1) % 4 != 0 for i in range(self.n_layers)]:
            raise ConvertError('The model leaves positions out in other layers than every fourth, which the engine does not know.')


class Granite(Llama):
    ARCHITECTURE = 'granite'
    SCALES = (('attention.scale', 'attention_multiplier'), ('embedding_scale', 'embedding_multiplier'), ('residual_scale', 'residual_multiplier'), ('logit_scale', 'logits_scaling'))

    def add_keys(self):
        super().add_keys()
        for key, name in self.SCALES:
            self.maybe(key, self.float, name)


class Mistral3(Llama):
    ARCHITECTURE = 'mistral3'

    def add_keys(self):
        super().add_keys()
        rope = self.rope()
        if rope.get('mscale_all_dim') is not None:
            self.float('rope.scaling.yarn_log_multiplier', rope['mscale_all_dim'])
        if rope.get('llama_4_scaling_beta') is not None:
            self.float('attention.temperature_scale', rope['llama_4_scaling_beta'])


class Qwen2(Decoder):
    ARCHITECTURE = 'qwen2'
    DEFAULTS = {'rope_theta': 1e4, 'max_position_embeddings': 32768, 'rms_norm_eps': 1e-6}


class Qwen2Vl(Qwen2):
    ARCHITECTURE = 'qwen2vl'


class Qwen3(Qwen2):
    ARCHITECTURE, NAMES = 'qwen3', PLAIN | QK_NORMS
    DEFAULTS = Qwen2.DEFAULTS | {'head_dim': 128}


class Qwen3Vl(Qwen3):
    ARCHITECTURE = 'qwen3vl'

    def add_keys(self):
        super().add_keys()
        self.uint('n_deepstack_layers', len((self.config.get('vision_config') or {}).get('deepstack_visual_indexes') or []))


class Qwen3Moe(Qwen3):
    ARCHITECTURE, NAMES, WHOLE = 'qwen3moe', Qwen3.NAMES | {'mlp.gate': 'ffn_gate_inp'}, {'mlp.experts.down_proj': 'ffn_down_exps.weight'}

    def check(self):
        super().check()
        if not self.config.get('norm_topk_prob'):
            raise ConvertError('The weights of the model’s experts do not add up to 1 (norm_topk_prob), which the engine does not know of models of this kind.')

    def add_keys(self):
        super().add_keys()
        self.uint('expert_feed_forward_length', self.find('moe_intermediate_size'))


def tiled(values, axis, groups, size):
    """Heads of values that are grouped by the keys which they share → those that share a key apart, as the engine finds them."""
    shape, n = values.shape, values.shape[axis] // (groups * size)
    return values.reshape(*shape[:axis], groups, n, size, *shape[axis + 1:]).swapaxes(axis, axis + 1).reshape(shape)


class Qwen35(Qwen3):
    """Three of four layers have a recurrent state. Behind the last may stand one that guesses a token more."""
    ARCHITECTURE, CENTERED = 'qwen35', True
    NAMES = ATTENTION | QK_NORMS | GATED | {
        'input_layernorm': 'attn_norm', 'post_attention_layernorm': 'post_attention_norm', 'linear_attn.in_proj_qkv': 'attn_qkv', 'linear_attn.in_proj_z': 'attn_gate',
        'linear_attn.in_proj_a': 'ssm_alpha', 'linear_attn.in_proj_b': 'ssm_beta', 'linear_attn.norm': 'ssm_norm', 'linear_attn.out_proj': 'ssm_out', 'linear_attn.conv1d': 'ssm_conv1d'}
    WHOLE = {'linear_attn.A_log': 'ssm_a', 'linear_attn.dt_bias': 'ssm_dt.bias'}
    GUESSING = {'fc': 'nextn.eh_proj', 'pre_fc_norm_embedding': 'nextn.enorm', 'pre_fc_norm_hidden': 'nextn.hnorm', 'norm': 'nextn.shared_head_norm'}
    DEFAULTS = {'rope_theta': 1e7, 'max_position_embeddings': 32768, 'rms_norm_eps': 1e-6, 'head_dim': 256, 'partial_rotary_factor': 0.25, 'full_attention_interval': 4, 'linear_conv_kernel_dim': 4,
                'linear_key_head_dim': 128, 'linear_value_head_dim': 128, 'linear_num_key_heads': 16, 'linear_num_value_heads': 32}

    def __init__(self, folder, target):
        super().__init__(folder, target)
        self.n_behind = self.find('mtp_num_hidden_layers', optional=True) or 0
        if not any('mtp.' in name for name in folder.tensors):
            self.n_behind = 0

    def add_keys(self):
        super().add_keys()
        n_values, interval = self.find('linear_num_value_heads'), self.find('full_attention_interval')
        self.uint('block_count', self.n_layers + self.n_behind)
        if self.n_behind:
            self.uint('nextn_predict_layers', self.n_behind)
        for key, name in (('conv_kernel', 'linear_conv_kernel_dim'), ('state_size', 'linear_key_head_dim'), ('group_count', 'linear_num_key_heads'), ('time_step_rank', 'linear_num_value_heads')):
            self.uint(f'ssm.{key}', self.find(name))
        self.uint('ssm.inner_size', self.find('linear_value_head_dim') * n_values)
        kinds = self.find('layer_types', optional=True) or ['linear_attention' if (i + 1) % interval else 'full_attention' for i in range(self.n_layers)]
        self.target.array('{arch}.attention.recurrent_layers', BOOL, [kind == 'linear_attention' for kind in kinds] + [False] * self.n_behind)
        self.uint('full_attention_interval', interval)
        self.uint('rope.dimension_count', int(self.head_dim * self.rope()['partial_rotary_factor']))
        if not self.rope().get('mrope_section'):
            self.target.array('{arch}.rope.dimension_sections', INT32, [11, 11, 10, 0])

    def own_name(self, name):
        """The layer that guesses is the one behind the others."""
        own, n = super().own_name(name), self.n_layers
        if not own.startswith('mtp.'):
            return own
        if own.startswith('mtp.layers.'):
            _, _, i, rest = own.split('.', 3)
            return f'layers.{n + int(i)}.{rest}'
        return f'layers.{n}.{own.removeprefix("mtp.")}'

    def skips(self, own):
        return super().skips(own) or (not self.n_behind and own.startswith(f'layers.{self.n_layers}.'))

    def change(self, new):
        groups, size = self.find('linear_num_key_heads'), self.find('linear_value_head_dim')
        n_before = 2 * groups * self.find('linear_key_head_dim')  # rows of queries and keys

        def behind(values):
            return numpy.concatenate([values[:n_before], tiled(values[n_before:], 0, groups, size)])

        changes = {'attn_qkv': behind, 'attn_gate': lambda values: tiled(values, 0, groups, size), 'ssm_alpha': lambda values: tiled(values, 0, groups, 1), 'ssm_beta': lambda values: tiled(values, 0, groups, 1),
                   'ssm_dt.bias': lambda values: tiled(values, 0, groups, 1), 'ssm_a': lambda values: -numpy.exp(tiled(values, 0, groups, 1)), 'ssm_conv1d': lambda values: behind(values[:, 0]),
                   'ssm_out': lambda values: tiled(values, 1, groups, size), 'ssm_norm': None}
        return changes[new] if new in changes else one_more if new.endswith('norm') else None

    def take(self, own, name):
        if own.endswith('conv1d.weight'):
            to, new = self.new_name(own)
            rows, _, taps = self.folder.shape(name)
            self.add(to, name, self.change(new), (rows, taps))
            return True
        front, _, rest = own.partition(f'layers.{self.n_layers}.')
        if not front and rest.removesuffix('.weight') in self.GUESSING:
            new = self.GUESSING[rest.removesuffix('.weight')]
            self.add(f'blk.{self.n_layers}.{new}.weight', name, one_more if new.endswith('norm') else None)
            return True
        return super().take(own, name)


class Qwen35Moe(Qwen35):
    ARCHITECTURE = 'qwen35moe'
    NAMES = {name: new for name, new in Qwen35.NAMES.items() if not name.startswith('mlp.')} | {
        'mlp.gate': 'ffn_gate_inp', 'mlp.shared_expert_gate': 'ffn_gate_inp_shexp', 'mlp.shared_expert.gate_proj': 'ffn_gate_shexp', 'mlp.shared_expert.up_proj': 'ffn_up_shexp',
        'mlp.shared_expert.down_proj': 'ffn_down_shexp'}
    WHOLE = Qwen35.WHOLE | {'mlp.experts.down_proj': 'ffn_down_exps.weight'}
    DENSE = False

    def add_keys(self):
        super().add_keys()
        self.uint('expert_feed_forward_length', self.find('moe_intermediate_size'))
        self.uint('expert_shared_feed_forward_length', self.find('shared_expert_intermediate_size'))


class GptOss(Decoder):
    """Experts are published in MXFP4, and stay so; in folders of others as numbers, with gates and ups in turn."""
    ARCHITECTURE = 'gpt-oss'
    NAMES = ATTENTION | {'input_layernorm': 'attn_norm', 'post_attention_layernorm': 'post_attention_norm', 'mlp.router': 'ffn_gate_inp'}
    WHOLE = {'self_attn.sinks': 'attn_sinks.weight', 'mlp.experts.down_proj_bias': 'ffn_down_exps.bias'}
    BIASED = (*Decoder.BIASED, 'ffn_gate_inp')
    DEFAULTS = {'rope_theta': 150000.0, 'max_position_embeddings': 131072, 'head_dim': 64, 'rms_norm_eps': 1e-5, 'sliding_window': 128}
    PAIR = (('ffn_gate_exps', slice(0, None, 2)), ('ffn_up_exps', slice(1, None, 2)))

    def add_keys(self):
        super().add_keys()
        self.add_windows()
        self.uint('expert_feed_forward_length', self.find('intermediate_size'))

    def take(self, own, name):
        front, _, rest = own.partition('.mlp.experts.')
        if not rest or rest == 'down_proj_bias':
            return super().take(own, name)
        to, shape = front.replace('layers.', 'blk.'), self.folder.shape(name)
        pairs = self.PAIR if rest.startswith('gate_up') else (('ffn_down_exps', slice(None)),)
        for new, part in pairs:
            if rest == 'gate_up_proj_bias':
                self.target.tensor(f'{to}.{new}.bias', (shape[0], shape[1] // 2), lambda part=part: [self.folder.get(name)[:, part]], full=True)
            elif rest in ('gate_up_proj', 'down_proj'):
                self.target.tensor(f'{to}.{new}.weight', (shape[0], shape[2] // len(pairs), shape[1]), lambda part=part: (self.folder.get(name, e).T[part] for e in range(shape[0])))
            elif rest.endswith('_blocks'):
                self.add_blocks(f'{to}.{new}.weight', name, (shape[0], shape[1] // len(pairs), shape[2] * 32), part)
            elif not rest.endswith('_scales'):
                return False
        return True

    def add_blocks(self, to, name, shape, part):
        """A block of GGUF is its scale and 16 bytes, of which byte i has the numbers i and i + 16; published are those of 2 i and 2 i + 1."""
        scales = name.removesuffix('blocks') + 'scales'
        self.folder.shape(scales)

        def expert(e):
            packed, scale = numpy.asarray(self.folder.stored(name)[e])[part], numpy.asarray(self.folder.stored(scales)[e])[part]
            codes = numpy.stack([packed & 15, packed >> 4], -1).reshape(*packed.shape[:-1], 32)
            return numpy.concatenate([scale[..., None], codes[..., :16] | codes[..., 16:] << 4], -1)

        self.target.tensor(to, shape, lambda: (expert(e) for e in range(shape[0])), kind='mxfp4')


class Gemma2(Decoder):
    ARCHITECTURE, CENTERED, TIED, NAMES = 'gemma2', True, True, SANDWICH
    ACTIVATIONS = ('gelu_pytorch_tanh', 'gelu', None)
    DEFAULTS = {'rope_theta': 1e4, 'max_position_embeddings': 8192, 'rms_norm_eps': 1e-6, 'num_attention_heads': 8, 'num_key_value_heads': 4, 'head_dim': 256, 'sliding_window': 4096,
                'attn_logit_softcapping': 50.0, 'final_logit_softcapping': 30.0, 'vocab_size': 256000}

    def add_keys(self):
        super().add_keys()
        self.add_windows()
        self.maybe('attn_logit_softcapping', self.float, 'attn_logit_softcapping')
        self.maybe('final_logit_softcapping', self.float, 'final_logit_softcapping')


class Gemma3(Gemma2):
    ARCHITECTURE, NAMES = 'gemma3', SANDWICH | QK_NORMS
    DEFAULTS = {'rope_theta': 1e6, 'rope_local_base_freq': 1e4, 'max_position_embeddings': 131072, 'rms_norm_eps': 1e-6, 'num_attention_heads': 8, 'num_key_value_heads': 4, 'head_dim': 256, 'sliding_window': 4096,
                'vocab_size': 262208}

    def add_keys(self):
        super().add_keys()
        rope = self.config.get('rope_parameters') or {}
        self.float('rope.freq_base_swa', (rope.get('sliding_attention') or {}).get('rope_theta') or self.find('rope_local_base_freq'))


class Gemma4(Gemma3):
    """Layers that see all have wider heads; the last ones may read the keys of others."""
    ARCHITECTURE, CENTERED = 'gemma4', False
    VOCABULARY = staticmethod(vocabulary.add_gemma4)
    ENDS = Decoder.ENDS | {'embed_tokens_per_layer': 'per_layer_token_embd', 'per_layer_model_projection': 'per_layer_model_proj', 'per_layer_projection_norm': 'per_layer_proj_norm'}
    NAMES = Gemma3.NAMES | {
        'per_layer_input_gate': 'inp_gate', 'per_layer_projection': 'proj', 'post_per_layer_input_norm': 'post_norm', 'router.proj': 'ffn_gate_inp', 'pre_feedforward_layernorm_2': 'pre_ffw_norm_2',
        'post_feedforward_layernorm_1': 'post_ffw_norm_1', 'post_feedforward_layernorm_2': 'post_ffw_norm_2'}
    WHOLE = {'layer_scalar': 'layer_output_scale.weight', 'router.scale': 'ffn_gate_inp.scale', 'router.per_expert_scale': 'ffn_down_exps.scale', 'experts.gate_up_proj': 'ffn_gate_up_exps.weight',
             'experts.down_proj': 'ffn_down_exps.weight'}
    DEFAULTS = Gemma3.DEFAULTS | {'global_head_dim': 512, 'hidden_size_per_layer_input': 256, 'num_kv_shared_layers': 0, 'sliding_window': 512, 'vocab_size': 262144, 'partial_rotary_factor': 0.25}

    def of_wide(self, name, entry):
        """Of the layers that see all: said once, or of each of them."""
        layers = self.config.get('per_layer_config') or {}
        each = [layers[str(i)].get(entry) for i, window in enumerate(self.windows()) if not window and str(i) in layers]
        return self.config.get(name) or next((value for value in each if value), None)

    def wide(self):
        return self.of_wide('global_head_dim', 'head_dim') or self.DEFAULTS['global_head_dim']

    def add_keys(self):
        super().add_keys()
        windows, wide, n_shared = self.windows(), self.wide(), self.find('num_kv_shared_layers')
        self.uint('attention.shared_kv_layers', n_shared)
        self.uint('embedding_length_per_layer_input', self.find('hidden_size_per_layer_input'))
        self.add_pattern()
        for key, value in (('key_length', wide), ('value_length', wide), ('key_length_swa', self.head_dim), ('value_length_swa', self.head_dim)):
            self.uint(f'attention.{key}', value)
        self.maybe('expert_feed_forward_length', self.uint, 'expert_intermediate_size', 'moe_intermediate_size')
        if self.config.get('use_double_wide_mlp'):
            n_ff = self.find('intermediate_size')
            self.target.array('{arch}.feed_forward_length', INT32, [n_ff if i < self.n_layers - n_shared else 2 * n_ff for i in range(self.n_layers)])
        n_kv = self.of_wide('num_global_key_value_heads', 'num_key_value_heads')
        if n_kv:
            self.target.array('{arch}.attention.head_count_kv', INT32, [self.n_kv_heads if window else n_kv for window in windows])
        self.uint('rope.dimension_count', wide)
        self.uint('rope.dimension_count_swa', self.head_dim)

    def add_all(self):
        super().add_all()
        wide = self.wide()
        n = int(wide * self.rope()['partial_rotary_factor'] / 2)
        # The pairs that are not turned: divided by so much, they stand still.
        self.constant('rope_freqs.weight', [1.0] * n + [1e30] * (wide // 2 - n))


class Phi3(Decoder):
    """Queries, keys and values are one matrix, and so are gates and ups."""
    ARCHITECTURE = 'phi3'
    NAMES = NORMS | {'self_attn.qkv_proj': 'attn_qkv', 'self_attn.o_proj': 'attn_output', 'mlp.gate_up_proj': 'ffn_up', 'mlp.down_proj': 'ffn_down'}
    DEFAULTS = {'rope_theta': 1e4, 'max_position_embeddings': 4096, 'original_max_position_embeddings': 4096, 'rms_norm_eps': 1e-5, 'partial_rotary_factor': 1.0}

    def add_keys(self):
        super().add_keys()
        before, length = self.rope()['original_max_position_embeddings'], self.find('max_position_embeddings')
        self.uint('rope.dimension_count', int(self.rope()['partial_rotary_factor'] * self.find('hidden_size')) // self.n_heads)
        self.uint('rope.scaling.original_context_length', before)
        self.uint('attention.sliding_window', self.find('sliding_window', optional=True) or 0)
        if self.rope().get('long_factor'):
            self.float('rope.scaling.attn_factor', math.sqrt(1 + math.log(length / before) / math.log(before)) if length > before else 1.0)

    def add_all(self):
        super().add_all()
        for kind in ('long', 'short'):
            if self.rope().get('long_factor'):
                self.constant(f'rope_factors_{kind}.weight', self.rope()[f'{kind}_factor'])


class Olmo2(Decoder):
    ARCHITECTURE, REQUIRED = 'olmo2', 'post_attention_norm'
    NAMES = ATTENTION | GATED | QK_NORMS | {'post_attention_layernorm': 'post_attention_norm', 'post_feedforward_layernorm': 'post_ffw_norm'}
    DEFAULTS = {'rope_theta': 1e4, 'max_position_embeddings': 2048, 'rms_norm_eps': 1e-5}


class Ernie(Decoder):
    ARCHITECTURE, TIED = 'ernie4_5', True
    DEFAULTS = {'rope_theta': 5e5, 'max_position_embeddings': 131072, 'rms_norm_eps': 1e-5, 'head_dim': 128}


class FalconH1(Decoder):
    """Attention and Mamba-2 side by side; what parts are multiplied by goes into their matrices."""
    ARCHITECTURE = 'falcon-h1'
    ENDS = {'embed_tokens': 'token_embd', 'final_layernorm': 'output_norm', 'lm_head': 'output'}
    NAMES = ATTENTION | {'input_layernorm': 'attn_norm', 'feed_forward.gate_proj': 'ffn_gate', 'feed_forward.up_proj': 'ffn_up', 'feed_forward.down_proj': 'ffn_down', 'mamba.in_proj': 'ssm_in',
                         'mamba.out_proj': 'ssm_out', 'mamba.conv1d': 'ssm_conv1d'}
    WHOLE = {'pre_ff_layernorm.weight': 'ffn_norm', 'mamba.A_log': 'ssm_a', 'mamba.D': 'ssm_d', 'mamba.dt_bias': 'ssm_dt.bias', 'mamba.norm.weight': 'ssm_norm.weight'}
    BIASED = (*Decoder.BIASED, 'ssm_conv1d')
    DEFAULTS = {'rope_theta': 1e5, 'max_position_embeddings': 8192, 'rms_norm_eps': 1e-5, 'mamba_n_groups': 1, 'mamba_d_conv': 4, 'attention_in_multiplier': 1.0, 'attention_out_multiplier': 1.0,
                'key_multiplier': 1.0, 'ssm_in_multiplier': 1.0, 'ssm_out_multiplier': 1.0, 'embedding_multiplier': 1.0, 'lm_head_multiplier': 1.0, 'mlp_multipliers': [1.0] * 2, 'ssm_multipliers': [1.0] * 5}

    @property
    def n_inner(self):
        return self.find('mamba_d_ssm', optional=True) or self.find('mamba_expand') * self.find('hidden_size')

    def add_keys(self):
        super().add_keys()
        for key, value in (('conv_kernel', self.find('mamba_d_conv')), ('inner_size', self.n_inner), ('state_size', self.find('mamba_d_state')), ('group_count', self.find('mamba_n_groups')),
                           ('time_step_rank', self.n_inner // self.find('mamba_d_head'))):
            self.uint(f'ssm.{key}', value)

    def change(self, new):
        def times(*names):
            def multiply(values):
                for name in names:
                    values = values * numpy.float32(self.find(name))
                return values
            return multiply

        changes = {'attn_q': times('attention_in_multiplier'), 'attn_v': times('attention_in_multiplier'), 'attn_k': times('key_multiplier', 'attention_in_multiplier'),
                   'attn_output': times('attention_out_multiplier'), 'ssm_out': times('ssm_out_multiplier'), 'token_embd': times('embedding_multiplier'), 'output': times('lm_head_multiplier'),
                   'ffn_gate': lambda values: values * numpy.float32(self.find('mlp_multipliers')[0]), 'ffn_down': lambda values: values * numpy.float32(self.find('mlp_multipliers')[1]),
                   'ssm_in': self.change_input, 'ssm_a': lambda values: -numpy.exp(values)}
        return changes.get(new)

    def change_input(self, values):
        """Rows of gates, inputs, B, C and steps, each with a factor of its own."""
        values, state = values * numpy.float32(self.find('ssm_in_multiplier')), self.find('mamba_n_groups') * self.find('mamba_d_state')
        ends = numpy.cumsum([self.n_inner, self.n_inner, state, state])
        return numpy.concatenate([part * numpy.float32(factor) for part, factor in zip(numpy.split(values, ends), self.find('ssm_multipliers'))])

    def take(self, own, name):
        new = self.new_name(own)
        if not new:
            return False
        shape = self.folder.shape(name)
        shapes = {'ssm_a': (*shape, 1), 'ssm_d': (*shape, 1), 'ssm_conv1d': (shape[0], shape[-1]) if len(shape) == 3 else shape,
                  'ssm_norm.weight': (self.find('mamba_n_groups'), self.n_inner // self.find('mamba_n_groups'))}
        self.add(new[0], name, self.change(new[1]), shapes.get(new[1]))
        return True


class Lfm2(Decoder):
    """Most layers have a short convolution in the place of attention."""
    ARCHITECTURE, TIED = 'lfm2', True
    ENDS = {'embed_tokens': 'token_embd', 'embedding_norm': 'token_embd_norm', 'lm_head': 'output'}
    NAMES = {'self_attn.q_proj': 'attn_q', 'self_attn.k_proj': 'attn_k', 'self_attn.v_proj': 'attn_v', 'self_attn.out_proj': 'attn_output', 'self_attn.q_layernorm': 'attn_q_norm',
             'self_attn.k_layernorm': 'attn_k_norm', 'operator_norm': 'attn_norm', 'ffn_norm': 'ffn_norm', 'feed_forward.w1': 'ffn_gate', 'feed_forward.w3': 'ffn_up', 'feed_forward.w2': 'ffn_down',
             'conv.in_proj': 'shortconv.in_proj', 'conv.out_proj': 'shortconv.out_proj', 'conv.conv': 'shortconv.conv'}
    DEFAULTS = {'rope_theta': 1e6, 'max_position_embeddings': 128000, 'norm_eps': 1e-5, 'vocab_size': 65536, 'block_auto_adjust_ff_dim': True, 'block_ffn_dim_multiplier': 1.0, 'block_multiple_of': 256}

    def n_ff(self):
        n = self.find('block_ff_dim', 'intermediate_size')
        if self.find('block_auto_adjust_ff_dim'):
            n, step = int(self.find('block_ffn_dim_multiplier') * int(2 * n / 3)), self.find('block_multiple_of')
            n = -(-n // step) * step
        return n

    def layers_that_attend(self):
        listed = self.find('full_attn_idxs', optional=True)
        kinds = self.find('layer_types', optional=True) or ['full_attention' if listed is None or i in listed else 'conv' for i in range(self.n_layers)]
        return [kind != 'conv' for kind in kinds]

    def add_keys(self):
        super().add_keys()
        self.target.array('{arch}.attention.head_count_kv', INT32, [self.n_kv_heads if attends else 0 for attends in self.layers_that_attend()])
        self.uint('shortconv.l_cache', self.find('conv_L_cache'))
        self.uint('feed_forward_length', self.n_ff())

    def take(self, own, name):
        if own.endswith('conv.conv.weight'):
            to, _ = self.new_name(own)
            rows, _, taps = self.folder.shape(name)
            self.add(to, name, None, (rows, taps))
            return True
        return super().take(own, name)


# model_type of config.json → its family.
FAMILIES = {
    'llama': Llama, 'mistral': Llama, 'smollm3': Smollm3, 'granite': Granite, 'ministral3': Mistral3, 'mistral3': Mistral3,
    'qwen2': Qwen2, 'qwen2_vl': Qwen2Vl, 'qwen2_vl_text': Qwen2Vl, 'qwen2_5_vl': Qwen2Vl, 'qwen2_5_vl_text': Qwen2Vl, 'qwen3': Qwen3, 'qwen3_moe': Qwen3Moe, 'qwen3_vl': Qwen3Vl, 'qwen3_vl_text': Qwen3Vl,
    'qwen3_5': Qwen35, 'qwen3_5_text': Qwen35, 'qwen3_5_moe': Qwen35Moe, 'qwen3_5_moe_text': Qwen35Moe, 'gpt_oss': GptOss,
    'gemma2': Gemma2, 'gemma3': Gemma3, 'gemma3_text': Gemma3, 'gemma4': Gemma4, 'gemma4_text': Gemma4, 'gemma4_unified': Gemma4, 'phi3': Phi3, 'olmo2': Olmo2, 'ernie4_5': Ernie,
    'bert': Bert, 'nomic_bert': NomicBert, 'falcon_h1': FalconH1, 'lfm2': Lfm2, 'muse_glimmer': Glimmer, 'muse_spark': Spark,
}


def find_family(folder):
    kind = folder.config.get('model_type')
    if kind not in FAMILIES:
        raise ConvertError(f'{folder.path} holds a model of the kind “{kind}”. The kinds that can be converted are {", ".join(sorted(FAMILIES))}.')
    return FAMILIES[kind]
