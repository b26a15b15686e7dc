/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What there is of kinds of artifacts: one file here, and one line in kinds.def. */
#pragma once

#include "app-artifact.h"
#include "artifact-writer.h"
#include "app-bundle.h"
#include "app-dataset.h"

G_BEGIN_DECLS

struct _AppArtifactKind {
  const char *id;        /* as it is stored */
  const char *name;      /* N_(): "Dashboard" */
  const char *icon_name;
  const char *language;  /* of its source, as GtkSourceView knows it */
  const char *suffix;    /* of a file with its source */
  const char *category;  /* in the menus of desktops, where it is added to the applications; NULL: "Utility" */
  gboolean is_page;      /* it is shown as a page; else as text */
  gboolean needs_tables; /* there is nothing to show without any */
  gboolean is_table;     /* its source is a statement (AppQuery) that gives a table, which may be exported as such */
  /* The files of its page, through `task` (AppBundle, or a sentence that says what is wrong with the source). Main thread; may take its time. `datasets`: those that the
   * source speaks of (AppDataset), as many as are there. NULL where is_page is not set. */
  void (*make_bundle) (const char *source, const char *title, GPtrArray *datasets, GTask *task);
  /* Has a model write one, through `task` (transfer full) (AppArtifactWritten). NULL: a model is not asked for it. */
  void (*write) (const AppArtifactOrder *order, AppArtifactProgress progress, GTask *task);
  gboolean mends;        /* …and what is found wrong with it, mended */
  const char *wanted;    /* for the model that sorts wishes: what a person wants who wants one; NULL: it is never chosen so */
};

/* Of a kind that this version of the program does not know: one that shows its source. */
const AppArtifactKind *app_artifact_kind_find (const char *id);
/* What its source is written in: of a kind whose source may be HTML or a specification, what this one is. */
const char *app_artifact_kind_get_language (const AppArtifactKind *kind, const char *source);
const char *app_artifact_kind_get_suffix (const AppArtifactKind *kind, const char *source);
/* The number `index`; NULL behind the last. */
const AppArtifactKind *app_artifact_kind_get (guint index);

G_END_DECLS
