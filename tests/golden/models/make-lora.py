#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Makes the tiny adapters *-lora.gguf.gz in this folder, and the logits *-lora.f32 of the models that they change.

Made at development time, never by a test:

    ./dev peers
    pip install torch transformers==5.23.0 gguf sentencepiece
    python3 tests/golden/models/make-lora.py SOURCE_OF_LLAMA_CPP

A random adapter is written as PEFT saves it and converted by llama.cpp's own convert_lora_to_gguf.py. The logits are those of the model of
convert.py with W + strength · alpha / rank · B A in the place of each W, which transformers computes: no library for adapters takes part.
"""
import gzip
import json
import pathlib
import subprocess
import sys
import tempfile

import numpy
import torch
import transformers
from safetensors.torch import save_file

from convert import CASES, HERE, POSITIONS, TOKENS, randomise

# What is adapted, as the modules are called; rank, alpha, and the strength that the test asks for. Ranks that no kernel likes, and one that it does.
EXPERTS = tuple(f"mlp.experts.{i}.{part}" for i in range(8) for part in ("gate_proj", "up_proj", "down_proj"))
ADAPTERS = {
    "qwen3": (("self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj", "self_attn.o_proj", "mlp.gate_proj", "mlp.up_proj", "mlp.down_proj"), 4, 8, 1.0),
    "phi3": (("self_attn.qkv_proj", "self_attn.o_proj", "mlp.gate_up_proj", "mlp.down_proj"), 16, 8, 0.75),
    "qwen3moe": (("self_attn.q_proj", "mlp.gate", *EXPERTS), 5, 5, -1.5),
}


def weight_of(weights, layer, module):
    """The matrix to add to; transformers keeps those of all experts together, gate and up one below the other."""
    parts = module.split(".")
    if parts[1] != "experts":
        return weights[f"model.layers.{layer}.{module}.weight"]
    together = weights[f"model.layers.{layer}.mlp.experts.{'down_proj' if parts[3] == 'down_proj' else 'gate_up_proj'}"][int(parts[2])]
    half = together.shape[0] // 2
    return {"down_proj": together, "gate_proj": together[:half], "up_proj": together[half:]}[parts[3]]


def thin(rows, columns, deviation):
    return (torch.randn(rows, columns) * deviation).to(torch.bfloat16).to(torch.float32)


def logits(model):
    with torch.no_grad():
        return model.double()(torch.tensor([TOKENS])).logits[0, POSITIONS].float().numpy().astype("<f4")


def make(source, name, modules, rank, alpha, strength):
    model = randomise(transformers.AutoModelForCausalLM.from_config(CASES[name], dtype=torch.float32)).eval()
    if hasattr(CASES[name], "num_local_experts"):
        model.set_experts_implementation("eager")
    with tempfile.TemporaryDirectory() as scratch:
        base, folder, out = (pathlib.Path(scratch) / part for part in ("base", "adapter", "adapter.gguf"))
        model.save_pretrained(base)
        model = model.double()
        before = logits(model)
        assert numpy.allclose(before.flatten(), numpy.fromfile(HERE / f"{name}.f32", "<f4"), atol=1e-5), "the model is not the one of convert.py"
        weights, adapter = dict(model.named_parameters()), {}
        torch.manual_seed(11)
        targets = [("model.embed_tokens", weights["model.embed_tokens.weight"])] if name == "phi3" else []
        targets += [(f"model.layers.{layer}.{module}", weight_of(weights, layer, module)) for layer in range(CASES[name].num_hidden_layers) for module in modules]
        for module, weight in targets:
            a, b = thin(rank, weight.shape[1], weight.shape[1] ** -0.5), thin(weight.shape[0], rank, 0.5 * rank ** -0.5)
            with torch.no_grad():
                weight += strength * alpha / rank * (b.double() @ a.double())
            if module == "model.embed_tokens":  # PEFT keeps the matrix of an embedding the other way round
                adapter[f"base_model.model.{module}.lora_embedding_A"], adapter[f"base_model.model.{module}.lora_embedding_B"] = b.T.contiguous(), a.T.contiguous()
            else:
                adapter[f"base_model.model.{module}.lora_A.weight"], adapter[f"base_model.model.{module}.lora_B.weight"] = a, b
        folder.mkdir()
        save_file(adapter, folder / "adapter_model.safetensors")
        (folder / "adapter_config.json").write_text(json.dumps({"peft_type": "LORA", "r": rank, "lora_alpha": alpha, "base_model_name_or_path": "tiny"}))
        subprocess.run([sys.executable, source / "convert_lora_to_gguf.py", "--base", base, "--outfile", out, "--outtype", "f32", folder], check=True)
        data = out.read_bytes()
    after = logits(model)
    with open(HERE / f"{name}-lora.gguf.gz", "wb") as file, gzip.GzipFile(fileobj=file, mode="wb", mtime=0, filename="") as packed:
        packed.write(data)
    after.tofile(HERE / f"{name}-lora.f32")
    print(name, len(data), "changes the logits by", float(((after - before) ** 2).sum() / (before ** 2).sum()))


def main():
    for name, how in ADAPTERS.items():
        make(pathlib.Path(sys.argv[1]), name, *how)


main()
