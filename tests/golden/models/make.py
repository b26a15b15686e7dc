#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Makes the golden logits *.f32 in this folder with transformers.

Made at development time, never by a test:

    pip install torch transformers gguf
    ninja -C build tests/engine/models/write-golden-models
    mkdir /tmp/tiny && build/tests/engine/models/write-golden-models /tmp/tiny
    python3 tests/golden/models/make.py /tmp/tiny

Each file holds little-endian float32 [8 positions, 512 tokens]; tests/engine/models/variants.c
says which models, tokens and positions.
"""
import pathlib
import sys

import numpy
import torch
from gguf import GGUFReader
from transformers import AutoModelForCausalLM, Gemma3TextConfig, LlamaConfig, Qwen2Config

TOKENS = [(i * 37 + 11) % 512 for i in range(40)]
POSITIONS = [0, 1, 2, 15, 16, 17, 31, 39]

NAMES = {
    "attn_norm": "input_layernorm", "attn_q": "self_attn.q_proj", "attn_k": "self_attn.k_proj",
    "attn_v": "self_attn.v_proj", "attn_output": "self_attn.o_proj", "attn_q_norm": "self_attn.q_norm",
    "attn_k_norm": "self_attn.k_norm", "post_attention_norm": "post_attention_layernorm",
    "ffn_gate": "mlp.gate_proj", "ffn_up": "mlp.up_proj", "ffn_down": "mlp.down_proj",
    "ffn_norm": "post_attention_layernorm", "post_ffw_norm": "post_feedforward_layernorm",
}
SIZES = dict(vocab_size=512, hidden_size=64, intermediate_size=96, num_attention_heads=4, num_key_value_heads=2,
             head_dim=16, max_position_embeddings=2048, rms_norm_eps=1e-6, attn_implementation="eager")
BASE = {"rope_type": "default", "rope_theta": 1e4}
WINDOWS = dict(num_hidden_layers=6, sliding_window=16, query_pre_attn_scalar=16, hidden_activation="gelu_pytorch_tanh",
               layer_types=["sliding_attention"] * 5 + ["full_attention"], tie_word_embeddings=True)


def gemma(**full):
    return Gemma3TextConfig(**SIZES, **WINDOWS, rope_parameters={
        "sliding_attention": BASE, "full_attention": {"rope_type": "default", "rope_theta": 1e6, **full}})


CONFIGS = {
    "llama": LlamaConfig(**SIZES, num_hidden_layers=2, rope_parameters=BASE, tie_word_embeddings=False),
    "llama-3": LlamaConfig(**SIZES, num_hidden_layers=2, tie_word_embeddings=True, rope_parameters={
        "rope_type": "llama3", "rope_theta": 1e4, "factor": 8.0, "low_freq_factor": 1.0, "high_freq_factor": 4.0,
        "original_max_position_embeddings": 32}),
    "qwen2": Qwen2Config(**SIZES, num_hidden_layers=2, rope_parameters=BASE, tie_word_embeddings=True),
    "qwen2-yarn": Qwen2Config(**SIZES, num_hidden_layers=2, tie_word_embeddings=True, rope_parameters={
        "rope_type": "yarn", "rope_theta": 1e4, "factor": 4.0, "original_max_position_embeddings": 32}),
    "gemma3": gemma(),
    "gemma3-linear": gemma(rope_type="linear", factor=8.0),
}


def hugging_face_name(name, is_gemma):
    if name in ("token_embd.weight", "output_norm.weight", "output.weight"):
        return {"token_embd": "model.embed_tokens", "output_norm": "model.norm", "output": "lm_head"}[name.split(".")[0]] + ".weight"
    _, layer, part, kind = name.split(".")
    inner = "pre_feedforward_layernorm" if is_gemma and part == "ffn_norm" else NAMES[part]
    return f"model.layers.{layer}.{inner}.{kind}"


def state(path, variant):
    weights = {}
    for tensor in GGUFReader(path).tensors:
        if tensor.name == "rope_freqs.weight":
            continue
        value = torch.from_numpy(numpy.array(tensor.data))
        name = hugging_face_name(tensor.name, variant.startswith("gemma"))
        if variant.startswith("gemma") and "norm" in name:
            value = value - 1  # the file holds 1 + weight
        if variant.startswith("llama") and ("q_proj" in name or "k_proj" in name):
            # The file pairs neighbours, transformers pairs halves of a head.
            value = value.reshape(-1, 8, 2, 64).transpose(1, 2).reshape(-1, 64)
        weights[name] = value
    return weights


def main():
    for variant, config in CONFIGS.items():
        model = AutoModelForCausalLM.from_config(config, dtype=torch.float32).eval()
        missing, unexpected = model.load_state_dict(state(f"{sys.argv[1]}/{variant}.gguf", variant), strict=False)
        assert not unexpected and set(missing) <= {"lm_head.weight"}, (missing, unexpected)
        model.tie_weights()
        with torch.no_grad():
            logits = model.double()(torch.tensor([TOKENS])).logits[0, POSITIONS]
        logits.float().numpy().astype("<f4").tofile(pathlib.Path(__file__).parent / f"{variant}.f32")
        print(variant, logits[-1, :4].tolist())


main()
