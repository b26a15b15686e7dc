/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui-script-runner.h"

#include <glib/gi18n.h>
#include <json-glib/json-glib.h>
#include <string.h>

#include "app-bundle.h"
#include "app-error.h"
#include "ui-preview.h"

/* Of all that is printed, in bytes. */
#define MAX_TEXT (64 * 1024)

struct _UiScriptRunner {
  GObject parent;
  GtkOverlay *overlay; /* weak */
};

static void runner_init (AppScriptRunnerInterface *iface);
G_DEFINE_FINAL_TYPE_WITH_CODE (UiScriptRunner, ui_script_runner, G_TYPE_OBJECT, G_IMPLEMENT_INTERFACE (APP_TYPE_SCRIPT_RUNNER, runner_init))

/* One script. */
typedef struct {
  UiPreview *preview;
  GtkOverlay *overlay;
  GTask *task; /* NULL when it was answered */
  gulong cancelled;
} Run;

/* The page that runs it: the code is a string in it, so nothing in it can end the script's element. */
static AppBundle *
make_page (const char *code)
{
  AppBundle *bundle = app_bundle_new ();
  g_autoptr (JsonNode) node = json_node_init_string (json_node_alloc (), code);
  g_autofree char *literal = json_to_string (node, FALSE);
  g_autoptr (GString) safe = g_string_new (literal);

  g_string_replace (safe, "<", "\\u003c", 0);
  g_string_replace (safe, "\342\200\250", "\\u2028", 0);
  g_string_replace (safe, "\342\200\251", "\\u2029", 0);
  g_autofree char *page = g_strdup_printf ("<!doctype html><meta charset=\"utf-8\"><title>Script</title><body><script>\n"
                                           "(async () => {\n"
                                           "  const told = value => typeof value === 'string' ? value : value === undefined ? null : JSON.stringify(value) ?? String(value);\n"
                                           "  try {\n"
                                           "    const body = new (Object.getPrototypeOf(async function () {}).constructor)(%s);\n"
                                           "    melete.report('returned', told(await body()));\n"
                                           "  } catch (error) {\n"
                                           "    melete.report('failed', String(error));\n"
                                           "  }\n"
                                           "})();\n"
                                           "</script>",
                                           safe->str);
  app_bundle_add_text (bundle, APP_BUNDLE_INDEX, page);
  return bundle;
}

/* What it printed, and `last` (nullable) behind it. (transfer full) */
static char *
dup_text (Run *run, const char *last)
{
  GListModel *entries = ui_preview_get_entries (run->preview);
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < g_list_model_get_n_items (entries) && text->len < MAX_TEXT; i++) {
    g_autoptr (UiPreviewEntry) entry = g_list_model_get_item (entries, i);
    g_string_append_printf (text, "%s\n", ui_preview_entry_get_text (entry));
  }
  if (last != NULL)
    g_string_append (text, last);
  return g_strdup (text->len > 0 ? text->str : "It ran, and printed and returned nothing.");
}

static gboolean
on_end (gpointer data)
{
  Run *run = data;

  if (run->overlay != NULL)
    gtk_overlay_remove_overlay (run->overlay, GTK_WIDGET (run->preview));
  g_clear_weak_pointer (&run->overlay);
  g_object_unref (run->preview);
  g_free (run);
  return G_SOURCE_REMOVE;
}

/* The page goes when nothing of it is on the stack. */
static GTask *
end (Run *run)
{
  GTask *task = g_steal_pointer (&run->task);

  g_signal_handlers_disconnect_by_data (run->preview, run);
  if (run->cancelled != 0)
    g_signal_handler_disconnect (g_task_get_cancellable (task), run->cancelled);
  run->cancelled = 0;
  ui_preview_stop (run->preview);
  g_idle_add (on_end, run);
  return task;
}

static void
on_report (UiPreview *preview, const char *name, const char *value, Run *run)
{
  g_autoptr (JsonNode) node = json_from_string (value, NULL);
  const char *said = node != NULL && JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_STRING ? json_node_get_string (node) : NULL;
  gboolean failed = g_str_equal (name, "failed");
  g_autofree char *text = NULL;

  if (!failed && !g_str_equal (name, "returned"))
    return;
  text = dup_text (run, said);
  GTask *task = end (run);
  if (failed)
    g_task_return_new_error (task, APP_ERROR, APP_ERROR_FAILED, _("The script failed. It wrote:\n%s"), text);
  else
    g_task_return_pointer (task, g_steal_pointer (&text), g_free);
  g_object_unref (task);
}

static void
on_failed (UiPreview *preview, GParamSpec *pspec, Run *run)
{
  const char *sentence = ui_preview_get_failed (preview);
  g_autofree char *kept = g_strdup (sentence);

  if (sentence == NULL)
    return;
  GTask *task = end (run);
  g_task_return_new_error (task, APP_ERROR, APP_ERROR_FAILED, "%s", kept);
  g_object_unref (task);
}

static void
on_cancelled (GCancellable *cancellable, Run *run)
{
  GTask *task = end (run);

  g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_CANCELLED, "Stopped");
  g_object_unref (task);
}

static void
run_script (AppScriptRunner *runner, const char *code, GTask *task)
{
  UiScriptRunner *self = UI_SCRIPT_RUNNER (runner);
  GCancellable *cancellable = g_task_get_cancellable (task);
  g_autoptr (AppBundle) bundle = NULL;
  Run *run;

  if (self->overlay == NULL || g_cancellable_is_cancelled (cancellable)) {
    g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_CANCELLED, "Closed");
    g_object_unref (task);
    return;
  }
  bundle = make_page (code);
  run = g_new0 (Run, 1);
  run->task = task;
  run->preview = g_object_ref_sink (ui_preview_new ());
  g_set_weak_pointer (&run->overlay, self->overlay);
  ui_preview_set_quiet (run->preview, TRUE);
  /* There, and not to be seen or touched. */
  gtk_widget_set_opacity (GTK_WIDGET (run->preview), 0);
  gtk_widget_set_can_target (GTK_WIDGET (run->preview), FALSE);
  gtk_widget_set_can_focus (GTK_WIDGET (run->preview), FALSE);
  gtk_overlay_add_overlay (self->overlay, GTK_WIDGET (run->preview));
  g_signal_connect (run->preview, "report", G_CALLBACK (on_report), run);
  g_signal_connect (run->preview, "notify::failed", G_CALLBACK (on_failed), run);
  if (cancellable != NULL)
    run->cancelled = g_signal_connect (cancellable, "cancelled", G_CALLBACK (on_cancelled), run);
  ui_preview_show (run->preview, bundle);
}

static void
runner_init (AppScriptRunnerInterface *iface)
{
  iface->run = run_script;
}

UiScriptRunner *
ui_script_runner_new (GtkOverlay *overlay)
{
  UiScriptRunner *self = g_object_new (UI_TYPE_SCRIPT_RUNNER, NULL);

  g_set_weak_pointer (&self->overlay, overlay);
  return self;
}

static void
finalize (GObject *object)
{
  g_clear_weak_pointer (&UI_SCRIPT_RUNNER (object)->overlay);
  G_OBJECT_CLASS (ui_script_runner_parent_class)->finalize (object);
}

static void
ui_script_runner_class_init (UiScriptRunnerClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = finalize;
}

static void
ui_script_runner_init (UiScriptRunner *self)
{
}
