/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "artifact-kind.h"

#include <glib/gi18n.h>

#define KIND(name) extern const AppArtifactKind name;
#include "kinds.def"
#undef KIND

static const AppArtifactKind *const kinds[] = {
#define KIND(name) &name,
#include "kinds.def"
#undef KIND
};

static const AppArtifactKind unknown_kind = { .id = "", .name = N_("Artifact"), .icon_name = "text-x-generic-symbolic", .language = "text", .suffix = "txt" };

const AppArtifactKind *
app_artifact_kind_find (const char *id)
{
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    if (g_strcmp0 (kinds[i]->id, id) == 0)
      return kinds[i];
  return &unknown_kind;
}

const AppArtifactKind *
app_artifact_kind_get (guint index)
{
  return index < G_N_ELEMENTS (kinds) ? kinds[index] : NULL;
}

static gboolean
is_specification (const char *source)
{
  return source[strspn (source, " \t\r\n")] == '{';
}

const char *
app_artifact_kind_get_language (const AppArtifactKind *kind, const char *source)
{
  return is_specification (source) ? "json" : kind->language;
}

const char *
app_artifact_kind_get_suffix (const AppArtifactKind *kind, const char *source)
{
  return is_specification (source) ? "json" : kind->suffix;
}
