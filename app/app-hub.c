/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app-hub.h"

#include <glib/gi18n.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "app-catalogue.h"
#include "app-error.h"
#include "app-http.h"
#include "app-hub-reply.h"
#include "app-models-private.h"
#include "app-server-address.h"

#define USUAL_ADDRESS "https://huggingface.co"

/* No answer that we ask for is longer. */
#define MAX_ANSWER (16 * 1024 * 1024)
/* Of files, of which each has a thousand. */
#define MAX_PAGES 10
/* A server that sends nothing for so long is given up. */
#define STALL_MS 30000
/* How much of a file's beginning is fetched, step by step, until the engine can read it. The vocabulary is in it. */
static const guint64 beginnings[] = { 2 * 1024 * 1024, 8 * 1024 * 1024, 24 * 1024 * 1024 };

struct _AppHub {
  GObject parent;
  char *address;
  AppConnections *connections;
  AppKeys *keys;
};

G_DEFINE_FINAL_TYPE (AppHub, app_hub, G_TYPE_OBJECT)

/* ---- addresses ---- */

const char *
app_hub_get_address (AppHub *self)
{
  return self->address;
}

char *
app_hub_dup_page (AppHub *self, const char *id)
{
  return g_strdup_printf ("%s/%s", self->address, id);
}

char *
app_hub_dup_file_url (AppHub *self, const char *id, const char *revision, const char *path)
{
  g_autofree char *escaped = g_uri_escape_string (path, "/", FALSE);

  return g_strdup_printf ("%s/%s/resolve/%s/%s", self->address, id, revision, escaped);
}

/* ---- errands ---- */

/* What a thread is asked, and for whom it connects. */
typedef struct {
  AppErrand *errand;
  char *token;   /* NULL: none */
  char *subject; /* words, or the repository's id */
  AppHubRepository *repository;
  guint64 cache_bytes; /* found */
} Request;

static void
request_free (Request *request)
{
  g_clear_pointer (&request->errand, app_errand_unref);
  g_clear_pointer (&request->repository, app_hub_repository_unref);
  app_keys_free (request->token);
  g_free (request->subject);
  g_free (request);
}

/* The sentence of an answer that is none. */
static void
set_status_error (guint status, const char *subject, GError **error)
{
  if (status == 401 || status == 403)
    g_set_error (error, APP_ERROR, APP_ERROR_DOWNLOAD, _("The hub does not show “%s” to everyone. Accept its terms on its page, and set your access token."), subject);
  else if (status == 404)
    g_set_error (error, APP_ERROR, APP_ERROR_DOWNLOAD, _("The hub has no “%s”. Check the name."), subject);
  else if (status == 429)
    g_set_error_literal (error, APP_ERROR, APP_ERROR_DOWNLOAD, _("The hub has too much to do for now. Try again in a few minutes."));
  else
    g_set_error (error, APP_ERROR, APP_ERROR_DOWNLOAD, _("The hub has a fault (HTTP %u). Try again later."), status);
}

/* A request that has to be answered in full. `next`: (nullable) the address of the next page, or NULL. (transfer full) (nullable) */
static GBytes *
ask (AppHttp *http, const char *url, const char *range, const char *subject, gsize limit, char **next, GCancellable *cancellable, GError **error)
{
  g_autoptr (AppExchange) exchange = app_http_get (http, url, range, NULL, cancellable, error);
  GBytes *bytes;
  guint status;

  if (!exchange)
    return NULL;
  status = soup_message_get_status (app_exchange_get_message (exchange));
  if (status != 200 && status != 206) {
    set_status_error (status, subject, error);
    return NULL;
  }
  bytes = app_http_read_all (http, exchange, limit, cancellable, error);
  if (bytes && next)
    *next = app_hub_reply_next (soup_message_headers_get_list (soup_message_get_response_headers (app_exchange_get_message (exchange)), "Link"));
  return bytes;
}

/* An errand begins: `callback` is the caller's. Takes `purpose`. (nullable): it was answered with an error. */
static GTask *
begin (AppHub *self, gpointer tag, char *purpose, const char *subject, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autofree char *words = purpose;
  GTask *task = g_task_new (self, cancellable, callback, user_data);
  Request *request;

  g_task_set_source_tag (task, tag);
  if (!self->connections) {
    g_task_return_new_error (task, APP_ERROR, APP_ERROR_INVALID, _("The history is still being opened, where connections are recorded. Try again in a moment."));
    g_object_unref (task);
    return NULL;
  }
  request = g_new0 (Request, 1);
  request->errand = app_errand_new (self->connections, words);
  request->subject = g_strdup (subject);
  g_task_set_task_data (task, request, (GDestroyNotify) request_free);
  return task;
}

/* What is left to do on the way to the answer: the token, the thread, the list of connections. */
typedef struct {
  GTask *task;
  GTaskThreadFunc thread;
  GDestroyNotify free_result;
} Work;

static void
on_ended (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autofree Work *work = user_data;
  g_autoptr (GTask) task = work->task;
  Request *request = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  gpointer value = g_task_propagate_pointer (G_TASK (result), &error);

  app_errand_end_with (request->errand, error);
  if (error)
    g_task_return_error (task, g_steal_pointer (&error));
  else
    g_task_return_pointer (task, value, work->free_result);
}

