/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What stands where a page will be, while it is written: what is known of it already. */
#pragma once

#include <adwaita.h>

#include "app-artifact.h"

G_BEGIN_DECLS

void ui_desk_coming_show (AdwStatusPage *page, AppVersion *version);

G_END_DECLS
