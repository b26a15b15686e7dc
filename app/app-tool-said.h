/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a model is told along with the results of its calls, so that its answer says what they came to; and whether it does. Internal to app/. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Behind the result of a call that was made before, for the model. */
#define APP_TOOL_SAID_BEFORE "This was called before with the same arguments, so its result was there already."

/* A text behind the last result, for the model: what the person asked, which is far above by now. `last`: nothing more can be called. (transfer full) */
char *app_tool_said_reminder (const char *question, gboolean last);

/* Whether an answer says the number at the end of `result` ("2 * 3 = 6", "2/3 ≈ 0.667 km"), with whatever signs between its thousands and before its decimals, in full or rounded to two decimals or more.
 * TRUE also where there is no number. */
gboolean app_tool_said_has (const char *answer, const char *result);

/* Whether the answer so far ends with the same line again and again: small models do not stop by themselves then. */
gboolean app_tool_said_circles (const char *answer, gsize n_bytes);

G_END_DECLS
