/* SPDX-License-Identifier: MIT */
/* A graph: the list of operations that turns one batch of tokens into logits.
 *
 * Internal. An architecture builds one with the functions below, in the order of
 * execution; shapes are checked here and nowhere else. A backend then runs the nodes
 * one after the other. Nothing is computed while building.
 *
 * Data structures first: a graph owns values and nodes in two growing arrays and
 * refers to them by index, so they may move. A value is either a weight (points to an
 * EngineTensor), one of the batch's inputs (token ids, positions, output rows), or the
 * output of exactly one node. engine_graph_finish () gives every node output a byte
 * offset in one arena such that two values overlap only when their lives do not.
 *
 * Values are matrices [width, n]: n columns, one for each token, each contiguous.
 * The first builder call that fails (shape, memory) sets `graph->error`; later calls
 * do nothing and return ENGINE_NO_VALUE, so an architecture checks once, at finish. */
#pragma once

#include "tensor.h"

typedef enum {
#define OP(NAME, symbol, tolerance) ENGINE_OP_##NAME,
#include "ops.def"
#undef OP
  ENGINE_N_OPS,
} EngineOp;

extern const char *const engine_op_names[ENGINE_N_OPS];

#define ENGINE_MAX_TAPS 16 /* of a convolution */
#define ENGINE_MAX_INPUTS 3
#define ENGINE_MAX_AXES 4
#define ENGINE_MAX_PATCH 256 /* pixels on a side */

typedef int32_t EngineValueId;
#define ENGINE_NO_VALUE (-1)

typedef enum { ENGINE_ROPE_ADJACENT, /* pairs (2i, 2i+1): llama */
               ENGINE_ROPE_HALVES,   /* pairs (i, i + n_rot/2): qwen2, gemma3 */
               ENGINE_ROPE_QUARTERS, /* of either half of n_rot by itself (i, i + n_rot/4): the eyes of gemma4 */
} EngineRopeStyle;

/* How pairs are shared out among axes; the pairs of each are axes[] of EngineRopeParams. */
typedef enum {
  ENGINE_AXES_OWN,         /* one axis after the other, each with frequencies of its own as if there were no other pairs */
  ENGINE_AXES_SECTIONS,    /* one axis after the other, frequencies as if there were one: Qwen2-VL's M-RoPE */
  ENGINE_AXES_INTERLEAVED, /* in turn, and what is left over is the first one's; frequencies as if there were one: Qwen3-VL's */
  ENGINE_AXES_STRIDED,     /* one axis after the other, and of the frequencies as if there were one, in turn, those that are its own: Pixtral's */
} EngineAxesOrder;

typedef enum {
  ENGINE_GATE_SILU, ENGINE_GATE_GELU_TANH, ENGINE_GATE_GELU_ERF,
  ENGINE_GATE_LINEAR,  /* the gate itself: a product */
  ENGINE_GATE_LIMITED, /* gpt-oss: with g ≤ 7 and |u| ≤ 7, g · sigmoid (1.702 · g) · (u + 1) */
  ENGINE_GATE_SIGMOID,
  ENGINE_N_GATES,
} EngineGate;

/* How a column's experts get their weights. */
typedef enum {
  ENGINE_ROUTING_CHOSEN,  /* a softmax over the logits of the chosen ones */
  ENGINE_ROUTING_ALL,     /* over all: they add up to less than 1 */
  ENGINE_ROUTING_SIGMOID, /* each one's sigmoid, divided by the sum of those of the chosen; the choice is by sigmoid + bias */
} EngineRouting;

/* Which pool of cache pages a layer uses; see kv.h. */
typedef enum {
  ENGINE_CACHE_FULL, ENGINE_CACHE_WINDOW, /* an entry for each position */
  ENGINE_CACHE_STATE,                     /* what all positions so far have become together */
  ENGINE_N_CACHE_KINDS,
} EngineCacheKind;

