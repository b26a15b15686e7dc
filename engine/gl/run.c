/* SPDX-License-Identifier: MIT */
/* Walks over a graph's nodes.
 *
 * What the batch says goes to the front of the arena in one piece; then each node is a dispatch or two, with a barrier where a node
 * reads or overwrites what is still being written or read; at the end the logits are copied to the staging buffer and read. Nothing is waited for in between, but
 * every SUBMIT nodes a fence tells how far the device is, so that a cancelled batch ends soon. */
#include "gl.h"
#include "prep/picture.h"
#include "rope.h"

#include <string.h>

#define SUBMIT 64            /* nodes between two looks at `cancel` */
#define WAIT_NS 2000000      /* a look at `cancel` while the device is busy */
#define MOST_WAITS 15000     /* half a minute: what no card needs for SUBMIT nodes, so that it hangs */
#define MOST_GROUPS 65535
#define MOST_SPANS 24

static const struct {
  bool (*run) (EngineGlRun *run, const EngineNode *node);
} operations[ENGINE_N_OPS] = {
#define OP(NAME, symbol, tolerance) [ENGINE_OP_##NAME] = { engine_gl_##symbol },
#include "ops.def"
#undef OP
};

static const struct {
  bool  (*is) (const EngineGlRun *run, int32_t first);
  bool  (*run) (EngineGlRun *run, int32_t first);
  int32_t n_nodes;
} fused[] = {
#define FUSED(symbol, n) { engine_gl_is_##symbol, engine_gl_##symbol, n },
#include "fused.def"
#undef FUSED
};

/* ---- what the operations use --------------------------------------------------- */

uint32_t
engine_gl_value (const EngineGlRun *run, EngineValueId id)
{
  return id == ENGINE_NO_VALUE ? ENGINE_GL_NONE : run->at.values + (uint32_t) (run->graph->values[id].offset / sizeof (float));
}

GLuint
engine_gl_vector (const EngineGlRun *run, EngineValueId id)
{
  return id == ENGINE_NO_VALUE ? 0 : engine_gl_weight (run->graph->values[id].weight)->parts->buffer;
}

uint32_t
engine_gl_float (float value)
{
  uint32_t bits;

  memcpy (&bits, &value, sizeof bits);
  return bits;
}

void
engine_gl_barrier (EngineGlRun *run)
{
  const EngineGlTiles *tiles = &run->shared->tiles;

  glMemoryBarrier (tiles->uniform || tiles->uniform_one ? GL_SHADER_STORAGE_BARRIER_BIT | GL_UNIFORM_BARRIER_BIT : GL_SHADER_STORAGE_BARRIER_BIT);
  run->shared->counts.barriers++;
}

bool
engine_gl_dispatch (EngineGlRun *run, const EngineGlDispatch *dispatch)
{
  GLuint program = engine_gl_program (run->shared->programs, &run->shared->device, dispatch->key, run->error);
  GLuint groups[3];

  if (!program)
    return false;
  for (int i = 0; i < 3; i++) {
    if (dispatch->groups[i] > MOST_GROUPS)
      return engine_fail (run->error, ENGINE_NO_MEMORY, "A batch of %d tokens is too large for this model.", run->graph->n_tokens);
    groups[i] = (GLuint) ENGINE_MAX (dispatch->groups[i], 1);
    if (dispatch->buffers[i])
      glBindBufferBase (GL_SHADER_STORAGE_BUFFER, (GLuint) i + 1, dispatch->buffers[i]);
  }
  if (dispatch->has_window)
    glBindBufferRange (GL_UNIFORM_BUFFER, 0, run->shared->arena, (GLintptr) dispatch->window * (GLintptr) sizeof (uint32_t), (GLsizeiptr) run->shared->device.window);
  engine_gl_enter ();
  glUseProgram (program);
  glUniform4uiv (0, ENGINE_GL_PARAMS / 4, dispatch->params);
  glDispatchCompute (groups[0], groups[1], groups[2]);
  engine_gl_leave ();
  run->shared->counts.dispatches++;
  run->shared->counts.weight_bytes += dispatch->weight_bytes;
  return true;
}

/* ---- what the batch says ---------------------------------------------------------- */

