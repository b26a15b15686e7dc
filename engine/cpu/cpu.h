/* SPDX-License-Identifier: MIT */
/* The CPU backend, from the inside.
 *
 * Three layers. backend.c walks over a graph's nodes; one file per operation (embed.c,
 * matmul.c …) cuts a node into items and gives them to the thread pool; the kernels do the
 * arithmetic. The kernels are written once, in kernels/, on vectors of 16 lanes, and compiled
 * once for each instruction set: lanes-scalar.h is the reference, x86/ and arm/ override the
 * lanes. Every set computes the same operations in the same order, so all give the same bits.
 *
 * Data structures first: EngineCpuWeight (a repacked tensor), EngineCpuColumnBlock (32
 * quantised activations), EngineCpuKernels (the table of an instruction set). */
#pragma once

#include "backend.h"
#include "pool.h"
#include "slabs.h"

#define ENGINE_CPU_ROWS 16 /* rows of a group: one lane each */
#define ENGINE_CPU_TILE 32 /* columns that a matmul kernel takes at most */
#define ENGINE_CPU_QUERIES 32 /* query vectors that an attention kernel takes at most */

/* ---- weights ------------------------------------------------------------- */

/* A matrix [n_in, n_out], repacked so that one vector holds the same columns of 16 rows.
 *
 * Group g has the rows 16·g … 16·g + 15; rows past the end are zero. Float types: n_in times
 * the 16 rows' elements of one column. Block types: the scales of all blocks first (below,
 * rounded up to 64 bytes), then for each block of 32 columns the codes:
 *
 *   2 bits  two vectors of 64 bytes: bits 2·t … 2·t + 1 of byte 4·row + i of vector h are of column 16·h + 4·t + i
 *   3 bits  the same, and one vector of third bits: bit t of byte 4·row + i is of column 4·t + i
 *   4 bits  4 vectors of 64 bytes; byte 4·row + i of vector j has column 4·j + i in its low
 *           nibble and column 16 + 4·j + i in its high one
 *   5 bits  the same, and one vector of fifth bits: bit t of byte 4·row + i is of column 4·t + i
 *   6 bits  the same as 4, and two vectors of upper bits: bits 2·t … 2·t + 1 of byte 4·row + i of
 *           vector h are of column 16·h + 4·t + i
 *   8 bits  8 vectors; byte 4·row + i of vector j is of column 4·j + i
 *
 * and the scales, each as it is in EngineQuantParts and for 16 rows side by side:
 *
 *   STEP, STEP_BF16   per block: d            SUPER             per 8 blocks: d, then 8 × scale
 *   STEPS             per block: d[0], d[1]   SUPER_MIN         per 8 blocks: d, m, then 8 × (scale, min)
 *   STEP_MIN          per block: d, m         SUPER_HALVES      per 8 blocks: d, then 8 × (scale[0], scale[1])
 *                                             SUPER_HALVES_MIN  per 8 blocks: d, m, then 8 × (scale[0], scale[1], min[0], min[1])
 *
 * Wide: half floats as whole numbers of 14 bits, of which every 32 of a row share a step, so that a value is at most a 16,382th of their largest from what it was: half floats are not much
 * nearer to what they stand for. The last block is filled with zeros. For each block first the 16 rows' steps as floats, then 16 vectors of 64 bytes: number 2·row + i of vector j is of column 2·j + i. */
typedef struct EngineCpuStream EngineCpuStream; /* expert-cache.h */

typedef struct {
  EngineType type;        /* of the elements here: the file's, but F32 for vectors and in reference mode */
  bool       wide;        /* not kept as that type says, but as above */
  int64_t    n_in, n_out;
  int64_t    n_groups;    /* 0: a vector, `data` has n_in plain floats */
  size_t     scale_bytes; /* of a group, in front of its codes */
  size_t     group_bytes;
  size_t     bytes;       /* of `data` */
  uint8_t   *data;        /* aligned to 64 */
  EngineCpuStream *stream; /* of experts that are read as they are chosen, in the place of `data`; NULL: all is there */
} EngineCpuWeight;

