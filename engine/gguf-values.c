/* SPDX-License-Identifier: MIT */
#include "gguf-private.h"

#include "text.h"

#include <string.h>

/* ---- by name ---------------------------------------------------------------- */

static const EngineGgufKey *
find_key (const EngineGguf *gguf, const char *name)
{
  size_t low = 0, high = gguf->n_keys;

  while (low < high) {
    size_t middle = low + (high - low) / 2;
    const EngineGgufKey *key = &gguf->keys[gguf->key_order[middle]];
    int order = strcmp (name, key->name);

    if (order == 0)
      return key;
    if (order < 0)
      high = middle;
    else
      low = middle + 1;
  }
  return NULL;
}

const EngineTensor *
engine_gguf_find_tensor (const EngineGguf *gguf, const char *name)
{
  size_t low = 0, high = gguf->n_tensors;

  while (low < high) {
    size_t middle = low + (high - low) / 2;
    const EngineTensor *tensor = &gguf->tensors[gguf->tensor_order[middle]];
    int order = strcmp (name, tensor->name);

    if (order == 0)
      return tensor;
    if (order < 0)
      high = middle;
    else
      low = middle + 1;
  }
  return NULL;
}

size_t
engine_gguf_n_tensors (const EngineGguf *gguf)
{
  return gguf->n_tensors;
}

const EngineTensor *
engine_gguf_tensor (const EngineGguf *gguf, size_t index)
{
  return index < gguf->n_tensors ? &gguf->tensors[index] : NULL;
}

size_t
engine_gguf_n_keys (const EngineGguf *gguf)
{
  return gguf->n_keys;
}

const char *
engine_gguf_key (const EngineGguf *gguf, size_t index)
{
  return index < gguf->n_keys ? gguf->keys[index].name : NULL;
}

bool
engine_gguf_type (const EngineGguf *gguf, const char *name, EngineGgufType *type, EngineGgufType *element_type)
{
  const EngineGgufKey *key = find_key (gguf, name);

  if (!key)
    return false;
  if (type)
    *type = key->type;
  if (element_type)
    *element_type = key->type == ENGINE_GGUF_ARRAY ? key->array.type : key->type;
  return true;
}

/* ---- numbers ---------------------------------------------------------------- */

/* A number of any type, widened. */
typedef struct {
  enum { NONE, UNSIGNED, SIGNED, REAL, TRUTH } kind;
  union { uint64_t u; int64_t i; double f; } value;
} Number;

static Number
number_at (EngineGgufType type, const void *bytes)
{
  union { uint8_t u8; int8_t i8; uint16_t u16; int16_t i16; uint32_t u32; int32_t i32; float f32; uint64_t u64; int64_t i64; double f64; } raw = { 0 };

  memcpy (&raw, bytes, engine_gguf_scalar_bytes (type));
  switch (type) {
  case ENGINE_GGUF_U8: return (Number) { UNSIGNED, { .u = raw.u8 } };
  case ENGINE_GGUF_U16: return (Number) { UNSIGNED, { .u = raw.u16 } };
  case ENGINE_GGUF_U32: return (Number) { UNSIGNED, { .u = raw.u32 } };
  case ENGINE_GGUF_U64: return (Number) { UNSIGNED, { .u = raw.u64 } };
  case ENGINE_GGUF_I8: return (Number) { SIGNED, { .i = raw.i8 } };
  case ENGINE_GGUF_I16: return (Number) { SIGNED, { .i = raw.i16 } };
  case ENGINE_GGUF_I32: return (Number) { SIGNED, { .i = raw.i32 } };
  case ENGINE_GGUF_I64: return (Number) { SIGNED, { .i = raw.i64 } };
  case ENGINE_GGUF_F32: return (Number) { REAL, { .f = raw.f32 } };
  case ENGINE_GGUF_F64: return (Number) { REAL, { .f = raw.f64 } };
  case ENGINE_GGUF_BOOL: return (Number) { TRUTH, { .u = raw.u8 } };
  case ENGINE_GGUF_STRING:
  case ENGINE_GGUF_ARRAY: break;
  }
  return (Number) { NONE, { 0 } };
}

static Number
scalar (const EngineGguf *gguf, const char *name)
{
  const EngineGgufKey *key = find_key (gguf, name);

  return key ? number_at (key->type, key->scalar) : (Number) { NONE, { 0 } };
}

static Number
element (const EngineGguf *gguf, const char *name, size_t index)
{
  const EngineGgufKey *key = find_key (gguf, name);

  if (!key || key->type != ENGINE_GGUF_ARRAY || index >= key->array.n)
    return (Number) { NONE, { 0 } };
  return number_at (key->array.type, key->array.bytes + index * engine_gguf_scalar_bytes (key->array.type));
}