/* The words in front of the values, while they are written; `words` NULL: only counted. */
typedef struct {
  uint32_t    *words;
  size_t       n;
  EngineError *error; /* set where `words` could not be written */
} Front;

static uint32_t *
front_add (Front *front, size_t n, uint32_t *at)
{
  uint32_t *words = front->words ? front->words + front->n : NULL;

  *at = (uint32_t) front->n;
  front->n += n;
  return words;
}

static void
front_copy (Front *front, const int32_t *numbers, int32_t n, uint32_t *at)
{
  uint32_t *words = front_add (front, (size_t) n, at);

  if (words)
    memcpy (words, numbers, (size_t) n * sizeof *words);
}

static void
add_pages (Front *front, EngineGlRun *run)
{
  const EngineBatch *batch = run->batch;

  run->at.n_pages = 0;
  for (int32_t s = 0; s < batch->n_sequences; s++)
    run->at.n_pages = ENGINE_MAX (run->at.n_pages, (uint32_t) batch->sequences[s].n_pages);
  for (int kind = 0; kind < ENGINE_N_CACHE_KINDS; kind++) {
    uint32_t *words = front_add (front, (size_t) run->at.n_pages * (size_t) batch->n_sequences, &run->at.pages[kind]);

    for (int32_t s = 0; words && s < batch->n_sequences; s++)
      if (batch->sequences[s].pages[kind])
        memcpy (words + (size_t) s * run->at.n_pages, batch->sequences[s].pages[kind], (size_t) batch->sequences[s].n_pages * sizeof *words);
  }
}

static void
add_lasts (Front *front, EngineGlRun *run)
{
  const EngineBatch *batch = run->batch;
  uint32_t *words = front_add (front, (size_t) batch->n_tokens, &run->at.last);

  for (int32_t t = batch->n_tokens - 1; words && t >= 0; t--)
    words[t] = t + 1 < batch->n_tokens && batch->sequence[t + 1] == batch->sequence[t] ? words[t + 1] : (uint32_t) batch->positions[t];
}

/* Tokens after whose last one a state is kept; see stretch in state.glsl. */
static void
add_stretches (Front *front, EngineGlRun *run)
{
  const EngineBatch *batch = run->batch;
  uint32_t *words = front_add (front, 6 * (size_t) batch->n_tokens, &run->at.stretches);
  uint32_t *of_token = front_add (front, (size_t) batch->n_tokens, &run->at.stretch);
  int32_t first = 0, begin = 0;

  run->at.n_stretches = 0;
  for (int32_t t = 0; words && t < batch->n_tokens; t++) {
    const EngineBatchSequence *sequence = &batch->sequences[batch->sequence[t]];
    bool ends = t + 1 == batch->n_tokens || batch->sequence[t + 1] != batch->sequence[t];
    uint32_t page = sequence->pages[ENGINE_CACHE_STATE][batch->positions[t] / ENGINE_PAGE_TOKENS], *stretch = words + 6 * run->at.n_stretches;

    of_token[t] = run->at.n_stretches;
    if (!ends && (page == ENGINE_NO_PAGE || (batch->positions[t] + 1) % ENGINE_PAGE_TOKENS != 0))
      continue;
    stretch[0] = (uint32_t) begin;
    stretch[1] = (uint32_t) (t + 1 - begin);
    stretch[2] = begin == first ? sequence->state : stretch[-3]; /* what the one before it left */
    stretch[3] = page;
    stretch[4] = (uint32_t) first;
    stretch[5] = sequence->state;
    run->at.n_stretches++;
    begin = t + 1;
    first = ends ? begin : first;
  }
}

static const float *
host_vector (const EngineGraph *graph, EngineValueId id)
{
  return id == ENGINE_NO_VALUE ? NULL : engine_gl_weight (graph->values[id].weight)->host;
}

/* The turns of each kind of rope once. */
static void
add_turns (Front *front, EngineGlRun *run)
{
  const EngineGraph *graph = run->graph;

  for (int32_t i = graph->first_node, last = -1; i < graph->n_nodes; i++) {
    const EngineNode *node = &graph->nodes[i];
    uint32_t *words;
    int32_t same = last;

    if (node->op != ENGINE_OP_ROPE)
      continue;
    while (same >= 0 && (graph->nodes[same].in[2] != node->in[2] || memcmp (&graph->nodes[same].params.rope, &node->params.rope, sizeof node->params.rope) != 0))
      same = run->earlier[same];
    run->earlier[i] = last;
    last = i;
    if (same >= 0) {
      run->turns[i] = run->turns[same];
      continue;
    }
    words = front_add (front, (size_t) node->params.rope.n_rot * (size_t) run->batch->n_tokens, &run->turns[i]);
    if (words)
      engine_rope_turns (&node->params.rope, host_vector (graph, node->in[2]), run->batch, (float *) words);
  }
}

