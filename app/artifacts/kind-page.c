/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Pages, games and tools: their source is a specification of a starting point (start-spec.h), or HTML that a model, or a person, wrote. */
#include <glib/gi18n.h>

#include "artifact-kind.h"
#include "start-spec.h"

extern const AppArtifactKind page_kind, game_kind, tool_kind;

static void
make_bundle (const char *source, const char *title, GPtrArray *datasets, GTask *task)
{
  AppBundle *bundle;
  GError *error = NULL;

  if (start_spec_is (source)) {
    bundle = start_make_bundle (source, &error);
    if (bundle != NULL)
      g_task_return_pointer (task, bundle, (GDestroyNotify) app_bundle_unref);
    else
      g_task_return_error (task, error);
    return;
  }
  bundle = app_bundle_new ();
  app_bundle_add_text (bundle, APP_BUNDLE_INDEX, source);
  g_task_return_pointer (task, bundle, (GDestroyNotify) app_bundle_unref);
}

const AppArtifactKind page_kind = {
  .id = "page",
  .name = N_("Page"),
  .icon_name = "text-html-symbolic",
  .language = "html",
  .suffix = "html",
  .is_page = TRUE,
  .make_bundle = make_bundle,
  .write = artifact_write_start,
  .mends = TRUE,
  .wanted = "a web page, a site, an invitation, a poster, something to look at and read",
};

const AppArtifactKind game_kind = {
  .id = "game",
  .name = N_("Game"),
  .icon_name = "input-gaming-symbolic",
  .language = "html",
  .suffix = "html",
  .is_page = TRUE,
  .make_bundle = make_bundle,
  .write = artifact_write_start,
  .mends = TRUE,
  .wanted = "a game, a quiz, something to play",
};

const AppArtifactKind tool_kind = {
  .id = "tool",
  .name = N_("Tool"),
  .icon_name = "applications-utilities-symbolic",
  .language = "html",
  .suffix = "html",
  .is_page = TRUE,
  .make_bundle = make_bundle,
  .write = artifact_write_start,
  .mends = TRUE,
  .wanted = "a small program to use: a calculator, a converter, a timer, a list, a form",
};
