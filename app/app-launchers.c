/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app-launchers.h"

#include <errno.h>
#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "app-error.h"
#include "app-launchers-portal.h"

/* The name of an entry's files: the application's, as the portal wants it, and the handle. */
#define PREFIX "org.melete.Melete.Made_"
#define SUFFIX ".desktop"
/* Characters of a title in a menu. */
#define MAX_TITLE 80

struct _AppLaunchers {
  GObject parent;
  GDBusConnection *portal; /* nullable: files are written */
  char *folder;            /* of the desktop files */
  char *icons;
  char *program;
};

enum { CHANGED, N_SIGNALS };
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (AppLaunchers, app_launchers, G_TYPE_OBJECT)

static gboolean
is_handle (const char *handle)
{
  return handle != NULL && *handle != '\0' && strlen (handle) < 64 && strspn (handle, "abcdefghijklmnopqrstuvwxyz0123456789_") == strlen (handle);
}

static char *
dup_path (AppLaunchers *self, const char *handle)
{
  g_autofree char *name = g_strconcat (PREFIX, handle, SUFFIX, NULL);

  return g_build_filename (self->folder, name, NULL);
}

static char *
dup_icon_path (AppLaunchers *self, const char *handle)
{
  g_autofree char *name = g_strconcat (PREFIX, handle, ".png", NULL);

  return g_build_filename (self->icons, name, NULL);
}

gboolean
app_launchers_asks (AppLaunchers *self)
{
  return self->portal != NULL;
}

gboolean
app_launchers_has (AppLaunchers *self, const char *handle)
{
  g_autofree char *path = is_handle (handle) ? dup_path (self, handle) : NULL;

  return path != NULL && g_file_test (path, G_FILE_TEST_EXISTS);
}

char **
app_launchers_dup_handles (AppLaunchers *self)
{
  g_autoptr (GStrvBuilder) handles = g_strv_builder_new ();
  g_autoptr (GDir) dir = g_dir_open (self->folder, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL) {
    g_autofree char *handle = g_str_has_prefix (name, PREFIX) && g_str_has_suffix (name, SUFFIX) ? g_strndup (name + strlen (PREFIX), strlen (name) - strlen (PREFIX) - strlen (SUFFIX)) : NULL;
    if (is_handle (handle))
      g_strv_builder_add (handles, handle);
  }
  return g_strv_builder_end (handles);
}

/* ---- what an entry says ---- */

/* One line without anything that is not to be seen, and not longer than a menu is wide. (transfer full) */
static char *
dup_line (const char *title)
{
  g_autofree char *valid = g_utf8_make_valid (title, -1);
  g_autoptr (GString) line = g_string_new (NULL);
  glong n = 0;

  for (const char *at = valid; *at != '\0' && n < MAX_TITLE; at = g_utf8_next_char (at)) {
    gunichar c = g_utf8_get_char (at);
    gboolean space = g_unichar_isspace (c) || g_unichar_iscntrl (c);
    if (space && (line->len == 0 || line->str[line->len - 1] == ' '))
      continue;
    /* What turns the direction of a line, or is not seen at all, has no business in a menu. */
    if (!space && g_unichar_type (c) == G_UNICODE_FORMAT)
      continue;
    g_string_append_unichar (line, space ? ' ' : c);
    n++;
  }
  return g_strchomp (g_string_free (g_steal_pointer (&line), FALSE));
}

/* An argument as Exec has it: in quotation marks, with what means something within them after a backslash, and no code of a field. (transfer full) */
static char *
quote (const char *argument)
{
  GString *quoted = g_string_new ("\"");

  for (const char *at = argument; *at != '\0'; at++) {
    if (strchr ("\"`$\\", *at) != NULL)
      g_string_append_c (quoted, '\\');
    else if (*at == '%')
      g_string_append_c (quoted, '%');
    g_string_append_c (quoted, *at);
  }
  g_string_append_c (quoted, '"');
  return g_string_free (quoted, FALSE);
}

