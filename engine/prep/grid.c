/* SPDX-License-Identifier: MIT */
/* Of the whole grids around the ideal one, which has the picture's own shape, the one whose shape differs least; of equals the one with fewer rows, then columns.
 * Muse Glimmer's processor, transformers 5.23. */
#include "picture.h"

#include <math.h>

void
engine_prep_grid (int32_t width, int32_t height, int32_t unit, int32_t most_units, int32_t *columns, int32_t *rows)
{
  double ideal_rows = (double) height / unit, ideal_columns = (double) width / unit, ratio = ideal_columns / ideal_rows, least = INFINITY;

  if (ideal_rows * ideal_columns > most_units) {
    ideal_rows = sqrt (most_units / ratio);
    ideal_columns = ideal_rows * ratio;
  }
  /* Where none of them is at least one unit and not too many. */
  *rows = (int32_t) ENGINE_MAX (1, nearbyint (ideal_rows));
  *columns = (int32_t) ENGINE_MAX (1, nearbyint (ideal_columns));
  for (int up_rows = 0; up_rows < 2; up_rows++)
    for (int up_columns = 0; up_columns < 2; up_columns++) {
      double r = up_rows ? ceil (ideal_rows) : floor (ideal_rows), c = up_columns ? ceil (ideal_columns) : floor (ideal_columns);
      double difference = fabs (r / c - (double) height / width);

      if (r < 1 || c < 1 || r * c > most_units || difference >= least)
        continue;
      least = difference;
      *rows = (int32_t) r;
      *columns = (int32_t) c;
    }
}

void
engine_prep_grid_within (int32_t width, int32_t height, int32_t unit, int32_t least_units, int32_t most_units, int32_t *columns, int32_t *rows)
{
  double across = (double) width / unit, down = (double) height / unit;
  double r = nearbyint (down), c = nearbyint (across); /* halves to even */

  if (r * c > most_units) {
    double shrink = sqrt (across * down / most_units);

    r = ENGINE_MIN (ENGINE_MAX (1, floor (down / shrink)), most_units);
    c = ENGINE_MIN (ENGINE_MAX (1, floor (across / shrink)), most_units);
  } else if (r * c < least_units) {
    double grow = sqrt (least_units / (across * down));

    r = ceil (down * grow);
    c = ceil (across * grow);
    if (r * c > most_units) /* a strip: one unit high or wide already */
      r = ENGINE_MIN (r, ENGINE_MAX (1, most_units / c)), c = ENGINE_MIN (c, most_units / r);
  }
  *rows = (int32_t) r;
  *columns = (int32_t) c;
}

void
engine_prep_tiles (int32_t width, int32_t height, int32_t side, int32_t least, int32_t most, int32_t *columns, int32_t *rows)
{
  double shape = (double) width / height, nearest = INFINITY, area = (double) width * height;

  *columns = *rows = 1;
  for (int32_t n = least; n <= most; n++)
    for (int32_t across = 1; across <= n; across++) {
      double difference = fabs (shape - (double) across / (n / across));

      if (n % across == 0 && (difference < nearest || (difference == nearest && area > 0.5 * side * side * n))) {
        nearest = difference;
        *columns = across;
        *rows = n / across;
      }
    }
}