static void
add_media (Front *front, EngineGlRun *run)
{
  const EngineBatch *batch = run->batch;
  const EngineGraph *graph = run->graph;

  for (int32_t i = graph->first_node; batch->n_media && i < graph->n_nodes; i++)
    if (graph->nodes[i].op == ENGINE_OP_SPLICE) {
      const EngineNode *node = &graph->nodes[i];
      size_t n = (size_t) batch->n_media * (size_t) graph->values[node->out].width * (size_t) node->params.splice.n_parts;
      uint32_t *words = front_add (front, n, &run->at.media);

      if (words)
        memcpy (words, batch->media, n * sizeof *words);
      return; /* all parts for all nodes */
    }
}

static void
add_windows (Front *front, EngineFilter filter, int32_t n_in, int32_t n_out, uint32_t *at)
{
  size_t n_weights = (size_t) engine_prep_windows_most (filter, n_in, n_out) * (size_t) n_out;
  uint32_t *words = front_add (front, 2 * (size_t) n_out + n_weights, at);
  EngineWindows windows;

  if (words && engine_prep_windows_init (&windows, filter, n_in, n_out, front->error)) {
    memcpy (words, windows.first, 2 * (size_t) n_out * sizeof *words); /* and how many each has, which stand behind */
    memcpy (words + 2 * (size_t) n_out, windows.weights, n_weights * sizeof *words);
    engine_prep_windows_clear (&windows);
  }
}

static void
add_patches (Front *front, EngineGlRun *run)
{
  const EnginePatches *p = run->batch->patches;
  int32_t n = engine_prep_count (p);
  uint32_t *words = front_add (front, (size_t) n, &run->at.places);

  for (int32_t i = 0; words && i < n; i++)
    words[i] = (uint32_t) (p->places ? p->places[i] : i);
  add_windows (front, p->filter, p->picture.width, p->width, &run->at.across);
  add_windows (front, p->filter, p->picture.height, p->height, &run->at.down);
}

static void
add_batch (Front *front, EngineGlRun *run)
{
  const EngineBatch *batch = run->batch;

  front_copy (front, batch->tokens, batch->n_tokens, &run->at.tokens);
  front_copy (front, batch->positions, batch->n_tokens, &run->at.positions);
  front_copy (front, batch->sequence, batch->n_tokens, &run->at.sequence);
  front_copy (front, batch->outputs, batch->n_outputs, &run->at.outputs);
  if (batch->spans)
    front_copy (front, batch->spans, 2 * batch->n_tokens, &run->at.spans);
  if (batch->lasts)
    front_copy (front, batch->lasts, batch->n_tokens, &run->at.lasts);
  add_lasts (front, run);
  add_pages (front, run);
  if (batch->sequences[0].pages[ENGINE_CACHE_STATE])
    add_stretches (front, run);
  add_turns (front, run);
  add_media (front, run);
  if (batch->patches)
    add_patches (front, run);
}

static bool
reserve (GLuint *buffer, size_t *has, size_t bytes, GLenum use, EngineError *error)
{
  if (*has >= bytes)
    return true;
  if (!*buffer)
    glGenBuffers (1, buffer);
  *has = 0;
  glBindBuffer (GL_SHADER_STORAGE_BUFFER, *buffer);
  glBufferData (GL_SHADER_STORAGE_BUFFER, (GLsizeiptr) bytes, NULL, use);
  if (!engine_gl_check ("the arena", error))
    return false;
  *has = bytes;
  return true;
}

static void
import_value (EngineGlRun *run, const EngineTransfer *transfer)
{
  const EngineValue *value = &run->graph->values[transfer->value];
  size_t at = engine_gl_value (run, transfer->value) * sizeof (uint32_t), bytes = (size_t) value->width * (size_t) value->n * sizeof (float);

  engine_gl_enter ();
  glBufferSubData (GL_SHADER_STORAGE_BUFFER, (GLintptr) at, (GLsizeiptr) bytes, transfer->data);
  engine_gl_leave ();
  run->shared->counts.upload_bytes += bytes;
}