typedef struct {
  int32_t         head_dim, n_rot; /* the first n_rot of each head are turned */
  EngineRopeStyle style;
  float           freq_base;
  float           freq_scale;      /* linear scaling: positions are multiplied by it; 1: none */
  /* YaRN; ext_factor 0: none. attn_factor scales the result (1: none) and already holds YaRN's 1 + 0.1 · ln (factor). */
  float           ext_factor, attn_factor, beta_fast, beta_slow;
  bool            fractional;      /* YaRN's ramp begins and ends between two pairs, not at whole ones */
  int32_t         n_context_original;
  /* Positions on several axes: axes[a] pairs turn with that on axis a. n_axes 0: one position, for all. */
  int32_t         n_axes, axes[ENGINE_MAX_AXES];
  EngineAxesOrder axes_order;
  /* Multiplies the result by 1 + temperature · ln (1 + floor (position / n_context_original)); 0: not. */
  float           temperature;
} EngineRopeParams;

/* What a token sees of its sequence. */
typedef enum {
  ENGINE_SEES_BEFORE,   /* itself and what is before it, or a window of that, and what is behind it as far as the batch says */
  ENGINE_SEES_SEQUENCE, /* all tokens in the batch, later ones too, and what is before them */
  ENGINE_SEES_SPAN,     /* the positions that the batch says */
} EngineSight;

typedef struct {
  int32_t         layer;           /* index into the cache's layers */
  EngineCacheKind kind;
  int32_t         n_head, n_head_kv, head_dim;
  EngineSight     sight;
  int32_t         window;          /* SEES_BEFORE: of what is before it a token sees itself and the window - 1 before it; 0: all */
  bool            never_behind;    /* SEES_BEFORE: nothing behind it, whatever the batch says */
  float           scale;           /* of q·k */
  float           softcap;         /* s ↦ softcap · tanh (s / softcap); 0: none */
} EngineAttentionParams;

/* Columns as places in rows of n_across (0: all in one row), which a kernel moves over: [across, down] each. Places outside are zeros. */
typedef struct {
  int32_t n_across, kernel[2], stride[2], pad[2];
} EngineUnfoldParams;

/* Mamba-2's recurrence. Each of n_head heads has a state [head_dim, n_state]; heads in n_group groups share what they write
 * to the state with, B, and read it with, C: [n_state] each. */
typedef struct {
  int32_t layer;                   /* index into the cache's layers */
  int32_t n_head, head_dim, n_state, n_group;
} EngineSsmParams;

/* Gated DeltaNet's recurrence. Each of n_head heads has a state [head_dim, n_state]; there are n_group queries and keys, [n_state] each, and head h has those of group h % n_group. */
typedef struct {
  int32_t layer;                   /* index into the cache's layers */
  int32_t n_head, head_dim, n_state, n_group;
  float   eps;                     /* of lengths */
} EngineDeltaParams;

/* Operands, in the order of in[]:
 *
 *   EMBED        tokens or positions, table,   GATED  gate, up
 *                offset or none
 *   RMS_NORM     x, weight or none             ADD    a, b, scale of b or none
 *   MATMUL       weight, x, bias or none,      SCALE, SOFTCAP  x
 *                residual or none              ROWS   x, output rows
 *   LAYER_NORM   x, weight, bias or none       ROUTE  logits, bias or none
 *   EXPERTS      weight, x, routes,            MIX    parts, routes, residual or none
 *                bias or none
 *   SPLICE       x, tokens                     (and the batch's media)
 *   TRANSPOSE, UNFOLD, PART, CLAMP  x          CONCAT a, b
 *   PATCHES      none                          (and the batch's picture)
 *   ROPE         x, positions, freq_factors or none
 *   CACHE_WRITE  k, v, positions
 *   ATTENTION    q, positions, sinks or none   (and the cache)
 *   CONV         x, weight, bias or none       (and the cache)
 *   SSM_SCAN     x, steps, a, skip             (and the cache)
 *   DELTA_RULE   x, steps, betas, a            (and the cache)
 *
 * A node never writes over one of its own operands. */
typedef struct {
  EngineOp      op;
  EngineValueId in[4];             /* ENGINE_NO_VALUE where absent */
  EngineValueId out;               /* ENGINE_NO_VALUE for CACHE_WRITE */
  int32_t       layer;             /* for dumps; -1 outside layers */
  bool          writes_cache;      /* so that it matters even where nobody reads `out` */
  union {
    struct { float eps; int32_t group; } rms_norm; /* LAYER_NORM too */
    struct { int32_t n_used; EngineRouting routing; } route; /* experts of a column */
    EngineRopeParams rope;
    EngineAttentionParams attention; /* CACHE_WRITE too */
    int32_t cache_layer;           /* CONV */
    EngineSsmParams ssm;
    EngineDeltaParams delta;
    EngineGate gate;
    int32_t n_rows;                /* TRANSPOSE */
    int32_t first;                 /* PART */
    struct { float least, most; } clamp;
    struct { int32_t part, n_parts; } splice;
    EngineUnfoldParams unfold;
    float scale;                   /* SOFTCAP too: the cap */
  } params;
} EngineNode;

