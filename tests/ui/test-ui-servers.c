/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Adding, changing, using and removing a server, as a person does. */
#include "ui-test.h"

#include <string.h>

#include "fake-server.h"
#include "fixture.h"
#include "ui-conversation-page.h"
#include "ui-model-page.h"
#include "ui-server-dialog.h"
#include "ui-servers.h"
#include "ui-window.h"

#define KEY "sk-tell-nobody"

static const FakeReply list = {
  .content_type = "application/json",
  .body = "{\"data\":[{\"id\":\"big/gpt-oss.gguf\",\"owned_by\":\"llamacpp\",\"meta\":{\"n_ctx\":2048}},{\"id\":\"seer\",\"capabilities\":[\"vision\"]}]}",
};
static const FakeReply answer = { .body = "data: {\"choices\":[{\"delta\":{\"content\":\"Hello.\"},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n" };
static const FakeReply denied = { .status = "401 Unauthorized" };

typedef struct {
  Fixture app;
  AppEngine *router;
  AppServers *servers;
  AppModels *models;
  FakeServer *fake;
  char *address;
  UiWindow *window;
} View;

static void
set_up (View *v, gconstpointer data)
{
  g_autoptr (AppEngine) remote = app_remote_engine_new ();
  g_autoptr (GAsyncResult) result = NULL;

  fixture_set_up_closed (&v->app, NULL);
  v->router = app_router_engine_new (APP_ENGINE (v->app.engine), remote);
  app_history_open_async (v->app.path, v->router, NULL, NULL, keep_result, &result);
  v->app.history = app_history_open_finish (wait_result (&result), NULL);
  v->servers = app_history_get_servers (v->app.history);
  v->models = app_models_new (UI_TEST_CATALOGUE, v->app.folder);
  app_models_set_servers (v->models, v->servers);
  v->fake = fake_server_new (FALSE);
  v->address = fake_server_dup_address (v->fake);
  fake_server_set_reply (v->fake, "/v1/models", &list);
  fake_server_set_reply (v->fake, "/v1/chat/completions", &answer);
  v->window = ui_window_new (NULL, v->app.history, v->models);
  gtk_window_present (GTK_WINDOW (v->window));
  ui_window_show_models (v->window, FALSE);
  ui_test_frames (GTK_WIDGET (v->window), 3);
}

static void
tear_down (View *v, gconstpointer data)
{
  app_engine_unload (v->router);
  gtk_window_destroy (GTK_WINDOW (v->window));
  for (int i = 0; i < 2000 && G_OBJECT (v->models)->ref_count > 1; i++) { /* a worker thread may hold it for a moment longer */
    ui_test_drain ();
    g_usleep (1000);
  }
  g_assert_finalize_object (v->models);
  fixture_close (&v->app);
  g_assert_finalize_object (v->router);
  fixture_tear_down (&v->app, NULL);
  fake_server_free (v->fake);
  g_free (v->address);
}

static UiServerDialog *
open_dialog (View *v, AppServer *server)
{
  UiServerDialog *dialog = UI_SERVER_DIALOG (ui_server_dialog_new (ui_test_find (GTK_WIDGET (v->window), UI_TYPE_SERVERS), v->servers, server));

  gtk_window_present (GTK_WINDOW (dialog));
  ui_test_frames (GTK_WIDGET (dialog), 2);
  return dialog;
}

static void
fill_in (UiServerDialog *dialog, const char *entry, const char *text)
{
  gtk_editable_set_text (GTK_EDITABLE (ui_test_child (dialog, entry)), text);
}

static const char *
text_of (UiServerDialog *dialog, const char *entry)
{
  return gtk_editable_get_text (GTK_EDITABLE (ui_test_child (dialog, entry)));
}

static const char *
go_label (UiServerDialog *dialog)
{
  return gtk_button_get_label (ui_test_child (dialog, "go"));
}

/* Enter in an entry. */
static void
enter (UiServerDialog *dialog, const char *entry)
{
  g_signal_emit_by_name (gtk_editable_get_delegate (GTK_EDITABLE (ui_test_child (dialog, entry))), "activate");
}

static void
wait_found (UiServerDialog *dialog)
{
  WAIT_UNTIL (gtk_widget_get_visible (ui_test_child (dialog, "models_group")));
}

