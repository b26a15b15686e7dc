/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a search found, place by place, in the order in which it is listed: each conversation once, with its places below it. */
#pragma once

#include <gio/gio.h>

#include "app-history.h"

G_BEGIN_DECLS

/* `hits`: AppSearchHit; what is appended to it later gets its place too. The conversations stay in the order of their first hit, and so do the places of each.
 * Returns: (transfer full): AppConversation, or AppSearchHit where the title itself was found, each followed by AppSearchHit of its messages */
GListModel *ui_results_new (GListModel *hits);

/* The place that Enter goes to, or G_MAXUINT when there is none. */
guint ui_results_first_hit (GListModel *results);

G_END_DECLS
