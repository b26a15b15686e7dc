/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How the numbers of app_sampling_get_fields () are called where a person sets them: in the preferences, for a conversation, for a persona. */
#pragma once

#include <gtk/gtk.h>

#include "app-sampling.h"

G_BEGIN_DECLS

typedef enum {
  UI_SAMPLING_USUAL,    /* for everybody */
  UI_SAMPLING_ADVANCED, /* folded: who does not know these words does not miss them */
  UI_SAMPLING_EXPERT,   /* folded: rarer ways to choose */
  UI_SAMPLING_N_GROUPS,
} UiSamplingGroup;

typedef struct {
  UiSamplingGroup group;
  const char *key;
  const char *title, *subtitle; /* not translated yet */
  double step;
  int digits;
} UiSamplingRow;

const UiSamplingRow *ui_sampling_rows_get (guint *n_rows);

/* A spin button with the row's bounds and name, without a value yet. */
GtkWidget *ui_sampling_rows_create_spin (const UiSamplingRow *row);

/* Title and subtitle of a folded group, translated. */
const char *ui_sampling_rows_group_title (UiSamplingGroup group);
const char *ui_sampling_rows_group_subtitle (UiSamplingGroup group);

/* Gives the lists in a row of libadwaita a name for a screen reader: version 1.2 gives them none. */
void ui_sampling_rows_name_lists (GtkWidget *widget, const char *name);

G_END_DECLS
