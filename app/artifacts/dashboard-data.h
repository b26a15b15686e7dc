/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a dashboard's page is given: its numbers with their statements, the rows that its filters work on, and words. */
#pragma once

#include "app-query.h"
#include "dashboard-spec.h"

G_BEGIN_DECLS

/* As JSON in which nothing ends a <script>. Any thread. NULL with the error of a statement. (transfer full) */
char *dashboard_data_new (const AppDashboard *self, const char *const *notes, GCancellable *cancellable, GError **error);

/* ---- JSON as text, for what is large ---- */

void dashboard_json_append_text (GString *json, const char *text, gssize length);
void dashboard_json_append_value (GString *json, const AppValue *value);
void dashboard_json_append_number (GString *json, double value);

/* The member "rows" of the page's data. */
gboolean dashboard_rows_append (GString *json, const AppDashboard *self, GCancellable *cancellable, GError **error);
/* Its "words" and "locale". */
void dashboard_words_append (GString *json);

G_END_DECLS
