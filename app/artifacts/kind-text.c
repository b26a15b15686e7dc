/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is read, and not shown as a page: documents and code. */
#include <glib/gi18n.h>

#include "artifact-kind.h"

extern const AppArtifactKind document_kind, code_kind;

const AppArtifactKind document_kind = { .id = "document", .name = N_("Document"), .icon_name = "x-office-document-symbolic", .language = "markdown", .suffix = "md" };
const AppArtifactKind code_kind = { .id = "code", .name = N_("Code"), .icon_name = "text-x-script-symbolic", .language = "text", .suffix = "txt" };
