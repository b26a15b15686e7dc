/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "mcp-process.h"

#include <gio/gunixinputstream.h>
#include <glib/gi18n.h>
#include <signal.h>
#include <string.h>

#include "app-error.h"
#include "mcp-lines.h"
#include "mcp-message.h"

/* Of what waits to be read by it, in bytes. */
#define MAX_QUEUE (16 << 20)
/* Of its standard error that is kept. */
#define MAX_WORDS 4096
#define PIECE 32768
#define SECONDS_TO_END 2

struct _AppMcpProcess {
  GObject parent;
  GSubprocess *process;
  AppMcpLines *lines;
  AppMcpProcessEvents events;
  gpointer data;
  GQueue waiting;   /* char *: lines with their end */
  gsize n_waiting;  /* bytes of them */
  gboolean writing; /* the first of them is */
  gboolean closed;  /* no event any more */
  GCancellable *cancellable;
  guint64 n_bytes;
  char piece[PIECE], words_piece[1024];
  GString *words;
};

G_DEFINE_FINAL_TYPE (AppMcpProcess, app_mcp_process, G_TYPE_OBJECT)

/* ---- its end ---- */

static gboolean
on_overdue (gpointer data)
{
  g_subprocess_force_exit (data);
  return G_SOURCE_REMOVE;
}

static void
close_now (AppMcpProcess *self, gboolean at_once)
{
  if (self->closed)
    return;
  self->closed = TRUE;
  g_cancellable_cancel (self->cancellable);
  if (at_once) {
    g_subprocess_force_exit (self->process);
  } else {
    g_output_stream_close_async (g_subprocess_get_stdin_pipe (self->process), G_PRIORITY_DEFAULT, NULL, NULL, NULL);
    g_timeout_add_seconds_full (G_PRIORITY_DEFAULT, SECONDS_TO_END, on_overdue, g_object_ref (self->process), g_object_unref);
  }
}

static void
end (AppMcpProcess *self, const char *sentence)
{
  g_autoptr (AppMcpProcess) keep = g_object_ref (self);

  if (self->closed)
    return;
  close_now (self, TRUE);
  self->events.ended (sentence, self->data);
}

char *
app_mcp_process_dup_words (AppMcpProcess *self)
{
  g_autofree char *valid = g_utf8_make_valid (self->words->str, (gssize) self->words->len);

  return g_strdup (g_strstrip (valid));
}

static void
on_waited (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (AppMcpProcess) self = data;
  GSubprocess *process = G_SUBPROCESS (source);
  g_autofree char *words = app_mcp_process_dup_words (self), *sentence = NULL;
  const char *last = strrchr (words, '\n');

  g_subprocess_wait_finish (process, result, NULL);
  last = last ? last + 1 : words;
  if (g_subprocess_get_if_exited (process))
    sentence = g_strdup_printf (*last != '\0' ? _("The server has ended with code %d. It said: %s") : _("The server has ended with code %d."), g_subprocess_get_exit_status (process), last);
  else
    sentence = g_strdup (_("The server was ended by the system."));
  end (self, sentence);
}

/* ---- what it writes ---- */

static void read_on (AppMcpProcess *self);

static gboolean
on_line (const char *line, gsize n_bytes, gpointer data)
{
  AppMcpProcess *self = data;

  self->events.line (line, n_bytes, self->data);
  return !self->closed;
}

static void
on_read (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (AppMcpProcess) self = data;
  gssize n = g_input_stream_read_finish (G_INPUT_STREAM (source), result, NULL);

  if (self->closed)
    return;
  if (n <= 0) {
    /* Who closes its output without ending is of no use any more. */
    g_timeout_add_seconds_full (G_PRIORITY_DEFAULT, SECONDS_TO_END, on_overdue, g_object_ref (self->process), g_object_unref);
    g_subprocess_wait_async (self->process, NULL, on_waited, g_object_ref (self));
    return;
  }
  self->n_bytes += (guint64) n;
  if (!app_mcp_lines_feed (self->lines, self->piece, (gsize) n))
    end (self, _("The server wrote a message of more than 8 MiB, so it was ended."));
  else if (!self->closed)
    read_on (self);
}

