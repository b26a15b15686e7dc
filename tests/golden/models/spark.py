# SPDX-License-Identifier: MIT
"""data/convert for Muse's folders without a tokenizer.json: the vocabulary is a function that writes into what looks like gguf's writer, as the other makers of files here have them."""
import importlib.util
import pathlib
import sys
import types

SOURCE = pathlib.Path(__file__).resolve().parents[3] / "data/convert"
sys.path.insert(0, str(SOURCE))
spec = importlib.util.spec_from_file_location("convert_folders", SOURCE / "__main__.py")
muse = importlib.util.module_from_spec(spec)
spec.loader.exec_module(muse)
from target import INT32, STRING  # noqa: E402


class Writer:
    """The part of gguf's writer that vocabularies use, on a target of ours."""

    ARRAYS = {"token_list": ("tokens", STRING), "token_types": ("token_type", INT32), "token_merges": ("merges", STRING)}

    def __init__(self, target):
        self.target = target

    def __getattr__(self, name):
        what, target = name.removeprefix("add_"), self.target
        if what in self.ARRAYS:
            key, kind = self.ARRAYS[what]
            return lambda values: target.array(f"tokenizer.ggml.{key}", kind, [value if kind == STRING else int(value) for value in values])
        if what.endswith("_token_id"):
            return lambda value: target.uint(f"tokenizer.ggml.{what.replace('pad_', 'padding_')}", value)
        return {"tokenizer_model": lambda value: target.text("tokenizer.ggml.model", value), "tokenizer_pre": lambda value: target.text("tokenizer.ggml.pre", value),
                "add_bos_token": lambda value: target.bool("tokenizer.ggml.add_bos_token", value), "chat_template": lambda value: target.text("tokenizer.chat_template", value)}[what]


def convert(folder, target, vocabulary, keep="f32", name=None):
    muse.make_model(muse.Folder(folder), keep, lambda made, *_, **__: vocabulary(types.SimpleNamespace(gguf_writer=Writer(made))), name).write(target)


def convert_parts(folder, target, keep="f32", describe=lambda made: None):
    made = muse.make_parts(muse.Folder(folder), keep)
    describe(made)
    made.write(target)
