/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The passages that an answer was made from, as a row of small buttons below it: "1  report.pdf, page 12". Those that it cites come as they are
 * numbered in it; where it cites none, all that the model was given. The first few are shown, the others behind "12 more".
 *
 * Activates "answer.source" (u: the number) of the widget around it. */
#pragma once

#include <gtk/gtk.h>

#include "app-message.h"

G_BEGIN_DECLS

/* Makes `box` show the sources of `message`; hides it when there are none, and while the answer is written. */
void ui_sources_update (GtkBox *box, AppMessage *message);

/* The answer's text with its citations as links, "[1](melete-source:1)". (transfer full) */
char *ui_sources_dup_cited (AppMessage *message);
/* The same of its bytes [from, to); `to` may be behind its end. (transfer full) */
char *ui_sources_dup_cited_part (AppMessage *message, gsize from, gsize to);
/* The number in such a link's address; 0: it is another address. */
guint ui_sources_parse_link (const char *url);

/* "report.pdf, page 12". (transfer full) */
char *ui_sources_dup_name (const AppSource *source);

G_END_DECLS