/* Behind what the window does: who floods must not hold it up. */
static void
read_on (AppMcpProcess *self)
{
  g_input_stream_read_async (g_subprocess_get_stdout_pipe (self->process), self->piece, sizeof self->piece, G_PRIORITY_LOW, self->cancellable, on_read, g_object_ref (self));
}

static void
on_words (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (AppMcpProcess) self = data;
  gssize n = g_input_stream_read_finish (G_INPUT_STREAM (source), result, NULL);

  if (n <= 0)
    return;
  g_string_append_len (self->words, self->words_piece, n);
  if (self->words->len > MAX_WORDS)
    g_string_erase (self->words, 0, (gssize) (self->words->len - MAX_WORDS));
  g_input_stream_read_async (G_INPUT_STREAM (source), self->words_piece, sizeof self->words_piece, G_PRIORITY_LOW, self->cancellable, on_words, g_object_ref (self));
}

/* ---- what it is told ---- */

static void write_on (AppMcpProcess *self);

static void
on_written (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (AppMcpProcess) self = data;
  g_autofree char *line = g_queue_pop_head (&self->waiting);
  gboolean written = g_output_stream_write_all_finish (G_OUTPUT_STREAM (source), result, NULL, NULL);

  self->n_waiting -= strlen (line);
  self->writing = FALSE;
  /* Who has closed its input has ended, or will: the end of its output says it. */
  if (written && !self->closed)
    write_on (self);
}

static void
write_on (AppMcpProcess *self)
{
  const char *line = g_queue_peek_head (&self->waiting);

  if (!line || self->writing)
    return;
  self->writing = TRUE;
  g_output_stream_write_all_async (g_subprocess_get_stdin_pipe (self->process), line, strlen (line), G_PRIORITY_DEFAULT, self->cancellable, on_written, g_object_ref (self));
}

void
app_mcp_process_send (AppMcpProcess *self, char *line)
{
  char *whole = g_strconcat (line, "\n", NULL);

  g_free (line);
  if (self->closed) {
    g_free (whole);
    return;
  }
  self->n_waiting += strlen (whole);
  g_queue_push_tail (&self->waiting, whole);
  if (self->n_waiting > MAX_QUEUE)
    end (self, _("The server does not read what it is asked, so it was ended."));
  else
    write_on (self);
}

/* ---- object ---- */

void
app_mcp_process_close (AppMcpProcess *self)
{
  close_now (self, FALSE);
}

guint64
app_mcp_process_get_bytes (AppMcpProcess *self)
{
  return self->n_bytes;
}

static void
app_mcp_process_finalize (GObject *object)
{
  AppMcpProcess *self = APP_MCP_PROCESS (object);

  if (self->process)
    close_now (self, FALSE);
  g_clear_object (&self->process);
  g_clear_object (&self->cancellable);
  app_mcp_lines_free (self->lines);
  g_queue_clear_full (&self->waiting, g_free);
  g_string_free (self->words, TRUE);
  G_OBJECT_CLASS (app_mcp_process_parent_class)->finalize (object);
}

static void
app_mcp_process_class_init (AppMcpProcessClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = app_mcp_process_finalize;
  /* Who writes to a program that has ended is told so by the call, as GLib's sockets have it. */
  signal (SIGPIPE, SIG_IGN);
}

static void
app_mcp_process_init (AppMcpProcess *self)
{
  self->lines = app_mcp_lines_new (APP_MCP_MAX_LINE, on_line, self);
  self->words = g_string_new (NULL);
  self->cancellable = g_cancellable_new ();
  g_queue_init (&self->waiting);
}

AppMcpProcess *
app_mcp_process_new (const char *const *command, const char *const *environment, const AppMcpProcessEvents *events, gpointer data, GError **error)
{
  g_autoptr (AppMcpProcess) self = g_object_new (APP_TYPE_MCP_PROCESS, NULL);
  g_autoptr (GSubprocessLauncher) launcher = g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_PIPE);

  self->events = *events;
  self->data = data;
  g_subprocess_launcher_set_environ (launcher, (char **) environment);
  self->process = g_subprocess_launcher_spawnv (launcher, command, error);
  if (!self->process)
    return NULL;
  read_on (self);
  g_input_stream_read_async (g_subprocess_get_stderr_pipe (self->process), self->words_piece, sizeof self->words_piece, G_PRIORITY_LOW, self->cancellable, on_words, g_object_ref (self));
  return g_steal_pointer (&self);
}
