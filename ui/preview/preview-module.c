/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "preview-module.h"

#include <glib/gi18n.h>
#include <gmodule.h>

static const PreviewWebApi *api;

/* Beside the program where it is not installed; the variable is for tests. */
static char *
dup_module (void)
{
  const char *named = g_getenv ("MELETE_PREVIEW");

  return g_strdup (named != NULL ? named : UI_MODULEDIR "/libmelete-preview.so");
}

/* Loads all of WebKit: some tens of milliseconds, once. */
static gboolean
open_module (GError **error)
{
  g_autofree char *path = dup_module ();
  GModule *module;
  gpointer symbol = NULL;
  g_autoptr (GError) failure = NULL;

  if (api != NULL)
    return TRUE;
  module = g_module_open_full (path, G_MODULE_BIND_LAZY | G_MODULE_BIND_LOCAL, &failure);
  if (module == NULL || !g_module_symbol (module, PREVIEW_WEB_SYMBOL, &symbol)) {
    g_set_error (error, PREVIEW_ERROR, PREVIEW_ERROR_FILTER, _("The part of Melete that shows pages could not be loaded (%s). Check that WebKitGTK 6.0 is installed, then try again."),
                 failure != NULL ? failure->message : path);
    return FALSE;
  }
  /* Its types are registered for good. */
  g_module_make_resident (module);
  api = ((PreviewWebGetApi) symbol) ();
  if (api->version != PREVIEW_WEB_VERSION) {
    api = NULL;
    g_set_error (error, PREVIEW_ERROR, PREVIEW_ERROR_FILTER, _("The part of Melete that shows pages is of another version (%s). Install Melete again, then try again."), path);
    return FALSE;
  }
  return TRUE;
}

/* Makes a sentence of what the module said. */
static GError *
explain (const GError *error)
{
  if (error->domain != PREVIEW_ERROR)
    return g_error_copy (error);
  switch ((PreviewError) error->code) {
  case PREVIEW_ERROR_SANDBOX_OFF:
    return g_error_new (PREVIEW_ERROR, error->code, _("Pages are not shown, because WebKit's sandbox is switched off by the variable %s. Start Melete without it."), error->message);
  case PREVIEW_ERROR_NO_SANDBOX:
    return g_error_new (PREVIEW_ERROR, error->code, _("Pages are not shown, because WebKit's sandbox does not work on this computer (%s). Install bubblewrap and xdg-dbus-proxy, and allow user namespaces."),
                        error->message);
  default:
    return g_error_new (PREVIEW_ERROR, error->code, _("Pages are not shown, because the filter that keeps them off the network could not be made (%s). Check that there is room on the disk, then try again."),
                        error->message);
  }
}

static void
on_prepared (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  g_autoptr (GError) error = NULL;

  if (api->prepare_finish (result, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, explain (error));
}

void
preview_module_open_async (GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data)
{
  GTask *task = g_task_new (NULL, cancellable, callback, data);
  GError *error = NULL;
  g_autofree char *folder = g_build_filename (g_get_user_cache_dir (), "melete", "preview", NULL);

  if (!open_module (&error)) {
    g_task_return_error (task, error);
    g_object_unref (task);
    return;
  }
  api->prepare_async (folder, cancellable, on_prepared, task);
}

const PreviewWebApi *
preview_module_open_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error) ? api : NULL;
}
