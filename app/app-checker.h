/* SPDX-License-Identifier: GPL-3.0-or-later */
/* AppChecker: who looks at a page before a person does. The window implements it, since a page must be drawn to be seen. Main thread only. */
#pragma once

#include "app-bundle.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/* What was seen. */
typedef struct {
  gboolean works;
  char **findings; /* what is wrong, for the person; never NULL */
  char **details;  /* the same, with what a model needs to mend it; never NULL */
  GBytes *thumbnail; /* a PNG; nullable */
} AppSeen;
AppSeen *app_seen_new (gboolean works, const char *const *findings, const char *const *details, GBytes *thumbnail);
void app_seen_free (AppSeen *seen);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (AppSeen, app_seen_free)

#define APP_TYPE_CHECKER (app_checker_get_type ())
G_DECLARE_INTERFACE (AppChecker, app_checker, APP, CHECKER, GObject)

struct _AppCheckerInterface {
  GTypeInterface parent;
  /* Answers through `task` with an AppSeen, or with an error when it could not look. */
  void (*look) (AppChecker *self, AppBundle *bundle, GTask *task);
};

void app_checker_look_async (AppChecker *self, AppBundle *bundle, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
AppSeen *app_checker_look_finish (AppChecker *self, GAsyncResult *result, GError **error);

G_END_DECLS
