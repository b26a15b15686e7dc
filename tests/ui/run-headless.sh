#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Runs a test of the window on a screen and a bus of its own: run-headless.sh TEST [ARGUMENT…]
# GTK_A11Y=none: the accessibility bus belongs to the tour; a test that needs it sets GTK_A11Y itself.
export GSK_RENDERER=cairo
export GTK_A11Y="${GTK_A11Y:-none}"
export LIBGL_ALWAYS_SOFTWARE=1
if [ "$GTK_A11Y" = atspi ]; then
  # That bus has its socket in this folder, under the same name for every session of a person: the next session to begin or to end would take it away.
  XDG_RUNTIME_DIR=$(mktemp -d) || exit 1
  export XDG_RUNTIME_DIR
  trap 'rm -rf "$XDG_RUNTIME_DIR"' EXIT
  dbus-run-session -- xvfb-run -a -s '-screen 0 1440x900x24 -nolisten tcp' "$@"
  exit
fi
exec dbus-run-session -- xvfb-run -a -s '-screen 0 1440x900x24 -nolisten tcp' "$@"