static void
on_token (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Work *work = user_data;
  Request *request = g_task_get_task_data (work->task);
  g_autoptr (GTask) worker = g_task_new (g_task_get_source_object (work->task), g_task_get_cancellable (work->task), on_ended, work);

  request->token = app_keys_lookup_finish (APP_KEYS (source), result);
  g_task_set_task_data (worker, request, NULL); /* the outer task's, which outlives this one */
  g_task_run_in_thread (worker, work->thread);
}

static void
run (GTask *task, GTaskThreadFunc thread, GDestroyNotify free_result)
{
  AppHub *self = g_task_get_source_object (task);
  Work *work = g_new (Work, 1);

  *work = (Work) { task, thread, free_result };
  app_keys_lookup_async (self->keys, self->address, g_task_get_cancellable (task), on_token, work);
}

/* ---- search ---- */

static void
search_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  AppHub *self = source;
  Request *request = data;
  g_autoptr (AppHttp) http = app_http_new (request->errand, request->token, STALL_MS);
  g_autofree char *words = g_uri_escape_string (request->subject, NULL, FALSE);
  g_autofree char *url = g_strdup_printf ("%s/api/models?search=%s&filter=gguf&sort=downloads&direction=-1&limit=40&full=true", self->address, words);
  GError *error = NULL;
  g_autoptr (GBytes) json = ask (http, url, NULL, request->subject, MAX_ANSWER, NULL, cancellable, &error);
  GPtrArray *models = json ? app_hub_reply_search (json, &error) : NULL;

  if (models)
    g_task_return_pointer (task, models, (GDestroyNotify) g_ptr_array_unref);
  else
    g_task_return_error (task, error);
}

void
app_hub_search_async (AppHub *self, const char *words, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = begin (self, app_hub_search_async, g_strdup (_("Search for models on Hugging Face")), words, cancellable, callback, user_data);

  if (task)
    run (task, search_thread, (GDestroyNotify) g_ptr_array_unref);
}

GPtrArray *
app_hub_search_finish (AppHub *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_async_result_is_tagged (result, app_hub_search_async), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}

/* ---- opening ---- */

/* Page by page. Of the commit that was just named, so that all is of one moment. */
static gboolean
ask_for_files (AppHub *self, AppHttp *http, AppHubRepository *repository, GCancellable *cancellable, GError **error)
{
  g_autofree char *url = g_strdup_printf ("%s/api/models/%s/tree/%s?recursive=true", self->address, repository->id, repository->revision);
  g_autofree char *origin = app_server_address_dup_origin (self->address);
  g_autoptr (GPtrArray) files = app_hub_files_new ();

  for (guint page = 0; url && page < MAX_PAGES; page++) {
    char *next = NULL;
    g_autoptr (GBytes) tree = ask (http, url, NULL, repository->id, MAX_ANSWER, &next, cancellable, error);
    g_autofree char *next_origin = next ? app_server_address_dup_origin (next) : NULL;

    g_free (url);
    url = next;
    if (!tree || !app_hub_reply_tree (tree, files, error))
      return FALSE;
    if (next_origin && !g_str_equal (next_origin, origin)) /* the token would go there too */
      break;
  }
  app_hub_gather (repository, files);
  return TRUE;
}

static void
open_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  AppHub *self = source;
  Request *request = data;
  g_autoptr (AppHttp) http = app_http_new (request->errand, request->token, STALL_MS);
  g_autofree char *url = g_strdup_printf ("%s/api/models/%s", self->address, request->subject);
  GError *error = NULL;
  g_autoptr (GBytes) json = ask (http, url, NULL, request->subject, MAX_ANSWER, NULL, cancellable, &error);
  g_autoptr (AppHubRepository) repository = json ? app_hub_reply_repository (json, &error) : NULL;

  if (repository && ask_for_files (self, http, repository, cancellable, &error)) {
    app_models_measure_memory (&repository->memory_total, &repository->memory_available);
    g_task_return_pointer (task, g_steal_pointer (&repository), (GDestroyNotify) app_hub_repository_unref);
  } else {
    g_task_return_error (task, error);
  }
}

void
app_hub_open_async (AppHub *self, const char *id, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = begin (self, app_hub_open_async, g_strdup_printf (_("Files of %s on Hugging Face"), id), id, cancellable, callback, user_data);

  if (task && !app_hub_is_repository (id)) {
    g_task_return_new_error (task, APP_ERROR, APP_ERROR_INVALID, _("The hub has no “%s”. Check the name."), id);
    g_object_unref (task);
  } else if (task) {
    run (task, open_thread, (GDestroyNotify) app_hub_repository_unref);
  }
}

AppHubRepository *
app_hub_open_finish (AppHub *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_async_result_is_tagged (result, app_hub_open_async), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}

/* ---- looking into a file ---- */

