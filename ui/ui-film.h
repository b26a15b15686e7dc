/* SPDX-License-Identifier: GPL-3.0-or-later */
/* UiFilm: the moving picture of a video as a paintable. It has no clock of its own: whoever plays the sound says where it is. The video is decoded in the sandbox, a few seconds at a
 * time, those around where it is. Main thread. */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define UI_TYPE_FILM (ui_film_get_type ())
G_DECLARE_FINAL_TYPE (UiFilm, ui_film, UI, FILM, GObject)

/* `bytes`: the file; it is `width` × `height` pixels and `seconds` long. */
UiFilm *ui_film_new (GBytes *bytes, guint width, guint height, double seconds);
/* Shows the picture of that second, at once or when it is decoded; until then the one before stays. */
void ui_film_seek (UiFilm *self, double second);
/* The second of the picture that is shown; -1 while there is none. */
double ui_film_get_shown (UiFilm *self);

G_END_DECLS
