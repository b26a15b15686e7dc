#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# In the place of melete-engine, which tries the graphics card: one that this machine has not, or, with TOUR_CARD=crash, a driver that crashes.
if [ "$TOUR_CARD" = crash ]; then
  kill -SEGV $$
fi
echo '{"name": "gl", "device": "AMD Radeon RX 6600 (navi23, LLVM 15.0.6, DRM 3.49)", "driver": "4.6 (Core Profile) Mesa 22.3.6", "software": false, "memory": 6442450944, "nmse": 2e-13, "error": null}'
