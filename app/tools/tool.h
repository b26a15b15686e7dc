/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What there is of tools for a model: one file here, and one line in tools.def. A tool that comes from elsewhere (a server of MCP) is the same struct, made by who brings it.
 *
 * A tool says what it touches (AppEffect), and who runs it (AppToolbox) asks the person and writes the journal: a tool itself does neither. What it is called with comes from a
 * model, so from anybody whose text the model has read: it has been checked against the schema, and is trusted by no further step. */
#pragma once

#include <gio/gio.h>
#include <json-glib/json-glib.h>

#include "workspace.h"

G_BEGIN_DECLS

typedef struct _AppArtifacts AppArtifacts;
typedef struct _AppChecker AppChecker;
typedef struct _AppDatabase AppDatabase;
typedef struct _AppScriptRunner AppScriptRunner;
typedef struct _AppToolCall AppToolCall;

/* What a call touches; the numbers are stored. The person is asked from APP_EFFECT_OUTSIDE on. */
typedef enum {
  APP_EFFECT_READS,     /* this history, what is attached, the conversation's own files; or it only computes */
  APP_EFFECT_WORKSPACE, /* changes the conversation's own files or artifacts: nothing that the person had before */
  APP_EFFECT_OUTSIDE,   /* changes anything else on this machine, or runs a program on it */
  APP_EFFECT_NETWORK,   /* something leaves this machine */
  APP_EFFECT_MCP,       /* what another program says that it does */
} AppEffect;

/* What a call of this conversation may reach. Fields are nullable where there is none. Main thread, but for what says otherwise. */
typedef struct {
  AppWorkspace *workspace;   /* any thread; NULL in a temporary conversation */
  AppDatabase *database;     /* the history */
  gint64 conversation;
  gint64 message;            /* the answer that is written */
  GPtrArray *documents;      /* AppDocument: what is attached on the visible path; any thread */
  GPtrArray *datasets;       /* AppDataset: the tables of it, and of what was made; any thread */
  AppArtifacts *artifacts;
  AppChecker *checker;
  AppScriptRunner *runner;
  const char *outside;       /* the person's folder, into which files are given out */
  AppToolCall *call;         /* for a question to the person */
} AppToolScope;

/* What came of it: text for the model, and the same for programs, JSON (nullable). */
typedef struct {
  char *text;
  char *data;
} AppToolResult;
AppToolResult *app_tool_result_new (char *text, char *data); /* (transfer full) both */
void app_tool_result_free (AppToolResult *result);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (AppToolResult, app_tool_result_free)

typedef enum { APP_TOOL_TRACE_UNKNOWN, APP_TOOL_TRACE_HAPPENED, APP_TOOL_TRACE_NONE } AppToolTrace;

typedef struct _AppTool AppTool;
struct _AppTool {
  const char *name;        /* for the model: [a-z_] */
  const char *title;       /* N_(): what it does, for the person: "Read a file" */
  const char *icon_name;
  const char *description; /* for the model */
  const char *parameters;  /* JSON Schema of an object */
  AppEffect effect;
  const char *object;      /* the member of the arguments that a line about the call names; NULL: none */
  gboolean is_exact;       /* its result ends with one number ("2 * 3 = 6"), which the answer is to say: the person gets it even where a model forgets it */
  guint seconds;           /* it may take; 0: APP_TOOL_SECONDS; G_MAXUINT: as long as the person takes */
  /* Whether it is offered: a tool that could do nothing only takes room. NULL: always. */
  gboolean (*is_offered) (const AppToolScope *scope);
  /* What exactly would happen outside, in a sentence for the person who is asked: where something goes, and what becomes of what is there. Main thread; quick. NULL: the arguments say it all. (transfer full) */
  char *(*explain) (const AppToolScope *scope, JsonObject *arguments);
  /* Does it, and answers `task` (transfer full) (AppToolResult, or an error with a sentence for the model). Main thread; `scope` and `arguments` live until then, for any thread. It looks at the task's cancellable
   * before an effect, and not between an effect and the answer: what is answered is what happened. */
  void (*run) (const AppTool *self, const AppToolScope *scope, JsonObject *arguments, GTask *task);
  /* After a crash in the middle of `run`: whether it happened, as far as the workspace shows. NULL: nobody can tell, so the person is asked. */
  AppToolTrace (*find_trace) (AppWorkspace *workspace, JsonObject *arguments);
  /* From elsewhere: */
  const char *origin; /* the name of the server; NULL: built in */
  const char *pin;    /* what the person agreed to, a checksum of name, description and schema; NULL: none. A grant holds for this alone */
  gpointer data;      /* of who made it */
};

#define APP_TOOL_SECONDS 30
/* Of a result, in bytes: a model with a small context must be able to go on. */
#define APP_TOOL_MAX_RESULT 12000

/* The number `index` of those built in; NULL behind the last. */
const AppTool *app_tool_get (guint index);

/* Whether somebody speaks of one of them by its name for models ("run_python"), which no other words are. */
gboolean app_tool_is_named (const char *words);

/* For `run`: the work on a thread; takes the task. `func` gets scope and arguments, and returns the result, or NULL with an error. */
typedef AppToolResult *(*AppToolFunc) (const AppToolScope *scope, JsonObject *arguments, GCancellable *cancellable, GError **error);
void app_tool_run_in_thread (const AppToolScope *scope, JsonObject *arguments, AppToolFunc func, GTask *task);

/* Members of arguments that were checked: `fallback` where it is left out. */
const char *app_tool_get_string (JsonObject *arguments, const char *name, const char *fallback);
gint64 app_tool_get_integer (JsonObject *arguments, const char *name, gint64 fallback);

/* Checks what a model wrote against a schema, whatever the order of its members. (transfer full) (nullable): NULL with APP_ERROR_INVALID and a sentence for the model. */
JsonObject *app_tool_check_arguments (const char *schema, const char *arguments, GError **error);
/* As text for people: members one below the other. (transfer full) */
char *app_tool_print_arguments (const char *arguments);
/* A text in which characters that are not seen, or turn others round, are written as JSON would: what a person agrees to is what they see. (transfer full) */
char *app_tool_reveal (const char *text);
/* Cuts a text that is longer than `max` bytes between two characters, and says so. (transfer full) both */
char *app_tool_cut (char *text, gsize max);

G_END_DECLS
