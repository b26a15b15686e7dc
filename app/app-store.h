/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the history asks of its tables, as plain data. Internal to app/.
 *
 * Every app_store_… function is a job of AppDatabase (app_database_run_async): it runs on the database thread, takes the struct named in its
 * comment and returns what is named there. Each that writes is one transaction. */
#pragma once

#include "app-artifact.h"
#include "app-connections.h"
#include "app-database.h"
#include "app-message.h"
#include "app-search.h"
#include "app-senses.h"
#include "app-tool-call.h"

G_BEGIN_DECLS

typedef struct {
  gint64 id;
  char *title;
  gboolean named; /* by the person */
  char *model;
  gboolean pinned;
  gint64 updated; /* milliseconds since 1970 */
  gint64 folder;  /* 0: none */
  char *draft;    /* nullable */
  char *draft_wish; /* nullable */
  char *draft_depth; /* nullable */
  guint n_draft_attachments;
  gint64 queued; /* the last place of its queue; 0: nothing waits */
  char *settings; /* JSON of what differs from the preferences; nullable */
} AppConversationRow;

AppConversationRow *app_conversation_row_new (void);
void app_conversation_row_free (AppConversationRow *row);

typedef struct {
  gint64 id, parent; /* parent 0: none */
  AppRole role;
  AppMessageState state;
  gboolean interrupted;
  gint64 created;
  char *text;    /* never NULL */
  char *thought; /* before it; nullable */
  char *error;   /* nullable */
  char *notices; /* one per line, never NULL */
  char *model;   /* nullable */
  char *host;    /* the server that wrote it; NULL for this machine */
  AppStats stats;
  GPtrArray *sources; /* AppSource; nullable */
  GArray *citations;  /* AppCitation; nullable */
  guint branch_index, branch_count;
  guint n_attachments;
  char *wish; /* what a note is to become; NULL or "": the model decides */
  char *depth; /* as AppMessage has it; NULL: "" */
  GPtrArray *calls; /* AppCallRow, in their order, on reading; nullable. They are stored apart */
} AppMessageRow;

AppMessageRow *app_message_row_new (void);
void app_message_row_free (AppMessageRow *row);

typedef struct {
  char *sha256, *metadata, *model_text;
  GBytes *bytes; /* nullable on reading */
  char *choices; /* how its tables are to be read, "" as guessed; NULL on writing: nothing is said of it */
} AppAttachmentRow;

AppAttachmentRow *app_attachment_row_new (void);
void app_attachment_row_free (AppAttachmentRow *row);

/* A column as a string of its own; NULL for NULL. */
char *app_store_dup_text (sqlite3_stmt *statement, int column);
/* What a message keeps of thinking, in five columns from this one on: depth, thought, thought_tokens, thought_ms, thought_end. */
void app_store_read_thought (sqlite3_stmt *statement, int column, AppMessageRow *row);

/* ---- app-store.c ---- */

/* NULL → AppStoreOpened. Marks what an earlier run left unfinished (answers, connections), and purges what it deleted. */
typedef struct {
  GPtrArray *conversations; /* AppConversationRow, in the order of the list, at most APP_STORE_FIRST */
  GPtrArray *folders;       /* AppFolderRow */
  GPtrArray *choices;       /* AppStoreChoices */
  char *draft, *draft_wish, *draft_depth; /* of the conversation without a turn; nullable */
  guint n_draft_attachments;
  gboolean purged;          /* something was, and is to be cleaned away */
} AppStoreOpened;
#define APP_STORE_FIRST 100
void app_store_opened_free (AppStoreOpened *opened);
/* NULL → GPtrArray of AppConversationRow: those after the first. Opening must not wait for them: somebody may have thousands. */
gpointer app_store_open_rest (AppDatabase *db, gpointer data, GError **error);
gpointer app_store_open (AppDatabase *db, gpointer data, GError **error);

/* AppStoreSelect → GPtrArray of AppMessageRow: the visible path from below `after` (0: from its beginning). `reveal`: 0, or a message whose
 * way from the root is chosen first. `choose` (0: none): the sibling number `choose_index` of that message is chosen first. */
typedef struct {
  gint64 conversation, after, reveal, choose;
  guint choose_index;
} AppStoreSelect;
gpointer app_store_load (AppDatabase *db, gpointer data, GError **error);