static bool
prepare (EngineGlRun *run)
{
  EngineGlShared *shared = run->shared;
  EngineError wrong = { 0 };
  size_t arena_bytes;
  Front front = { 0 };

  add_batch (&front, run);
  run->at.values = (uint32_t) ((front.n + 15) & ~(size_t) 15);
  /* Behind the values lies a window that begins at the last of them. */
  if (!engine_sum (run->graph->arena_bytes, run->at.values * sizeof (uint32_t) + shared->device.window, &arena_bytes) || arena_bytes > shared->device.max_block)
    return engine_fail (run->error, ENGINE_NO_MEMORY, "A batch of %d tokens is too large for this model.", run->graph->n_tokens);
  if (!reserve (&shared->arena, &shared->arena_bytes, arena_bytes, GL_DYNAMIC_COPY, run->error))
    return false;
  front = (Front) { .words = engine_calloc (run->at.values, sizeof (uint32_t), run->error), .error = &wrong };
  if (!front.words)
    return false;
  add_batch (&front, run);
  if (wrong.code != ENGINE_OK) {
    free (front.words);
    if (run->error && run->error->code == ENGINE_OK)
      *run->error = wrong;
    return false;
  }
  glBindBufferBase (GL_SHADER_STORAGE_BUFFER, 0, shared->arena);
  engine_gl_enter ();
  glBufferSubData (GL_SHADER_STORAGE_BUFFER, 0, (GLsizeiptr) (front.n * sizeof *front.words), front.words);
  engine_gl_leave ();
  shared->counts.upload_bytes += front.n * sizeof *front.words;
  free (front.words);
  for (int32_t i = 0; i < run->graph->n_imports; i++)
    import_value (run, &run->graph->imports[i]);
  return engine_gl_check ("the batch", run->error);
}

/* ---- what waits for what ------------------------------------------------------------ */

/* Bytes of the arena, or of the cache, that a node since the last barrier reads or writes. */
typedef struct {
  size_t begin, end;
  bool   writes;
} Span;

typedef struct {
  Span    spans[MOST_SPANS];
  int32_t n;
} Pending;

static bool
span_of (const EngineGraph *graph, EngineValueId id, Span *span)
{
  const EngineValue *value = id == ENGINE_NO_VALUE ? NULL : &graph->values[id];

  if (!value || value->kind != ENGINE_VALUE_NODE)
    return false;
  span->begin = value->offset;
  span->end = value->offset + (size_t) value->width * (size_t) value->n * sizeof (float);
  return true;
}

static bool
uses_cache (const EngineNode *node, Span *span)
{
  *span = (Span) { SIZE_MAX - 1, SIZE_MAX, node->writes_cache };
  return node->writes_cache || node->op == ENGINE_OP_ATTENTION;
}

static void
order (Pending *pending, EngineGlRun *run, const EngineNode *node)
{
  Span spans[6];
  int32_t n = 0;
  bool waits;

  for (size_t i = 0; i < ENGINE_LENGTH (node->in); i++)
    if (span_of (run->graph, node->in[i], &spans[n]))
      spans[n++].writes = false;
  if (span_of (run->graph, node->out, &spans[n]))
    spans[n++].writes = true;
  n += uses_cache (node, &spans[n]);
  waits = pending->n + n > MOST_SPANS;
  for (int32_t i = 0; i < n; i++)
    for (int32_t k = 0; k < pending->n; k++)
      waits = waits || ((spans[i].writes || pending->spans[k].writes) && spans[i].begin < pending->spans[k].end && pending->spans[k].begin < spans[i].end);
  if (waits) {
    engine_gl_barrier (run);
    pending->n = 0;
  }
  memcpy (pending->spans + pending->n, spans, (size_t) n * sizeof *spans);
  pending->n += n;
}

/* ---- the run -------------------------------------------------------------------------- */

static bool
is_cancelled (const EngineBatch *batch, EngineError *error)
{
  return batch->cancel && atomic_load_explicit (batch->cancel, memory_order_relaxed) && !engine_fail (error, ENGINE_CANCELLED, "The work was cancelled.");
}

