# SPDX-License-Identifier: GPL-3.0-or-later
"""The vocabulary of a folder: tokenizer.json or tokenizer.model, with what tokenizer_config.json, the configuration and the chat template say beside it."""

import pieces
from folder import ConvertError, read_json
from pieces import ADDED, BYTE_NAME, BYTE, CONTROL, MISSING, NORMAL, UNUSED, USER, pair_of, parts_of
from target import FLOAT, INT32, STRING

# ---- how words are cut ---------------------------------------------------------------

ENDINGS = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)"
TAIL = r"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
CASED_TAIL = r"| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+"
FIRST, UPPER, LOWER = r"[^\r\n\p{L}\p{N}]?", r"[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]", r"[\p{Ll}\p{Lm}\p{Lo}\p{M}]"
LLAMA3 = ENDINGS + r"|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}" + TAIL
QWEN2 = ENDINGS + r"|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}" + TAIL
QWEN35 = ENDINGS + r"|[^\r\n\p{L}\p{N}]?[\p{L}\p{M}]+|\p{N}| ?[^\s\p{L}\p{M}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
GPT4O = f"{FIRST}{UPPER}*{LOWER}+{ENDINGS}?|{FIRST}{UPPER}+{LOWER}*{ENDINGS}?" + r"|\p{N}{1,3}" + CASED_TAIL
TEKKEN = f"{FIRST}{UPPER}*{LOWER}+|{FIRST}{UPPER}+{LOWER}*" + r"|\p{N}" + CASED_TAIL
GPT2, DIGITS = 'ByteLevel', 'Digits'

# The expressions of tokenizer.json, and whether whole words that are tokens are taken without merging → the name in GGUF.
# engine/tokenizer/pretokenize.c has the names; those with the same expressions are one here.
SPLITS = {
    ((GPT2,), False): 'gpt-2', ((DIGITS, GPT2), False): 'smollm', ((LLAMA3,), True): 'llama-bpe', ((LLAMA3,), False): 'dbrx', ((QWEN2,), False): 'qwen2', ((QWEN35,), False): 'qwen35',
    ((GPT4O,), False): 'gpt-4o', ((GPT4O,), True): 'gpt-4o', ((TEKKEN,), True): 'tekken', ((TEKKEN,), False): 'tekken',
}


def expressions(tokenizer):
    """What cuts, one after the other; None for what is not known here at all."""
    found = []
    for step in parts_of(tokenizer.get('pre_tokenizer'), 'pretokenizers'):
        kind = step['type']
        if kind == 'Split':
            found.append(step['pattern'].get('Regex') or step['pattern'].get('String'))
        elif kind == 'Digits' and step.get('individual_digits'):
            found.append(DIGITS)
        elif kind == 'ByteLevel':
            found += [GPT2] if step.get('use_regex', True) else []
        else:
            found.append(None)
    return tuple(found)


def find_split(tokenizer):
    name = SPLITS.get((expressions(tokenizer), bool(tokenizer['model'].get('ignore_merges'))))
    if not name:
        raise ConvertError('The tokenizer cuts words in a way that is not known here; its expressions are in tokenizer.json, under pre_tokenizer. '
                           'If you know what GGUF files of this model call it, say so with --pre NAME.')
    return name


# ---- reading -------------------------------------------------------------------------

# Tokens that some tokenizers do not call special, although they are.
SPECIAL_TEXTS = ('<pad>', '<mask>', '<2mass>', '[@BOS@]')
SPECIAL_ENDS = (('<|', '|>'), ('<｜', '｜>'), ('<unused', '>'))


def seems_special(text):
    return text in SPECIAL_TEXTS or any(text.startswith(start) and text.endswith(end) for start, end in SPECIAL_ENDS)


