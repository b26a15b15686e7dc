/* SPDX-License-Identifier: MIT */
/* The blocks that most decoders are put together from: their tensors, and the nodes that they become.
 *
 * Internal. The functions _load claim tensors by the names that GGUF files give them (the loading thread
 * only; errors as in common.h); the functions _build add nodes, and fail as the graph's builders do. An
 * architecture that differs somewhere builds that part itself: nothing here asks which one it is for. */
#pragma once

#include "common.h"

/* What stands before the layers and behind them. */
typedef struct {
  EngineTensor *embedding;   /* [n_embd, n_vocab] */
  EngineTensor *output_norm; /* [n_embd] */
  EngineTensor *output;      /* [n_embd, n_vocab]; the embedding when the file has none */
} EngineEnds;

typedef enum {
  ENGINE_ATTENTION_PLAIN = 0,
  ENGINE_ATTENTION_BIAS = 1 << 0,     /* bq, bk and bv must be there */
  ENGINE_ATTENTION_MAY_BIAS = 1 << 1, /* bq, bk, bv and bo may */
  ENGINE_ATTENTION_QK_NORM = 1 << 2,  /* q_norm and k_norm must be there, for each head */
  ENGINE_ATTENTION_WIDE_NORM = 1 << 3, /* the same over all heads together */
  ENGINE_ATTENTION_FUSED = 1 << 4,    /* wq, wk and wv are rows of one matrix, attn_qkv; with BIAS, their biases parts of one vector */
  ENGINE_ATTENTION_SINKS = 1 << 5,    /* sinks must be there, and bo */
  ENGINE_ATTENTION_BOTH_WAYS = 1 << 6, /* tokens see later ones too */
  ENGINE_ATTENTION_GATED = 1 << 7,    /* what it gives is multiplied by the sigmoid of attn_gate · x… */
  ENGINE_ATTENTION_OUT_NORM = 1 << 8, /* …and each head of it is normed before that */
  ENGINE_ATTENTION_GATED_QUERIES = 1 << 9, /* the same gate, but its rows are in attn_q, of each head behind those of its query */
} EngineAttentionFlags;

typedef struct {
  EngineTensor *wq, *wk, *wv;   /* [n_embd, heads · head_dim]; wq twice as many rows with gated_queries */
  EngineTensor *bq, *bk, *bv;   /* [heads · head_dim], or NULL */
  EngineTensor *q_norm, *k_norm; /* [head_dim], or over all heads, or NULL */
  EngineSight   sight;
  EngineTensor *sinks;          /* [n_head], or NULL */
  EngineTensor *gate;           /* [n_embd, n_head · head_dim], or NULL */
  bool          out_norm, gated_queries; /* ENGINE_ATTENTION_OUT_NORM, ENGINE_ATTENTION_GATED_QUERIES */
  EngineTensor *wo;             /* [n_head · head_dim, n_embd] */
  EngineTensor *bo;             /* [n_embd], or NULL */
  int32_t       cache_layer;    /* where its keys and values are kept */
} EngineAttentionBlock;

typedef struct {
  EngineTensor *gate, *up; /* [n_embd, n_ff] */
  EngineTensor *down;      /* [n_ff, n_embd] */
} EngineFfnBlock;

typedef enum {
  ENGINE_MOE_PLAIN = 0,
  ENGINE_MOE_BIASES = 1 << 0,  /* they must be there */
  ENGINE_MOE_UNGATED = 1 << 1, /* the experts have no gate */
  ENGINE_MOE_OF_ALL = 1 << 2,  /* ENGINE_ROUTING_ALL */
  ENGINE_MOE_SIGMOID = 1 << 3, /* ENGINE_ROUTING_SIGMOID; a bias of the choice, exp_probs_b, may be there */
  ENGINE_MOE_LATENT = 1 << 4,  /* the experts work on a narrower column, normed, and what each gives is normed */
} EngineMoeFlags;