/* A command that gave nothing, whether or not OpenGL says why. False. */
static bool
refused (const char *what, EngineError *error)
{
  return engine_gl_check (what, error) && engine_fail (error, ENGINE_INTERNAL, "OpenGL refused a command (error %d); choose the processor in the preferences.", 0);
}

/* Waits for the device to reach this place; false on CANCELLED. */
static bool
wait_for_device (EngineGlRun *run)
{
  GLsync fence = glFenceSync (GL_SYNC_GPU_COMMANDS_COMPLETE, 0);
  int64_t waits = 0;
  GLenum state;
  bool ok = true;

  do {
    engine_gl_enter ();
    state = glClientWaitSync (fence, GL_SYNC_FLUSH_COMMANDS_BIT, WAIT_NS);
    engine_gl_leave ();
    ok = !is_cancelled (run->batch, run->error) && (run->shared->device.software || ++waits < MOST_WAITS || engine_gl_fail_gone (run->error));
  } while (ok && state == GL_TIMEOUT_EXPIRED);
  glDeleteSync (fence);
  return ok && (state != GL_WAIT_FAILED || refused ("a fence", run->error)) && engine_gl_check ("a fence", run->error);
}

static bool
read_words (EngineGlRun *run, uint32_t at, size_t n, float *out)
{
  const void *mapped;

  if (!reserve (&run->shared->staging, &run->shared->staging_bytes, n * sizeof *out, GL_STREAM_READ, run->error))
    return false;
  glMemoryBarrier (GL_BUFFER_UPDATE_BARRIER_BIT);
  run->shared->counts.barriers++;
  glBindBuffer (GL_COPY_READ_BUFFER, run->shared->arena);
  glBindBuffer (GL_COPY_WRITE_BUFFER, run->shared->staging);
  glCopyBufferSubData (GL_COPY_READ_BUFFER, GL_COPY_WRITE_BUFFER, (GLintptr) at * (GLintptr) sizeof *out, 0, (GLsizeiptr) (n * sizeof *out));
  if (!wait_for_device (run))
    return false;
  engine_gl_enter ();
  mapped = glMapBufferRange (GL_COPY_WRITE_BUFFER, 0, (GLsizeiptr) (n * sizeof *out), GL_MAP_READ_BIT);
  engine_gl_leave ();
  if (!mapped)
    return refused ("reading", run->error);
  memcpy (out, mapped, n * sizeof *out);
  glUnmapBuffer (GL_COPY_WRITE_BUFFER);
  run->shared->counts.readback_bytes += n * sizeof *out;
  return true;
}

typedef struct {
  EngineGlRun    run;
  float         *logits;
  EngineNodeFunc inspect;
  void          *inspect_user;
  bool           ok;
} Job;

static bool
export_value (EngineGlRun *run, EngineValueId id, float *out)
{
  const EngineValue *value = &run->graph->values[id];

  return read_words (run, engine_gl_value (run, id), (size_t) value->width * (size_t) value->n, out);
}

static bool
inspect_node (Job *job, const EngineNode *node)
{
  const EngineValue *value = &job->run.graph->values[node->out];
  float *values = engine_calloc ((size_t) value->width * (size_t) value->n, sizeof *values, job->run.error);
  bool ok = values && export_value (&job->run, node->out, values);

  if (ok)
    job->inspect (job->inspect_user, job->run.graph, node, values);
  free (values);
  return ok;
}

/* What the nodes read that is not made among them, and what the last of them writes. */
static EngineNode
whole_of (const EngineGraph *graph, const EngineNode *nodes, int32_t n)
{
  EngineNode whole = nodes[n - 1];
  size_t k = 0;

  for (int32_t i = 0; i < n; i++)
    for (size_t j = 0; j < ENGINE_LENGTH (whole.in); j++) {
      EngineValueId id = nodes[i].in[j];
      bool inner = id == ENGINE_NO_VALUE || graph->values[id].kind != ENGINE_VALUE_NODE;

      for (int32_t other = 0; other < i; other++)
        inner = inner || nodes[other].out == id;
      for (size_t other = 0; other < k; other++)
        inner = inner || whole.in[other] == id;
      if (!inner && k < ENGINE_LENGTH (whole.in))
        whole.in[k++] = id;
    }
  while (k < ENGINE_LENGTH (whole.in))
    whole.in[k++] = ENGINE_NO_VALUE;
  return whole;
}

