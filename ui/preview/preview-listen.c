/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What comes from the page: files that it wants, messages of our script in it, and what it was denied. Everything is counted before it is looked at. */
#include "preview-private.h"

#include <glib/gi18n.h>
#include <string.h>

#include "preview-message.h"

/* Messages at once, and each second after that; keeper.js passes a third of it on, so that more is a process that is not itself any more. */
#define BURST 600.0
#define PER_SECOND 200.0
/* As many within a second end the page. */
#define TOO_MANY 3000
/* Dialogs that a person sees within so many seconds. */
#define DIALOGS 3
#define DIALOG_SECONDS 10
#define MAX_KEY 200
/* Bytes of a line that is kept. */
#define MAX_LINE 5000

static const struct {
  const char *name;
  UiPreviewLevel level;
} levels[] = {
  { "debug", UI_PREVIEW_DEBUG }, { "info", UI_PREVIEW_INFO }, { "log", UI_PREVIEW_LOG }, { "warning", UI_PREVIEW_WARNING }, { "error", UI_PREVIEW_ERROR },
  { "exception", UI_PREVIEW_EXCEPTION }, { "rejection", UI_PREVIEW_REJECTION }, { "blocked", UI_PREVIEW_BLOCKED }, { "failed", UI_PREVIEW_BLOCKED },
};

void
preview_listen_begin (UiPreview *self)
{
  self->allowance = BURST;
  self->since = g_get_monotonic_time ();
  self->n_second = 0;
  self->n_dialogs = 0;
  g_clear_object (&self->flood);
}

/* ---- the console ---- */

static void
add_entry (UiPreview *self, UiPreviewLevel level, const char *text, const char *source, guint line)
{
  g_autofree char *cut = g_utf8_validate (text, -1, NULL) ? g_strndup (text, MAX_LINE) : g_utf8_make_valid (text, MAX_LINE);
  g_autofree char *whole = g_utf8_make_valid (cut, -1);
  g_autoptr (UiPreviewEntry) entry = ui_preview_entry_new (level, whole, source, line);

  preview_emit_entry (self, preview_log_add (self->log, entry));
}

void
preview_note (UiPreview *self, UiPreviewLevel level, const char *text)
{
  add_entry (self, level, text, NULL, 0);
}

static void
count_dropped (UiPreview *self, guint n)
{
  if (self->flood == NULL) {
    self->flood = ui_preview_entry_new (UI_PREVIEW_NOTE, _("The page says more than can be shown. Messages were left out."), NULL, 0);
    ui_preview_entry_count (self->flood, n - 1);
    preview_log_add (self->log, self->flood);
  } else {
    ui_preview_entry_count (self->flood, n);
  }
  preview_emit_entry (self, self->flood);
}

/* ---- messages ---- */

static gboolean
may_pass (UiPreview *self)
{
  gint64 now = g_get_monotonic_time ();

  if (now / G_USEC_PER_SEC != self->since / G_USEC_PER_SEC)
    self->n_second = 0;
  self->allowance = MIN (BURST, self->allowance + (double)(now - self->since) / G_USEC_PER_SEC * PER_SECOND);
  self->since = now;
  if (++self->n_second == TOO_MANY && self->why == NULL) {
    self->why = _("It sent so many messages that it would have held up the window, and was stopped. Reload to run it again, or ask for it to be mended.");
    self->api->terminate (self->web);
  }
  if (self->allowance < 1)
    return FALSE;
  self->allowance -= 1;
  return TRUE;
}

/* The path of one of the page's own addresses, or NULL. (transfer none) */
static const char *
own_path (UiPreview *self, const char *address)
{
  g_autofree char *prefix = g_strdup_printf (PREVIEW_WEB_SCHEME "://%s/", self->host);

  return address != NULL && g_str_has_prefix (address, prefix) ? address + strlen (prefix) : NULL;
}

