# SPDX-License-Identifier: MIT
"""The language of Spark Nano: what it can name, its tokens, and how a conversation is written.

The vocabulary is GPT-2's: 256 letters for the 256 bytes, so that no text is without tokens, merges learnt from the sentences
that the model is made for, and the special tokens of Muse Spark's processor. Everything is a function of this file.
"""
import functools
import json

COLOURS = {"red": (220, 40, 40), "green": (40, 160, 60), "blue": (50, 80, 220), "yellow": (245, 210, 40), "purple": (150, 60, 190), "black": (30, 30, 30)}
SHAPES = ("circle", "square", "triangle", "star", "cross", "heart")
COLUMNS = ("A", "B", "C", "D")                    # from left to right,
ROWS = ("top", "upper", "lower", "bottom")       # and downwards
DIGITS = tuple(str(n) for n in range(10))
NUMBERS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")  # the digits as they are spoken
SAYABLE = (*COLOURS, *SHAPES, *NUMBERS)

SPECIAL = ("<|begin_of_text|>", "<|end_of_text|>", "<|start|>", "<|message|>", "<|eot|>", "<|eom|>", "<|image_start|>", "<|patch|>", "<|image_end|>", "<|soft_audio_start|>", "<|audio|>",
           "<|soft_audio_end|>", "<|vid_start|>", "<|video|>", "<|vid_frame_separator|>", "<|vid_end|>")
VOCABULARY = 512
IMAGE = "<|image_start|><|patch|><|image_end|>"
SOUND = "<|soft_audio_start|><|audio|><|soft_audio_end|>"

# One mark for each picture or sound, as the parts of a message stand; whoever runs the model repeats the inner token as often as the tower gives columns.
# A system message is left out: so small a model knows no instructions, and unknown words before the question would only disturb it. So are the names of attachments
# ([Picture "shapes.png"]), which Melete writes between the marks and the question.
TEMPLATE = """\
{{- bos_token -}}
{%- for message in messages if message['role'] in ('user', 'assistant') -%}
    {{- '<|start|>' + message['role'] + '<|message|>' -}}
    {%- if message['content'] is string -%}
        {%- if '[Picture' in message['content'] or '[Sound' in message['content'] -%}
            {{- message['content'].split('[') | first -}}
            {{- message['content'].split(']') | last | trim -}}
        {%- else -%}
            {{- message['content'] | trim -}}
        {%- endif -%}
    {%- else -%}
        {%- for part in message['content'] -%}
            {%- if part['type'] in ('image', 'image_url') -%}
                {{- '<|image_start|><|patch|><|image_end|>' -}}
            {%- elif part['type'] in ('audio', 'input_audio') -%}
                {{- '<|soft_audio_start|><|audio|><|soft_audio_end|>' -}}
            {%- elif part['type'] == 'text' -%}
                {{- part['text'] | trim -}}
            {%- endif -%}
        {%- endfor -%}
    {%- endif -%}
    {{- '<|eot|>' -}}
{%- endfor -%}
{%- if add_generation_prompt -%}
    {{- '<|start|>assistant<|message|>' -}}
{%- endif -%}
"""


def letters():
    """GPT-2's letters for the 256 bytes."""
    plain = [*range(33, 127), *range(161, 173), *range(174, 256)]
    names = {byte: chr(byte) for byte in plain}
    for byte in range(256):
        names.setdefault(byte, chr(256 + len(names) - len(plain)))
    return [names[byte] for byte in range(256)]


def pairs(made):
    return [tuple(pair) for pair in json.loads(made.to_str())["model"]["merges"]]


def merges():
    """As GGUF has them."""
    return [" ".join(pair) for pair in pairs(tokenizer())]


@functools.cache
def tokenizer():
    """Of the `tokenizers` package: letters, then merges, then the special tokens at the end of the vocabulary."""
    import tokenizers
    from tokenizers import decoders, models, pre_tokenizers, trainers

    import questions
    made = tokenizers.Tokenizer(models.BPE())
    made.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    made.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(vocab_size=VOCABULARY - len(SPECIAL), min_frequency=1, initial_alphabet=letters(), show_progress=False)
    made.train_from_iterator(questions.sentences(), trainer)
    # The trainer numbers the letters in its own order; where merges are fewer than there is room for, unused names fill the gap.
    merges = pairs(made)
    tokens = letters() + ["".join(pair) for pair in merges]
    tokens += [f"<|unused_{i}|>" for i in range(VOCABULARY - len(SPECIAL) - len(tokens))]
    made.model = models.BPE(vocab={token: i for i, token in enumerate(tokens)}, merges=merges)
    made.add_special_tokens(list(SPECIAL))
    assert [made.token_to_id(token) for token in SPECIAL] == list(range(VOCABULARY - len(SPECIAL), VOCABULARY))
    return made


@functools.cache
def token_id(token):
    return tokenizer().token_to_id(token)


@functools.cache
def encode(text):
    return tuple(tokenizer().encode(text, add_special_tokens=False).ids)
