/* SPDX-License-Identifier: MIT */
/* Adapters, looked at alone and loaded for a small model: what loads is built into a graph and run over two tokens. */
#include "tiny-adapter.h"

#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

/* The model of the seeds: tests/engine/models/write.c. */
static const TinyModel tiniest = { .architecture = "llama", .type = ENGINE_TYPE_Q4_0, .n_layers = 1, .n_embd = 32, .n_ff = 32, .n_head = 2, .n_head_kv = 1, .head_dim = 16 };

static void
use (EngineModel *model, EngineAdapter *adapter)
{
  EngineCacheShape shape = { .n_layers = model->hparams.n_layers, .layers = model->cache_layers, .n_pages = { 1, 1 } };
  EngineAdaptation adaptation = { adapter, 0.5f };
  EngineError error = { 0 };
  EngineCacheStore *store = model->backend->klass->cache_new (model->backend, &shape, &error);
  const int32_t tokens[] = { 5, 500 }, positions[] = { 0, 1 }, zeros[] = { 0, 0 }, last = 1;
  const uint32_t page = 0;
  EngineBatchSequence sequence = { .pages = { &page, &page }, .n_pages = 1 };
  EngineBatch batch = { .n_tokens = 2, .tokens = tokens, .positions = positions, .sequence = zeros, .n_sequences = 1, .sequences = &sequence, .n_outputs = 1, .outputs = &last };
  float logits[TINY_N_VOCAB];
  EngineGraph graph;

  if (!store || !engine_model_build (model, &adaptation, false, 2, 1, &graph, &error) ||
      !model->backend->klass->run (model->backend, &graph, &batch, store, logits, NULL, NULL, &error))
    abort ();
  engine_graph_clear (&graph);
  model->backend->klass->cache_free (model->backend, store);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  static EngineModel *model;
  static int fd;
  static char path[64];
  EngineError error = { 0 };
  EngineAdapter *adapter;

  if (!model) {
    model = tiny_model_load (&tiniest, &(EngineLoadOptions) { .n_threads = 1 });
    fd = memfd_create ("adapter", MFD_CLOEXEC);
    snprintf (path, sizeof path, "/proc/self/fd/%d", fd);
  }
  if (ftruncate (fd, 0) != 0 || pwrite (fd, data, size, 0) != (ssize_t) size)
    abort ();
  engine_adapter_unref (engine_adapter_inspect (path, NULL));
  adapter = engine_adapter_load (model, path, &error);
  if (adapter)
    use (model, adapter);
  else if (error.code == ENGINE_OK || error.code == ENGINE_INTERNAL)
    abort ();
  engine_adapter_unref (adapter);
  return 0;
}