typedef enum { ENGINE_VALUE_NODE, ENGINE_VALUE_WEIGHT, ENGINE_VALUE_TOKENS, ENGINE_VALUE_POSITIONS, ENGINE_VALUE_OUTPUT_ROWS } EngineValueKind;

typedef struct {
  EngineValueKind     kind;
  EngineType          type;        /* of the elements; NODE values are F32 */
  int64_t             width, n;    /* a weight: [in, out] */
  const EngineTensor *weight;      /* WEIGHT */
  size_t              offset;      /* NODE, after finish: bytes into the arena, a multiple of 64 */
  int32_t             last_use;    /* NODE, after finish: index of the last node that reads it */
  EngineValueId       base;        /* NODE: the value whose numbers these are, in another shape; ENGINE_NO_VALUE: its own */
  int64_t             first;       /* NODE with a base: of its numbers the one that these begin with */
  const char         *name;        /* static, for dumps: "attn_norm", or NULL */
} EngineValue;

/* An adapter, and how strongly its part counts (1: as it was trained); adapter NULL: the model as it is. */
typedef struct {
  EngineAdapter *adapter;
  float          strength;
} EngineAdaptation;

/* A value that another part of the graph has computed, or needs: its columns, [width, n]. */
typedef struct {
  EngineValueId value;
  float        *data;
} EngineTransfer;

typedef struct EngineGraph {
  bool          media;             /* set before the first builder; engine_graph_splice () */
  EngineAdaptation adaptation;     /* set before the first builder; EMBED, MATMUL and EXPERTS of a weight that it changes get more nodes: adapter.h */
  EngineValue  *values;
  int32_t       n_values, values_capacity;
  EngineNode   *nodes;
  int32_t       n_nodes, nodes_capacity;
  int32_t       n_tokens, n_outputs;
  int32_t       layer;             /* given to the nodes that are added next */
  EngineValueId inputs[ENGINE_MAX_INPUTS]; /* of engine_graph_input (), in that order: who runs the graph has them among `imports` */
  int32_t       n_inputs;
  EngineValueId output;            /* the logits, [n_vocab, n_outputs]; of an encoder the states, [n_embd, n_outputs] */
  size_t        arena_bytes;       /* after finish */
  /* A backend runs the nodes from first_node on, [first_node, n_nodes). Where that is a part of the whole, for others run the rest (hybrid.c), values
   * go in before the first of them and out after the last one, and `output` is ENGINE_NO_VALUE where it belongs to another part. */
  int32_t       first_node;
  const EngineTransfer *imports, *exports; /* [n_imports], [n_exports] */
  int32_t       n_imports, n_exports;
  EngineError   error;
} EngineGraph;

/* n_tokens ≥ 1, 1 ≤ n_outputs ≤ n_tokens. engine_graph_clear () frees what init and the builders took. */
void engine_graph_init (EngineGraph *graph, int32_t n_tokens, int32_t n_outputs);
void engine_graph_clear (EngineGraph *graph);

/* Names the latest value for dumps. `name` must be static. Returns `value`. */
EngineValueId engine_graph_name (EngineGraph *graph, EngineValueId value, const char *name);

/* [width, n_tokens]: row tokens[i] of the table [width, n_vocab], row 0 for tokens that stand for media, plus offset [width] (NULL: none). */
EngineValueId engine_graph_embed (EngineGraph *graph, const EngineTensor *table, const EngineTensor *offset);

/* x [width, n_tokens] with the media of the batch in the columns whose tokens stand for them (backend.h); x itself where graph->media is false. The media are
 * [width · n_parts, n_media]: part 0 takes the place of a column of x, another part is added to it. */
EngineValueId engine_graph_splice (EngineGraph *graph, EngineValueId x, int32_t part, int32_t n_parts);

/* [width, n_tokens]: row positions[i] of the table [width, n_positions]. */
EngineValueId engine_graph_embed_positions (EngineGraph *graph, const EngineTensor *table);

