/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Scripts that a model wrote, in a page that nobody sees. */
#include "ui-test.h"

#include <string.h>

#include "fixture.h"
#include "ui-preview.h"
#include "ui-script-runner.h"

static char *
run (GtkWidget *overlay, const char *code, GCancellable *cancellable, GError **error)
{
  g_autoptr (UiScriptRunner) runner = ui_script_runner_new (GTK_OVERLAY (overlay));
  g_autoptr (GAsyncResult) result = NULL;
  char *text;

  app_script_runner_run_async (APP_SCRIPT_RUNNER (runner), code, cancellable, keep_result, &result);
  if (cancellable != NULL)
    g_cancellable_cancel (cancellable);
  text = app_script_runner_run_finish (APP_SCRIPT_RUNNER (runner), wait_result (&result), error);
  while (ui_test_find (overlay, UI_TYPE_PREVIEW) != NULL)
    g_main_context_iteration (NULL, TRUE);
  return text;
}

static void
test_run (void)
{
  static const struct {
    const char *code, *text, *error;
  } cases[] = {
    { "console.log('sum', 1 + 2); return [1, 2].map(x => x * 2);", "sum 3\n[2,4]", NULL },
    { "return await Promise.resolve('</script>');", "</script>", NULL },
    { ";", "It ran, and printed and returned nothing.", NULL },
    { "throw new Error('no such thing');", NULL, "no such thing" },
    { "return fetch('http://127.0.0.1:9/').then(() => 'out', () => 'no network');", "no network", NULL },
    { "while (true) ;", NULL, "" },
  };
  GtkWidget *overlay = gtk_overlay_new (), *window;
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) stopped = NULL;

  gtk_overlay_set_child (GTK_OVERLAY (overlay), gtk_label_new ("Window"));
  window = ui_test_window (overlay, 400, 300);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;
    g_autofree char *text = run (overlay, cases[i].code, NULL, &error);

    if (cases[i].error != NULL) {
      g_assert_null (text);
      g_assert_nonnull (strstr (error->message, cases[i].error));
    } else if (text == NULL || strstr (text, cases[i].text) == NULL) {
      g_error ("%s gave %s%s", cases[i].code, text != NULL ? text : "", error != NULL ? error->message : "");
    }
  }
  g_assert_null (run (overlay, "await new Promise(() => {});", cancellable, &stopped));
  g_assert_error (stopped, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  gtk_window_destroy (GTK_WINDOW (window));
  ui_test_drain ();
}

int
main (int argc, char *argv[])
{
  ui_test_init (&argc, &argv);
  g_test_add_func ("/ui/script-runner/run", test_run);
  return g_test_run ();
}