/* AppStoreVersions → GPtrArray of AppMessageRow: the message and its siblings, oldest first; empty when it is not there. */
typedef struct {
  gint64 conversation, message;
} AppStoreVersions;
gpointer app_store_versions (AppDatabase *db, gpointer data, GError **error);

typedef enum { APP_STORE_TITLE, APP_STORE_PINNED, APP_STORE_FOLDER, APP_STORE_DELETED, APP_STORE_PURGE } AppStoreField;

/* AppStoreChange → OK. Changes a conversation: its title (value: 1 when by the person), pin, folder (0: none), deletion (value 0 or 1), or purges a deleted one. */
typedef struct {
  gint64 conversation;
  AppStoreField field;
  gint64 value;
  char *title;
} AppStoreChange;
gpointer app_store_change (AppDatabase *db, gpointer data, GError **error);
void app_store_change_free (AppStoreChange *change);

/* gint64 * (message id) → GPtrArray of AppAttachmentRow with bytes. */
gpointer app_store_attachments (AppDatabase *db, gpointer data, GError **error);
/* Adds to `rows` what the statement gives: sha256, metadata, model_text, bytes. */
gboolean app_store_read_attachments (AppDatabase *db, sqlite3_stmt *statement, GPtrArray *rows, GError **error);

/* ---- app-store-choices.c ---- */

typedef struct {
  char *sha256, *choices;
} AppStoreChoices;
AppStoreChoices *app_store_choices_new (const char *sha256, const char *choices);
void app_store_choices_free (AppStoreChoices *row);
/* AppStoreChoices → OK. Of a content that is not stored yet nothing is kept: whoever stores it brings them along. */
gpointer app_store_set_choices (AppDatabase *db, gpointer data, GError **error);
/* The same, in a transaction of others. `choices`: (nullable): nothing is said of them. */
gboolean app_store_write_choices (AppDatabase *db, const char *sha256, const char *choices, GError **error);
/* All of them, AppStoreChoices. (nullable) (transfer full) */
GPtrArray *app_store_read_choices (AppDatabase *db, GError **error);

/* ---- app-store-clean.c ---- */

/* Inside the transaction that deletes: has the index of the search take out the words of what is deleted, which else it would only strike out. */
gboolean app_store_begin_cleaning (AppDatabase *db, GError **error);
/* GINT_TO_POINTER (whether to begin) → GINT_TO_POINTER (AppStoreCleaning). Does some of that work, some milliseconds, so that other jobs come in between.
 * At the end the journal, which still has what was deleted, is emptied. */
typedef enum { APP_STORE_CLEAN = 1, APP_STORE_UNCLEAN } AppStoreCleaning;
gpointer app_store_clean (AppDatabase *db, gpointer data, GError **error);

/* ---- app-store-connection.c ---- */

typedef struct {
  gint64 id, began; /* milliseconds since 1970 */
  char *purpose, *peer;
  gint64 bytes;
  AppConnectionOutcome outcome;
  char *error; /* nullable */
} AppConnectionRow;

AppConnectionRow *app_connection_row_new (void);
void app_connection_row_free (AppConnectionRow *row);

/* NULL → GPtrArray of AppConnectionRow, the newest first. */
gpointer app_store_connections (AppDatabase *db, gpointer data, GError **error);
/* AppConnectionRow → gint64 *: its id. Stores one that begins. */
gpointer app_store_connection_begin (AppDatabase *db, gpointer data, GError **error);
/* AppConnectionRow → OK. Stores bytes, outcome and error. */
gpointer app_store_connection_update (AppDatabase *db, gpointer data, GError **error);

/* ---- app-store-server.c ---- */

typedef struct {
  gint64 id; /* 0: a new one */
  char *name, *address;
  char *models; /* JSON: app_openai_print_models () */
} AppServerRow;

AppServerRow *app_server_row_new (void);
void app_server_row_free (AppServerRow *row);

/* NULL → GPtrArray of AppServerRow, in the order in which they were added. */
gpointer app_store_servers (AppDatabase *db, gpointer data, GError **error);
/* AppServerRow → gint64 *: its id. Stores it, in the place of the one with its id, if there is one. */
gpointer app_store_server_save (AppDatabase *db, gpointer data, GError **error);
/* gint64 * (id) → OK. */
gpointer app_store_server_remove (AppDatabase *db, gpointer data, GError **error);

