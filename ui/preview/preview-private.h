/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files of UiPreview share. */
#pragma once

#include <adwaita.h>

#include "../ui-preview.h"
#include "preview-log.h"
#include "preview-web.h"

G_BEGIN_DECLS

struct _UiPreview {
  GtkWidget parent_instance;

  GtkStack *stack;
  AdwBin *place;
  AdwStatusPage *failure;
  GtkButton *reload;

  AppBundle *bundle; /* NULL before the first */
  PreviewLog *log;
  GHashTable *storage;
  gsize stored; /* bytes of it */
  char *failed;
  gboolean loading, picking, quiet, crashed;

  const PreviewWebApi *api;   /* NULL before the module is there */
  GCancellable *opening;      /* while it is opened */
  PreviewWeb *web;            /* NULL while there is no page */
  char *host;                 /* the page's origin, the same for all that this widget ever shows */
  char *channel;              /* of the events between our two scripts */
  guint load;                 /* counts; messages of an older one are dropped */
  gboolean sends_theme;       /* the page is there to be told */

  /* Messages: how many may come at once still, and since when that is known. */
  double allowance;
  gint64 since;
  guint n_second; /* within this second */
  UiPreviewEntry *flood; /* the entry that counts those that were dropped; NULL before */

  /* Dialogs within the last seconds. */
  guint n_dialogs;
  gint64 first_dialog;

  /* The watchdog: a script that is to answer, for how many ticks it has not, and a reason when the process is ended by us. */
  guint watch;
  GCancellable *ping;
  guint ticks;
  gboolean in_dialog;
  const char *why;
};

/* preview-listen.c: what comes from the page. */
extern const PreviewWebEvents preview_events;
void preview_listen_begin (UiPreview *self);
/* A sentence of ours in the console. */
void preview_note (UiPreview *self, UiPreviewLevel level, const char *text);

/* preview-watch.c: whether it still answers. */
void preview_watch_start (UiPreview *self);
void preview_watch_stop (UiPreview *self);

/* preview-script.c: our scripts with what they begin with. (transfer full) */
char *preview_script_dup_page (UiPreview *self);
char *preview_script_dup_own (UiPreview *self);
void preview_script_send_theme (UiPreview *self);
/* A script among the resources, by its file's name. (transfer full) */
GBytes *preview_script_find (const char *name);

/* ui-preview.c */
void preview_fail (UiPreview *self, const char *title, const char *sentence);
void preview_loaded (UiPreview *self);
void preview_picked (UiPreview *self, const UiPreviewPick *pick);
void preview_pick_ended (UiPreview *self);
void preview_emit_entry (UiPreview *self, UiPreviewEntry *entry);
void preview_emit_report (UiPreview *self, const char *name, const char *value);
void preview_emit_stored (UiPreview *self, const char *key, const char *value);

G_END_DECLS