/* The whole way, with Enter alone; the dialog is gone when the server is in the list. */
static AppServer *
add (View *v, const char *name, const char *key)
{
  UiServerDialog *dialog = open_dialog (v, NULL);
  guint before = g_list_model_get_n_items (G_LIST_MODEL (v->servers));
  g_autoptr (AppServer) server = NULL;

  fill_in (dialog, "address", v->address);
  fill_in (dialog, "name", name);
  fill_in (dialog, "key", key);
  enter (dialog, "address");
  wait_found (dialog);
  g_assert_cmpstr (go_label (dialog), ==, "_Add");
  g_object_add_weak_pointer (G_OBJECT (dialog), (gpointer *) &dialog);
  enter (dialog, "name");
  WAIT_UNTIL (dialog == NULL);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (v->servers)), ==, before + 1);
  server = g_list_model_get_item (G_LIST_MODEL (v->servers), before);
  ui_test_frames (GTK_WIDGET (v->window), 3);
  return server; /* the list holds it */
}

static AppModel *
model_of (View *v, AppServer *server, const char *name)
{
  g_autofree char *id = g_strdup_printf ("server:%d/%s", (int) app_server_get_id (server), name);

  return app_models_find (v->models, id);
}

static void
choose (View *v, AppModel *model)
{
  g_autoptr (GAsyncResult) result = NULL;

  app_engine_load_async (v->router, model, NULL, keep_result, &result);
  g_assert_true (app_engine_load_finish (v->router, wait_result (&result), NULL));
  ui_test_frames (GTK_WIDGET (v->window), 3);
}

static void
test_add (View *v, gconstpointer data)
{
  UiServers *group = ui_test_find (GTK_WIDGET (v->window), UI_TYPE_SERVERS);
  AppServer *server;
  g_autofree char *dump = NULL;

  g_assert_false (gtk_widget_get_mapped (ui_test_child (group, "list")));
  server = add (v, "Kitchen", KEY);
  g_assert_cmpstr (app_server_get_name (server), ==, "Kitchen");
  g_assert_cmpuint (fake_server_get_n_requests (v->fake), ==, 1);
  g_assert_cmpstr (fake_server_get_request (v->fake, 0)->authorization, ==, "Bearer " KEY);
  g_assert_true (gtk_widget_get_mapped (ui_test_child (group, "list")));
  dump = ui_test_dump (GTK_WIDGET (group));
  for (const char *const *word = (const char *const[]){ "Kitchen", v->address, "gpt-oss", "reads 2048 tokens at once", "sees pictures", NULL }; *word; word++)
    g_assert_nonnull (strstr (dump, *word));
}

/* Nothing is sent while one only writes; a fault is told in the dialog, where it can be mended. */
static void
test_faults (View *v, gconstpointer data)
{
  UiServerDialog *dialog = open_dialog (v, NULL);
  GtkWidget *error = ui_test_child (dialog, "error"), *exposed = ui_test_child (dialog, "exposed"), *go = ui_test_child (dialog, "go");

  g_assert_false (gtk_widget_get_sensitive (go));
  fill_in (dialog, "address", "http://models.example.org");
  g_assert_true (gtk_widget_get_visible (exposed));
  g_assert_cmpstr (go_label (dialog), ==, "C_onnect");
  fill_in (dialog, "address", "ftp://x");
  g_assert_false (gtk_widget_get_visible (exposed));
  enter (dialog, "address");
  WAIT_UNTIL (gtk_widget_get_visible (error));
  g_assert_nonnull (strstr (gtk_label_get_text (GTK_LABEL (error)), "http://"));
  g_assert_cmpuint (fake_server_get_n_requests (v->fake), ==, 0);

  fake_server_set_reply (v->fake, "/v1/models", &denied);
  fill_in (dialog, "address", v->address);
  g_assert_false (gtk_widget_get_visible (error));
  enter (dialog, "address");
  g_assert_false (gtk_widget_get_sensitive (go));
  WAIT_UNTIL (gtk_widget_get_visible (error));
  g_assert_nonnull (strstr (gtk_label_get_text (GTK_LABEL (error)), "key is missing or wrong"));
  g_assert_true (gtk_widget_get_sensitive (go));
  gtk_window_destroy (GTK_WINDOW (dialog));
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (v->servers)), ==, 0);
}