class Words:
    """What stands in the folder's files about words. `added`: number → (text, whether special)."""

    def __init__(self, path):
        self.path = path
        self.tokenizer = self.optional('tokenizer.json')
        self.facts = self.optional('tokenizer_config.json')
        self.config = self.optional('config.json')
        self.generation = self.optional('generation_config.json')
        self.added = {number: (text, False) for text, number in self.optional('added_tokens.json').items()}
        for number, entry in (self.facts.get('added_tokens_decoder') or {}).items():
            self.added[int(number)] = entry['content'], bool(entry.get('special'))
        for entry in self.tokenizer.get('added_tokens') or []:
            self.added[entry['id']] = entry['content'], bool(entry.get('special'))

    def optional(self, name):
        return read_json(self.path / name) if (self.path / name).is_file() else {}

    def has_model(self):
        return (self.path / 'tokenizer.model').is_file()

    def spelt_in_bytes(self):
        """Whether tokens are letters that stand for bytes, not pieces with ▁ and tokens of one byte each."""
        model = self.tokenizer['model']
        return not model.get('byte_fallback') and '<0x0A>' not in model['vocab']

    def text_of(self, name):
        token = self.facts.get(name)
        return token.get('content') if isinstance(token, dict) else token

    def template(self):
        jinja, beside = self.path / 'chat_template.jinja', self.optional('chat_template.json')
        found = jinja.read_text('utf-8') if jinja.is_file() else self.facts.get('chat_template') or beside.get('chat_template')
        if isinstance(found, list):  # several, of which one is for conversations
            found = next((entry.get('template') for entry in found if entry.get('name') == 'default'), None)
        return found if isinstance(found, str) else None

    def number_in_config(self, name):
        for config in (self.config, self.config.get('text_config') or {}):
            if isinstance(config.get(name), int) and not isinstance(config.get(name), bool):
                return config[name]
        return None


# ---- writing -------------------------------------------------------------------------

def fill(words, n_vocab, known, default):
    """[(text, score, kind)] of all numbers: what the model knows, and what was added to it."""
    if len(known) > n_vocab:
        # What is behind the last row of the embedding can have no number in a text.
        known = known[:n_vocab]
    result = known + [('', default, UNUSED)] * (n_vocab - len(known))
    for number, (text, special) in words.added.items():
        if not 0 <= number < n_vocab:
            continue
        special = special or seems_special(text)
        result[number] = (text, ADDED, CONTROL) if special else (text.replace('▁', ' '), ADDED, USER)
    return [(text or f'[PAD{i}]', score, kind) for i, (text, score, kind) in enumerate(result)]


def add_tokens(target, tokens, scores):
    target.array('tokenizer.ggml.tokens', STRING, [text for text, _, _ in tokens])
    if scores:
        target.array('tokenizer.ggml.scores', FLOAT, [score for _, score, _ in tokens])
    target.array('tokenizer.ggml.token_type', INT32, [kind for _, _, kind in tokens])


def known_of_json(tokenizer, n_vocab, score):
    vocab = tokenizer['model']['vocab']
    if vocab and max(vocab.values()) >= n_vocab:
        raise ConvertError(f'The tokenizer has token {max(vocab.values())}, and the model only {n_vocab}.')
    known = [('', score, UNUSED)] * n_vocab
    for text, i in vocab.items():
        known[i] = text, score, NORMAL
    return known


def add_merges(target, merges):
    """A space inside of a piece is written as the letter that stands for it."""
    target.array('tokenizer.ggml.merges', STRING, [' '.join(part.replace(' ', 'Ġ') for part in pair_of(merge)) if not isinstance(merge, str) else merge for merge in merges])


def add_bytes(target, words, n_vocab, pre):
    """Byte-pair encoding over letters that stand for bytes."""
    tokenizer = words.tokenizer
    target.text('tokenizer.ggml.model', 'gpt2')
    target.text('tokenizer.ggml.pre', pre or find_split(tokenizer))
    add_tokens(target, fill(words, n_vocab, known_of_json(tokenizer, n_vocab, 0), 0), False)
    add_merges(target, tokenizer['model']['merges'])


def add_pieces(target, words, n_vocab, pre):
    known, prefix = pieces.read_model(words.path / 'tokenizer.model') if words.has_model() else pieces.read_json_model(words.tokenizer)
    target.text('tokenizer.ggml.model', 'llama')
    target.text('tokenizer.ggml.pre', pre or 'default')
    add_tokens(target, fill(words, n_vocab, known, MISSING), True)
    target.bool('tokenizer.ggml.add_space_prefix', words.facts['add_prefix_space'] if isinstance(words.facts.get('add_prefix_space'), bool) else prefix)


# Of Gemma 4: marks that are read in answers, so they must not vanish.
GEMMA4_SEEN = ('<|channel>', '<channel|>', '<|tool_call>', '<tool_call|>', '<|tool_response>', '<tool_response|>', '<|"|>')


