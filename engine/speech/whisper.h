/* SPDX-License-Identifier: MIT */
/* Whisper (Radford et al. 2022, arXiv 2212.04356): an encoder that hears half a minute, and a decoder that writes down what was said.
 *
 *   encoder:  x = gelu (conv (gelu (conv (mel)))) + table;  layers of attention over all of x and of gelu, each x = x + f (norm (x));  norm
 *   decoder:  x = embedding + table; layers of attention to the words before, attention to what the encoder made, and gelu; norm; logits by the embedding once more
 *
 * Internal. The decoder is the architecture's own graph: tokens in, logits out. What it asks of the encoder, keys and values of each of its layers, the encoder's graph leaves in the
 * cache: the words are of the kind FULL, each way of going on with pages of its own, and the sound is of the kind WINDOW, on pages that all share. A token's span (backend.h) is the sound.
 *
 * Keys in the file: whisper.encoder.block_count, whisper.block_count (of the decoder), embedding_length, feed_forward_length, attention.head_count, attention.layer_norm_epsilon,
 * context_length (of words), audio.context_length, audio.num_mel_bins, language_tokens, suppressed_tokens and suppressed_first_tokens. Tensors: enc.conv1, enc.conv2,
 * enc.position_embd, enc.blk.N and dec.blk.N with attn_norm, attn_q, attn_k (without a bias), attn_v, attn_o, ffn_norm, ffn_up, ffn_down, and in the decoder cross_attn_norm, …;
 * enc.output_norm, dec.output_norm, dec.position_embd, token_embd. */
#pragma once

#include "../models/common.h"

typedef struct {
  int32_t n_audio;  /* columns of half a minute; frames of the spectrogram are twice as many */
  int32_t n_mel;
} EngineWhisperInfo;

extern const EngineArch engine_arch_whisper;

EngineWhisperInfo engine_whisper_info (const EngineModel *model);
/* The encoder's graph: one input, [n_mel, 2 · n_audio]; its tokens are the n_audio columns. The output is what the encoder made, [n_embd, n_audio]. */
bool engine_whisper_encoder_build (const EngineModel *model, EngineGraph *graph, EngineError *error);
/* What it begins with, and the ears of other models too (../towers/whisper_ears.h): gelu (conv (gelu (conv (frames)))), [n_embd, frames / 2]. Two weights and two biases. `piece`: frames
 * that see none beyond them; 0: all. `there`, as routes to one expert of engine_graph_mix (): what is left of each column between the convolutions; ENGINE_NO_VALUE: all. */
EngineValueId engine_whisper_convolutions_build (EngineGraph *graph, EngineTensor *const *weights, EngineTensor *const *biases, EngineValueId frames, int32_t piece, EngineValueId there);