/* GKeyFile writes the values' own escapes: what stands in a title can begin no line. */
char *
app_launchers_dup_entry (AppLaunchers *self, const AppLauncher *launcher)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_autofree char *id = g_strconcat (PREFIX, launcher->handle, NULL), *title = dup_line (launcher->title), *categories = g_strconcat (launcher->category, ";", NULL);
  /* The portal takes the command apart at its spaces, and needs none of ours. */
  g_autofree char *program = self->portal != NULL ? g_strdup ("melete") : quote (self->program);
  /* GLib looks for the program before it takes "%%" for "%", so such a path must not stand first. */
  g_autofree char *command = g_strdup_printf ("%s%s --artifact %s", strchr (program, '%') != NULL ? "env " : "", program, launcher->handle);

  g_key_file_set_string (file, G_KEY_FILE_DESKTOP_GROUP, G_KEY_FILE_DESKTOP_KEY_TYPE, G_KEY_FILE_DESKTOP_TYPE_APPLICATION);
  g_key_file_set_string (file, G_KEY_FILE_DESKTOP_GROUP, G_KEY_FILE_DESKTOP_KEY_VERSION, "1.4");
  g_key_file_set_string (file, G_KEY_FILE_DESKTOP_GROUP, G_KEY_FILE_DESKTOP_KEY_NAME, *title != '\0' ? title : "Melete");
  g_key_file_set_string (file, G_KEY_FILE_DESKTOP_GROUP, G_KEY_FILE_DESKTOP_KEY_COMMENT, _("Made with Melete"));
  g_key_file_set_string (file, G_KEY_FILE_DESKTOP_GROUP, G_KEY_FILE_DESKTOP_KEY_ICON, id);
  g_key_file_set_string (file, G_KEY_FILE_DESKTOP_GROUP, G_KEY_FILE_DESKTOP_KEY_EXEC, command);
  g_key_file_set_boolean (file, G_KEY_FILE_DESKTOP_GROUP, G_KEY_FILE_DESKTOP_KEY_TERMINAL, FALSE);
  g_key_file_set_boolean (file, G_KEY_FILE_DESKTOP_GROUP, G_KEY_FILE_DESKTOP_KEY_STARTUP_NOTIFY, TRUE);
  g_key_file_set_string (file, G_KEY_FILE_DESKTOP_GROUP, G_KEY_FILE_DESKTOP_KEY_STARTUP_WM_CLASS, id);
  g_key_file_set_value (file, G_KEY_FILE_DESKTOP_GROUP, G_KEY_FILE_DESKTOP_KEY_CATEGORIES, categories);
  return g_key_file_to_data (file, NULL, NULL);
}

/* ---- adding ---- */

/* An entry that is being written: data of its task. */
typedef struct {
  char *handle, *id, *entry;
  GBytes *icon;
} Adding;

static void
adding_free (gpointer data)
{
  Adding *adding = data;

  g_free (adding->handle);
  g_free (adding->id);
  g_free (adding->entry);
  g_bytes_unref (adding->icon);
  g_free (adding);
}

static gboolean
write_file (const char *path, const char *contents, gssize length, GError **error)
{
  g_autofree char *folder = g_path_get_dirname (path);
  g_autoptr (GError) wrong = NULL;

  if (g_mkdir_with_parents (folder, 0755) != 0) {
    g_set_error (error, APP_ERROR, app_error_from_errno (errno), _("The folder “%s” could not be made: %s. Make room there, or allow writing to it."), folder, g_strerror (errno));
    return FALSE;
  }
  if (g_file_set_contents_full (path, contents, length, G_FILE_SET_CONTENTS_CONSISTENT, 0644, &wrong))
    return TRUE;
  g_set_error (error, APP_ERROR, app_error_from_errno (errno), _("“%s” could not be written: %s. Make room there, or allow writing to it."), path, wrong->message);
  return FALSE;
}

static void
tell_added (GTask *task)
{
  g_signal_emit (g_task_get_source_object (task), signals[CHANGED], 0);
  g_task_return_boolean (task, TRUE);
}

static void
on_installed (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  AppLaunchers *self = g_task_get_source_object (task);
  Adding *adding = g_task_get_task_data (task);
  g_autofree char *path = dup_path (self, adding->handle);
  GError *error = NULL;

  /* What the portal has done is noted; a note that cannot be written makes an entry that nobody can remove from here. */
  if (launcher_portal_install_finish (result, &error) && write_file (path, adding->entry, -1, &error))
    tell_added (task);
  else
    g_task_return_error (task, error);
}

