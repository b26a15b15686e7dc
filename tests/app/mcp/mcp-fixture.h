/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the tests of servers of MCP share: scripted-server.py in a folder of its own, and calls that iterate the main loop until they are answered. */
#pragma once

#include "mcp/mcp-launch.h"

G_BEGIN_DECLS

/* Copies the server into `folder`/server and says what it does (its lines). (transfer full): a launch that starts it; clear and free it. */
AppMcpLaunch *mcp_fixture_launch (const char *folder, const char *mode);
void mcp_fixture_launch_free (AppMcpLaunch *launch);
/* From its next start on. */
void mcp_fixture_set_mode (const char *folder, const char *mode);
/* Whether a sandbox can be made at all: where not, a test looks only that nothing runs. */
gboolean mcp_fixture_can_run (void);

G_END_DECLS
