/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Examples that are shown to a model before it writes a program: those that are like what it is given, by how its tables are and not by its words. Each is a file in data/jobs/examples/ and a line here. */
#pragma once

#include <glib.h>

#include "script-facts.h"

G_BEGIN_DECLS

typedef enum { SCRIPT_ROWS, SCRIPT_WORDS, SCRIPT_ANSWER, SCRIPT_REPORT } ScriptResult; /* of a table; a text; a sentence; a document */

/* Questions and answers in turn. (transfer full) */
GStrv script_examples_choose (const ScriptShape *shape, ScriptResult result);
/* What is told of the helpers, and of what else a program must be. (transfer full) */
char *script_examples_dup_rules (void);

G_END_DECLS