/* How weights are kept: as the file has them; as floats, for the reference; matrices of half floats wide, all others (experts, too) as the file has them. */
typedef enum { ENGINE_CPU_KEEP_TYPES, ENGINE_CPU_KEEP_FLOATS, ENGINE_CPU_KEEP_WIDE } EngineCpuKeeping;

#define ENGINE_CPU_WIDE_MOST  8191 /* 32 · 8191² < 2³¹ */
#define ENGINE_CPU_WIDE_BYTES (ENGINE_CPU_ROWS * sizeof (float) + ENGINE_CPU_ROWS * ENGINE_QUANT_BLOCK * sizeof (int16_t)) /* of a block */

/* Fills everything but `data`. False when the sizes overflow. */
bool engine_cpu_weight_layout (const EngineTensor *tensor, EngineCpuKeeping keeping, EngineCpuWeight *weight);
/* Row `row` as floats, [n_in]. */
void engine_cpu_weight_row (const EngineCpuWeight *weight, int64_t row, float *out);
/* Repacks 16 (or, at the end, fewer) rows as they stand in the file into one group, which was zero before. */
void engine_cpu_pack_group (const EngineCpuWeight *weight, EngineType file_type, const uint8_t *rows, size_t row_bytes, int n_rows, uint8_t *group);

static inline const EngineCpuWeight *
engine_cpu_weight (const EngineTensor *tensor)
{
  return tensor->backend_data;
}

/* ---- activations --------------------------------------------------------- */

/* 32 activations of one column: x ≈ d · q. One cache line. The sums serve the offsets and
 * minima of the weights. */
typedef struct {
  int8_t  q[32];
  float   d;
  float   d_sum;       /* d · Σ q */
  int32_t neg_sum;     /* -Σ q */
  int32_t neg_half[2]; /* the same of either 16 */
  int32_t unused[3];
} EngineCpuColumnBlock;

_Static_assert (sizeof (EngineCpuColumnBlock) == 64, "a column block is one cache line");

/* Columns stand in tiles of ENGINE_CPU_TILE; within a tile of `width` columns (fewer in the
 * last), block b of column c is at b · width + c. */
static inline EngineCpuColumnBlock *
engine_cpu_panel_tile (EngineCpuColumnBlock *panel, int64_t n_blocks, int64_t tile)
{
  return panel + tile * ENGINE_CPU_TILE * n_blocks;
}

/* The same for wide weights: whole numbers of 14 bits. They stand as above. */
typedef struct {
  int16_t q[32];
  float   d;
  int32_t unused[3];
} EngineCpuWideBlock;

static inline int64_t
engine_cpu_wide_blocks (int64_t n_in)
{
  return n_in / ENGINE_QUANT_BLOCK + (n_in % ENGINE_QUANT_BLOCK != 0);
}

static inline EngineCpuWideBlock *
engine_cpu_wide_tile (EngineCpuWideBlock *panel, int64_t n_blocks, int64_t tile)
{
  return panel + tile * ENGINE_CPU_TILE * n_blocks;
}

/* ---- kernels ------------------------------------------------------------- */

typedef struct {
  const EngineCpuWeight *weight;
  const float           *x;     /* [n_in, n]; for float weights */
  EngineCpuColumnBlock  *panel; /* the same, quantised; for block weights */
  EngineCpuWideBlock    *wide;  /* the same, for wide weights */
  int64_t                n;
  const float           *bias;     /* [n_out] or NULL */
  const float           *residual; /* [n_out, n] or NULL */
  float                 *out;      /* [n_out, n] */
} EngineCpuMatmul;

/* What a cache keeps of keys and values; F32 only in reference mode. */
typedef enum { ENGINE_CPU_CACHE_F32, ENGINE_CPU_CACHE_F16, ENGINE_CPU_CACHE_Q8_0, ENGINE_CPU_CACHE_Q4, ENGINE_CPU_N_CACHES } EngineCpuCache;

/* Some query vectors that look at the keys and values of one head. */
typedef struct {
  int          n_queries;
  int          head_dim;
  float        scale, softcap;
  const float *q[ENGINE_CPU_QUERIES];     /* [head_dim] each */
  int32_t      begin[ENGINE_CPU_QUERIES]; /* the positions that each sees: begin … end - 1 */
  int32_t      end[ENGINE_CPU_QUERIES];
} EngineCpuQueries;

