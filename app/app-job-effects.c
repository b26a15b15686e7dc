/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a step does outside the conversation's own files: a file is given out to the person, by the tool for that, so that they are asked and the journal of calls has it. At most once: a call that was begun and
 * has no known end is asked about, and never made again by itself. */
#include <glib/gi18n.h>
#include <string.h>

#include "app-error.h"
#include "app-job-private.h"
#include "app-tool-call-private.h"

#define TOOL "save_file"
/* How long the person is waited for, in seconds; then it is left. */
#define PATIENCE 900

typedef struct {
  AppJob *job;
  JobRun *run;
  guint serial;
  char *arguments;
  GPtrArray *tools; /* NULL until they are known */
  AppToolCall *call;
  gulong handler;
  guint timer;
  JobGiven done;
} Giving;

static void
giving_free (Giving *giving)
{
  g_clear_handle_id (&giving->timer, g_source_remove);
  if (giving->call != NULL)
    g_clear_signal_handler (&giving->handler, giving->call);
  g_clear_object (&giving->call);
  g_clear_pointer (&giving->tools, g_ptr_array_unref);
  g_free (giving->arguments);
  g_object_unref (giving->job);
  g_free (giving);
}

/* Takes `giving`. `why`: NULL where it was given out. */
static void
end (Giving *giving, const char *why)
{
  g_autofree char *sentence = g_strdup (why);

  g_signal_handlers_disconnect_by_data (giving->run->giving, giving);
  g_clear_object (&giving->run->giving);
  if (giving->serial == giving->run->serial && giving->run->running)
    giving->done (giving->run, sentence);
  giving_free (giving);
}

static void
on_run (GObject *source, GAsyncResult *result, gpointer data)
{
  Giving *giving = data;
  g_autoptr (GError) error = NULL;

  if (!app_toolbox_run_finish (APP_TOOLBOX (source), result, &error))
    end (giving, g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED) ? _("It was not handed out: nobody said whether it may be.") : error->message);
  else if (app_tool_call_get_state (giving->call) == APP_CALL_DONE)
    end (giving, NULL);
  else
    end (giving, app_tool_call_get_result (giving->call));
}

static gboolean
on_impatient (gpointer data)
{
  Giving *giving = data;

  giving->timer = 0;
  g_cancellable_cancel (giving->run->giving);
  return G_SOURCE_REMOVE;
}

static void
call_now (Giving *giving)
{
  g_autoptr (AppCallRow) row = app_call_row_new ();
  const AppTool *tool = NULL;

  for (guint i = 0; i < giving->tools->len && tool == NULL; i++)
    if (g_str_equal (((const AppTool *) giving->tools->pdata[i])->name, TOOL))
      tool = giving->tools->pdata[i];
  if (tool == NULL) {
    end (giving, _("There is no folder into which files could be handed out."));
    return;
  }
  row->message = giving->job->row->message;
  row->round = giving->run->plan->number;
  row->tool = g_strdup (TOOL);
  row->effect = tool->effect;
  row->call = g_strdup_printf ("step%u", giving->run->plan->number);
  row->began = g_get_real_time () / 1000;
  giving->call = app_tool_call_new (app_toolbox_get_database (giving->job->toolbox), tool, row);
  app_tool_call_append (giving->call, giving->arguments);
  g_list_store_append (giving->job->calls, giving->call);
  app_lane_begin (giving->run->lane, _("asks whether it may hand it out"));
  giving->timer = g_timeout_add_seconds (PATIENCE, on_impatient, giving);
  app_toolbox_run_async (giving->job->toolbox, giving->call, giving->tools, giving->job->row->message, giving->run->giving, on_run, giving);
}

/* ---- one of an earlier run ---- */

static void look (Giving *giving);

static void
on_settled (AppToolCall *call, GParamSpec *pspec, Giving *giving)
{
  if (app_tool_call_get_state (call) != APP_CALL_UNKNOWN)
    look (giving);
}

static void
on_left (Giving *giving)
{
  end (giving, _("Whether it was handed out before the program ended is not known. Say so at the call, then let the job go on."));
}

static gboolean
on_unsettled (gpointer data)
{
  Giving *giving = data;

  giving->timer = 0;
  on_left (giving);
  return G_SOURCE_REMOVE;
}

static AppToolCall *
find_call (Giving *giving)
{
  for (guint i = g_list_model_get_n_items (G_LIST_MODEL (giving->job->calls)); i-- > 0;) {
    g_autoptr (AppToolCall) call = g_list_model_get_item (G_LIST_MODEL (giving->job->calls), i);
    if (g_str_equal (app_tool_call_get_name (call), TOOL) && g_str_equal (app_tool_call_get_arguments (call), giving->arguments))
      return g_steal_pointer (&call);
  }
  return NULL;
}

/* What became of it, as the journal and the person know. */
static void
look (Giving *giving)
{
  if (giving->call != NULL)
    g_clear_signal_handler (&giving->handler, giving->call);
  g_signal_handlers_disconnect_by_data (giving->run->giving, giving);
  g_clear_handle_id (&giving->timer, g_source_remove);
  g_clear_object (&giving->call);
  giving->call = find_call (giving);
  if (giving->call != NULL && app_tool_call_get_state (giving->call) == APP_CALL_DONE) {
    end (giving, NULL);
  } else if (giving->call != NULL && app_tool_call_get_state (giving->call) == APP_CALL_UNKNOWN) {
    app_lane_begin (giving->run->lane, _("asks whether it was handed out"));
    giving->handler = g_signal_connect (giving->call, "notify::state", G_CALLBACK (on_settled), giving);
    g_signal_connect_swapped (giving->run->giving, "cancelled", G_CALLBACK (on_left), giving);
    giving->timer = g_timeout_add_seconds (PATIENCE, on_unsettled, giving);
  } else {
    g_clear_object (&giving->call);
    call_now (giving);
  }
}

static void
on_prepared (GObject *source, GAsyncResult *result, gpointer data)
{
  Giving *giving = data;
  g_autoptr (GError) error = NULL;

  giving->tools = app_toolbox_prepare_finish (APP_TOOLBOX (source), result, &error);
  if (giving->tools == NULL)
    end (giving, error->message);
  else
    look (giving);
}

void
job_run_give_out (JobRun *run, const char *path, JobGiven done)
{
  Giving *giving = g_new0 (Giving, 1);
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autoptr (JsonNode) root = NULL;

  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "path");
  json_builder_add_string_value (builder, path);
  json_builder_end_object (builder);
  root = json_builder_get_root (builder);
  giving->job = g_object_ref (run->job);
  giving->run = run;
  giving->serial = run->serial;
  giving->arguments = json_to_string (root, FALSE);
  giving->done = done;
  run->giving = g_cancellable_new ();
  app_toolbox_prepare_async (run->job->toolbox, run->giving, on_prepared, giving);
}
