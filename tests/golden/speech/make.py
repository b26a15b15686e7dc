#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Makes a tiny Whisper, whisper.gguf.gz, what transformers makes of noise with it, whisper.f32, and the spectrogram of noise, mel.f32.

Made at development time, never by a test:

    pip install torch transformers==5.23.0 gguf
    python3 tests/golden/speech/make.py

whisper.f32: what the encoder makes of a spectrogram of sines [50, 64], then logits behind each token of a prompt [7, vocabulary]. mel.f32: 80 bands of 140 frames of 1.4 s.
"""
import gzip
import math
import pathlib
import sys
import tempfile

import gguf
import numpy
import torch
import transformers as t

HERE = pathlib.Path(__file__).parent
sys.path.insert(0, str(HERE.parent / "models"))
import convert  # noqa: E402

BANDS, AUDIO, WORDS, WIDTH, FF = 20, 50, 64, 64, 96
SPECIAL = ("<|endoftext|>", "<|startoftranscript|>", "<|en|>", "<|de|>", "<|translate|>", "<|transcribe|>", "<|startofprev|>", "<|nocaptions|>", "<|notimestamps|>")
TIMES = [f"<|{i / 50:.2f}|>" for i in range(AUDIO + 1)]
TOKENS = [*convert.letters(), "ab", *SPECIAL, *TIMES]
PROMPT = [258, 260, 262, 266, 71, 40, 266 + 7]
SAMPLES = 22437


def noise(n):
    state, samples = 1, []
    for _ in range(n):
        state = (state * 1103515245 + 12345) % 2**31
        samples.append((state >> 8 & 0xFFFF) / 32768 - 1)
    return numpy.array(samples, dtype=numpy.float32)


def randomise(model):
    torch.manual_seed(5)
    for name, value in model.named_parameters():
        if value.dim() == 1:
            value.data = torch.randn(value.shape) * 0.2 + (1.0 if "norm" in name and name.endswith("weight") else 0.0)
        elif "embed" in name:
            value.data = torch.randn(value.shape) * 0.3
        else:
            value.data = torch.randn(value.shape) / value[0].numel() ** 0.5
        value.data = value.data.to(torch.bfloat16).to(torch.float32)
    return model


def names(side, to, i):
    parts = {"self_attn_layer_norm": "attn_norm", "self_attn.q_proj": "attn_q", "self_attn.k_proj": "attn_k", "self_attn.v_proj": "attn_v", "self_attn.out_proj": "attn_o",
             "encoder_attn_layer_norm": "cross_attn_norm", "encoder_attn.q_proj": "cross_attn_q", "encoder_attn.k_proj": "cross_attn_k", "encoder_attn.v_proj": "cross_attn_v",
             "encoder_attn.out_proj": "cross_attn_o", "final_layer_norm": "ffn_norm", "fc1": "ffn_up", "fc2": "ffn_down"}
    return {f"model.{side}.layers.{i}.{ours}": f"{to}.blk.{i}.{name}" for ours, name in parts.items()}


def write(model, path):
    config, writer = model.config, gguf.GGUFWriter(path, "whisper")
    for key, value in {"encoder.block_count": config.encoder_layers, "block_count": config.decoder_layers, "embedding_length": WIDTH, "feed_forward_length": FF, "attention.head_count": 4,
                       "context_length": WORDS, "audio.context_length": AUDIO, "audio.num_mel_bins": BANDS}.items():
        writer.add_uint32(f"whisper.{key}", value)
    writer.add_float32("whisper.attention.layer_norm_epsilon", 1e-5)
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("gpt-2")
    writer.add_token_list(TOKENS)
    writer.add_token_types([gguf.TokenType.NORMAL] * 257 + [gguf.TokenType.CONTROL] * (len(TOKENS) - 257))
    writer.add_token_merges(["a b"])
    writer.add_eos_token_id(257)
    writer.add_array("whisper.language_tokens", [259, 260])
    writer.add_array("whisper.suppressed_tokens", [1, 2, 3])
    writer.add_array("whisper.suppressed_first_tokens", [220, 257])
    whole = {"model.encoder.conv1": "enc.conv1", "model.encoder.conv2": "enc.conv2", "model.encoder.embed_positions": "enc.position_embd", "model.encoder.layer_norm": "enc.output_norm",
             "model.decoder.embed_tokens": "token_embd", "model.decoder.embed_positions": "dec.position_embd", "model.decoder.layer_norm": "dec.output_norm"}
    for side, to, count in (("encoder", "enc", config.encoder_layers), ("decoder", "dec", config.decoder_layers)):
        for i in range(count):
            whole.update(names(side, to, i))
    for name, value in model.state_dict().items():
        stem, end = name.rsplit(".", 1)
        if stem in whole:
            writer.add_tensor(f"{whole[stem]}.{end}", value.float().numpy())
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def main():
    config = t.WhisperConfig(vocab_size=len(TOKENS), num_mel_bins=BANDS, encoder_layers=3, decoder_layers=2, encoder_attention_heads=4, decoder_attention_heads=4, encoder_ffn_dim=FF,
                             decoder_ffn_dim=FF, d_model=WIDTH, max_source_positions=AUDIO, max_target_positions=WORDS, pad_token_id=257, bos_token_id=257, eos_token_id=257,
                             decoder_start_token_id=258, suppress_tokens=None, begin_suppress_tokens=None)
    model = randomise(t.WhisperForConditionalGeneration(config)).eval()
    with tempfile.TemporaryDirectory() as scratch:
        path = pathlib.Path(scratch) / "whisper.gguf"
        write(model, path)
        with open(HERE / "whisper.gguf.gz", "wb") as out, gzip.GzipFile(fileobj=out, mode="wb", mtime=0, filename="") as packed:
            packed.write(path.read_bytes())
    frames = torch.tensor([[math.sin(0.05 * i * (b + 1)) for b in range(BANDS)] for i in range(2 * AUDIO)], dtype=torch.float64).T[None]
    with torch.no_grad():
        model = model.double()
        heard = model.model.encoder(frames).last_hidden_state[0]
        logits = model(input_features=frames, decoder_input_ids=torch.tensor([PROMPT])).logits[0]
    torch.cat([heard.flatten(), logits.flatten()]).float().numpy().astype("<f4").tofile(HERE / "whisper.f32")
    features = t.WhisperFeatureExtractor(feature_size=80)(noise(SAMPLES), sampling_rate=16000, return_tensors="np").input_features[0]
    features[:, :SAMPLES // 160].T.astype("<f4").tofile(HERE / "mel.f32")
    print(heard.shape, logits.shape, features.shape, features.max())


if __name__ == "__main__":
    main()
