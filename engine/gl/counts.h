/* SPDX-License-Identifier: MIT */
/* What the OpenGL backend has asked of its device. On a rasteriser in software times say little of a graphics card; these say how much of what bounds one
 * a token costs. They cost nothing to keep. */
#pragma once

#include "backend.h"

/* Since the backend was made, of its runs alone: the loading of weights is not in it. */
typedef struct {
  uint64_t dispatches;
  uint64_t barriers;       /* one of them before the logits are read */
  uint64_t weight_bytes;   /* of matrices, as the device keeps them, as often as a dispatch reads them; vectors (norms, biases) are left out */
  uint64_t upload_bytes;   /* into buffers */
  uint64_t readback_bytes;
} EngineGlCounts;

/* False where the backend is another one. The thread that runs the backend, between two runs. */
bool engine_gl_counts (const EngineBackend *backend, EngineGlCounts *counts);
