/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Pages, games and tools: their source is a specification of a starting point (start-spec.h), or HTML that a model, or a person, wrote. */
#include <glib/gi18n.h>

#include "artifact-kind.h"
#include "start-spec.h"

extern const AppArtifactKind page_kind, game_kind, tool_kind, diagram_kind;

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

/* They differ in what they are called, and in what a person wants who wants one. */
#define PAGE(id_, name_, icon_, category_, wanted_) \
  { .id = id_, .name = name_, .icon_name = icon_, .language = "html", .suffix = "html", .category = category_, .is_page = TRUE, .make_bundle = make_bundle, .write = artifact_write_start, .mends = TRUE, .wanted = wanted_ }

const AppArtifactKind page_kind = PAGE ("page", N_("Page"), "text-html-symbolic", "Utility", "a web page, a site, an invitation, a poster, something to look at and read");
const AppArtifactKind game_kind = PAGE ("game", N_("Game"), "input-gaming-symbolic", "Game", "a game, a quiz, something to play");
const AppArtifactKind tool_kind = PAGE ("tool", N_("Tool"), "applications-utilities-symbolic", "Utility", "a small program to use: a calculator, a converter, a timer, a list, a form");
const AppArtifactKind diagram_kind = PAGE ("diagram", N_("Diagram"), "network-workgroup-symbolic", "Graphics", "a diagram: a flow chart, a process, an organisation chart, a family tree, a mind map");
