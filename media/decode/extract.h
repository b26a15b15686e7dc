/* SPDX-License-Identifier: MIT */
/* The text of a document, as Markdown, out of its bytes.
 *
 * A format is one file, extract-<name>.c, and one line in extracts.def. It asks an Extract for the bytes and for limits, and tells it what it
 * finds: words to its Markdown, and the facts that a person wants to know (title, counts, what was left out). Nothing here touches
 * files, the network or the protocol of the helper, so that a parser can be tested and fuzzed alone.
 *
 * A damaged document is no reason to give up what was read before: a parser that meets damage says so by extract_damaged () and goes on with the next part or
 * returns. Only when there are no words at all does the damage become the answer. */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "markdown.h"
#include "media-wire.h"

typedef struct Zip Zip;

typedef struct {
  /* Set by the caller. */
  const uint8_t *input;
  size_t size;
  const char *hint; /* by the file's name, "CSV"; only formats that no byte tells are chosen by it. Never NULL */
  size_t max_text;  /* bytes of Markdown */
  bool (*is_late) (void *data); /* whether to stop; may be NULL */
  void *late_data;

  /* What came out. */
  const char *format; /* "DOCX", static; NULL before it is known */
  Markdown *markdown; /* while it is read */
  char *text;         /* Markdown, UTF-8, no longer than max_text; NULL with a fault; g_free () */
  char *title, *sender; /* UTF-8, g_free (); may be NULL */
  uint64_t counts[MEDIA_COUNT_N];
  MediaCut cut;     /* why it is not all; 0 if it is */
  MediaFault fault; /* why there is nothing */
  uint64_t at, of;

  Zip *zip;       /* of the formats that are archives */
  unsigned steps; /* since the clock was looked at */
} Extract;

typedef struct {
  /* Whether the document is of this format; may set extract->format. */
  bool (*matches) (Extract *extract);
  void (*read) (Extract *extract);
} ExtractFormat;

#define EXTRACT_FORMAT(name) extern const ExtractFormat extract_##name;
#include "extracts.def"
#undef EXTRACT_FORMAT

/* Opens what parsers need of the system; before the sandbox closes. */
void extract_prepare (void);

/* Reads the document. On return either `fault` or `text` is set. */
void extract_run (Extract *extract);
/* Frees what it holds, not itself. */
void extract_clear (Extract *extract);

/* For parsers. The first fault stays. */
void extract_fail (Extract *extract, MediaFault fault, uint64_t at, uint64_t of);
/* The document is broken further on. */
void extract_damaged (Extract *extract);
/* Whether to stop: a fault, no more room, no more time. Cheap; call it in every loop. */
bool extract_is_over (Extract *extract);
/* Sets title or sender, once, to one line of at most 500 bytes. */
void extract_set_line (char **field, const char *text);
