/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app-lane.h"

#include <string.h>

#include "app-formula.h"

/* Of a live line, in characters: no window shows more. */
#define LONGEST_LINE 160

struct _AppLane {
  GObject parent;
  AppLaneState state;
  char *name, *task, *answer;
  GString *text;
  gint64 tokens;
  gint64 since;   /* of the monotonic clock; 0 while it does not work */
  double seconds; /* of work before `since` */
};

enum { SIGNAL_CHANGED, SIGNAL_STOP, N_SIGNALS };
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (AppLane, app_lane, G_TYPE_OBJECT)

static void
changed (AppLane *self)
{
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
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

/* ---- filling ---- */

void
app_lane_begin (AppLane *self, const char *task)
{
  g_free (self->task);
  self->task = g_strdup (task);
  self->state = APP_LANE_WORKING;
  if (!self->since)
    self->since = g_get_monotonic_time ();
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
  self->state = state;
  changed (self);
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
  G_OBJECT_CLASS (app_lane_parent_class)->finalize (object);
}

static void
app_lane_class_init (AppLaneClass *klass)
{
  GType type = G_TYPE_FROM_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = app_lane_finalize;
  signals[SIGNAL_CHANGED] = g_signal_new ("changed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_STOP] = g_signal_new ("stop", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
app_lane_init (AppLane *self)
{
  self->text = g_string_new (NULL);
  self->task = g_strdup ("");
  self->answer = g_strdup ("");
}

AppLane *
app_lane_new (const char *name)
{
  AppLane *self = g_object_new (APP_TYPE_LANE, NULL);

  self->name = g_strdup (name ? name : "");
  return self;
}