/* ---- app-store-draft.c ---- */

/* What is typed, or waits in the queue. */
typedef struct {
  gint64 conversation;    /* 0: the one without a turn */
  gint64 place;           /* in the queue; 0: it is typed */
  char *text;
  char *wish, *pick;      /* as a turn has them; pick as text (app-pick.h). NULL: none */
  char *depth;            /* likewise */
  GPtrArray *attachments; /* AppAttachmentRow. On writing, NULL: those that it has */
  gboolean ends_typed;    /* on writing: what was typed has become it */
} AppStoreDraft;
void app_store_draft_free (AppStoreDraft *draft);

/* AppStoreDraft → OK. In the place of the one before; one without words and attachments is none. */
gpointer app_store_draft (AppDatabase *db, gpointer data, GError **error);
/* AppStoreDraft (conversation and place) → OK. */
gpointer app_store_draft_remove (AppDatabase *db, gpointer data, GError **error);
/* AppStoreDraft (conversation) → GPtrArray of AppStoreDraft, with the bytes of attachments: what waits in the queue, in order; or what is typed. */
gpointer app_store_queue (AppDatabase *db, gpointer data, GError **error);
gpointer app_store_typed (AppDatabase *db, gpointer data, GError **error);
/* Inside a transaction. Bytes that nothing else has go too. */
gboolean app_store_forget_draft (AppDatabase *db, gint64 conversation, gint64 place, GError **error);
/* Of the conversation without a turn. `*text`, `*wish`, `*depth`: (nullable) */
gboolean app_store_read_unsent_draft (AppDatabase *db, char **text, char **wish, char **depth, guint *n_attachments, GError **error);

/* ---- app-store-source.c ---- */

/* Inside a transaction: the sources and citations of a row, in the place of those before; a row without sources leaves them. */
gboolean app_store_write_sources (AppDatabase *db, const AppMessageRow *row, GError **error);
/* Into the `rows` (AppMessageRow) of a path. */
gboolean app_store_read_sources (AppDatabase *db, gint64 conversation, GPtrArray *rows, GError **error);

/* ---- app-store-call.c ---- */

/* A call of a tool. */
typedef struct {
  gint64 id;      /* 0: not stored */
  gint64 message; /* the answer that called; 0 on reading: it was deleted for good, and with it the words of the call */
  guint round;
  gsize place;
  char *call, *tool, *origin; /* origin "": ours */
  char *pin;                  /* of the tool's description as it is now; not stored with the call */
  AppEffect effect;
  char *arguments;
  AppCallState state;
  AppConsentAnswer consent;
  char *result;
  char *data;          /* nullable */
  gint64 began, ended; /* milliseconds since 1970; ended 0: it has not */
} AppCallRow;
AppCallRow *app_call_row_new (void);
void app_call_row_free (AppCallRow *row);
AppCallRow *app_call_row_copy (const AppCallRow *row); /* NULL strings become "", but for data */
G_DEFINE_AUTOPTR_CLEANUP_FUNC (AppCallRow, app_call_row_free)

/* AppCallRow → AppStoreCallBegun. The journal: stored before anything happens. One that is ASKING is RUNNING when the person has allowed its tool before. */
typedef struct {
  gint64 id;
  gboolean granted;
} AppStoreCallBegun;
gpointer app_store_call_begin (AppDatabase *db, gpointer data, GError **error);
/* AppCallRow → OK. State, consent, result; when it becomes RUNNING, a consent that holds for more than this call is kept too. */
gpointer app_store_call_update (AppDatabase *db, gpointer data, GError **error);
/* Inside a transaction: what an earlier run left under way. */
gboolean app_store_interrupt_calls (AppDatabase *db, GError **error);
/* Into the `rows` (AppMessageRow) of a path. */
gboolean app_store_read_calls (AppDatabase *db, gint64 conversation, GPtrArray *rows, GError **error);

/* AppStoreLog → GPtrArray of AppCallRow: all that was ever called, the newest first. */
typedef struct {
  char *query;   /* "": all */
  gint64 before; /* an id; 0: from the newest on */
  guint limit;
} AppStoreLog;
void app_store_log_free (AppStoreLog *log);
gpointer app_store_log (AppDatabase *db, gpointer data, GError **error);