static void
on_log (UiPreview *self, PreviewMessage *message)
{
  const char *name = preview_message_get_string (message, "level"), *text = preview_message_get_string (message, "text"), *rule = preview_message_get_string (message, "rule");
  const char *source = own_path (self, preview_message_get_string (message, "source"));
  guint line = source != NULL ? (guint) MAX (preview_message_get_number (message, "line"), 0) : 0;
  g_autofree char *path = source != NULL ? g_strndup (source, strcspn (source, "?#")) : NULL;
  g_autofree char *sentence = NULL;

  if (name == NULL || text == NULL)
    return;
  if (path != NULL && *path == '\0') {
    g_free (path);
    path = g_strdup (APP_BUNDLE_INDEX);
  }
  for (guint i = 0; i < G_N_ELEMENTS (levels); i++) {
    if (!g_str_equal (levels[i].name, name))
      continue;
    if (g_str_equal (name, "blocked"))
      /* An address, and the rule's name, as "connect-src". */
      sentence = g_strdup_printf (_("%s was blocked (%s). Pages have no network."), text, rule != NULL ? rule : "–");
    else if (g_str_equal (name, "failed"))
      sentence = g_strdup_printf (_("%s could not be loaded."), own_path (self, text) != NULL ? own_path (self, text) : text);
    add_entry (self, levels[i].level, sentence != NULL ? sentence : text, path, line);
    return;
  }
}

static void
on_report (UiPreview *self, PreviewMessage *message)
{
  const char *name = preview_message_get_string (message, "name"), *value = preview_message_get_string (message, "value");

  if (name != NULL && value != NULL && preview_message_is_json (value))
    preview_emit_report (self, name, value);
}

static void
on_store (UiPreview *self, PreviewMessage *message)
{
  const char *key = preview_message_get_string (message, "key"), *value = preview_message_get_string (message, "value");
  const char *before;
  gsize less, more;

  if (key == NULL || strlen (key) > MAX_KEY)
    return;
  before = g_hash_table_lookup (self->storage, key);
  less = before != NULL ? strlen (key) + strlen (before) : 0;
  more = value != NULL ? strlen (key) + strlen (value) : 0;
  if (value != NULL && (self->stored - less + more > UI_PREVIEW_MAX_STORAGE || !preview_message_is_json (value)))
    return;
  if (value == NULL && before == NULL)
    return;
  self->stored = self->stored - less + more;
  if (value != NULL)
    g_hash_table_replace (self->storage, g_strdup (key), g_strdup (value));
  else
    g_hash_table_remove (self->storage, key);
  preview_emit_stored (self, key, value);
}

static void
on_picked (UiPreview *self, PreviewMessage *message)
{
  UiPreviewPick pick = {
    .selector = preview_message_get_string (message, "selector"), .part = preview_message_get_string (message, "part"), .text = preview_message_get_string (message, "text"),
    .html = preview_message_get_string (message, "html"), .x = preview_message_get_number (message, "x"), .y = preview_message_get_number (message, "y"),
    .width = preview_message_get_number (message, "width"), .height = preview_message_get_number (message, "height"),
  };

  if (self->picking && pick.selector != NULL && pick.text != NULL && pick.html != NULL)
    preview_picked (self, &pick);
}

static void
on_message (const char *text, gpointer data)
{
  UiPreview *self = data;
  g_autoptr (PreviewMessage) message = NULL;
  const char *type;

  if (!may_pass (self)) {
    count_dropped (self, 1);
    return;
  }
  message = preview_message_parse (text, NULL);
  type = message != NULL ? preview_message_get_string (message, "type") : NULL;
  if (type == NULL || preview_message_get_number (message, "load") != (int) self->load)
    return;
  if (g_str_equal (type, "log"))
    on_log (self, message);
  else if (g_str_equal (type, "report"))
    on_report (self, message);
  else if (g_str_equal (type, "store"))
    on_store (self, message);
  else if (g_str_equal (type, "dropped"))
    count_dropped (self, (guint) CLAMP (preview_message_get_number (message, "count"), 1, G_MAXINT));
  else if (g_str_equal (type, "picked"))
    on_picked (self, message);
  else if (g_str_equal (type, "pick-left"))
    preview_pick_ended (self);
}

/* ---- what it asks for ---- */

