#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Runs a test of the window on a screen and a bus of its own: run-headless.sh TEST [ARGUMENT…]
# GTK_A11Y=none: the accessibility bus belongs to the tour; a test that needs it sets GTK_A11Y itself.
export GSK_RENDERER=cairo
export GTK_A11Y="${GTK_A11Y:-none}"
export LIBGL_ALWAYS_SOFTWARE=1
unset WAYLAND_DISPLAY

# Holds the screen's number, and with accessibility its bus's socket, which has the same name for every session of a person: the next session to begin or to end would take it away.
folder=$(mktemp -d) || exit 1
server=
trap 'if [ -n "$server" ]; then kill "$server"; fi; rm -rf "$folder"' EXIT
trap 'exit 143' HUP INT TERM

# The server takes a number that none has and says it once it listens: two that begin at the same moment must not share a screen, which would go with the first that ends.
Xvfb -displayfd 3 -screen 0 1440x900x24 -nolisten tcp 3> "$folder/screen" > "$folder/server" 2>&1 &
server=$!
until [ -s "$folder/screen" ]; do
  if ! kill -0 "$server" 2> /dev/null; then
    cat "$folder/server" >&2
    exit 1
  fi
  sleep 0.05
done
DISPLAY=:$(cat "$folder/screen")
export DISPLAY
if [ "$GTK_A11Y" = atspi ]; then
  XDG_RUNTIME_DIR=$folder
  export XDG_RUNTIME_DIR
fi
dbus-run-session -- "$@"
