/* SPDX-License-Identifier: MIT */
/* The OpenGL backend, from the inside.
 *
 * thread.c owns the one thread that talks to OpenGL; everything below runs on it. device.c makes a context of no
 * window and tells what the device can do; programs.c compiles shaders as they are asked for; weights.c keeps tensors
 * on the device, quantised, in a layout of its own; cache.c keeps keys, values and states; run.c walks over a graph's nodes,
 * and one file for each operation chooses a shader, its numbers and its groups.
 *
 * Written for the least that GLES 3.1 promises: four storage buffers in a shader, 128 invocations in a group, 16 KiB of
 * shared memory, 65535 groups in each direction. One buffer, the arena, holds all values of a graph and, in front of them,
 * what the batch says (tokens, positions, pages …), so that a shader needs no more than the arena, a weight, a second
 * weight and the cache.
 *
 * Data structures first: EngineGlDevice, EngineGlWeight, EngineCacheStore, EngineGlBackend, EngineGlRun. */
#pragma once

#include "counts.h"

#include <epoxy/egl.h>
#include <epoxy/gl.h>

/* ---- thread.c ------------------------------------------------------------ */

typedef struct EngineGlThread EngineGlThread;

/* `sentinel`: a byte that is 1 while it is at work; NULL: none. NULL after filling `error`. */
EngineGlThread *engine_gl_thread_new (uint8_t *sentinel, EngineError *error);
/* Any thread but its own: runs `function` on it, after what others have asked for, and waits for the end. False: the driver does not
 * come back, now or before; the thread is given up, and touches nothing of `data` any more, but the driver may still read what it was given to read. */
bool engine_gl_thread_call (EngineGlThread *thread, void (*function) (void *data), void *data);
bool engine_gl_thread_is_gone (EngineGlThread *thread);
/* How long a call of the driver may take, in seconds; 0: for ever. A software rasteriser takes as long as it takes. */
void engine_gl_thread_set_patience (EngineGlThread *thread, int seconds);
/* Ends it, when it has done all that it was asked for; not one that was given up. */
void engine_gl_thread_free (EngineGlThread *thread);

/* Its own thread: around what may keep it in the driver for long. What the driver reads meanwhile lives on when the thread is given up. */
void engine_gl_enter (void);
void engine_gl_leave (void);
/* For tests: never comes back, and need not be waited for long. */
void engine_gl_hang (void);

/* ---- device.c ------------------------------------------------------------ */

typedef struct {
  EGLDisplay display;
  EGLContext context;
  EGLSurface surface;        /* where the driver wants one; never drawn on */
  char       renderer[96], version[96]; /* as the driver calls itself */
  bool       es;             /* GLES 3.1, not OpenGL 4.3 */
  bool       software;       /* the processor draws: a rasteriser that is never chosen by itself */
  int32_t    max_texture;    /* pixels on a side */
  size_t     max_block;      /* bytes that a shader sees of one buffer */
  size_t     window, window_step; /* bytes that it sees of uniforms, and what the first is a multiple of */
  uint32_t   max_invocations, max_shared; /* of a group: how many, and bytes */
  GLenum   (*reset_status) (void); /* NULL: the driver does not tell of resets */
  bool       lost;           /* it was reset: everything that it held is gone */
  bool       measures;       /* its tiles, though it is software */
} EngineGlDevice;

/* A context of OpenGL 4.3 or GLES 3.1 on a display without windows, current on this thread. MELETE_GL in the environment, a list
 * of words: "es" wants GLES, "least" pretends that the device has no more than is promised; "surfaceless", "device" and "default" want that display, "pbuffer" a surface; "measure": see tiles.c. False with UNSUPPORTED. `device` stays where it is. */