static bool
as_int (Number number, int64_t *value)
{
  if (number.kind != SIGNED && !(number.kind == UNSIGNED && number.value.u <= INT64_MAX))
    return false;
  *value = number.value.i; /* the same bits either way */
  return true;
}

static bool
as_float (Number number, double *value)
{
  if (number.kind == REAL)
    *value = number.value.f;
  return number.kind == REAL;
}

bool
engine_gguf_uint (const EngineGguf *gguf, const char *name, uint64_t *value)
{
  Number number = scalar (gguf, name);

  if (number.kind != UNSIGNED && !(number.kind == SIGNED && number.value.i >= 0))
    return false;
  *value = number.value.u;
  return true;
}

bool
engine_gguf_int (const EngineGguf *gguf, const char *name, int64_t *value)
{
  return as_int (scalar (gguf, name), value);
}

bool
engine_gguf_float (const EngineGguf *gguf, const char *name, double *value)
{
  return as_float (scalar (gguf, name), value);
}

bool
engine_gguf_bool (const EngineGguf *gguf, const char *name, bool *value)
{
  Number number = scalar (gguf, name);

  if (number.kind == TRUTH)
    *value = number.value.u;
  return number.kind == TRUTH;
}

bool
engine_gguf_array_int (const EngineGguf *gguf, const char *name, size_t index, int64_t *value)
{
  return as_int (element (gguf, name, index), value);
}

bool
engine_gguf_array_bool (const EngineGguf *gguf, const char *name, size_t index, bool *value)
{
  Number number = element (gguf, name, index);

  if (number.kind == TRUTH)
    *value = number.value.u != 0;
  return number.kind == TRUTH;
}

bool
engine_gguf_array_float (const EngineGguf *gguf, const char *name, size_t index, double *value)
{
  return as_float (element (gguf, name, index), value);
}

/* ---- strings and arrays ------------------------------------------------------ */

const char *
engine_gguf_array_string_at (const EngineGgufArray *array, size_t index, size_t *n_bytes)
{
  if (!array || array->type != ENGINE_GGUF_STRING || index >= array->n)
    return NULL;
  if (n_bytes)
    *n_bytes = array->starts[index + 1] - array->starts[index] - 1;
  return array->bytes + array->starts[index];
}

const char *
engine_gguf_string (const EngineGguf *gguf, const char *name, size_t *n_bytes)
{
  const EngineGgufKey *key = find_key (gguf, name);

  return key && key->type == ENGINE_GGUF_STRING ? engine_gguf_array_string_at (&key->array, 0, n_bytes) : NULL;
}

const char *
engine_gguf_clean_string (const EngineGguf *gguf, const char *key)
{
  size_t n_bytes = 0;
  const char *string = engine_gguf_string (gguf, key, &n_bytes);

  for (size_t i = 0, n; string && i < n_bytes; i += n) {
    n = engine_utf8_length (string + i, n_bytes - i);
    if (n == 0 || string[i] == '\0')
      return "";
  }
  return string ? string : "";
}

size_t
engine_gguf_array_length (const EngineGguf *gguf, const char *name)
{
  const EngineGgufKey *key = find_key (gguf, name);

  return key && key->type == ENGINE_GGUF_ARRAY ? key->array.n : 0;
}

const char *
engine_gguf_array_string (const EngineGguf *gguf, const char *name, size_t index, size_t *n_bytes)
{
  const EngineGgufKey *key = find_key (gguf, name);

  return key && key->type == ENGINE_GGUF_ARRAY ? engine_gguf_array_string_at (&key->array, index, n_bytes) : NULL;
}

const EngineGgufArray *
engine_gguf_array (const EngineGguf *gguf, const char *name, EngineGgufType element_type)
{
  const EngineGgufKey *key = find_key (gguf, name);

  return key && key->type == ENGINE_GGUF_ARRAY && key->array.type == element_type ? &key->array : NULL;
}

size_t
engine_gguf_array_size (const EngineGgufArray *array)
{
  return array ? array->n : 0;
}

const float *
engine_gguf_array_floats (const EngineGgufArray *array)
{
  return array && array->type == ENGINE_GGUF_F32 ? (const float *) array->bytes : NULL;
}

const int32_t *
engine_gguf_array_ints (const EngineGgufArray *array)
{
  return array && (array->type == ENGINE_GGUF_I32 || array->type == ENGINE_GGUF_U32) ? (const int32_t *) array->bytes : NULL;
}

const uint8_t *
engine_gguf_array_bytes (const EngineGguf *gguf, const char *key, size_t *n)
{
  const EngineGgufArray *array = engine_gguf_array (gguf, key, ENGINE_GGUF_U8);

  if (!array)
    array = engine_gguf_array (gguf, key, ENGINE_GGUF_I8);
  *n = array ? array->n : 0;
  return array ? (const uint8_t *) array->bytes : NULL;
}