typedef struct {
  gint64 id, granted;  /* granted: milliseconds since 1970 */
  char *tool, *origin;
  char *conversation;  /* the title of the one in which it holds; NULL: in all */
} AppGrantRow;
void app_grant_row_free (AppGrantRow *row);
/* NULL → GPtrArray of AppGrantRow, the newest first. */
gpointer app_store_grants (AppDatabase *db, gpointer data, GError **error);
/* gint64 * (id) → OK. */
gpointer app_store_grant_revoke (AppDatabase *db, gpointer data, GError **error);

/* ---- app-store-job.c ---- */

/* The numbers of both are stored. */
typedef enum { APP_JOB_PLANNING, APP_JOB_WORKING, APP_JOB_DONE, APP_JOB_FAILED, APP_JOB_STOPPED, APP_JOB_SPENT } AppJobState;
typedef enum {
  APP_STEP_WAITING,
  APP_STEP_WORKING, /* a model is at it: nothing has happened */
  APP_STEP_MADE,    /* what it made is in the journal, and may be in its place */
  APP_STEP_DONE,
  APP_STEP_FAILED,
  APP_STEP_STOPPED, /* by the person */
  APP_STEP_SPENT,   /* its budget has ended */
} AppStepState;

typedef struct {
  gint64 job;
  guint number; /* from 1 */
  char *plan;   /* JSON: job_step_print () */
  AppStepState state;
  guint tries;  /* how often it was made */
  gint64 tokens, calls, ms;
  char *made;     /* JSON: job_made_print (); NULL */
  char *text;     /* what was written at it; never NULL on reading */
  char *findings; /* sentences, one per line; never NULL on reading */
  gint64 began, ended; /* milliseconds since 1970; 0: not yet */
} AppJobStepRow;
AppJobStepRow *app_job_step_row_copy (const AppJobStepRow *row); /* NULL strings become "", but for made */
void app_job_step_row_free (AppJobStepRow *row);

typedef struct {
  gint64 id, message;
  char *request;
  AppJobState state;
  gint64 budget_tokens, budget_calls, budget_ms, tokens, calls, ms;
  gint64 created, ended;
  GPtrArray *steps; /* AppJobStepRow, by number; nullable on writing */
} AppJobRow;
AppJobRow *app_job_row_copy (const AppJobRow *row); /* without its steps */
void app_job_row_free (AppJobRow *row);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (AppJobRow, app_job_row_free)

/* AppJobRow → gint64 *: its id. Stores one that begins. */
gpointer app_store_job_begin (AppDatabase *db, gpointer data, GError **error);
/* AppJobRow → OK. State, budget, what it took; and, unless they are NULL, its steps: those that it was planned to have. */
gpointer app_store_job_save (AppDatabase *db, gpointer data, GError **error);
/* AppJobStepRow → OK. */
gpointer app_store_job_step_save (AppDatabase *db, gpointer data, GError **error);
/* gint64 * (message) → AppJobRow with its steps; its id is 0 when the message has none. */
gpointer app_store_job_find (AppDatabase *db, gpointer data, GError **error);
/* gint64 * (conversation) → GPtrArray of AppJobRow with their steps: of all its messages. */
gpointer app_store_jobs (AppDatabase *db, gpointer data, GError **error);

/* ---- app-store-lane.c ---- */

/* One of several agents whose work became an answer: as AppLane has it. Strings never NULL on reading. */
typedef struct {
  char *name, *answer, *text;
  int state; /* AppLaneState: its numbers are stored */
  gint64 tokens, ms, began, ended;
} AppLaneRow;
void app_lane_row_free (AppLaneRow *row);

typedef struct {
  gint64 message;
  GPtrArray *lanes; /* AppLaneRow */
} AppLanesRow;
void app_lanes_row_free (AppLanesRow *row);

/* AppLanesRow → OK. In the place of those that the message had; nothing if it is gone. */
gpointer app_store_lanes_save (AppDatabase *db, gpointer data, GError **error);
/* gint64 * (conversation) → GPtrArray of AppLanesRow: of all its messages that have some. */
gpointer app_store_lanes (AppDatabase *db, gpointer data, GError **error);

/* ---- app-store-contents.c ---- */