def add_gemma4(target, words, n_vocab, _):
    """Pieces with ▁ and bytes, joined in the order of the merges."""
    tokens = fill(words, n_vocab, known_of_json(words.tokenizer, n_vocab, ADDED), ADDED)
    target.text('tokenizer.ggml.model', 'gemma4')
    add_tokens(target, [(text, score, BYTE if BYTE_NAME.fullmatch(text) else USER if text in GEMMA4_SEEN else kind) for text, score, kind in tokens], True)
    add_merges(target, words.tokenizer['model']['merges'])
    target.bool('tokenizer.ggml.add_space_prefix', False)


def add_wordpieces(target, words, n_vocab, _):
    """Pieces that go on begin with ##; in GGUF the others begin with ▁."""
    steps = parts_of(words.tokenizer.get('normalizer'), 'normalizers')
    if words.tokenizer['model'].get('type') != 'WordPiece':
        raise ConvertError(f'The tokenizer is of the kind {words.tokenizer["model"].get("type")}; models of this family are converted with WordPiece.')
    if not any(step['type'] == 'Lowercase' or step.get('lowercase') for step in steps):
        raise ConvertError('The tokenizer tells capital letters from small ones, which the engine does not do for models of this family.')
    tokens = fill(words, n_vocab, known_of_json(words.tokenizer, n_vocab, 0), 0)
    target.text('tokenizer.ggml.model', 'bert')
    add_tokens(target, [(text.removeprefix('##') if text.startswith('##') else f'▁{text}' if kind == NORMAL else text, score, kind) for text, score, kind in tokens], False)


KEYS = {'bos': 'bos', 'cls': 'cls', 'eos': 'eos', 'unk': 'unknown', 'sep': 'seperator', 'pad': 'padding', 'mask': 'mask'}  # spelt so


def special_numbers(words):
    by_text = {text: number for number, (text, _) in words.added.items()}
    found = {name: by_text[words.text_of(f'{name}_token')] for name in KEYS if words.text_of(f'{name}_token') in by_text}
    for name in KEYS:
        if words.number_in_config(f'{name}_token_id') is not None:
            found.setdefault(name, words.number_in_config(f'{name}_token_id'))
    return found


def added_around(words, special):
    """Whether a text gets its first and last token: what the tokenizer does with one text, else what is said beside it."""
    found = {}
    names = {number: text for number, (text, _) in words.added.items()}
    process = words.tokenizer.get('post_processor') or {}
    for step in process.get('processors', [process] if process else []):
        if step.get('type') == 'ByteLevel':
            found = {'bos': False, 'eos': False} | found
        elif step.get('type') == 'TemplateProcessing' and len(step.get('single', [])) > 1:
            for name, part in (('bos', step['single'][0]), ('eos', step['single'][-1])):
                if 'SpecialToken' in part:
                    found[name] = part['SpecialToken']['id'] == (names.get(special.get(name)) or words.text_of(f'{name}_token'))
    for name in ('bos', 'eos'):
        if isinstance(words.facts.get(f'add_{name}_token'), bool):
            found.setdefault(name, words.facts[f'add_{name}_token'])
    return found


def add_special(target, words, n_vocab):
    special = special_numbers(words)
    for name, number in special.items():
        if 0 <= number < n_vocab:
            target.uint(f'tokenizer.ggml.{KEYS[name]}_token_id', number)
    # What else ends an answer: a turn, a message.
    ends = words.generation.get('eos_token_id')
    others = [number for number in ends if isinstance(number, int) and 0 <= number < n_vocab and number != special.get('eos')] if isinstance(ends, list) else []
    # Muse's end of a turn, which the engine does not know by its text.
    others += [number for number, (text, _) in words.added.items() if text == '<|eot|>' and number not in others and 0 <= number < n_vocab]
    for name, number in zip(('eot', 'eom'), others):
        target.uint(f'tokenizer.ggml.{name}_token_id', number)
    for name, value in added_around(words, special).items():
        target.bool(f'tokenizer.ggml.add_{name}_token', value)


def add_vocabulary(target, path, n_vocab, pre=None, kind=None):
    words = Words(path)
    if not words.tokenizer and not words.has_model():
        raise ConvertError(f'{path} has neither tokenizer.json nor tokenizer.model: the model would have no words.')
    model = words.tokenizer.get('model', {})
    if model and not kind and model.get('type', 'BPE') != 'BPE':
        raise ConvertError(f'The tokenizer is of the kind {model.get("type")}; models that write have BPE.')
    make = kind or (add_bytes if words.tokenizer and words.spelt_in_bytes() else add_pieces)
    make(target, words, n_vocab, pre)
    add_special(target, words, n_vocab)
    template = words.template()
    if template:
        target.text('tokenizer.chat_template', template)
