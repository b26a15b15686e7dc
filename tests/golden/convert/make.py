#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes what llama.cpp's converter makes of small folders (*.json), and what Hugging Face's tokenizers make of a text (words/).

Made at development time, never by a test:

    ./dev peers
    pip install torch transformers==5.23.0 gguf sentencepiece
    python3 tests/golden/convert/make.py SOURCE_OF_LLAMA_CPP [NAME…]
    python3 tests/golden/convert/make.py words

Each *.json has a configuration as transformers saves it, names and shapes of the published tensors (folders.py makes their numbers), and what the converter makes of them: keys, and of every
tensor its type, shape and SHA-256; of small ones the values, since what goes through exp () differs in a last bit from machine to machine.
"""
import hashlib
import json
import pathlib
import sys
import tempfile

import numpy

from folders import Gguf, kind_of, write_folder

HERE = pathlib.Path(__file__).parent
SMALL = 64  # numbers


def cases():
    sys.path.insert(0, str(HERE.parent / 'models'))
    import convert as models
    t, small, rope, ids = models.t, models.SMALL, models.ROPE, models.TOKEN_IDS
    found = {name: config for name, config in models.CASES.items() if not name.startswith('muse') and name != 'nomic-bert-moe'}
    gemma3 = dict(num_hidden_layers=6, sliding_window=16, query_pre_attn_scalar=16, hidden_activation='gelu_pytorch_tanh', layer_types=['sliding_attention'] * 5 + ['full_attention'])
    mrope = {'rope_type': 'default', 'rope_theta': 1e4, 'mrope_section': [3, 3, 2]}
    eyes = dict(depth=1, hidden_size=32, intermediate_size=48, num_heads=2, out_hidden_size=64, patch_size=4)
    found |= {
        'llama': t.LlamaConfig(**small, head_dim=16, rope_parameters=rope, tie_word_embeddings=False, **ids),
        'llama-3': t.LlamaConfig(**small, tie_word_embeddings=True, **ids, rope_parameters={
            'rope_type': 'llama3', 'rope_theta': 1e4, 'factor': 8.0, 'low_freq_factor': 1.0, 'high_freq_factor': 4.0, 'original_max_position_embeddings': 32}),
        'mistral': t.MistralConfig(**small, head_dim=16, rope_parameters=rope, sliding_window=None, **ids),
        'qwen2': t.Qwen2Config(**small, rope_parameters=rope, tie_word_embeddings=True, **ids),
        'qwen2-yarn': t.Qwen2Config(**small, tie_word_embeddings=True, **ids, rope_parameters={'rope_type': 'yarn', 'rope_theta': 1e4, 'factor': 4.0, 'original_max_position_embeddings': 32}),
        'gemma3': t.Gemma3TextConfig(**small | gemma3, head_dim=16, **ids, rope_parameters={
            'sliding_attention': rope, 'full_attention': {'rope_type': 'linear', 'factor': 8.0, 'rope_theta': 1e6}}),
        'qwen2vl': t.Qwen2_5_VLConfig(text_config=dict(**small, rope_parameters=mrope, tie_word_embeddings=False, **ids), vision_config=eyes | {'fullatt_block_indexes': [0]}),
        'qwen3vl': t.Qwen3VLConfig(text_config=dict(**small, head_dim=16, rope_parameters=mrope | {'mrope_interleaved': True}, **ids), tie_word_embeddings=False,
                                   vision_config=eyes | {'deepstack_visual_indexes': [0], 'num_position_embeddings': 64}),
    }
    found['gpt-oss-mxfp4'] = found['gpt-oss']
    return models, found


def published(models, name, config):
    """The names and shapes that transformers saves."""
    import safetensors
    import torch
    t = models.t
    kind = t.AutoModelForImageTextToText if name.endswith('vl') else t.AutoModel if name in models.ENCODERS else t.AutoModelForCausalLM
    with tempfile.TemporaryDirectory() as scratch:
        folder = pathlib.Path(scratch)
        kind.from_config(config, dtype=torch.float32).save_pretrained(folder)
        if name == 'qwen35':
            models.guess(folder)
        if name == 'nomic-bert':
            models.nomic_as_on_the_hub(folder, False)
        with safetensors.safe_open(folder / 'model.safetensors', 'pt') as file:
            shapes = {key: list(file.get_slice(key).get_shape()) for key in file.keys()}
        saved = json.loads((folder / 'config.json').read_text())
    if name == 'gpt-oss-mxfp4':
        saved['quantization_config'] = {'quant_method': 'mxfp4', 'modules_to_not_convert': ['lm_head']}
        for key in [key for key in shapes if key.endswith(('gate_up_proj', 'down_proj'))]:
            n, inner, rows = shapes.pop(key)
            shapes |= {f'{key}_blocks': [n, rows, inner // 32, 16], f'{key}_scales': [n, rows, inner // 32]}
    return saved, dict(sorted(shapes.items()))


def made(path, pools):
    file = Gguf(path)
    tensors = {}
    for name, (kind, shape, data) in sorted(file.tensors.items()):
        entry = {'type': kind, 'shape': shape}
        if kind == 0 and len(data) <= 4 * SMALL:
            entry['values'] = numpy.frombuffer(data, '<f4').tolist()
        else:
            entry['sha256'] = hashlib.sha256(data).hexdigest()
        tensors[name] = entry
    keys = {name: value for name, value in file.keys.items() if not name.startswith(('general.', 'tokenizer.')) or name == 'general.architecture'}
    # ../models/convert.py has every model pool, for the encoders.
    keys = {name: value for name, value in keys.items() if pools or not name.endswith('.pooling_type')}
    return {'keys': dict(sorted(keys.items())), 'made': tensors}


def write(source, names):
    models, found = cases()
    for name in names or found:
        config, shapes = published(models, name, found[name])
        with tempfile.TemporaryDirectory() as scratch:
            folder = pathlib.Path(scratch) / 'model'
            write_folder(folder, config, shapes)
            encoder = name in models.ENCODERS
            (folder / 'tokenizer.json').write_text(json.dumps(dict(model=dict(type='WordPiece' if encoder else 'BPE', vocab={str(i): i for i in range(512)}), added_tokens=[])))
            models.convert(source, folder, pathlib.Path(scratch) / 'model.gguf', models.dummy_words if encoder else models.dummy_vocabulary)
            result = made(pathlib.Path(scratch) / 'model.gguf', encoder)
        kinds = {key: kind_of(key, 'BF16') for key in shapes if kind_of(key, 'BF16') != 'BF16'}
        print(name, len(shapes), 'tensors', sorted(set(kinds.values())))
        text = json.dumps({'config': config, 'tensors': shapes, **result}, separators=(',', ':'))
        # A line for each entry, so that changes can be read.
        (HERE / f'{name}.json').write_text(text.replace('"model.', '\n"model.').replace('"blk.', '\n"blk.').replace('"tensors":', '\n"tensors":').replace('"keys":', '\n"keys":').replace('"made":', '\n"made":') + '\n')


# ---- words ---------------------------------------------------------------------------

def make_words():
    import io

    import sentencepiece
    from tokenizers import Regex, Tokenizer, decoders, models, pre_tokenizers, trainers
    sys.path.insert(0, str(HERE.parents[2] / 'data/convert'))
    import vocabulary as v
    folder = HERE / 'words'
    folder.mkdir(exist_ok=True)
    lines = (folder / 'text.txt').read_text().splitlines()
    cut = {'gpt-2': ([], True), 'smollm': ([pre_tokenizers.Digits(True)], True)}
    cut |= {name: ([pre_tokenizers.Split(Regex(text), 'isolated')], False) for name, text in
            (('llama-bpe', v.LLAMA3), ('qwen2', v.QWEN2), ('qwen35', v.QWEN35), ('gpt-4o', v.GPT4O), ('tekken', v.TEKKEN))}
    expected = {}
    for name, (steps, regex) in cut.items():
        tokenizer = Tokenizer(models.BPE(ignore_merges=name in ('llama-bpe', 'tekken')))
        tokenizer.pre_tokenizer = pre_tokenizers.Sequence([*steps, pre_tokenizers.ByteLevel(False, use_regex=regex)])
        tokenizer.decoder = decoders.ByteLevel()
        tokenizer.train_from_iterator(lines * 2, trainers.BpeTrainer(vocab_size=400, initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet()), special_tokens=['<|end|>']))
        tokenizer.save(str(folder / f'{name}.json'), pretty=False)
        expected[name] = [tokenizer.encode(line, add_special_tokens=False).ids for line in lines]
    from tokenizers import normalizers
    words = Tokenizer(models.WordPiece(unk_token='[UNK]'))
    words.normalizer, words.pre_tokenizer = normalizers.BertNormalizer(lowercase=True), pre_tokenizers.BertPreTokenizer()
    words.train_from_iterator(lines * 2, trainers.WordPieceTrainer(vocab_size=512, special_tokens=['[PAD]', '[UNK]', '[CLS]', '[SEP]', '[MASK]'], show_progress=False))
    words.save(str(folder / 'wordpiece.json'), pretty=False)
    expected['wordpiece'] = [words.encode(line, add_special_tokens=False).ids for line in lines]
    data = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(sentence_iterator=iter(lines * 2), model_writer=data, vocab_size=512, model_type='bpe', byte_fallback=True, character_coverage=0.98,
                                             normalization_rule_name='identity', remove_extra_whitespaces=False, hard_vocab_limit=False, num_threads=1)
    (folder / 'tokenizer.model').write_bytes(data.getvalue())
    pieces = sentencepiece.SentencePieceProcessor(model_proto=data.getvalue())
    expected['pieces'] = [pieces.encode(line) for line in lines]
    (folder / 'expected.json').write_text(json.dumps(expected, separators=(',', ':')).replace('],"', '],\n"') + '\n')


if __name__ == '__main__':
    if sys.argv[1] == 'words':
        make_words()
    else:
        write(pathlib.Path(sys.argv[1]), sys.argv[2:])
