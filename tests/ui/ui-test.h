/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the tests of widgets share. */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

/* g_test_init (), GTK, the resources and the style. */
void ui_test_init (int *argc, char ***argv);

/* A window of that size with `child`, on the screen. (transfer none): destroy it with gtk_window_destroy () */
GtkWidget *ui_test_window (GtkWidget *child, int width, int height);

/* Runs the main loop until `n` frames of `widget` were drawn. */
void ui_test_frames (GtkWidget *widget, guint n);

/* Runs the main loop until `check` is true; fails the test after 20 s. */
void ui_test_wait (gboolean (*check) (gpointer), gpointer data);
/* The same for what takes longer: other programs start, or something has to time out. */
void ui_test_wait_long (gboolean (*check) (gpointer), gpointer data, guint seconds);
/* Runs what is ready now. */
void ui_test_drain (void);

/* The first widget of a type under `root` (and `root` itself), or NULL. */
gpointer ui_test_find (GtkWidget *root, GType type);
/* How many there are. */
guint ui_test_count (GtkWidget *root, GType type);
/* A child that the template of `widget`'s class names. */
gpointer ui_test_child (gpointer widget, const char *name);

/* The button of the toast that shows over `overlay`, an AdwToastOverlay; NULL when none shows. */
GtkWidget *ui_test_toast_button (gpointer overlay);
/* The sentence of that toast, or NULL. (transfer none) */
const char *ui_test_toast_text (gpointer overlay);

/* What can be used under `root` and has no name for a screen reader, one line each; "" when all have. The program must have set
 * GTK_A11Y=test before ui_test_init (). (transfer full) */
char *ui_test_nameless (gpointer root);

/* The tree of visible widgets: type, classes, text; one line each. (transfer full) */
char *ui_test_dump (GtkWidget *root);

G_END_DECLS