/* The running softmax of those queries: the largest score, Σ exp (score - largest) and
 * Σ exp (score - largest) · v, [head_dim] each, `stride` floats apart. */
typedef struct {
  float  largest[ENGINE_CPU_QUERIES];
  float  sum[ENGINE_CPU_QUERIES];
  float *weighted;
  size_t stride;
} EngineCpuSoftmax;

/* Keys and values of one head in one page of the cache: keys [head_dim][64] (with scales
 * [ceil (head_dim/32)][64] and the page's base [head_dim] behind them for Q8_0), values [64][head_dim] (with scales
 * [64][ceil (head_dim/32)]). Q4's are laid out otherwise: kernels/attention-q4.h. */
typedef struct {
  const uint8_t *keys, *values;
} EngineCpuPage;

/* Tokens that follow each other, for one head of Mamba-2's recurrence: see engine_graph_ssm_scan (). */
typedef struct {
  int          n_tokens, head_dim, n_state;
  const float *x;             /* [head_dim] of the first token */
  const float *b, *c;         /* [n_state] of the first token */
  size_t       stride;        /* floats from a token's x, b and c to the next one's */
  const float *decay, *step;  /* [n_tokens] e^(Δ · a), Δ */
  float        skip;
  float       *out;           /* [head_dim] of the first token */
  size_t       out_stride;
} EngineCpuScan;

/* The same of Gated DeltaNet's: see engine_graph_delta_rule (). */
typedef struct {
  int          n_tokens, head_dim, n_state;
  const float *q, *k;         /* [n_state] of the first token, divided by their lengths, q by sqrt (n_state) too */
  size_t       turn_stride;   /* floats from a token's q and k to the next one's */
  const float *v;             /* [head_dim] of the first token */
  size_t       v_stride;
  const float *decay, *beta;  /* [n_tokens] */
  float       *out;           /* [head_dim] of the first token */
  size_t       out_stride;
} EngineCpuDelta;

typedef struct {
  const char *name; /* "avx512" */

  /* Quantises n_blocks · 32 values; block b goes to out[b · stride]. */
  void (*quantise) (const float *x, int64_t n_blocks, EngineCpuColumnBlock *out, int64_t stride);
  /* The same of n values for wide weights; the last block is filled with zeros. */
  void (*quantise_wide) (const float *x, int64_t n, EngineCpuWideBlock *out, int64_t stride);
  /* Rows of one group times the columns column … column + n_columns - 1 of one tile. */
  void (*matmul[ENGINE_N_TYPES]) (const EngineCpuMatmul *job, int64_t group, int64_t column, int n_columns);
  void (*matmul_wide) (const EngineCpuMatmul *job, int64_t group, int64_t column, int n_columns);
  /* weight may be NULL. */
  void (*rms_norm) (const float *x, const float *weight, float *out, int64_t n, float eps);
  /* bias may be NULL. */
  void (*layer_norm) (const float *x, const float *weight, const float *bias, float *out, int64_t n, float eps);
  /* up may be NULL: 1. */
  void (*gated[ENGINE_N_GATES]) (const float *gate, const float *up, float *out, int64_t n);
  void (*add) (const float *a, const float *b, float *out, int64_t n);
  void (*add_scaled) (const float *a, const float *b, const float *scale, float *out, int64_t n); /* a + scale · b */
  void (*scale) (const float *x, float factor, float *out, int64_t n);
  void (*softcap) (const float *x, float cap, float *out, int64_t n);
  /* One head: turns the first n_rot of head_dim by cosine and sine [n_rot/2] each. */
  void (*rope[ENGINE_ROPE_HALVES + 1]) (const float *x, const float *cosine, const float *sine, int n_rot, int head_dim, float *out);
  /* Writes one head's key and value, [head_dim], into slot `slot` of a page, whose first key is `first`; NULL: it is there already. */
  void (*cache_write[ENGINE_CPU_N_CACHES]) (const float *k, const float *v, int head_dim, int slot, const float *first, uint8_t *keys, uint8_t *values);
  /* Takes the positions first … first + 63, which lie in `page`, into the softmax. */
  void (*attend[ENGINE_CPU_N_CACHES]) (const EngineCpuQueries *queries, EngineCpuPage page, int32_t first, EngineCpuSoftmax *softmax);
  /* into += from, as if from's positions came after into's. */
  void (*combine) (const EngineCpuQueries *queries, const EngineCpuSoftmax *from, EngineCpuSoftmax *into);
  /* bias + Σ weight · taps over the channels of one token: taps [n] each, the oldest first; weight as EngineCpuWeight
   * keeps [n_taps, n]; bias may be NULL. */
  void (*conv) (const float *const *taps, int n_taps, const float *weight, const float *bias, float *out, int64_t n);
  /* The state [n_state][head_dim] `from` (NULL: zeros) before the tokens gives `to` after them; they may be the same. */
  void (*scan) (const EngineCpuScan *job, const float *from, float *to);
  void (*delta) (const EngineCpuDelta *job, const float *from, float *to);
  /* What the processor could do at most: n · 12 · 8 steps of 16 · 4 products of bytes; n_bytes (a multiple of 256) read. What they return means nothing. */
  int32_t (*limit_dots) (int64_t n);
  float (*limit_read) (const uint8_t *data, size_t n_bytes);
} EngineCpuKernels;

