/* SPDX-License-Identifier: GPL-3.0-or-later */
/* UiCodeView: a read-only GtkSourceView that knows its height at once.
 *
 * GtkTextView learns its height line by line in idle time; in a transcript everything below would jump. This one measures its
 * text with the same font in one go. */
#pragma once

#include <gtksourceview/gtksource.h>

G_BEGIN_DECLS

#define UI_TYPE_CODE_VIEW (ui_code_view_get_type ())
G_DECLARE_FINAL_TYPE (UiCodeView, ui_code_view, UI, CODE_VIEW, GtkSourceView)

G_END_DECLS