/* Runs node i, or several from it on that one dispatch does; gives how many, 0 on error. Who inspects wants each by itself. */
static int32_t
run_node (Job *job, int32_t i, Pending *pending)
{
  EngineGlRun *run = &job->run;
  const EngineNode *node = &run->graph->nodes[i];

  run->node = i;
  for (size_t f = 0; !job->inspect && f < ENGINE_LENGTH (fused); f++)
    if (fused[f].is (run, i)) {
      const EngineNode whole = whole_of (run->graph, node, fused[f].n_nodes);

      order (pending, run, &whole);
      return fused[f].run (run, i) ? fused[f].n_nodes : 0;
    }
  order (pending, run, node);
  return operations[node->op].run (run, node) && (!job->inspect || node->out == ENGINE_NO_VALUE || inspect_node (job, node));
}

static void
run_job (void *data)
{
  Job *job = data;
  EngineGlRun *run = &job->run;
  const EngineGraph *graph = run->graph;
  Pending pending = { .n = 0 };
  int32_t submitted = graph->first_node;

  if (!run->shared->tiles.split)
    engine_gl_tiles_choose (run->shared);
  job->ok = prepare (run);
  for (int32_t i = graph->first_node, n; job->ok && i < graph->n_nodes; i += n) {
    n = run_node (job, i, &pending);
    job->ok = n > 0;
    if (job->ok && i + n - submitted >= SUBMIT) {
      submitted = i + n;
      job->ok = wait_for_device (run);
    }
  }
  job->ok = job->ok && engine_gl_check ("a graph", run->error) && (graph->output == ENGINE_NO_VALUE || export_value (run, graph->output, job->logits));
  for (int32_t i = 0; job->ok && i < graph->n_exports; i++)
    job->ok = export_value (run, graph->exports[i].value, graph->exports[i].data);
  engine_gl_enter ();
  glFinish ();
  engine_gl_leave ();
}

/* Rows that are asked for and are not there. */
static bool
check_rows (const EngineGraph *graph, const EngineBatch *batch, EngineError *error)
{
  for (int32_t i = graph->first_node; i < graph->n_nodes; i++) {
    const EngineNode *node = &graph->nodes[i];
    bool tokens = node->op == ENGINE_OP_EMBED && graph->values[node->in[0]].kind == ENGINE_VALUE_TOKENS;
    const int32_t *rows = tokens ? batch->tokens : batch->positions;
    long long n = node->op == ENGINE_OP_EMBED ? (long long) engine_gl_weight (graph->values[node->in[1]].weight)->n_out : 0;

    for (int32_t t = 0; n && t < batch->n_tokens; t++)
      if (rows[t] < (tokens ? -batch->n_media : 0) || rows[t] >= n)
        return tokens ? engine_fail (error, ENGINE_BAD_INPUT, "The token %d is not in the vocabulary of %lld tokens.", (int) rows[t], n)
                      : engine_fail (error, ENGINE_BAD_INPUT, "The position %d is beyond the %lld that the model knows.", (int) rows[t], n);
  }
  return true;
}

bool
engine_gl_run (EngineBackend *base, const EngineGraph *graph, const EngineBatch *batch, EngineCacheStore *store,
               float *logits, EngineNodeFunc inspect, void *inspect_user, EngineError *error)
{
  Job job = {
    .run = { .shared = ((EngineGlBackend *) base)->shared, .graph = graph, .batch = batch, .store = store, .error = error },
    .logits = logits, .inspect = inspect, .inspect_user = inspect_user,
  };

  if (!check_rows (graph, batch, error))
    return false;
  job.run.turns = engine_calloc (2 * (size_t) graph->n_nodes, sizeof *job.run.turns, error);
  if (!job.run.turns)
    return false;
  job.run.earlier = (int32_t *) job.run.turns + graph->n_nodes;
  if (!engine_gl_thread_call (job.run.shared->thread, run_job, &job))
    return engine_gl_fail_gone (error); /* and job.run.turns is the driver's thread's */
  free (job.run.turns);
  return job.ok;
}