bool engine_gl_device_open (EngineGlDevice *device, EngineError *error);
void engine_gl_device_close (EngineGlDevice *device);
/* Bytes of its own memory that are free; 0: it has none, or does not tell. On its thread. */
size_t engine_gl_device_memory (void);
/* Whether the last commands went well, on the device of this thread; NO_MEMORY, IO (it was reset) or INTERNAL. `what` is for the log. */
bool engine_gl_check (const char *what, EngineError *error);
/* The sentence for a thread that was given up. False. */
bool engine_gl_fail_gone (EngineError *error);

/* What goes wrong in drivers, for tests: the check after so many more finds it, on whichever device. Any thread. MELETE_GL_FAULT in the
 * environment, "reset:N", "memory:N" or "hang:N", does the same when a device is opened. */
typedef enum { ENGINE_GL_FAULT_NONE, ENGINE_GL_FAULT_RESET, ENGINE_GL_FAULT_MEMORY, ENGINE_GL_FAULT_HANG, ENGINE_GL_N_FAULTS } EngineGlFault;
void engine_gl_inject (EngineGlFault fault, int checks);
/* Checks that are still to come before it; negative: none is on its way. */
int  engine_gl_injected (void);

/* ---- programs.c ---------------------------------------------------------- */

typedef enum {
#define SHADER(NAME, symbol, ...) ENGINE_GL_SHADER_##NAME,
#include "shaders.def"
#undef SHADER
  ENGINE_GL_N_SHADERS,
} EngineGlShader;

#define ENGINE_GL_CHOICES 5

/* A shader and what it is compiled with: the type of its first weight (ENGINE_N_TYPES: none), and the numbers that
 * shaders.def names. */
typedef struct {
  uint8_t shader, type;
  uint8_t choices[ENGINE_GL_CHOICES];
} EngineGlKey;

typedef struct EngineGlPrograms EngineGlPrograms;

EngineGlPrograms *engine_gl_programs_new (EngineError *error);
void              engine_gl_programs_free (EngineGlPrograms *programs);
/* Compiles it where it is new. 0 after filling `error`: INTERNAL, with the driver's words in the log. */
GLuint engine_gl_program (EngineGlPrograms *programs, const EngineGlDevice *device, EngineGlKey key, EngineError *error);

/* ---- weights.c ----------------------------------------------------------- */

#define ENGINE_GL_ROWS 32 /* rows of a group: neighbouring invocations read neighbouring words */

/* A buffer with whole groups of a weight's rows. */
typedef struct {
  GLuint  buffer;
  int64_t first_group, n_groups;
} EngineGlPart;

/* A matrix [n_in, n_out]. Row r is row r % 32 of group r / 32; rows past the end are zero. A group is 32-bit words, word w
 * of row r at 32 · w + r, so that what is said here of a row's words is said of 32 rows side by side:
 *
 *   float types  n_in elements, 32 / bits in a word, the first in the low bits, rounded up to a multiple of 32 elements
 *   block types  for each block of 32 elements its codes:
 *                  low part   of codes with 4 bits or more their low 4, 4 words: byte i of word j has code 4·j + i in its low half and
 *                             code 16 + 4·j + i in its high one; of 8 bits, 8 words: byte i of word j is code 4·j + i
 *                             of 2 and 3 bits their low 2, 2 words: byte i of word j has codes 16·j + i, + 4, + 8 and + 12
 *                  high part  of 3 and 5 bits 1 word, of 6 bits 2 words in the same manner:
 *                             1 bit: bit t of byte i is of code 4·t + i; 2 bits: as the low part of 2 bits
 *                behind the codes of all blocks the scales, see EngineQuantParts; 32 elements (STEP …) or 256 (SUPER …):
 *                  STEP, STEP_BF16   d; two blocks in a word
 *                  STEPS             d[0] | d[1] << 16
 *                  STEP_MIN          d | m << 16
 *                  SUPER             d, then 8 × scale, four in a word
 *                  SUPER_MIN         d | m << 16, 8 × scale, 8 × min
 *                  SUPER_HALVES      d, then 16 × scale
 *                  SUPER_HALVES_MIN  d | m << 16, 16 × scale, 16 × min
 *
 * A vector (one dimension) is n_in plain floats, here and in `host`: some of what is made of them is computed by the processor.
 * A matrix that is larger than a shader may see is in several parts. */
