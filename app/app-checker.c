/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app-checker.h"

G_DEFINE_INTERFACE (AppChecker, app_checker, G_TYPE_OBJECT)

static void
app_checker_default_init (AppCheckerInterface *iface)
{
}

AppSeen *
app_seen_new (gboolean works, const char *const *findings, const char *const *details, GBytes *thumbnail)
{
  AppSeen *seen = g_new0 (AppSeen, 1);

  seen->works = works;
  seen->findings = findings != NULL ? g_strdupv ((char **) findings) : g_new0 (char *, 1);
  seen->details = details != NULL ? g_strdupv ((char **) details) : g_new0 (char *, 1);
  seen->thumbnail = thumbnail != NULL ? g_bytes_ref (thumbnail) : NULL;
  return seen;
}

void
app_seen_free (AppSeen *seen)
{
  if (seen == NULL)
    return;
  g_strfreev (seen->findings);
  g_strfreev (seen->details);
  g_clear_pointer (&seen->thumbnail, g_bytes_unref);
  g_free (seen);
}

void
app_checker_look_async (AppChecker *self, AppBundle *bundle, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_source_tag (task, app_checker_look_async);
  APP_CHECKER_GET_IFACE (self)->look (self, bundle, task);
}

AppSeen *
app_checker_look_finish (AppChecker *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}