extern const EngineCpuKernels engine_cpu_kernels_scalar, engine_cpu_kernels_reference;
#if defined (__x86_64__)
extern const EngineCpuKernels engine_cpu_kernels_reference_avx2, engine_cpu_kernels_avx2, engine_cpu_kernels_avxvnni, engine_cpu_kernels_avx512vl, engine_cpu_kernels_avx512;
#elif defined (__aarch64__)
extern const EngineCpuKernels engine_cpu_kernels_neon;
#endif

/* The tables that this machine can run, the best first and the scalar one last. Returns how many. */
#define ENGINE_CPU_MAX_VARIANTS 5
int engine_cpu_variants (const EngineCpuKernels *variants[ENGINE_CPU_MAX_VARIANTS]);
/* The same of the reference mode; the last is plain C. */
int engine_cpu_reference_variants (const EngineCpuKernels *variants[ENGINE_CPU_MAX_VARIANTS]);
/* The best one; of those that are not for reference the one that MELETE_CPU names, where the environment has it.
 * NULL with BAD_INPUT. */
const EngineCpuKernels *engine_cpu_choose_kernels (bool reference, EngineError *error);

/* ---- cache --------------------------------------------------------------- */

typedef struct {
  EngineCacheLayer shape;
  size_t           offset;     /* of the layer in a page */
  size_t           key_bytes;  /* of one head in a page; its values follow */
  size_t           head_bytes; /* keys and values of one head */
} EngineCpuCacheLayer;

struct EngineCacheStore {
  EngineCpuCache       type;
  int32_t              n_layers;
  EngineCpuCacheLayer *layers;                           /* [n_layers] */
  size_t               page_bytes[ENGINE_N_CACHE_KINDS]; /* all layers of the kind */
  size_t               bytes[ENGINE_N_CACHE_KINDS];
  uint8_t             *data[ENGINE_N_CACHE_KINDS];       /* the pages, one after the other */
};

EngineCacheStore *engine_cpu_cache_new (const EngineCacheShape *shape, bool reference, EngineError *error);
void              engine_cpu_cache_free (EngineCacheStore *store);
size_t            engine_cpu_cache_page_bytes (const EngineCacheShape *shape, bool reference, EngineCacheKind kind);

static inline EngineCpuPage
engine_cpu_page (const EngineCacheStore *store, int32_t layer, uint32_t page, int32_t head)
{
  const EngineCpuCacheLayer *l = &store->layers[layer];
  const uint8_t *keys = store->data[l->shape.kind] + page * store->page_bytes[l->shape.kind] + l->offset + (size_t) head * l->head_bytes;

  return (EngineCpuPage) { keys, keys + l->key_bytes };
}

