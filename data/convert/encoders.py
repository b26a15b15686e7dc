# SPDX-License-Identifier: GPL-3.0-or-later
"""Families that make vectors of texts: BERT, and nomic-embed-text, which turns positions and gates its feed-forward."""
import re

import vocabulary
from decoder import Decoder
from folder import ConvertError, read_json


class Bert(Decoder):
    ARCHITECTURE, REQUIRED = 'bert', 'attn_output_norm'
    VOCABULARY = staticmethod(vocabulary.add_wordpieces)
    ACTIVATIONS = ('gelu', None)
    ENDS = {'embeddings.word_embeddings': 'token_embd', 'embeddings.position_embeddings': 'position_embd', 'embeddings.token_type_embeddings': 'token_types', 'embeddings.LayerNorm': 'token_embd_norm'}
    NAMES = {'attention.self.query': 'attn_q', 'attention.self.key': 'attn_k', 'attention.self.value': 'attn_v', 'attention.output.dense': 'attn_output',
             'attention.output.LayerNorm': 'attn_output_norm', 'intermediate.dense': 'ffn_up', 'output.dense': 'ffn_down', 'output.LayerNorm': 'layer_output_norm'}
    BIASED = (*ENDS.values(), *NAMES.values())
    DEFAULTS = {'layer_norm_eps': 1e-12, 'max_position_embeddings': 512}
    # Of what is learnt beside vectors nothing is used.
    UNUSED = ('embeddings.position_ids', 'pooler.', 'cls.')

    def check(self):
        super().check()
        if self.config.get('position_embedding_type', 'absolute') != 'absolute':
            raise ConvertError(f'The model’s positions are “{self.config["position_embedding_type"]}”, which the engine does not have.')

    def n_context(self):
        return self.find('max_position_embeddings')

    def add_keys(self):
        for key, value in (('block_count', self.n_layers), ('context_length', self.n_context()), ('embedding_length', self.find('hidden_size', 'n_embd')),
                           ('feed_forward_length', self.find('intermediate_size', 'n_inner')), ('attention.head_count', self.n_heads), ('pooling_type', self.pooling())):
            self.uint(key, value)
        self.float('attention.layer_norm_epsilon', self.find('layer_norm_eps', 'layer_norm_epsilon'))
        for key in ('key_length', 'value_length'):
            self.maybe(f'attention.{key}', self.uint, 'head_dim')
        self.target.bool('{arch}.attention.causal', False)
        self.target.uint('tokenizer.ggml.token_type_count', self.find('type_vocab_size', optional=True) or 1)

    def pooling(self):
        """As GGUF counts them. Another program's files beside the model's say it."""
        path = self.folder.path
        modules = read_json(path / 'modules.json', list) if (path / 'modules.json').is_file() else []
        found = next((module['path'] for module in modules if module['type'].endswith('Pooling')), None)
        if not found or '..' in found:
            raise ConvertError('The folder does not say how one vector becomes of many: it has no modules.json that names a pooling. Fetch it.')
        pooling = read_json(path / found / 'config.json')
        for name, short, number in (('pooling_mode_mean_tokens', 'mean', 1), ('pooling_mode_cls_token', 'cls', 2), ('pooling_mode_lasttoken', 'lasttoken', 3)):
            if pooling.get(name) or pooling.get('pooling_mode') == short:
                return number
        raise ConvertError(f'The model’s vectors are pooled in a way that the engine does not have; see {found}/config.json.')

    def own_name(self, name):
        own = re.sub('^layer\\.', 'layers.', name.removeprefix('bert.').removeprefix('encoder.'))
        # What the first published files called them.
        return re.sub('\\.beta$', '.bias', re.sub('\\.gamma$', '.weight', own))

    def skips(self, own):
        return own.startswith(self.UNUSED)


class NomicBert(Bert):
    ARCHITECTURE = 'nomic-bert'
    ACTIVATIONS = ('swiglu', None)
    ENDS = {'embeddings.word_embeddings': 'token_embd', 'embeddings.token_type_embeddings': 'token_types', 'emb_ln': 'token_embd_norm'}
    NAMES = {'attn.Wqkv': 'attn_qkv', 'attn.out_proj': 'attn_output', 'norm1': 'attn_output_norm', 'norm2': 'layer_output_norm', 'mlp.fc11': 'ffn_up', 'mlp.fc12': 'ffn_gate', 'mlp.fc2': 'ffn_down'}
    BIASED = ('token_embd_norm', 'attn_output_norm', 'layer_output_norm')
    DEFAULTS = {'layer_norm_epsilon': 1e-12, 'rotary_emb_base': 1000.0}

    def __init__(self, folder, target):
        config = folder.config
        if config.get('moe_every_n_layers'):
            raise ConvertError('Models of nomic-bert with experts cannot be converted here; they are published as GGUF too.')
        config.setdefault('num_hidden_layers', config.get('n_layer'))
        config.setdefault('num_attention_heads', config.get('n_head'))
        super().__init__(folder, target)

    def check(self):
        for name, wanted in (('activation_function', 'swiglu'), ('prenorm', False), ('qkv_proj_bias', False), ('rotary_emb_fraction', 1.0), ('rotary_emb_interleaved', False)):
            if self.config.get(name, wanted) != wanted:
                raise ConvertError(f'The model’s {name} is {self.config[name]}, which the engine does not have for models of this kind.')

    def n_context(self):
        """Of 8,192 positions that are said 2,048 were trained."""
        return min(self.find('n_positions'), self.find('max_trained_positions', optional=True) or 2048)

    def add_keys(self):
        super().add_keys()
        self.float('rope.freq_base', self.find('rotary_emb_base'))