/* What a prompt needs of the messages on its path, and is not in memory. */
typedef struct {
  GArray *texts_of;  /* gint64: messages whose attachments' texts it needs */
  GArray *shown_of;  /* gint64: messages whose attachments a model with `senses` is given itself */
  AppSenses senses;
  gboolean measured; /* how much they are, and not their bytes */
} AppStoreWants;
typedef struct {
  GHashTable *texts; /* gint64 * id → GPtrArray of AppDocument */
  GHashTable *shown; /* gint64 * id → GPtrArray of AppAttachmentRow, with the bytes of what the senses are for */
} AppStoreContents;

/* AppStoreWants → AppStoreContents. */
AppStoreWants *app_store_wants_new (void);
void app_store_wants_free (AppStoreWants *wants);
AppStoreContents *app_store_contents_new (void);
void app_store_contents_free (AppStoreContents *contents);
gpointer app_store_contents (AppDatabase *db, gpointer data, GError **error);
/* The same, inside a transaction. */
gboolean app_store_read_contents (AppDatabase *db, const AppStoreWants *wants, AppStoreContents *contents, GError **error);

/* ---- app-store-turn.c ---- */

/* AppStoreTurn → AppStoreTurnResult. One transaction: a conversation when there is none, the person's message with its attachments (unless
 * `note` is NULL), the empty answer, the chosen path, the end of the draft. */
typedef struct {
  AppConversationRow *conversation; /* id 0: a new one */
  gint64 parent;                    /* of the note, or of the answer when there is no note */
  AppMessageRow *note;              /* nullable */
  GPtrArray *attachments;           /* of AppAttachmentRow, for the note; nullable */
  AppMessageRow *answer;
  gboolean ends_draft; /* the note is what a draft became: */
  gint64 place;        /* …that at this place of the queue; 0: what was typed */
  gboolean beside;     /* the chosen path stays as it is */
  AppStoreWants *wants; /* nullable: nothing */
} AppStoreTurn;
void app_store_turn_free (AppStoreTurn *turn);

typedef struct {
  gint64 conversation, note, answer;
  guint note_index, note_count, answer_index, answer_count; /* of their branches */
  AppStoreContents *contents;                               /* what it wants */
} AppStoreTurnResult;
void app_store_turn_result_free (AppStoreTurnResult *result);
gpointer app_store_turn (AppDatabase *db, gpointer data, GError **error);

/* AppMessageRow → OK. The answer as it is now: text, thought, state, error, notices, statistics. */
gpointer app_store_save (AppDatabase *db, gpointer data, GError **error);

/* ---- app-store-artifact.c ---- */

/* An id that the database gives while later jobs are already on their way: it is written and read on the database's thread alone. Counted (g_atomic_rc_box). */
typedef gint64 AppStoreSlot;

typedef struct {
  gint64 id, artifact;
  AppStoreSlot *slot; /* of the id, where that is 0; nullable */
  gint64 message; /* that made it */
  gint64 base;    /* the version that it was made of; 0: none */
  guint number;   /* from 1 */
  AppOrigin origin;
  AppVersionState state;
  char *title, *source;
  char *data;     /* the ids of datasets, one per line */
  char *findings; /* sentences, one per line */
  gint64 created; /* milliseconds since 1970 */
  GBytes *thumbnail; /* nullable: not read, or as it was */
} AppVersionRow;
AppVersionRow *app_version_row_new (void);
void app_version_row_free (AppVersionRow *row);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (AppVersionRow, app_version_row_free)

typedef struct {
  gint64 id, conversation;
  AppStoreSlot *slot; /* of the id, where that is 0; nullable */
  char *kind, *title;
  gboolean starred;
  gint64 created;
  GPtrArray *versions; /* AppVersionRow by number */
} AppArtifactRow;
AppArtifactRow *app_artifact_row_new (void);
void app_artifact_row_free (AppArtifactRow *row);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (AppArtifactRow, app_artifact_row_free)

/* gint64 * (conversation) → GPtrArray of AppArtifactRow, of every branch, without thumbnails. */
gpointer app_store_artifacts (AppDatabase *db, gpointer data, GError **error);
/* NULL → GPtrArray of AppArtifactRow of all conversations, each with its newest version, without source, with a thumbnail: starred ones first, then the newest. */
gpointer app_store_shelf (AppDatabase *db, gpointer data, GError **error);