/* [side · side · 3, n_tokens]: the patches of the batch's picture, one for each token (prep/picture.h); zeros for the tokens behind them. */
EngineValueId engine_graph_patches (EngineGraph *graph, int32_t side);

/* [width, n]: numbers that come from outside, of a picture or a sound. Before the first node of a graph. */
EngineValueId engine_graph_input (EngineGraph *graph, int64_t width, int64_t n);

/* The same numbers in columns of another width: [width, …]. No node. */
EngineValueId engine_graph_reshape (EngineGraph *graph, EngineValueId x, int64_t width);

/* [width, n]: the first n columns of x. No node. */
EngineValueId engine_graph_first (EngineGraph *graph, EngineValueId x, int64_t n);

/* [width, …]: the columns of x from `first` on; first · width is a multiple of 16. No node. */
EngineValueId engine_graph_behind (EngineGraph *graph, EngineValueId x, int64_t first);

/* Each column of x as a matrix of n_rows rows, one behind the other, in columns instead: element r · m + c goes to c · n_rows + r, m = width / n_rows. */
EngineValueId engine_graph_transpose (EngineGraph *graph, EngineValueId x, int32_t n_rows);

/* What a convolution multiplies by its weights, [kernel across, kernel down, width of x, …] as a matrix: of each place of the kernel, row after row, the columns that lie under it, as
 * [kernel · width, n]: element c · kernel + k is element c of the k-th. */
EngineValueId engine_graph_unfold (EngineGraph *graph, EngineValueId x, const EngineUnfoldParams *params);

/* [width of a + width of b, n]: each column of b behind that of a. */
EngineValueId engine_graph_concat (EngineGraph *graph, EngineValueId a, EngineValueId b);

/* [width, n]: the elements first … first + width - 1 of each column of x. */
EngineValueId engine_graph_part (EngineGraph *graph, EngineValueId x, int64_t first, int64_t width);

/* Each group of `group` elements of a column (0: the whole column) is divided by
 * sqrt (mean (x²) + eps) and multiplied by weight: [group], the same for all groups, or [width]; NULL: by 1. */
EngineValueId engine_graph_rms_norm (EngineGraph *graph, EngineValueId x, const EngineTensor *weight, int32_t group, float eps);

/* Each column less its mean, divided by sqrt (variance + eps), times weight [width], plus bias [width] (NULL: none). */
EngineValueId engine_graph_layer_norm (EngineGraph *graph, EngineValueId x, const EngineTensor *weight, const EngineTensor *bias, float eps);

/* weight [in, out] times x [in, n], plus bias [out] (NULL: none), plus residual [out, n]
 * (ENGINE_NO_VALUE: none). Products are summed over ascending blocks of 32 elements. */
EngineValueId engine_graph_matmul (EngineGraph *graph, const EngineTensor *weight, EngineValueId x,
                                   const EngineTensor *bias, EngineValueId residual);

/* Chooses for each column of the logits [n_experts, n] the n_used largest, or those whose sigmoid plus bias [n_experts] (NULL: 0; only with SIGMOID) is. Gives
 * [2 · n_used, n]: the numbers of the experts, the largest first, then their weights. */
EngineValueId engine_graph_route (EngineGraph *graph, EngineValueId logits, const EngineTensor *bias, int32_t n_used, EngineRouting routing);

/* Of weight [in, out, n_experts] the matrices that `routes` names, times x: [in, n], the same for all experts of a column,
 * or [in · n_used, n], one part for each; plus bias [out · n_experts] (NULL: none). Gives [out · n_used, n]. `out` is a
 * multiple of 16. */
EngineValueId engine_graph_experts (EngineGraph *graph, const EngineTensor *weight, EngineValueId x, EngineValueId routes, const EngineTensor *bias);

/* The parts [width · n_used, n] times their weights, added up, plus residual [width, n] (or ENGINE_NO_VALUE). */
EngineValueId engine_graph_mix (EngineGraph *graph, EngineValueId parts, EngineValueId routes, EngineValueId residual);

/* Rotary positions on each head of x [head_dim · n_head, n]. freq_factors [n_rot/2] divide the
 * frequencies (NULL: 1). */
EngineValueId engine_graph_rope (EngineGraph *graph, EngineValueId x, const EngineTensor *freq_factors, const EngineRopeParams *params);

