/* SPDX-License-Identifier: GPL-3.0-or-later */
/* AppMarks: takes the marks of models' own formats ("<tool_response>", "</tool_call>", "<think>", "<|im_end|>") off the words of an answer that come in pieces. Internal to app/.
 *
 * Small models write them as words, where their format does not have them. A person is to see none: a mark goes, and what stands between two stays as words, but for a thought, which is told as one.
 * What stands in code (between backquotes, or in a fence) is what somebody wants to show, and stays. Foreign bytes: any pieces give the same as the whole. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct {
  gboolean called;  /* set by its owner: the answer has called a tool, so a result that it goes on with is made up */
  const char *const *names; /* set by its owner: of tools, ended by NULL: calls of them that are written as words go too. NULL: none */
  const char *told; /* set by its owner: what the model was told and nobody else, which small ones write out again. NULL: nothing */
  gboolean ended;   /* nothing more of the answer counts: it wrote the mark of its end, or a result that is made up */
  GString *held;    /* that may become a mark */
  gboolean thought; /* between <think> and </think> */
  gboolean line;    /* what comes next begins a line */
  gboolean fence, code; /* within ```, within ` */
  gboolean space;   /* a mark went: white space behind it goes where some was before it */
  char last;        /* that was told; 0: none */
} AppMarks;

/* `text`, `n`: not empty, and only valid during the call. */
typedef void (*AppMarksFunc) (const char *text, gsize n, gboolean thought, gpointer data);

void app_marks_init (AppMarks *self);
void app_marks_clear (AppMarks *self);
void app_marks_feed (AppMarks *self, const char *text, gsize n, AppMarksFunc func, gpointer data);
/* Nothing more comes: what was held is told. */
void app_marks_end (AppMarks *self, AppMarksFunc func, gpointer data);

G_END_DECLS
