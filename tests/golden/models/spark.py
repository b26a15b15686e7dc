# SPDX-License-Identifier: MIT
"""Writes a folder of Muse Spark, as transformers saves it, as GGUF files, of the model and of its ears: what no other converter does. engine/models/muse_spark.c and
engine/towers/muse_spark_audio.c tell the names and what is folded in."""
import json

import numpy
import safetensors.torch
import torch

LAYER = {
    "self_attn.v_proj.weight": "attn_v.weight", "self_attn.o_proj.weight": "attn_output.weight", "self_attn.gate_proj.weight": "attn_gate.weight",
    "mlp.gate_proj.weight": "ffn_gate.weight", "mlp.up_proj.weight": "ffn_up.weight", "mlp.pre_expert_proj.weight": "ffn_latent_down.weight",
    "mlp.gate.e_score_correction_bias": "exp_probs_b.bias",
}
CENTERED = {"input_layernorm.weight": "attn_norm.weight", "pre_feedforward_layernorm.weight": "ffn_norm.weight", "mlp.pre_expert_norm.weight": "ffn_latent_norm.weight"}
GATES = {"post_attention_residual_gate.gate": ("post_attention_norm", "attn_skip"), "post_feedforward_residual_gate.gate": ("post_ffw_norm", "ffn_skip")}


def adjacent(weight, heads):
    """Rows of each head whose pairs stand side by side, not in two halves."""
    return weight.view(heads, 2, -1, weight.shape[-1]).transpose(1, 2).reshape(weight.shape)


def scaled(weight, scale):
    """Rows times 1 + scale: [out, in] or [experts, out, in]."""
    return weight * (1 + scale)[:, None]


def both_sides(gate, temperature):
    beta = torch.sigmoid(gate / temperature)
    return beta, torch.sqrt(torch.clamp(torch.sigmoid(-gate / temperature) * (1 + beta), min=1e-3))


def layer_tensors(own, config):
    """The tensors of one layer, by their names in the file."""
    get = own.get
    post = get("post_feedforward_layernorm.weight")
    for name, tensor in own.items():
        if name in LAYER:
            yield LAYER[name], tensor
        elif name in CENTERED:
            yield CENTERED[name], 1 + tensor
        elif name in GATES:
            beta, alpha = both_sides(tensor, config["residual_gate_temperature"])
            yield GATES[name][0] + ".weight", beta
            yield GATES[name][1] + ".weight", alpha
    yield "attn_q.weight", adjacent(get("self_attn.q_proj.weight"), config["num_attention_heads"])
    yield "attn_k.weight", adjacent(get("self_attn.k_proj.weight"), config["num_key_value_heads"])
    yield "attn_q_norm.weight", torch.full((config["head_dim"],), config["qk_scale_factor"])
    yield "attn_k_norm.weight", torch.ones(config["head_dim"])
    if "mlp.down_proj.weight" in own:
        yield "ffn_down.weight", scaled(get("mlp.down_proj.weight"), post)
        return
    gate, up = get("mlp.experts.gate_up_proj").chunk(2, dim=1)
    yield "ffn_gate_inp.weight", get("mlp.gate.weight") * config["output_multiplier"]
    yield "ffn_gate_exps.weight", gate
    yield "ffn_up_exps.weight", up
    yield "ffn_down_exps.weight", scaled(get("mlp.experts.down_proj"), get("mlp.experts.post_expert_norm.weight"))
    yield "ffn_latent_up.weight", scaled(get("mlp.post_expert_proj.weight"), post)


def joined(all_tensors, prefix, config):
    """The tensors of one layer as the model's own code names them: a saved folder may have each expert for itself."""
    own = {name[len(prefix):]: tensor.float() for name, tensor in all_tensors.items() if name.startswith(prefix)}
    if "mlp.experts.0.gate_proj.weight" in own:
        parts = {kind: torch.stack([own.pop(f"mlp.experts.{e}.{kind}.weight") for e in range(config["num_local_experts"])]) for kind in ("gate_proj", "up_proj", "down_proj")}
        own["mlp.experts.gate_up_proj"] = torch.cat([parts["gate_proj"], parts["up_proj"]], dim=1)
        own["mlp.experts.down_proj"] = parts["down_proj"]
    return own


