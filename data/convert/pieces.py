# SPDX-License-Identifier: GPL-3.0-or-later
"""Vocabularies whose spaces are "▁" and whose other bytes are tokens <0x00> to <0xFF>: SentencePiece's tokenizer.model, or what tokenizer.json makes of one. In GGUF: "llama", with scores.

A pair of pieces is joined where the joined piece has the best score. tokenizer.json has an order of merges in their place: a piece's score is then minus the place of the first merge that makes it,
which joins in the same order.
"""
import re
import struct

from folder import ConvertError

NORMAL, UNKNOWN, CONTROL, USER, UNUSED, BYTE = range(1, 7)  # kinds of tokens, of SentencePiece and GGUF alike
BPE = 2                                                     # SentencePiece's kinds of models: 1 is Unigram
ADDED, MISSING = -1000.0, -10000.0                          # scores
BYTE_NAME = re.compile('<0x[0-9A-Fa-f]{2}>')


# ---- Protocol Buffers ----------------------------------------------------------------

def number(data, at):
    result = shift = 0
    while True:
        if at >= len(data) or shift > 63:
            raise ConvertError('tokenizer.model is damaged. Fetch it again.')
        result |= (data[at] & 127) << shift
        shift, at = shift + 7, at + 1
        if data[at - 1] < 128:
            return result, at


def fields(data):
    """Yields (number, value): whole numbers, or bytes of what has a length or a fixed size."""
    at = 0
    while at < len(data):
        key, at = number(data, at)
        kind, size = key & 7, {1: 8, 5: 4}.get(key & 7)
        if kind == 0:
            value, at = number(data, at)
            yield key >> 3, value
            continue
        if kind == 2:
            size, at = number(data, at)
        if size is None or size > len(data) - at:
            raise ConvertError('tokenizer.model is damaged, or none of SentencePiece. Fetch it again.')
        yield key >> 3, data[at:at + size]
        at += size


def as_number(value, otherwise):
    return value if isinstance(value, int) else otherwise


def as_bytes(value):
    if not isinstance(value, bytes):
        raise ConvertError('tokenizer.model is damaged. Fetch it again.')
    return value


def read_model(path):
    """[(text, score, kind)], and whether a space goes before a text."""
    pieces, prefix = [], True
    for field, value in fields(path.read_bytes()):
        if field == 1:
            piece = dict(fields(as_bytes(value)))
            score = as_bytes(piece.get(2, b'\0\0\0\0'))
            if len(score) != 4:
                raise ConvertError('tokenizer.model is damaged. Fetch it again.')
            pieces.append((as_bytes(piece.get(1, b'')).decode('utf-8', 'replace'), struct.unpack('<f', score)[0], as_number(piece.get(3), NORMAL)))
        elif field == 2 and as_number(dict(fields(as_bytes(value))).get(3), 1) != BPE:
            raise ConvertError('tokenizer.model is of a kind (not byte-pair encoding) that models of this family do not have.')
        elif field == 3:
            prefix = as_number(dict(fields(as_bytes(value))).get(3), 1) != 0
    if not pieces:
        raise ConvertError('tokenizer.model has no pieces: it is none of SentencePiece. Fetch it again.')
    return pieces, prefix


# ---- tokenizer.json ------------------------------------------------------------------

def parts_of(step, key):
    """A step, or the steps that it is a sequence of."""
    if not step:
        return []
    return [part for one in step[key] for part in parts_of(one, key)] if step.get('type') == 'Sequence' else [step]


def has_prefix(tokenizer):
    before = parts_of(tokenizer.get('normalizer'), 'normalizers')
    spaces = [step for step in parts_of(tokenizer.get('pre_tokenizer'), 'pretokenizers') if step['type'] == 'Metaspace']
    return any(step['type'] == 'Prepend' for step in before) or any(step.get('prepend_scheme', 'always') != 'never' for step in spaces)


def pair_of(merge):
    return tuple(merge.split(' ', 1)) if isinstance(merge, str) else tuple(merge)


def read_json_model(tokenizer):
    model, scores = tokenizer['model'], {}
    for rank, merge in enumerate(model['merges']):
        scores.setdefault(''.join(pair_of(merge)), -float(rank))
    least = -float(len(model['merges']))
    pieces = [('', MISSING, UNUSED)] * (1 + max(model['vocab'].values()))
    for text, i in model['vocab'].items():
        kind = BYTE if BYTE_NAME.fullmatch(text) else UNKNOWN if text == model.get('unk_token') else NORMAL
        pieces[i] = text, scores.get(text, least), kind
    return pieces, has_prefix(tokenizer)
