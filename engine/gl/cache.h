/* SPDX-License-Identifier: MIT */
/* The cache functions of EngineBackendClass; any thread but the one that owns OpenGL. */
#pragma once

#include "gl.h"

size_t            engine_gl_cache_page_bytes (const EngineBackend *base, const EngineCacheShape *shape, EngineCacheKind kind);
EngineCacheStore *engine_gl_cache_new (EngineBackend *base, const EngineCacheShape *shape, EngineError *error);
void              engine_gl_cache_free (EngineBackend *base, EngineCacheStore *store);
void              engine_gl_cache_copy (EngineBackend *base, EngineCacheStore *store, EngineCacheKind kind, uint32_t from, uint32_t to, int32_t n_tokens);