/* AppStoreMade → AppArtifactRow with one version: the newest that works, else the newest that is whole, with the newest thumbnail. APP_ERROR_MISSING: there is none. */
typedef struct {
  gint64 id, created;
} AppStoreMade;
gpointer app_store_made (AppDatabase *db, gpointer data, GError **error);
/* NULL → GHashTable: the handles (app-made.h) of all artifacts there are. */
gpointer app_store_handles (AppDatabase *db, gpointer data, GError **error);

/* AppStoreVersionAdd → AppVersionRow: its ids and number. The artifact, too, when its id is 0. */
typedef struct {
  AppArtifactRow *artifact;
  AppVersionRow *version;
} AppStoreVersionAdd;
void app_store_version_add_free (AppStoreVersionAdd *add);
gpointer app_store_version_add (AppDatabase *db, gpointer data, GError **error);
/* The same inside a transaction; `added` gets ids and number. */
gboolean app_store_version_insert (AppDatabase *db, const AppStoreVersionAdd *wanted, AppVersionRow *added, GError **error);
/* AppVersionRow → OK. Title, source and data as long as it is being written; state, findings and thumbnail always. */
gpointer app_store_version_save (AppDatabase *db, gpointer data, GError **error);
/* AppVersionRow → OK. A version, and its artifact when it was the last. */
gpointer app_store_version_delete (AppDatabase *db, gpointer data, GError **error);
/* AppArtifactRow → OK. Title and star. */
gpointer app_store_artifact_change (AppDatabase *db, gpointer data, GError **error);

/* gint64 * (artifact) → GHashTable of strings: what its page keeps. */
gpointer app_store_page_storage (AppDatabase *db, gpointer data, GError **error);
/* AppStorePageValue → OK. */
typedef struct {
  gint64 artifact;
  char *key, *value; /* value NULL: it is deleted */
} AppStorePageValue;
void app_store_page_value_free (AppStorePageValue *value);
gpointer app_store_page_value (AppDatabase *db, gpointer data, GError **error);

/* ---- app-store-settings.c ---- */

typedef struct {
  gint64 conversation;
  char *json; /* nullable */
} AppStoreSettings;
void app_store_settings_free (AppStoreSettings *settings);

/* AppStoreSettings → OK. */
gpointer app_store_settings (AppDatabase *db, gpointer data, GError **error);

/* ---- app-store-library.c ---- */

/* One row of the tables personas (`text` is the column settings) and prompts. `name` NULL: it is deleted. */
typedef struct {
  const char *table, *column; /* static */
  gint64 id;
  char *name, *text;
} AppLibraryRow;
void app_library_row_free (AppLibraryRow *row);

/* AppLibraryRow, of which only the table counts → GPtrArray of AppLibraryRow. */
gpointer app_store_library_read (AppDatabase *db, gpointer data, GError **error);
/* AppLibraryRow → OK. In the place of the one with this id. */
gpointer app_store_library_write (AppDatabase *db, gpointer data, GError **error);

/* ---- app-store-search.c ---- */

typedef struct {
  char *query;
  guint limit;
} AppStoreSearch;
void app_store_search_free (AppStoreSearch *search);

/* AppStoreSearch → GPtrArray of AppSearchRow. */
gpointer app_store_search (AppDatabase *db, gpointer data, GError **error);

/* ---- app-store-search-attached.c ---- */

/* Where a search of what is attached has come to: the newest first, down to (not including) this attachment. */
typedef struct {
  char *query;
  guint limit; /* hits that are still wanted */
  gint64 message, position;
} AppStoreSearchAttached;
AppStoreSearchAttached *app_store_search_attached_new (const char *query, guint limit);
AppStoreSearchAttached *app_store_search_attached_copy (const AppStoreSearchAttached *search);
void app_store_search_attached_free (AppStoreSearchAttached *search);

typedef struct {
  GPtrArray *rows; /* AppSearchRow, each with the name of its attachment */
  gint64 message, position;
  gboolean more;
} AppStoreAttachedFound;
void app_store_attached_found_free (AppStoreAttachedFound *found);

/* AppStoreSearchAttached → AppStoreAttachedFound: looks through a few megabytes of texts, so that nothing else waits long for the database. */
gpointer app_store_search_attached (AppDatabase *db, gpointer data, GError **error);

/* ---- app-store-speed.c ---- */

/* NULL → GHashTable: name of a model (string) → tokens per second (double *), over its newest answers. */
gpointer app_store_speeds (AppDatabase *db, gpointer data, GError **error);

G_END_DECLS
