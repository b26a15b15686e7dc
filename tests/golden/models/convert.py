#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Makes the tiny converted models *.gguf.gz in this folder, and the logits *.f32 that transformers gives for them.

Made at development time, never by a test:

    ./dev peers
    pip install torch transformers==5.23.0 gguf sentencepiece
    python3 tests/golden/models/convert.py SOURCE_OF_LLAMA_CPP [NAME…]

A model of each architecture with random weights is saved by transformers and converted by llama.cpp's own converter, so that its file
is what people find on the hub but for its size. The weights are numbers of bfloat16, kept as F32: they compress. Logits are float32,
[8 positions, 512 tokens], of the tokens and positions that tests/engine/models/variants.c names; for encoders the pooled embedding.
"""
import gzip
import json
import pathlib
import sys
import tempfile

import safetensors.torch
import torch
import transformers as t

import spark

HERE = pathlib.Path(__file__).parent
TOKENS = [(i * 37 + 11) % 512 for i in range(40)]
POSITIONS = [0, 1, 2, 15, 16, 17, 31, 39]

SMALL = dict(vocab_size=512, hidden_size=64, intermediate_size=96, num_hidden_layers=2, num_attention_heads=4, num_key_value_heads=2,
             max_position_embeddings=2048, rms_norm_eps=1e-6)
ROPE = {"rope_type": "default", "rope_theta": 1e4}
TOKEN_IDS = dict(bos_token_id=509, eos_token_id=511, pad_token_id=509)

# Layers that see windows and such that see all, whose heads have other sizes.
GEMMA4 = dict(**{**SMALL, "num_hidden_layers": 6, "intermediate_size": 48}, head_dim=16, global_head_dim=32, sliding_window=16, layer_types=["sliding_attention", "sliding_attention", "full_attention"] * 2,
              final_logit_softcapping=3.0, attn_implementation="eager", **TOKEN_IDS)

SEEING = dict(patch_size=4, pos_emb_height=8, pos_emb_width=8, num_attention_heads=2, num_hidden_layers=2, hidden_size=32, intermediate_size=48)

CASES = {
    "qwen3": t.Qwen3Config(**SMALL, head_dim=16, rope_parameters=ROPE, tie_word_embeddings=True, **TOKEN_IDS),
    "qwen3moe": t.Qwen3MoeConfig(**SMALL, head_dim=16, rope_parameters=ROPE, tie_word_embeddings=False, num_experts=8, num_experts_per_tok=3,
                                 moe_intermediate_size=32, norm_topk_prob=True, decoder_sparse_step=1, mlp_only_layers=[], **TOKEN_IDS),
    "gpt-oss": t.GptOssConfig(**{**SMALL, "num_hidden_layers": 4, "intermediate_size": 64}, head_dim=16, num_local_experts=4, num_experts_per_tok=2, sliding_window=16,
                              layer_types=["sliding_attention", "full_attention"] * 2, tie_word_embeddings=False,
                              rope_parameters={"rope_type": "yarn", "rope_theta": 1e4, "factor": 4.0, "original_max_position_embeddings": 32,
                                               "beta_fast": 32.0, "beta_slow": 1.0, "truncate": False}, **TOKEN_IDS),
    "phi3": t.Phi3Config(**SMALL, rope_parameters=ROPE, tie_word_embeddings=False, sliding_window=None, original_max_position_embeddings=2048, **TOKEN_IDS),
    "phi3-long": t.Phi3Config(**SMALL, tie_word_embeddings=False, sliding_window=None, original_max_position_embeddings=32,
                              rope_parameters={"rope_type": "longrope", "rope_theta": 1e4, "short_factor": [1 + i / 16 for i in range(8)],
                                               "long_factor": [1 + i for i in range(8)], "original_max_position_embeddings": 32}, **TOKEN_IDS),
    "mistral3": t.Ministral3Config(**SMALL, head_dim=16, tie_word_embeddings=False, sliding_window=None,
                                   rope_parameters={"rope_type": "yarn", "rope_theta": 1e4, "factor": 4.0, "original_max_position_embeddings": 32, "beta_fast": 32.0,
                                                    "beta_slow": 1.0, "mscale": 1.0, "mscale_all_dim": 1.0, "llama_4_scaling_beta": 0.1}, **TOKEN_IDS),
    "gemma2": t.Gemma2Config(**{**SMALL, "num_hidden_layers": 4}, head_dim=16, rope_parameters=ROPE, sliding_window=16, query_pre_attn_scalar=16,
                             attn_logit_softcapping=5.0, final_logit_softcapping=3.0, hidden_activation="gelu_pytorch_tanh", attn_implementation="eager", **TOKEN_IDS),
    "gemma4": t.Gemma4TextConfig(**GEMMA4, hidden_size_per_layer_input=12, vocab_size_per_layer_input=512, num_kv_shared_layers=3, use_double_wide_mlp=True),
    "gemma4-dense": t.Gemma4TextConfig(**GEMMA4, hidden_size_per_layer_input=0, attention_k_eq_v=True, num_global_key_value_heads=1),
    "gemma4-moe": t.Gemma4TextConfig(**GEMMA4, hidden_size_per_layer_input=0, attention_k_eq_v=True, enable_moe_block=True, num_experts=4, top_k_experts=2, moe_intermediate_size=24),
    "smollm3": t.SmolLM3Config(**{**SMALL, "num_hidden_layers": 4}, rope_parameters=ROPE, no_rope_layers=[1, 1, 1, 0], tie_word_embeddings=True, **TOKEN_IDS),
    "granite": t.GraniteConfig(**SMALL, rope_parameters=ROPE, embedding_multiplier=6.0, residual_multiplier=0.4, attention_multiplier=0.1, logits_scaling=4.0,
                               tie_word_embeddings=True, **TOKEN_IDS),
    "olmo2": t.Olmo2Config(**SMALL, rope_parameters=ROPE, tie_word_embeddings=False, **TOKEN_IDS),
    "ernie4_5": t.Ernie4_5Config(**SMALL, head_dim=16, rope_parameters=ROPE, tie_word_embeddings=True, use_bias=False, **TOKEN_IDS),
    "falcon-h1": t.FalconH1Config(**SMALL, head_dim=16, rope_parameters=ROPE, tie_word_embeddings=False, mamba_d_ssm=96, mamba_n_heads=6, mamba_d_head=16,
                                  mamba_n_groups=1, mamba_d_state=24, mamba_d_conv=4, mamba_chunk_size=16, mamba_rms_norm=False, mamba_norm_before_gate=True,
                                  embedding_multiplier=2.0, lm_head_multiplier=0.5, key_multiplier=0.7, attention_in_multiplier=0.9, attention_out_multiplier=0.8,
                                  ssm_in_multiplier=1.1, ssm_out_multiplier=0.6, ssm_multipliers=[0.5, 0.8, 0.6, 1.2, 0.9], mlp_multipliers=[0.7, 0.9], **TOKEN_IDS),
    "falcon-h1-norm": t.FalconH1Config(**SMALL, head_dim=16, rope_parameters=ROPE, tie_word_embeddings=True, mamba_d_ssm=80, mamba_n_heads=4, mamba_d_head=20,
                                       mamba_n_groups=2, mamba_d_state=16, mamba_d_conv=3, mamba_chunk_size=16, mamba_rms_norm=True, mamba_norm_before_gate=False,
                                       **TOKEN_IDS),
    "lfm2": t.Lfm2Config(**{**SMALL, "num_hidden_layers": 4}, norm_eps=1e-6, rope_parameters=ROPE, tie_word_embeddings=True, conv_L_cache=3, conv_bias=False,
                         block_auto_adjust_ff_dim=False, block_ff_dim=96, layer_types=["conv", "conv", "full_attention", "conv"], **TOKEN_IDS),
    # A layer that guesses tokens stands behind the four in the file; the other has as many keys as values.
    "qwen35": t.Qwen3_5TextConfig(**{**SMALL, "num_hidden_layers": 4, "intermediate_size": 48}, head_dim=32, tie_word_embeddings=False, linear_num_key_heads=2, linear_num_value_heads=6, linear_key_head_dim=16,
                                  linear_value_head_dim=16, linear_conv_kernel_dim=4, mtp_num_hidden_layers=1, **TOKEN_IDS,
                                  rope_parameters={"rope_type": "default", "rope_theta": 1e4, "partial_rotary_factor": 0.5, "mrope_section": [3, 3, 2], "mrope_interleaved": True}),
    "qwen35-even": t.Qwen3_5TextConfig(**{**SMALL, "num_hidden_layers": 3}, head_dim=16, tie_word_embeddings=True, linear_num_key_heads=2, linear_num_value_heads=2, linear_key_head_dim=24,
                                       linear_value_head_dim=24, linear_conv_kernel_dim=3, layer_types=["linear_attention", "full_attention", "linear_attention"], **TOKEN_IDS,
                                       rope_parameters={"rope_type": "default", "rope_theta": 1e4, "partial_rotary_factor": 1.0, "mrope_section": [3, 3, 2], "mrope_interleaved": True}),
    "qwen35moe": t.Qwen3_5MoeTextConfig(**{name: value for name, value in SMALL.items() if name != "intermediate_size"}, head_dim=16, tie_word_embeddings=True, linear_num_key_heads=2,
                                        linear_num_value_heads=4, linear_key_head_dim=16, linear_value_head_dim=16, layer_types=["linear_attention", "full_attention"], num_experts=8,
                                        num_experts_per_tok=3, moe_intermediate_size=32, shared_expert_intermediate_size=48, **TOKEN_IDS,
                                        rope_parameters={"rope_type": "default", "rope_theta": 1e4, "partial_rotary_factor": 1.0, "mrope_section": [3, 3, 2], "mrope_interleaved": True}),
    "muse-glimmer": t.MuseGlimmerConfig(
        text_config=dict(**{**SMALL, "num_hidden_layers": 4, "rms_norm_eps": 1e-5}, head_dim=16, sliding_window=16, qk_scale_factor=3.87, output_multiplier=0.5,
                         final_logit_softcapping=5.0, rope_parameters=ROPE, **TOKEN_IDS),
        vision_config=dict(SEEING, rope_parameters={"rope_type": "axial", "rope_theta": 1e4}), out_hidden_size=128, projector_hidden_size=48),
    "muse-spark": t.MuseSparkConfig(
        text_config=dict(**{**SMALL, "num_hidden_layers": 5, "rms_norm_eps": 1e-5}, head_dim=16, sliding_window=16, qk_scale_factor=5.47, output_multiplier=0.5,
                         final_logit_softcapping=5.0, rope_parameters=ROPE, moe_hidden_size=48, moe_intermediate_size=32, num_local_experts=8, num_experts_per_tok=3,
                         mlp_layer_types=["dense", "sparse", "sparse", "sparse", "sparse"], **TOKEN_IDS),
        vision_config=dict(SEEING, rope_parameters={"rope_type": "axial", "rope_theta": 1e4}), out_hidden_size=128, projector_hidden_size=48,
        audio_config=dict(patch_sizes=[4, 3], hidden_sizes=[16, 32], depths=[1, 1], num_hidden_layers=2, out_hidden_size=64)),
    "bert": t.BertConfig(vocab_size=512, hidden_size=64, intermediate_size=96, num_hidden_layers=2, num_attention_heads=4, max_position_embeddings=128, type_vocab_size=2,
                         hidden_act="gelu", pad_token_id=0),
    "nomic-bert": t.NomicBertConfig(vocab_size=512, hidden_size=64, intermediate_size=96, num_hidden_layers=2, num_attention_heads=4, max_position_embeddings=128,
                                    type_vocab_size=2, pad_token_id=0),
    "nomic-bert-moe": t.NomicBertConfig(vocab_size=512, hidden_size=64, intermediate_size=96, num_hidden_layers=2, num_attention_heads=4, max_position_embeddings=512,
                                        type_vocab_size=1, pad_token_id=0),
}
ENCODERS = ("bert", "nomic-bert", "nomic-bert-moe")
EXPERTS, CHOSEN, EVERY = 4, 2, 2  # of nomic-bert-moe


class Plain(torch.nn.Module):
    """The feed-forward of nomic-embed-text-v2-moe where it has no experts."""

    def __init__(self, config):
        super().__init__()
        self.fc1 = torch.nn.Linear(config.hidden_size, config.intermediate_size)
        self.fc2 = torch.nn.Linear(config.intermediate_size, config.hidden_size)

    def forward(self, x):
        return self.fc2(torch.nn.functional.gelu(self.fc1(x)))


class Experts(torch.nn.Module):
    """And where it has: the weights of the chosen are those of a softmax over all, and do not add up to 1."""

    def __init__(self, config):
        super().__init__()
        self.router = torch.nn.ModuleDict({"layer": torch.nn.Linear(config.hidden_size, EXPERTS, bias=False)})
        self.experts = torch.nn.ModuleDict({"mlp": torch.nn.ParameterDict({name: torch.zeros(EXPERTS * config.intermediate_size, config.hidden_size) for name in ("w1", "w2")})})

    def forward(self, x):
        w1, w2 = (self.experts["mlp"][name].view(EXPERTS, -1, x.shape[-1]) for name in ("w1", "w2"))
        weights, chosen = self.router["layer"](x).softmax(-1).topk(CHOSEN)
        parts = torch.einsum("btkf,btkfd->btkd", torch.nn.functional.gelu(torch.einsum("btd,btkfd->btkf", x, w1[chosen])), w2[chosen])
        return (weights[..., None] * parts).sum(2)


def with_experts(model):
    """transformers has the first two nomic-embed-text alone; the third has biases, another feed-forward, and experts in every second layer."""
    for i, layer in enumerate(model.layers):
        for name in ("q_proj", "k_proj", "v_proj", "o_proj"):
            setattr(layer.self_attn, name, torch.nn.Linear(model.config.hidden_size, model.config.hidden_size))
        layer.mlp = Experts(model.config) if i % EVERY == 1 else Plain(model.config)
    return model


def randomise(model):
    """Weights as wide as their inputs ask for (attention must not be flat), norms near 1, all of them numbers of bfloat16."""
    torch.manual_seed(7)
    for name, value in model.named_parameters():
        if value.dim() == 1:
            value.data = torch.randn(value.shape) * 0.2 + (1.0 if "norm" in name.lower() and name.endswith("weight") else 0.0)
        else:
            value.data = torch.randn(value.shape) / value.shape[-1] ** 0.5
        if name.endswith("residual_gate.gate"):
            value.data = torch.randn(value.shape) * 0.5
        if name.endswith("q_norm.weight") and "Gemma4" in type(model).__name__:
            value.data /= 4  # its scores are not scaled
        if name.endswith(("router.scale", "per_expert_scale")):
            value.data += 1
        if name.endswith("A_log"):
            value.data = torch.rand(value.shape)
        value.data = value.data.to(torch.bfloat16).to(torch.float32)
    for name, value in model.named_buffers():
        if name.endswith("layer_scalar"):
            value.data = (0.5 + torch.rand(value.shape)).to(torch.bfloat16).to(torch.float32)
        if name.endswith("e_score_correction_bias"):
            value.data = (torch.randn(value.shape) * 0.1).to(torch.bfloat16).to(torch.float32)
    return model


def letters():
    """GPT-2's letters for the 256 bytes."""
    plain = [*range(33, 127), *range(161, 173), *range(174, 256)]
    names = {byte: chr(byte) for byte in plain}
    for byte in range(256):
        names.setdefault(byte, chr(256 + len(names) - len(plain)))
    return [names[byte] for byte in range(256)]


