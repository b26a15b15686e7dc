/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a script is given: the tables and files of a step as JavaScript, and the same in words for the model that writes it. */
#pragma once

#include "job-worker.h"
#include "script-facts.h"

G_BEGIN_DECLS

typedef struct {
  GPtrArray *datasets;
  char *request;
  char *code;  /* JavaScript that declares all of it, with the helpers (data/jobs/library.js) */
  char *words; /* the same for the model: names, the first rows, and what is surely so */
  ScriptShape shape;
} ScriptGiven;

/* `datasets`: those whose tables it gets; `texts`: whether it gets the files without tables. Complete only after script_given_read (). */
ScriptGiven *script_given_new (const JobTask *of, GPtrArray *datasets, gboolean texts);
void script_given_free (ScriptGiven *given);
/* Reads the tables; on a thread. Errors: APP_ERROR_INVALID for what is too large, those of queries. */
gboolean script_given_read (ScriptGiven *given, GCancellable *cancellable, GError **error);

/* What the helpers are called, without those that are not for programs. In programs all of them are members of __library, too. (transfer full) */
GStrv script_library_dup_names (void);

/* What is called is the helper, also where a variable is called so: "const count = count (rows, 'town')". What the program defines as a function itself is that. (transfer full) */
char *script_call_helpers (const char *code);

/* A text as JavaScript has it. */
void script_append_string (GString *to, const char *text);

G_END_DECLS
