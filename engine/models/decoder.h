/* SPDX-License-Identifier: MIT */
/* The decoder that Llama made common, and that many others are but for details:
 *
 *   x = embedding · embedding_scale, or its norm
 *   each layer:  a = rms_norm (x);  q, k, v = W a (+ biases);  norms of q and k;  rope (q, k)
 *                x = x + residual_scale · rms_norm (Wo attention (q, k, v))
 *                b = rms_norm (x);  x = x + residual_scale · rms_norm (Wdown (act (Wgate b) · Wup b))
 *   logits = softcap (logit_scale · Woutput rms_norm (x))
 *
 * Where towers make more for a column than its embedding, the next part is added to x in that column behind each of the first layers (hparams.n_media_parts).
 *
 * Llama itself has no biases, no norms of q and k, no norms behind attention and feed-forward, and all scales are 1. Where x is kept
 * by a scale of its own for each channel, it is skip · x + … in the second and third line.
 *
 * Internal. An architecture of this kind says its details in an EngineDecoderKind, and sets what it reads from further
 * keys in the EngineDecoder after engine_decoder_load (). One that departs from the lines above writes its own lines out of
 * the same blocks (block.h). */
#pragma once

#include "block.h"

typedef struct {
  EngineAttentionFlags attention;
  EngineRopeStyle      rope;
  EngineGate           act;
  bool                 no_pre_norms;  /* attention and feed-forward get x itself… */
  bool                 post_norms;    /* …and what they give is normed before it is added */
  bool                 fused_ffn;     /* ffn_up holds the gate's rows and then its own */
  bool                 embedding_norm; /* embeddings are normed, without a weight */
  bool                 skip_scales;   /* attn_skip and ffn_skip must be there */
  bool                 experts;       /* the feed-forward is a mixture of experts… */
  bool                 some_dense;    /* …but for layers without a router */
  EngineMoeFlags       moe;           /* …of this kind */
  const char          *ffn_norm;      /* its name in the file; NULL: "ffn_norm" */
} EngineDecoderKind;

typedef struct {
  EngineTensor        *attn_norm, *ffn_norm;           /* [n_embd], or NULL */
  EngineTensor        *attn_post_norm, *ffn_post_norm; /* likewise */
  EngineTensor        *attn_skip, *ffn_skip;           /* likewise */
  EngineAttentionBlock attention;
  EngineFfnBlock       ffn;
  EngineMoeBlock       moe;                            /* in the place of ffn where it has a router */
  const EngineRopeParams *rope;                        /* NULL: positions are not turned in */
  int32_t              window;                         /* 0: none */
} EngineDecoderLayer;

typedef struct {
  const EngineDecoderKind *kind;
  EngineEnds         ends;
  EngineTensor      *rope_factors;     /* [n_rot / 2], or NULL */
  EngineTensor      *rope_factors_long; /* in their place when the context is longer than the original one; or NULL */
  EngineRopeParams   local_rope;       /* for layers with a window, where it differs; a copy of the model's at first */
  float              embedding_scale, residual_scale, logit_scale;
  float              attention_scale;  /* of q·k; 0: 1 / sqrt (head_dim) */
  float              attention_temperature; /* how much queries grow with their position: see mistral3.c; 0: not */
  float              attention_softcap, logit_softcap; /* 0: none */
  float              post_norm_eps;    /* as norm_eps at first */
  EngineDecoderLayer layers[];
} EngineDecoder;

/* Reads the keys that all have and claims the tensors into model->arch_data, which it returns; NULL on error. `kind` is
 * static. */
EngineDecoder *engine_decoder_load (EngineModel *model, const EngineDecoderKind *kind, EngineError *error);

/* Gives the layers for which (layer + 1) % pattern is not 0 a window, with `rope`. Call it right after the load. */
void engine_decoder_windows (EngineModel *model, int32_t window, int32_t pattern, const EngineRopeParams *rope);

/* Gives those layers a window for which the key "attention.sliding_window_pattern" says so; without that key as above. */
bool engine_decoder_windows_listed (EngineModel *model, int32_t window, int32_t pattern, EngineError *error);

bool engine_decoder_build (const EngineModel *model, EngineGraph *graph, EngineError *error);
