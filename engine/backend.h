/* SPDX-License-Identifier: MIT */
/* What a backend is: the small table that the CPU and OpenGL fill.
 *
 * Internal. A backend keeps weights and cache pages in its own memory and layout and
 * runs graphs on them. One runner thread calls `run` and the cache functions; weights
 * are loaded before that, on the loading thread.
 *
 * Determinism that every backend promises: the result for a token is bitwise the same
 * whatever else is in the batch, with any number of threads, and whether earlier
 * positions were computed now or before, as long as the batch is of the same numeric
 * class (ARCHITECTURE.md, "Numeric classes"). */
#pragma once

#include "graph.h"

#include <stdatomic.h>

#define ENGINE_PAGE_TOKENS 64
#define ENGINE_NO_PAGE UINT32_MAX
#define ENGINE_LEAST_STATES 3 /* pages of the state kind that one sequence may need at once: what it reads, what it leaves, and one behind */

/* One sequence of a batch. Position p of a cache kind lies in page
 * pages[kind][p / ENGINE_PAGE_TOKENS] at slot p % ENGINE_PAGE_TOKENS; a page that a
 * window has left behind is ENGINE_NO_PAGE and never read.
 *
 * A page of the state kind holds a whole state. `state` has the one before the sequence's first token in the
 * batch and is not written to. Of the pages that the batch reaches, pages[ENGINE_CACHE_STATE][p / ENGINE_PAGE_TOKENS]
 * takes the state after the last token in it; ENGINE_NO_PAGE: nobody wants that one. The last is always there. */
typedef struct {
  const uint32_t *pages[ENGINE_N_CACHE_KINDS];
  int32_t         n_pages;
  uint32_t        state; /* ENGINE_NO_PAGE: zeros, the beginning */
} EngineBatchSequence;

typedef struct EnginePatches EnginePatches; /* prep/picture.h */

/* The tokens of a sequence stand together, with ascending positions; all earlier
 * positions of that sequence are in the cache or in this batch. */
typedef struct {
  int32_t                    n_tokens;
  const int32_t             *tokens;    /* [n_tokens]; t < 0 stands for column -1 - t of the media */
  const int32_t             *positions; /* [n_tokens] */
  const int32_t             *sequence;  /* [n_tokens], index into sequences */
  int32_t                    n_sequences;
  const EngineBatchSequence *sequences;
  int32_t                    n_outputs;
  const int32_t             *outputs;   /* [n_outputs] ascending columns whose logits are wanted */
  int32_t                    n_media;
  const float               *media;     /* [n_embd · n_parts, n_media], what towers have made; NULL: none. Each column is asked for once by each SPLICE */
  const int32_t             *spans;     /* [2, n_tokens], for SEES_SPAN: the first position that the token sees and the one behind the last, which are in the batch or before it; NULL: none */
  const int32_t             *lasts;     /* [n_tokens], for SEES_BEFORE: the last position that the token sees, its own or a later one in the batch; NULL: its own */
  const int32_t             *axes;      /* [n_axes, n_tokens], for ropes on several axes: the token's position on each; NULL: its position on all */
  const EnginePatches       *patches;   /* of a picture, for PATCHES: one for each token, or for the first of them; NULL: none */
  const atomic_bool         *cancel;    /* NULL: none; looked at at least every few milliseconds; `run` ends with CANCELLED once it is true */
} EngineBatch;

typedef struct {
  int32_t         n_head_kv, head_dim; /* of a kind with an entry for each position */
  EngineCacheKind kind;
  int64_t         n_state;             /* of the state kind: its F32 numbers */
  int32_t         layer;               /* of the model, which may have several of these */
} EngineCacheLayer;

typedef struct {
  EngineCacheType         type;
  int32_t                 n_layers;
  const EngineCacheLayer *layers;                        /* [n_layers] */
  uint32_t                n_pages[ENGINE_N_CACHE_KINDS]; /* pages of each pool; a page holds all layers of its kind */
} EngineCacheShape;

typedef struct EngineBackend EngineBackend;
typedef struct EngineCacheStore EngineCacheStore; /* a backend's cache memory */

/* Reads `n` bytes at `offset` of the tensor's data into `out`. */
typedef bool (*EngineReadFunc) (void *user, const EngineTensor *tensor, size_t offset, void *out, size_t n, EngineError *error);

/* The same, but several threads at once, and bytes that the system need not keep: they are laid somewhere into `room`,
 * [n + 2 · ENGINE_READ_ALIGN] bytes at a multiple of that, and `*at` says where. */
#define ENGINE_READ_ALIGN 4096
typedef bool (*EngineReadPastFunc) (void *user, const EngineTensor *tensor, size_t offset, size_t n, uint8_t *room, const uint8_t **at, EngineError *error);

/* Called after each node with the value it wrote, [width, n] floats. */
typedef void (*EngineNodeFunc) (void *user, const EngineGraph *graph, const EngineNode *node, const float *values);