def write_keys(writer, config):
    writer.add_context_length(config["max_position_embeddings"])
    writer.add_embedding_length(config["hidden_size"])
    writer.add_block_count(config["num_hidden_layers"])
    writer.add_feed_forward_length(config["intermediate_size"])
    writer.add_head_count(config["num_attention_heads"])
    writer.add_head_count_kv(config["num_key_value_heads"])
    writer.add_key_length(config["head_dim"])
    writer.add_value_length(config["head_dim"])
    writer.add_rope_dimension_count(config["head_dim"])
    writer.add_layer_norm_rms_eps(config["rms_norm_eps"])
    writer.add_rope_freq_base(config["rope_parameters"]["rope_theta"])
    writer.add_sliding_window(config["sliding_window"])
    writer.add_sliding_window_pattern([kind == "sliding_attention" for kind in config["layer_types"]])
    writer.add_logit_scale(config["output_multiplier"])
    writer.add_final_logit_softcapping(config["final_logit_softcapping"])
    writer.add_expert_count(config["num_local_experts"])
    writer.add_expert_used_count(config["num_experts_per_tok"])
    writer.add_expert_feed_forward_length(config["moe_intermediate_size"])
    writer.add_uint32("muse-spark.expert_latent_length", config["moe_hidden_size"])


def read_folder(folder):
    """The configuration and the tensors."""
    tensors = {}
    for path in sorted(folder.glob("*.safetensors")):
        tensors.update(safetensors.torch.load_file(path))
    return json.loads((folder / "config.json").read_text()), tensors


def finish(writer):
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def adder(writer):
    return lambda name, tensor: writer.add_tensor(name, numpy.ascontiguousarray(tensor.float().numpy()))


EARS = {"proj.weight": "mm.a.fc.weight", "proj.bias": "mm.a.fc.bias", "post_proj_norm.weight": "mm.a.norm.weight", "norm.weight": "a.post_ln.weight"}
STAGE = {"patch_embedder.proj.": "patch_embd.", "patch_embedder.norm.": "patch_norm."}
BLOCK = {"conv.": "conv.", "norm.": "ln.", "mlp.fc1.": "ffn_up.", "mlp.fc2.": "ffn_down."}


def ears_name(name):
    """Of a tensor of the audio tower."""
    if name in EARS:
        return EARS[name]
    _, stage, rest = name.split(".", 2)
    for old, new in STAGE.items():
        if rest.startswith(old):
            return f"a.stage.{stage}.{new}{rest[len(old):]}"
    _, block, rest = rest.split(".", 2)
    old = next(old for old in BLOCK if rest.startswith(old))
    return f"a.stage.{stage}.blk.{block}.{BLOCK[old]}{rest[len(old):]}"


EYES = {"patch_embedder.position_embedding_table.": "v.position_embd.", "ln_pre.": "v.pre_ln.", "ln_post.": "v.post_ln."}
LAYER_OF_EYES = {"norm1.": "ln1.", "norm2.": "ln2.", "attn.q_proj.": "attn_q.", "attn.k_proj.": "attn_k.", "attn.v_proj.": "attn_v.", "attn.proj.": "attn_out.", "mlp.fc1.": "ffn_up.",
                 "mlp.fc2.": "ffn_down."}
PROJECTION = {"vision_adapter.fc1.weight": "mm.0.weight", "vision_adapter.fc2.weight": "mm.1.weight", "vision_projection.weight": "mm.2.weight"}


def renamed(name, names):
    old = next(old for old in names if name.startswith(old))
    return names[old] + name[len(old):]