/* The engine reads files: this one has the beginning, and holes where the weights would be. 0: it cannot be read (yet). */
static guint64
read_beginning (GBytes *beginning, guint64 file_bytes)
{
  gsize n;
  const guint8 *data = g_bytes_get_data (beginning, &n);
  g_autofree char *path = NULL;
  g_autoptr (AppModelFacts) facts = NULL;
  int fd = memfd_create ("melete-beginning", MFD_CLOEXEC);
  gboolean ok = fd >= 0 && file_bytes <= G_MAXINT64 && ftruncate (fd, (off_t) file_bytes) == 0;

  for (gsize at = 0; ok && at < n;) {
    gssize written = pwrite (fd, data + at, n - at, at);
    ok = written > 0;
    at += ok ? (gsize) written : 0;
  }
  if (ok) {
    path = g_strdup_printf ("/proc/self/fd/%d", fd);
    facts = app_catalogue_inspect (path, "beginning", NULL);
  }
  if (fd >= 0)
    close (fd);
  return facts && !facts->adapts ? facts->memory_bytes - app_catalogue_memory (facts->bytes, 0) : 0;
}

/* The smallest that is one file: every variant of a model has the same layers. */
static const AppHubFile *
file_to_look_into (AppHubRepository *repository)
{
  for (guint i = 0; i < repository->variants->len; i++) {
    const AppHubVariant *variant = repository->variants->pdata[i];
    if (variant->files->len == 1)
      return variant->files->pdata[0];
  }
  return NULL;
}

static void
look_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  AppHub *self = source;
  Request *request = data;
  AppHubRepository *repository = request->repository;
  const AppHubFile *file = file_to_look_into (repository);
  g_autoptr (AppHttp) http = app_http_new (request->errand, request->token, STALL_MS);
  g_autofree char *url = file ? app_hub_dup_file_url (self, repository->id, repository->revision, file->path) : NULL;
  g_autoptr (GByteArray) beginning = g_byte_array_new ();
  GError *error = NULL;

  for (guint i = 0; file && !error && !request->cache_bytes && i < G_N_ELEMENTS (beginnings) && beginning->len < file->bytes; i++) {
    guint64 end = MIN (beginnings[i], file->bytes);
    g_autofree char *range = g_strdup_printf ("bytes=%u-%" G_GUINT64_FORMAT, beginning->len, end - 1);
    g_autoptr (GBytes) more = ask (http, url, range, repository->id, end - beginning->len, NULL, cancellable, &error);
    g_autoptr (GBytes) so_far = NULL;
    if (!more)
      break;
    g_byte_array_append (beginning, g_bytes_get_data (more, NULL), g_bytes_get_size (more));
    so_far = g_bytes_new (beginning->data, beginning->len);
    request->cache_bytes = read_beginning (so_far, file->bytes);
  }
  if (error)
    g_task_return_error (task, error);
  else
    g_task_return_pointer (task, app_hub_repository_ref (repository), (GDestroyNotify) app_hub_repository_unref);
}

void
app_hub_look_async (AppHub *self, AppHubRepository *repository, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = begin (self, app_hub_look_async, g_strdup_printf (_("Beginning of %s, to see whether it fits"), repository->id), repository->id, cancellable,
                       callback, user_data);

  if (!task)
    return;
  ((Request *) g_task_get_task_data (task))->repository = app_hub_repository_ref (repository);
  run (task, look_thread, (GDestroyNotify) app_hub_repository_unref);
}

gboolean
app_hub_look_finish (AppHub *self, GAsyncResult *result, guint64 *cache_bytes, GError **error)
{
  g_autoptr (AppHubRepository) repository = NULL;

  g_return_val_if_fail (g_async_result_is_tagged (result, app_hub_look_async), FALSE);
  repository = g_task_propagate_pointer (G_TASK (result), error);
  if (repository)
    *cache_bytes = ((Request *) g_task_get_task_data (G_TASK (result)))->cache_bytes;
  return repository != NULL;
}

/* ---- object ---- */

void
app_hub_set_connections (AppHub *self, AppConnections *connections)
{
  g_set_object (&self->connections, connections);
}

AppConnections *
app_hub_get_connections (AppHub *self)
{
  return self->connections;
}

AppKeys *
app_hub_get_keys (AppHub *self)
{
  return self->keys;
}

static void
app_hub_finalize (GObject *object)
{
  AppHub *self = APP_HUB (object);

  g_clear_object (&self->connections);
  g_clear_object (&self->keys);
  g_free (self->address);
  G_OBJECT_CLASS (app_hub_parent_class)->finalize (object);
}

static void
app_hub_class_init (AppHubClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = app_hub_finalize;
}

static void
app_hub_init (AppHub *self)
{
  self->keys = app_keys_new (APP_KEY_HUB);
}

AppHub *
app_hub_new (const char *address)
{
  AppHub *self = g_object_new (APP_TYPE_HUB, NULL);
  const char *named = address ? address : g_getenv ("MELETE_HUB");

  self->address = g_strdup (named && *named ? named : USUAL_ADDRESS);
  while (g_str_has_suffix (self->address, "/"))
    self->address[strlen (self->address) - 1] = '\0';
  return self;
}