void
app_launchers_add_async (AppLaunchers *self, const AppLauncher *launcher, const char *parent, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  Adding *adding = g_new0 (Adding, 1);
  gsize n_icon;
  const char *icon = g_bytes_get_data (launcher->icon, &n_icon);
  GError *error = NULL;

  g_task_set_source_tag (task, app_launchers_add_async);
  g_return_if_fail (is_handle (launcher->handle));
  *adding = (Adding) { g_strdup (launcher->handle), g_strconcat (PREFIX, launcher->handle, SUFFIX, NULL), app_launchers_dup_entry (self, launcher), g_bytes_ref (launcher->icon) };
  g_task_set_task_data (task, adding, adding_free);
  if (self->portal != NULL) {
    g_autofree char *title = dup_line (launcher->title);
    launcher_portal_install_async (self->portal, parent, *title != '\0' ? title : "Melete", adding->icon, adding->id, adding->entry, cancellable, on_installed, g_steal_pointer (&task));
    return;
  }
  g_autofree char *icon_path = dup_icon_path (self, adding->handle), *path = dup_path (self, adding->handle);
  /* The icon first: whoever sees the entry finds it. */
  if (write_file (icon_path, icon, (gssize) n_icon, &error) && write_file (path, adding->entry, -1, &error)) {
    tell_added (task);
  } else {
    if (!app_launchers_has (self, adding->handle))
      g_unlink (icon_path);
    g_task_return_error (task, error);
  }
}

gboolean
app_launchers_add_finish (AppLaunchers *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}

/* ---- removing ---- */

static gboolean
delete_file (const char *path, GError **error)
{
  if (g_unlink (path) == 0 || errno == ENOENT)
    return TRUE;
  g_set_error (error, APP_ERROR, app_error_from_errno (errno), _("“%s” could not be deleted: %s. Allow writing to its folder, and try again."), path, g_strerror (errno));
  return FALSE;
}

static void
forget (GTask *task)
{
  AppLaunchers *self = g_task_get_source_object (task);
  const char *handle = g_task_get_task_data (task);
  g_autofree char *path = dup_path (self, handle), *icon = dup_icon_path (self, handle);
  GError *error = NULL;

  if (!delete_file (path, &error) || (self->portal == NULL && !delete_file (icon, &error))) {
    g_task_return_error (task, error);
    return;
  }
  g_signal_emit (self, signals[CHANGED], 0);
  g_task_return_boolean (task, TRUE);
}

static void
on_uninstalled (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  GError *error = NULL;

  if (launcher_portal_uninstall_finish (result, &error))
    forget (task);
  else
    g_task_return_error (task, error);
}

void
app_launchers_remove_async (AppLaunchers *self, const char *handle, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, NULL, callback, user_data);

  g_task_set_source_tag (task, app_launchers_remove_async);
  g_return_if_fail (is_handle (handle));
  g_task_set_task_data (task, g_strdup (handle), g_free);
  if (self->portal != NULL && app_launchers_has (self, handle)) {
    g_autofree char *id = g_strconcat (PREFIX, handle, SUFFIX, NULL);
    launcher_portal_uninstall_async (self->portal, id, on_uninstalled, g_steal_pointer (&task));
  } else {
    forget (task);
  }
}

gboolean
app_launchers_remove_finish (AppLaunchers *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}

/* ---- object ---- */

/* What starts this program again: its name, where the system finds it by that; else where it lies. (transfer full) */
static char *
dup_program (void)
{
  g_autofree char *found = g_find_program_in_path ("melete"), *own = g_file_read_link ("/proc/self/exe", NULL);
  g_autofree char *found_real = found != NULL ? realpath (found, NULL) : NULL;

  if (own == NULL || g_strcmp0 (found_real, own) == 0)
    return g_strdup ("melete");
  return g_steal_pointer (&own);
}

AppLaunchers *
app_launchers_new (GDBusConnection *portal, const char *data, const char *program)
{
  AppLaunchers *self = g_object_new (APP_TYPE_LAUNCHERS, NULL);

  if (portal != NULL)
    self->portal = g_object_ref (portal);
  else if (data == NULL && g_file_test ("/.flatpak-info", G_FILE_TEST_EXISTS))
    self->portal = g_bus_get_sync (G_BUS_TYPE_SESSION, NULL, NULL);
  if (data == NULL)
    data = g_get_user_data_dir ();
  self->folder = self->portal != NULL ? g_build_filename (data, "melete", "launchers", NULL) : g_build_filename (data, "applications", NULL);
  self->icons = g_build_filename (data, "icons", "hicolor", "256x256", "apps", NULL);
  self->program = program != NULL ? g_strdup (program) : dup_program ();
  return self;
}

static void
finalize (GObject *object)
{
  AppLaunchers *self = APP_LAUNCHERS (object);

  g_clear_object (&self->portal);
  g_free (self->folder);
  g_free (self->icons);
  g_free (self->program);
  G_OBJECT_CLASS (app_launchers_parent_class)->finalize (object);
}

static void
app_launchers_class_init (AppLaunchersClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = finalize;
  signals[CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
app_launchers_init (AppLaunchers *self)
{
}
