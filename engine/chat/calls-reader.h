/* SPDX-License-Identifier: MIT */
/* Inside the reader of calls: what going through steps and reading values share.
 *
 * Internal to engine/chat/. */
#pragma once

#include "chat/calls.h"

typedef enum { ENGINE_READ_MORE, ENGINE_READ_DONE, ENGINE_READ_BAD } EngineReadResult;

/* How far a JSON value has been seen. */
typedef struct {
  int  depth;
  bool string, escape, scalar, ended;
} EngineJsonScan;

#define ENGINE_LITERAL_DEPTH 64

/* A value in another notation on its way to JSON. */
typedef struct {
  char closers[ENGINE_LITERAL_DEPTH];
  int  depth;
  enum { ENGINE_LITERAL_BEGIN, ENGINE_LITERAL_KEY, ENGINE_LITERAL_VALUE, ENGINE_LITERAL_TEXT, ENGINE_LITERAL_BEHIND } expects;
  bool first; /* in its container */
  char quote; /* of a text; 0: the format's */
} EngineLiteral;

struct EngineCallReader {
  const EngineCallFormat *format;
  const EngineCallTools  *tools; /* NULL: not known */
  uint64_t   salt;
  EngineText pending;   /* from `at` on not read yet */
  size_t     at;
  EngineText raw;       /* what was read since something opened */
  bool       ended;     /* nothing follows */
  enum { ENGINE_READER_TEXT, ENGINE_READER_STEPS, ENGINE_READER_BEHIND } state;
  bool       told_text, bare, behind_call; /* text was told at all; this call was not opened by anything; nothing but space since a call */

  /* The call. */
  int32_t    call;      /* its number */
  int        step, part, nested;
  bool       telling;   /* events went out */
  const EngineCallTool *tool;
  char      *name, *id;
  EngineText arguments; /* as JSON */
  size_t     told;      /* bytes of them */
  EngineText key;
  EngineCallType type;
  EngineJsonScan scan;
  EngineLiteral  literal;
  const char *problem;

  char     **kept;      /* names and ids that spans point to */
  size_t     n_kept, kept_capacity;
};

static inline const char *
engine_call_rest (const EngineCallReader *r, size_t *n)
{
  *n = r->pending.length - r->at;
  return r->pending.bytes ? r->pending.bytes + r->at : "";
}

/* How the text stands `skip` bytes from here: the bytes that it takes; 0: not there; SIZE_MAX: nobody can say yet. */
size_t engine_call_match (const EngineCallReader *r, size_t skip, const char *text);
/* Where the text begins that comes first; SIZE_MAX: it is not there. `*safe`: bytes before which it cannot begin any more. */
size_t engine_call_seek (const EngineCallReader *r, const char *text, size_t *n_text, size_t *safe);
void   engine_call_take (EngineCallReader *r, size_t n);
/* Passes white space; whether something is there behind it. */
bool   engine_call_skip_space (EngineCallReader *r);
void   engine_call_set_name (EngineCallReader *r, const char *name, size_t n);
void   engine_call_set_id (EngineCallReader *r, const char *id, size_t n);

/* ---- calls-json.c ---- */

/* How many of the bytes are of the value. */
size_t engine_json_scan (EngineJsonScan *scan, const char *bytes, size_t n);
/* The length of the string in quotes that begins there; 0: it does not end yet. */
size_t engine_json_string_length (const char *bytes, size_t n);
/* The text of such a string. */
void   engine_json_unquote (EngineText *out, const char *bytes, size_t n);
/* Characters as they stand within quotes; without the bytes around special tokens. */
void   engine_json_escape (EngineText *out, const char *bytes, size_t n);
void   engine_call_append_plain (EngineText *out, const char *bytes, size_t n);

/* The steps that are values, calls-json.c and calls-values.c. */
EngineReadResult engine_call_read_object (EngineCallReader *r);
EngineReadResult engine_call_read_arguments (EngineCallReader *r);
EngineReadResult engine_call_read_members (EngineCallReader *r);
EngineReadResult engine_call_read_literal (EngineCallReader *r, char opener, char closer);
