/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a model is told of an artifact that somebody asks about: what it is, and its source. */
#pragma once

#include "app-artifact.h"

G_BEGIN_DECLS

/* Whether a note speaks of it. */
gboolean make_about_is (const char *note, AppArtifact *artifact);
/* Whether a note wants it explained, and neither changed nor, of tables, a figure; then nobody has to sort it. */
gboolean make_about_is_question (const char *note, gboolean tables);

/* In at most about `budget` bytes: of a page that is longer without its styles, and then without its middle. (transfer full) */
char *make_about_dup (AppVersion *version, gsize budget);

G_END_DECLS
