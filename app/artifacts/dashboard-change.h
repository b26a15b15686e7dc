/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a wish for a change says by its words: which part it may mean, and what of the part. A small model is only asked for what they leave open. */
#pragma once

#include "dashboard-spec.h"

G_BEGIN_DECLS

/* What may be meant, the likeliest only: "change /charts/0", "remove /tables/0", "add /kpis/-". Never empty. (transfer full) */
GStrv dashboard_change_list (const AppDashboard *self, const char *wish);

/* The part `pointer` as the model has written it anew (`json`): what the wish names is as it says, and what it does not name is as it was. `json` itself where the words say nothing.
 * (transfer full) */
char *dashboard_change_correct (const AppDashboard *self, const char *pointer, const char *wish, const char *json);

G_END_DECLS
