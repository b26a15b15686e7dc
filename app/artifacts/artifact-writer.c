/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "artifact-writer.h"

#include <string.h>

static char *
dup_or_empty (const char *text)
{
  return g_strdup (text != NULL ? text : "");
}

void
app_artifact_written_free (AppArtifactWritten *written)
{
  if (written == NULL)
    return;
  g_free (written->source);
  g_free (written->title);
  g_free (written->said);
  g_free (written);
}

AppArtifactOrderCopy *
app_artifact_order_copy (const AppArtifactOrder *order, AppArtifactProgress progress)
{
  AppArtifactOrderCopy *copy = g_new0 (AppArtifactOrderCopy, 1);

  copy->progress = progress;
  copy->order = *order;
  copy->order.engine = g_object_ref (order->engine);
  copy->order.wish = dup_or_empty (order->wish);
  copy->order.documents = dup_or_empty (order->documents);
  copy->order.datasets = order->datasets != NULL ? g_ptr_array_ref (order->datasets) : g_ptr_array_new ();
  copy->order.base = g_strdup (order->base);
  copy->order.pick = app_pick_copy (order->pick);
  copy->order.findings = (const char *const *) g_strdupv ((char **) order->findings);
  return copy;
}

void
app_artifact_order_copy_free (AppArtifactOrderCopy *copy)
{
  g_object_unref (copy->order.engine);
  g_free ((char *) copy->order.wish);
  g_free ((char *) copy->order.documents);
  g_ptr_array_unref (copy->order.datasets);
  g_free ((char *) copy->order.base);
  app_pick_free ((AppPick *) copy->order.pick);
  g_strfreev ((char **) copy->order.findings);
  g_free (copy);
}

char *
app_artifact_find_part (const char *const *findings, gboolean (*is_part) (const char *pointer, gpointer data), gpointer data, const char **finding)
{
  for (; findings != NULL && *findings != NULL; findings++)
    for (const char *at = strchr (*findings, '/'); at != NULL; at = strchr (at + 1, '/')) {
      g_autofree char *pointer = g_strndup (at, strspn (at, "/abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-"));
      if (at == *findings || strchr (" (\"", at[-1]) == NULL || !is_part (pointer, data))
        continue;
      *finding = *findings;
      return g_steal_pointer (&pointer);
    }
  return NULL;
}
