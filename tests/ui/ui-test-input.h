/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A person at the window: real keys and a real mouse, which come through the X server. The main loop runs meanwhile; what they do is waited for by the test. */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Presses a key, as xdotool names it ("F2", "shift+Tab"), in the window of `widget`. */
void ui_test_key (gpointer widget, const char *key);
/* Types a text without control characters. */
void ui_test_type (gpointer widget, const char *text);
/* The same, down and up apart: meanwhile it is held. */
void ui_test_key_down (gpointer widget, const char *key);
void ui_test_key_up (gpointer widget, const char *key);
/* Clicks into the middle of a widget with the first button. */
void ui_test_click (gpointer widget);
/* The same, down and up apart. The button goes up where the pointer is. */
void ui_test_button_down (gpointer widget);
void ui_test_button_up (void);
/* The pointer goes there, and does nothing. */
void ui_test_point (gpointer widget);
/* Drags one widget onto another of the same window, and drops it as soon as `target` takes it. NULL: out of the window, where nobody takes it. */
void ui_test_drag (gpointer source, gpointer target);
/* The label of the menu's item that has the focus in the window of `widget`, or NULL. (transfer full) */
char *ui_test_dup_focused_item (gpointer widget);
/* Moves down in an open menu to the item of that label; fails the test after a round without it. */
void ui_test_find_item (gpointer widget, const char *label);
/* The newest window beside `window`, once it is active: a dialog. (transfer none) */
GtkWindow *ui_test_wait_dialog (gpointer window);

G_END_DECLS