typedef struct {
  EngineType   type;
  int64_t      n_in, n_out;
  int64_t      n_groups;    /* 0: a vector */
  int32_t      n_blocks;    /* of 32 elements in a row, the last of a float type perhaps not full */
  size_t       code_words, group_words; /* of a row: of the codes, and in all */
  size_t       bytes;
  int32_t      n_parts;
  EngineGlPart *parts;      /* [n_parts] */
  float       *host;
} EngineGlWeight;

/* Fills in everything but the parts and `host`. False when the sizes overflow. */
bool engine_gl_weight_layout (const EngineTensor *tensor, EngineGlWeight *weight);
/* Puts n_rows ≤ 32 rows of a file, row_bytes each, into a group of group_words · 32 words that was zero before. */
void engine_gl_pack_group (const EngineGlWeight *weight, const uint8_t *rows, size_t row_bytes, int n_rows, uint32_t *group);

static inline const EngineGlWeight *
engine_gl_weight (const EngineTensor *tensor)
{
  return tensor->backend_data;
}

static inline uint64_t
engine_gl_rows_bytes (const EngineGlWeight *weight, int64_t n_rows)
{
  return (uint64_t) n_rows * weight->group_words * sizeof (uint32_t);
}

/* ---- cache.c ------------------------------------------------------------- */

/* Of one layer, all pages one after the other. Keys and values are binary16, two neighbouring numbers of a head in a word; for each
 * head of a page the keys, word [dim / 2][64 positions], then the values, word [64 positions][dim / 2]. An odd head_dim is
 * rounded up. States are floats. */
typedef struct {
  EngineCacheLayer shape;
  size_t           page_words;
  GLuint           buffer;
} EngineGlCacheLayer;

struct EngineCacheStore {
  int32_t             n_layers;
  EngineGlCacheLayer *layers; /* [n_layers] */
};

/* False on overflow. */
bool engine_gl_cache_page_words (const EngineCacheLayer *layer, size_t *words);

/* ---- backend.c ----------------------------------------------------------- */

/* ---- tiles.c ------------------------------------------------------------- */

/* What a matrix product is cut into; see shaders/matmul.comp. */
typedef struct {
  uint8_t split;      /* invocations that share a row's blocks; 0: not chosen yet */
  uint8_t rows_one;   /* groups of rows of an invocation, for one column */
  uint8_t rows, columns; /* for many; columns: the most */
  bool    uniform_one, uniform; /* the input of one column, and of many, is read as uniforms */
  uint8_t  lanes;      /* invocations of a group in attention.comp */
  uint16_t few_groups; /* with fewer of them it has each query read its keys by itself, for there to be more */
} EngineGlTiles;

/* What a backend and its loaders have in common. */
typedef struct {
  int32_t           ref_count; /* atomic */
  EngineGlThread   *thread;
  EngineGlDevice    device;
  EngineGlPrograms *programs;
  GLuint            arena, staging; /* grow as they are needed; staging is what is read back */
  size_t            arena_bytes, staging_bytes;
  EngineGlTiles     tiles;
  EngineGlCounts    counts;
} EngineGlShared;

typedef struct {
  EngineBackend   base;
  EngineGlShared *shared;
} EngineGlBackend;

/* Chooses shared->tiles, by a measurement of seconds where no earlier one is kept. */
void    engine_gl_tiles_choose (EngineGlShared *shared);

/* How the columns [width, n] that a matrix is multiplied with are taken. */
typedef struct {
  uint8_t at_once; /* by an invocation: a power of two, but never more than there are */
  bool    uniform; /* they are read as uniforms, as many as have room there… */
  int64_t each;    /* …and these by a dispatch: a multiple of at_once, or n */
} EngineGlCut;
EngineGlCut engine_gl_cut (const EngineGlDevice *device, const EngineGlTiles *tiles, int64_t width, int64_t n);

