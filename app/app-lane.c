/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app-lane-private.h"

#include <string.h>

#include "app-formula.h"

/* Of a live line, in characters: no window shows more. */
#define LONGEST_LINE 160

struct _AppLane {
  GObject parent;
  AppLaneRole role;
  AppLaneState state;
  char *name, *task, *answer;
  GString *text;
  gint64 tokens;
  gint64 since;   /* of the monotonic clock; 0 while it does not work, or is paused */
  double seconds; /* of work before `since` */
  gint64 began, ended; /* milliseconds since 1970; 0: not yet */
  gint64 budget_tokens;
  double budget_seconds;
  AppLanePause pause;
  GStrv files, findings;
};

enum { SIGNAL_CHANGED, SIGNAL_STOP, SIGNAL_PAUSE, SIGNAL_STEER, SIGNAL_RAISE, N_SIGNALS };
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (AppLane, app_lane, G_TYPE_OBJECT)

static void
changed (AppLane *self)
{
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

AppLaneRole
app_lane_get_role (AppLane *self)
{
  return self->role;
}

const char *
app_lane_get_name (AppLane *self)
{
  return self->name;
}

AppLaneState
app_lane_get_state (AppLane *self)
{
  return self->state;
}

const char *
app_lane_get_task (AppLane *self)
{
  return self->task;
}

const char *
app_lane_get_text (AppLane *self)
{
  return self->text->str;
}

const char *
app_lane_get_answer (AppLane *self)
{
  return self->answer;
}

gint64
app_lane_get_tokens (AppLane *self)
{
  return self->tokens;
}

double
app_lane_get_seconds (AppLane *self)
{
  return self->seconds + (self->since ? (g_get_monotonic_time () - self->since) / (double) G_USEC_PER_SEC : 0);
}

/* Where the last line that has words begins, and its length: no line of marks around a formula alone. */
static const char *
last_line (const GString *text, gsize *length)
{
  gsize end = text->len, begin = 0;

  for (;;) {
    while (end > 0 && g_ascii_isspace (text->str[end - 1]))
      end--;
    for (begin = end; begin > 0 && text->str[begin - 1] != '\n';)
      begin--;
    while (begin < end && g_ascii_isspace (text->str[begin]))
      begin++;
    *length = end - begin;
    if (begin == 0 || *length != 2 || (strncmp (text->str + begin, "\\[", 2) != 0 && strncmp (text->str + begin, "\\]", 2) != 0 && strncmp (text->str + begin, "$$", 2) != 0))
      return text->str + begin;
    end = begin;
  }
}

/* Whether the line stands within a formula of several lines. */
static gboolean
is_in_formula (const GString *text, const char *line)
{
  g_autofree char *before = g_strndup (text->str, (gsize) (line - text->str));
  const char *opened = g_strrstr (before, "\\["), *closed = g_strrstr (before, "\\]");

  return opened != NULL && (closed == NULL || closed < opened);
}

char *
app_lane_dup_line (AppLane *self)
{
  gsize length;
  const char *line = last_line (self->text, &length);
  g_autofree char *whole = g_strndup (line, length), *source = is_in_formula (self->text, line) ? g_strconcat ("\\[", whole, NULL) : g_strdup (whole);
  g_autofree char *plain = app_formula_dup_plain_text (source);
  glong n = g_utf8_strlen (plain, -1);

  /* What is written last is what matters. */
  if (n > LONGEST_LINE)
    return g_strconcat ("…", g_utf8_offset_to_pointer (plain, n - LONGEST_LINE), NULL);
  return g_steal_pointer (&plain);
}

gboolean
app_lane_can_stop (AppLane *self)
{
  return self->state <= APP_LANE_WORKING && g_signal_has_handler_pending (self, signals[SIGNAL_STOP], 0, TRUE);
}

void
app_lane_stop (AppLane *self)
{
  if (self->state <= APP_LANE_WORKING)
    g_signal_emit (self, signals[SIGNAL_STOP], 0);
}

gint64
app_lane_get_budget_tokens (AppLane *self)
{
  return self->budget_tokens;
}

double
app_lane_get_budget_seconds (AppLane *self)
{
  return self->budget_seconds;
}

AppLanePause
app_lane_get_pause (AppLane *self)
{
  return self->pause;
}

const char *const *
app_lane_get_files (AppLane *self)
{
  return (const char *const *) self->files;
}

const char *const *
app_lane_get_findings (AppLane *self)
{
  return (const char *const *) self->findings;
}

gint64
app_lane_get_began (AppLane *self)
{
  return self->began;
}

gint64
app_lane_get_ended (AppLane *self)
{
  return self->ended;
}

/* Whether somebody answers when the person asks for it. */
static gboolean
is_heard (AppLane *self, guint signal)
{
  return g_signal_has_handler_pending (self, signals[signal], 0, TRUE);
}

gboolean
app_lane_can_pause (AppLane *self)
{
  return self->state <= APP_LANE_WORKING && is_heard (self, SIGNAL_PAUSE);
}

void
app_lane_ask_pause (AppLane *self, gboolean pause)
{
  if (self->state <= APP_LANE_WORKING)
    g_signal_emit (self, signals[SIGNAL_PAUSE], 0, pause);
}

gboolean
app_lane_can_steer (AppLane *self)
{
  return self->state <= APP_LANE_WORKING && is_heard (self, SIGNAL_STEER);
}

void
app_lane_steer (AppLane *self, const char *words)
{
  if (self->state <= APP_LANE_WORKING)
    g_signal_emit (self, signals[SIGNAL_STEER], 0, words);
}

gboolean
app_lane_can_raise (AppLane *self)
{
  return self->budget_tokens > 0 && is_heard (self, SIGNAL_RAISE) && self->state <= APP_LANE_WORKING;
}

void
app_lane_raise (AppLane *self)
{
  g_signal_emit (self, signals[SIGNAL_RAISE], 0);
}

/* ---- filling ---- */

void
app_lane_begin (AppLane *self, const char *task)
{
  g_free (self->task);
  self->task = g_strdup (task);
  self->state = APP_LANE_WORKING;
  if (!self->since && self->pause != APP_LANE_PAUSED)
    self->since = g_get_monotonic_time ();
  if (!self->began)
    self->began = g_get_real_time () / 1000;
  changed (self);
}

void
app_lane_append (AppLane *self, const char *piece)
{
  g_string_append (self->text, piece);
  changed (self);
}

void
app_lane_count (AppLane *self, gint64 tokens)
{
  self->tokens += tokens;
  changed (self);
}

void
app_lane_set_answer (AppLane *self, const char *answer)
{
  char *copy = g_strdup (answer ? answer : "");

  g_free (self->answer);
  self->answer = copy;
  changed (self);
}

void
app_lane_end (AppLane *self, AppLaneState state)
{
  self->seconds = app_lane_get_seconds (self);
  self->since = 0;
  self->ended = g_get_real_time () / 1000;
  self->pause = APP_LANE_GOES;
  self->state = state;
  changed (self);
}

void
app_lane_set_budget (AppLane *self, gint64 tokens, double seconds)
{
  self->budget_tokens = tokens;
  self->budget_seconds = seconds;
  changed (self);
}

void
app_lane_set_pause (AppLane *self, AppLanePause pause)
{
  if (self->pause == pause)
    return;
  self->pause = pause;
  if (pause == APP_LANE_PAUSED) {
    self->seconds = app_lane_get_seconds (self);
    self->since = 0;
  } else if (!self->since && self->state == APP_LANE_WORKING) {
    self->since = g_get_monotonic_time ();
  }
  changed (self);
}

static void
set_list (AppLane *self, GStrv *field, const char *const *list)
{
  GStrv copy = g_strdupv ((char **) list);

  g_strfreev (*field);
  *field = copy;
  changed (self);
}

void
app_lane_set_files (AppLane *self, const char *const *files)
{
  set_list (self, &self->files, files);
}

void
app_lane_set_findings (AppLane *self, const char *const *findings)
{
  set_list (self, &self->findings, findings);
}

void
app_lane_restore (AppLane *self, AppLaneState state, const char *task, const char *text, gint64 tokens, double seconds, gint64 began, gint64 ended)
{
  char *copy = g_strdup (task);

  g_free (self->task);
  self->task = copy;
  g_string_assign (self->text, text);
  self->tokens = tokens;
  self->seconds = seconds;
  self->since = 0;
  self->began = began;
  self->ended = ended;
  self->state = state;
  changed (self);
}

/* ---- of an earlier run ---- */

AppLanesRow *
app_lanes_save (GListModel *lanes, gint64 message)
{
  AppLanesRow *all = g_new0 (AppLanesRow, 1);

  all->message = message;
  all->lanes = g_ptr_array_new_with_free_func ((GDestroyNotify) app_lane_row_free);
  for (guint i = 0; i < g_list_model_get_n_items (lanes); i++) {
    g_autoptr (AppLane) lane = g_list_model_get_item (lanes, i);
    AppLaneRow *row = g_new0 (AppLaneRow, 1);

    *row = (AppLaneRow) { g_strdup (lane->name), g_strdup (lane->answer), g_strdup (lane->text->str), (int) lane->state, lane->tokens, (gint64) (app_lane_get_seconds (lane) * 1000), lane->began, lane->ended };
    g_ptr_array_add (all->lanes, row);
  }
  return all;
}

GListModel *
app_lanes_restore (const AppLanesRow *row)
{
  GListStore *lanes = g_list_store_new (APP_TYPE_LANE);

  for (guint i = 0; i < row->lanes->len; i++) {
    const AppLaneRow *of = row->lanes->pdata[i];
    g_autoptr (AppLane) lane = app_lane_new (of->name);

    /* What had not ended has now. */
    app_lane_restore (lane, of->state > APP_LANE_WORKING && of->state <= APP_LANE_FAILED ? (AppLaneState) of->state : APP_LANE_STOPPED, "", of->text, of->tokens, (double) of->ms / 1000, of->began, of->ended);
    app_lane_set_answer (lane, of->answer);
    g_list_store_append (lanes, lane);
  }
  return G_LIST_MODEL (lanes);
}

/* ---- object ---- */

static void
app_lane_finalize (GObject *object)
{
  AppLane *self = APP_LANE (object);

  g_free (self->name);
  g_free (self->task);
  g_free (self->answer);
  g_string_free (self->text, TRUE);
  g_strfreev (self->files);
  g_strfreev (self->findings);
  G_OBJECT_CLASS (app_lane_parent_class)->finalize (object);
}

static void
app_lane_class_init (AppLaneClass *klass)
{
  GType type = G_TYPE_FROM_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = app_lane_finalize;
  signals[SIGNAL_CHANGED] = g_signal_new ("changed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_STOP] = g_signal_new ("stop", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_PAUSE] = g_signal_new ("pause", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_BOOLEAN);
  signals[SIGNAL_STEER] = g_signal_new ("steer", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
  signals[SIGNAL_RAISE] = g_signal_new ("raise", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
app_lane_init (AppLane *self)
{
  self->text = g_string_new (NULL);
  self->task = g_strdup ("");
  self->answer = g_strdup ("");
  self->files = g_new0 (char *, 1);
  self->findings = g_new0 (char *, 1);
}

AppLane *
app_lane_new (const char *name)
{
  AppLane *self = g_object_new (APP_TYPE_LANE, NULL);

  self->name = g_strdup (name ? name : "");
  return self;
}

AppLane *
app_lane_new_with_role (const char *name, AppLaneRole role)
{
  AppLane *self = app_lane_new (name);

  self->role = role;
  return self;
}