def add_eyes(writer, add, config, tensors):
    """What preprocessor_config.json would say of colours is what the processor has by itself."""
    vision = config["vision_config"]
    patch, heads = vision["patch_size"], vision["num_attention_heads"]
    writer.add_bool("clip.has_vision_encoder", True)
    writer.add_string("clip.vision.projector_type", "muse-spark")
    for key, value in (("block_count", vision["num_hidden_layers"]), ("embedding_length", vision["hidden_size"]), ("feed_forward_length", vision["intermediate_size"]),
                       ("attention.head_count", heads), ("projection_dim", config["text_config"]["hidden_size"]), ("patch_size", patch),
                       ("image_size", vision["pos_emb_height"] * patch * vision["merge_size"]), ("spatial_merge_size", vision["merge_size"])):
        writer.add_uint32("clip.vision." + key, value)
    writer.add_array("clip.vision.image_mean", [0.5, 0.5, 0.5])
    writer.add_array("clip.vision.image_std", [0.5, 0.5, 0.5])
    writer.add_float32("clip.vision.attention.layer_norm_epsilon", vision["layer_norm_eps"])
    writer.add_float32("clip.vision.projector.norm_epsilon", config["text_config"]["rms_norm_eps"])
    writer.add_float32("clip.vision.rope.freq_base", vision["rope_parameters"]["rope_theta"])
    for name, tensor in tensors.items():
        own = name.partition("vision_tower.")[2]
        if name.removeprefix("model.") in PROJECTION:
            add(PROJECTION[name.removeprefix("model.")], tensor)
        elif own == "patch_embedder.patch_embedding.weight":
            add("v.patch_embd.weight", tensor.view(len(tensor), vision["patch_temporal"], 3, patch, patch).sum(1))
        elif own.startswith("layers."):
            _, layer, rest = own.split(".", 2)
            turned = adjacent(tensor if tensor.dim() > 1 else tensor[:, None], heads).view(tensor.shape) if "q_proj" in rest or "k_proj" in rest else tensor
            add(f"v.blk.{layer}.{renamed(rest, LAYER_OF_EYES)}", turned)
        elif own:
            add(renamed(own, EYES), tensor)


def add_ears(writer, add, config, tensors):
    audio = config["audio_config"]
    writer.add_bool("clip.has_audio_encoder", True)
    writer.add_string("clip.audio.projector_type", "muse-spark")
    writer.add_uint32("clip.audio.block_count", len(audio["hidden_sizes"]))
    writer.add_uint32("clip.audio.projection_dim", audio["out_hidden_size"])
    writer.add_uint32("clip.audio.sample_rate", 24000)
    writer.add_uint32("clip.audio.conv_kernel_size", audio["conv_kernel_size"])
    writer.add_float32("clip.audio.attention.layer_norm_epsilon", audio["rms_norm_eps"])
    writer.add_float32("clip.audio.projector.norm_epsilon", config["text_config"]["rms_norm_eps"])
    writer.add_array("clip.audio.stage.patch_size", list(audio["patch_sizes"]))
    writer.add_array("clip.audio.stage.embedding_length", list(audio["hidden_sizes"]))
    writer.add_array("clip.audio.stage.block_count", list(audio["depths"]))
    writer.add_array("clip.audio.stage.feed_forward_length", [int(width * audio["mlp_ratio"]) for width in audio["hidden_sizes"]])
    for name, tensor in tensors.items():
        _, found, own = name.partition("audio_tower.")
        if found:
            add(ears_name(own), tensor.squeeze(1) if ".conv.weight" in own else tensor)


def convert_parts(folder, target, parts=(add_eyes, add_ears)):
    """The file beside the model: its eyes and its ears."""
    import gguf
    config, tensors = read_folder(folder)
    writer = gguf.GGUFWriter(target, "clip")
    for part in parts:
        part(writer, adder(writer), config, tensors)
    finish(writer)


def convert(folder, target, vocabulary):
    import gguf
    config, tensors = read_folder(folder)
    config = config["text_config"]
    tensors = {name.removeprefix("model.").removeprefix("language_model."): tensor for name, tensor in tensors.items()}
    writer = gguf.GGUFWriter(target, "muse-spark")

    class Holder:
        gguf_writer = writer

    add = adder(writer)
    write_keys(writer, config)
    vocabulary(Holder)
    add("token_embd.weight", tensors["embed_tokens.weight"])
    add("output_norm.weight", tensors["norm.weight"])
    add("output.weight", tensors["lm_head.weight"])
    for i in range(config["num_hidden_layers"]):
        for name, tensor in layer_tensors(joined(tensors, f"layers.{i}.", config), config):
            add(f"blk.{i}.{name}", tensor)
    finish(writer)