/* Closed while the server is silent, the dialog lets go of the connection. */
static void
test_close_while_asking (View *v, gconstpointer data)
{
  static const FakeReply held = { .dumb = TRUE, .end = FAKE_HOLD };
  UiServerDialog *dialog = open_dialog (v, NULL);

  fake_server_set_reply (v->fake, "/v1/models", &held);
  fill_in (dialog, "address", v->address);
  enter (dialog, "address");
  WAIT_UNTIL (fake_server_get_n_requests (v->fake) == 1);
  g_object_add_weak_pointer (G_OBJECT (dialog), (gpointer *) &dialog);
  gtk_window_close (GTK_WINDOW (dialog));
  WAIT_UNTIL (fake_server_get_n_closed (v->fake) == 1);
  WAIT_UNTIL (dialog == NULL);
}

/* The key comes back to be edited, and goes when the address is another one. */
static void
test_edit (View *v, gconstpointer data)
{
  AppServer *server = add (v, "", KEY);
  UiServerDialog *dialog = open_dialog (v, server);
  GtkWidget *pictures;

  WAIT_UNTIL (*text_of (dialog, "key") != '\0');
  g_assert_cmpstr (text_of (dialog, "key"), ==, KEY);
  g_assert_cmpstr (text_of (dialog, "name"), ==, "");
  g_assert_cmpstr (go_label (dialog), ==, "_Save");
  fill_in (dialog, "address", "http://other.local");
  g_assert_cmpstr (text_of (dialog, "key"), ==, "");
  g_assert_cmpstr (go_label (dialog), ==, "C_onnect");
  fill_in (dialog, "address", v->address);
  g_assert_cmpstr (go_label (dialog), ==, "_Save");
  fill_in (dialog, "key", KEY);

  /* The person's word, for the one model of which the server says nothing. */
  g_assert_cmpuint (ui_test_count (ui_test_child (dialog, "models"), GTK_TYPE_SWITCH), ==, 1);
  pictures = ui_test_find (ui_test_child (dialog, "models"), GTK_TYPE_SWITCH);
  gtk_switch_set_active (GTK_SWITCH (pictures), TRUE);
  g_assert_false (app_model_get_sees (model_of (v, server, "big/gpt-oss.gguf")));
  fill_in (dialog, "name", "Attic");
  g_object_add_weak_pointer (G_OBJECT (dialog), (gpointer *) &dialog);
  enter (dialog, "name");
  WAIT_UNTIL (dialog == NULL);
  g_assert_cmpstr (app_server_get_name (server), ==, "Attic");
  g_assert_true (app_model_get_sees (model_of (v, server, "big/gpt-oss.gguf")));
  g_assert_cmpuint (fake_server_get_n_requests (v->fake), ==, 1);
}

/* While a model of a server is chosen, the window says so; and so does each answer for ever. */
static void
test_words (View *v, gconstpointer data)
{
  AppServer *server = add (v, "", "");
  UiConversationPage *page = ui_test_find (GTK_WIDGET (v->window), UI_TYPE_CONVERSATION_PAGE);
  AppConversation *conversation;
  g_autofree char *dump = NULL, *after = NULL;

  choose (v, model_of (v, server, "seer"));
  ui_window_close_page (v->window);
  ui_test_frames (GTK_WIDGET (v->window), 3);
  dump = ui_test_dump (GTK_WIDGET (v->window));
  g_assert_nonnull (strstr (dump, "Goes to 127.0.0.1"));
  g_assert_nonnull (strstr (dump, "seer · 127.0.0.1"));
  g_assert_nonnull (strstr (dump, "seer runs on 127.0.0.1. What you write is sent there."));
  conversation = ui_conversation_page_get_conversation (page);
  send_text (conversation, "Hi");
  wait_idle (conversation);
  choose (v, v->app.model);
  after = ui_test_dump (GTK_WIDGET (v->window));
  g_assert_nonnull (strstr (after, "From seer on 127.0.0.1"));
  g_assert_null (strstr (after, "Goes to"));
  g_assert_nonnull (strstr (after, "Scripted 1B · local"));
}