static GBytes *
on_find (const char *path, const char **mime_type, gpointer data)
{
  UiPreview *self = data;

  return app_bundle_find (self->bundle, path, mime_type);
}

static void
on_blocked (PreviewBlocked what, const char *detail, gpointer data)
{
  UiPreview *self = data;
  g_autofree char *cut = g_utf8_make_valid (detail != NULL ? detail : "", (gssize) MIN (strlen (detail != NULL ? detail : ""), 300));
  g_autofree char *sentence = NULL;

  if (!may_pass (self)) {
    count_dropped (self, 1);
    return;
  }
  switch (what) {
  case PREVIEW_BLOCKED_NAVIGATION:
    sentence = g_strdup_printf (_("The page wanted to go to %s, and stays here."), cut);
    break;
  case PREVIEW_BLOCKED_WINDOW:
    sentence = g_strdup_printf (_("The page wanted to open a window for %s, and may not."), cut);
    break;
  case PREVIEW_BLOCKED_DOWNLOAD:
    sentence = g_strdup_printf (_("The page wanted to save a file (%s), and may not."), cut);
    break;
  case PREVIEW_BLOCKED_PERMISSION:
    sentence = g_strdup (_("The page asked for a device, the place or notifications, and may not have them."));
    break;
  case PREVIEW_BLOCKED_FILE:
    sentence = g_strdup (_("The page asked for a file, and may not have one."));
    break;
  case PREVIEW_BLOCKED_PRINT:
    sentence = g_strdup (_("The page wanted to print, and may not."));
    break;
  case PREVIEW_BLOCKED_FULL_SCREEN:
    sentence = g_strdup (_("The page wanted to fill the screen, and may not."));
    break;
  case PREVIEW_BLOCKED_PASSWORD:
    sentence = g_strdup (_("The page asked for a password, and may not."));
    break;
  case PREVIEW_BLOCKED_RESOURCE:
    sentence = g_strdup_printf (_("The page has no file %s."), cut);
    break;
  case PREVIEW_BLOCKED_DIALOG:
    sentence = g_strdup_printf (_("The page showed a dialog that was not let through: %s"), cut);
    break;
  }
  preview_note (self, self->quiet && what == PREVIEW_BLOCKED_DIALOG ? UI_PREVIEW_LOG : UI_PREVIEW_BLOCKED, sentence);
}

static gboolean
on_dialog (const char *text, gpointer data)
{
  UiPreview *self = data;
  gint64 now = g_get_monotonic_time ();

  if (self->n_dialogs == 0 || now - self->first_dialog > DIALOG_SECONDS * G_USEC_PER_SEC) {
    self->n_dialogs = 0;
    self->first_dialog = now;
  }
  if (self->quiet || ++self->n_dialogs > DIALOGS)
    return FALSE;
  /* While it is there the page waits, and does not answer. */
  self->in_dialog = TRUE;
  return TRUE;
}

static void
on_loaded (gboolean whole, gpointer data)
{
  preview_loaded (data);
}

static void
on_ended (PreviewEnd end, gpointer data)
{
  UiPreview *self = data;
  const char *why = self->why;

  switch (end) {
  case PREVIEW_END_MEMORY:
    preview_fail (self, _("The page was stopped"), _("It took more memory than a page may have, so that other programs would have suffered. Reload to run it again, or ask for it to be mended."));
    break;
  case PREVIEW_END_CRASH:
    self->crashed = TRUE;
    preview_fail (self, _("The page has ended"), _("The process that shows it stopped unexpectedly. Reload to run it again."));
    break;
  case PREVIEW_END_NO_SANDBOX:
    preview_fail (self, _("The page cannot be shown"), _("WebKit started it outside of its sandbox, so it was ended before it began. Start Melete outside of this container."));
    break;
  case PREVIEW_END_TERMINATED:
    preview_fail (self, _("The page was stopped"), why != NULL ? why : _("Reload to run it again."));
    break;
  }
}

const PreviewWebEvents preview_events = {
  .find = on_find,
  .message = on_message,
  .blocked = on_blocked,
  .dialog = on_dialog,
  .loaded = on_loaded,
  .ended = on_ended,
};
