/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The files of a page as a ZIP archive. */
#pragma once

#include "app-bundle.h"

G_BEGIN_DECLS

/* (transfer full) (nullable) */
GBytes *bundle_zip_new (AppBundle *bundle, GError **error);

G_END_DECLS