static void
test_remove (View *v, gconstpointer data)
{
  AppServer *server = add (v, "Kitchen", KEY);
  UiServers *group = ui_test_find (GTK_WIDGET (v->window), UI_TYPE_SERVERS);
  AdwToastOverlay *toasts = ADW_TOAST_OVERLAY (gtk_widget_get_ancestor (GTK_WIDGET (group), ADW_TYPE_TOAST_OVERLAY));
  AppModel *model = model_of (v, server, "seer");
  gint64 id = app_server_get_id (server);

  choose (v, model);
  gtk_widget_activate_action (GTK_WIDGET (group), "servers.remove", "x", id);
  WAIT_UNTIL (g_list_model_get_n_items (G_LIST_MODEL (v->servers)) == 0);
  g_assert_null (app_engine_get_model (v->router));
  ui_test_frames (GTK_WIDGET (v->window), 3);
  g_assert_cmpstr (ui_test_toast_text (toasts), ==, "Kitchen removed");
  g_signal_emit_by_name (ui_test_toast_button (toasts), "clicked");
  WAIT_UNTIL (app_engine_get_model (v->router) == model);
  g_assert_nonnull (app_servers_find (v->servers, id));
  /* Its key was not taken away. */
  gtk_widget_activate_action (GTK_WIDGET (group), "servers.refresh", "x", id);
  WAIT_UNTIL (fake_server_get_n_requests (v->fake) == 2);
  g_assert_cmpstr (fake_server_get_request (v->fake, 0)->authorization, ==, "Bearer " KEY);
  WAIT_UNTIL (g_strcmp0 (ui_test_toast_text (toasts), "The list of models is up to date") == 0);
}

static void
test_names (View *v, gconstpointer data)
{
  AppServer *server = add (v, "Kitchen", "");
  UiServerDialog *dialog = open_dialog (v, server);
  g_autofree char *in_dialog = ui_test_nameless (dialog);
  g_autofree char *in_window = ui_test_nameless (v->window);

  g_assert_cmpstr (in_dialog, ==, "");
  g_assert_cmpstr (in_window, ==, "");
  gtk_window_destroy (GTK_WINDOW (dialog));
}

/* Between two long buttons of a narrow window the title wraps, and is not cut; where there is room it is one line. */
static void
test_title (View *v, gconstpointer data)
{
  UiServerDialog *dialog = open_dialog (v, NULL);
  GtkLabel *title = ui_test_child (dialog, "title");

  gtk_window_set_title (GTK_WINDOW (dialog), "Server hinzufügen");
  gtk_button_set_label (ui_test_find (GTK_WIDGET (dialog), GTK_TYPE_BUTTON), "Abbrechen");
  gtk_button_set_label (ui_test_child (dialog, "go"), "Hinzufügen");
  ui_test_frames (GTK_WIDGET (dialog), 3);
  g_assert_cmpstr (gtk_label_get_text (title), ==, "Server hinzufügen");
  g_assert_cmpint (pango_layout_get_line_count (gtk_label_get_layout (title)), ==, 1);
  gtk_window_set_default_size (GTK_WINDOW (dialog), 370, 500);
  ui_test_frames (GTK_WIDGET (dialog), 6);
  g_assert_cmpint (gtk_widget_get_width (GTK_WIDGET (dialog)), <=, 370);
  g_assert_cmpint (pango_layout_get_line_count (gtk_label_get_layout (title)), >, 1);
  g_assert_false (pango_layout_is_ellipsized (gtk_label_get_layout (title)));
  gtk_window_destroy (GTK_WINDOW (dialog));
}

int
main (int argc, char **argv)
{
  g_autofree char *folder = g_dir_make_tmp ("melete-test-XXXXXX", NULL);
  g_autofree char *keyring = g_build_filename (folder, "keyring", NULL);
  int status;

  g_setenv ("SECRET_BACKEND", "file", TRUE);
  g_setenv ("SECRET_FILE_TEST_PATH", keyring, TRUE);
  g_setenv ("SECRET_FILE_TEST_PASSWORD", "test", TRUE);
  g_setenv ("GTK_A11Y", "test", TRUE);
  ui_test_init (&argc, &argv);
#define ADD(name, function) g_test_add ("/servers/" name, View, NULL, set_up, function, tear_down)
  ADD ("add", test_add);
  ADD ("faults", test_faults);
  ADD ("close-while-asking", test_close_while_asking);
  ADD ("edit", test_edit);
  ADD ("words", test_words);
  ADD ("title", test_title);
  ADD ("remove", test_remove);
  ADD ("names", test_names);
#undef ADD
  status = g_test_run ();
  fixture_delete_folder (folder);
  return status;
}
