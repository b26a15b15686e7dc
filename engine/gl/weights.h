/* SPDX-License-Identifier: MIT */
/* The weight functions of EngineBackendClass; any thread but the one that owns OpenGL. */
#pragma once

#include "gl.h"

size_t engine_gl_weight_bytes (const EngineBackend *base, const EngineTensor *tensor);
bool   engine_gl_weight_load (EngineBackend *base, EngineTensor *tensor, EngineReadFunc read, void *user, EngineError *error);
void   engine_gl_weight_free (EngineBackend *base, EngineTensor *tensor);
