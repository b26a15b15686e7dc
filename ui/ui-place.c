/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui-place.h"

#include <glib/gi18n.h>

char *
ui_place_dup_text (const AppPlace *place)
{
  const char *device = place->device != NULL ? place->device : "";

  if (place->n_layers <= 0)
    return g_strdup ("");
  if (place->gpu_layers <= 0)
    return g_strdup (_("on the processor"));
  if (place->gpu_layers >= place->n_layers) /* Translators: the name of the card. */
    return g_strdup_printf (_("on the graphics card (%s)"), device);
  /* Translators: layers of a model; the name of the card. */
  return g_strdup_printf (ngettext ("%d of %d layer on the graphics card (%s), the rest on the processor",
                                    "%d of %d layers on the graphics card (%s), the rest on the processor", (gulong) place->n_layers),
                          place->gpu_layers, place->n_layers, device);
}

char *
ui_place_dup_short_text (const AppPlace *place)
{
  if (place->gpu_layers <= 0 || place->gpu_layers >= place->n_layers)
    return g_strdup (place->n_layers <= 0 ? "" : place->gpu_layers <= 0 ? _("on the processor") : _("on the graphics card"));
  return g_strdup_printf (ngettext ("%d of %d layer on the graphics card", "%d of %d layers on the graphics card", (gulong) place->n_layers), place->gpu_layers, place->n_layers);
}
