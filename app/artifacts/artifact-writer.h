/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What has a model write an artifact: one for each way of writing, named by the kinds that are written so (AppArtifactKind). */
#pragma once

#include "app-artifact.h"
#include "app-pick.h"
#include "app-writing.h"

G_BEGIN_DECLS

/* What is to be written. */
typedef struct {
  AppEngine *engine;             /* with a READY model */
  const AppArtifactKind *kind;
  const char *wish;              /* the person's words */
  const char *documents;         /* what else is attached, as text; "" for nothing */
  GPtrArray *datasets;           /* AppDataset; may be empty */
  const char *base;              /* the source that is to be changed; NULL: it is new */
  const AppPick *pick;           /* where in it; NULL: not said */
  const char *const *findings;   /* what was found wrong with `base` and is to be mended, with what a model needs to know; NULL: nothing */
} AppArtifactOrder;

/* Through `progress`: the whole source so far, as it would be shown now. */
typedef struct {
  AppWritingProgress progress;
  gpointer data;
} AppArtifactProgress;

/* What came of it. */
typedef struct {
  char *source;
  char *title;
  char *said;      /* Markdown for the person: what was made, or changed, and what to know of it; "" for nothing */
  gint64 n_tokens;
  double first_token_ms;
} AppArtifactWritten;
void app_artifact_written_free (AppArtifactWritten *written);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (AppArtifactWritten, app_artifact_written_free)

/* ---- ways of writing ---- */

/* HTML, freely: new as a whole, changes as small edits. Answers through `task` (transfer full) (AppArtifactWritten). The strings of `order` are copied. */
void artifact_write_html (const AppArtifactOrder *order, AppArtifactProgress progress, GTask *task);
/* Markdown, in the same way. */
void artifact_write_document (const AppArtifactOrder *order, AppArtifactProgress progress, GTask *task);
/* A starting point that is chosen and filled, and changed as such; where none fits, or what is changed is HTML, as artifact_write_html () does it. */
void artifact_write_start (const AppArtifactOrder *order, AppArtifactProgress progress, GTask *task);

/* For the ways: what an order says, kept while it is carried out. */
typedef struct {
  AppArtifactOrder order; /* whose strings are owned */
  AppArtifactProgress progress;
} AppArtifactOrderCopy;
AppArtifactOrderCopy *app_artifact_order_copy (const AppArtifactOrder *order, AppArtifactProgress progress);
void app_artifact_order_copy_free (AppArtifactOrderCopy *copy);

/* The part of a specification that a finding names, a JSON pointer, and which finding does; NULL: none of those that `is_part` knows. (transfer full) */
char *app_artifact_find_part (const char *const *findings, gboolean (*is_part) (const char *pointer, gpointer data), gpointer data, const char **finding);

G_END_DECLS