/* Writes k and v [head_dim · n_head_kv, n_tokens] into the cache at the tokens' positions, then
 * attends with q [head_dim · n_head, n_tokens]; softmax (scale · q·k) over the positions that the
 * token may see, times v. `sinks` [n_head] (NULL: none) are scores more, one for each head, that stand for no position.
 * Result [head_dim · n_head, n_tokens]. Adds a CACHE_WRITE and an ATTENTION node. */
EngineValueId engine_graph_attention (EngineGraph *graph, EngineValueId q, EngineValueId k, EngineValueId v, const EngineTensor *sinks, const EngineAttentionParams *params);

/* The two halves of it, where one graph writes and others attend. SEES_BEFORE wants the tokens' own keys to be there. */
void          engine_graph_cache_write (EngineGraph *graph, EngineValueId k, EngineValueId v, const EngineAttentionParams *params);
EngineValueId engine_graph_attend (EngineGraph *graph, EngineValueId q, const EngineTensor *sinks, const EngineAttentionParams *params);

/* Each channel of x [n_channels, m · n_tokens], m ≥ 1 columns for each token, becomes the sum of its values in the column and the n_taps - 1
 * before it in the sequence, the oldest first (0 before the beginning), times weight [n_taps, n_channels], plus bias [n_channels] (NULL:
 * none). `weight` is F32. Layer `cache_layer` of the cache keeps the last n_taps - 1 columns. */
EngineValueId engine_graph_conv (EngineGraph *graph, EngineValueId x, const EngineTensor *weight, const EngineTensor *bias, int32_t cache_layer);

/* Mamba-2 (Dao and Gu 2024, arXiv 2405.21060): x [n_head · head_dim + 2 · n_group · n_state, n_tokens] holds the heads' inputs x,
 * then B, then C of all groups. For each token and head, with Δ = ln (1 + e^steps):
 *
 *   state = e^(Δ · a) · state + (Δ · x) Bᵀ;   out = state C + skip · x
 *
 * steps [n_head, n_tokens]; a, skip [n_head]. Result [n_head · head_dim, n_tokens]. A layer of the cache keeps the state. */
EngineValueId engine_graph_ssm_scan (EngineGraph *graph, EngineValueId x, EngineValueId steps, const EngineTensor *a, const EngineTensor *skip, const EngineSsmParams *params);

/* Gated DeltaNet (Yang, Kautz and Hatamizadeh 2024, arXiv 2412.06464): x [2 · n_group · n_state + n_head · head_dim, n_tokens] holds the queries of all groups, then the keys, then the heads' values.
 * With q and k divided by their lengths, sqrt (Σ x² + eps), and q by sqrt (n_state) as well, for each token and head:
 *
 *   state = e^(a · ln (1 + e^steps)) · state;   state = state + sigmoid (betas) · (v - state k) kᵀ;   out = state q
 *
 * steps, betas [n_head, n_tokens]; a [n_head]. Result [n_head · head_dim, n_tokens]. A layer of the cache keeps the state. */
EngineValueId engine_graph_delta_rule (EngineGraph *graph, EngineValueId x, EngineValueId steps, EngineValueId betas, const EngineTensor *a, const EngineDeltaParams *params);

/* act (gate) · up, element by element; up ENGINE_NO_VALUE: act (gate) alone. */
EngineValueId engine_graph_gated (EngineGraph *graph, EngineValueId gate, EngineValueId up, EngineGate act);

EngineValueId engine_graph_add (EngineGraph *graph, EngineValueId a, EngineValueId b);
/* a + scale · b, with scale [width] the same for all columns. */
EngineValueId engine_graph_add_scaled (EngineGraph *graph, EngineValueId a, EngineValueId b, const EngineTensor *scale);
EngineValueId engine_graph_scale (EngineGraph *graph, EngineValueId x, float factor);

/* What is below `least` becomes it, what is above `most` too; infinities leave that side open. */
EngineValueId engine_graph_clamp (EngineGraph *graph, EngineValueId x, float least, float most);

/* cap · tanh (x / cap). */
EngineValueId engine_graph_softcap (EngineGraph *graph, EngineValueId x, float cap);

/* [width, n_outputs]: the columns of x whose logits the batch wants. */
EngineValueId engine_graph_output_rows (EngineGraph *graph, EngineValueId x);

/* Declares the output, computes lives and arena offsets. False when any call failed: `error` says which. */
bool engine_graph_finish (EngineGraph *graph, EngineValueId logits, EngineError *error);