def dummy_vocabulary(self):
    """As tests/engine/tiny-model.c writes it: the bytes, some pairs of letters, three special tokens."""
    import gguf
    tokens, merges = letters(), []
    for i in range(253):
        a, b = chr(97 + i // 16), chr(97 + i % 16)
        tokens.append(a + b)
        merges.append(f"{a} {b}")
    tokens += ["<|endoftext|>", "<|im_start|>", "<|im_end|>"]
    self.gguf_writer.add_tokenizer_model("gpt2")
    self.gguf_writer.add_tokenizer_pre("gpt-2")
    self.gguf_writer.add_token_list(tokens)
    self.gguf_writer.add_token_types([gguf.TokenType.NORMAL] * 509 + [gguf.TokenType.CONTROL] * 3)
    self.gguf_writer.add_token_merges(merges)
    self.gguf_writer.add_bos_token_id(509)
    self.gguf_writer.add_eos_token_id(511)


def dummy_words(self):
    """WordPiece: five special tokens, the letters, and pieces that go on."""
    tokens = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"] + ["\u2581" + chr(97 + i) for i in range(26)] + [chr(97 + i) for i in range(26)]
    tokens += ["\u2581" + chr(97 + i // 26) + chr(97 + i % 26) for i in range(512 - len(tokens))]
    self.gguf_writer.add_tokenizer_model("bert")
    self.gguf_writer.add_tokenizer_pre("bert")
    self.gguf_writer.add_token_list(tokens)
    self.gguf_writer.add_token_types([3] * 5 + [1] * 507)
    self.gguf_writer.add_token_type_count(2)
    self.gguf_writer.add_bos_token_id(2)
    self.gguf_writer.add_sep_token_id(3)
    self.gguf_writer.add_unk_token_id(1)
    self.gguf_writer.add_mask_token_id(4)
    self.gguf_writer.add_pad_token_id(0)


def dummy_pieces(self):
    """Unigram, as XLM-RoBERTa has it: four special tokens, the letters, and pairs of them that are likelier than the letters alone."""
    tokens = ["<s>", "<pad>", "</s>", "<unk>", "\u2581"] + [chr(97 + i) for i in range(26)]
    tokens += ["\u2581" + chr(97 + i // 26) + chr(97 + i % 26) for i in range(512 - len(tokens))]
    self.gguf_writer.add_tokenizer_model("t5")
    self.gguf_writer.add_tokenizer_pre("default")
    self.gguf_writer.add_token_list(tokens)
    self.gguf_writer.add_token_scores([0.0] * 4 + [-10.0] * 27 + [-5.0 - i / 512 for i in range(481)])
    self.gguf_writer.add_token_types([3, 3, 3, 2] + [1] * 508)
    self.gguf_writer.add_add_space_prefix(True)
    self.gguf_writer.add_remove_extra_whitespaces(True)
    self.gguf_writer.add_token_type_count(1)
    self.gguf_writer.add_bos_token_id(0)
    self.gguf_writer.add_pad_token_id(1)
    self.gguf_writer.add_eos_token_id(2)
    self.gguf_writer.add_unk_token_id(3)
    self.gguf_writer.add_add_bos_token(True)
    self.gguf_writer.add_add_eos_token(True)


def nomic_as_on_the_hub(folder, experts):
    """transformers saves the tensors as the hub's files have them, but the configuration as its own class has it."""
    config = json.loads((folder / "config.json").read_text())
    config = {"architectures": ["NomicBertModel"], "model_type": "nomic_bert", "vocab_size": 512, "n_positions": 8192, "n_embd": 64, "n_head": 4, "n_layer": 2, "n_inner": 96,
              "activation_function": "swiglu", "causal": False, "qkv_proj_bias": False, "mlp_fc1_bias": False, "mlp_fc2_bias": False, "prenorm": False,
              "rotary_emb_fraction": 1.0, "rotary_emb_interleaved": False, "rotary_emb_scale_base": None, "rotary_emb_base": config["rope_parameters"]["rope_theta"],
              "layer_norm_epsilon": config["layer_norm_eps"], "type_vocab_size": 2,
              "hidden_size": 64, "num_hidden_layers": 2, "intermediate_size": 96, "num_attention_heads": 4, "head_dim": 16}
    if experts:
        config.update(n_positions=2048, activation_function="gelu", qkv_proj_bias=True, mlp_fc1_bias=True, mlp_fc2_bias=True, type_vocab_size=1,
                      moe_every_n_layers=EVERY, moe_top_k=CHOSEN, num_experts=EXPERTS)
    (folder / "config.json").write_text(json.dumps(config))


def guess(folder):
    """transformers leaves out the layer that guesses tokens, but the hub's files have it: what it is made of is not used."""
    saved = safetensors.torch.load_file(folder / "model.safetensors")
    layer = {name.replace("model.layers.3.", "mtp.layers.0."): value.clone() for name, value in saved.items() if name.startswith("model.layers.3.")}
    norms = {f"mtp.{name}.weight": saved["model.norm.weight"].clone() for name in ("norm", "pre_fc_norm_embedding", "pre_fc_norm_hidden")}
    wide = saved["lm_head.weight"][:64]
    safetensors.torch.save_file({**saved, **layer, **norms, "mtp.fc.weight": torch.cat([wide, wide], 1)}, folder / "model.safetensors")


def convert(source, folder, target, vocabulary):
    sys.path.insert(0, str(source))
    sys.path.insert(1, str(source / "gguf-py"))
    import gguf
    from conversion import ModelType, get_model_architecture, get_model_class
    from conversion.base import ModelBase
    hparams = ModelBase.load_hparams(folder, False)
    architecture = get_model_architecture(hparams, ModelType.TEXT)
    kind = get_model_class(architecture, False)
    kind.no_mtp = not hparams.get("mtp_num_hidden_layers")
    # The converter takes its vocabulary from files that a random model does not have.
    kind.set_vocab = vocabulary
    kind._try_set_pooling_type = lambda self: self.gguf_writer.add_pooling_type(gguf.PoolingType.MEAN)
    with torch.inference_mode():
        model = kind(folder, gguf.LlamaFileType.ALL_F32, target)
        if hasattr(model, "impl"):
            kind.set_vocab = lambda self: vocabulary(self)
            type(model.impl).set_vocab = vocabulary
        model.write()


def main():
    source, names = pathlib.Path(sys.argv[1]), sys.argv[2:] or list(CASES)
    for name in names:
        config, encoder = CASES[name], name in ENCODERS
        torch.set_default_dtype(torch.float32)
        if name.startswith("muse"):
            model = getattr(t, type(config).__name__.replace("Config", "ForConditionalGeneration"))(config)
        else:
            model = (t.AutoModel if encoder else t.AutoModelForCausalLM).from_config(config, dtype=torch.float32)
        model = randomise(with_experts(model) if name == "nomic-bert-moe" else model).eval()
        if hasattr(getattr(config, "text_config", config), "num_local_experts") or name in ("gemma4-moe", "qwen35moe"):
            model.set_experts_implementation("eager")
        with tempfile.TemporaryDirectory() as scratch:
            folder = pathlib.Path(scratch) / "model"
            model.save_pretrained(folder)
            if name.startswith("nomic-bert"):
                nomic_as_on_the_hub(folder, name == "nomic-bert-moe")
            if name == "qwen35":
                guess(folder)
            if encoder:
                (folder / "tokenizer.json").write_text('{"model": {"type": "WordPiece"}}')
            if name.startswith("gemma4"):
                (folder / "tokenizer.json").write_text(json.dumps(dict(model=dict(vocab={str(i): i for i in range(512)}), added_tokens=[])))
            described = json.loads((folder / "config.json").read_text())
            print(name, described["architectures"])
            if name == "muse-spark":
                spark.convert(folder, pathlib.Path(scratch) / "model.gguf", dummy_vocabulary)
            else:
                convert(source, folder, pathlib.Path(scratch) / "model.gguf", dummy_pieces if name == "nomic-bert-moe" else dummy_words if encoder else dummy_vocabulary)
            data = (pathlib.Path(scratch) / "model.gguf").read_bytes()
        with torch.no_grad():
            model = model.double()
            if encoder:
                result = model(torch.tensor([TOKENS])).last_hidden_state[0].mean(0)
                result = result / result.norm()
            else:
                result = model(torch.tensor([TOKENS])).logits[0, POSITIONS]
        with open(HERE / f"{name}.gguf.gz", "wb") as out, gzip.GzipFile(fileobj=out, mode="wb", mtime=0, filename="") as packed:
            packed.write(data)
        result.float().numpy().astype("<f4").tofile(HERE / f"{name}.f32")
        print(name, len(data), (HERE / f"{name}.gguf.gz").stat().st_size, result.flatten()[:4].tolist())


if __name__ == "__main__":
    main()