/* ---- run.c --------------------------------------------------------------- */

/* Where the parts of a batch lie in the arena's buffer, in words. */
typedef struct {
  uint32_t tokens, positions, outputs; /* as in EngineBatch */
  uint32_t sequence;                   /* [n_tokens] */
  uint32_t spans;                      /* [2, n_tokens] of the batch */
  uint32_t lasts;                      /* [n_tokens] of the batch */
  uint32_t last;                       /* [n_tokens] the last position of the token's sequence in the batch */
  uint32_t pages[ENGINE_N_CACHE_KINDS]; /* [n_pages, n_sequences] */
  uint32_t n_pages;                    /* the most of any sequence */
  uint32_t across, down, places;       /* of a picture, as patches.comp has them */
  uint32_t media;                      /* [n_embd, n_media] */
  uint32_t stretches, n_stretches;     /* as state.glsl has them, for a model with states */
  uint32_t stretch;                    /* [n_tokens] which one the token is in */
  uint32_t values;                     /* of the graph; a multiple of 16 */
} EngineGlLayout;

typedef struct {
  EngineGlShared    *shared;
  const EngineGraph *graph;
  const EngineBatch *batch;
  EngineCacheStore  *store;
  EngineGlLayout     at;
  int32_t            node;             /* that is being run */
  uint32_t          *turns;            /* [n_nodes] of a ROPE node where its cosines and sines are, in words of the arena */
  int32_t           *earlier;          /* [n_nodes] of a ROPE node the one before it; -1: the first */
  EngineError       *error;
} EngineGlRun;

#define ENGINE_GL_PARAMS 16

/* What a shader works on: binding 0 is the arena; 1, 2 and 3 are these, 0: none. */
typedef struct {
  EngineGlKey key;
  GLuint      buffers[3];
  bool        has_window;              /* it sees a part of the arena as uniforms… */
  uint32_t    window;                  /* …from this word on, a multiple of the device's window_step */
  uint32_t    params[ENGINE_GL_PARAMS];
  int64_t     groups[3];               /* 0 counts as 1 */
  uint64_t    weight_bytes;            /* that it reads of a matrix, all its groups together; for EngineGlCounts */
} EngineGlDispatch;

/* Runs it; NO_MEMORY where there are more groups than a device must take. */
bool engine_gl_dispatch (EngineGlRun *run, const EngineGlDispatch *dispatch);
/* What one dispatch has written the next one reads. */
void engine_gl_barrier (EngineGlRun *run);

/* The first word of a value that a node has written; ENGINE_GL_NONE for ENGINE_NO_VALUE. */
#define ENGINE_GL_NONE UINT32_MAX
uint32_t engine_gl_value (const EngineGlRun *run, EngineValueId id);
/* A weight of one dimension; 0 for ENGINE_NO_VALUE. */
GLuint engine_gl_vector (const EngineGlRun *run, EngineValueId id);
uint32_t engine_gl_float (float value);

bool engine_gl_run (EngineBackend *backend, const EngineGraph *graph, const EngineBatch *batch, EngineCacheStore *store,
                    float *logits, EngineNodeFunc inspect, void *inspect_user, EngineError *error);

#define OP(NAME, symbol, tolerance) bool engine_gl_##symbol (EngineGlRun *run, const EngineNode *node);
#include "ops.def"
#undef OP

/* Nodes that follow each other and that one dispatch can do: whether node `first` begins such, and that. fused.def names them. */
#define FUSED(symbol, n_nodes) \
  bool engine_gl_is_##symbol (const EngineGlRun *run, int32_t first); \
  bool engine_gl_##symbol (EngineGlRun *run, int32_t first);
#include "fused.def"
#undef FUSED

static inline int64_t
engine_gl_groups (int64_t n, int64_t each)
{
  return (n + each - 1) / each;
}