/* A mixture of experts in the place of one feed-forward. */
typedef struct {
  EngineTensor *router, *router_bias; /* [n_embd, n_experts]; [n_experts] or NULL */
  EngineTensor *gate, *up;            /* [n_embd, n_ff, n_experts]; gate may be NULL */
  EngineTensor *down;                 /* [n_ff, n_embd, n_experts] */
  EngineTensor *choice_bias;          /* [n_experts], or NULL */
  /* LATENT, else NULL: into the experts' width [n_embd, n_latent], which then takes the place of their n_embd, its norm [n_latent], and back. */
  EngineTensor *latent_in, *latent_norm, *latent_out;
  EngineTensor *gate_bias, *up_bias, *down_bias; /* [n_ff · n_experts], [n_embd · n_experts], or NULL */
  int32_t n_used;                     /* experts of a token */
  EngineRouting routing;
  float   norm_eps, post_norm_eps;    /* of latent_norm; of what an expert gives */
} EngineMoeBlock;

bool engine_ends_load (EngineModel *model, EngineEnds *ends, EngineError *error);
bool engine_attention_block_load (EngineModel *model, EngineAttentionBlock *block, int32_t layer, EngineAttentionFlags flags, EngineError *error);
/* `fused`: the gate's rows stand before those of ffn_up in the same matrix. */
bool engine_ffn_block_load (EngineModel *model, EngineFfnBlock *block, int32_t layer, bool fused, EngineError *error);

/* Reads how many experts there are and are used as well. block->n_used tells whether it was loaded. */
bool engine_moe_block_load (EngineModel *model, EngineMoeBlock *block, int32_t layer, EngineMoeFlags flags, EngineError *error);

/* "blk.<layer>.<name>.weight", [n_embd]. */
bool engine_norm_load (EngineModel *model, EngineTensor **norm, int32_t layer, const char *name, EngineError *error);

/* How one layer attends. */
typedef struct {
  const EngineRopeParams *rope;        /* NULL: positions are not turned in */
  const EngineTensor     *rope_factors; /* or NULL */
  int32_t                 window;      /* 0: none */
  float                   scale;       /* of q·k; 0: 1 / sqrt (head_dim) */
  float                   softcap;     /* of that; 0: none */
  float                   temperature; /* how much queries grow with their position: see EngineRopeParams; 0: not */
} EngineAttentionOptions;

/* x [n_embd, n_tokens], normed: q, k, v = W x; norms of heads where the block has them; rope; attention over
 * its layer of the cache. Gives [n_head · head_dim, n_tokens], before Wo. */
EngineValueId engine_attention_build (const EngineModel *model, EngineGraph *graph, const EngineAttentionBlock *block, EngineValueId x, const EngineAttentionOptions *options);

/* Wdown (act (Wgate x) · Wup x) + residual (or ENGINE_NO_VALUE). */
EngineValueId engine_ffn_build (EngineGraph *graph, const EngineFfnBlock *block, EngineValueId x, EngineGate act, EngineValueId residual);

/* Σ weight · Wdown (act (Wgate x) · Wup x), or without a gate Σ weight · Wdown act (Wup x), over the experts that the router
 * chooses, + residual (or ENGINE_NO_VALUE). LATENT: Wout Σ weight · norm (Wdown (act (Wgate y) · Wup y)) with y = norm (Win x). */
EngineValueId engine_moe_build (EngineGraph *graph, const EngineMoeBlock *block, EngineValueId x, EngineGate act, EngineValueId residual);

/* In the last layer only the columns whose logits are asked for go on, in *x and *y (NULL: none); elsewhere all do. */
void engine_last_layer_build (const EngineModel *model, EngineGraph *graph, EngineValueId *x, EngineValueId *y);

/* Woutput rms_norm (x). */
EngineValueId engine_logits_build (const EngineModel *model, EngineGraph *graph, const EngineEnds *ends, EngineValueId x);