/* A layer's state in a page of the state kind; NULL for ENGINE_NO_PAGE. */
static inline float *
engine_cpu_state (const EngineCacheStore *store, int32_t layer, uint32_t page)
{
  const EngineCpuCacheLayer *l = &store->layers[layer];

  return page == ENGINE_NO_PAGE ? NULL : (float *) (store->data[ENGINE_CACHE_STATE] + page * store->page_bytes[ENGINE_CACHE_STATE] + l->offset);
}

/* ---- backend ------------------------------------------------------------- */

/* Memory that grows and is kept from run to run. */
typedef struct {
  void  *data;
  size_t bytes;
} EngineCpuBuffer;

/* At least `bytes`, aligned to 64; what was there is lost. NULL after filling `error`. */
void *engine_cpu_buffer_reserve (EngineCpuBuffer *buffer, size_t bytes, EngineError *error);

typedef struct {
  EngineBackend           base;
  const EngineCpuKernels *kernels;
  EngineCpuKeeping        keeping;
  bool                    reference; /* the same as that floats are kept */
  EngineCpuPool          *pool;
  EngineCpuSlabs          slabs;   /* the weights */
  struct EngineCpuExpertCache *expert_cache; /* NULL: all experts are in memory */
  EngineCpuBuffer         arena;   /* the values of a graph */
  EngineCpuBuffer         panel;   /* the quantised input of the latest matmul */
  EngineCpuBuffer         turns;   /* cosines and sines of the latest kind of rope */
  EngineCpuBuffer         tiles;   /* of attention, and its softmaxes */
  EngineCpuBuffer         experts; /* the columns by expert */
  EngineCpuBuffer         spans;   /* where the batch's sequences begin */
  EngineCpuBuffer         scratch;
} EngineCpuBackend;

typedef struct {
  EngineCpuBackend  *backend;
  const EngineGraph *graph;
  const EngineBatch *batch;
  EngineCacheStore  *store;
  float             *logits;
  EngineValueId      panel_of;    /* the value that backend->panel has, and whether as wide blocks */
  bool               panel_wide;
  const EngineNode  *turns_of;    /* a node whose cosines and sines backend->turns has */
} EngineCpuRun;

/* The memory of a value that a node writes or has written. */
float *engine_cpu_value (const EngineCpuRun *run, EngineValueId id);
/* A weight vector's floats; NULL for ENGINE_NO_VALUE. */
const float *engine_cpu_vector (const EngineCpuRun *run, EngineValueId id);

#define OP(NAME, symbol, tolerance) bool engine_cpu_##symbol (EngineCpuRun *run, const EngineNode *node, EngineError *error);
#include "ops.def"
#undef OP

/* The tokens of one sequence of the batch. */
typedef struct {
  int32_t                    token, n_tokens;
  const EngineBatchSequence *sequence;
} EngineCpuSpan;

/* The batch's sequences in the order of their tokens; NULL after filling `error`. */
const EngineCpuSpan *engine_cpu_spans (EngineCpuRun *run, int32_t *n_spans, EngineError *error);
/* How many tokens from the span's `first` on come before a state is to be kept, and in which page. */
int32_t engine_cpu_span_stretch (const EngineCpuRun *run, const EngineCpuSpan *span, int32_t first, uint32_t *page);

/* What a ROUTE node gives for other logits [n_experts, n]: `out` [2 · n_used, n]. bias may be NULL. */
void engine_cpu_route_columns (const EngineNode *node, const float *bias, const float *logits, int64_t n_experts, float *out, int64_t n);

/* ln (1 + eˣ). */
float engine_cpu_softplus (float x);

/* Element by element with node->params.scale: scale and softcap. */
bool engine_cpu_scaled (EngineCpuRun *run, const EngineNode *node, void (*kernel) (const float *x, float factor, float *out, int64_t n));

/* Calls `function` for parts of 0 … n - 1 that cost about `cost` elementary operations each;
 * small work stays on this thread. */
typedef void (*EngineCpuRangeFunc) (void *data, int64_t begin, int64_t end);
void engine_cpu_split (EngineCpuRun *run, int64_t n, int64_t cost, EngineCpuRangeFunc function, void *data);