typedef struct {
  const char *name; /* "cpu" */
  void   (*free) (EngineBackend *backend);

  /* The machine's memory that the tensor will take, where it is not loaded yet; for the check before a load. */
  size_t (*weight_bytes) (const EngineBackend *backend, const EngineTensor *tensor);
  /* Reads the tensor and stores it in the backend's layout in tensor->backend_data. */
  bool   (*weight_load) (EngineBackend *backend, EngineTensor *tensor, EngineReadFunc read, void *user, EngineError *error);
  void   (*weight_free) (EngineBackend *backend, EngineTensor *tensor);
  /* NULL: it has all weights in memory. Of these tensors those that are many experts are not loaded, but read as they are chosen, with at most `bytes` of memory
   * for all that is kept of them; once, before they are given to weight_load. `user` outlives the backend. NO_MEMORY: that is too little. */
  bool   (*stream) (EngineBackend *backend, const EngineTensor *tensors, int32_t n_tensors, size_t bytes, EngineReadPastFunc read, void *user, EngineError *error);
  /* How that has gone so far; together with `stream`. The thread that calls `run`. */
  void   (*expert_stats) (const EngineBackend *backend, EngineExpertStats *stats);
  /* Another one, whose weights this one's graphs may use as well: it loads and frees them on one thread while `run` is at work
   * on another. It runs nothing itself, and is freed after its weights. NULL on error. */
  EngineBackend *(*loader_new) (const EngineBackend *backend, EngineError *error);

  /* Bytes that one page of the kind takes, all layers together. */
  size_t (*cache_page_bytes) (const EngineBackend *backend, const EngineCacheShape *shape, EngineCacheKind kind);
  EngineCacheStore *(*cache_new) (EngineBackend *backend, const EngineCacheShape *shape, EngineError *error);
  void   (*cache_free) (EngineBackend *backend, EngineCacheStore *store);
  /* Copies the first `n_tokens` positions of a page, all layers; of the state kind the state. */
  void   (*cache_copy) (EngineBackend *backend, EngineCacheStore *store, EngineCacheKind kind, uint32_t from, uint32_t to, int32_t n_tokens);

  /* Of a backend that has two places for things, the graphics card and the processor; NULL: it has one.
   * Decides which layers of a model go where, before any is loaded; the last n_together of them to the same. `cache_bytes`: what each layer will want of the cache. */
  void    (*place) (EngineBackend *backend, const EngineTensor *tensors, int32_t n_tensors, int32_t n_layers, int32_t n_together, size_t cache_bytes);
  int32_t (*gpu_layers) (const EngineBackend *backend);
  /* Takes layers away from the graphics card: some, when it had no memory for all; or all, when it failed (`failed`). After it every tensor
   * has to be given to weight_load once more, which loads those that are not where they should be; stores are of no use any more, but to be freed. False: there was nothing to take. */
  bool    (*retreat) (EngineBackend *backend, bool failed);

  /* Runs the finished graph and copies the logits, [n_vocab, n_outputs], to `logits`; not where `output` is ENGINE_NO_VALUE.
   * `inspect` (NULL: none) sees every node's result. Errors: NO_MEMORY, BAD_FILE, CANCELLED
   * (the cache then holds anything at the batch's positions), INTERNAL. */
  bool   (*run) (EngineBackend *backend, const EngineGraph *graph, const EngineBatch *batch, EngineCacheStore *store,
                 float *logits, EngineNodeFunc inspect, void *inspect_user, EngineError *error);
} EngineBackendClass;

struct EngineBackend {
  const EngineBackendClass *klass;
};

/* The one that the options ask for. NULL on error. */
EngineBackend *engine_backend_new (const EngineLoadOptions *options, EngineError *error);
/* The same, but all of a model goes to one place. */
EngineBackend *engine_backend_new_whole (const EngineLoadOptions *options, EngineError *error);

/* `n_threads` 0: as many as there are free cores. `reference`: scalar code on weights kept in F32.
 * NULL on error. */
EngineBackend *engine_cpu_backend_new (int n_threads, bool reference, EngineError *error);
/* Fills in all but the name. */
bool           engine_cpu_describe (EngineBackendInfo *info, EngineError *error);

/* On the graphics card, by OpenGL 4.3 or GLES 3.1; UNSUPPORTED where there is neither. `sentinel` as in EngineLoadOptions. NULL on error. */
EngineBackend *engine_gl_backend_new (uint8_t *sentinel, EngineError *error);
/* Bytes of its memory that are free now; 0: the driver does not tell. */
size_t         engine_gl_backend_memory (const EngineBackend *backend);

/* The last layers of a model on `gpu`, the others on `cpu`; owns both. `gpu_layers` and `gpu_memory` as in EngineLoadOptions. NULL on error. */
EngineBackend *engine_hybrid_backend_new (EngineBackend *cpu, EngineBackend *gpu, int32_t gpu_layers, size_t gpu_memory, EngineError *error);
/* The one that it has for the card; another backend than such a one is returned as it is. */
const EngineBackend *engine_hybrid_gpu (const EngineBackend *backend);
bool           engine_gl_describe (EngineBackendInfo *info, EngineError *error);
